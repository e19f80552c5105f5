"""The screen of ``leao trial analyse``: the check, who is there, and what every estimator says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console

from leao.cli.screen import Screen
from leao.report import trial_analysis, trial_beside, words
from leao.report.figures.tipping import sentence
from leao.report.trial_analysis import tail
from leao.report.trial_beside import flow_rows

if TYPE_CHECKING:
    from leao.trial.contract import Analysis, BaselineRow, PatientEffect

MOST_ROWS = 5  # of what was left out, before the rest is counted


def print_analysed(answer: Analysis, console: Console | None = None) -> None:
    """Print the check, the flow, the baseline and every estimator."""
    screen = Screen(console)
    screen.line(f"{answer['file']}: {answer['subjects']} patients, {answer['rows']} rows, {answer['endpoint']}", "bold")
    for problem in answer["problems"]:
        screen.line(problem, "yellow")
    for text in unused(answer):
        screen.line(text, "dim")
    rows = _changing(answer, answer["mean_by_arm"]) if answer["mean_by_arm"] else _groups(answer)
    screen.whole_table(["", *answer["arms"]], rows)
    if answer["estimators"]:
        header = ["estimator", f"against {answer['arms'][0]}", "scale", "estimate (95 %)", "p", "df"]
        screen.whole_table(header, _said(answer))
        screen.line(f"* quoted; {answer['estimand']}", "dim")
    if answer["sensitivity"] is not None:
        rows = trial_analysis.sensitivity_rows(answer)
        screen.whole_table(
            ["missing last visits", f"against {answer['arms'][0]}", "difference (95 %)", "p", "df"], rows
        )
        for part in answer["sensitivity"]["tipping"]:
            screen.line(sentence(part), "")
    _beside(screen, answer)
    if answer["individuals"]:
        header = ["patient", "cycles", "alone (95 %)", "shrunken (95 %)"]
        screen.whole_table(header, [_patient(patient) for patient in answer["individuals"]["patients"]])
        message = (
            f"{answer['comparison']}, {answer['unit']}; shrunken: drawn towards the others by a random-effects model"
        )
        screen.line(message, "dim")
    if answer["page"]:
        screen.line(f"page: {answer['page']}", "dim")


def _beside(screen: Screen, answer: Analysis) -> None:
    """Print estimands, subgroups and what adjusting gains."""
    if answer["estimands"] is not None:
        screen.whole_table(*trial_beside.estimands(answer))
        screen.line(trial_beside.stopped(answer["estimands"]), "dim")
    for part in answer["subgroups"] or ():
        screen.whole_table(*trial_beside.subgroup(part))
        screen.line(trial_beside.interaction(part), "")
    if answer["precision"] and len(answer["precision"]) > 1:
        screen.line(trial_beside.gain(answer["precision"]), "dim")


def unused(answer: Analysis) -> list[str]:
    """Return which columns and rows of the table were not used, in words."""
    columns = answer["columns"]
    unread = [f"{part['column']} ({', '.join(map(str, part['first_values']))})" for part in columns["not_read"]]
    lines = [f"columns not read: {', '.join(unread)}"] if unread else []
    lines += [f"columns left out as asked: {', '.join(columns['dropped'])}"] if columns["dropped"] else []
    lines += [f"columns without effect here: {', '.join(columns['harmless'])}"] if columns["harmless"] else []
    for part in answer["left_out"]:
        shown = ", ".join(str(row) for row in part["rows"][:MOST_ROWS])
        more = len(part["rows"]) - MOST_ROWS
        lines.append(f"left out, {part['why']}: rows {shown}" + (f" and {more} more" if more > 0 else ""))
    return lines


def _changing(answer: Analysis, means: Mapping[str, float | None]) -> list[list[str]]:
    """Return the flow by period, and the mean on each treatment, of patients who change treatment."""
    steps = list(next(iter(answer["flow"].values())))
    rows = [[step, *(str(answer["flow"][arm][step]) for arm in answer["arms"])] for step in steps]
    return [*rows, [f"mean {answer['unit']}", *(words.number(means[arm]) for arm in answer["arms"])]]


def _patient(patient: PatientEffect) -> list[str]:
    return [
        str(patient["patient"]),
        str(patient["cycles"]),
        words.spread(patient["own"]),
        words.spread(patient["shrunken"]),
    ]


def _groups(answer: Analysis) -> list[list[str]]:
    """Return flow, baseline, responders and change of every arm."""
    arms = answer["arms"]
    rows = flow_rows(answer)
    rows.append([f"baseline {answer['unit']}, mean (SD)", *(_mean_sd(answer["baseline"][arm]) for arm in arms)])
    for key in ("age_mean", "female_percent"):
        if any(key in answer["baseline"][arm] for arm in arms):
            title = key.replace("_", " ")
            rows.append([title, *(words.number(answer["baseline"][arm].get(key)) for arm in arms)])
    if answer["responders_50_percent"] is not None:
        shares = answer["responders_50_percent"]
        rows.append(["responders, 50 %", *(f"{words.number(shares[arm])} %" for arm in arms)])
    if answer["change"] is not None:
        changes = answer["change"]
        rows.append(["change from baseline in the last (95 %)", *(words.spread(changes[arm]) for arm in arms)])
    return rows


def _said(answer: Analysis) -> list[list[str]]:
    """Return what every estimator says of every comparison."""
    rows = []
    for name, figures in answer["estimators"].items():
        for arm, row in figures["comparisons"].items():
            mark = "*" if name == answer["estimator"] else ""
            rows.append([f"{name}{mark}", arm, figures["scale"], words.spread(row, digits=3), *tail(row)])
            beside = row.get("kenward_roger")
            if beside:
                three = {"estimate": row["estimate"], "low": beside["low"], "high": beside["high"]}
                rows.append(["  Kenward-Roger", arm, figures["scale"], words.spread(three, digits=3), *tail(beside)])
        for arm, row in figures.get("marginal", {}).items():
            rows.append(["  marginal, g-computation", arm, figures["scale"], words.spread(row, digits=3), "", ""])
    return rows


def _mean_sd(row: BaselineRow) -> str:
    return f"{words.number(row['baseline_mean'])} ({words.number(row['baseline_sd'])})"
