"""Emulators of the cortex's figures: Gaussian processes from places in the unit box, and where they would look next.

Each figure is first laid on a scale on which its window is [0, width] and its error is 1 (``Scale``); beyond three
errors the scale is compressed, so that a hopeless figure does not drown the rest. One process for each figure over the
evaluations that reached it, with a linear and a squared-exponential part; the figures of a stage share length and
noise, by marginal likelihood from a small grid.

Source: Rasmussen & Williams 2006, chapter 2; Vernon, Goldstein & Bower 2010, Bayesian Analysis 5:619.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtr

Array = NDArray[np.float64]

LENGTHS = (0.7, 1.4, 2.8)
NOISES = (0.03, 0.2)  # of a figure's own spread
WIDEST = 6.0  # errors a window counts as at most
COMPRESSED_FROM = 3.0


class Scale(NamedTuple):
    """A figure's window and error; ``log``: inside the window the scale is logarithmic."""

    low: float
    high: float
    sd: float
    log: bool = False

    @property
    def width(self) -> float:
        """Return the window's width on the scale."""
        return min((self.high - self.low) / self.sd, WIDEST)

    def place(self, value: float) -> float:
        """Return where ``value`` lies: the window is [0, width], misses are in errors, far ones compressed."""
        if value < self.low:
            return -compressed((self.low - value) / self.sd)
        if value > self.high:
            return self.width + compressed((value - self.high) / self.sd)
        if self.log and self.low > 0.0:
            return self.width * float(np.log(value / self.low) / np.log(self.high / self.low))
        return self.width * (value - self.low) / (self.high - self.low)

    def miss(self, value: float) -> float:
        """Return the distance from the window in errors, compressed where it is far."""
        at = self.place(value)
        return max(-at, at - self.width, 0.0)


def compressed(miss: float) -> float:
    """Return a miss that grows with its logarithm beyond ``COMPRESSED_FROM``."""
    c = COMPRESSED_FROM
    return miss if miss < c else c + c * float(np.log1p((miss - c) / c))


class Emulator(NamedTuple):
    """The processes of one stage's figures, ready to predict."""

    inputs: Array  # (run, dimension)
    length: float
    noise: float
    factor: tuple[Array, bool]
    alpha: Array  # (run, figure)
    mean: Array  # (figure,)
    spread: Array  # (figure,)


def kernel(a: Array, b: Array, length: float) -> Array:
    """Return the covariance (a, b): a linear part about the box's middle and a squared-exponential one."""
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * a @ b.T
    scale = 12.0 / a.shape[1]
    return scale * (a - 0.5) @ (b - 0.5).T + np.exp(-0.5 * np.maximum(squared, 0.0) / length**2)


def fit(inputs: Array, values: Array) -> Emulator:
    """Return the processes of figures (run, figure) that share the length and noise of greatest likelihood."""
    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-3)
    y = (values - mean) / spread
    best, top = None, -np.inf
    for length in LENGTHS:
        base = kernel(inputs, inputs, length)
        for noise in NOISES:
            factor = cho_factor(base + (noise**2 + 1e-6) * np.eye(y.shape[0]), lower=True)
            alpha = cho_solve(factor, y)
            evidence = -0.5 * float((y * alpha).sum()) - y.shape[1] * float(np.log(np.diag(factor[0])).sum())
            if best is None or evidence > top:
                best, top = Emulator(inputs, length, noise, factor, alpha, mean, spread), evidence
    assert best is not None
    return best


def predict(each: Emulator, at: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation (place, figure) of the figures on their scales."""
    cross = kernel(at, each.inputs, each.length)
    leverage = 12.0 / at.shape[1] * ((at - 0.5) ** 2).sum(axis=1) + 1.0
    left = leverage - (cross * cho_solve(each.factor, cross.T).T).sum(axis=1)
    sd = np.sqrt(np.maximum(left, 1e-6) + each.noise**2)
    return each.mean + each.spread * (cross @ each.alpha), sd[:, None] * each.spread


def expected_loss(mean: Array, sd: Array, width: Array) -> Array:
    """Return the expectation of the squared miss of a normal figure whose window is [0, width]."""
    return _above(mean - width, sd) + _above(-mean, sd)


def _above(excess: Array, sd: Array) -> Array:
    a = excess / sd
    density = np.exp(-0.5 * a**2) / np.sqrt(2.0 * np.pi)
    return np.asarray(sd**2 * ((a**2 + 1.0) * ndtr(a) + a * density))
