"""What the posterior says of the drug: the change of headache days, its probabilities, and the change without it.

The change is that of a patient's expected headache days at full exposure (the highest dose, built up), over the
week and the stationary drift: E pi(level + drift + weekday + effect) / E pi(level + drift + weekday) - 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.special import logsumexp, ndtri
from leao.review import daily_model
from leao.review.priors import DailyModelPriors, central

FALLS = {"p_30": -30.0, "p_50": -50.0, "p_75": -75.0}
NODES = 9
BAND = (5.0, 50.0, 95.0)
LEAST_WEIGHED = 100.0  # independent draws left after reweighting
SPAN = 364  # days worked on at once
Array = NDArray[np.float64]


def change_percent(q: daily_model.Parameters) -> Array:
    """Return the change of expected headache days by the drug at full exposure, per cent (draw,)."""
    return 100.0 * (_days(q, q.effect) / _days(q, np.zeros_like(q.effect)) - 1.0)


def _days(q: daily_model.Parameters, shift: Array) -> Array:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    moving = q.drift_sd[..., None, None] * nodes
    eta = (q.level + shift)[..., None, None] + q.weekday[..., :, None] + moving
    return (daily_model.chance(eta) * (weights / weights.sum())).sum(axis=-1).mean(axis=-1)


def without_drug_percent(expected: Array, data: daily_model.Data, on: NDArray[np.bool_]) -> Array:
    """Return the change from the recorded days before treatment to those on it that needs no drug, per cent (draw,).

    The recorded share of headache days before treatment is taken as it is, so that a bad month chosen to begin
    with counts as such.

    Args:
        expected: (draw,), share of headache days expected on treatment with the drug taken away (``without_drug``).
        data: the diary.
        on: (day,), the days on treatment; the others before the first of them are the days before.
    """
    before = data.seen & (np.arange(on.size) < np.argmax(on))
    share = float(data.headache[before].mean())
    return 100.0 * (expected / share - 1.0)


def without_drug(q: daily_model.Parameters, data: daily_model.Data, on: NDArray[np.bool_]) -> Array:
    """Return the share of headache days that the recorded days on treatment would have without the drug (draw,)."""
    total = np.zeros(q.level.size)
    days = on & data.seen
    for first in range(0, on.size, SPAN):  # years of days by a thousand draws fill no memory at once
        span = slice(first, first + SPAN)
        total += daily_model.chance(daily_model.log_rate(q, data, drug=0.0, days=span))[:, days[span]].sum(axis=1)
    return total / days.sum()


def spread(values: Array, weights: Array | None = None) -> dict[str, float]:
    """Return median and 90 % interval of draws, weighted or not."""
    if weights is None:
        low, middle, high = (float(x) for x in np.percentile(values, BAND))
    else:
        order = np.argsort(values)
        place = np.cumsum(weights[order]) - 0.5 * weights[order]
        low, middle, high = (float(np.interp(b / 100.0, place, values[order])) for b in BAND)
    return {"median": middle, "p05": low, "p95": high}


def probabilities(change: Array, weights: Array | None = None) -> dict[str, float]:
    """Return P(better at all) and of a fall by at least 30, 50 and 75 %."""
    falls = {"p_better": 0.0} | FALLS
    below = {name: (change < 0.0) if name == "p_better" else (change <= fall) for name, fall in falls.items()}
    return {name: float(np.average(hit, weights=weights)) for name, hit in below.items()}


def under_synthesis(effect: Array, change: Array, weights: Array, prior: tuple[float, float]) -> dict[str, Any] | None:
    """Return the answer under N(mean, sd) as the prior of the effect, reweighting the draws; None if too few are left.

    The other parameters are independent of the effect a priori, so the weight is the ratio of the two priors.
    """
    p = central()
    mean, sd = prior
    log_prior, log_weak = -0.5 * ((effect - mean) / sd) ** 2, -0.5 * (effect / p.effect_sd) ** 2
    log_weight = np.log(np.maximum(weights, 1e-300)) + log_prior - log_weak
    total: Any = logsumexp(log_weight)
    weighed = np.exp(log_weight - total)
    if 1.0 / float((weighed**2).sum()) < LEAST_WEIGHED:
        return None
    return {"change_percent": spread(change, weighed), **probabilities(change, weighed)}


def before_reading(mean: float, sd: float, n: int = 4001, p: DailyModelPriors | None = None) -> dict[str, Any]:
    """Return what N(mean, sd) says of the change before any diary is read, for a patient of the population's median."""
    belief = central() if p is None else p
    u = (np.arange(n) + 0.5) / n
    z = np.zeros((n, daily_model.HEAD))
    q = daily_model.parameters(z, belief)._replace(effect=mean + sd * ndtri(u))
    change = change_percent(q)
    return {"change_percent": spread(change), **probabilities(change)}


def synthesis(prior: str) -> tuple[float, float]:
    """Return mean and SD of one patient's ln(rate ratio) after the synthesis of the trials under ``prior``.

    The spread of the mean effect, of trials around it and, widening, of patients around their trial.
    """
    from leao.evidence import pooling as trials

    posterior = trials.posterior(trials.observed("log_ratio"), trials.prior("log_ratio", prior))
    low, high = posterior.interval(0.9)
    of_mean = (high - low) / (2.0 * 1.6448536269514722)
    tau = trials.prior("log_ratio", prior).tau_sd
    return posterior.mean, float(np.sqrt(of_mean**2 + tau**2 + central().response_between ** 2))
