"""The screen of ``leao trial``: what was played, and what every estimator says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from leao.cli.screen import Screen
from leao.report import sequential as looked
from leao.report import trial as page
from leao.report import trial_covariates as gains
from leao.report import words

NOTE = (
    "± Monte Carlo error; n: per group; bias: on the estimator's scale, ratios as logarithms, and coverage: against "
    "the effect under treatment policy; beside the effect of staying on the drug: see the page"
)


def print_simulated(answer: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the design, then power, type I error, bias and coverage by size and estimator."""
    screen = Screen(console)
    if "missing_chunks" in answer:
        screen.line(f"this shard is done; {answer['missing_chunks']} chunks of the ensemble are still missing")
        return
    screen.line(f"{answer['scenario']}: {answer['what']}", "bold")
    screen.line(page.headline(answer), "")
    screen.line(page.about(answer), "dim")
    if answer["caution"]:
        screen.line(answer["caution"], "yellow")
    screen.whole_table(*_characteristics(answer))
    screen.line(NOTE, "dim")
    screen.line(answer["recommendation"], "")
    for text, table in _beside(answer):
        screen.line(text, "")
        screen.whole_table(*table)
    for text in (page.carry(answer), page.doses(answer), page.individuals(answer)):
        if text:
            screen.line(text, "")
    for name in ("run", "page", "tables"):
        if answer.get(name):
            screen.line(f"{name}: {answer[name]}", "dim")


def _beside(answer: Mapping[str, Any]) -> Iterator[tuple[str, tuple[list[str], list[list[str]]]]]:
    """Yield what was asked for beside, in words and as a table: looks before the end, covariates."""
    if answer["sequential"]:
        yield looked.about_trials(answer["sequential"]), looked.trials_table(answer["sequential"])
    if answer.get("covariates"):
        yield gains.about(answer["covariates"]), gains.table(answer["covariates"])


def _characteristics(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of estimators."""
    wanted = set(answer["n_per_arm"])
    header = ["estimator", "n", "power %", "type I %", "bias", "coverage %", "n for 80 %"]
    rows = []
    for name, comparisons in answer["estimators"].items():
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


def _share(row: Mapping[str, Any], key: str) -> str:
    if row[key] is None:
        return words.NO_DATA
    return f"{100 * row[key]:.1f}±{100 * row[f'{key}_se']:.1f}"
