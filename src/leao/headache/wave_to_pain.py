"""Pain: one attack after another, from its wave (or none) to pain, its peak and its end.

Reads: whether a wave begins the attack, whether it is seen as aura, the block in the trigeminocervical complex (0
where that route is off), and everybody's luck.
Writes: per attack (attack,), times in hours from the wave, or from the onset of pain where there is none:
``headache``, ``nociceptor``, ``nociceptor_start``, ``firing``, ``onset``, ``peak``, ``severity``, ``length``,
``sensitised``, ``brainstem_start``, ``brainstem_end``, ``aura``.
Equation:
    a nociceptor on record is activated if u < p, the headache follows if u < q, same u: p < q
    onset after a silent wave = max(peripheral delay, central delay), each at once or log-normally late
    onset after an aura       = as a diary of 162 auras placed it against the aura
    drive d = 1 - (share carried by NMDA receptors) * block;  length = d * length_0,
    latent severity z = z_0 + ln d / sd: without block nothing moves, bit for bit
    the dorsal pons is active from onset for as long as the attack would last untreated: a triptan does not end it
Source: ledger ``headache/attack``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.headache.params import Attack

Array = NDArray[np.float64]
LUCK = 12  # uniforms an attack needs; a later trait takes the next place
_FOLLOWS, _KIND, _DELAY, _CENTRAL_KIND, _CENTRAL, _FIRING = range(6)
_AURA, _SENSITISED, _PEAK, _LENGTH, _SEVERITY, _WAIT = range(6, LUCK)
MILD, MODERATE, SEVERE = 1, 2, 3
_SURE = 1.0 - 1e-12


class PainInput(NamedTuple):
    """What the attacks are told: arrays (attack,)."""

    wave: NDArray[np.bool_]
    aura: NDArray[np.bool_]  # the wave is seen; never without a wave
    severity_block: Array | float  # blocked share in the trigeminocervical complex, as far as it reaches severity
    length_block: Array | float  # the same for the length


def run(params: Attack, upstream: PainInput, uniforms: Array) -> dict[str, NDArray]:
    """Return the attacks' course.

    Args:
        params: floats, or one number per attack (attack,).
        upstream: what begins the attacks and what blocks their drive.
        uniforms: U(0, 1), (attack, LUCK).
    """
    wave, u = upstream.wave, uniforms[:, _FOLLOWS]
    headache = ~wave | (u < params.headache_after_wave)
    late = uniforms[:, _KIND] < params.delayed_share
    delay = np.where(late, _late(params.activation_delay, params.delay_spread, uniforms[:, _DELAY]), 0.0)
    length = _length(params, upstream, uniforms[:, _LENGTH])
    aura_length = _late(params.aura_length, params.aura_spread, uniforms[:, _AURA])
    onset = np.where(wave, _onset(params, upstream, uniforms, delay, aura_length), 0.0)
    activated = wave & (u < params.nociceptor_share)
    wait = params.sensitisation_early + uniforms[:, _WAIT] * (params.sensitisation_late - params.sensitisation_early)
    mean_to_median = np.exp(-0.5 * np.square(params.firing_spread))
    peak = _late(params.peak_time, params.peak_spread, uniforms[:, _PEAK])
    return {
        "headache": headache,
        "aura": upstream.aura,
        "aura_length": np.where(upstream.aura, aura_length, np.nan),
        "nociceptor": activated,
        "nociceptor_start": np.where(activated, delay, np.nan),
        "firing": np.where(
            activated, _late(params.firing_time * mean_to_median, params.firing_spread, uniforms[:, _FIRING]), np.nan
        ),
        "onset": np.where(headache, onset, np.nan),
        "peak": np.where(headache, onset + np.minimum(peak, length), np.nan),
        "severity": np.where(headache, severity(params, upstream.severity_block, uniforms[:, _SEVERITY]), 0),
        "length": np.where(headache, length, 0.0),
        "sensitised": headache & (uniforms[:, _SENSITISED] < params.sensitisation_share) & (wait < length),
        "sensitisation_start": np.where(headache, onset + wait, np.nan),
        "brainstem_start": np.where(headache, onset, np.nan),
        "brainstem_end": np.where(headache, onset + length, np.nan),
    }


def drive(params: Attack, block: Array | float) -> Array:
    """Return the drive through the trigeminocervical complex over that without drug, at most 1."""
    return 1.0 - np.asarray(params.trigeminal_nmda_share) * block


def severity(params: Attack, block: Array | float, u: Array) -> NDArray[np.intp]:
    """Return the peak pain of each attack: mild, moderate or severe (1, 2, 3)."""
    latent = ndtri(u) + np.log(drive(params, block)) / np.asarray(params.severity_log_sd)
    middle = latent >= ndtri(params.severity_mild)
    return MILD + middle.astype(np.intp) + (latent > ndtri(1.0 - np.asarray(params.severity_severe)))


def _length(params: Attack, upstream: PainInput, u: Array) -> Array:
    natural = _late(params.length, params.length_spread, u)
    return np.clip(natural, params.length_low, params.length_high) * drive(params, upstream.length_block)


def _onset(params: Attack, upstream: PainInput, uniforms: Array, delay: Array, aura_length: Array) -> Array:
    """Return when pain begins after a wave, h; before the aura it is negative."""
    late = uniforms[:, _CENTRAL_KIND] < params.central_delayed_share
    central = np.where(late, _late(params.central_delay, params.delay_spread, uniforms[:, _CENTRAL]), 0.0)
    return np.where(upstream.aura, _against_aura(params, uniforms, aura_length), np.maximum(delay, central))


def _against_aura(params: Attack, uniforms: Array, aura_length: Array) -> Array:
    """Return the onset of pain against the start of the aura, h: before, at start, during, at end, or after it."""
    shares = params.headache_before, params.headache_at_start, params.headache_during, params.headache_at_end
    bounds = np.cumsum(np.broadcast_arrays(*shares), axis=0)
    place, within = uniforms[:, _KIND], uniforms[:, _DELAY]
    cases = [place < bound for bound in bounds]
    gap = within * params.headache_gap
    onsets = [-gap, np.zeros_like(within), within * aura_length, aura_length]
    return np.select(cases, onsets, default=aura_length + gap)


def _late(median: Array | float, spread: Array | float, u: Array) -> Array:
    """Return the quantile at ``u`` of a log-normal time with this median and SD of its logarithm."""
    return median * np.exp(np.asarray(spread) * ndtri(np.minimum(u, _SURE)))
