"""What a member gives for the held-out data; definitions in ``docs/validation/cortex_controls_rule.md``.

Counts apart (``validation/cortex_counts.py``): they are dear. A figure that cannot be judged (no wave to measure) is
left out.
"""

from __future__ import annotations

import numpy as np

from leao.core.errors import LeaoError
from leao.cortex import ignition, kcl_waves, preset_table, solve, variations
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers
from validation import cortex_targets as targets

Numbers = tuple[TissueNumbers, Homeostasis]
MEMANTINE_UM = (1.0, 2.0, 4.0)
KETAMINE_LOW_UM, KETAMINE_HIGH_UM, KETAMINE_PEOPLE_UM = (1.5, 3.0, 6.0), (3.0, 6.0, 12.0), 2.0
MK801_UM = 20.0
TRIGGERED = 2.0  # largest pulse over an animal's own threshold
WATER = 0.15
MAGNESIUM_HIGH, MAGNESIUM_GIVEN = 10e-3, 1.15e-3  # mmol/cm3
OXYGEN = 1.5
MINUTES, STRENGTHS, HALF = 30.0, (1.0, 2.0), 0.5
FAST = targets.TRAIN._replace(dt=0.08)
TOLERANCE = 2e-3
USED_OVER = 60.0  # s


class Wave:
    """Speed, half-width, DC shift and peak of K+ of a strong wave; nothing where none runs."""

    def __init__(self, piece: solve.TissueSlice) -> None:
        figures = targets.wave_of(piece)
        self.speed, self.shift = figures["speed_mm_per_min"], -figures["dc_shift_mV"]
        self.width, self.potassium = figures["dc_half_width_s"], figures["k_peak_mM"]
        self.runs = self.speed > 0.0


def figures(numbers: Numbers) -> dict[str, float]:
    """Return the held-out figures of a set, by name as in ``cortex_held_out.toml``."""
    cortex = preset_table.prepare("member", *numbers)
    free = Wave(preset_table.under(cortex))
    known = _memantine(cortex, free) | _ketamine(cortex, free)
    known["mk801_neocortical_slice"] = _runs(preset_table.under(cortex, Drug("mk801", MK801_UM)))
    params, second = numbers
    high = preset_table.prepare("Mg2+ high", params._replace(magnesium=MAGNESIUM_HIGH), second)
    known["magnesium_topical"] = _runs(preset_table.under(high))
    given = preset_table.prepare("Mg2+ given", params._replace(magnesium=MAGNESIUM_GIVEN), second)
    untreated = _count(preset_table.under(cortex))
    known["magnesium_intravenous"] = _ratio(_count(preset_table.under(given)), untreated)
    people = preset_table.under(cortex, Drug("ketamine", KETAMINE_PEOPLE_UM))
    known["ketamine_people"] = _ratio(_count(people), untreated)
    water = second.water_permeability_glia * WATER
    without = preset_table.prepare("AQP4 lost", params, second._replace(water_permeability_glia=water))
    dry = Wave(preset_table.under(without))
    known["aqp4_speed"], known["aqp4_potassium"] = dry.speed / free.speed, dry.potassium / free.potassium
    known["aqp4_count"] = _ratio(_count(preset_table.under(without)), untreated)
    known |= {name: _inborn(name, numbers, cortex, free) for name in ("fhm1", "fhm2")}
    return known | _oxygen(numbers, cortex, free)


def _memantine(cortex: solve.Cortex, free: Wave) -> dict[str, float]:
    waves = [Wave(preset_table.under(cortex, Drug("memantine", level))) for level in MEMANTINE_UM]
    running = [each for each in waves if each.runs]
    known = {}
    if running:
        known["memantine_amplitude"] = float(np.mean([each.shift / free.shift for each in running]))
        known["memantine_duration"] = float(np.mean([each.width / max(free.width, 1.0) for each in running]))
    base = ignition.threshold(preset_table.under(cortex), "pulse", tolerance=TOLERANCE, grid=targets.SHORT)
    stopped = []
    for level in MEMANTINE_UM:
        piece = preset_table.under(cortex, Drug("memantine", level))
        largest = solve.Stimulus("pulse", TRIGGERED * base, solve.stimuli().threshold_zone)
        if not ignition.does_ignite(piece, largest, targets.SHORT):
            stopped.append(1.0)
            continue
        raised = ignition.threshold(piece, "pulse", near=base, tolerance=TOLERANCE, grid=targets.SHORT)
        stopped.append(float(np.clip(np.log(raised / base) / np.log(TRIGGERED), 0.0, 1.0)))
    known["memantine_inhibited"] = float(np.mean(stopped))
    return known


def _ketamine(cortex: solve.Cortex, free: Wave) -> dict[str, float]:
    low = [Wave(preset_table.under(cortex, Drug("ketamine", level))) for level in KETAMINE_LOW_UM]
    smaller = [
        each.runs and each.speed < free.speed and each.width < free.width and each.shift < free.shift for each in low
    ]
    high = [_runs(preset_table.under(cortex, Drug("ketamine", level))) for level in KETAMINE_HIGH_UM]
    return {
        "ketamine_swine_low": 1.0 - float(np.mean(smaller)),
        "ketamine_swine_high": float(np.mean(high)),
    }


def _inborn(name: str, numbers: Numbers, cortex: solve.Cortex, free: Wave) -> float:
    """Return the share of the signs that an inborn change gets wrong."""
    try:
        changed = variations.prepare(f"member ({name})", numbers, variations.Conditions(tissue=name))
        piece = preset_table.under(changed)
        wave = Wave(piece)
        base = _threshold(preset_table.under(cortex), None)
        signs = [_threshold(piece, base) < base, wave.speed > free.speed]
    except LeaoError:  # starts by itself: the threshold has fallen as far as it can
        return 0.0
    if name == "fhm2":
        signs.append(wave.width > free.width)
    return 1.0 - float(np.mean(signs))


def _oxygen(numbers: Numbers, cortex: solve.Cortex, free: Wave) -> dict[str, float]:
    params, second = numbers
    if cortex.second is None:
        return {}
    more = cortex._replace(second=cortex.second._replace(homeostat=cortex.second.homeostat._replace(oxygen=OXYGEN)))
    energy = targets.energy_of(preset_table.under(cortex))
    use = 1.0 + (1.0 - energy) * (second.pump_ceiling - 1.0)
    window = round(USED_OVER / (targets.LINE.record_every * targets.LINE.dt))
    running = np.convolve(use, np.full(window, 1.0 / window), mode="valid")
    shorter = Wave(preset_table.under(more)).width < free.width
    return {"oxygen_duration": 0.0 if shorter else 1.0, "oxygen_use": float(running.max())}


def _threshold(piece: solve.TissueSlice, near: float | None) -> float:
    from leao.cortex.spontaneous import threshold

    return threshold(piece, "kcl", near=near or 10.0, tolerance=TOLERANCE, grid=targets.SHORT)


def _runs(piece: solve.TissueSlice) -> float:
    return float(targets.single(piece)[0] > 0.0)


def _count(piece: solve.TissueSlice) -> float:
    return float(sum(kcl_waves.train(piece, MINUTES, strength, FAST).times.size for strength in STRENGTHS))


def _ratio(treated: float, free: float) -> float:
    return (treated + HALF) / (free + HALF)
