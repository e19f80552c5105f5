"""The screen of ``leao trial analyse``: the check, who is there, and what every estimator says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from leao.cli.screen import Screen
from leao.report import words

MOST_ROWS = 5  # of what was left out, before the rest is counted


def print_analysed(found: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the check, the flow, the baseline and every estimator."""
    screen = Screen(console)
    screen.line(f"{found['file']}: {found['subjects']} patients, {found['rows']} rows, {found['endpoint']}", "bold")
    for problem in found["problems"]:
        screen.line(problem, "yellow")
    for text in unused(found):
        screen.line(text, "dim")
    rows = _changing(found) if found["mean_by_arm"] else _groups(found)
    screen.whole_table(["", *found["arms"]], rows)
    if found["estimators"]:
        header = ["estimator", f"against {found['arms'][0]}", "scale", "estimate (95 %)", "p", "df"]
        screen.whole_table(header, _said(found))
        screen.line(f"* quoted; {found['estimand']}", "dim")
    if found["individuals"]:
        header = ["patient", "cycles", "alone (95 %)", "shrunken (95 %)"]
        screen.whole_table(header, [_patient(one) for one in found["individuals"]["patients"]])
        told = f"{found['comparison']}, {found['unit']}; shrunken: drawn towards the others by a random-effects model"
        screen.line(told, "dim")
    if found.get("page"):
        screen.line(f"page: {found['page']}", "dim")


def unused(found: Mapping[str, Any]) -> list[str]:
    """Return which columns and rows of the table were not used, in words."""
    columns = found["columns"]
    unread = [f"{part['column']} ({', '.join(map(str, part['first_values']))})" for part in columns["not_read"]]
    lines = [f"columns not read: {', '.join(unread)}"] if unread else []
    lines += [f"columns left out as asked: {', '.join(columns['dropped'])}"] if columns["dropped"] else []
    lines += [f"columns without effect here: {', '.join(columns['harmless'])}"] if columns["harmless"] else []
    for part in found["left_out"]:
        shown = ", ".join(str(row) for row in part["rows"][:MOST_ROWS])
        more = len(part["rows"]) - MOST_ROWS
        lines.append(f"left out, {part['why']}: rows {shown}" + (f" and {more} more" if more > 0 else ""))
    return lines


def _changing(found: Mapping[str, Any]) -> list[list[str]]:
    """Return the flow by period, and the mean on each treatment, of patients who change treatment."""
    steps = list(next(iter(found["flow"].values())))
    rows = [[step, *(str(found["flow"][arm][step]) for arm in found["arms"])] for step in steps]
    return [*rows, [f"mean {found['unit']}", *(words.number(found["mean_by_arm"][arm]) for arm in found["arms"])]]


def _patient(one: Mapping[str, Any]) -> list[str]:
    return [str(one["patient"]), str(one["cycles"]), words.spread(one["own"]), words.spread(one["shrunken"])]


def _groups(found: Mapping[str, Any]) -> list[list[str]]:
    """Return flow, baseline, responders and change of every arm."""
    arms = found["arms"]
    steps = list(dict.fromkeys(step for flow in found["flow"].values() for step in flow))
    rows = [[step, *(str(found["flow"][arm].get(step, 0)) for arm in arms)] for step in steps]
    rows.append([f"baseline {found['unit']}, mean (SD)", *(_mean_sd(found["baseline"][arm]) for arm in arms)])
    for key in ("age_mean", "female_percent"):
        if any(key in found["baseline"][arm] for arm in arms):
            title = key.replace("_", " ")
            rows.append([title, *(words.number(found["baseline"][arm].get(key)) for arm in arms)])
    if found["responders_50_percent"] is not None:
        shares = found["responders_50_percent"]
        rows.append(["responders, 50 %", *(f"{words.number(shares[arm])} %" for arm in arms)])
    rows.append(["change from baseline in the last (95 %)", *(words.spread(found["change"][arm]) for arm in arms)])
    return rows


def _said(found: Mapping[str, Any]) -> list[list[str]]:
    """Return what every estimator says of every comparison."""
    rows = []
    for name, figures in found["estimators"].items():
        for arm, row in figures["comparisons"].items():
            mark = "*" if name == found["estimator"] else ""
            rows.append([f"{name}{mark}", arm, figures["scale"], *_numbers(row)])
            beside = row.get("kenward_roger")
            if beside:
                rows.append(
                    ["  Kenward-Roger", arm, figures["scale"], *_numbers({"estimate": row["estimate"], **beside})]
                )
        for arm, row in figures.get("marginal", {}).items():
            rows.append(["  marginal, g-computation", arm, figures["scale"], words.spread(row, digits=3), "", ""])
    return rows


def _numbers(row: Mapping[str, Any]) -> list[str]:
    freedom = row["degrees_of_freedom"]
    return [words.spread(row, digits=3), words.probability(row["p"]), "" if freedom is None else f"{freedom:.1f}"]


def _mean_sd(row: Mapping[str, Any]) -> str:
    return f"{words.number(row['baseline_mean'])} ({words.number(row['baseline_sd'])})"
