"""The numbers a screen shows first of a review, each looked at: what it is, how computed, how sure, from what.

A number is one of this diary, and no verdict on the drug in general is computed from it: there is no range to look at.
"""

from __future__ import annotations

import math
from typing import Any

from leao.core.number_statement import BY_LEAO, entry, error_of_median, numbers_of, one_digit, result
from leao.review.contract import Counts, ReviewSummary

LEDGER = "review"
NO_RANGE = "It is of this diary alone: no verdict on the drug in general is computed from it."
KNOWN, ERROR, READ = "How well it is known", "Monte Carlo error", "How to read it"
MODEL = (
    "A model of every day of this diary: own level, slow drift, day of the week, menses, headache over midnight, days "
    "left out, and the drug by its predicted level."
)
WRITTEN = "Days with an entry, of all days from the first to the last; a day without one is neither free nor headache."
COUNT = "It is a count: how far chance alone would move it does not stand in it."


def of(answer: ReviewSummary) -> dict[str, dict[str, Any]]:
    """Return by its key what each number is that has an answer: ``review.change_percent`` and its like."""
    rows = {"review.days_written": _counted("review.days_written", "days written", "days", WRITTEN)}
    treated = bool(answer["doses"])
    before = "before the first dose" if treated else "over the whole diary"
    now = f"in the last 28 days {'on treatment' if treated else 'of the diary'}"
    for key, part, counted in (("baseline", before, answer["baseline"]), ("now", now, answer["now"])):
        if counted is not None:
            rows[f"review.{key}"] = _days(f"review.{key}", part, counted)
    return rows | _chances(answer)


def _counted(key: str, label: str, unit: str, how: str, *facts: list[str]) -> dict[str, Any]:
    """Return a count: nothing of it is estimated."""
    stated = entry(key, label, unit, 0.0) | {"value": None, "source": "counted in this diary", "where": how, "tier": ""}
    return result(stated, facts=[*facts, [KNOWN, COUNT]], no_range=NO_RANGE)


def _days(key: str, part: str, counted: Counts) -> dict[str, Any]:
    how = f"Headache days over written days, times 28, {part}."
    return _counted(
        key, "headache days per 28", "days per 28", how, ["Days written there", f"{counted['recorded_days']}"]
    )


def _chances(answer: ReviewSummary) -> dict[str, dict[str, Any]]:
    """Return what the model says of the drug; nothing without a dose, or where the fit is not to be trusted."""
    change, draws = answer["change_percent"], answer["diagnostics"]["effective_draws"]
    if change is None or draws is None:
        return {}
    error = error_of_median(change["p95"] - change["p05"], draws)
    low, high = (f"{change[end]:.0f}".replace("-", "\N{MINUS SIGN}") for end in ("p05", "p95"))
    rows = {
        "review.change_percent": _modelled(
            "review.change_percent",
            "change of headache days by the drug",
            f"{MODEL} The change is that of the days expected at the highest dose, built up, from those without it.",
            [KNOWN, f"90 % interval: {low} to {high} %; it rests on the diary and the priors"],
            [ERROR, f"about {one_digit(error)} percentage points of the median, with {draws:.0f} effective draws"],
            [READ, "A diary cannot tell the drug from expecting it to work."],
        )
    }
    falls = (
        ("p_better", "fewer headache days with the drug"),
        ("p_50", "headache days at least 50 % fewer with the drug"),
    )
    for key, what in falls:
        p = answer[key]
        if p is not None:
            rows[f"review.{key}"] = _chance(f"review.{key}", what, p, draws)
    return rows


def _chance(key: str, what: str, p: float, draws: float) -> dict[str, Any]:
    alone = min(max(p, 1.0 / draws), 1.0 - 1.0 / draws)  # where all draws agree, as if one had not
    error = 100.0 * math.sqrt(alone * (1.0 - alone) / draws)
    return _modelled(
        key, f"chance: {what}", f"{MODEL} Share of its draws with {what} than without it.",
        [KNOWN, "It says itself how sure the answer is; it rests on the diary and the priors."],
        [ERROR, f"about {one_digit(error)} percentage points, with {draws:.0f} effective draws"],
        [READ, "It is the part of the drug alone: chance and drift, which move the days too, are taken out."],
    )  # fmt: skip


def _modelled(key: str, label: str, how: str, *facts: list[str]) -> dict[str, Any]:
    stated = entry(key, label, "%", 0.0) | {"value": None, "source": f"{BY_LEAO}: leao review", "where": how}
    return result(stated, facts=list(facts), no_range=NO_RANGE, behind=numbers_of(LEDGER))
