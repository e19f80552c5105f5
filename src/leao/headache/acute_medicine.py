"""Acute medicine: pain-free at two hours, pain that comes back within a day, hours of pain in all.

Equation: pain-free at 2 h if u < p(medicine); it comes back if v < r(medicine), at a log-normal time within 24 h, and
then lasts until the attack would have ended untreated: a triptan interrupts the course, it does not cut it short.
Without pain freedom the medicine changes nothing.
Source: ledger ``headache/acute``; linde2006 for the course.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.headache.params import Acute
from leao.headache.wave_to_pain import MILD

Array = NDArray[np.float64]
NONE, PLACEBO, NSAID, TRIPTAN = range(4)
LUCK = 6
_TAKES, _WHICH, _WHEN, _FREE, _BACK, _RETURNS = range(LUCK)
_SURE = 1.0 - 1e-12


class Medicine(NamedTuple):
    """Which medicine is taken in each attack: forced for all, or chosen as in a diary."""

    forced: int | None  # NONE, PLACEBO, NSAID or TRIPTAN; None: as in the diary
    by_severity: bool  # mild attacks are treated less often


def run(params: Acute, medicine: Medicine, attacks: Mapping[str, NDArray], uniforms: Array) -> dict[str, NDArray]:
    """Return what medicine does to each attack, arrays (attack,), times in hours.

    Args:
        params: floats, or one number per attack.
        medicine: which is taken.
        attacks: from ``pain.run``.
        uniforms: U(0, 1), (attack, LUCK).
    """
    taken = _taken(params, medicine, attacks, uniforms)
    used = taken != NONE
    free_share = np.choose(taken, [0.0, params.free_placebo, params.free_nsaid, params.free_triptan])
    back_share = np.choose(taken, [0.0, params.back_placebo, params.back_nsaid, params.back_triptan])
    delay = params.taken_after * np.exp(params.taken_spread * ndtri(np.minimum(uniforms[:, _WHEN], _SURE)))
    dosed = np.minimum(delay, attacks["length"])
    free = used & (uniforms[:, _FREE] < free_share)
    back = free & (uniforms[:, _BACK] < back_share)
    wait = params.back_time * np.exp(params.back_spread * ndtri(np.minimum(uniforms[:, _RETURNS], _SURE)))
    returned = dosed + np.clip(wait, params.judged_after, params.window)
    first = np.minimum(dosed + params.judged_after, attacks["length"])
    again = np.maximum(attacks["length"] - returned, params.shortest)
    hours = np.where(free, first + np.where(back, again, 0.0), attacks["length"])
    return {
        "medicine": taken,
        "dosed": np.where(used, attacks["onset"] + dosed, np.nan),
        "free_2h": free,
        "back_24h": back,
        "back_start": np.where(back, attacks["onset"] + returned, np.nan),
        "pain_hours": np.where(attacks["headache"], hours, 0.0),
    }


def _taken(params: Acute, medicine: Medicine, attacks: Mapping[str, NDArray], uniforms: Array) -> NDArray[np.intp]:
    chosen = np.where(uniforms[:, _WHICH] < params.triptan_share, TRIPTAN, NSAID)
    treated = np.asarray(params.treated)
    if medicine.forced is not None:
        chosen, treated = np.full(chosen.shape, medicine.forced), np.ones(())
    if medicine.by_severity:
        treated = treated * np.where(attacks["severity"] == MILD, params.treated_mild, 1.0)
    return np.where(attacks["headache"] & (uniforms[:, _TAKES] < treated), chosen, NONE)
