"""The regimen really taken: what was prescribed from which day on, less the days the diary says were missed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.diary.reading import dates
from leao.diary.reading.assembly import LONGEST
from leao.diary.reading.cells import LARGEST_DOSE
from leao.diary.reading.diary import Diary
from leao.dosing.prescription import parse
from leao.dosing.schedule import Schedule, places, planned

_NOTHING = re.compile(r"(0+(\.0+)?\s*mg(\s+(once\s+)?(daily|twice daily))?|stop|nothing|none)")
_DAY = re.compile(r"-?\d{1,5}")
Array = NDArray[np.float64]
SOON = 28  # days after the diary's end within which a treatment may begin; later is a slip of the pen
KEPT = 14  # days after which a dose counts as kept


class Treatment(NamedTuple):
    """The doses, from ``lead`` days before the diary on."""

    lead: int
    doses: Array  # (lead + day, intake), mg of salt
    steps: list[tuple[date, str]]
    on: NDArray[np.bool_]  # (day,), days on which a dose was prescribed or taken
    missed: int
    reference: float  # mg/day whose steady state counts as full level (``reference``)
    understood: list[str]
    oddities: list[str]
    now: Array  # (intake,), prescribed at the diary's end, mg of salt
    last_dose: Array  # (intake,), the last that was more than none

    @property
    def per_day(self) -> Array:
        """Amount taken on each day of the diary, mg of salt."""
        return self.doses[self.lead :].sum(axis=1)

    @property
    def first(self) -> int:
        """First day of the diary on treatment."""
        return int(np.argmax(self.on))


def asked(
    start: str | None, dose: str | None, changes: Sequence[str] = (), stop: str | None = None
) -> list[tuple[str, str]]:
    """Return the steps (date as text, prescription) of the command line, in the order given.

    Raises:
        ScenarioError: a dose without a start, a start without a dose, or a change that is not understood.
    """
    if (start is None) != (dose is None):
        given, wanted = ("--start", "--dose") if dose is None else ("--dose", "--start")
        both = f"--start {start or '2026-03-02'} --dose '{dose or '10 mg daily'}'"
        raise ScenarioError(f"review: found {given} without {wanted}; write {both}")
    if start is None or dose is None:
        if changes or stop:
            raise ScenarioError("review: found --change or --stop without --start and --dose; give both")
        return []
    steps = [(start, dose)]
    for change in changes:
        when, colon, what = change.partition(":")
        if not colon or not what.strip():
            raise ScenarioError(f"--change: found {change!r}, wanted '2026-04-13: 20 mg daily'")
        steps.append((when.strip(), what.strip()))
    steps += [(stop, "stop")] if stop else []
    _after_the_start(steps, len(changes))
    return steps


def _after_the_start(steps: Sequence[tuple[str, str]], changes: int) -> None:
    """Refuse a change or a stop on or before the start: which of the two holds would be a guess."""
    first = _order(steps[0][0], "--start")
    for k, (when, _) in enumerate(steps[1:]):
        option = "--change" if k < changes else "--stop"
        if _order(when, option) <= first:
            raise ScenarioError(f"{option}: found {when}, wanted a day after --start {steps[0][0]}")


def _order(when: str, option: str) -> int:
    """Return the place of a day number or a date among others of its kind."""
    return int(when) if _DAY.fullmatch(when.strip()) else dates.given(when, option).toordinal()


def of_doses(
    doses: str | Mapping[str, str], start: str | None, dose: str | None, changes: Sequence[str], stop: str | None
) -> list[tuple[str, str]]:
    """Return the steps of a mapping from days to prescriptions, or of one prescription with its start.

    Raises:
        ScenarioError: the same said twice, which of the two would hold being a guess.
    """
    given = (
        {"dose": dose} if isinstance(doses, str) else {"start": start, "dose": dose, "change": changes, "stop": stop}
    )
    beside = [name for name, value in given.items() if value]
    if beside:
        raise ScenarioError(
            f"review: found doses and {', '.join(beside)}; give doses by the day from which they hold, or start, dose, "
            "change and stop"
        )
    if isinstance(doses, str):
        return asked(start, doses, changes, stop)
    return [(str(when), str(what)) for when, what in doses.items()]


def treatment(diary: Diary, steps: Sequence[tuple[str, str]]) -> Treatment | None:
    """Return what was taken; None where neither the steps nor the diary name a dose, or it begins after the diary.

    Raises:
        ScenarioError: a date or a prescription that is not understood, or no day of the diary on treatment.
    """
    n_day = diary.headache.size
    if not steps:
        return _from_diary(diary) if (diary.taken_mg > 0).any() else None
    dated = _dated(diary, steps)
    first = diary.day(dated[0][0])
    if n_day <= first < n_day + SOON:
        return None
    lead = max(0, -first)
    schedules = {what: _schedule(what) for _, what in dated}
    for what, schedule in schedules.items():
        if max((step.per_day for step in schedule), default=0.0) > LARGEST_DOSE:  # a stop has no step
            raise ScenarioError(f"dose: found {what!r}, wanted at most {LARGEST_DOSE:g} mg a day; check its unit")
    width = math.lcm(*(places(schedule) for schedule in schedules.values()))
    plan = np.zeros((lead + n_day, width))
    for when, what in dated:
        at = lead + diary.day(when)
        if at < len(plan):
            plan[at:] = planned(schedules[what], len(plan) - at, width)
    if not plan[lead:].any():
        raise ScenarioError("doses: no day of the diary has a dose; give --start and --dose a day within it")
    late = [f"{what!r} from {diary.name(at)} lies after the diary's end: not used" for at, what in _late(diary, dated)]
    taken = _taken(diary, plan, lead, dated)
    return taken._replace(oddities=[*taken.oddities, *late])


def _dated(diary: Diary, steps: Sequence[tuple[str, str]]) -> list[tuple[date, str]]:
    """Return the prescriptions by the day from which they hold.

    Raises:
        ScenarioError: two begin on one day, or the first lies too far from the diary.
    """
    dated = sorted(((_date(diary, when), what) for when, what in steps), key=lambda step: step[0])
    twice = [when for (when, _), (after, _) in zip(dated[:-1], dated[1:], strict=True) if when == after]
    if twice:
        day = diary.name(diary.day(twice[0]))
        raise ScenarioError(f"doses: two prescriptions begin on {day}; give each its own day")
    first, n_day = diary.day(dated[0][0]), diary.headache.size
    if first >= n_day + SOON:
        raise ScenarioError(
            f"--start: found {diary.name(first)}, after the diary's last day, {diary.name(n_day - 1)}; "
            "the diary has no day on treatment"
        )
    if first < -LONGEST:
        day = diary.name(first)
        raise ScenarioError(f"--start: found {day}, more than {LONGEST} days before the diary; check the year")
    return dated


def remarked(diary: Diary, steps: Sequence[tuple[str, str]], taken: Treatment | None) -> Diary:
    """Return the diary with the remark that the treatment begins after its end, where it does."""
    if taken is not None or not steps:
        return diary
    first = diary.name(min(diary.day(_date(diary, when)) for when, _ in steps))
    line = f"the treatment begins on {first}, after the diary's last day: the diary is described as it was before it"
    return diary._replace(understood=[*diary.understood, line])


def _late(diary: Diary, dated: Sequence[tuple[date, str]]) -> list[tuple[int, str]]:
    """Return the prescriptions that begin after the diary's last day."""
    return [(diary.day(when), what) for when, what in dated if diary.day(when) >= diary.headache.size]


def reference(per_day: Array) -> float:
    """Return the last dose kept for two weeks, mg/day; where none was, the one kept longest."""
    edges = np.flatnonzero(np.diff(per_day)) + 1
    starts = np.concatenate([[0], edges])
    lengths = np.diff(np.concatenate([starts, [per_day.size]]))
    dosed = per_day[starts] > 0
    kept = np.flatnonzero(dosed & (lengths >= KEPT))
    chosen = kept[-1] if kept.size else int(np.argmax(np.where(dosed, lengths, 0)))
    return float(per_day[starts[chosen]])


def _taken(diary: Diary, plan: Array, lead: int, dated: list[tuple[date, str]]) -> Treatment:
    """Return the plan less what the diary says was missed, with the amounts the diary gives."""
    inside = plan[lead:]
    doses = inside.copy()
    due = inside.sum(axis=1)
    missed = (diary.taken == 0) & (due > 0)
    doses[missed] = 0.0
    given = np.flatnonzero(diary.taken_mg > 0)
    for day in given:
        doses[day] = inside[day] / due[day] * diary.taken_mg[day] if due[day] > 0 else (diary.taken_mg[day], 0.0)
    stray = int(((diary.taken == 1) & (due == 0) & ~(diary.taken_mg > 0)).sum())
    odd = [f"dose_taken says yes on {stray} days without a dose prescribed: not counted"] if stray else []
    other = [day for day in given if due[day] > 0 and diary.taken_mg[day] != due[day]]
    if other:
        odd.append(f"dose_taken gives another amount than prescribed on {len(other)} days: the diary's is used")
    silent = int(((diary.taken < 0) & (due > 0)).sum())
    remarks = [f"{int(missed.sum())} doses missed by the diary's word"] if missed.any() else []
    if silent:
        remarks.append(f"{silent} days on treatment say nothing of the dose: taken as prescribed")
    whole = np.concatenate([plan[:lead], doses])
    on = (due > 0) | (doses.sum(axis=1) > 0)
    ends = plan[-1], plan[np.flatnonzero(plan.sum(axis=1))[-1]]
    return Treatment(lead, whole, dated, on, int(missed.sum()), reference(plan.sum(axis=1)), remarks, odd, *ends)


def _from_diary(diary: Diary) -> Treatment:
    """Return the amounts of the diary itself; days that say nothing are taken as the last that did."""
    without = int(((diary.taken == 1) & np.isnan(diary.taken_mg)).sum())
    if without:
        raise ScenarioError(
            f"dose_taken: says taken on {without} days without an amount, and an amount on "
            f"{int((diary.taken_mg > 0).sum())}; give --start 2026-03-02 --dose '10 mg daily'"
        )
    mg = np.where(diary.taken == 0, 0.0, diary.taken_mg)
    known = ~np.isnan(mg)
    last = np.maximum.accumulate(np.where(known, np.arange(mg.size), -1))
    amounts = np.where(last >= 0, mg[np.maximum(last, 0)], 0.0)
    doses = np.stack([amounts, np.zeros_like(amounts)], axis=1)
    remarks = ["doses read from dose_taken, in mg"]
    filled = int((~known & (amounts > 0)).sum())
    if filled:
        remarks.append(f"{filled} days say nothing of the dose: taken as on the last day that does")
    begins = diary.first + timedelta(int(np.argmax(amounts > 0)))
    on = amounts > 0
    steps = [(begins, "as the diary says")]
    ends = doses[-1], doses[np.flatnonzero(on)[-1]]
    return Treatment(0, doses, steps, on, int((diary.taken == 0).sum()), reference(amounts), remarks, [], *ends)


def _schedule(what: str) -> Schedule:
    return () if _NOTHING.fullmatch(" ".join(what.lower().split())) else parse(what)


def _date(diary: Diary, text: str) -> date:
    number = _DAY.fullmatch(text.strip())
    if diary.numbered and not number:
        first, last = diary.name(0), diary.name(diary.headache.size - 1)
        raise ScenarioError(f"doses: found {text!r}, but the diary numbers its days, {first} to {last}: write a number")
    return dates.ARBITRARY_START + timedelta(int(text)) if diary.numbered else dates.given(text, "doses")
