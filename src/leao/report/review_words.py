"""A review in words, for the terminal and the page: what the diary shows, never what to prescribe."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from leao.report import words
from leao.review.counts_and_response import BY_WORD

if TYPE_CHECKING:
    from leao.review.contract import ReviewSummary

COUNTS = (
    ("recorded days", "recorded_days"),
    ("headache days", "headache_days_per_28d"),
    ("migraine days", "migraine_days_per_28d"),
    ("attacks", "attacks_per_28d"),
    ("hours per attack", "hours_per_attack"),
    ("severe days", "severe_days_per_28d"),
    ("days with acute medicine", "acute_days_per_28d"),
    ("disability, mean", "disability_mean"),
    ("days with disability", "disability_days_per_28d"),
    ("days with side effects", "side_effect_days_per_28d"),
)
FALLS = (("better at all", "p_better"), ("30 % or more", "p_30"), ("50 % or more", "p_50"), ("75 % or more", "p_75"))
NO_CLASS: Mapping[str, float] = MappingProxyType({})
NO_COLUMN = "not in the diary"
COURSES = {
    "as now": "going on as now",
    "without the drug": "a year without the drug",
    "with the last dose again": "a year with the last dose again",
    "by turns": "by turns, 4 weeks without and 4 with it",
}
BEFORE_DIARY = "before your diary, from two small trials"
POWER = f"80{words.NO_BREAK}%"
PLACEBO = "A response to being treated at all cannot be told from the drug's in one open diary and is part of it."


def headline(answer: ReviewSummary) -> str:
    """Return the finding in one line."""
    if not answer["converged"]:
        return "No answer on the drug: the fit cannot be trusted."
    change = answer["change_percent"]
    lately, sure = answer["headache_days_per_28d"], answer["p_better"]
    if change is None or sure is None:
        days = "no" if lately is None else words.number(lately["median"], places=0)
        return f"No dose was given. With chance taken out, about {days} headache days per 28 of late."
    size = words.number(abs(change["median"]), places=0)
    way = "fewer" if change["median"] < 0 else "more"
    if not answer["comparable"]:
        return "Not settled: no headache is recorded without the drug, so the diary has nothing to compare with."
    if sure > 0.95:
        return f"Better on treatment: about {size} % {way} headache days than without it."
    if sure < 0.05:
        return f"Worse on treatment: about {size} % {way} headache days than without it."
    middle = "no change" if size == "0" else f"about {size} % {way} headache days"
    return f"Not settled: {middle}, and the diary allows both better and worse."


def sentences(answer: ReviewSummary) -> list[str]:
    """Return the answer in the model's words: change, probabilities, what needs no drug, what would settle it."""
    change = answer["change_percent"]
    if not change:
        return []
    lines = [
        f"Change of headache days by the drug at full level: {words.spread(change, '%', sign=True)}, 90 % interval.",
        f"P(better) {words.probability(answer['p_better'])}, by 30 % or more {words.probability(answer['p_30'])}, "
        f"50 % {words.probability(answer['p_50'])}, 75 % {words.probability(answer['p_75'])}.",
        _without(answer),
        settled(answer),
        PLACEBO,
    ]
    return [line for line in lines if line]


def settled(answer: ReviewSummary) -> str:
    """Return what would settle the answer; nothing where that was not simulated."""
    ways = answer["what_would_settle"]
    if not ways:
        return ""
    now, *others = ways
    weeks = now["weeks_to_80_percent_clear"]
    if weeks == 0:
        return "The answer is clear by the rule P(better) above 0.95 or below 0.05."
    if weeks is None:
        beside = "; ".join(f"{COURSES[way['course']]}: {percent(way['clear_within_a_year'])}" for way in others)
        chance = percent(now["clear_within_a_year"])
        return f"A year more as now makes the answer clear with {chance} probability ({beside})."
    more = f"{weeks} more week{'s' if weeks > 1 else ''}"
    return f"After {more} as now the answer is clear with {POWER} probability."


def percent(share: float) -> str:
    """Return a probability as per cent, never as certain."""
    return "under 1\u00a0%" if share < 0.005 else f"{min(round(100.0 * share), 99)}\u00a0%"


def course_rows(answer: ReviewSummary) -> list[list[str]]:
    """Return what would settle the answer: course, weeks until then, chance within a year."""
    rows = []
    for way in answer["what_would_settle"] or []:
        weeks = way["weeks_to_80_percent_clear"]
        until = {0: "clear now", None: "not in a year"}.get(weeks, f"{weeks}")
        rows.append([COURSES[way["course"]], until, "" if weeks == 0 else percent(way["clear_within_a_year"])])
    return rows


def migraine_words(answer: ReviewSummary) -> str:
    """Return by what migraine days are told, or why they are not."""
    rule = answer["migraine_days_rule"]
    if rule["told_by"] is None:
        return f"Migraine days: not told. That {rule['why_not']}."
    left = rule["undecided_headache_days"]
    source = "" if rule["told_by"] == BY_WORD else " (van der Arend 2023)"
    said = f"Migraine days are told by {rule['told_by']}{source}."
    if not left:
        return said
    return f"{said} On {left} headache days that was not written down: they count as none, so there may be more."


def _without(answer: ReviewSummary) -> str:
    expected = answer["expected_without_drug_percent"]
    if not expected:
        return "No recorded headache before treatment: what would have come without the drug is the population's guess."
    before, after = answer["baseline"], answer["on_treatment"]
    seen = ""
    if before and after and before["headache_days_per_28d"]:
        fall = 100.0 * (after["headache_days_per_28d"] / before["headache_days_per_28d"] - 1.0)
        seen = f"Seen: {words.number(fall, places=0, sign=True)} % from before to on treatment. "
    return f"{seen}Expected without any drug: {words.spread(expected, '%', sign=True)}."


def periods(answer: ReviewSummary) -> list[str]:
    """Return the names of the periods that have days."""
    if not answer["doses"]:
        return ["all days"]
    names = (("before", "baseline"), ("on treatment", "on_treatment"), ("after stopping", "after_stopping"))
    return [name for name, key in names if answer[key]]


def count_rows(answer: ReviewSummary) -> list[list[str]]:
    """Return the counts: what, and one cell per period; classes of acute medicine beneath their sum."""
    parts = [part for part in (answer["baseline"], answer["on_treatment"], answer["after_stopping"]) if part]
    rows = []
    for name, key in COUNTS:
        rows.append([name, *(_count(part, key) for part in parts)])
        if key == "acute_days_per_28d":
            classes = sorted(set().union(*(_by_class(part, "per_28d") for part in parts)))
            rows += [[f"  {kind}", *(_of_class(part, kind) for part in parts)] for kind in classes]
    return rows


def _by_class(part: Mapping[str, Any], tail: str) -> Mapping[str, float]:
    days: Mapping[str, float] | None = part[f"acute_days_by_class_{tail}"]
    return NO_CLASS if days is None else days


def _of_class(part: Mapping[str, Any], kind: str) -> str:
    return words.bounded(_by_class(part, "per_28d").get(kind, 0.0), _by_class(part, "at_most_per_28d").get(kind))


def _count(part: Mapping[str, Any], key: str) -> str:
    value = part[key]
    if value is None:
        return "cannot be told" if key == "migraine_days_per_28d" else NO_COLUMN
    return str(value) if key == "recorded_days" else words.number(value, places=1)


def prior_rows(answer: ReviewSummary) -> list[list[str]]:
    """Return the answer under the weak prior, under the synthesis, and what the synthesis says before any diary."""
    synthesis = answer["synthesis_prior"]
    parts = (answer, synthesis, None if synthesis is None else synthesis["before_reading"])
    changes = [None if part is None else part["change_percent"] for part in parts]
    rows = [["change of headache days", *(words.spread(change, "%", sign=True) for change in changes)]]
    for name, key in FALLS:
        rows.append([f"P({name})", *(words.probability(None if part is None else part[key]) for part in parts)])
    return rows
