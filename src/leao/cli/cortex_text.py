"""What ``leao cortex`` prints: one sentence that answers, a small table with units, and where to look further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leao.cli.screen import INDENT, Screen
from leao.report import cortex_words
from leao.report.words import CONTROLS, MINUS, number

ROWS = {
    "wave": cortex_words.wave_rows,
    "threshold": cortex_words.threshold_rows,
    "kcl": cortex_words.kcl_rows,
    "phase": cortex_words.phase_rows,
}
SENTENCES = {
    "wave": cortex_words.wave,
    "threshold": cortex_words.threshold,
    "kcl": cortex_words.kcl,
    "phase": cortex_words.phase,
}
STYLES = {"passed": "green", "failed": "red", "void": "yellow", "not run": "yellow"}


def show(kind: str, answer: Mapping[str, Any]) -> None:
    """Print the answer of an experiment."""
    page = Screen(indent=INDENT)
    page.line(SENTENCES[kind](answer), "bold")
    if answer.get("problem"):
        page.line(f"Not to be trusted: {answer['problem']}.", "yellow")
    header, rows = ROWS[kind](answer)
    page.table(header, rows)
    if answer.get("refractory"):
        page.table(["", "", ""], cortex_words.refractory(answer["refractory"]))
    page.line(_how(kind, answer), "dim")
    if answer.get("out"):
        page.path(f"written: {answer['out']}")


def show_export(answer: Mapping[str, Any]) -> None:
    """Print where the node and our own run of it were written."""
    page = Screen(indent=INDENT)
    page.line(f"One node of preset {answer['preset']} as SBML, and {answer['duration_s']:g} s of our own run.", "bold")
    page.path(f"written: {answer['sbml']}")
    page.path(f"to check against: {answer['csv']}")


def show_controls(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print every preset with its positive controls: wanted, found, status."""
    page = Screen(indent=INDENT)
    for row in rows:
        page.line(
            f"{row['preset']}: controls {CONTROLS[row['qualified']]}",
            "bold green" if row["qualified"] else "bold yellow",
        )
        for control in row["controls"]:
            page.line(f"{control['status']}: {control['name']}", STYLES[control["status"]], INDENT)
            page.line(f"wanted {control['wanted']}; found {control['found']}", "dim", 2 * INDENT)


def under_which(answer: Mapping[str, Any]) -> str:
    """Return preset, Mg2+, conditions and block in one line."""
    text = f"preset {answer['preset']}, {answer['magnesium_mM']:g} mM Mg²⁺"
    if varied := cortex_words.conditions(answer):
        text += f", {varied}"
    block = answer["block_percent"]
    if isinstance(block, Mapping) and any(block.values()):
        at = {voltage: voltage.replace("mV", " mV").replace("-", MINUS) for voltage in block}
        parts = [f"{number(share, 2)} % at {at[voltage]}" for voltage, share in block.items()]
        text += f"; block {', '.join(parts)}"
    return text


def _how(kind: str, answer: Mapping[str, Any]) -> str:
    text = under_which(answer)
    if kind == "wave":
        text += (
            f"; {answer['nodes']} nodes on {answer['length_mm']:g} mm, steps of {1e3 * answer['dt_s']:g} ms,"
            f" read at {number(answer['watched_mm'], 3)} mm"
        )
    return f"{text}; solver {number(answer['cpu_s'], 2)} CPU s"
