"""One attack with and without the drug: from a wave, or none, to pain and what medicine does to it.

The same attacks are lived in both arms with the same luck: the drug takes away those whose wave no longer ignites, and
moves the pain of the others only by routes that are switched on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain.answer_exposure import Steady
from leao.chain.scenario import Scenario
from leao.chain.verdict import distribution
from leao.core import ledger
from leao.core.random import Streams
from leao.headache import acute_medicine, wave_to_pain
from leao.headache import attack_rate as headache
from leao.headache.options import HeadacheOptions
from leao.headache.params import Acute, Attack, Function

Array = NDArray[np.float64]
PERCENT = 100.0
SEVERITIES = ("mild", "moderate", "severe")
TCC = "trigeminocervical"
SINGLE = ("rescue",)  # outcomes whose routes move single attacks only


class AttackOnsets(NamedTuple):
    """What begins attacks, and what the drug leaves of it: arrays (attack,)."""

    wave: NDArray[np.bool_]
    aura: NDArray[np.bool_]
    waves: Array | float  # share of waves that still ignite with the drug
    block: Array | float  # blocked share of the NMDA current


class Numbers(NamedTuple):
    """Numbers of attack and medicine: floats, or one per attack."""

    attack: Attack
    acute: Acute


def central() -> Numbers:
    """Return the central values."""
    return Numbers(
        ledger.params(ledger.read("headache/attack"), Attack), ledger.params(ledger.read("headache/acute"), Acute)
    )


def drawn(streams: Streams, n: int) -> Numbers:
    """Return a draw of every uncertain number for each of ``n`` attacks."""

    def of(name: str, cls: type[Any]) -> Any:
        return ledger.draw(ledger.read(name), cls, lambda key: streams.per_trial(f"world.{name}.{key}", range(n))[:, 0])

    return Numbers(of("headache/attack", Attack), of("headache/acute", Acute))


def live(
    numbers: Numbers, begun: AttackOnsets, options: HeadacheOptions, medicine: int | None, streams: Streams
) -> dict[str, NDArray]:
    """Return the attacks that begin, with their medicine: arrays (attack,), ``begins`` among them.

    Args:
        numbers: central or drawn.
        begun: what begins the attacks.
        options: routes that are switched on.
        medicine: one for all attacks, or None for a diary's.
        streams: the luck.
    """
    n = range(begun.wave.size)
    zero = np.zeros(begun.wave.size)
    upstream = wave_to_pain.PainInput(
        begun.wave,
        begun.aura,
        zero + begun.block if options.severity == TCC else zero,
        zero + begun.block if options.duration == TCC else zero,
    )
    attacks = wave_to_pain.run(numbers.attack, upstream, streams.per_trial("attack.pain", n, wave_to_pain.LUCK))
    taken = acute_medicine.Medicine(medicine, options.rescue == "severity")
    attacks |= acute_medicine.run(
        numbers.acute, taken, attacks, streams.per_trial("attack.acute", n, acute_medicine.LUCK)
    )
    held = begun.wave & (streams.per_trial("attack.wave_held", n)[:, 0] >= begun.waves)
    return attacks | {"wave": begun.wave, "begins": ~held}


def attack_answer(scenario: Scenario, steady: Steady, streams: Streams) -> dict[str, Any]:
    """Return ``headache`` of the summary: one attack in each arm, over what is not known."""
    link = steady.world.headache
    n = steady.state["threshold_relative"].shape[0]
    share = np.broadcast_to(np.asarray(link.wave_share), (n, 1))[:, 0]
    wave = streams.per_trial("attack.wave", range(n))[:, 0] < share
    kappa = np.broadcast_to(np.asarray(link.kappa_wave), (n, 1))[:, 0]
    odds = steady.state["block_odds"][:, 0, 0]
    waves = headache.waves_left(steady.state["log_fall"][:, 0, 0], kappa)
    never = np.zeros(n, dtype=bool)  # the trial's patients have no aura
    sides = {
        scenario.placebo_arm: AttackOnsets(wave, never, 1.0, 0.0),
        scenario.active_arm: AttackOnsets(wave, never, waves, odds / (1.0 + odds)),
    }
    numbers = drawn(streams, n)
    return {arm: summary(live(numbers, side, scenario.headache, None, streams)) for arm, side in sides.items()}


def summary(attacks: Mapping[str, NDArray]) -> dict[str, Any]:
    """Return what attacks that begin are like, as numbers for people: shares in per cent, times in hours."""
    begins, wave = attacks["begins"], attacks["wave"]
    had = begins & attacks["headache"]
    treated = had & (attacks["medicine"] != acute_medicine.NONE)
    free = treated & attacks["free_2h"]
    after = begins & wave
    return {
        "begins_percent": _percent(begins, np.ones_like(begins)),
        "wave_percent": _percent(wave, begins),
        "headache_after_wave_percent": _percent(attacks["headache"], after),
        "nociceptor_percent": _percent(attacks["nociceptor"], after),
        "onset_after_wave_h": _spread(attacks["onset"], had & wave),
        "sensitised_percent": _percent(attacks["sensitised"], had),
        "brainstem_percent": _percent(np.isfinite(attacks["brainstem_start"]), begins),
        "severity": {name: _percent(attacks["severity"] == k, had) for k, name in enumerate(SEVERITIES, start=1)},
        "untreated_h": _spread(attacks["length"], had),
        "pain_h": _spread(attacks["pain_hours"], had),
        "treated_percent": _percent(treated, had),
        "pain_free_2h_percent": _percent(attacks["free_2h"], treated),
        "back_within_24h_percent": _percent(attacks["back_24h"], free),
    }


def points(migraine_days: Array) -> Array:
    """Return MIDAS points of ``migraine_days`` per 28 days, by the central slope."""
    numbers = ledger.params(ledger.read("headache/function"), Function)
    month = ledger.find("trial.month").value
    return migraine_days * (numbers.recall / month) * numbers.midas_per_migraine_day


def _percent(hit: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
    return float(PERCENT * hit[among].mean()) if among.any() else None


def _spread(values: Array, among: NDArray[np.bool_]) -> dict[str, float | None] | None:
    return distribution(values[among]) | {"mean": float(values[among].mean())} if among.any() else None
