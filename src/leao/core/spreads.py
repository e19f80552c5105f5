"""Quantiles of the spreads a ledger may name: how well a number is known, or how people differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.special import betaincinv, ndtr, ndtri

SPREADS = {
    "normal": ({"sd"},),
    "truncnormal": ({"sd", "low"},),
    "lognormal": ({"cv"}, {"sd_log"}),
    "uniform": ({"low", "high"},),
    "loguniform": ({"low", "high"},),
    "beta": ({"a", "b"},),
}


def quantile(spread: Mapping[str, Any], value: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quantiles at ``u`` in (0, 1) of a spread around ``value``, in the unit of ``value``.

    ``normal`` {sd}; ``truncnormal`` {sd, low}: normal at ``value`` cut off below ``low``; ``lognormal``
    {cv} or {sd_log} with median ``value``, where sd_log = sqrt(ln(1 + cv^2)); ``uniform`` and ``loguniform``
    {low, high}; ``beta`` {a, b} on (0, 1).
    """
    kind = spread["dist"]
    if kind == "normal":
        return value + spread["sd"] * ndtri(u)
    if kind == "truncnormal":
        below = ndtr((spread["low"] - value) / spread["sd"])
        return value + spread["sd"] * ndtri(below + u * (1.0 - below))
    if kind == "lognormal":
        sd_log = spread["sd_log"] if "sd_log" in spread else np.sqrt(np.log1p(spread["cv"] ** 2))
        return value * np.exp(sd_log * ndtri(u))
    if kind == "uniform":
        return spread["low"] + (spread["high"] - spread["low"]) * u
    if kind == "loguniform":
        return spread["low"] * (spread["high"] / spread["low"]) ** u
    return betaincinv(spread["a"], spread["b"], u)
