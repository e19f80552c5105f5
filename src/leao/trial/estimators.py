"""Estimators of the effect: each takes (trial, subject) arrays and returns one estimate per trial and active arm.

``difference_in_change``: difference of mean changes, t interval with unequal variances (Welch 1947).
``rate_ratio``: negative-binomial maximum likelihood, ln(baseline) as covariate, ln(filled days / 28) as offset.
``responder_difference``: difference of shares, Wald interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from leao.trial.kernels import negative_binomial as kernel

Array = NDArray[np.float64]
_FLOOR = 0.5  # attacks: half of the smallest count, so that an empty baseline has a logarithm


class Estimate(NamedTuple):
    """Estimates of shape (trial, active arm); NaN where the data cannot give one."""

    estimate: Array
    low: Array
    high: Array
    se: Array


def difference_in_change(change: Array, arm: NDArray[np.int8], use: NDArray[np.bool_], confidence: float) -> Estimate:
    """Return the mean change of each active arm minus that of the control (arm 0).

    Args:
        change: (trial, subject).
        arm: place of the arm, (trial, subject).
        use: who is analysed, (trial, subject).
        confidence: of the interval, between 0 and 1.
    """
    estimate, se, freedom = welch(change, arm, use, int(arm.max()) + 1)
    reach = stdtrit(freedom, 0.5 + 0.5 * confidence) * se
    return Estimate(estimate, estimate - reach, estimate + reach, se)


def welch(change: Array, arm: NDArray[np.int8], use: NDArray[np.bool_], groups: int) -> tuple[Array, Array, Array]:
    """Return differences of means from the control, their standard errors and degrees of freedom (Welch 1947).

    Each is (trial, active arm).
    """
    moments = _moments(change, arm, use, groups)
    n, mean, variance = (np.stack(values, axis=-1) for values in zip(*moments, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = variance / n
        se = np.sqrt(share[:, 1:] + share[:, :1])
        freedom = se**4 / (share[:, 1:] ** 2 / (n[:, 1:] - 1.0) + share[:, :1] ** 2 / (n[:, :1] - 1.0))
    return mean[:, 1:] - mean[:, :1], se, freedom


def responder_difference(
    responds: NDArray[np.bool_], arm: NDArray[np.int8], use: NDArray[np.bool_], confidence: float
) -> tuple[Estimate, Array]:
    """Return the difference of shares of responders (active minus control), and the shares (trial, arm)."""
    moments = _moments(responds.astype(np.float64), arm, use, int(arm.max()) + 1)
    n, share = (np.stack(values, axis=-1) for values in list(zip(*moments, strict=True))[:2])
    variance = share * (1.0 - share) / n
    se = np.sqrt(variance[:, 1:] + variance[:, :1])
    estimate = share[:, 1:] - share[:, :1]
    reach = ndtri(0.5 + 0.5 * confidence) * se
    return Estimate(estimate, estimate - reach, estimate + reach, se), share


def rate_ratio(
    counts: Array, exposure: Array, baseline: Array, arm: NDArray[np.int8], use: NDArray[np.bool_], confidence: float
) -> tuple[Estimate, Array]:
    """Return each active arm's rate over the control's, and the dispersion (trial,).

    Args:
        counts: whole-numbered attacks on filled-in days, (trial, subject).
        exposure: filled-in days over the days of a month, (trial, subject).
        baseline: attacks per month before treatment, (trial, subject).
        arm: place of the arm, (trial, subject).
        use: who is analysed, (trial, subject).
        confidence: of the interval, between 0 and 1.
    """
    log_baseline = np.log(np.maximum(np.where(use, baseline, 1.0), _FLOOR))
    active = [(arm == place).astype(np.float64) for place in range(1, int(arm.max()) + 1)]
    x = np.stack([np.ones_like(log_baseline), *active, log_baseline], axis=-1)
    offset = np.log(np.where(use, exposure, 1.0))
    fitted, covariance, _ = kernel.negative_binomial(np.where(use, counts, 0.0), x, offset, use)
    places = np.arange(1, 1 + len(active))
    log, se = fitted[:, places], np.sqrt(covariance[:, places, places])
    reach = ndtri(0.5 + 0.5 * confidence) * se
    return Estimate(np.exp(log), np.exp(log - reach), np.exp(log + reach), se), fitted[:, -1]


def _moments(
    values: Array, arm: NDArray[np.int8], use: NDArray[np.bool_], groups: int
) -> list[tuple[Array, Array, Array]]:
    """Return (n, mean, variance) of each arm, each (trial,)."""
    rows = []
    for place in range(groups):
        member = use & (arm == place)
        n = member.sum(axis=1).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(member, values, 0.0).sum(axis=1) / n
            squares = np.where(member, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
            rows.append((n, mean, squares / (n - 1.0)))
    return rows
