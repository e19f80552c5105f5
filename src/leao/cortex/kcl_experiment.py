"""The waves under continuous KCl that a user asks for, in plain texts with units; beside ``experiments``."""

from __future__ import annotations

import time
from functools import partial
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.work import ONE_MACHINE, Parts, Work, parts_of
from leao.cortex import controls, counts, kcl_waves, request, simulation, solve
from leao.cortex.experiments import blocks, treatment

Array = NDArray[np.float64]


class KclResult(NamedTuple):
    """Trains of waves, one for each strength, and the plain answer."""

    answer: dict[str, Any]
    trains: list[kcl_waves.Train]
    control: list[kcl_waves.Train] | None


def kcl_done(
    ask: request.ExperimentRequest,
    minutes: float,
    lines: int | None = None,
    work: Work = ONE_MACHINE,
    out: str | PathLike[str] | None = None,
) -> KclResult:
    """Return the waves under continuous KCl, over several strengths of the bath, with and without drug.

    Args:
        ask: the tissue and the drug.
        minutes: how long the KCl stays.
        lines: animals over which the count is an expectation too; None leaves that out.
        work: who computes, and which of the trains.
        out: folder where they are kept.

    Raises:
        ScenarioError: no time, or fewer than two lines.
    """
    request.check_kcl(minutes, lines)
    values, concentration = request.tissue(ask), request.level(ask)
    treated, free = request.slice_at(values, concentration), request.untreated(values)
    simulation.ready(treated, solve.strong("kcl"))
    same = concentration == 0.0 and values.antagonist is None
    start = time.process_time()
    arms = {"treated": treated} if same else {"treated": treated, "free": free}
    with parts_of(work, out) as parts:
        played = _played(arms, (ask, minutes, lines), parts)
    trains, control = played["treated"].trains, played["free"].trains if "free" in played else None
    expected = None if lines is None else _expected(played)
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


class Played(NamedTuple):
    """What one tissue did: a train for each strength of the bath, and the waves of each animal (line,)."""

    trains: list[kcl_waves.Train]
    waves: Array


def _played(
    arms: dict[str, solve.TissueSlice], asked: tuple[request.ExperimentRequest, float, int | None], parts: Parts
) -> dict[str, Played]:
    """Return what each arm did, every train a part of the ensemble."""
    ask, minutes, lines = asked
    who = counts.Animals(np.empty(0), np.empty(0)) if lines is None else counts.animals(lines)
    each: list[tuple[float, float | None]] = [(strength, None) for strength in kcl_waves.STRENGTHS]
    each += zip(who.strength.tolist(), who.excitability.tolist(), strict=True)
    wanted = [(arm, strength, factor) for arm in arms for strength, factor in each]
    jobs = [partial(_train, arms[arm], minutes, strength, factor) for arm, strength, factor in wanted]
    answers = parts.fill("kcl", [(ask, minutes, *line) for line in wanted], jobs)
    played = {}
    for place, arm in enumerate(arms):
        of_arm = answers[place * len(each) : (place + 1) * len(each)]
        trains = [
            kcl_waves.Train(strength, **train) for strength, train in zip(kcl_waves.STRENGTHS, of_arm, strict=False)
        ]
        waves = np.array([line["times"].size for line in of_arm[len(trains) :]], dtype=np.float64)
        played[arm] = Played(trains, waves)
    return played


def _train(piece: solve.TissueSlice, minutes: float, strength: float, factor: float | None) -> dict[str, Array]:
    """Return the arrays of one train; of an animal, whose excitability is ``factor``, only when its waves came."""
    if factor is not None:
        grid = kcl_waves.GRID
        return {"times": kcl_waves.train(piece, minutes, strength, grid, np.full(grid.nodes, factor)).times}
    arrays = kcl_waves.train(piece, minutes, strength)._asdict()
    arrays.pop("strength")
    return arrays


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


def _expected(played: dict[str, Played]) -> dict[str, Any]:
    """Return the count as an expectation over animals that differ, and its ratio to the same animals without drug."""
    with_drug = played["treated"].waves
    without = played["free"].waves if "free" in played else None
    ratio, error = (None, None) if without is None else counts.ratio(with_drug, without)
    return {
        "lines": with_drug.size,
        "waves": _spread(with_drug),
        "control": None if without is None else _spread(without),
        "ratio": ratio,
        "log_error": error,
        "converged": None,  # one grid says nothing of it; validation/second_model_counts.py runs several
    }


def _spread(waves: Array) -> dict[str, float]:
    return {"mean": float(waves.mean()), "se": float(waves.std(ddof=1) / np.sqrt(waves.size))}
