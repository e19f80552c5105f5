"""Hierarchical posterior over the published numbers of NMDA-receptor blockers, with a laboratory effect.

Rules, data and what is held out: ``docs/validation/verdict_rules.md``, section 7; ``receptor_data.toml``.
Gaussian given the four spreads, which lie on a grid of equal prior weight.
"""

from __future__ import annotations

import itertools
import tomllib
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtri

from leao.core import ledger
from leao.core.random import Streams
from leao.receptor import equilibrium_block
from leao.receptor.kernels import voltage_dependence
from validation.page import FOLDER

Array = NDArray[np.float64]
SEED, DRAWS, NODES = 18, 4000, 6
AT = -66.0  # mV, to which every IC50 is carried
RATES_AT = -70.0  # mV, of the rates
LEAST_ERROR, UNSEEN_ERROR = 0.10, 0.15
SPREADS = {"tau": 0.5, "omega": 0.25, "phi": 0.5, "chi": 0.5}  # half-normal scales
COMMON_SD, OTHER_SD = {"memantine": 1.0}, 3.0  # of ln IC50 about ln 1 uM
CONTRAST_SD, DISAGREEMENT, SHARE, TIME = 0.5, 0.5, 1.5, 1.0
RATE_MEAN, RATE_SD = float(np.log(0.3)), 1.5


class PublishedNumber(NamedTuple):
    """One published number on its own scale: natural logarithm, logit for a share."""

    laboratory: str
    compound: str
    quantity: str
    subtype: str
    value: float
    error: float


class Posterior(NamedTuple):
    """Draws of every effect by name (draw, effect), and of the four spreads (draw, 4)."""

    names: tuple[str, ...]
    effects: Array
    spreads: Array

    def of(self, name: str) -> Array:
        """Return the draws of one effect."""
        return self.effects[:, self.names.index(name)]

    def half(self, compound: str, subtype: str) -> Array:
        """Return draws of ln IC50 at -66 mV without Mg2+, over laboratories."""
        return self.of(f"a.{compound}") + self.of(f"d.{compound}.{subtype}")


@cache
def rows() -> tuple[PublishedNumber, ...]:
    """Return the numbers of the fit."""
    table = tomllib.loads((FOLDER / "receptor_data.toml").read_text(encoding="utf-8"))["number"]
    return tuple(
        PublishedNumber(
            entry["laboratory"],
            entry["compound"],
            entry["quantity"],
            subtype,
            _scaled(entry, value),
            max(entry.get("error", UNSEEN_ERROR), LEAST_ERROR),
        )
        for entry in table
        for subtype, value in entry["values"].items()
    )


def effects(data: tuple[PublishedNumber, ...]) -> tuple[str, ...]:
    """Return the names of all effects that the data bear on."""
    names: dict[str, None] = {}
    for row in data:
        names |= dict.fromkeys(terms(row))
    for compound in {row.compound for row in data}:
        names |= dict.fromkeys(f"d.{compound}.{subtype}" for subtype in equilibrium_block.SUBTYPES)
    return tuple(names)


def fit(data: tuple[PublishedNumber, ...], seed: int = SEED, draws: int = DRAWS) -> Posterior:
    """Return draws of the posterior: cells of the grid by weight, then the Gaussian within each cell."""
    names = effects(data)
    design = np.array([[terms(row).get(name, 0.0) for name in names] for row in data])
    observed = np.array([row.value for row in data]) - np.array([offset(row) for row in data])
    noise = np.array([row.error for row in data]) ** 2
    means = np.array([prior_mean(name) for name in names])
    cells = np.array(list(itertools.product(*(scale * half_normal(NODES) for scale in SPREADS.values()))))
    variances = np.array([prior_variance(names, tuple(cell)) for cell in cells])
    gap = observed - design @ means
    logs = _log_marginal(design, gap, noise, variances)
    weight = np.exp(logs - logs.max())
    random = np.random.default_rng([seed, 7])
    picked = random.choice(len(cells), draws, p=weight / weight.sum())
    drawn = np.empty((draws, len(names)))
    for cell in np.unique(picked):
        here = picked == cell
        shift, root = _conditional(design, gap, noise, variances[cell])
        drawn[here] = means + shift + random.standard_normal((int(here.sum()), len(names))) @ root.T
    return Posterior(names, drawn, cells[picked])


def new_laboratory(posterior: Posterior, purpose: str) -> dict[str, Array]:
    """Return draws of what a laboratory not seen would measure of memantine and its comparators.

    ``<compound>.<subtype>``: ln IC50; ``off.<compound>``: ln off rate, GluN2A at -70 mV; ``share``: logit; ``time``: ln s.
    """
    tau, omega, phi, chi = posterior.spreads.T
    normal = ndtri(Streams(SEED, "receptor posterior").per_trial(purpose, range(len(tau)), 5))
    lab = tau * normal[:, 0] + omega * normal[:, 1]
    compounds = sorted({name.split(".")[1] for name in posterior.names if name.startswith("a.")})
    values = {f"{c}.{s}": posterior.half(c, s) + lab for c in compounds for s in equilibrium_block.SUBTYPES}
    values |= {
        f"off.{name.split('.')[1]}": posterior.of(name) + phi * normal[:, 2]
        for name in posterior.names
        if name.startswith("r.")
    }
    return values | {"share": posterior.of("t") + chi * normal[:, 3], "time": posterior.of("v")}


def potency(posterior: Posterior) -> Array:
    """Return draws of the natural logarithm of potency: the IC50 of an unseen laboratory over the ledger's."""
    ours = ledger.params(ledger.read("compounds/memantine"), equilibrium_block.Compound)
    predicted = new_laboratory(posterior, "potency")
    logs = [predicted[f"memantine.{s}"] - np.log(getattr(ours, f"ic50_{s}")) for s in equilibrium_block.SUBTYPES]
    return np.mean(logs, axis=0)


def _scaled(entry: dict[str, Any], value: float) -> float:
    if entry["quantity"] == "share":
        return float(logit(value))
    if entry["quantity"] != "ic50":
        return float(np.log(value))
    return float(np.log(value) + depth(entry["compound"], entry["voltage"], AT))


def depth(compound: str, voltage: float, wanted: float) -> float:
    """Return what Woodhull's equation adds to ln IC50 on the way from ``voltage`` to ``wanted``."""
    numbers = ledger.params(ledger.read("receptor"), equilibrium_block.ReceptorNumbers)
    distance = ledger.read(f"blockers/{compound}").numbers["electrical_distance"].value
    return float(
        np.log(voltage_dependence.woodhull(wanted, voltage, distance, equilibrium_block.thermal_voltage(numbers)))
    )


def terms(row: PublishedNumber) -> dict[str, float]:
    """Return the effects of one number and their coefficients."""
    lab, compound = row.laboratory, row.compound
    if row.quantity == "share":
        return {"t": 1.0, f"h.{lab}": 1.0}
    if row.quantity == "time":
        return {"v": 1.0}
    rate = {f"r.{compound}": 1.0, f"f.{lab}": 1.0}
    if row.quantity == "off":
        return rate
    subtypes = ("2A", "2B") if row.subtype == "native" else (row.subtype,)
    half = {f"a.{compound}": 1.0, f"b.{lab}": 1.0, f"e.{lab}.{compound}": 1.0}
    half |= {f"d.{compound}.{subtype}": 1.0 / len(subtypes) for subtype in subtypes}
    if row.quantity == "ic50":
        return half
    return rate | {name: -value for name, value in half.items()} | {"g": -1.0}


def offset(row: PublishedNumber) -> float:
    """Return the known part of a number: an on rate holds its IC50 at the voltage of the rates."""
    return -depth(row.compound, AT, RATES_AT) if row.quantity == "on" else 0.0


def prior_mean(name: str) -> float:
    """Return the mean of an effect before the data."""
    return RATE_MEAN if name.startswith("r.") else 0.0


def prior_variance(names: tuple[str, ...], spreads: tuple[float, ...]) -> Array:
    """Return the variance of every effect before the data, given the four spreads."""
    tau, omega, phi, chi = spreads
    by_kind = {"b": tau, "e": omega, "f": phi, "h": chi, "d": CONTRAST_SD, "r": RATE_SD}
    by_kind |= {"g": DISAGREEMENT, "t": SHARE, "v": TIME}

    def sd(name: str) -> float:
        kind, _, rest = name.partition(".")
        return COMMON_SD.get(rest, OTHER_SD) if kind == "a" else by_kind[kind]

    return np.array([sd(name) for name in names]) ** 2


def _log_marginal(design: Array, gap: Array, noise: Array, variances: Array) -> Array:
    """Return the log marginal likelihood of every cell (cell,), all cells at once, but for a constant."""
    total = (design * variances[:, None, :]) @ design.T + np.diag(noise)
    root = np.linalg.cholesky(total)
    half = np.linalg.solve(root, np.broadcast_to(gap, (len(variances), gap.size))[..., None])[..., 0]
    return -0.5 * (half**2).sum(axis=1) - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)


def _conditional(design: Array, gap: Array, noise: Array, variance: Array) -> tuple[Array, Array]:
    """Return how far one cell's mean moves from the prior's, and a root of its covariance."""
    spread = design * variance
    gain = np.linalg.solve(spread @ design.T + np.diag(noise), spread).T
    values, vectors = np.linalg.eigh(np.diag(variance) - gain @ spread)
    return gain @ gap, vectors * np.sqrt(np.maximum(values, 0.0))


def half_normal(count: int) -> Array:
    """Return the middles of equal shares of a half-normal distribution."""
    return ndtri(0.5 + 0.5 * (np.arange(count) + 0.5) / count)
