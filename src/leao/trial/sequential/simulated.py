"""Looks at simulated trials: every trial of an ensemble is stopped where its estimates cross the boundaries.

A look analyses the first patients of a trial, as they enrolled, each followed to the end; the same people stand behind
every look. The one-sided p-value of an estimator (with its own degrees of freedom) becomes a z. A look without an
estimate stops nothing. Futility is binding here: a trial below the bound is over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from leao.trial.sequential.boundaries import Boundaries

Array = NDArray[np.float64]


class Looks(NamedTuple):
    """When a simulated trial is looked at, and where it stops."""

    sizes: tuple[int, ...]  # patients per group at each look
    bounds: Boundaries


def sizes(n: int, fractions: Array) -> tuple[int, ...]:
    """Return the patients per group at each look of a trial of ``n``."""
    return tuple(max(2, math.ceil(n * float(share) - 1e-9)) for share in fractions)


def statistic(trials: Mapping[str, NDArray], name: str, comparison: int, better: float) -> Array:
    """Return z in favour of the drug, (trial,); NaN without an estimate.

    Args:
        trials: columns of the ensemble.
        name: ``METHOD|SIZE|WORLD``.
        comparison: place of the active group.
        better: 1 where a larger estimate is better, else -1.
    """
    value, se, freedom = (trials[f"{name}|{part}|{comparison}"] for part in ("value", "se", "freedom"))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = better * value / se
        tail = stdtr(freedom, -np.abs(t))  # the small tail: the other loses its digits
    return np.where(np.isfinite(t), np.sign(t) * -ndtri(np.maximum(tail, 1e-300)), np.nan)


def stops(z: Array, bounds: Boundaries) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which trials succeed and the look at which each is over, (trial,).

    Args:
        z: of each look, (trial, look).
        bounds: the boundaries.
    """
    known = np.nan_to_num(z, nan=-np.inf)
    success = known >= bounds.upper
    futile = np.isfinite(z) & (z < bounds.lower)
    futile[:, -1] = False
    over = success | futile
    over[:, -1] = True
    at = over.argmax(axis=1)
    return success[np.arange(len(z)), at], at


def characteristics(
    trials: Mapping[str, NDArray], looks: Looks, method: str, comparison: int, better: float
) -> dict[str, Any]:
    """Return power, type I error, expected size and where trials stop, each with its Monte Carlo error."""
    out: dict[str, Any] = {}
    repeats = len(trials["trial"])
    size = np.array(looks.sizes, float)
    for world, key in (("effect", "power"), ("null", "type_1_error")):
        z = np.stack([statistic(trials, f"{method}|{n}|{world}", comparison, better) for n in looks.sizes], axis=-1)
        success, at = stops(z, looks.bounds)
        share = float(success.mean())
        kept = min(max(share, 1.0 / (repeats + 1.0)), repeats / (repeats + 1.0))
        spent = size[at]
        tail = "" if world == "effect" else "_null"
        out |= {
            key: share,
            f"{key}_se": math.sqrt(kept * (1.0 - kept) / repeats),
            f"mean_n_per_arm{tail}": float(spent.mean()),
            f"mean_n_per_arm{tail}_se": float(spent.std(ddof=1) / math.sqrt(repeats)) if repeats > 1 else None,
            f"stop_percent{tail}": [100.0 * float((at == k).mean()) for k in range(len(size))],
            f"success_percent{tail}": [100.0 * float((success & (at == k)).mean()) for k in range(len(size))],
        }
    return out
