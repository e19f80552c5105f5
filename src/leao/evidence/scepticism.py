"""The pooled effect under every prior from neutral to beyond sceptical: for a reader who asks "how sceptical are you?".

The prior of the log rate ratio and that of the difference narrow together, on a logarithmic scale from the neutral
standard deviation of the ledger through the sceptical one, and as far again; the spread between trials stays as it is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leao.core.special import ndtri
from leao.evidence import pooling
from leao.evidence.mixture import Prior, posterior

STEPS = 24
FARTHEST = 1.5  # times the way from neutral to sceptical


def rows() -> list[dict[str, Any]]:
    """Return the pooled effect by scepticism: 0 is the neutral prior, 1 the sceptical one, both exactly."""
    steps = sorted({*np.linspace(0.0, FARTHEST, STEPS + 1).tolist(), 0.0, 1.0})
    return [_row(step) for step in steps]


def _row(step: float) -> dict[str, Any]:
    rate_prior, change_prior = _prior("log_ratio", step), _prior("difference", step)
    rate = posterior(pooling.observed("log_ratio"), rate_prior)
    change = posterior(pooling.observed("difference"), change_prior)
    reach = float(ndtri(0.975)) * rate_prior.sd
    return {
        "scepticism": step,
        "prior_sd_log_ratio": rate_prior.sd,
        "prior_rate_ratio_95": {"low": math.exp(-reach), "high": math.exp(reach)},
        "rate_ratio": pooling.ratio(rate),
        "difference_attacks_per_28d": pooling.estimate(change),
        "p_fewer_attacks": float(rate.below(np.array([0.0]))[0]),
        "p_next_trial": pooling.success(change),
    }


def _prior(scale: pooling.Scale, step: float) -> Prior:
    """Return the prior at a step: its standard deviation goes geometrically from neutral to sceptical and on."""
    neutral, sceptical = pooling.prior(scale, "neutral"), pooling.prior(scale, "sceptical")
    return neutral._replace(sd=neutral.sd * (sceptical.sd / neutral.sd) ** step)
