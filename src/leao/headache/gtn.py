"""Provocation: headache during a nitroglycerin infusion, migraine hours later, and where the drug could act on it.

Reads: who is infused, the ratio of waves that still ignite with the drug, the block in the trigeminocervical complex
(0 where that route is off), and everybody's luck.
Writes: per person (person,): ``immediate``, ``immediate_start`` (min), ``wave``, ``migraine``, ``latency`` (onset) and
``peak`` (the worst of the pain), both h from the start of the infusion, ``chance`` (of migraine, before the luck).
Equation: chance = p (1 - wave_share + wave_share * waves) * drive; latency log-normal, cut at the study's end;
    peak = latency + peak_delay.
Source: ledger ``headache/gtn``. The share of waves is that of auras seen after nitroglycerin; share and migraine are
printed for patients together, and bounded for those with and without aura.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao.headache.params import Attack, Gtn
from leao.headache.wave_to_pain import drive

Array = NDArray[np.float64]
PATIENTS = ("patients", "without_aura", "with_aura")  # of all kinds, or of one
POPULATIONS = (*PATIENTS, "controls")
LUCK = 7
_IMMEDIATE, _START, _MIGRAINE, _LATENCY, _WAVE, _WAVE_HELD, _HELD = range(LUCK)


class InfusionInput(NamedTuple):
    """Who is infused, and what the drug does to them."""

    population: str
    waves: Array | float  # (person,), share of waves that still ignite; 1 without drug or where the route is off
    block: Array | float  # (person,), blocked share in the trigeminocervical complex; 0 where the route is off


def run(params: Gtn, attack: Attack, upstream: InfusionInput, uniforms: Array) -> dict[str, NDArray]:
    """Return what happens to each person; the drug removes attacks and moves nothing else.

    Args:
        params: floats, or one number per person.
        attack: floats, or one number per person.
        upstream: the population and the drug's two routes.
        uniforms: U(0, 1), (person, LUCK).
    """
    patients = upstream.population in PATIENTS
    immediate = params.immediate_patients if patients else params.immediate_controls
    share, wave_share = getattr(params, f"migraine_{upstream.population}"), of_waves(params, upstream.population)
    wave = uniforms[:, _WAVE] < wave_share
    left = drive(attack, upstream.block)
    held = (wave & (uniforms[:, _WAVE_HELD] >= upstream.waves)) | (uniforms[:, _HELD] >= left)
    migraine = (uniforms[:, _MIGRAINE] < share) & ~held
    hit = uniforms[:, _IMMEDIATE] < immediate
    start = params.immediate_early + uniforms[:, _START] * (params.immediate_late - params.immediate_early)
    onset = np.where(migraine, latency(params, uniforms[:, _LATENCY]), np.nan)
    return {
        "immediate": hit,
        "immediate_start": np.where(hit, start, np.nan),
        "wave": wave & migraine,
        "migraine": migraine,
        "latency": onset,
        "peak": onset + params.peak_delay,
        "chance": np.broadcast_to(share * (1.0 - wave_share * (1.0 - upstream.waves)) * left, migraine.shape),
    }


def of_waves(params: Gtn, population: str) -> Array | float:
    """Return the share of provoked attacks that a wave begins in one population."""
    typed = {"without_aura": params.wave_share_without_aura, "with_aura": params.wave_share_with_aura}
    return typed.get(population, params.wave_share)


def latency(params: Gtn, u: Array) -> Array:
    """Return the latency of migraine, h from the start of the infusion, at the quantile ``u``."""
    spread = np.asarray(params.latency_spread)
    reached = ndtr(np.log(params.latency_high / np.asarray(params.latency)) / spread)
    return params.latency * np.exp(spread * ndtri(u * reached))
