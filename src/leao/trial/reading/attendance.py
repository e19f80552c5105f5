"""Planned visits told from others by who has them: fractions, codes out of step, visits of those who left early."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leao.core.errors import ScenarioError
from leao.core.tables import LeftOut
from leao.trial.reading import visit_words as words
from leao.trial.reading.records import ROW

if TYPE_CHECKING:
    import polars as pl

REMEDY = "map it with --move-visit {0}=next, or list the planned visits with --visits"
_FEW = 0.5  # share of patients below which a visit out of step is not planned
_REGULAR, _LEAP = 2, 5.0  # so many steps, and a last one so many times as long as any of them: asked about


class Planned(NamedTuple):
    """Records of the baseline (visit 0) and of planned visits, with what each visit is called."""

    frame: pl.DataFrame
    labels: dict[float, str]
    spans: dict[float, float]  # days of a visit, where its words name them
    left_out: list[LeftOut]
    problems: list[str]


def fractions(state: Planned) -> Planned:
    """Leave out visits such as 1.1 and 2.5 that few patients have, where the others are whole numbers."""
    people = _people(state.frame)
    whole = [at for at in people if at == int(at)]
    if not whole or len(whole) == len(people):
        return state
    usual = float(np.median([people[at] for at in whole]))
    for at in [at for at in people if at != int(at) and people[at] < _FEW * usual]:
        state = leave_out(state, _keys(state, at), "unscheduled", state.frame["visit"] == at)
    return state


def codes(state: Planned) -> Planned:
    """Leave out codes such as 99 and 999 that are out of step with the visits before them."""
    numbers = sorted(_people(state.frame))
    steps = {round(b - a, 9) for a, b in zip([0.0, *numbers], numbers, strict=False)}
    for before, at in list(zip([0.0, *numbers], numbers, strict=False))[::-1]:
        code = f"{at:g}"
        if len(code) < 2 or len(set(code)) > 1 or not code.isdigit() or code[0] not in "789":
            break
        regular = (
            sum(round(b - a, 9) == round(at - before, 9) for a, b in zip([0.0, *numbers], numbers, strict=False)) > 1
        )
        if regular or before == 0.0 or len(steps) < 2:
            break
        state = leave_out(state, _keys(state, at), words.EARLY, state.frame["visit"] == at)
    return state


def ask_of_a_leap(name: str, state: Planned) -> Planned:
    """Ask about a last visit far out of step with all the others."""
    numbers = sorted(_people(state.frame))
    steps = np.diff([0.0, *numbers])
    if len(steps) > _REGULAR and steps[-1] > _LEAP * steps[:-1].max():
        shown = ",".join(_keys(state, at)[0] for at in numbers)
        raise ScenarioError(
            f"{name}: is visit {_keys(state, numbers[-1])[0]} a planned one, so far from the others? write --visits "
            f"{shown}, or --visits {shown.rpartition(',')[0]} to leave it out"
        )
    return state


def early(state: Planned) -> Planned:
    """Leave out last visits that few have and whose patients mostly lack the visit before: they left early."""
    while True:
        people = sorted(_people(state.frame).items())
        if len(people) < 2:
            return state
        (before, usual), (at, few) = people[-2:]
        if few >= _FEW * usual:
            return state
        known = state.frame.filter(state.frame["value"].is_finite())
        there = known.filter(known["visit"] == at)["subject"].unique()
        lacking = there.len() - there.is_in(known.filter(known["visit"] == before)["subject"].implode()).sum()
        if lacking <= 0.5 * there.len():
            return state
        state = leave_out(state, _keys(state, at), words.EARLY, state.frame["visit"] == at)


def _people(frame: pl.DataFrame) -> dict[float, int]:
    """Return how many patients have a value at each visit after the baseline."""
    import polars as pl

    after = frame.filter((pl.col("visit") > 0.0) & (pl.col("kind") == words.PLANNED) & pl.col("value").is_finite())
    counts = after.group_by("visit").agg(pl.col("subject").n_unique().alias("people"))
    return {float(at): int(n) for at, n in counts.sort("visit").iter_rows()}


def _keys(state: Planned, at: float) -> list[str]:
    return state.frame.filter(state.frame["visit"] == at)["visit key"].unique(maintain_order=True).to_list()


def leave_out(state: Planned, keys: list[str], kind: str, here: pl.Series) -> Planned:
    """Return the state without the records ``here``, which are named with their visits and the kind of these."""
    taken = state.frame.filter(here)
    people, entered = taken["subject"].n_unique(), state.frame["subject"].n_unique()
    shown = ", ".join(keys)
    text = "visit" if len(keys) == 1 else "visits"
    why = f"{text} {shown}: {kind}"
    is_or_are = "is" if len(keys) == 1 else "are"
    value = (
        f"{text} {shown} ({people} of {entered} patients) {is_or_are} taken for {kind} and left out; "
        + REMEDY.format(keys[0])
    )
    return state._replace(
        frame=state.frame.filter(~here),
        left_out=[*state.left_out, LeftOut(tuple(taken[ROW].to_list()), why)],
        problems=[*state.problems, value],
    )
