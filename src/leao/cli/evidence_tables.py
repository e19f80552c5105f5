"""Trials, synthesis and claims in the terminal, in whatever letters it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from leao.cli.screen import INDENT, Screen
from leao.cli.styles import CELLS
from leao.evidence.published_trials import Trial
from leao.report import evidence_history as replayed
from leao.report import evidence_words


def print_trials(answer: Sequence[Trial]) -> None:
    """Print every study: who, then each outcome as printed, its kind of spread, and whether its numbers agree."""
    page = Screen(styles=CELLS, indent=INDENT)
    rows = evidence_words.trial_rows(answer)
    for trial in answer:
        pooled = "pooled" if trial.pooled else f"not pooled: {trial.not_pooled_because}"
        blinding = "" if trial.blinding == "not stated" else f"{trial.blinding} "
        page.line(Text.assemble((trial.name, "bold"), ("  " + pooled, "green" if trial.pooled else "yellow")))
        weeks = f", {trial.weeks} weeks" if trial.weeks else ""
        page.line(f"{blinding}{trial.design}{weeks}; {trial.population}; {evidence_words.patients(trial)}", "dim", 2)
        mine = [row[1:] for row in rows if row[0] == trial.name]
        cells = [
            [f"{row[0]} ({row[1]}, {row[2]})", row[3], row[4], row[5], row[6] + (f": {row[7]}" if row[7] else "")]
            for row in mine
        ]
        page.table(["outcome", "as printed", "difference", "spread", "check"], cells)
    page.line("one more trial: leao evidence trials --template > mytrial.toml, then --add mytrial.toml", "dim")


def print_synthesis(synthesis: Mapping[str, Any], out: Path | None) -> None:
    """Print the synthesis: attacks under each prior, other outcomes, what is not pooled, the next trial."""
    page = Screen(styles=CELLS, indent=INDENT)
    page.line(evidence_words.answer(synthesis), "bold")
    names = ", ".join(trial["trial"] for trial in synthesis["trials"])
    page.heading(1, "attacks", f"memantine against placebo, random effects, median and 95 % interval; {names}")
    header = ["", "difference / 28 d", "rate ratio", "true effect, new trial", "P(next 2 x 150)"]
    page.table(header, evidence_words.by_prior(synthesis))
    page.heading(2, "next trial", f"success: {synthesis['next_trial']['success']}")
    page.table(
        ["SD of the change", *(f"{name} prior" for name in evidence_words.PRIORS)], evidence_words.next_trial(synthesis)
    )
    page.heading(3, "other outcomes")
    page.table(["", "", "as printed", "neutral", "sceptical", ""], evidence_words.other_outcomes(synthesis))
    page.heading(4, "shown, not pooled")
    page.table(["", "", "", ""], evidence_words.not_pooled(synthesis))
    page.heading(5, "other assumptions")
    page.table(["", "difference / 28 d", "P(next 2 x 150)"], evidence_words.sensitivity(synthesis))
    page.heading(6, "priors", "assumed, in the ledger")
    page.table(
        ["", "", "mean, SD", "between trials", "number"],
        [
            [
                row["prior"],
                row["scale"],
                f"{row['mean']:g}, {row['sd']:g}",
                f"half-normal {row['between_trial_sd_scale']:g}",
                row["number"],
            ]
            for row in synthesis["priors"]
        ],
    )
    if out is not None:
        page.path(f"page: {out}")


def print_history(rows: Sequence[Mapping[str, Any]], out: Path | None) -> None:
    """Print the synthesis study by study, and where the page is."""
    page = Screen(styles=CELLS, indent=INDENT)
    page.line(replayed.sentence(rows), "bold")
    page.table(replayed.HEADER, replayed.rows(rows))
    if out is not None:
        page.path(f"page: {out}")


def print_claims(rows: Sequence[Mapping[str, Any]], *, in_full: bool = False) -> None:
    """Print the claims: grade, what the model gives, verdict; in full with every source and the reason of the grade."""
    page = Screen(styles=CELLS, indent=INDENT)
    if not in_full:
        cells = [[row["claim"], row["grade"], _model(row["model"]), row["verdict"]] for row in rows]
        page.table(["claim", "grade", "leao computes", "verdict"], cells)
        page.line('one claim with its sources: leao evidence claims "rescue"', "dim")
        return
    for row in rows:
        page.line(row["claim"], "bold")
        cells = [["verdict", row["verdict"]], ["grade", f"{row['grade']}: {row['because']}"]]
        cells += [["says", f"{say['text']} [{say['source']}]"] for say in row["says"]]
        cells += [["leao computes", _model(row["model"])], ["test it with", row["command"]]]
        page.table(["", ""], cells)


def _model(value: Any) -> str:
    return evidence_words.NOT_COMPUTED if value is None else str(value)
