"""Answer 3: the wave with and without drug, for each preset, with its positive controls."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.kept import Kept
from leao.results import Fields
from leao.scenario import Scenario
from leao.stages.cortex import controls, solve, tables, threshold_map
from leao.stages.cortex.wave import Wave, wave
from leao.stages.receptor import hypotheses
from leao.stages.receptor import model as receptor
from leao.trial.verdict import distribution

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
    "nmda_s4": "NMDA-dependent, almost no persistent Na+ current (set S4 of a search)",
    "nmda_s2": "NMDA-dependent, more persistent Na+ current (set S2 of a search)",
    "tuttle2019": "as published by Tuttle et al. 2019, nearly blind to NMDA receptors",
}


class Preset(NamedTuple):
    """What was computed for one preset."""

    name: str
    control: Wave
    drug: Wave
    controls: list[controls.Control]


def drug_odds(compound: str, concentration: float, switches: tuple[str, ...] = ()) -> Array:
    """Return block odds of the cortical mixture over the kernel's voltages, from central ledger numbers.

    Args:
        compound: name of a ledger in ``compounds``.
        concentration: free drug, uM.
        switches: hypotheses beyond plain block that are switched on, at their central sizes.
    """
    params = ledger.params(ledger.read("receptor"), receptor.Params)
    blocker = ledger.params(ledger.read(f"compounds/{compound}"), receptor.Compound)
    if switches:
        params, blocker = hypotheses.assume(params, blocker, hypotheses.central(), switches)
    return receptor.mixture_odds(params, blocker, concentration, np.asarray(tables.VOLTAGES))


class Begun(NamedTuple):
    """What is being computed for one preset."""

    name: str
    control: Future[Wave]
    drug: Future[Wave]
    controls: Future[list[controls.Control]]

    def result(self) -> Preset:
        """Wait for all parts."""
        return Preset(self.name, self.control.result(), self.drug.result(), self.controls.result())


class Waves:
    """The waves and controls of every preset of a scenario, those without drug already under way."""

    def __init__(self, pool: Executor, scenario: Scenario, kept: Kept) -> None:
        """Start what does not depend on the dose; ``kept`` holds what earlier runs computed of it."""
        presets = scenario.cortex.presets
        self.scenario = scenario
        self.controls = [pool.submit(kept_controls, name, kept) for name in presets]
        self.untreated = [pool.submit(kept_wave, name, scenario, kept) for name in presets]

    def treat(self, pool: Executor, free_brain: float) -> list[Begun]:
        """Start the waves under memantine at ``free_brain`` uM and return all that is under way, by preset."""
        odds = drug_odds("memantine", free_brain, self.scenario.switches)
        presets = self.scenario.cortex.presets
        treated = [pool.submit(one_wave, name, odds, self.scenario) for name in presets]
        return [Begun(*parts) for parts in zip(presets, self.untreated, treated, self.controls, strict=True)]


def kept_controls(preset: str, kept: Kept) -> list[controls.Control]:
    """Return the positive controls of ``preset``; they depend on the code and its ledgers alone."""

    def compute() -> list[dict[str, str]]:
        mk801 = drug_odds("mk801", controls.numbers().mk801_free)
        return [control._asdict() for control in controls.controls(preset, mk801)]

    return [controls.Control(**row) for row in kept.table(f"controls-{preset}", preset, compute)]


def kept_wave(preset: str, scenario: Scenario, kept: Kept) -> Wave:
    """Return the wave of ``preset`` without drug."""

    def compute() -> dict[str, Any]:
        found = one_wave(preset, np.zeros_like(tables.VOLTAGES), scenario)._asdict()
        return found | {f"{TRACE}{name}": values for name, values in found.pop("traces").items()}

    flat = dict(kept.arrays(f"wave-{preset}", (preset, scenario.cortex), compute))
    traces = {name.removeprefix(TRACE): flat.pop(name) for name in list(flat) if name.startswith(TRACE)}
    plain: dict[str, Any] = {name: value.item() if value.ndim == 0 else value for name, value in flat.items()}
    return Wave(traces=traces, **plain)


def one_wave(preset: str, odds: Array, scenario: Scenario) -> Wave:
    """Return the wave of ``preset`` on the scenario's grid under block ``odds``."""
    options = scenario.cortex
    grid = solve.Grid(options.length_mm, options.nodes, options.dt_s, options.duration_s)
    return wave(solve.load(preset), odds, solve.strong(options.stimulus), grid)


def answer(found: Preset, block_odds: Array) -> dict[str, Any]:
    """Return one preset's part of ``cortex`` in the summary; ``block_odds`` as (trial, subject, 1)."""
    by_stimulus = {kind: _thresholds(found.name, block_odds, at) for at, kind in enumerate(threshold_map.KINDS)}
    pair = {"control": found.control, "drug": found.drug}
    return {
        "what": TITLES[found.name],
        "qualified": controls.qualified(found.controls),
        "threshold_relative": distribution(np.stack(list(by_stimulus.values()))),
        "threshold_tolerance": threshold_map.TOLERANCE,
        "threshold_by_stimulus": {kind: distribution(values) for kind, values in by_stimulus.items()},
        "speed_mm_per_min": {case: _number(one.speed_mm_per_min) for case, one in pair.items()},
        "duration_s": {case: _number(one.duration_s) for case, one in pair.items()},
        "k_peak_mM": {case: _number(one.k_peak_mM) for case, one in pair.items()},
        "dc_shift_mV": {case: _number(one.dc_shift_mV) for case, one in pair.items()},
        "ecs_min_fraction": {case: _number(one.ecs_min_fraction) for case, one in pair.items()},
        "controls": [control._asdict() for control in found.controls],
    }


def fields(found: Preset) -> Fields:
    """Return the map's curves, the wave over time and place, and its traces at one point."""
    curves = threshold_map.read(found.name)
    pair = (found.control, found.drug)
    times = _thin(found.control.picture_time, PICTURE[0])
    places = _thin(found.control.picture_place, PICTURE[1])
    seconds = found.control.picture_time[times]
    trace = np.searchsorted(found.control.time, seconds)
    at = np.ix_(times, places)
    out: dict[str, Any] = {
        "threshold_curve": (("member", "stimulus", "odds"), curves.relative),
        "voltage": (("case", "time", "x"), np.stack([one.picture_voltage[at] for one in pair]).astype(np.float32)),
        "potassium": (("case", "time", "x"), np.stack([one.picture_potassium[at] for one in pair]).astype(np.float32)),
        "case": (("case",), np.array(["control", "drug"])),
        "stimulus": (("stimulus",), np.array(threshold_map.KINDS)),
        "odds": (("odds",), curves.odds),
        "time": (("time",), seconds),
        "x": (("x",), found.control.picture_place[places]),
    }
    for name, key in TRACES.items():
        out[name] = (("case", "time"), np.stack([one.traces[key][trace] for one in pair]))
    return out


def failed(found: list[Preset]) -> dict[str, list[dict[str, str]]]:
    """Return the controls of each preset as plain tables."""
    return {preset.name: [control._asdict() for control in preset.controls] for preset in found}


def _thresholds(preset: str, block_odds: Array, stimulus: int) -> Array:
    curves = threshold_map.read(preset)
    members = curves.relative[:, stimulus]
    return np.stack([threshold_map.interpolate(curve, curves.odds, block_odds) for curve in members])


def _thin(axis: Array, keep: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, axis.size - 1, min(keep, axis.size)).astype(np.intp))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
