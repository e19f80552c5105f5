"""The operating characteristics of a simulated trial, looked at like a number: what each is, how counted, its error.

    design.MEASURE      one measure of ``leao trial``, by its key in the answer's ``by_n``

No verdict is computed from a planned trial: its effect is assumed by who asks, so that there is no range to look at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.number_statement import BY_LEAO, entry, numbers_of, result

STAGE = "design"
LEDGERS = ("trial", "diary")  # whose numbers shape the simulated trials and their diaries, and no verdict
NO_RANGE = "No number of the verdict is computed from a planned trial, whose effect is assumed by who asks."
IN_TRIALS = "The verdict does not draw it: it shapes the simulated trials and the diaries in them."
OF_A_SHARE = (
    "one standard error, sqrt(p (1 - p) / trials): twice as many trials narrow it by a factor of 1.4; where no trial "
    "succeeded, or all did, as if one had not been so"
)


class Characteristic(NamedTuple):
    """A measure in words: its name, unit, how it is counted, its Monte Carlo error, and how it is to be read."""

    label: str
    unit: str
    how: str
    error: str
    read: str


CHARACTERISTICS = {
    "power": Characteristic(
        "power", "% of the simulated trials",
        "share of the trials that are significant (two-sided) in favour of the drug under the effect assumed; a trial "
        "whose estimator gives no estimate counts as none",
        OF_A_SHARE,
        "how often such a trial would show the effect, were the effect as assumed; it is no chance that the drug works",
    ),
    "type_1_error": Characteristic(
        "type I error", "% of the simulated trials",
        "share of the same trials, with a drug that does nothing, that are significant either way",
        OF_A_SHARE,
        "wanted is one less the confidence of the intervals, which the ledger of trials holds; more is an estimator "
        "that sees effects where there are none at this size",
    ),
    "coverage": Characteristic(
        "coverage", "% of the simulated trials",
        "share of the intervals that hold the truth: what the treated had against what the same people, with the same "
        "luck, would have had without the drug; those who stop it live on without it",
        OF_A_SHARE,
        "wanted is the confidence of the intervals; methods that take missing months as missing at random aim at the "
        "effect of staying on the drug instead, which the page shows beside it",
    ),
    "bias": Characteristic(
        "bias", "that of the estimator's scale: of the logarithm where it is a ratio",
        "mean of the estimates less the truth, over the trials that have an estimate",
        "standard deviation of estimate less truth over the square root of the number of trials",
        "wanted is nothing beyond its own error; below zero, the drug looks better than it is where fewer is better",
    ),
}  # fmt: skip


def known(name: str) -> bool:
    """Return whether a name is of a number that this module looks at."""
    return name.startswith(f"{STAGE}.")


def number(name: str) -> dict[str, Any]:
    """Return what an operating characteristic is.

    Raises:
        ScenarioError: no such measure.
    """
    measure = CHARACTERISTICS.get(name.partition(".")[2])
    if measure is None:
        wanted = ", ".join(CHARACTERISTICS)
        raise ScenarioError(f"number: found {name!r}, wanted design.MEASURE; measures: {wanted}")
    stated = entry(name, measure.label, measure.unit, 0.0) | {
        "value": None,
        "source": f"{BY_LEAO}: leao trial, with the design, the effect and the estimator above",
        "where": measure.how,
    }
    facts = [["How to read it", measure.read], ["Monte Carlo error", measure.error]]
    behind = [row for each in LEDGERS for row in numbers_of(each)]
    return result(stated, facts=facts, no_range=NO_RANGE, behind=behind)
