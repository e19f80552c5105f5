"""Visual predictive check: measured levels on the band that the model predicts for these people and doses.

People are redrawn and their levels measured with error 400 times, at the times of the measured ones. A level below
its limit of quantification ranks below every measured one: a percentile that falls among such levels is not known
(None), and their share is compared with the share predicted below the limit (Bergstrand & Karlsson 2009, AAPS J
11:371).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.exposure import priors, solve
from leao.exposure.records import Records

REPLICATES = 400
BINS = 8
MOST_VISITS = 16  # up to so many clusters of times are bins of their own
APART = 0.02  # of the span of time: a wider gap separates two visits
BAND = (5.0, 50.0, 95.0)
INTERVAL = (5.0, 95.0)


class Check(NamedTuple):
    """The check, arrays over bins of time; percentiles 5, 50, 95 stand in the second place."""

    time_h: NDArray[np.float64]  # (bin,) mean
    levels: NDArray[np.int64]  # (bin,) how many were measured
    predicted: NDArray[np.float64]  # (bin, 3) ng/mL
    predicted_interval: NDArray[np.float64]  # (bin, 3, 2) where the percentile of so many levels falls, 90 %
    measured: NDArray[np.float64]  # (bin, 3) ng/mL, NaN among levels below the limit
    below_percent: NDArray[np.float64]  # (bin,) measured below the limit
    predicted_below_percent: NDArray[np.float64]  # (bin, 3) the same predicted, NaN where no limit is given


def check(records: Records, seed: int, corrected: bool = False) -> Check:
    """Return measured and predicted levels by bins of time.

    Args:
        records: checked records with levels.
        seed: seed of people and errors of measurement.
        corrected: multiply levels, measured and predicted, by ``corrections`` (doses and covariates then differ less).

    Raises:
        ScenarioError: no level in the file.
    """
    measured = np.flatnonzero(~np.isnan(records.dv))
    if not measured.size:
        raise ScenarioError(f"{records.table.name}: no level; give DV in ng/mL with EVID 0 and MDV 0")
    time = records.time[measured]
    factor = corrections(records, measured) if corrected else np.ones(measured.size)
    predicted = replicates(records, measured, seed, REPLICATES) * factor
    seen = np.where(records.censored[measured], -np.inf, records.dv[measured] * factor)
    limit = records.lloq[measured]
    if not np.isnan(limit).all():
        limit = np.where(np.isnan(limit), np.nanmax(limit), limit)
    limit = limit * factor
    rows = [_bin(time[at], predicted[:, at], seen[at], limit[at]) for at in _bins(time)]
    return Check(*(np.array(column) for column in zip(*rows, strict=True)))


def facts(records: Records, result: Check, corrected: bool = False) -> dict[str, Any]:
    """Return the numbers of a check as lists, None for NaN, and what of the table was not used."""
    numbers = {name: _plain(values) for name, values in result._asdict().items()}
    return {"out": None, "corrected": corrected} | numbers | records.not_used()


def ending(out: Path) -> str:
    """Return the kind of picture that a name stands for.

    Raises:
        ScenarioError: neither .svg nor .png.
    """
    if out.suffix not in (".svg", ".png"):
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .svg or .png")
    return out.suffix[1:]


def _bins(time: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Return which levels stand in each bin: one bin per visit where times cluster, else equally filled bins."""
    times = np.unique(time)
    gap = np.diff(times) > APART * np.ptp(times)
    visits = times[np.concatenate([[True], gap])]
    clustered = visits.size <= MOST_VISITS and (visits.size > 1 or times.size == 1)
    edges = visits if clustered else np.unique(np.quantile(time, np.linspace(0, 1, BINS + 1)))[:-1]
    bins = np.searchsorted(edges, time, side="right")
    return [np.flatnonzero(bins == b) for b in np.unique(bins)]


def _bin(
    time: NDArray[np.float64], predicted: NDArray[np.float64], seen: NDArray[np.float64], limit: NDArray[np.float64]
) -> tuple[Any, ...]:
    """Return one row of ``Check``: levels of the replicates (replicate, level), measured ones and their limits."""
    spread = np.percentile(np.percentile(predicted, BAND, axis=1), INTERVAL, axis=1).T
    with np.errstate(invalid="ignore"):
        percentiles = np.percentile(seen, BAND)
    percentiles[~np.isfinite(percentiles)] = np.nan
    below = 100.0 * (predicted < limit).mean(axis=1) if not np.isnan(limit).any() else np.full(1, np.nan)
    share = 100.0 * float(np.isneginf(seen).mean())
    return (
        time.mean(),
        time.size,
        np.percentile(predicted, BAND),
        spread,
        percentiles,
        share,
        np.percentile(below, BAND),
    )


def _plain(values: NDArray[Any]) -> list[Any]:
    """Return nested lists, None for NaN."""
    plain = values.astype(object)
    plain[np.isnan(values)] = None
    return plain.tolist()


def replicates(records: Records, measured: NDArray[np.int64], seed: int, count: int) -> NDArray[np.float64]:
    """Return (replicate, level): people redrawn and levels measured with error.

    Args:
        records: checked records.
        measured: rows with a level.
        seed: seed of people and errors of measurement.
        count: how many replicates.
    """
    streams = Streams(seed, "pk check")
    spread = {"dist": "lognormal", "sd_log": priors.residual(records.drug)}
    levels = np.empty((count, measured.size))
    for k in range(count):
        people = priors.persons(records, seed * REPLICATES + k)
        plasma = solve.solve(records, people).plasma[measured]
        u = streams.uniforms("error", range(k, k + 1), range(measured.size), 1)[0, :, 0]
        levels[k] = plasma * quantile(spread, 1.0, u)
    return levels


def corrections(records: Records, measured: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by what a prediction-corrected check multiplies each level: the bin's median prediction over its own.

    Source: Bergstrand, Hooker, Wallin & Karlsson 2011, AAPS J 13:143, equation 1 with a lower bound of 0.
    """
    predicted = solve.solve(records).plasma[measured]
    factors = np.ones(measured.size)
    for at in _bins(records.time[measured]):
        positive = predicted[at] > 0
        factors[at[positive]] = np.median(predicted[at]) / predicted[at[positive]]
    return factors
