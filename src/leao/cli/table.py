"""The seven answers in the terminal: the report's numbers, compactly, in whatever letters the terminal has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from leao.chain.run_contract import DiaryArm, RunSummary
from leao.cli.screen import INDENT, Screen
from leao.cli.styles import CELLS
from leao.report import assumptions, headline, sections, tolerability
from leao.report.arms import arms
from leao.report.words import NO_DATA, NO_EFFECT, number, percent, percentages, raised, ratio, spread

WIDE = 100
SHOWN = 6
DIARY = (
    ("attacks / 28 d", "attacks_per_28d"),
    ("migraine days / 28 d", "migraine_days_per_28d"),
    ("rescue days / 28 d", "rescue_days_per_28d"),
    ("attack duration, h", "duration_h"),
)


def print_summary(summary: RunSummary, console: Console | None = None) -> None:
    """Print the seven answers of a run; the last line is the path of its report."""
    page = Screen(console, styles=CELLS, indent=INDENT)
    page.line(f"{summary['scenario']}: {headline.what(summary)}", "bold")
    if summary["setting"] == "research":
        page.line("research setting: a dose above the label's ceiling was allowed", "red")
    for item in assumptions.switched_on(summary):
        page.line(f"not plain block alone, this run assumes {item}", "yellow")
    for note in assumptions.regimen(summary)["notes"]:
        page.line(f"{note['level']}: {note['what']}", "red" if note["level"] == "stop" else "dim")
    _exposure(summary, page)
    _receptor(summary, page)
    _cortex(summary, page)
    _diary(summary, page)
    _trial(summary, page)
    _verdict(summary, page)
    _moved(summary, page)
    page.line("research and decision support, not a medical device; the decision stays with the prescriber", "dim")
    written = Path(str(summary["run"])) / "report.html"
    where = f"report: {written}" if written.is_file() else f"run: {summary['run']}"
    page.path(where)


def _exposure(summary: RunSummary, page: Screen) -> None:
    page.heading(1, "exposure", f"{assumptions.when(summary)}, median (90 % range, patients and what is not known)")
    page.table(["", ""], sections.exposure(summary).rows)


def _receptor(summary: RunSummary, page: Screen) -> None:
    magnesium = number(summary["receptor"]["magnesium_mM"])
    page.heading(2, "receptor", f"% blocked in {magnesium} mM Mg²⁺, at the patients' free level")
    receptor = sections.receptor(summary)
    is_wide = page.console.width >= WIDE
    rows = [[row[0], *(cell if is_wide else cell.split(" (")[0] for cell in row[1:])] for row in receptor.rows]
    page.table(["", *receptor.header[1:]], rows or [[NO_DATA]])
    keys = ("name", "block", "threshold", "ratio")
    beyond = [
        [row[key] if is_wide else row[key].split(" (")[0] for key in keys] for row in assumptions.hypotheses(summary)
    ]
    if beyond:
        page.table(["beyond plain block", "% blocked", "threshold", "rate ratio"], beyond)


def _cortex(summary: RunSummary, page: Screen) -> None:
    page.heading(3, "cortex", "rise of the ignition threshold; speed and duration without → with drug")
    rows = [
        [
            name,
            raised(item["threshold_relative"], item["threshold_tolerance"]),
            sections.pair(item["speed_mm_per_min"]),
            sections.pair(item["duration_s"]),
            _tally(item["controls"]),
        ]
        for name, item in summary["cortex"].items()
    ]
    page.table(["preset", "threshold", "mm/min", "s", "positive controls"], rows)


def _tally(controls: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(row["status"] for row in controls)
    return ", ".join(f"{counts[status]} {status}" for status in sections.STATUS if counts[status]) or NO_DATA


def _diary(summary: RunSummary, page: Screen) -> None:
    page.heading(4, "diary", "last 28 days, median (90 % of patients)")
    shown = arms(summary)
    both = [summary["diary"][arm] for arm in shown]
    columns: list[Mapping[str, Any]] = [*both]
    rows = [[label, *(spread(arm[key]) for arm in columns), _effect(summary, key)] for label, key in DIARY]
    rows.append(["mild/mod./severe, %", *(_severity(arm) for arm in both), _effect(summary, "severity")])
    rows.append(["MIDAS", *(spread(arm["midas"]) for arm in both), _effect(summary, "midas")])
    effect = _effect(summary, "adverse_events")
    rows.append(["adverse events, %", *(sections.adverse(arm) for arm in both), effect])
    page.table(["", *shown, "drug's effect"], rows)
    policy = tolerability.policy(summary)
    if policy:
        page.table(policy.header, policy.rows)


def _effect(summary: RunSummary, key: str) -> str:
    """Return ``modelled`` where the drug has a pathway to the entry; the report names the pathway."""
    return NO_EFFECT if sections.pathway(summary, key) == NO_EFFECT else "modelled"


def _severity(arm: DiaryArm) -> str:
    shares = percentages(arm["severity"])
    return "/".join(map(number, shares.values())) if shares else NO_DATA


def _trial(summary: RunSummary, page: Screen) -> None:
    page.heading(5, "trial", f"attacks / 28 d, mean and 95 % range of {summary['trials']} simulated trials")
    rows = [[_short(row["label"]), row["simulated"], row["published"], row["mark"]] for row in sections.trial(summary)]
    page.table(["", "simulated", "published", ""], rows)
    entry = summary["trial"]
    text = (
        f"regression to the mean {number(entry['regression_to_the_mean'])}, "
        f"Monte Carlo error {number(entry['monte_carlo_se'], 1)} attacks / 28 d; "
        f"power {percent(entry['power'])}"
    )
    page.line(text, "dim", INDENT)


def _short(label: str) -> str:
    for long, short in (
        (" in attacks per 28 days", ""),
        ("Attacks per 28 days, ", ""),
        (" of attacks", ""),
        (" at least", ""),
    ):
        label = label.replace(long, short)
    return label.lower()


def _verdict(summary: RunSummary, page: Screen) -> None:
    card = headline.card(summary)
    page.heading(6, "verdict", "rate ratios of attacks, drug over placebo")
    page.line(card["text"] or card["status"], "green" if card["good"] else "yellow", INDENT)
    words_shown = card["text"].lower()
    for control in card["failed"]:
        if control.lower() not in words_shown:
            page.line(control, "yellow", INDENT + 2)
    rows = [["CSD route", ratio(summary["verdict"]["mechanistic_rate_ratio"]), "90 % range", ""]]
    rows += [[row[0].lower().replace(" prior", ""), *row[1:]] for row in headline.by_prior(summary).rows if row[3]]
    rows.append(["share explained", card["tiles"][-1][1], "90 % range", ""])
    page.table(["", "rate ratio", "", "P(at least half)"], rows)
    if other := headline.otherwise(summary):
        page.line(other, "dim", INDENT)


def _moved(summary: RunSummary, page: Screen) -> None:
    page.heading(7, "what moved the answer", "swing of the share explained, percentage points")
    rows = [[row["shown"], row["number"], row["tier"], row["source"]] for row in sections.moved(summary)[:SHOWN]]
    page.table(["", "", "", ""], rows or [[NO_DATA, "", "", ""]])
