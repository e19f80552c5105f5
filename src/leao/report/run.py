"""One run as one self-contained HTML page.

Reads the run's summary, its results and one trial's diaries; asks nothing of the network, holds its own style and
figures, and is the same, byte for byte, for the same run.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import polars as pl

from leao.chain.run_contract import RunSummary
from leao.core.bibliography import references
from leao.core.runs import Groups
from leao.report import assumptions, figures, headline, page, sections, tolerability
from leao.report.arms import drug_arm
from leao.report.attack import attack
from leao.report.words import NO_DATA, number

MADE = ("version", "python", "platform", "wall_s")
TIERS = ("measured", "derived", "fitted", "borrowed", "remembered", "assumed")


def render(summary: RunSummary, tree: Groups, diary: pl.DataFrame | None, manifest: Mapping[str, Any]) -> str:
    """Return the report as the text of one HTML page."""
    made = dict.fromkeys(MADE) | dict(manifest)
    cited = references(summary["bibliography"])
    return page.render(
        "run.html.j2",
        run=summary,
        manifest=made,
        version=made["version"] or NO_DATA,
        further_inputs=sections.further_inputs(summary),
        picture=figures.draw(summary, tree, diary),
        drug=drug_arm(summary),
        what=headline.what(summary),
        paragraph=headline.paragraph(summary),
        card=headline.card(summary),
        chain=headline.chain(summary),
        regimen=assumptions.regimen(summary),
        when=assumptions.when(summary),
        hypotheses=assumptions.hypotheses(summary),
        also_occupied=assumptions.also_occupied(summary),
        switched_on=assumptions.switched_on(summary),
        exposure=sections.exposure(summary),
        receptor=sections.receptor(summary),
        magnesium=number(summary["receptor"]["magnesium_mM"]),
        presets=sections.presets(summary),
        controls=sections.controls(summary),
        diary=sections.diary(summary),
        attack=attack(summary),
        events=tolerability.events(summary),
        policy=tolerability.policy(summary),
        routes=tolerability.routes(summary),
        trial=sections.trial(summary),
        checks=sections.checks(summary),
        by_prior=headline.by_prior(summary),
        read_outs=headline.read_outs(summary),
        moved=sections.moved(summary),
        ledgers=ledgers(summary),
        tiers=tiers(summary),
        references=cited,
        cited={reference.key for reference in cited},
    )


def ledgers(summary: RunSummary) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return every number the run used, by ledger, as it was printed."""
    rows = sorted(summary["numbers"], key=lambda row: row["ledger"])
    printed = [{**row, "value": as_printed(row["value"])} for row in rows]
    return [(name, [*group]) for name, group in groupby(printed, key=lambda row: row["ledger"])]


def as_printed(value: Any) -> str:
    """Return a ledger's value with up to six digits; powers of ten where it is very small or large."""
    if value is None:
        return NO_DATA
    text = f"{value:.6g}"
    if "e" not in text:
        return text.replace("-", "\N{MINUS SIGN}")
    mantissa, power = text.split("e")
    return f"{mantissa} × 10^{number(int(power), places=0)}"


def tiers(summary: RunSummary) -> list[tuple[str, int]]:
    """Return how many of the numbers stand on each tier."""
    rows = [row["tier"] for row in summary["numbers"]]
    return [(tier, rows.count(tier)) for tier in TIERS if tier in rows]
