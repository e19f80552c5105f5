"""Normalised prediction distribution errors: where each level stands among those simulated for the same person.

Equation: for each subject 1,000 vectors of levels are simulated with people and errors redrawn; levels and vectors are
decorrelated with the mean and the Cholesky root of the simulated covariance; the share of simulated values below the
level is pd, and npde = Phi^-1(pd), which is Normal(0, 1) where the model is right.
Source: Brendel, Comets, Laffont, Laveille & Mentre 2006, Pharm Res 23:2036; tests and their correction as in Comets,
Brendel & Mentre 2008, Comput Methods Programs Biomed 90:154. Levels below their limit are left out, and named.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.exposure import predictive_check, solve
from leao.exposure.records import Records

REPLICATES = 1000
LEAST = 3  # levels with which the tests are made
MOST_PER_SUBJECT = 400  # a covariance of more levels than this is not told by 1,000 vectors


def errors(records: Records, seed: int) -> dict[str, Any]:
    """Return the errors, one per level, and the tests that they are Normal(0, 1).

    Raises:
        ScenarioError: no level in the file, or more of one subject than 1,000 vectors can decorrelate.
    """
    measured = np.flatnonzero(~np.isnan(records.dv) & ~records.censored)
    if not measured.size:
        raise ScenarioError(f"{records.table.name}: no level; give DV in ng/mL with EVID 0 and MDV 0")
    predicted = predictive_check.replicates(records, measured, seed, REPLICATES)
    subject = np.searchsorted(records.starts, measured, side="right") - 1
    typical = solve.solve(records).plasma[measured]
    npde = np.full(measured.size, np.nan)
    for index in np.unique(subject):
        at = np.flatnonzero(subject == index)
        if at.size > MOST_PER_SUBJECT:
            message = f"ID {records.who[index]!r} has {at.size} levels, wanted at most {MOST_PER_SUBJECT}"
            raise records.table.error(int(measured[at[0]]), message)
        npde[at] = decorrelated(records.dv[measured[at]], predicted[:, at])
    rows = [
        {
            "id": records.who[subject[k]],
            "time_h": float(records.written[row]),
            "dv": float(records.dv[row]),
            "predicted": float(typical[k]),
            "npde": float(npde[k]),
        }
        for k, row in enumerate(measured)
    ]
    return {"levels": rows, "replicates": REPLICATES, **tests(npde), "censored_left_out": int(records.censored.sum())}


def decorrelated(level: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the errors of one subject's levels among (replicate, level) predicted ones; before any drug they are 0."""
    spread = predicted.std(axis=0)
    varied = spread > 0
    npde = np.zeros(level.size)
    if not varied.any():
        return npde
    mean = predicted[:, varied].mean(axis=0)
    covariance = np.atleast_2d(np.cov(predicted[:, varied], rowvar=False))
    tiny = 1e-9 * np.diag(np.diag(covariance))  # levels at one moment repeat each other but for their errors
    root = np.linalg.cholesky(covariance + tiny)
    decorrelated_level = np.linalg.solve(root, level[varied] - mean)
    others = np.linalg.solve(root, (predicted[:, varied] - mean).T)
    count = predicted.shape[0]
    share = (others < decorrelated_level[:, None]).mean(axis=1)
    npde[varied] = ndtri(np.clip(share, 0.5 / count, 1.0 - 0.5 / count))
    return npde


def tests(npde: NDArray[np.float64]) -> dict[str, Any]:
    """Return mean, variance and the p-values that they and the shape are those of Normal(0, 1)."""
    n = npde.size
    mean, variance = float(npde.mean()), float(npde.var(ddof=1)) if n > 1 else None
    if n < LEAST or not variance:
        nothing = dict.fromkeys(("p_mean", "p_variance", "p_normal", "p_global"))
        return {"mean": mean, "variance": variance, **nothing}
    signed: Any = stats.wilcoxon(npde) if npde.any() else None
    shape: Any = stats.shapiro(npde)
    p_mean = 1.0 if signed is None else float(signed.pvalue)
    below = stats.chi2.cdf((n - 1) * variance, n - 1)
    p_variance = float(2.0 * min(below, 1.0 - below))
    p_normal = float(shape.pvalue)
    p_global = min(1.0, 3.0 * min(p_mean, p_variance, p_normal))
    return {
        "mean": mean,
        "variance": variance,
        "p_mean": p_mean,
        "p_variance": p_variance,
        "p_normal": p_normal,
        "p_global": p_global,
    }
