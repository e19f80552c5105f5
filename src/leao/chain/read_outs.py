"""Read-outs of the cortex: from the strength of block to the fall of waves that the link is anchored on.

    kcl_threshold    ln(relative KCl threshold) times the cortex's own slope of counts on thresholds
    pulse_threshold  ln(relative threshold of a brief pulse) times the slope measured in rats
    kcl_count        minus ln(ratio of counts)

Which of them a verdict mixes is a rule (``docs/validation/verdict_rules.md``, section 4): with equal weights those that
the shipped map holds and whose own controls all passed; if none did, all that it holds. A read-out of a weighted
ensemble that rests on fewer effective members than a verdict needs is shown alone and not mixed
(``docs/validation/cortex_map_rule.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.cortex import blind_controls, controls, readouts, threshold_map
from leao.cortex.block_to_threshold import CurveChoice
from leao.headache.attack_rate import Slopes

Array = NDArray[np.float64]

READ_OUTS = readouts.READ_OUTS
KCL, PULSE, COUNT = READ_OUTS
STIMULUS = {KCL: "kcl", PULSE: "pulse", COUNT: "kcl"}  # whose threshold is shown beside the read-out
OWN_CONTROLS = {  # words that the names of a read-out's own controls hold; () : no control measures it
    KCL: ("50 % block",),
    PULSE: (),
    COUNT: ("continuous KCl",),
}
NOT_TESTED = "not tested"


class ReadOutStatus(NamedTuple):
    """One read-out: whether the map holds it, how its own controls came out, whether the verdict mixes it."""

    name: str
    computed: str
    control: str
    mixed: bool
    effective: float | None  # members it rests on; None: they weigh alike


@cache
def statuses(presets: tuple[str, ...]) -> tuple[ReadOutStatus, ...]:
    """Return the read-outs of the carrying presets, in the order of ``READ_OUTS``.

    Raises:
        ScenarioError: none may be mixed, since too few members are left.
    """
    held = {name: _held(presets, name) for name in READ_OUTS}
    rest_on = {name: [readouts.read(preset)[name] for preset in presets] for name in READ_OUTS}
    may = [name for name in READ_OUTS if held[name] == readouts.COMPUTED and all(each.enough for each in rest_on[name])]
    passed = {name: _own_control(presets, name) for name in READ_OUTS}
    chosen = [name for name in may if passed[name] == "passed"] or may
    if not chosen:
        raise ScenarioError(
            f"cortex.carry: found fewer than {blind_controls.FEWEST_EFFECTIVE:g} effective members in"
            f" {', '.join(presets)}, wanted as many or more: no verdict; write --set cortex.carry='[\"leao\"]'"
        )
    fewest = {name: [each.effective for each in rest_on[name] if each.effective is not None] for name in READ_OUTS}
    return tuple(
        ReadOutStatus(name, held[name], passed[name], name in chosen, min(fewest[name], default=None))
        for name in READ_OUTS
    )


def mixed(presets: tuple[str, ...]) -> tuple[str, ...]:
    """Return the read-outs that the verdict mixes."""
    return tuple(status.name for status in statuses(presets) if status.mixed)


def pick(uniform: Array, chosen: Sequence[str]) -> NDArray[np.intp]:
    """Return the place in ``READ_OUTS`` of each trial's read-out, equally likely among ``chosen``."""
    places = np.array([READ_OUTS.index(name) for name in chosen])
    return places[np.minimum((uniform * len(places)).astype(np.intp), len(places) - 1)]


def stimulus(read_out: NDArray[np.intp]) -> Array:
    """Return the uniform with which the cortex's stage picks the stimulus that goes with each read-out."""
    kinds = np.array([threshold_map.KINDS.index(STIMULUS[name]) for name in READ_OUTS])
    return (kinds[read_out] + 0.5) / len(threshold_map.KINDS)


def slope(slopes: Slopes, read_out: NDArray[np.intp]) -> Array:
    """Return the fall of counts per log rise of the threshold shown beside each trial's read-out, (trial, 1)."""
    by_name = {KCL: slopes.count_slope, PULSE: slopes.electrical_slope, COUNT: slopes.count_slope}
    return np.choose(read_out, [np.broadcast_to(by_name[name], read_out.shape) for name in READ_OUTS])


def log_fall(slopes: Slopes, chosen: CurveChoice, read_out: NDArray[np.intp], state: dict[str, Array]) -> Array:
    """Return the fall of counts (trial, subject, day), 0 without block, infinite where no wave is left.

    Args:
        slopes: of counts on thresholds.
        chosen: the trials' parameter sets; its stimulus is that of the read-outs.
        read_out: each trial's place in ``READ_OUTS``, (trial, 1).
        state: ``threshold_relative`` and ``block_odds``.
    """
    fall = slope(slopes, read_out)[..., None] * np.log(state["threshold_relative"])
    counted = np.flatnonzero(read_out[:, 0] == READ_OUTS.index(COUNT))
    if counted.size:
        share, place = (np.broadcast_to(u, chosen.member.shape)[counted, 0] for u in (chosen.share, chosen.count_error))
        known = chosen.member[counted, 0], share, ndtri(place)
        fall[counted] = _count_fall(_counts(chosen.presets), known, state["block_odds"][counted])
    return fall


class _Counts(NamedTuple):
    """Counts of sets drawn together, weakest fall first: cumulative weights; by member and level the rest."""

    share: float
    cumulative: Array  # (member,)
    log_odds: Array  # ln(1 + odds)
    log_ratio: Array
    log_error: Array


@cache
def _counts(presets: tuple[str, ...]) -> tuple[_Counts, ...]:
    """Return the counts of ``presets`` by share; all together where a preset is drawn by its members' weights."""
    strata = []
    for preset in presets:
        entry = readouts.read(preset)[COUNT]
        if entry.ratio is None or entry.log_error is None:
            continue
        together = preset in threshold_map.WEIGHTED
        for share in [0.0] if together else np.unique(entry.shares):
            rows = np.flatnonzero(together | (entry.shares == share))
            rows = rows[np.argsort(-entry.ratio[rows, 1], kind="stable")]
            weights = np.cumsum(entry.weights[rows]) / entry.weights[rows].sum()
            of = np.log1p(entry.odds[rows]), np.log(entry.ratio[rows]), entry.log_error[rows]
            strata.append(_Counts(float(share), weights, *of))
    return tuple(sorted(strata, key=lambda stratum: stratum.share))


def _count_fall(strata: tuple[_Counts, ...], pick: tuple[Array, Array, Array], odds: Array) -> Array:
    """Return minus ln(ratio of counts) (trial, subject, day), linear in the share between strata; never below 0.

    Trials that follow the same set are read from it together.

    Args:
        strata: the sets, by share.
        pick: uniform of the member, share, and the error in standard deviations, each (trial,).
        odds: of block, (trial, subject, day).
    """
    member, share, error = pick
    known = np.array([stratum.share for stratum in strata])
    above = np.clip(np.searchsorted(known, share), 0, len(strata) - 1)
    below = np.where(share < known[above], np.maximum(0, above - 1), above)
    gap = known[above] - known[below]
    weight = np.where(gap > 0.0, np.clip((share - known[below]) / np.where(gap > 0.0, gap, 1.0), 0.0, 1.0), 1.0)
    fall = np.zeros(odds.shape)
    for place, part in ((below, 1.0 - weight), (above, weight)):
        for number, stratum in enumerate(strata):
            row = np.searchsorted(stratum.cumulative, member, side="right")
            row = np.minimum(row, stratum.log_ratio.shape[0] - 1)
            here = (place == number) & (part > 0.0)
            for curve in np.unique(row[here]):
                trials = np.flatnonzero(here & (row == curve))
                at, x = np.log1p(odds[trials]), stratum.log_odds[curve]
                log_ratio = np.interp(at, x, stratum.log_ratio[curve])
                log_ratio += error[trials, None, None] * np.interp(at, x, stratum.log_error[curve])
                fall[trials] -= part[trials, None, None] * log_ratio
    return np.maximum(fall, 0.0)


def _held(presets: tuple[str, ...], name: str) -> str:
    states = {readouts.read(preset)[name].status for preset in presets}
    return readouts.COMPUTED if states == {readouts.COMPUTED} else readouts.NOT_COMPUTED


def _own_control(presets: tuple[str, ...], name: str) -> str:
    """Return the status of a read-out's own controls: passed only if every preset has some and all passed."""
    statuses = []
    for preset in presets:
        rows = [row for row in controls.shipped(preset) if any(words in row.name for words in OWN_CONTROLS[name])]
        statuses += [row.status for row in rows] or [NOT_TESTED]
    return next((status for status in statuses if status != "passed"), "passed")
