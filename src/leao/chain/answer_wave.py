"""Answer 3: the wave with and without drug, for each preset, with its positive controls."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain.scenario import Scenario
from leao.chain.verdict import distribution
from leao.core.cache import Kept
from leao.core.known import finite
from leao.core.runs import Fields
from leao.cortex import block_to_threshold, preset_table, solve, threshold_map
from leao.cortex import controls as qualify
from leao.cortex.drugged_receptors import Drug
from leao.cortex.wave_measures import Wave, wave

Array = NDArray[np.float64]

TRACES = {
    "trace_voltage": "voltage",
    "trace_potassium": "potassium",
    "trace_glutamate": "glutamate",
    "trace_dc": "dc",
    "trace_ecs": "ecs",
}
TRACE = "trace."  # before the name of a trace, where a wave is kept
PICTURE = (240, 125)  # times and places kept
TITLES = {
    "leao2": "second model: glutamate cleared in under a second, pumps on a reserve; members weighted by blind data",
    "leao": "first model, a sensitivity: NMDA-dependent and refractory; fitted to physiology and other antagonists",
    "tuttle2019": "as published by Tuttle et al. 2019, nearly blind to NMDA receptors",
}


class Preset(NamedTuple):
    """What was computed for one preset."""

    name: str
    control: Wave
    drug: Wave
    controls: list[qualify.Control]


class PendingWave(NamedTuple):
    """What is being computed for one preset."""

    name: str
    control: Future[Wave]
    drug: Future[Wave]

    def result(self) -> Preset:
        """Wait for all parts."""
        return Preset(self.name, self.control.result(), self.drug.result(), list(qualify.shipped(self.name)))


class Waves:
    """The waves of every preset of a scenario, those without drug already under way."""

    def __init__(self, pool: Executor, scenario: Scenario, kept: Kept) -> None:
        """Start what does not depend on the dose; ``kept`` holds what earlier runs computed of it."""
        self.scenario = scenario
        self.untreated = [kept_wave(pool, name, scenario, kept) for name in scenario.cortex.presets]

    def treat(self, pool: Executor, free_brain: float) -> list[PendingWave]:
        """Start the waves under memantine at ``free_brain`` uM and return all that is under way, by preset."""
        drug = Drug("memantine", free_brain)
        presets = self.scenario.cortex.presets
        treated = [pool.submit(one_wave, name, drug, self.scenario) for name in presets]
        return [PendingWave(*parts) for parts in zip(presets, self.untreated, treated, strict=True)]


def kept_wave(pool: Executor, preset: str, scenario: Scenario, kept: Kept) -> Future[Wave]:
    """Return the wave of ``preset`` without drug, kept here whoever computes it, or its computation under way."""
    name, question = f"wave-{preset}", (preset, scenario.cortex)
    held = kept.held(name, question, __name__)
    if held is not None:
        ready: Future[Wave] = Future()
        ready.set_result(_wave(held))
        return ready

    def keep(done: Future[Wave]) -> None:
        if not done.cancelled() and done.exception() is None:
            kept.keep(name, question, __name__, _flat(done.result()))

    running = pool.submit(one_wave, preset, None, scenario)
    running.add_done_callback(keep)
    return running


def _flat(computed: Wave) -> dict[str, Any]:
    entries = computed._asdict()
    return entries | {f"{TRACE}{name}": values for name, values in entries.pop("traces").items()}


def _wave(held: Mapping[str, Any]) -> Wave:
    flat = dict(held)
    traces = {name.removeprefix(TRACE): flat.pop(name) for name in list(flat) if name.startswith(TRACE)}
    plain: dict[str, Any] = {name: value.item() if value.ndim == 0 else value for name, value in flat.items()}
    return Wave(traces=traces, **plain)


def one_wave(preset: str, drug: Drug | None, scenario: Scenario) -> Wave:
    """Return the wave of ``preset`` on the scenario's grid under ``drug``."""
    options = scenario.cortex
    grid = solve.Grid(options.length_mm, options.nodes, options.dt_s, options.duration_s)
    return wave(preset_table.under(preset_table.load(preset), drug), solve.strong(options.stimulus), grid)


def answer(preset: Preset, pick: block_to_threshold.CurveChoice, block_odds: Array) -> dict[str, Any]:
    """Return one preset's part of ``cortex`` in the summary.

    Args:
        preset: what was computed for it.
        pick: the worlds' choice of parameter sets and shares.
        block_odds: (trial, subject, 1).
    """
    single_preset = pick._replace(presets=(preset.name,))
    by_stimulus = {kind: thresholds(single_preset, kind, block_odds) for kind in threshold_map.KINDS}
    pair = {"control": preset.control, "drug": preset.drug}
    return {
        "what": TITLES[preset.name],
        "qualified": qualify.qualified(preset.controls),
        "threshold_relative": distribution(np.stack(list(by_stimulus.values()))),
        "threshold_tolerance": threshold_map.TOLERANCE,
        "threshold_by_stimulus": {kind: distribution(values) for kind, values in by_stimulus.items()},
        "speed_mm_per_min": {case: finite(item.speed_mm_per_min) for case, item in pair.items()},
        "duration_s": {case: _lasted(item) for case, item in pair.items()},
        "k_peak_mM": {case: finite(item.k_peak_mM) for case, item in pair.items()},
        "dc_shift_mV": {case: finite(item.dc_shift_mV) for case, item in pair.items()},
        "ecs_min_fraction": {case: finite(item.ecs_min_fraction) for case, item in pair.items()},
        "controls": [control._asdict() for control in preset.controls],
    }


def fields(preset: Preset) -> Fields:
    """Return the map's curves, the wave over time and place, and its traces at one point."""
    curves = threshold_map.read(preset.name)
    pair = (preset.control, preset.drug)
    times = _thin(preset.control.picture_time, PICTURE[0])
    places = _thin(preset.control.picture_place, PICTURE[1])
    seconds = preset.control.picture_time[times]
    trace = np.searchsorted(preset.control.time, seconds)
    at = np.ix_(times, places)
    out: dict[str, Any] = {
        "threshold_curve": (("member", "stimulus", "odds"), curves.relative),
        "threshold_weight": (("member",), curves.weights),
        "voltage": (("case", "time", "x"), np.stack([item.picture_voltage[at] for item in pair]).astype(np.float32)),
        "potassium": (
            ("case", "time", "x"),
            np.stack([item.picture_potassium[at] for item in pair]).astype(np.float32),
        ),
        "case": (("case",), np.array(["control", "drug"])),
        "stimulus": (("stimulus",), np.array(threshold_map.KINDS)),
        "odds": (("odds",), curves.odds),
        "time": (("time",), seconds),
        "x": (("x",), preset.control.picture_place[places]),
    }
    for name, key in TRACES.items():
        out[name] = (("case", "time"), np.stack([item.traces[key][trace] for item in pair]))
    return out


def failed(values: list[Preset]) -> dict[str, list[dict[str, str]]]:
    """Return the controls of each preset as plain tables."""
    return {preset.name: [control._asdict() for control in preset.controls] for preset in values}


def thresholds(pick: block_to_threshold.CurveChoice, kind: str, block_odds: Array) -> Array:
    """Return relative thresholds (trial, subject, 1) for one kind of stimulus in all worlds."""
    place = (threshold_map.KINDS.index(kind) + 0.5) / len(threshold_map.KINDS)
    return block_to_threshold.run(pick._replace(stimulus=np.full_like(pick.stimulus, place)), block_odds)[
        "threshold_relative"
    ]


def _thin(axis: Array, keep: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, axis.size - 1, min(keep, axis.size)).astype(np.intp))


def _lasted(item: Wave) -> float | None:
    """Return how long the wave lasts at the watched place; None where the run ends before it does."""
    over = item.traces["voltage"][-1] < solve.stimuli().ignition_voltage
    return finite(item.duration_s) if over else None
