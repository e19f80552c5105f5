"""Members of the second cortex: the judged sets that no target rules out, and their weights from the targets.

By the rule of ``docs/validation/cortex_search_rule.md``: structure x lineage x set.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import preset_table, solve
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers
from validation import cortex_box, cortex_targets, search_cortex

Array = NDArray[np.float64]
DRAWN = ("share_2C_2D", "transport_capacity", "glutamate_rest")


class Judged(NamedTuple):
    """A set that was judged in full."""

    lineage: int
    evaluation: int
    saturable: bool
    implausibility: float
    loss: float
    named: dict[str, float]  # its free numbers
    drawn: dict[str, float]
    figures: dict[str, float]

    @property
    def key(self) -> tuple[int, int]:
        """Return lineage and evaluation, which name it."""
        return self.lineage, self.evaluation

    @property
    def stands(self) -> bool:
        """Return whether no target rules it out."""
        return self.implausibility <= cortex_targets.implausible_above()


def judged() -> list[Judged]:
    """Return every set that was judged, in the order it was."""
    return [_read(row) for row in search_cortex.kept(search_cortex.CANDIDATES)]


def members() -> list[Judged]:
    """Return the members, by lineage and evaluation."""
    return sorted((each for each in judged() if each.stands), key=lambda each: each.key)


def weights(of: list[Judged], losses: Array | None = None) -> Array:
    """Return the weights (member,), sum 1; ``losses`` (member,) in place of those from the targets.

    A structure's weight is the mean over all its lineages of the mean of exp(-loss/2) over the lineage's members.
    """
    losses = np.array([each.loss for each in of]) if losses is None else losses
    raw = np.exp(-0.5 * (losses - losses.min()))
    lineages = [cortex_box.lineage(number) for number in range(search_cortex.LINEAGES)]
    out = np.zeros(len(of))
    for each in lineages:
        of_lineage = np.array([member.lineage == each.number for member in of])
        if of_lineage.any():
            alike = sum(other.saturable == each.saturable for other in lineages)
            out[of_lineage] = raw[of_lineage] / of_lineage.sum() / alike
    return out / out.sum()


def at_edge(each: Judged) -> list[str]:
    """Return the numbers that lie within 2 % of their box's edge."""
    of = cortex_box.lineage(each.lineage)
    names = []
    for name, (low, high) in cortex_box.box(of).items():
        value = each.named[name]
        share = (value - low) / (high - low) if low <= 0.0 else np.log(value / low) / np.log(high / low)
        if min(share, 1.0 - share) < cortex_targets.rule()["edge"]:
            names.append(name)
    return names


def numbers(each: Judged) -> tuple[TissueNumbers, Homeostasis, float]:
    """Return the model's numbers of a set and its factor on persistent Na+ in CA1."""
    return cortex_box.numbers(cortex_box.lineage(each.lineage), each.named)


def tissue(each: Judged) -> solve.Cortex:
    """Return a set ready to run."""
    params, second, _ = numbers(each)
    return preset_table.prepare(f"lineage {each.lineage}, set {each.evaluation}", params, second)


def _read(row: dict[str, str]) -> Judged:
    names = (*cortex_box.BOX, "uptake_time")
    return Judged(
        int(row["lineage"]),
        int(row["evaluation"]),
        row["saturable"] == "1",
        float(row["implausibility"]),
        float(row["loss"]),
        {name: float(row[name]) for name in names if row[name]},
        {name: float(row[name]) for name in DRAWN},
        {name: float(row[name]) for name in cortex_targets.targets() if row[name]},
    )
