"""What stands beside a trial's main analysis, in words and tables: estimands, subgroups, what adjusting gains."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from leao.report import words

if TYPE_CHECKING:
    from leao.trial.contract import Analysis, Comparison, Estimands, PrecisionRow, Subgroup

Table = tuple[list[str], list[list[str]]]


def flow_rows(answer: Analysis) -> list[list[str]]:
    """Return a row for each step of the flow of patients, its arms one beside the other."""
    flows = [answer["flow"][arm] for arm in answer["arms"]]
    steps = dict.fromkeys(chain.from_iterable(answer["flow"].values()))
    return [[step, *(str(flow.get(step, 0)) for flow in flows)] for step in steps]


def estimands(answer: Analysis) -> Table:
    """Return header and rows of the estimands."""
    part, rows = answer["estimands"], []
    for row in () if part is None else part["rows"]:
        head = [row["strategy"].replace("_", " "), row["estimator"].replace("_", " ")]
        rows += [[*head, arm, row["scale"], *_cells(figures)] for arm, figures in row["comparisons"].items()]
    return ["patients who stopped", "by", f"against {answer['arms'][0]}", "scale", "estimate (95 %)", "p"], rows


def stopped(part: Estimands) -> str:
    """Return how many stopped."""
    counts = ", ".join(f"{n} of {arm}" for arm, n in part["stopped"].items())
    return f"stopped the treatment ({part['column']}): {counts}; {part['recorded_after']} values recorded after a stop"


def meanings(part: Estimands) -> dict[str, str]:
    """Return each strategy with what it means."""
    return {row["strategy"].replace("_", " "): row["estimand"] for row in part["rows"]}


def subgroup(part: Subgroup) -> Table:
    """Return header and rows of one column's levels."""
    rows = []
    for level in part["levels"]:
        patients = ", ".join(f"{n} {arm}" for arm, n in level["patients"].items())
        rows += [[level["level"], patients, arm, *_cells(row)] for arm, row in level["comparisons"].items()]
    return [part["column"], "patients", "arm", "difference (95 %)", "p"], rows


def interaction(part: Subgroup) -> str:
    """Return the interaction in words."""
    cut = "" if part["cut"] is None else f"; {part['cut']}"
    if part["interaction_p"] is None:
        return f"{part['column']}: no number for the interaction{cut}"
    return f"{part['column']}: interaction p {words.probability(part['interaction_p'])}{cut}"


def gain(rows: list[PrecisionRow]) -> str:
    """Return what adjusting gains in words."""
    parts = [
        f"{row['adjusted_for']} {words.number(row['se'], 3)}"
        + ("" if row["gain_percent"] is None or row is rows[0] else f" (as {_patients(row['gain_percent'])})")
        for row in rows
    ]
    return f"standard error of the difference at the last visit, adjusted for: {'; '.join(parts)}"


def _patients(percent: float) -> str:
    """Return a gain in patients: ``12 % more patients``."""
    whole = round(percent)
    return f"{abs(whole)} % {'more' if whole > 0 else 'fewer'} patients" if whole else "without"


def _cells(row: Comparison) -> list[str]:
    return [words.spread(row, digits=3), words.probability(row["p"])]
