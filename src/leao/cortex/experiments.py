"""Experiments a user can ask for, in plain texts with units: a wave and a dose-threshold curve.

Each ``*_done`` gives plain answers under the names of the command line's JSON, None where there is no answer.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.work import ONE_MACHINE, Work, parts_of
from leao.cortex import antagonists, controls, edits, live, refractory, request, simulation, solve
from leao.cortex.convergence import converged_speed
from leao.cortex.ignition import TOLERANCE
from leao.cortex.spontaneous import starts_by_itself, threshold
from leao.cortex.wave_measures import MEASURED_TO, Wave, spatial_error_percent

Array = NDArray[np.float64]

MEASURES = (
    "speed_mm_per_min",
    "k_peak_mM",
    "glutamate_peak_uM",
    "voltage_peak_mV",
    "dc_shift_mV",
    "dc_half_width_s",
    "duration_s",
    "ecs_min_fraction",
)
BLOCK_AT = (-66.0, controls.JUDGED_AT)  # mV, where block is stated
LONGEST = 4.0  # times the usual duration, to which a run grows whose wave needs it
BY_ITSELF = (
    "the tissue depolarises by itself, without the stimulus, so that it has no travelling wave whose speed could be"
    " measured; leao cortex phase looks at it without space"
)
CHAINS = 2  # of a dose curve, each warm-started by its own last threshold: the same on any number of cores
_MM = 1e3
_S_PER_MIN = 60.0


class Line(NamedTuple):
    """The stimulus and the line as texts with units; None for the usual."""

    stimulus: str = "kcl"
    strength: str | None = None
    zone: str | None = None
    second: str | None = None
    length: str | None = None
    nodes: int | None = None
    dt: str | None = None
    duration: str | None = None


class Extras(NamedTuple):
    """What is computed beside a wave, and who hears of it while it is solved."""

    with_error: bool = True  # on nodes twice as long, for the spatial error of the speed
    converged: bool = False  # the speed on nodes without length, which takes seconds
    watch: live.Watch | None = None


class WaveResult(NamedTuple):
    """A wave, its control without drug and antagonist (None where there is neither), and the plain answer."""

    answer: dict[str, Any]
    pair: tuple[solve.TissueSlice, solve.TissueSlice]
    run: simulation.Run
    control: simulation.Run | None
    grid: solve.Grid
    snap_every: float


class ThresholdResult(NamedTuple):
    """A dose-threshold curve and the plain answer."""

    answer: dict[str, Any]
    concentrations: Array  # uM
    thresholds: Array  # inf where none ignites
    control: float


def wave_done(
    ask: request.ExperimentRequest,
    asked: Line,
    excitability: Array | None = None,
    snap_every: float = 0.0,
    extras: Extras = Extras(),  # noqa: B008  (a tuple)
) -> WaveResult:
    """Return what a stimulus, or two, do to a line of cortex.

    A run whose duration was left open is made longer until the wave has passed the watched place.

    Args:
        ask: the tissue and the drug.
        asked: stimulus and line.
        excitability: factor on glutamate release at each node (node,).
        snap_every: seconds between whole states; 0 for none.
        extras: what else is computed, and who watches.
    """
    values, concentration = request.tissue(ask), request.level(ask)
    applied, grid = _line(asked)
    request.check_frames(grid, snap_every)
    treated, free = request.slice_at(values, concentration), request.untreated(values)
    simulation.ready(treated, applied[0])
    same = concentration == 0.0 and values.antagonist is None
    alone = bool((ask.changes or ask.conditions != edits.ConditionTexts()) and starts_by_itself(treated))
    while True:
        run = simulation.run(treated, applied, grid, excitability, snap_every, extras.watch)
        control = None if same else simulation.run(free, applied, grid, excitability, snap_every)
        long_enough = not any(each and (each.cut_short or each.problem) for each in (run, control))
        if long_enough or alone or asked.duration is not None or grid.duration >= LONGEST * solve.Grid().duration:
            break
        grid = grid._replace(duration=2.0 * grid.duration)
    if alone:
        run = run._replace(wave=run.wave._replace(speed_mm_per_min=float("nan")), problem=BY_ITSELF)
    only = len(applied) == 1 and excitability is None and run.wave.propagated and not alone
    error = _spatial_error(treated, applied[0], grid, run.wave) if extras.with_error and only else float("nan")
    limit = None
    if extras.converged and only and np.isfinite(run.wave.speed_mm_per_min):
        limit = converged_speed(treated, applied[0], _while_it_passes(grid, run.wave), run.wave)
    answer = {
        "preset": ask.preset,
        **measures(run),
        "speed_spatial_error_percent": or_none(error),
        "speed_converged": limit,
        "cpu_s": run.wave.cpu_s,
        **treatment(values, (free, treated), concentration),
        "stimulus": applied[0].kind,
        "strength": applied[0].strength,
        "strength_unit": request.UNITS[applied[0].kind],
        "zone_mm": applied[0].zone,
        "second_s": applied[1].start if len(applied) > 1 else None,
        "second_wave": run.second_wave,
        "watched_mm": simulation.watched(grid),
        "length_mm": grid.length,
        "nodes": grid.nodes,
        "dt_s": grid.dt,
        "run_s": grid.duration,
        "control": None if control is None else measures(control),
        "starts_by_itself": alone,
        **request.condition_answer(ask),
        "problem": run.problem or (control.problem if control else None),
    }
    return WaveResult(answer, (treated, free), run, control, grid, snap_every)


def _spatial_error(piece: solve.TissueSlice, stimulus: solve.Stimulus, grid: solve.Grid, wave: Wave) -> float:
    """Return the per cent by which nodes twice as long speed the wave up, from runs no longer than the speed needs."""
    if not np.isfinite(wave.speed_mm_per_min):
        return float("nan")
    return spatial_error_percent(piece, stimulus, _while_it_passes(grid, wave))


def _while_it_passes(grid: solve.Grid, wave: Wave) -> solve.Grid:
    """Return ``grid`` with a duration no longer than the speed needs."""
    passed = 2.0 * MEASURED_TO * grid.length / wave.speed_mm_per_min * _S_PER_MIN
    return grid._replace(duration=float(np.clip(passed, 0.25 * grid.duration, grid.duration)))


def measures(run: simulation.Run) -> dict[str, Any]:
    """Return the measures of a wave under the contract's names; None where there was no wave."""
    wave: Wave = run.wave
    values = {name: or_none(getattr(wave, name)) if wave.propagated else None for name in MEASURES}
    if run.second_wave:  # the time below half of the DC shift would be that of both waves
        values["dc_half_width_s"] = None
    recovered = wave.recovered if wave.propagated else None
    return {
        "propagated": wave.propagated,
        **values,
        "duration_is_least": run.cut_short if wave.propagated else None,
        "dc_half_width_is_least": None if values["dc_half_width_s"] is None else run.cut_short or run.at_far_end,
        "recovered": recovered,
        "reached_mm": run.reached_mm,
    }


def refractory_done(done: WaveResult, kind: str) -> dict[str, Any]:
    """Return the refractory times of the treated tissue for two strong and for two weak stimuli."""
    with ThreadPoolExecutor(CHAINS) as pool:
        entries = {"absolute": refractory.strong(done.pair[0], kind, pool)}
        entries["relative"] = refractory.weak(done.pair[0], kind, pool)
    return {
        name: {
            "interval_s": or_none(each.interval_s),
            "tolerance_s": each.tolerance_s,
            "strength": or_none(each.strength),
            "refused_later_s": list(each.refused_later_s),
        }
        for name, each in entries.items()
    }


def threshold_done(
    ask: request.ExperimentRequest,
    concentrations: list[float],
    kind: str = "kcl",
    work: Work = ONE_MACHINE,
    out: str | PathLike[str] | None = None,
) -> ThresholdResult:
    """Return the ignition threshold at each free level (uM), in the order given, and that without drug.

    Args:
        ask: the tissue and the drug.
        concentrations: free levels.
        kind: of the stimulus.
        work: who computes, and which of the chains of levels.
        out: folder where they are kept.
    """
    tissue = request.tissue(ask)
    request.known("stimulus", kind, list(request.UNITS))
    free = request.slice_at(tissue, 0.0)
    simulation.ready(free, solve.strong(kind))
    start = time.process_time()
    control = threshold(request.untreated(tissue), kind)
    order = sorted({level for level in concentrations if level > 0.0 or tissue.antagonist})
    known = {0.0: control} if tissue.antagonist is None else {}
    chains = [order[first::CHAINS] for first in range(CHAINS) if order[first::CHAINS]]
    with parts_of(work, out) as parts:
        questions = [(ask, kind, tuple(levels)) for levels in chains]
        jobs = [partial(_chain, tissue, kind, levels, control) for levels in chains]
        for levels, answered in zip(chains, parts.fill("threshold", questions, jobs), strict=True):
            known.update(zip(levels, answered["threshold"].tolist(), strict=True))
    values = np.array([known[level] for level in concentrations])
    pieces = [request.slice_at(tissue, level) for level in concentrations]
    base = request.untreated(tissue)
    answer = {
        "preset": ask.preset,
        "free_uM": concentrations,
        "threshold": [or_none(value) for value in values],
        "threshold_unit": request.UNITS[kind],
        "threshold_relative": [or_none(value / control) if 0.0 < control < np.inf else None for value in values],
        "threshold_control": or_none(control),
        "starts_by_itself": bool((values == 0.0).any() or control == 0.0),
        "read_out": kind,
        **request.condition_answer(ask),
        "tolerance_relative": TOLERANCE,
        "stimulus": kind,
        "block_percent": [blocks((base, piece)) for piece in pieces],
        **{k: v for k, v in treatment(tissue, (base, free), 0.0).items() if k in ("compound", "antagonist")},
        "magnesium_mM": tissue.params.magnesium * _MM,
        "limit": getattr(solve.stimuli(), f"{kind}_limit"),
        "cpu_s": time.process_time() - start,
    }
    return ThresholdResult(answer, np.array(concentrations), values, control)


def _chain(tissue: request.Tissue, kind: str, levels: list[float], near: float) -> dict[str, Array]:
    """Return the thresholds of one rising chain of levels, each searched from the last that was found."""
    known = []
    for level in levels:
        near = threshold(request.slice_at(tissue, level), kind, near=near if 0.0 < near < np.inf else None)
        known.append(near)
    return {"threshold": np.array(known, dtype=np.float64)}


def _line(asked: Line) -> tuple[tuple[solve.Stimulus, ...], solve.Grid]:
    first = request.stimulus(asked.stimulus, asked.strength, asked.zone)
    after = 0.0 if asked.second is None else request.within("second", asked.second, "s", above=True)
    grid = request.grid(first.zone, asked.length, asked.nodes, asked.dt, asked.duration, after)
    if after >= grid.duration:
        raise request.ScenarioError(
            f"second: found {asked.second!r}, wanted before the run ends at {grid.duration:g} s; raise --duration"
        )
    return ((first, first._replace(start=after)) if after else (first,)), grid


def treatment(
    tissue: request.Tissue, pair: tuple[solve.TissueSlice, solve.TissueSlice], concentration: float
) -> dict[str, Any]:
    """Return what the tissue is under, under the contract's names."""
    antagonist = tissue.antagonist and {
        "name": tissue.antagonist.name,
        "block_percent": 100.0 * tissue.antagonist.block,
        "entered_as": antagonists.LABEL,
    }
    return {
        "compound": tissue.compound,
        "concentration_uM": concentration,
        "antagonist": antagonist,
        "magnesium_mM": tissue.params.magnesium * _MM,
        "block_percent": blocks(pair),
    }


def blocks(pair: tuple[solve.TissueSlice, solve.TissueSlice]) -> dict[str, float]:
    """Return the block in per cent at the voltages where it is stated."""
    return {f"{voltage:g}mV": request.block_percent(*pair, voltage) for voltage in BLOCK_AT}


def or_none(value: float) -> float | None:
    """Return ``value``, None where it is not finite."""
    return float(value) if np.isfinite(value) else None
