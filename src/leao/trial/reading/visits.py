"""Which visits are planned: the endpoint is the last planned one, not the last label seen.

Left out, and named: visits before the baseline, of early termination, unscheduled, after treatment, and derived ones.
What a visit is, is told by the user (``--visits``, ``--move-visit``), by words (AVISIT, EPOCH), or by its number: codes
such as 99 out of step with the others, fractions that few patients have, and a last visit whose patients mostly lack
the one before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leao.core.errors import ScenarioError
from leao.core.tables import LeftOut
from leao.trial.reading import visit_words as words
from leao.trial.reading.records import ROW
from leao.trial.reading.request import TableRequest, listed

if TYPE_CHECKING:
    import polars as pl

REMEDY = "map it with --move-visit {0}=next, or list the planned visits with --visits"
_FEW = 0.5  # share of patients below which a visit out of step is not planned
_NEXT = "next"
_REGULAR, _LEAP = 2, 5.0  # so many steps, and a last one so many times as long as any of them: asked about


class Planned(NamedTuple):
    """Records of the baseline (visit 0) and of planned visits, with what each visit is called."""

    frame: pl.DataFrame
    labels: dict[float, str]
    spans: dict[float, float]  # days of a visit, where its words name them
    left_out: list[LeftOut]
    problems: list[str]


def planned(name: str, frame: pl.DataFrame, request: TableRequest) -> Planned:
    """Return the records of the baseline and of the planned visits.

    Raises:
        ScenarioError: a visit that is not understood.
    """
    import polars as pl

    frame = _texts(frame)
    frame, problems = _moved(name, frame, request)
    known, labels, spans = _numbered(name, frame, request)
    frame = frame.with_columns(
        pl.col("visit key")
        .replace_strict({key: at for key, (at, _) in known.items()}, return_dtype=pl.Float64)
        .alias("visit"),
        pl.col("visit key").replace_strict({key: kind for key, (_, kind) in known.items()}).alias("kind"),
    )
    state = Planned(_after_treatment(frame), labels, spans, [], problems)
    state = _baseline(state)
    state = _by_kind(state)
    if request.visits is None:
        for step in (_fractions, _codes, _early):
            state = step(state)
        state = _far(name, state)
    return state._replace(frame=state.frame.drop("kind", "visit key"))


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a key of the visit: its own cell, or the word beside it where that says more."""
    import polars as pl

    if "visit" in frame.columns:  # a wide table
        return frame.with_columns(pl.col("visit text").alias("visit key"))
    text = pl.col("visit text")
    if "label" not in frame.columns:
        return frame.with_columns(text.alias("visit key"))
    return frame.with_columns(pl.when(text == "").then(pl.col("label")).otherwise(text).alias("visit key"))


def _key(frame: pl.DataFrame, given: str) -> str | None:
    """Return the visit that a user's word means: its cell, its number or its label."""
    keys = frame["visit key"].unique(maintain_order=True).to_list()
    if given in keys:
        return given
    alike = [key for key in keys if key.casefold() == given.casefold() or _same_number(key, given)]
    if not alike and "label" in frame.columns:
        alike = frame.filter(frame["label"].str.to_lowercase() == given.casefold())["visit key"].unique().to_list()
    return alike[0] if len(alike) == 1 else None


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _moved(name: str, frame: pl.DataFrame, request: TableRequest) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame with visits under another name, as the user says; ``next``: the patient's next planned one."""
    import polars as pl

    problems = []
    for text in request.move_visit:
        old, sign, new = (part.strip() for part in text.partition("="))
        key = _key(frame, old) if sign and new else None
        if key is None:
            there = ", ".join(frame["visit key"].unique(maintain_order=True).to_list())
            raise ScenarioError(f"{name}: --move-visit {text}: wanted FROM=TO or FROM=next, FROM one of {there}")
        here = pl.col("visit key") == key
        if new == _NEXT:
            target = pl.Series("visit key", _next_ones(name, frame, key, request), dtype=pl.String)
            frame = frame.with_columns(target)
        else:
            goal = _key(frame, new) or new
            frame = frame.with_columns(
                pl.when(here).then(pl.lit(goal)).otherwise(pl.col("visit key")).alias("visit key")
            )
        if "visit" in frame.columns:
            raise ScenarioError(
                f"{name}: --move-visit is for a row per patient and visit; name the columns with --value"
            )
        problems.append(
            f"visit {old} is taken for {'the next planned one' if new == _NEXT else 'visit ' + new}, as you say"
        )
    return frame, problems


def _next_ones(name: str, frame: pl.DataFrame, key: str, request: TableRequest) -> list[str]:
    """Return the visit of each row, those at ``key`` at the first planned visit after the patient's last one."""
    keys, who = frame["visit key"].to_list(), frame["subject"].to_list()
    finite = np.isfinite(frame["value"].to_numpy())
    order = _in_order(name, frame, [one for one in dict.fromkeys(keys) if one != key], request)
    place = {visit: k for k, visit in enumerate(order)}
    last: dict[str, int] = {}
    for subject, visit, there in zip(who, keys, finite, strict=True):
        if there and visit in place:
            last[subject] = max(last.get(subject, -1), place[visit])
    target = []
    for subject, visit in zip(who, keys, strict=True):
        following = last.get(subject, -1) + 1
        target.append(order[following] if visit == key and following < len(order) else visit)
    return target


def _in_order(name: str, frame: pl.DataFrame, keys: list[str], request: TableRequest) -> list[str]:
    """Return the planned visits after the baseline in their order."""
    if request.visits is not None:
        return [key for key in (_key(frame, given) for given in listed(request.visits)) if key in keys]
    said = {key: words.parse(key) for key in keys}
    return sorted((k for k in keys if said[k] and said[k].kind == words.PLANNED), key=lambda k: said[k].at or 0.0)  # type: ignore[union-attr]


def _numbered(
    name: str, frame: pl.DataFrame, request: TableRequest
) -> tuple[dict[str, tuple[float, str]], dict[float, str], dict[float, float]]:
    """Return number and kind of each visit's key, what each number is called, and the days its words name."""
    keys = frame["visit key"].unique(maintain_order=True).to_list()
    if "visit" in frame.columns:  # a wide table: in the order of its columns
        numbers = dict(frame.select("visit key", "visit").unique(maintain_order=True).iter_rows())
        kinds = {key: (at, words.BEFORE if at == 0.0 else words.PLANNED) for key, at in numbers.items()}
        return kinds, {at: key for key, at in numbers.items()}, {}
    label = _labels(frame)
    said = {key: _word(key, label.get(key, "")) for key in keys}
    listed_keys = [_asked(name, frame, given) for given in listed(request.visits)]
    for key in keys:
        if said[key] is None and key not in listed_keys:
            row = frame.filter(frame["visit key"] == key)[ROW][0]
            raise ScenarioError(
                f"{name}, row {row}: visit {key!r} is not understood; list the planned visits after the baseline with "
                "--visits A,B,C, and say which is the baseline with --move-visit NAME=0"
            )
    at = _times({key: word for key, word in said.items() if word is not None})
    kinds: dict[str, tuple[float, str]] = {}
    for key in keys:
        word = said[key]
        kind = words.EXTRA if word is None else word.kind
        if listed_keys and kind != words.BEFORE:
            kind = words.PLANNED if key in listed_keys else (words.EXTRA if kind == words.PLANNED else kind)
        place = float(listed_keys.index(key) + 1) if key in listed_keys else at.get(key, 0.0)
        kinds[key] = (place, kind)
    called = {place: _called(key, label.get(key, "")) for key, (place, kind) in kinds.items() if kind == words.PLANNED}
    spans = {kinds[key][0]: word.span for key, word in said.items() if word is not None and word.span is not None}
    return kinds, called, spans


def _asked(name: str, frame: pl.DataFrame, given: str) -> str:
    key = _key(frame, given)
    if key is None:
        there = ", ".join(frame["visit key"].unique(maintain_order=True).to_list())
        raise ScenarioError(f"{name}: --visits: no visit {given!r}; there are {there}")
    return key


def _labels(frame: pl.DataFrame) -> dict[str, str]:
    """Return the word of each visit's number, where it has one alone."""
    import polars as pl

    if "label" not in frame.columns:
        return {}
    pairs = frame.select("visit key", "label").unique(maintain_order=True)
    alone = pairs.filter((pl.len() == 1).over("visit key"))
    return dict(alone.iter_rows())


def _word(key: str, label: str) -> words.Word | None:
    """Return what is said of a visit: its own cell, but for the kind that the word beside it names."""
    own, beside = words.parse(key), words.parse(label) if label else None
    if own is None or beside is None:
        return own or beside
    if beside.kind != words.PLANNED and own.kind == words.PLANNED:
        return own._replace(kind=beside.kind)
    if own.kind == words.BEFORE and beside.kind == words.PLANNED and own.at == 0.0:
        return own
    return own._replace(span=beside.span)


def _times(said: dict[str, words.Word]) -> dict[str, float]:
    """Return when each visit is, in one unit: that of all, or days where they differ."""
    units = {word.unit for word in said.values() if word.kind == words.PLANNED}
    if len(units) < 2:
        return {key: 0.0 if word.at is None else word.at for key, word in said.items()}
    return {key: words.days(word) or word.at or 0.0 for key, word in said.items()}


def _called(key: str, label: str) -> str:
    if label:
        return label
    word = words.parse(key)
    return f"visit {word.at:g}" if word is not None and not word.unit and word.at is not None else key


def _after_treatment(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with rows of a phase before or after treatment marked so (EPOCH, APHASE)."""
    import polars as pl

    if "phase" not in frame.columns:
        return frame
    phase = pl.col("phase").str.to_lowercase()
    after = phase.str.contains("follow|wash|post|taper") & (pl.col("kind") == words.PLANNED)
    return frame.with_columns(pl.when(after).then(pl.lit(words.AFTER)).otherwise(pl.col("kind")).alias("kind"))


def _baseline(state: Planned) -> Planned:
    """Return the state with one baseline row a patient at visit 0: the flagged one, else the last with a value."""
    import polars as pl

    frame = state.frame
    before = pl.col("kind") == words.BEFORE
    if "flag" in frame.columns and (frame["flag"].str.to_uppercase() == "Y").any():
        flagged = pl.col("flag").str.to_uppercase() == "Y"
        first = pl.when(flagged).then(pl.col("visit")).max().over("subject")
        chosen, before = flagged, before | flagged | (pl.col("visit") <= first).fill_null(False)
    else:
        known = before & pl.col("value").is_finite()
        last = pl.when(known).then(pl.col("visit")).max().over("subject")
        chosen = before & (pl.col("visit") == last).fill_null(False)
        chosen |= (
            before & last.is_null() & (pl.col("visit") == pl.when(before).then(pl.col("visit")).max().over("subject"))
        )
    frame = frame.with_columns(before.alias("before"), chosen.alias("chosen"))
    unused = frame.filter(pl.col("before") & ~pl.col("chosen"))
    left_out = list(state.left_out)
    problems = list(state.problems)
    if unused.height:
        problems.append(f"{unused.height} rows before the baseline visit are not used")
        left_out.append(LeftOut(tuple(unused[ROW].to_list()), "before the baseline visit"))
    frame = frame.filter(~pl.col("before") | pl.col("chosen")).with_columns(
        pl.when(pl.col("chosen")).then(0.0).otherwise(pl.col("visit")).alias("visit"),
        pl.when(pl.col("chosen")).then(pl.lit(words.BEFORE)).otherwise(pl.col("kind")).alias("kind"),
    )
    return state._replace(frame=frame.drop("before", "chosen"), left_out=left_out, problems=problems)


def _by_kind(state: Planned) -> Planned:
    """Leave out the visits whose words say that they are not planned."""
    for kind in (words.EARLY, words.EXTRA, words.AFTER, words.DERIVED):
        here = state.frame["kind"] == kind
        if here.any():
            keys = state.frame.filter(here)["visit key"].unique(maintain_order=True).to_list()
            state = _leave_out(state, keys, kind if kind != words.EXTRA else "unscheduled or not among --visits", here)
    return state


def _fractions(state: Planned) -> Planned:
    """Leave out visits such as 1.1 and 2.5 that few patients have, where the others are whole numbers."""
    people = _people(state.frame)
    whole = [at for at in people if at == int(at)]
    if not whole or len(whole) == len(people):
        return state
    usual = float(np.median([people[at] for at in whole]))
    for at in [at for at in people if at != int(at) and people[at] < _FEW * usual]:
        state = _leave_out(state, _keys(state, at), "unscheduled", state.frame["visit"] == at)
    return state


def _codes(state: Planned) -> Planned:
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
        state = _leave_out(state, _keys(state, at), words.EARLY, state.frame["visit"] == at)
    return state


def _far(name: str, state: Planned) -> Planned:
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


def _early(state: Planned) -> Planned:
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
        state = _leave_out(state, _keys(state, at), words.EARLY, state.frame["visit"] == at)


def _people(frame: pl.DataFrame) -> dict[float, int]:
    """Return how many patients have a value at each visit after the baseline."""
    import polars as pl

    after = frame.filter((pl.col("visit") > 0.0) & (pl.col("kind") == words.PLANNED) & pl.col("value").is_finite())
    counts = after.group_by("visit").agg(pl.col("subject").n_unique().alias("people"))
    return {float(at): int(n) for at, n in counts.sort("visit").iter_rows()}


def _keys(state: Planned, at: float) -> list[str]:
    return state.frame.filter(state.frame["visit"] == at)["visit key"].unique(maintain_order=True).to_list()


def _leave_out(state: Planned, keys: list[str], kind: str, here: pl.Series) -> Planned:
    taken = state.frame.filter(here)
    people, entered = taken["subject"].n_unique(), state.frame["subject"].n_unique()
    shown = ", ".join(keys)
    one = "visit" if len(keys) == 1 else "visits"
    why = f"{one} {shown}: {kind}"
    told = (
        f"{one} {shown} ({people} of {entered} patients) {'is' if len(keys) == 1 else 'are'} taken for {kind} and left out; "
        + REMEDY.format(keys[0])
    )
    return state._replace(
        frame=state.frame.filter(~here),
        left_out=[*state.left_out, LeftOut(tuple(taken[ROW].to_list()), why)],
        problems=[*state.problems, told],
    )
