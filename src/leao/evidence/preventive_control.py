"""The clinical control: each preventive predicted by the link that the others gave, beside its trials.

Rules (committed before the first fit): ``docs/validation/verdict_rules.md``, section 3.
    (a) at least 4 of the 5 workers in their 80 % predictive interval
    (b) at least 3 of these 5 intervals exclude no effect
    (c) P(rank correlation of predicted and observed > 0) >= 0.9 over all drugs
    (d) the same fails with the left-out drug's fall halved on the log scale; if it passes, the control is void
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.random import Streams
from leao.core.special import ndtri
from leao.evidence import preventive_link as link
from leao.evidence.preventive_link import Fit
from leao.evidence.preventives import WORKERS

Array = NDArray[np.float64]

INSIDE, EXCLUDING, ORDERED = 4, 3, 0.9
LOW, HIGH = 0.1, 0.9  # of the 80 % interval
LEAST_OWN = 4  # drugs with a fall of their own
HALF = 0.5


class LeftOut(NamedTuple):
    """One drug, predicted without it: draws of its observed effect, of the effect by the wave, and of its fall."""

    name: str
    observed: float
    error: float
    predicted: Array
    by_wave: Array
    fall: Array

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 80 % predictive interval of the observed effect."""
        low, high = np.quantile(self.predicted, [LOW, HIGH])
        return float(low), float(high)

    @property
    def inside(self) -> bool:
        """Whether the trials' effect lies in the interval."""
        low, high = self.interval
        return low <= self.observed <= high

    @property
    def excludes_none(self) -> bool:
        """Whether the interval excludes no effect."""
        return self.interval[1] < 0.0


class Test(NamedTuple):
    """The parts of the control, and whether all were met."""

    inside: int
    excluding: int
    ordered: float

    @property
    def passed(self) -> bool:
        """Whether (a), (b) and (c) are met."""
        return self.inside >= INSIDE and self.excluding >= EXCLUDING and self.ordered >= ORDERED


class Control(NamedTuple):
    """The clinical control: its status, the test, and the same test with halved falls."""

    status: str
    test: Test
    halved: Test


def left_out(fitted: Fit, streams: Streams, strength: float = 1.0) -> list[LeftOut]:
    """Return every drug predicted without it.

    Args:
        fitted: over all drugs.
        streams: the luck.
        strength: factor on the fall of the drug that is left out; the others keep theirs.
    """
    rows = []
    for place, row in enumerate(fitted.evidence):
        drawn = link.draw(fitted, streams, without=place)
        u = streams.per_trial(f"left out.{row.name}", range(link.DRAWS), 4)
        fall = strength * link.falls(row.ranges, drawn.shared, u[:, :2])
        by_wave = link.route(link.through_the_wave(drawn, u[:, 3]), fall, drawn.wave_share)
        seen = link.predicted(drawn, fall, u[:, 2], row.error)
        rows.append(LeftOut(row.name, row.observed, row.error, seen, by_wave, fall))
    return rows


def test(rows: Sequence[LeftOut], streams: Streams) -> Test:
    """Return how the parts of the control came out."""
    workers = [row for row in rows if row.name in WORKERS]
    return Test(sum(row.inside for row in workers), sum(row.excludes_none for row in workers), ordered(rows, streams))


def ordered(rows: Sequence[LeftOut], streams: Streams) -> float:
    """Return P(Spearman correlation > 0) over draws of what was predicted by the wave and of what was observed."""
    return float(np.mean(rank_correlations(rows, streams) > 0.0))


def _ranks(values: Array) -> Array:
    """Return ranks within each row from 1 on, equals at their mean; loading ``scipy.stats`` for it takes a second.

    The rank of a value is 1/2 and how many are smaller, and half of how many are equal, itself among them.
    """
    smaller = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    equal = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return 0.5 + smaller + 0.5 * equal


def rank_correlations(rows: Sequence[LeftOut], streams: Streams) -> Array:
    """Return draws of Spearman's correlation of predicted and observed effects."""
    noise = streams.per_trial("observed", range(link.DRAWS), len(rows))
    observed = np.stack([row.observed + row.error * ndtri(noise[:, k]) for k, row in enumerate(rows)], axis=1)
    expected = np.stack([row.by_wave for row in rows], axis=1)
    ranks = [_ranks(values) for values in (observed, expected)]
    centred = [values - values.mean(axis=1, keepdims=True) for values in ranks]
    scale = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    return (centred[0] * centred[1]).sum(axis=1) / scale


def control(fitted: Fit, streams: Streams, own_falls: int) -> Control:
    """Return the clinical control; ``own_falls`` drugs have a fall of their own printed."""
    full, half = (test(left_out(fitted, streams, strength), streams) for strength in (1.0, HALF))
    status = "passed" if full.passed else "failed"
    if full.passed and half.passed:
        status = "void"
    return Control("not run" if own_falls < LEAST_OWN else status, full, half)
