"""What an N-of-1 trial says of each patient, and how often it is right over the ensemble."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.known import finite, mean
from leao.trial import n_of_1
from leao.trial.simulation import Setting

Columns = Mapping[str, NDArray]
Array = NDArray[np.float64]
KINDS: tuple[str, ...] = ("own", "shrunken")


def answer(ask: Setting, rows: Columns, trials: Columns) -> dict[str, Any] | None:
    """Return the patients of the first trial one by one, and coverage and error over all; None for other designs.

    The truth of a patient: the mean over all months of life with the drug less life without it, the same luck
    (``play._own_truth``).

    Args:
        ask: the ensemble.
        rows: columns of patients.
        trials: columns of trials.
    """
    if not n_of_1.is_for(ask.design.plan):
        return None
    there = np.asarray(rows["use"]) > 0
    patients = {name: np.asarray(rows[name], np.float64)[there] for name in n_of_1.COLUMNS}
    truth = np.asarray(rows["own_truth"], np.float64)[there]
    trial = np.asarray(rows["trial"])[there]
    ends = dict(zip(KINDS, _intervals(ask, patients), strict=True))
    first = np.flatnonzero(trial == trials["trial"][0])
    held = {kind: _held(ends[kind], truth, trial) for kind in KINDS}
    return {
        "endpoint": ask.endpoint,
        "mean": {name: finite(trials[name][0]) for name in n_of_1.TOGETHER},
        "patients": [_patient(int(place), patients, ends, truth) for place in first],
        "coverage": {kind: share for kind, (share, _) in held.items()},
        "coverage_se": {kind: error for kind, (_, error) in held.items()},
        "half_width": {kind: mean(0.5 * (high - low)) for kind, (low, high) in ends.items()},
        "error": {kind: _root_mean_square(patients[kind] - truth) for kind in KINDS},
        "without_interval_percent": {kind: _percent(~np.isfinite(low)) for kind, (low, _) in ends.items()},
        "between_true": _within_trials(truth, trial),
    }


def _intervals(ask: Setting, patients: Mapping[str, Array]) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    nothing = np.zeros(0)
    individuals = n_of_1.Individuals(**patients, mean=nothing, mean_se=nothing, between=nothing, within=nothing)
    return n_of_1.intervals(individuals, ask.design.rules.confidence)


def _patient(
    place: int, patients: Mapping[str, Array], ends: Mapping[str, tuple[Array, Array]], truth: Array
) -> dict[str, Any]:
    row: dict[str, Any] = {"patient": place, "cycles": int(patients["cycles"][place])}
    for kind in KINDS:
        low, high = (finite(end[place]) for end in ends[kind])
        row[kind] = {"estimate": finite(patients[kind][place]), "low": low, "high": high}
    return row | {"truth": finite(truth[place])}


def _held(ends: tuple[Array, Array], truth: Array, trial: NDArray) -> tuple[float | None, float | None]:
    """Return the share of intervals that hold the truth, and its error over trials, whose patients share a fit."""
    low, high = ends
    known = np.isfinite(low)
    if not known.any():
        return None, None
    held = ((low <= truth) & (truth <= high))[known].astype(np.float64)
    share = float(held.mean())
    per_trial = np.bincount(trial[known], held - share)
    n = len(np.unique(trial[known]))
    error = math.sqrt(float((per_trial**2).sum()) * n / max(1, n - 1)) / held.size
    return share, error


def _within_trials(truth: Array, trial: NDArray) -> float | None:
    """Return the standard deviation of the patients' true effects within a trial, root mean square over trials."""
    count = np.bincount(trial)
    mean = np.bincount(trial, truth) / np.maximum(count, 1)
    freedom = len(truth) - int((count > 0).sum())
    return math.sqrt(float(((truth - mean[trial]) ** 2).sum()) / freedom) if freedom else None


def _root_mean_square(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return math.sqrt(float(np.mean(known**2))) if known.size else None


def _percent(flags: NDArray[np.bool_]) -> float:
    return 100.0 * float(np.mean(flags))
