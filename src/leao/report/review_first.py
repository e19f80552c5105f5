"""The first screen of a review, in plain words: who and when, what needs action today, before and now, chance.

No probability sign, no prior, no interval: those stand in the fold (review_words.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leao.report import words

if TYPE_CHECKING:
    from leao.review.contract import Flag, ReviewSummary

NOW_ROWS = (
    ("Headache days", "headache_days_per_28d"),
    ("Migraine days", "migraine_days_per_28d"),
    ("Severe days", "severe_days_per_28d"),
    ("Days with acute medicine", "acute_days_per_28d"),
    ("Hours per attack", "hours_per_attack"),
    ("HIT-6, last", "hit6"),
    ("MIDAS, last", "midas"),
)
WRITTEN_ONLY = ("hours_per_attack", "hit6", "midas")  # rows that a diary need not have
CLASSES = {
    "several": "several classes together", "unknown": "medicine of unknown class", "nsaid": "NSAID",
    "combination": "combination analgesic", "other": "other acute medicine",
}  # fmt: skip
MANY_DATES = 6


def patient(answer: ReviewSummary, doses: str) -> str:
    """Return the line that says which diary this is."""
    days = answer["days"]
    total = days["recorded"] + days["missing"]
    when = "days are numbered" if days["first"] is None else f"{days['first']} to {days['last']}"
    missing = "none missing" if not days["missing"] else f"{days['missing']} missing"
    drug = f"Memantine {doses}." if doses else "No dose of memantine was given."
    return f"Headache diary, {when}: {total} days, {days['recorded']} written, {missing}. {drug}"


def actions(answer: ReviewSummary) -> list[dict[str, str]]:
    """Return what needs action today, the most urgent first: level, head and what stands behind it."""
    rows = [_action(flag) for flag in answer["flags"]]
    return sorted(rows, key=lambda row: ("stop", "caution", "note").index(row["level"]))


def _action(flag: Flag) -> dict[str, str]:
    what = flag["what"][0].upper() + flag["what"][1:]
    counted = f"{flag['days']} day{'' if flag['days'] == 1 else 's'}"
    said = [f"{counted}{_dates(flag.get('dates', ()))}."]
    if flag.get("months"):
        said = [_by_month(flag), _tested(flag)]
    return {
        "level": flag["level"], "head": _named(what), "said": " ".join(said), "rule": flag["rule"],
        "source": flag["source"] or "",
    }  # fmt: skip


def _named(what: str) -> str:
    head, colon, name = what.rpartition(": ")
    return f"{head}{colon}{CLASSES.get(name, name)}"


def _dates(dates: Sequence[str]) -> str:
    if not dates:
        return ""
    shown = ", ".join(dates[:MANY_DATES])
    return f": {shown}" if len(dates) <= MANY_DATES else f": {shown} and {len(dates) - MANY_DATES} more"


def _by_month(flag: Mapping[str, Any]) -> str:
    """Return the days of each month, the oldest first, at most as well where a medicine is of unknown class."""
    counted = "days" if "days" in flag["months"][-1] else "headache_days"
    cells = [words.bounded(month[counted], month.get("at_most"), places=0) for month in flag["months"]]
    kind = "Days of intake" if counted == "days" else "Headache days"
    limit = f" (limit {flag['limit_days']:g})" if "limit_days" in flag else ""
    from_day, to_day = flag["months"][0]["from"], flag["months"][-1]["to"]
    months = "the last 28 days" if len(cells) == 1 else f"each 28 days, oldest first, {from_day} to {to_day}"
    between = "; " if any("," in cell for cell in cells) else ", "
    return f"{kind} in {months}: {between.join(cells)}{limit}."


def _tested(flag: Mapping[str, Any]) -> str:
    return {
        "met": "Tested over more than 3 months: met.",
        "not met": "Tested over more than 3 months: not met.",
        "not tested": "More than 3 months cannot be tested yet: the diary is shorter than 112 days.",
    }[flag["lasting"]]


def not_met(answer: ReviewSummary) -> list[str]:
    """Return the criteria that were tested and are not met, each in a line; what was not tested is ``not_checked``."""
    lines = []
    for row in answer["criteria"]:
        if row["status"] != "not met":
            continue
        if row["criterion"] == "medication overuse":
            last = row["months"][-1]
            days = words.bounded(last.get("days"), last.get("at_most"), places=0)
            named = CLASSES.get(row["what"] or "", row["what"])
            lines.append(f"Medication overuse, {named}: not met in the last 28 days ({days}, limit {row['limit']:g})")
        else:
            lines.append("Chronic migraine: tested over more than 3 months, not met")
    return lines


def unread(answer: ReviewSummary) -> str:
    """Return the columns that nothing reads and the rows that are left out, in a line; nothing where all is read."""
    names = [each["column"] for each in answer["columns"].get("not_read", [])]
    names += [f"{name} (to be ignored)" for name in answer["columns"].get("ignored", [])]
    parts = [f"column{'' if len(names) == 1 else 's'} {', '.join(names)}"] if names else []
    for left in answer["left_out"]:
        many = len(left["rows"])
        which = ", ".join(str(row) for row in left["rows"][:MANY_DATES])
        more = "" if many <= MANY_DATES else f" and {many - MANY_DATES} more"
        parts.append(f"row{'' if many == 1 else 's'} {which}{more} ({left['why']})")
    return f"Not read: {'; '.join(parts)}." if parts else ""


def now_rows(answer: ReviewSummary) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of before and now, per 28 days."""
    treated = bool(answer["doses"])
    parts = [answer["baseline"], answer["now"]] if treated else [answer["now"]]
    header = ["per 28 written days", *(["before", "now"] if treated else ["last 28 days"])]
    rows = []
    for name, key in NOW_ROWS:
        values = [None if part is None else part[key] for part in parts]
        if key in WRITTEN_ONLY and not any(value is not None for value in values):
            continue
        missing = "cannot be told" if key == "migraine_days_per_28d" else "not written"
        rows.append(
            [name, *(missing if value is None else words.number(value, places=_places(key)) for value in values)]
        )
    return header, rows


def _places(key: str) -> int:
    return 0 if key in ("hit6", "midas") else 1


def responder(answer: ReviewSummary) -> str:
    """Return whether the days fell by a half, in a sentence; nothing without a dose."""
    if not answer["doses"]:
        return ""
    entry = answer["responder"]
    if entry is None:
        return "Responder: cannot be told, it needs two weeks written before and now, and headache before."
    of, change = entry["of"].replace("_", " "), -entry["fall_percent"]
    moved = f"{of} {words.number(change, places=0, sign=True)}{words.NO_BREAK}%"
    if entry["half"]:
        return f"Responder: yes, by a half or more ({moved})."
    third = "yes by 30 %, no by a half" if entry["thirty"] else "no, neither by 30 % nor by a half"
    return f"Responder: {third} ({moved})."


def chance(answer: ReviewSummary) -> list[str]:
    """Return the sentences on chance, and what would settle it."""
    if not answer["converged"]:
        return [f"No answer on the drug: the fit cannot be trusted ({answer['problem']}). The counts stand."]
    if answer["p_30"] is None or answer["p_better"] is None:
        return []
    if not answer["comparable"]:
        return ["No headache is written without the tablets, so the diary has nothing to compare with."]
    some, any_fewer = (_of_hundred(p) for p in (answer["p_30"], answer["p_better"]))
    return [
        f"Of 100 patients with a diary like this one, {some} have at least 30{words.NO_BREAK}% fewer headache "
        f"days than they would have without the tablets, and {any_fewer} have fewer at all; a diary cannot tell the "
        "drug from expecting it to work.",
        *_without(answer),
        *_settled(answer),
    ]


def _of_hundred(p: float) -> str:
    many = round(100.0 * p)
    if many < 1:
        return "fewer than 1"
    return "more than 99" if many > 99 else f"about {many}"


def _without(answer: ReviewSummary) -> list[str]:
    """Return how headache moves without any drug, in headache days."""
    expected = answer["headache_days_without_drug_per_28d"]
    if not expected or not answer["on_treatment"]:
        return []
    seen = words.number(answer["on_treatment"]["headache_days_per_28d"], places=1)
    without = words.number(expected["median"], places=1)
    return [f"On the tablets {seen} headache days per 28 were written; without them about {without} would be expected."]


def _settled(answer: ReviewSummary) -> list[str]:
    ways = answer["what_would_settle"]
    if not ways:
        return []
    weeks = ways[0]["weeks_to_80_percent_clear"]
    if weeks == 0:
        return ["The direction is clear as the diary stands."]
    if weeks is not None:
        return [f"Going on as now, {weeks} more week{'' if weeks == 1 else 's'} of diary would most likely settle it."]
    names = {
        "as now": "a year as now", "without the drug": "a year without the tablets",
        "with the last dose again": "a year with the last dose again",
        "by turns": "4 weeks without and 4 weeks with them by turns, for a year",
    }  # fmt: skip
    rows = [f"{names[way['course']]} in {_of_hundred(way['clear_within_a_year'])}" for way in ways]
    return [f"What would settle it, in 100 such patients: {'; '.join(rows)}. That is arithmetic, no advice to change."]


def side_effects(answer: ReviewSummary) -> list[str]:
    """Return the side effects written down, each text once with its days."""
    by_text: dict[str, list[str]] = {}
    for row in answer["side_effects"]:
        by_text.setdefault(row["text"], []).append(row["date"])
    return [
        f"{text}: {len(dates)} day{'' if len(dates) == 1 else 's'}{_dates(dates[-MANY_DATES:])}"
        for text, dates in by_text.items()
    ]
