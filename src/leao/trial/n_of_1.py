"""Each patient's own effect in an N-of-1 trial: alone, and drawn towards the others as far as the data say.

A cycle c of patient i gives d_ic, the window on drug minus the one on placebo. Alone (a paired t interval over the
k_i whole cycles):

    d_i = mean over c,   d_i +- t(k_i - 1) s_i / sqrt(k_i);   no interval where all cycles are alike

Together, a random-effects model (Araujo, Julious and Senn 2016, doi 10.1371/journal.pone.0167167):

    d_ic = mu + u_i + e_ic,   u_i ~ N(0, tau^2),   e_ic ~ N(0, sigma^2),   lam = tau^2 / sigma^2
    w_i = k_i / (1 + k_i lam),   mu = sum w_i d_i / sum w_i,   Q = SSW + sum w_i (d_i - mu)^2,   sigma^2 = Q / (N - 1)
    lam by restricted maximum likelihood, the root of
        sum w_i - sum w_i^2 / sum w_i - (N - 1) sum w_i^2 (d_i - mu)^2 / Q
    shrunken: mu + B_i (d_i - mu),  B_i = k_i lam / (1 + k_i lam)      (best linear unbiased predictor)
    its squared error: sigma^2 lam / (1 + k_i lam) + (1 - B_i)^2 sigma^2 / sum w_i          (Henderson 1975)
        + 2 (a_i / k_i) (dB_i)' V (dB_i),  a_i = sigma^2 + k_i tau^2                        (Prasad and Rao 1990)

The last term stands for tau and sigma being estimated: dB_i is the derivative of B_i by (tau^2, sigma^2), V the
inverse of their information. N cycles in all, SSW their squares about each patient's mean. With equal cycles this is
the analysis of variance: lam = max(0, MSB / MSW - 1) / k. The interval is normal: somewhat short with few patients.
Within a cycle the order is random, so effects of the period are part of e. A patient without a whole cycle is
predicted by the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from leao.trial.monthly_counts import Data
from leao.trial.sequences import Plan

Array = NDArray[np.float64]
_HALVINGS = 80
_MOST = 1.0 - 1e-9  # of lam / (1 + lam)
COLUMNS = ("cycles", "own", "own_se", "shrunken", "shrunken_se")  # of the patients' table
TOGETHER = ("mean", "mean_se", "between", "within")  # of the trials' table


class Individuals(NamedTuple):
    """Drug minus placebo per month of every patient, (trial, subject), and of the patients together, (trial,)."""

    cycles: Array  # whole ones
    own: Array  # NaN without a whole cycle
    own_se: Array  # NaN with fewer than two, or where all are alike
    shrunken: Array  # NaN where the model cannot be fitted
    shrunken_se: Array
    mean: Array
    mean_se: Array
    between: Array  # standard deviation of the patients' effects
    within: Array  # standard deviation of a cycle about its patient's effect


def is_for(plan: Plan) -> bool:
    """Return whether a design has several cycles within each patient."""
    return plan.kind == "n_of_1"


def differences(data: Data) -> Array:
    """Return drug minus placebo of each cycle, (trial, subject, cycle); NaN where a window is missing."""
    on = data.drug[data.arm]
    signed = np.where(on, data.visits, -data.visits)
    pairs = signed.reshape(*signed.shape[:2], -1, 2).sum(axis=-1)
    return np.where(data.use[..., None], pairs, np.nan)


def estimate(difference: Array) -> Individuals:
    """Return every patient's effect, alone and together.

    Args:
        difference: drug minus placebo per month, (trial, subject, cycle), NaN where missing.
    """
    known = np.isfinite(difference)
    k = known.sum(axis=-1).astype(np.float64)
    own_mean = _over(np.where(known, difference, 0.0).sum(axis=-1), k)
    squares = np.where(known, (difference - own_mean[..., None]) ** 2, 0.0).sum(axis=-1)
    spread = np.sqrt(_over(squares, np.where(k > 1.0, (k - 1.0) * k, 0.0)))
    there = np.where(k > 0.0, own_mean, 0.0)
    lam = _ratio(k, there, squares)
    w, mean, q = _weighed(lam, k, there, squares)
    variance = _over(q, k.sum(axis=-1) - 1.0)
    whole = w.sum(axis=-1)
    share = k * lam[:, None] / (1.0 + k * lam[:, None])
    error = variance[:, None] * (lam[:, None] / (1.0 + k * lam[:, None]) + (1.0 - share) ** 2 / whole[:, None])
    error += 2.0 * _from_estimating(k, lam[:, None] * variance[:, None], variance[:, None])
    return Individuals(
        cycles=k,
        own=own_mean,
        own_se=np.where(spread > 0.0, spread, np.nan),
        shrunken=mean[:, None] + share * (there - mean[:, None]),
        shrunken_se=np.sqrt(error),
        mean=mean,
        mean_se=np.sqrt(_over(variance, whole)),
        between=np.sqrt(lam * variance),
        within=np.sqrt(variance),
    )


def intervals(individuals: Individuals, confidence: float) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return both ends of the intervals alone (t) and together (normal), each (trial, subject)."""
    reach = stdtrit(np.maximum(individuals.cycles - 1.0, 1.0), 0.5 + 0.5 * confidence) * individuals.own_se
    wide = ndtri(0.5 + 0.5 * confidence) * individuals.shrunken_se
    return (individuals.own - reach, individuals.own + reach), (
        individuals.shrunken - wide,
        individuals.shrunken + wide,
    )


def _from_estimating(k: Array, tau: Array, sigma: Array) -> Array:
    """Return the squared error of B_i (d_i - mu) from estimating both variances, (trial, subject).

    Args:
        k: cycles of each patient, (trial, subject).
        tau: variance between patients, (trial, 1).
        sigma: variance within, (trial, 1).
    """
    a = sigma + k * tau
    there = k > 0.0
    of_tau = 0.5 * (k**2 / a**2).sum(axis=-1, keepdims=True)
    both = 0.5 * (k / a**2).sum(axis=-1, keepdims=True)
    inside = np.where(there, (k - 1.0) / sigma**2 + 1.0 / a**2, 0.0)
    of_sigma = 0.5 * inside.sum(axis=-1, keepdims=True)
    determinant = of_tau * of_sigma - both**2
    spread = sigma**2 * of_sigma + 2.0 * sigma * tau * both + tau**2 * of_tau
    return k / a**3 * _over(spread, np.broadcast_to(determinant, spread.shape))


def _ratio(k: Array, means: Array, squares: Array) -> Array:
    """Return tau^2 / sigma^2 by restricted maximum likelihood, (trial,); NaN without two patients and two cycles."""
    people, cycles = (k > 0.0).sum(axis=-1), k.sum(axis=-1)
    low, high = np.zeros(len(k)), np.full(len(k), _MOST)
    rises = _score(low, k, means, squares) >= 0.0  # no likelier for any spread between patients
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = _score(middle / (1.0 - middle), k, means, squares) < 0.0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    values = np.where(rises, 0.0, high / (1.0 - high))
    return np.where((people > 1) & (cycles > people) & (squares.sum(axis=-1) > 0.0), values, np.nan)


def _score(lam: Array, k: Array, means: Array, squares: Array) -> Array:
    """Return the derivative of minus twice the restricted log likelihood by lam, (trial,)."""
    w, mean, q = _weighed(lam, k, means, squares)
    moved = (w**2 * (means - mean[:, None]) ** 2).sum(axis=-1)
    whole = w.sum(axis=-1)
    return whole - _over((w**2).sum(axis=-1), whole) - (k.sum(axis=-1) - 1.0) * _over(moved, q)


def _weighed(lam: Array, k: Array, means: Array, squares: Array) -> tuple[Array, Array, Array]:
    w = k / (1.0 + k * lam[:, None])
    mean = _over((w * means).sum(axis=-1), w.sum(axis=-1))
    return w, mean, squares.sum(axis=-1) + (w * (means - mean[:, None]) ** 2).sum(axis=-1)


def _over(total: Array, count: Array) -> Array:
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=np.asarray(count) > 0.0)
