"""The mode of a log density and its curvature there: where importance sampling begins.

Newton's method on central differences, all points of one stencil in one call. Every parameter is a standard normal
before the data, so steps need no scaling, and a curvature below ``FLATTEST`` is flatter than data can make it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEP = 0.1
FLATTEST = 0.4  # eigenvalue of minus the second derivative
LONGEST_MOVE = 1.5  # of one parameter in one step
SHARES = np.array([1.0, 0.5, 0.25, 0.1, 0.03])  # of a step that are tried
NEAR = 0.05  # log density still to be gained: near enough to the mode for sampling to begin
MOST_STEPS = 25
Array = NDArray[np.float64]
Density = Callable[[Array], Array]  # (point, parameter) -> (point,)


class Gaussian(NamedTuple):
    """A centre, and a root of the covariance about it."""

    centre: Array
    root: Array


def approximate(log_density: Density, start: Array) -> Gaussian:
    """Return the Gaussian at the mode nearest to ``start``."""
    z, root = start, np.eye(start.size)
    for _ in range(MOST_STEPS):
        gradient, curvature = derivatives(log_density, z)
        values, vectors = np.linalg.eigh(curvature)
        root = vectors / np.sqrt(np.maximum(values, FLATTEST))
        move = root @ (root.T @ gradient)
        if 0.5 * float(gradient @ move) < NEAR:
            return Gaussian(z + move, root)
        move *= min(1.0, LONGEST_MOVE / float(np.abs(move).max()))
        tried = z + SHARES[:, None] * move
        z = tried[int(np.argmax(log_density(tried)))]
    return Gaussian(z, root)


def derivatives(log_density: Density, z: Array) -> tuple[Array, Array]:
    """Return the gradient of a log density and minus its second derivatives."""
    n = z.size
    steps = STEP * np.eye(n)
    row, column = np.tril_indices(n, -1)
    both = steps[row] + steps[column]
    values = log_density(np.concatenate([z[None], z + steps, z - steps, z + both, z - both]))
    centre, up, down, up_up, down_down = np.split(values, np.cumsum([1, n, n, row.size]))
    curvature = np.diag(2.0 * centre - up - down)
    mixed = up[row] + up[column] + down[row] + down[column] - up_up - down_down - 2.0 * centre
    curvature[row, column] = curvature[column, row] = 0.5 * mixed
    return (up - down) / (2.0 * STEP), curvature / STEP**2
