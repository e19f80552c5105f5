"""The blind anchor of the trigger slope: what other preventives do to the wave and to attacks.

    log RR_i = -kappa_i L_i,   L_i = -log(1 - fall of wave frequency in rats),   kappa_i ~ N(kappa, tau^2)

Two drugs that work and two that stop the wave but not the attacks; no memantine trial enters. L is uniform
over its published range. Data: ``evidence/anchors.toml``; tau: ``ledgers/evidence.toml``.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao.evidence.pooling import numbers

Array = NDArray[np.float64]
POINTS, NODES, LEGENDRE, REACH = 601, 40, 12, 3.0


class Anchor(NamedTuple):
    """One drug: its log rate ratio with standard error, and the range of L."""

    name: str
    log_ratio: float
    error: float
    low: float
    high: float
    positive: bool


class Kappa(NamedTuple):
    """The distribution of kappa for a new drug, on a grid."""

    grid: Array
    cdf: Array

    def quantile(self, u: float) -> float:
        """Return the quantile of kappa at ``u``."""
        return float(np.interp(u, self.cdf, self.grid))

    def draw(self, u: Array) -> Array:
        """Return draws of kappa at the uniforms ``u``."""
        return np.interp(u, self.cdf, self.grid)

    def above(self, value: float) -> float:
        """Return P(kappa > value)."""
        return 1.0 - float(np.interp(value, self.grid, self.cdf))


@cache
def anchors() -> tuple[Anchor, ...]:
    """Return the four drugs of ``anchors.toml``."""
    path = files("leao") / "evidence" / "anchors.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(_anchor(name, entry) for name, entry in table.items())


def sources() -> set[str]:
    """Return the sources of the four drugs' figures."""
    table = tomllib.loads((files("leao") / "evidence" / "anchors.toml").read_text(encoding="utf-8"))
    return {entry[key] for entry in table.values() for key in ("source", "fall_source") if key in entry}


def new_drug(*, positive_only: bool = False, nonnegative: bool = False) -> Kappa:
    """Return the predictive distribution of kappa for a drug not among the anchors.

    Args:
        positive_only: leaves out the drugs that stop the wave and not the attacks.
        nonnegative: cuts the distribution below zero (a drug that hinders the wave does not cause attacks).
    """
    chosen = [anchor for anchor in anchors() if anchor.positive or not positive_only]
    kappa = np.linspace(-REACH, REACH, POINTS)
    tau = numbers().kappa_tau_sd * ndtri(0.5 + (np.arange(NODES) + 0.5) / (2.0 * NODES))
    logs = sum((_log_likelihood(anchor, kappa, tau) for anchor in chosen), np.zeros((NODES, POINTS)))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    cdf = np.zeros(POINTS)
    for share, spread in zip(weight, tau, strict=True):
        cdf += ndtr((kappa[:, None] - kappa) / spread) @ share
    at_zero = float(np.interp(0.0, kappa, cdf))
    if nonnegative:
        cdf = np.clip((cdf - at_zero) / (1.0 - at_zero), 0.0, 1.0)
        keep = kappa >= 0.0
        return Kappa(kappa[keep], cdf[keep])
    return Kappa(kappa, cdf)


def kappa_prior() -> Kappa:
    """Return the recommended prior: all four drugs, kappa >= 0."""
    return new_drug(nonnegative=True)


def _log_likelihood(anchor: Anchor, kappa: Array, tau: Array) -> Array:
    """Return log p(log RR | kappa, tau) (tau, kappa), averaged over L by Gauss-Legendre quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(LEGENDRE)
    falls = anchor.low + (anchor.high - anchor.low) * (nodes + 1.0) / 2.0
    variance = anchor.error**2 + (tau[:, None, None] * falls) ** 2
    residual = anchor.log_ratio + kappa[None, :, None] * falls
    density = np.exp(-0.5 * residual**2 / variance) / np.sqrt(variance)
    return np.log(density @ (weights / 2.0))


def _anchor(name: str, entry: dict[str, Any]) -> Anchor:
    left = entry.get("left") or [end / base for end, base in zip(entry["end"], entry["baseline"], strict=True)]
    low, high = (-math.log1p(-fall) for fall in entry["fall"])
    return Anchor(name, math.log(left[0] / left[1]), _error(entry), low, high, entry["positive"])


def _error(entry: dict[str, Any]) -> float:
    """Return the standard error of a log rate ratio: printed spread by the delta method, or as assumed."""
    if "log_error" in entry:
        return entry["log_error"]
    if "end_sd" in entry:
        parts = zip(entry["end_sd"], entry["n"], entry["end"], strict=True)
        return math.hypot(*(sd / math.sqrt(n) / end for sd, n, end in parts))
    sides = zip(entry["left_low"], entry["left_high"], entry["left"], strict=True)
    return math.hypot(*((high - low) / (2.0 * float(ndtri(0.975))) / left for low, high, left in sides))
