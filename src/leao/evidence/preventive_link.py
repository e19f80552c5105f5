"""The link from the wave to attacks, fitted to other preventives by one small hierarchical model on a grid.

    m_i = -kappa L_i,   theta_i ~ N(m_i, (rho m_i)^2 + eta^2),   y_i ~ N(theta_i, s_i^2)

L_i is uniform over what each laboratory printed, laboratories equally likely; drugs for which only one common range is
printed share one L. Second reading, for attacks that a wave begins: m_i = log(1 - w + w exp(-kappa L_i)), w ~ U(0, 1).
No trial of memantine enters. Rules and priors: ``docs/validation/verdict_rules.md``; no sampling in the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.random import Streams
from leao.core.special import ndtr, ndtri
from leao.evidence import preventives
from leao.evidence.preventives import Drug, Numbers

Array = NDArray[np.float64]

KAPPAS, RHOS, ETAS, SHARED, OWN, WAVES = 48, 12, 10, 8, 8, 12  # nodes, each of equal prior weight
DRAWS = 4000
SEED = 18
TINY = 1e-300  # density below which a cell is ruled out


class Axes(NamedTuple):
    """Nodes of kappa, rho, eta, the shared quantile of L and the share of attacks that waves begin."""

    kappa: Array
    rho: Array
    eta: Array
    shared: Array
    wave_share: Array


class Evidence(NamedTuple):
    """What enters the likelihood of one drug: observed effect, its error, the ranges of L."""

    name: str
    observed: float
    error: float
    ranges: tuple[tuple[float, float, bool], ...]


class Fit(NamedTuple):
    """Log likelihoods of the drugs over the grid (drug, kappa, rho, eta, shared, wave share)."""

    axes: Axes
    evidence: tuple[Evidence, ...]
    logs: Array

    def weights(self, without: int | None = None) -> Array:
        """Return posterior weights of the cells, optionally with one drug left out."""
        kept = [place for place in range(len(self.evidence)) if place != without]
        total = self.logs[kept].sum(axis=0)
        weight = np.exp(total - total.max())
        return weight / weight.sum()


def evidence(drugs: Sequence[Drug] | None = None) -> tuple[Evidence, ...]:
    """Return what the drugs of the likelihood say."""
    rows = []
    for drug in preventives.fitted() if drugs is None else drugs:
        observed = drug.observed()
        if observed is not None:
            rows.append(Evidence(drug.drug, *observed, tuple(drug.ranges())))
    return tuple(rows)


def axes(numbers: Numbers | None = None, *, waves: bool = False) -> Axes:
    """Return the nodes; with ``waves`` the share of attacks that waves begin is unknown, else it is 1."""
    known = preventives.numbers() if numbers is None else numbers
    return Axes(
        known.kappa_sd * _half_normal(KAPPAS),
        known.rho_sd * _half_normal(RHOS),
        known.eta_sd * _half_normal(ETAS),
        _middles(SHARED),
        _middles(WAVES) if waves else np.ones(1),
    )


def fit(rows: Sequence[Evidence] | None = None, *, waves: bool = False) -> Fit:
    """Return the log likelihood of every drug in every cell of the grid."""
    nodes, drugs = axes(waves=waves), tuple(evidence() if rows is None else rows)
    return Fit(nodes, drugs, np.stack([_log_likelihood(nodes, row) for row in drugs]))


def route(kappa: Array | float, fall: Array | float, wave_share: Array | float = 1.0) -> Array:
    """Return the log ratio of attacks by way of the wave."""
    return np.log1p(wave_share * np.expm1(-np.asarray(kappa) * fall))


def posterior(fitted: Fit, name: str, without: int | None = None) -> tuple[Array, Array]:
    """Return the nodes of one number and their posterior weights."""
    place = Axes._fields.index(name)
    weight = fitted.weights(without)
    return fitted.axes[place], weight.sum(axis=tuple(axis for axis in range(weight.ndim) if axis != place))


class Draws(NamedTuple):
    """Posterior draws (draw,): the link, what it spreads, and the quantile that shared ranges have in common."""

    kappa: Array
    rho: Array
    eta: Array
    shared: Array
    wave_share: Array


def draw(fitted: Fit, streams: Streams, without: int | None = None, n: int = DRAWS) -> Draws:
    """Return posterior draws by systematic resampling of the grid's cells, in random order."""
    weight = fitted.weights(without)
    label = "all" if without is None else fitted.evidence[without].name
    u = streams.per_trial(f"cells.{label}", range(n))[:, 0]
    places = np.unravel_index(
        np.minimum(np.searchsorted(np.cumsum(weight.ravel()), (np.argsort(np.argsort(u)) + 0.5) / n), weight.size - 1),
        weight.shape,
    )
    return Draws(*(nodes[place] for nodes, place in zip(fitted.axes, places, strict=True)))


def falls(ranges: Sequence[tuple[float, float, bool]], shared: Array, u: Array) -> Array:
    """Return draws of L: ``u`` (draw, 2) picks the laboratory and the place in its range."""
    pick = (u[:, 0] * len(ranges)).astype(np.intp)
    low, high, common = (np.array([entry[k] for entry in ranges])[pick] for k in range(3))
    return low + (high - low) * np.where(common.astype(bool), shared, u[:, 1])


def through_the_wave(drawn: Draws, z: Array) -> Array:
    """Return kappa of a drug outside the fit: spread by rho, cut off where it would cause attacks."""
    spread = np.maximum(drawn.rho, 1e-9)
    below = ndtr(-1.0 / spread)
    return drawn.kappa * np.maximum(0.0, 1.0 + spread * ndtri(below + z * (1.0 - below)))


def predicted(drawn: Draws, fall: Array, z: Array, error: float = 0.0) -> Array:
    """Return draws of a drug's observed effect: the wave, its spread, other routes, and the trial's error."""
    mean = route(drawn.kappa, fall, drawn.wave_share)
    return mean + np.sqrt((drawn.rho * mean) ** 2 + drawn.eta**2 + error**2) * ndtri(z)


def _log_likelihood(nodes: Axes, row: Evidence) -> Array:
    """Return log p(y | cell), averaged over laboratories and the drug's own place in their ranges."""
    shape = tuple(each.size for each in nodes)
    density = np.zeros(shape)
    kappa, rho, eta, shared, wave = np.ix_(*nodes)
    for low, high, common in row.ranges:
        places = [shared] if common else [np.full((1, 1, 1, 1, 1), u) for u in _middles(OWN)]
        for place in places:
            mean = route(kappa, low + (high - low) * place, wave)
            variance = (rho * mean) ** 2 + eta**2 + row.error**2
            density = density + np.exp(-0.5 * (row.observed - mean) ** 2 / variance) / np.sqrt(variance) / len(places)
    return np.log(np.maximum(density / len(row.ranges), TINY))


def _half_normal(count: int) -> Array:
    return ndtri(0.5 + 0.5 * _middles(count))


def _middles(count: int) -> Array:
    return (np.arange(count) + 0.5) / count
