"""One plan as plain text to copy into a chart: who, what, do not, ask first, limits, forecast, advice, off-label."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leao.report import off_label, plan, words

if TYPE_CHECKING:
    from leao.plan.contract import Plan


def text(answer: Plan, version: str, today: date | None = None) -> str:
    """Return the plan as text, its lines broken to the width of a chart."""
    return words.broken(lines(answer, version, today))


def lines(answer: Plan, version: str, today: date | None = None) -> list[str]:
    """Return the plan as lines of plain text, each whole.

    Args:
        answer: the answer of ``plan.regimen_check.check`` with what was asked.
        version: the version that answered.
        today: the date at its head; today where it is left out.
    """
    head = f"Memantine regimen, checked {(today or date.today()).isoformat()} (Leão {version}); off-label in migraine"
    rows = [head, answer["patient"]["line"], f"Regimen entered: {answer['asked']}"]
    rows += block("DO NOT", plan.forbidden(answer))
    rows += block("ASK FIRST", answer["ask_first"])
    rows += block("NOT CHECKED", [f"{name} (no rule names it)" for name in answer["not_in_rules"]])
    rows += block("Caution", [f"{row['what']} [{row['source']}]" for row in plan.watched(answer)])
    if answer["schedule"] is not None:
        rows += block("Schedule", [plan.step(row) for row in answer["schedule"]])
        rows += block("Ceilings", [_ceiling(ceiling) for ceiling in plan.ceilings(answer)])
    if answer["forecast"] is not None:
        rows += block("Forecast, median (90 %)", [f"{label}: {value}" for label, value in plan.levels(answer)])
    rows += block("Notes", [f"{row['what']} [{row['source']}]" for row in plan.notes(answer)])
    rows += block("Advice for the patient", plan.advice(answer))
    rows += ["", *off_label.lines()]
    return rows


def _ceiling(ceiling: plan.ShownCeiling) -> str:
    limit = "unknown" if ceiling.mg_per_day is None else f"{ceiling.mg_per_day:g} mg/day"
    return f"{ceiling.region}: {limit}; {ceiling.reason} [{ceiling.source}]"


def block(title: str, entries: list[str]) -> list[str]:
    """Return a titled list as lines, nothing where it is empty."""
    if not entries:
        return []
    return ["", f"{title}:", *(f"- {entry}" for entry in entries)]
