"""The cortex as a stage of the chain: each world follows one curve of the shipped threshold map.

Reads: ``block_odds`` (trial, subject, day): B / (1 - B) at the reference voltage.
Writes: ``threshold_relative`` (trial, subject, day): threshold over the same tissue's threshold without drug.
Rule: a preset is drawn (each equally likely), then one of its parameter sets, ordered by how far block raises their
threshold, then the stimulus (K+ or a current-like pulse, equally likely: what sets off a wave in people is unknown).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.stages.cortex import threshold_map

Array = NDArray[np.float64]


class Pick(NamedTuple):
    """Which curve each trial follows; the uniforms are kept so that another preset can be picked alike."""

    presets: tuple[str, ...]
    member: Array  # U(0, 1), (trial, 1)
    stimulus: Array  # U(0, 1), (trial, 1)


def run(pick: Pick, block_odds: Array) -> dict[str, Array]:
    """Return ``threshold_relative`` for ``block_odds``, both (trial, subject, day)."""
    relative = np.empty_like(block_odds)
    for trial in range(block_odds.shape[0]):
        odds, curve = _curve(pick, float(pick.member[trial, 0]), float(pick.stimulus[trial, 0]))
        relative[trial] = threshold_map.interpolate(curve, odds, block_odds[trial])
    return {"threshold_relative": relative}


def _curve(pick: Pick, member: float, stimulus: float) -> tuple[Array, Array]:
    place = member * len(pick.presets)
    preset = pick.presets[int(place)]
    odds, curves = ordered(preset)
    kind = int(stimulus * curves.shape[1])
    return odds, curves[int((place % 1.0) * curves.shape[0]), kind]


@cache
def ordered(preset: str) -> tuple[Array, Array]:
    """Return the map's odds and the preset's relative thresholds (member, stimulus, odds), weakest rise first.

    Members are ordered at the lowest odds above 0.1, for each stimulus by itself.
    """
    found = threshold_map.read(preset)
    at = int(np.searchsorted(found.odds, 0.1))
    order = np.argsort(found.relative[:, :, at], axis=0, kind="stable")
    return found.odds, np.take_along_axis(found.relative, order[:, :, None], axis=0)
