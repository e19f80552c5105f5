"""The waves under continuous KCl that a user asks for, in plain texts with units; beside ``experiments``."""

from __future__ import annotations

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import controls, counts, kcl_waves, request, simulation, solve
from leao.cortex.experiments import CHAINS, blocks, treatment

Array = NDArray[np.float64]


class KclResult(NamedTuple):
    """Trains of waves, one for each strength, and the plain answer."""

    answer: dict[str, Any]
    trains: list[kcl_waves.Train]
    control: list[kcl_waves.Train] | None


def kcl_done(ask: request.ExperimentRequest, minutes: float, lines: int | None = None) -> KclResult:
    """Return the waves under continuous KCl, over several strengths of the bath, with and without drug.

    Args:
        ask: the tissue and the drug.
        minutes: how long the KCl stays.
        lines: animals over which the count is an expectation too; None leaves that out.

    Raises:
        ScenarioError: no time, or fewer than two lines.
    """
    request.check_minutes(minutes)
    values, concentration = request.tissue(ask), request.level(ask)
    treated, free = request.slice_at(values, concentration), request.untreated(values)
    simulation.ready(treated, solve.strong("kcl"))
    same = concentration == 0.0 and values.antagonist is None
    start = time.process_time()
    with ThreadPoolExecutor(CHAINS) as pool:
        trains = _trains(treated, minutes, pool)
        control = None if same else _trains(free, minutes, pool)
        expected = None if lines is None else _expected(treated, None if same else free, (minutes, lines), pool)
    answer = {
        "preset": ask.preset,
        "read_out": "count",
        **request.condition_answer(ask),
        "minutes": minutes,
        **_counted(trains),
        **treatment(values, (free, treated), concentration),
        "strengths": list(kcl_waves.STRENGTHS),
        "counts": [int(each.times.size) for each in trains],
        "control": None if control is None else _counted(control),
        "judged": same or blocks((free, treated))[f"{controls.JUDGED_AT:g}mV"] >= 100.0 * controls.JUDGED_FROM,
        "expectation": expected,
        "cpu_s": time.process_time() - start,
    }
    return KclResult(answer, trains, control)


def _trains(piece: solve.TissueSlice, minutes: float, pool: Executor) -> list[kcl_waves.Train]:
    jobs = [pool.submit(kcl_waves.train, piece, minutes, strength) for strength in kcl_waves.STRENGTHS]
    return [job.result() for job in jobs]


def _counted(trains: list[kcl_waves.Train]) -> dict[str, Any]:
    waves = np.array([each.times.size for each in trains], dtype=np.float64)
    error = waves.std(ddof=1) / np.sqrt(waves.size)
    return {
        "waves": {"mean": float(waves.mean()), "se": float(error)},
        "amplitude_mV": _mean([each.amplitudes for each in trains]),
        "duration_s": _mean([each.durations for each in trains]),
        "speed_mm_per_min": _mean([each.speeds for each in trains]),
        "after_onset": kcl_waves.after_onset(trains),
    }


def _mean(parts: list[Array]) -> float | None:
    every = np.concatenate(parts)
    every = every[np.isfinite(every)]
    return float(every.mean()) if every.size else None


def _expected(
    treated: solve.TissueSlice, free: solve.TissueSlice | None, asked: tuple[float, int], pool: Executor
) -> dict[str, Any]:
    """Return the count as an expectation over animals that differ, and its ratio to the same animals without drug."""
    minutes, lines = asked
    who = counts.animals(lines)
    with_drug = counts.count(treated, who, minutes, pool)
    without = None if free is None else counts.count(free, who, minutes, pool)
    ratio, error = (None, None) if without is None else counts.ratio(with_drug, without)
    return {
        "lines": lines,
        "waves": _spread(with_drug),
        "control": None if without is None else _spread(without),
        "ratio": ratio,
        "log_error": error,
        "converged": None,  # one grid says nothing of it; validation/second_model_counts.py runs several
    }


def _spread(waves: Array) -> dict[str, float]:
    return {"mean": float(waves.mean()), "se": float(waves.std(ddof=1) / np.sqrt(waves.size))}
