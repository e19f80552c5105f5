"""What the search asks of a set, cheap figures first: five stages, each run only where those before are good enough.

Coarser than ``validation/cortex_targets.py``, by which members are judged: thresholds within 1 % (glutamate 4 %), waves
under KCl at one strength of the bath and over half an hour (under half block a quarter). Five guides stand beside
the targets: figures that change smoothly where a target only jumps between `no wave` and `a wave`. They steer; they
judge nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import ignition, kcl_waves, preset_table, solve
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers
from leao.cortex.spontaneous import threshold
from validation import cortex_targets as targets
from validation.cortex_emulator import Scale

TOLERANCE, TOLERANCE_GLUTAMATE = 1e-2, 4e-2
IGNITION = targets.SHORT._replace(length=2.4, nodes=30)
LOGARITHMIC = (
    *("kcl_threshold_mM", "delay_s", "glutamate_threshold_uM", "half_threshold", "dc_half_width_s"),
    *("speed_mm_per_min", "anoxia_free_s", "anoxia_block_ratio"),
)
GUIDES = {  # window and error, in the guide's own unit
    "guide_mk801": Scale(-9.0, float(np.log(0.2)), 0.15),  # ln of the level (uM) of MK-801 that still lets a wave run
    "guide_ca1": Scale(0.0, 1.0, 0.05),  # factor on persistent Na+ for a wave under 300 uM memantine, over the set's
    "guide_weak": Scale(1.2, 9.0, 0.1),  # threshold 180 s after a wave over that before
    "guide_bath": Scale(-9.0, float(np.log(1.2)), 0.3),  # ln of the bath's strength from which a first wave comes
    "guide_strong": Scale(float(np.log(60.0)), float(np.log(180.0)), 0.1),  # ln of the time (s) of a second strong wave
}
GUIDED = (  # targets the guides stand for in the loss
    *("ca1_memantine_300_speed", "weak_early_mV", "strong_early_mV", "strong_late_mV"),
)
MK801_UM = 0.2
STRENGTH = 1.0
MINUTES, MINUTES_HALF, ONSET_MINUTES = 30.0, 15.0, 6.0


class Asked(NamedTuple):
    """A set ready to run, and how to make its CA1 with another factor on persistent Na+."""

    tissues: targets.Tissues
    params: TissueNumbers
    second: Homeostasis
    ca1_nap: float
    near: tuple[float, float] = (10.0, 12.0)  # where thresholds for KCl (mM) and glutamate (uM) are looked for first


Figures = dict[str, float]


@cache
def scales() -> dict[str, Scale]:
    """Return the scale of every target and guide."""
    rows = {name: Scale(*row, log=name in LOGARITHMIC) for name, row in targets.targets().items()}
    return rows | GUIDES


def loss(figures: Figures) -> float:
    """Return the search's loss: squared misses of what is known, far ones compressed; guides for what they guide."""
    return float(sum(scales()[name].miss(value) ** 2 for name, value in figures.items() if name not in GUIDED))


def asked(params: TissueNumbers, second: Homeostasis, ca1_nap: float, near: tuple[float, float]) -> Asked:
    """Return a set ready to be asked; ``near``: thresholds of a set like it."""
    return Asked(targets.tissues(params, second, ca1_nap), params, second, ca1_nap, near)


def ignition_stage(of: Asked, _: Figures) -> Figures:
    """Return thresholds for K+ and glutamate, the delay and the clearance."""
    piece = preset_table.under(of.tissues.cortex)
    kcl = threshold(piece, "kcl", near=of.near[0], tolerance=TOLERANCE, grid=IGNITION)
    if kcl == 0.0:
        return {"kcl_threshold_mM": 0.0, "delay_s": 0.0, "glutamate_threshold_uM": 0.0, "clearance_s": 20.0}
    glutamate = ignition.threshold(piece, "glutamate", near=of.near[1], tolerance=TOLERANCE_GLUTAMATE, grid=IGNITION)
    return {
        "kcl_threshold_mM": min(kcl, 100.0),
        "delay_s": targets.delay(piece, 1.1 * kcl) if np.isfinite(kcl) else 40.0,
        "glutamate_threshold_uM": min(glutamate, 1e4),
        "clearance_s": targets.clearance(piece),
    }


def block_stage(of: Asked, known: Figures) -> Figures:
    """Return what block does in neocortex and CA1, the depolarisation of anoxia, and two guides."""
    cortex, base = of.tissues.cortex, known["kcl_threshold_mM"]
    if not 0.0 < base < 100.0:
        raise SolverError("search: no threshold to compare with")
    none, half = (preset_table.under(cortex, None, share) for share in (0.0, 0.5))
    free_speed, free_duration = targets.single(preset_table.under(cortex))
    half_speed, half_duration = targets.single(half)
    raised = ignition.threshold(half, "kcl", near=1.1 * base, tolerance=TOLERANCE, grid=IGNITION)
    anoxic, blocked = (targets.anoxia(cortex, share) for share in (1.0, 0.0))
    mk801 = targets.reach(preset_table.under(cortex, Drug("mk801", MK801_UM)))
    under_300 = _ca1_speed(of, of.ca1_nap, 300.0)
    return {
        "full_block_reach_mm": targets.reach(none),
        "mk801_reach_mm": mk801,
        "half_speed": half_speed / max(free_speed, 0.1),
        "half_duration": half_duration / max(free_duration, 1.0),
        "half_threshold": min(raised / base, targets.FAR),
        "ca1_memantine_10_speed": _ca1_speed(of, of.ca1_nap, 10.0),
        "ca1_memantine_300_speed": under_300,
        "anoxia_free_s": anoxic,
        "anoxia_block_ratio": min(blocked / anoxic, targets.FAR),
        "guide_mk801": _mk801(cortex, mk801 > targets.targets()["mk801_reach_mm"].high),
        "guide_ca1": 1.0 if under_300 > 0.0 else _ca1_factor(of) / of.ca1_nap,
    }


def second_stage(of: Asked, known: Figures) -> Figures:
    """Return what second stimuli evoke, and the guide to the weak one."""
    free = preset_table.under(of.tissues.cortex)
    strong, base = solve.strong("kcl"), known["kcl_threshold_mM"]

    def weak(factor: float) -> float:
        applied = solve.Stimulus("kcl", factor * base, solve.stimuli().threshold_zone)
        return targets.second(free, applied, 180.0)

    level = solve.stimuli().ignition_voltage
    early = weak(1.2)
    low, high = (1.2, 3.0) if early < level else (0.6, 1.2)
    for _ in range(2):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if weak(middle) < level else (low, middle)
    soon, late = targets.second(free, strong, 60.0), targets.second(free, strong, 180.0)
    answered = 50.0 if soon > level else 104.0
    if max(soon, late) < level:
        tried = [wait for wait in (260.0, 400.0) if targets.second(free, strong, wait) > level]
        answered = {2: 216.0, 1: 322.0, 0: 500.0}[len(tried)]
    return {
        "strong_early_mV": soon,
        "strong_late_mV": late,
        "guide_strong": float(np.log(answered)),
        "weak_early_mV": early,
        "guide_weak": float(np.sqrt(low * high)),
        "guide_bath": _bath(free),
    }


def train_stage(of: Asked, known: Figures) -> Figures:
    """Return the waves under continuous KCl at one strength, from a shorter time, and the late weak answer."""
    free, half = (preset_table.under(of.tissues.cortex, None, share) for share in (1.0, 0.5))
    times = kcl_waves.train(free, MINUTES, STRENGTH, targets.TRAIN).times
    early = float((times < 60.0 * MINUTES_HALF).sum())
    under_half = float(kcl_waves.train(half, MINUTES_HALF, STRENGTH, targets.TRAIN).times.size)
    weak = solve.Stimulus("kcl", 1.2 * known["kcl_threshold_mM"], solve.stimuli().threshold_zone)
    later = float(times.size) - early
    return {
        "count_per_h": float(times.size) + later * (60.0 - MINUTES) / (MINUTES - MINUTES_HALF),
        "half_count": under_half / max(early, 1.0),
        "weak_late_mV": targets.second(free, weak, 900.0),
    }


def wave_stage(of: Asked, known: Figures) -> Figures:
    """Return the single wave's figures."""
    return targets.wave_figures(of.tissues, known)


STAGES: tuple[Callable[[Asked, Figures], Figures], ...] = (
    wave_stage,
    ignition_stage,
    block_stage,
    second_stage,
    train_stage,
)
NAMES = (
    (
        *("speed_mm_per_min", "k_peak_mM", "log_glutamate_uM", "dc_shift_mV", "dc_half_width_s", "ecs_min_fraction"),
        *("dc_after", "k_after_mM", "voltage_after_mV"),
    ),
    ("kcl_threshold_mM", "delay_s", "glutamate_threshold_uM", "clearance_s"),
    (
        *("full_block_reach_mm", "mk801_reach_mm", "half_speed", "half_duration", "half_threshold"),
        *("ca1_memantine_10_speed", "ca1_memantine_300_speed", "anoxia_free_s", "anoxia_block_ratio"),
        *("guide_mk801", "guide_ca1"),
    ),
    ("strong_early_mV", "strong_late_mV", "weak_early_mV", "guide_weak", "guide_bath", "guide_strong"),
    ("count_per_h", "half_count", "weak_late_mV"),
)
FIRST = tuple(names[0] for names in NAMES)


def reached(figures: Figures) -> int:
    """Return how many stages were run."""
    return sum(name in figures for name in FIRST)


def _ca1_speed(of: Asked, factor: float, level: float) -> float:
    ca1 = of.tissues.ca1
    if factor != of.ca1_nap:
        ca1 = preset_table.prepare("candidate CA1", of.params._replace(nap=factor * of.params.nap), of.second)
    return targets.single(preset_table.under(ca1, Drug("memantine", level)))[0]


def _ca1_factor(of: Asked) -> float:
    """Return the factor on persistent Na+ from which a wave runs under 300 uM memantine, between the set's and 1.8."""
    low, high = of.ca1_nap, 1.8
    for _ in range(2):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if _ca1_speed(of, middle, 300.0) > 0.0 else (middle, high)
    return 0.5 * (low + high)


def _bath(piece: solve.TissueSlice) -> float:
    """Return the ln of the bath's strength from which a first wave comes in six minutes, between 0.2 and 6."""
    low, high = 0.2, 6.0
    for _ in range(4):
        middle = float(np.sqrt(low * high))
        waves = kcl_waves.train(piece, ONSET_MINUTES, middle, targets.TRAIN).times.size
        low, high = (low, middle) if waves else (middle, high)
    return 0.5 * float(np.log(low * high))


def _mk801(cortex: solve.Cortex, runs: bool) -> float:
    """Return the ln of the level of MK-801 (uM) up to which a wave runs; finer just above the target's."""
    wanted = targets.targets()["mk801_reach_mm"].high
    levels = (0.24, 0.3, 0.45, 1.0, 2.2) if runs else (0.09, 0.04)
    last = MK801_UM
    for level in levels:
        waves = targets.reach(preset_table.under(cortex, Drug("mk801", level))) > wanted
        if waves != runs:
            return float(0.5 * np.log(last * level))
        last = level
    return float(np.log(last * (1.5 if runs else 1.0 / 1.5)))
