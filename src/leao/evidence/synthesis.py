"""The empirical effect of memantine: a normal random-effects synthesis of the placebo-controlled trials.

    y_i ~ N(mu + bias, s_i^2 + tau^2),  mu ~ N(m, s),  tau ~ half-normal(h),  bias ~ N(0, b)

by quadrature on a grid of mu and the quantiles of tau, under a neutral and a sceptical prior side by side.
Priors: ``ledgers/evidence.toml``. Spiegelhalter's sceptical prior is the model of the second.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao import ledger
from leao.evidence import effects, trials
from leao.evidence.effects import Effect

Scale = Literal["difference", "log_ratio"]
PRIORS = ("neutral", "sceptical")
POINTS, NODES, REACH = 4001, 200, 9.0
Array = NDArray[np.float64]


class Numbers(NamedTuple):
    """The priors of ``ledgers/evidence.toml``."""

    difference_neutral_sd: Annotated[float, "dimensionless"]
    difference_sceptical_sd: Annotated[float, "dimensionless"]
    difference_tau_sd: Annotated[float, "dimensionless"]
    log_ratio_neutral_sd: Annotated[float, "dimensionless"]
    log_ratio_sceptical_sd: Annotated[float, "dimensionless"]
    log_ratio_tau_sd: Annotated[float, "dimensionless"]
    next_trial_per_arm: Annotated[float, "dimensionless"]
    kappa_tau_sd: Annotated[float, "dimensionless"]


class Prior(NamedTuple):
    """Normal prior of the mean effect, half-normal scale of tau, spread of a bias all trials share."""

    mean: float
    sd: float
    tau_sd: float
    shared_bias_sd: float = 0.0


class Posterior(NamedTuple):
    """The posterior of the mean effect mu on its grid, and the chance that the next trial succeeds."""

    grid: Array
    cdf: Array
    mean: float
    p_next_trial: float

    def quantile(self, u: float) -> float:
        """Return the quantile of mu at ``u``."""
        return float(np.interp(u, self.cdf, self.grid))

    def draw(self, u: Array) -> Array:
        """Return posterior draws of mu by the inverse of its distribution function at the uniforms ``u``."""
        return np.interp(u, self.cdf, self.grid)

    def interval(self, share: float) -> tuple[float, float]:
        """Return the central interval that holds ``share`` of the posterior."""
        return self.quantile(0.5 - share / 2.0), self.quantile(0.5 + share / 2.0)


def numbers() -> Numbers:
    """Return the priors of the ledger."""
    return ledger.params(ledger.read("evidence"), Numbers)


def prior(scale: Scale, name: str) -> Prior:
    """Return the ``neutral`` or ``sceptical`` prior of a scale."""
    of = numbers()._asdict()
    return Prior(0.0, of[f"{scale}_{name}_sd"], of[f"{scale}_tau_sd"])


def observed(scale: Scale, *, misread: bool = False) -> list[Effect]:
    """Return the pooled trials' effects on a scale; ``misread`` takes standard errors for standard deviations."""
    derive = effects.difference if scale == "difference" else effects.log_ratio
    return [derive(trial, misread=misread) for trial in trials.pooled()]


def posterior(found: list[Effect], belief: Prior) -> Posterior:
    """Return the posterior of the mean effect by quadrature over mu (grid) and tau (quantiles of its prior)."""
    y = np.array([effect.estimate for effect in found])
    s2 = np.array([effect.error for effect in found]) ** 2
    tau = belief.tau_sd * ndtri(0.5 + (np.arange(NODES) + 0.5) / (2.0 * NODES)) if belief.tau_sd else np.zeros(1)
    wide = REACH * math.sqrt(float(s2.max()) + belief.tau_sd**2 + belief.shared_bias_sd**2)
    mu = np.linspace(min(float(y.min()), belief.mean) - wide, max(float(y.max()), belief.mean) + wide, POINTS)
    logs = _log_likelihood(mu, tau, (y, s2), belief.shared_bias_sd) - 0.5 * ((mu - belief.mean) / belief.sd) ** 2
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    density = weight.sum(axis=0)
    cdf = np.cumsum(density) - 0.5 * density
    error = math.sqrt(float(np.mean([effect.per_patient for effect in found])) / numbers().next_trial_per_arm)
    return Posterior(mu, cdf, float(density @ mu), float((weight * _success(mu, tau, error)).sum()))


def empirical(scale: Scale = "log_ratio", *, misread: bool = False) -> dict[str, Posterior]:
    """Return the posterior of the effect under each prior; the verdict draws from it with ``draw``."""
    found = observed(scale, misread=misread)
    return {name: posterior(found, prior(scale, name)) for name in PRIORS}


def fixed_effect(found: list[Effect]) -> dict[str, float]:
    """Return the inverse-variance mean with its 95 % interval: no prior, no spread between trials."""
    weight = np.array([effect.error for effect in found]) ** -2.0
    mean = float(weight @ [effect.estimate for effect in found] / weight.sum())
    half = float(ndtri(0.975)) / math.sqrt(float(weight.sum()))
    return {"estimate": mean, "low": mean - half, "high": mean + half}


def summary() -> dict[str, Any]:
    """Return the synthesis as the machine-readable contract words it.

    ``p_next_trial_2x150`` at the top is the sceptical one; each prior carries its own. The probability is
    that of a two-sided p < 0.05 in favour, on the log rate ratio.
    """
    blocks = {name: _block(name, misread=False) for name in PRIORS}
    misread = _block("neutral", misread=True) | {"prior": "neutral"}
    return {
        **blocks,
        "se_read_as_sd": misread,
        "fixed_effect_check": fixed_effect(observed("difference")),
        "fixed_effect_se_read_as_sd": fixed_effect(observed("difference", misread=True)),
        "p_next_trial_2x150": blocks["sceptical"]["p_next_trial_2x150"],
        "trials": [effect._asdict() for effect in observed("difference")],
    }


def _block(name: str, *, misread: bool) -> dict[str, Any]:
    change = posterior(observed("difference", misread=misread), prior("difference", name))
    ratio = posterior(observed("log_ratio", misread=misread), prior("log_ratio", name))
    low, high = ratio.interval(0.95)
    low90, high90 = ratio.interval(0.90)
    below, above = change.interval(0.95)
    return {
        "difference_attacks_per_28d": {"estimate": change.quantile(0.5), "low": below, "high": above},
        "rate_ratio": {"estimate": math.exp(ratio.quantile(0.5)), "low": math.exp(low), "high": math.exp(high)},
        "rate_ratio_90": {"low": math.exp(low90), "high": math.exp(high90)},
        "p_next_trial_2x150": ratio.p_next_trial,
    }


def _log_likelihood(mu: Array, tau: Array, data: tuple[Array, Array], bias_sd: float) -> Array:
    """Return log p(y | mu, tau) (tau, mu), the shared bias integrated out in closed form."""
    y, s2 = data
    variance = s2 + tau[:, None] ** 2
    weight = 1.0 / variance
    total = weight.sum(axis=1)
    mean = (weight * y).sum(axis=1) / total
    within = np.log(variance).sum(axis=1) + (weight * (y - mean[:, None]) ** 2).sum(axis=1)
    between = np.log1p(bias_sd**2 * total)[:, None] + (mean[:, None] - mu) ** 2 / (1.0 / total + bias_sd**2)[:, None]
    return -0.5 * (within[:, None] + between)


def _success(mu: Array, tau: Array, error: float) -> Array:
    """Return P(estimate < -z SE) of a new trial with standard error ``error``, for each tau and mu."""
    return ndtr((-float(ndtri(0.975)) * error - mu) / np.sqrt(tau[:, None] ** 2 + error**2))
