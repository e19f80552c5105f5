"""The law of a sequence of looks, by recursive numerical integration (Armitage et al. 1969, JRSS A 132:235).

Look k has information I_k and the statistic Z_k ~ N(theta sqrt(I_k), 1); the score S_k = Z_k sqrt(I_k) moves by
independent steps N(theta d, d), d = I_k - I_(k-1). The density of S_k among trials that went on so far is carried from
look to look on Gauss-Legendre panels no wider than the next step's standard deviation: the integrand is analytic inside
the region of continuation, so eight nodes a panel leave an error near 1e-12.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_FAR = 9.0  # standard deviations beyond which a density is nothing
_MOST_PANELS = 4000


class Continuing(NamedTuple):
    """Trials that have not stopped: information so far, and their scores as nodes with mass."""

    information: float
    score: Array
    mass: Array  # weight times density


def start() -> Continuing:
    """Return the state before the first look: score 0, no information."""
    return Continuing(0.0, np.zeros(1), np.ones(1))


def above(before: Continuing, information: float, theta: float, z: float) -> float:
    """Return the probability of going on until now and then lying above ``z``."""
    return _tail(before, information, theta, z, 1.0)


def below(before: Continuing, information: float, theta: float, z: float) -> float:
    """Return the probability of going on until now and then lying below ``z``."""
    return _tail(before, information, theta, z, -1.0)


def advance(
    before: Continuing, information: float, theta: float, bounds: tuple[float, float], step: float
) -> Continuing:
    """Return the trials that go on between ``bounds`` (lower, upper z).

    Args:
        before: the trials that went on until now.
        information: at this look.
        theta: effect per root of information.
        bounds: of Z, between which a trial goes on.
        step: of information to the next look; its root is the width of a panel.
    """
    root, gained = np.sqrt(information), information - before.information
    reach = (theta * root - _FAR, theta * root + _FAR)
    low, high = max(bounds[0], reach[0]) * root, min(bounds[1], reach[1]) * root
    if not high > low:
        return Continuing(information, np.zeros(1), np.zeros(1))
    panels = int(min(_MOST_PANELS, np.ceil((high - low) / np.sqrt(min(step, gained)))))
    edges = np.linspace(low, high, panels + 1)
    half = 0.5 * np.diff(edges)[:, None]
    score = (edges[:-1, None] + half * (_NODES + 1.0)).ravel()
    weight = (half * _WEIGHTS).ravel()
    u = (score[:, None] - before.score - theta * gained) / np.sqrt(gained)
    density = np.exp(-0.5 * u * u) @ before.mass / np.sqrt(2.0 * np.pi * gained)
    return Continuing(information, score, weight * density)


def stopping(information: Array, bounds: tuple[Array, Array], theta: float) -> tuple[Array, Array]:
    """Return the probabilities of stopping above and below at each look, (look,).

    Args:
        information: at each look.
        bounds: lower and upper z of each look, (look,); at the last look they may be the same.
        theta: effect per root of information.
    """
    lower, upper = bounds
    state, up, down = start(), np.zeros(len(information)), np.zeros(len(information))
    for k, now in enumerate(information):
        up[k] = above(state, now, theta, upper[k])
        down[k] = below(state, now, theta, lower[k])
        if k + 1 < len(information):
            state = advance(state, now, theta, (lower[k], upper[k]), information[k + 1] - now)
    return up, down


def _tail(before: Continuing, information: float, theta: float, z: float, side: float) -> float:
    gained = information - before.information
    u = (before.score + theta * gained - z * np.sqrt(information)) / np.sqrt(gained)
    return float(ndtr(side * u) @ before.mass)
