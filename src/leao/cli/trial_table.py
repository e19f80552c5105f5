"""The screens of ``leao trial``: what was played, and what every estimator says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leao.report import trial as page
from leao.report import words

NOTE = (
    "± Monte Carlo error; n: per group; bias: on the estimator's scale, ratios as logarithms, and coverage: against "
    "the effect under treatment policy; beside the effect of staying on the drug: see the page"
)


def print_simulated(found: Mapping[str, Any], console: Console) -> None:
    """Print the design, then power, type I error, bias and coverage by size and estimator."""
    if "missing_chunks" in found:
        console.print(f"this shard is done; {found['missing_chunks']} chunks of the ensemble are still missing")
        return
    _line(console, f"{found['scenario']}: {found['what']}", "bold")
    _line(console, page.headline(found), "")
    _line(console, page.about(found), "dim")
    if found["caution"]:
        _line(console, found["caution"], "yellow")
    _table(console, *_characteristics(found))
    _line(console, NOTE, "dim")
    _line(console, found["recommendation"], "")
    for text in (page.carry(found), page.doses(found), page.individuals(found)):
        if text:
            _line(console, text, "")
    for name in ("run", "page", "tables"):
        if found.get(name):
            _line(console, f"{name}: {found[name]}", "dim")


def _characteristics(found: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of estimators."""
    wanted = set(found["n_per_arm"])
    header = ["estimator", "n", "power %", "type I %", "bias", "coverage %", "n for 80 %"]
    rows = []
    for name, comparisons in found["estimators"].items():
        several = len(comparisons) > 1
        rows += [[name, *[""] * (len(header) - 1)]] if several else []
        for label, figures in comparisons.items():
            for row in (row for row in figures["by_n"] if row["n"] in wanted):
                first = row["n"] == min(wanted)
                title = f"  {label}" if several else name
                rows.append([title if first else "", str(row["n"]), *cells(row), size_needed(figures) if first else ""])
    return header, rows


def cells(row: Mapping[str, Any]) -> list[str]:
    """Return power, type I error, bias and coverage of one size, each with its Monte Carlo error."""
    shares = [_share(row, key) for key in ("power", "type_1_error")]
    places = words.decimals(row["bias_se"] or 1.0, 1)
    bias = words.NO_DATA if row["bias"] is None else words.number(row["bias"], places=places, sign=True)
    bias += "" if row["bias_se"] is None else f"±{words.number(row['bias_se'], places=places)}"
    return [*shares, bias, _share(row, "coverage")]


def size_needed(figures: Mapping[str, Any]) -> str:
    """Return the sample size for 80 % power with its error; a tilde where it lies beyond the simulated sizes."""
    if figures["n_for_80_percent"] is None:
        below = figures["n_for_80_percent_below"]
        return "out of reach" if below is None else f"at most {below}"
    error = figures["n_for_80_percent_se"]
    tail = "" if error is None else f"±{error:.0f}"
    return f"{'~' if figures['extrapolated'] else ''}{figures['n_for_80_percent']:.0f}{tail}"


def print_analysed(found: Mapping[str, Any], console: Console) -> None:
    """Print the check, the flow, the baseline and every estimator."""
    _line(console, f"{found['file']}: {found['subjects']} patients, {found['rows']} rows, {found['endpoint']}", "bold")
    for problem in found["problems"]:
        _line(console, problem, "yellow")
    rows = _changing(found) if found["mean_by_arm"] else _groups(found)
    _table(console, ["", *found["arms"]], rows)
    if found["estimators"]:
        header = ["estimator", f"against {found['arms'][0]}", "scale", "estimate (95 %)", "p", "df"]
        _table(console, header, _said(found))
        _line(console, f"* quoted; {found['estimand']}", "dim")
    if found["individuals"]:
        header = ["patient", "cycles", "alone (95 %)", "shrunken (95 %)"]
        _table(console, header, [_patient(one) for one in found["individuals"]["patients"]])
        told = f"{found['comparison']}, per 28 days; shrunken: drawn towards the others by a random-effects model"
        _line(console, told, "dim")


def _changing(found: Mapping[str, Any]) -> list[list[str]]:
    """Return the flow by period, and the mean on each treatment, of patients who change treatment."""
    steps = list(next(iter(found["flow"].values())))
    rows = [[step, *(str(found["flow"][arm][step]) for arm in found["arms"])] for step in steps]
    return [*rows, ["mean per 28 days", *(words.number(found["mean_by_arm"][arm]) for arm in found["arms"])]]


def _patient(one: Mapping[str, Any]) -> list[str]:
    return [str(one["patient"]), str(one["cycles"]), words.spread(one["own"]), words.spread(one["shrunken"])]


def _groups(found: Mapping[str, Any]) -> list[list[str]]:
    """Return flow, baseline, responders and change of every arm."""
    arms = found["arms"]
    by_arm = "change from baseline in the last (95 %)"
    steps = list(dict.fromkeys(step for flow in found["flow"].values() for step in flow))
    rows = [[step, *(str(found["flow"][arm].get(step, 0)) for arm in arms)] for step in steps]
    rows.append(["baseline per 28 days, mean (SD)", *(_mean_sd(found["baseline"][arm]) for arm in arms)])
    for key in ("age_mean", "female_percent"):
        if any(key in found["baseline"][arm] for arm in arms):
            title = key.replace("_", " ")
            rows.append([title, *(words.number(found["baseline"][arm].get(key)) for arm in arms)])
    rows.append(["responders, 50 %", *(f"{words.number(found['responders_50_percent'][arm])} %" for arm in arms)])
    rows.append([by_arm, *(words.spread(found["change"][arm]) for arm in arms)])
    return rows


def _said(found: Mapping[str, Any]) -> list[list[str]]:
    """Return what every estimator says of every comparison."""
    rows = []
    for name, figures in found["estimators"].items():
        for arm, row in figures["comparisons"].items():
            mark = "*" if name == found["estimator"] else ""
            rows.append(
                [
                    f"{name}{mark}",
                    arm,
                    figures["scale"],
                    words.spread(row, digits=3),
                    words.probability(row["p"]),
                    "" if row["degrees_of_freedom"] is None else f"{row['degrees_of_freedom']:.1f}",
                ]
            )
    return rows


def _mean_sd(row: Mapping[str, Any]) -> str:
    return f"{words.number(row['baseline_mean'])} ({words.number(row['baseline_sd'])})"


def _share(row: Mapping[str, Any], key: str) -> str:
    if row[key] is None:
        return words.NO_DATA
    return f"{100 * row[key]:.1f}±{100 * row[f'{key}_se']:.1f}"


def _table(console: Console, header: list[str], rows: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in header:
        table.add_column(column, overflow="fold", no_wrap=column == header[0])
    for row in rows:
        table.add_row(*(Text(_plain(console, cell)) for cell in row))
    console.print(table)


def _line(console: Console, text: str, style: str) -> None:
    console.print(Text(_plain(console, text), style=style), highlight=False)


def _plain(console: Console, text: str) -> str:
    if (console.encoding or "").lower().replace("-", "").startswith("utf"):
        return text
    return text.replace("±", "+-").translate(words.ASCII).encode("ascii", "replace").decode("ascii")
