"""Flags: what a reader should look at, each with the days counted and the rule; no flag is no reassurance."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from leao.diary import counting
from leao.diary.reading import Diary
from leao.diary.reading.doses import Treatment
from leao.review import counts_and_response, criteria

RECENT, EARLIER = 28, 56  # days compared for a trend
TREND_DAYS = RECENT + EARLIER
RISING = 0.95  # probability from which a rise is called one
DOSE_STEPS = 1e-9  # mg
CLASSES = {counting.SEVERAL: "several classes together", "unknown": "acute medicine of unknown class"}
Flag = dict[str, Any]


@cache
def red_flags() -> Mapping[str, Any]:
    """Return the fixed list of signs that need a doctor, and the side effects to report at once."""
    return tomllib.loads((files("leao") / "review" / "red_flags.toml").read_text("utf-8"))


def raised(diary: Diary, taken: Treatment | None, creatinine_clearance: float | None) -> list[Flag]:
    """Return the flags of a diary: dose, side effects, overuse, chronic migraine."""
    doses = [] if taken is None else ceiling(diary, taken, creatinine_clearance)
    return [*doses, *side_effects(diary), *overuse(diary), *chronic(diary)]


def unchecked(diary: Diary, taken: Treatment | None, creatinine_clearance: float | None) -> list[str]:
    """Return which rules could not be applied to this diary, each with the reason."""
    p = counting.standard()
    month, days = int(p.month), diary.headache.size
    lasting = month * (int(p.chronic_months) + 1)
    long = f"more than {p.chronic_months:g} months need {lasting} days, the diary has {days}"
    acute, migraine = diary.acute is not None, counts_and_response.migraine_days(diary) is not None
    asked = [
        (taken is None, "dose above the ceiling: no dose is given"),
        (taken is not None and creatinine_clearance is None, "lower ceilings of weak kidneys: no creatinine clearance"),
        (diary.side_effects is None, "side effects to report at once: the diary says nothing of side effects"),
        (not acute, "medication overuse: the diary says nothing of acute medicine"),
        (acute and days < month, f"medication overuse: needs {month} days, the diary has {days}"),
        (acute and month <= days < lasting, f"medication-overuse headache: {long}"),
        (days < lasting, f"chronic migraine: {long}"),
        (days >= lasting and not migraine, "chronic migraine: migraine days cannot be told, headache days are counted"),
        (days < TREND_DAYS, f"a rising trend: needs {TREND_DAYS} days, the diary has {days}"),
    ]
    return [what for true, what in asked if true]


def ceiling(diary: Diary, taken: Treatment, creatinine_clearance: float | None) -> list[Flag]:
    """Return a flag where a day's dose is above the lowest ceiling known to hold (rules of ``leao plan``)."""
    from leao.exposure.patient import Patient
    from leao.plan.label_rules import read
    from leao.plan.regimen_check import ceilings

    limits = ceilings(Patient(creatinine_clearance=creatinine_clearance))
    known = [limit for limit in limits.values() if limit["mg_per_day"] is not None]
    highest = read()["highest"]
    lowest = min([*known, highest], key=lambda limit: limit["mg_per_day"])
    over = taken.per_day > lowest["mg_per_day"] + DOSE_STEPS
    if not over.any():
        return []
    most = float(taken.per_day.max())
    what = f"dose above the ceiling: up to {most:g} mg/day against {lowest['mg_per_day']:g} mg/day"
    flag = _flag("stop", what, int(over.sum()), lowest["what"], lowest["source"])
    return [flag | {"limit": lowest["mg_per_day"], "dates": [diary.name(int(day)) for day in np.flatnonzero(over)]}]


def side_effects(diary: Diary) -> list[Flag]:
    """Return a flag for every word of the column ``side_effects`` that is to be reported at once."""
    listed = red_flags()["side_effects"]
    said = [(day, word) for day, text in diary.side_effects or [] for word in listed["words"] if word in text.lower()]
    if not said:
        return []
    words = ", ".join(sorted({word for _, word in said}))
    rule = "swelling of face, mouth or throat, or blistering or peeling skin: stop and seek care at once (label)"
    days = sorted({day for day, _ in said})
    flag = _flag("stop", f"side effect to report at once: {words}", len(days), rule, listed["source"])
    return [flag | {"dates": [diary.name(day) for day in days]}]


def overuse(diary: Diary) -> list[Flag]:
    """Return medication overuse by class (ICHD-3 8.2): the counted days of the last month, and whether it lasts."""
    return [_overuse(row) for row in criteria.overuse(diary) if row["status"] in (criteria.MET, criteria.POSSIBLE)]


def _overuse(row: Mapping[str, Any]) -> Flag:
    name = CLASSES.get(row["what"], row["what"])
    last = row["months"][-1]
    days = round(last["days"] * last["recorded_days"] / counting.standard().month)
    if row["status"] == criteria.POSSIBLE:
        head = "medication overuse is possible, a medicine is of unknown class"
    elif row["lasting"] == criteria.MET:
        head = "medication-overuse headache, criteria met"
    else:
        head = "medication overuse in the last 28 days"
    rule = f"ICHD-3 8.2: {name} on {row['limit']:g} or more days a month; with 15 headache days, for more than 3 months"
    rule += f"; counted on {days} of {last['recorded_days']} recorded days, prorated to 28"
    flag = _flag("caution", f"{head}: {name}", days, rule, "ichd3")
    return flag | {"months": row["months"], "lasting": row["lasting"], "limit_days": row["limit"]}


def chronic(diary: Diary) -> list[Flag]:
    """Return a flag where the last four months meet chronic migraine's counts (ICHD-3 1.3), or its headache days."""
    p = counting.standard()
    row = criteria.chronic(diary)
    if row["status"] not in (criteria.MET, criteria.POSSIBLE):
        return []
    rule = f"ICHD-3 1.3: headache on {p.chronic_headache_days:g} days a month, migraine on "
    rule += f"{p.chronic_migraine_days:g} of them, for more than {p.chronic_months:g} months"
    what = "chronic migraine, criteria met by count"
    if row["status"] == criteria.POSSIBLE:
        what = "headache on 15 or more days in each of four months; the columns cannot tell migraine days"
    last = int((diary.headache == 1)[-int(p.month) :].sum())
    return [_flag("caution", what, last, rule, "ichd3") | {"months": row["months"], "lasting": row["lasting"]}]


def rising(p_rise: float | None, recent: float, before: float) -> list[Flag]:
    """Return a flag where the last four weeks are higher than the eight before with high probability."""
    if p_rise is None or p_rise < RISING:
        return []
    rule = f"P(rate of the last 28 days above that of the 56 before) = {p_rise:.2f}, {RISING:g} or more (model)"
    return [_flag("caution", f"rising: {before:.0f} to {recent:.0f} headache days per 28", round(recent), rule, None)]


def _flag(level: str, what: str, days: int, rule: str, source: str | None) -> Flag:
    return {"level": level, "what": what, "days": days, "rule": rule, "source": source}
