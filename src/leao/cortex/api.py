"""The calls of ``leao.cortex``: a wave, a dose-threshold curve, a train of waves, and the presets' positive controls.

Arguments bear the names of the command line's options and take the same texts with units; the summary is what the
command prints with ``--json``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from leao.core.result import Result
from leao.core.work import Work, parts_of
from leao.cortex import (
    controls,
    datasets,
    edits,
    experiments,
    kcl_experiment,
    preset_table,
    request,
    threshold_map,
)

if TYPE_CHECKING:
    from leao.cortex.contract import Kcl, Preset, Threshold, Wave
    from leao.cortex.live import Watch

MEMANTINE = "memantine"
LEVELS = "0,0.1,0.3,1,3,10 uM"
EVERY = "0.5 s"
Progress = Callable[[str, int, int], None]


def wave(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = None,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    stimulus: str = "kcl",
    strength: str | None = None,
    zone: str | None = None,
    second: str | None = None,
    refractory: bool = False,
    length: str | None = None,
    nodes: int | None = None,
    dt: str | None = None,
    duration: str | None = None,
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    converged: bool = False,
    every: str | None = EVERY,
    excitability: ArrayLike | None = None,
    watch: Watch | None = None,
) -> Result[Wave]:
    """Start one wave, or two, and measure it; ``data`` holds the fields over (time, x), beside it the same undrugged.

    Args:
        preset: a preset of the cortex (``leao.cortex.presets()``).
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit, for example ``"0.3 uM"``.
        magnesium: free Mg2+ with its unit, an acute change; else the preset's.
        antagonist: APV, CP-101606 or Ro-25-6981: a scaled conductance, not kinetics.
        block: what the antagonist takes from the subtypes it reaches, ``"50%"``.
        stimulus: kcl, glutamate, pulse or charge.
        strength: of the stimulus, with its unit; else well above threshold.
        zone: stimulated length from the left end.
        second: when an equal second stimulus comes, ``"60 s"``.
        refractory: whether to measure the refractory times too, which takes seconds.
        length: of the line.
        nodes: of the line.
        dt: time step.
        duration: of the run; else as long as the wave needs.
        set: changed numbers of the tissue, such as ``["nmda=1e-4 cm/s"]``.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        converged: whether to extrapolate the speed to nodes without length too, which takes seconds.
        every: time between the states in ``data``; None keeps none.
        excitability: factor on glutamate release at each node (node,), 0 or more; None for 1 everywhere.
        watch: called some times a second with what has been solved since, a ``leao.cortex.live.Stretch``; the answer
            is the same, bit for bit.

    Raises:
        LeaoError: something that cannot be asked, or an integration that failed; says what to type instead.
    """
    ask = asked(preset, compound, concentration)._replace(
        magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(set),
        conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia),
    )  # fmt: skip
    line = experiments.Line(stimulus, strength, zone, second, length, nodes, dt, duration)
    factors = None if excitability is None else np.asarray(excitability, dtype=np.float64)
    snap = 0.0 if every is None else request.within("every", every, "s", above=True)
    done = experiments.wave_done(ask, line, factors, snap, experiments.Extras(converged=converged, watch=watch))
    times = experiments.refractory_done(done, stimulus) if refractory else None
    done = done._replace(answer=done.answer | {"refractory": times})
    make = None if every is None else lambda: datasets.wave_dataset(done, factors)
    return finished("wave", done, make)


def threshold(
    concentration: str = LEVELS,
    preset: str = "leao",
    compound: str = MEMANTINE,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    stimulus: str = "kcl",
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
) -> Result[Threshold]:
    """Find the weakest stimulus that starts a wave at each free level of a drug.

    Args:
        concentration: free levels separated by commas, the unit at the end.
        preset: a preset of the cortex.
        compound: a pore blocker.
        magnesium: free Mg2+ with its unit.
        antagonist: APV, CP-101606 or Ro-25-6981.
        block: what the antagonist takes, ``"50%"``.
        stimulus: kcl, glutamate, pulse or charge.
        set: changed numbers of the tissue.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        workers: how many compute at once, by default one per core; any number gives the same result.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: one of the two rising chains of levels, into the folder ``out`` that all shards share.
        executor: any executor instead.
        out: folder where what is computed is kept.

    Raises:
        LeaoError: something that cannot be asked.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    under = edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia)
    ask = request.ExperimentRequest(preset, compound, None, magnesium, antagonist, block, tuple(set), under)
    work = Work(workers, scheduler, shard, executor)
    done = experiments.threshold_done(ask, request.levels(concentration), stimulus, work, out)
    return finished("threshold", done, lambda: datasets.threshold_dataset(done))


def kcl(
    minutes: float = 60.0,
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = None,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    lines: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
) -> Result[Kcl]:
    """Count the waves under continuous KCl, over several strengths of it; beside it the same without drug.

    Args:
        minutes: how long the KCl stays.
        preset: a preset of the cortex.
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit.
        magnesium: free Mg2+ with its unit.
        antagonist: APV, CP-101606 or Ro-25-6981.
        block: what the antagonist takes, ``"50%"``.
        set: changed numbers of the tissue.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        lines: animals, differing in strength and excitability, over which the count is an expectation too; 20 or more.
        workers: how many compute at once, by default one per core; any number gives the same result.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: some of the trains, into the folder ``out`` that all shards share.
        executor: any executor instead.
        out: folder where what is computed is kept.

    Raises:
        LeaoError: something that cannot be asked.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    ask = asked(preset, compound, concentration)._replace(
        magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(set),
        conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia),
    )  # fmt: skip
    done = kcl_experiment.kcl_done(ask, minutes, lines, Work(workers, scheduler, shard, executor), out)
    return finished("kcl", done, lambda: datasets.kcl_dataset(done))


def presets() -> Result[list[Preset]]:
    """List the presets and how their positive controls stand, as shipped."""
    return _controls({name: list(controls.shipped(name)) for name in preset_table.names()})


def positive_controls(
    preset: str | None = None,
    progress: Progress = lambda *_: None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    out: str | os.PathLike[str] | None = None,
    executor: Executor | None = None,
) -> Result[list[Preset]]:
    """Compute the positive controls anew: what NMDA antagonists did to the wave in animals. Takes minutes.

    Args:
        preset: one preset; else all whose controls are waves of their own. Those of a weighted ensemble (``leao2``)
            rest on kept held-out data of every member; ``presets`` shows them.
        progress: called with a step, the controls done and their number.
        workers: how many compute at once, by default one per core; any number gives the same result.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: some of the controls, into the folder ``out`` that all shards share.
        executor: any executor instead.
        out: folder where what is computed is kept.

    Raises:
        ScenarioError: no such preset.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    if preset is not None:
        request.known("preset", preset, preset_table.names())
        controls.check_computable(preset)
    names = [preset] if preset else [name for name in preset_table.names() if name not in threshold_map.WEIGHTED]
    with parts_of(Work(workers, scheduler, shard, executor), out) as parts:
        return _controls(controls.in_parts(names, parts, progress))


def asked(preset: str, compound: str | None, concentration: str | None) -> request.ExperimentRequest:
    """Return what is asked of the tissue; memantine where only a concentration is given."""
    return request.ExperimentRequest(preset, compound or (MEMANTINE if concentration else None), concentration)


def finished(topic: str, done: Any, data: Callable[[], Any] | None) -> Result[Any]:
    """Return the result of an experiment that wrote no folder."""
    answer = done.answer | {"out": None}
    return Result(topic, answer, data, done)


def _controls(computed: dict[str, list[controls.Control]]) -> Result[list[Preset]]:
    rows: Any = list(controls.rows(computed))
    return Result("presets", rows, lambda: _frame(rows))


def _frame(rows: list[Preset]) -> Any:
    import polars as pl

    return pl.DataFrame([{"preset": row["preset"], **control} for row in rows for control in row["controls"]])
