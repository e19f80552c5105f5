"""Boundaries of a group-sequential test: at which statistic a trial stops at each look, and what that costs.

Shapes (a constant found so that the whole error is alpha): O'Brien and Fleming (1979, Biometrics 35:549) c / sqrt t,
Pocock (1977, Biometrika 64:191) c, Wang and Tsiatis (1987, Biometrics 43:193) c t^(delta - 1/2). Spending
(``spending``): each look spends what the function allows it, whatever looks were planned. Futility: bounds that are
given, or beta spent under the effect for which the design has its power (Pampallona, Tsiatis and Kim 2001, Drug Inf J
35:1113); not binding unless asked: the error holds though a futile trial goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.trial.sequential import recursion
from leao.trial.sequential.recursion import Continuing
from leao.trial.sequential.spending import Spending

Array = NDArray[np.float64]
_WIDE = 12.0  # a z that nothing reaches
_LEAST_ERROR = 1e-14  # below it a look cannot stop
_EXACT = 1e-13


class SequentialRequest(NamedTuple):
    """A group-sequential test in numbers."""

    looks: Array  # information fractions, rising, of the planned whole
    alpha: float  # of one side
    power: float
    sides: int = 1
    shape: float | None = None  # exponent of t in z = c t^shape
    spent: Spending | None = None  # alpha up to t, of one side
    futility: Array | None = None  # z, (look - 1,)
    futile: Spending | None = None  # beta up to t
    binding: bool = False


class Boundaries(NamedTuple):
    """The answer; (look,) unless said. At two sides ``lower`` mirrors ``upper`` and stops for harm."""

    looks: Array
    upper: Array
    lower: Array  # of futility (or of the other side); minus infinity: none; at the last look the upper one
    alpha_spent: Array  # so far, of one side, as the error is counted
    beta_spent: Array  # so far; NaN without futility and before the last
    drift: float  # theta at which the power is reached, information 1 in all
    power: Array  # so far, at that drift
    stop_null: Array  # share of trials that stop at each look: no effect, half the drift, the drift, (3, look)


def solve(request: SequentialRequest) -> Boundaries:
    """Return the boundaries.

    Raises:
        ScenarioError: a futility bound above the efficacy bound, or a power that cannot be reached.
    """
    drift = _drift(request)
    upper, lower = _bounds(request, drift)
    ignored = np.full(len(upper), -np.inf)
    if request.binding or request.sides == 2:
        ignored = lower
    error, _ = recursion.stopping(request.looks, (_open(ignored), upper), 0.0)
    up, down = recursion.stopping(request.looks, (lower, upper), drift)
    stops = [np.add(*recursion.stopping(request.looks, (lower, upper), theta)) for theta in (0.0, drift / 2.0, drift)]
    has_futility = request.sides == 1 and (request.futility is not None or request.futile is not None)
    beta = np.cumsum(down) if has_futility else np.full(len(upper), np.nan)
    return Boundaries(request.looks, upper, lower, np.cumsum(error), beta, drift, np.cumsum(up), np.array(stops))


def _open(lower: Array) -> Array:
    """Return the lower bounds for the error: nothing ends at the last look but by the upper one."""
    return np.append(lower[:-1], -np.inf)


def _root(function: Callable[[float], float], low: float, high: float, xtol: float) -> float:
    """Return where ``function`` is 0; SciPy's optimisers take a second to load, and most trials have no boundaries."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=xtol))  # type: ignore[arg-type]


def _drift(request: SequentialRequest) -> float:
    """Return the effect at which the power is reached."""
    fixed = float(ndtri(1.0 - request.alpha) + ndtri(request.power))

    def short(theta: float) -> float:
        upper, lower = _bounds(request, theta)
        above, _ = recursion.stopping(request.looks, (lower, upper), theta)
        return float(above.sum()) - request.power

    try:
        return _root(short, 0.5 * fixed, 4.0 * fixed + 2.0, xtol=1e-11)
    except ValueError:
        raise ScenarioError(
            f"power {request.power:g} is out of reach with these futility bounds and looks; lower them or the power"
        ) from None


def _bounds(request: SequentialRequest, theta: float) -> tuple[Array, Array]:
    """Return upper and lower z of each look under the effect ``theta``."""
    if request.spent is not None:
        return _spending(request, theta)
    if request.futile is None:
        upper = _shaped(request, _given_futility(request))
        return upper, _final(request, upper, _given_futility(request))
    # beta is spent between the bounds of a shape: upper bounds first, not binding
    upper = _shaped(request, np.full(len(request.looks), -np.inf))
    return upper, _final(request, upper, _futile(request, upper, theta))


def _given_futility(request: SequentialRequest) -> Array:
    lower = np.full(len(request.looks), -np.inf)
    if request.futility is not None:
        lower[:-1] = request.futility
    return lower


def _final(request: SequentialRequest, upper: Array, lower: Array) -> Array:
    if request.sides == 2:
        return -upper
    if (lower[:-1] > upper[:-1]).any():
        k = int(np.argmax(lower[:-1] > upper[:-1]))
        raise ScenarioError(
            f"futility at look {k + 1}: found {lower[k]:.4g}, above the bound for success {upper[k]:.4g}; lower it"
        )
    return np.append(lower[:-1], upper[-1])


def _shaped(request: SequentialRequest, lower: Array) -> Array:
    """Return c t^shape with c such that the error is alpha."""
    assert request.shape is not None  # noqa: S101
    curve = (request.looks / request.looks[-1]) ** request.shape
    counted = lower if request.binding else np.full(len(lower), -np.inf)

    def over(constant: float) -> float:
        upper = constant * curve
        floor = -upper if request.sides == 2 else np.minimum(counted, upper)
        above, _ = recursion.stopping(request.looks, (_open(floor), upper), 0.0)
        return float(above.sum()) - request.alpha

    return _root(over, 0.1, _WIDE, xtol=1e-12) * curve


def _spending(request: SequentialRequest, theta: float) -> tuple[Array, Array]:
    """Return bounds that spend alpha, and beta with it, look by look."""
    looks, spent = request.looks, request.spent
    assert spent is not None  # noqa: S101
    upper, lower = np.zeros(len(looks)), _given_futility(request)
    null, under = recursion.start(), recursion.start()
    alpha = beta = 0.0
    for k, now in enumerate(looks):
        whole = spent(float(now))
        upper[k] = _bound(null, now, 0.0, whole - alpha, 1.0)
        alpha = whole
        if request.sides == 2:
            lower[k] = -upper[k]
        elif request.futile is not None and k + 1 < len(looks):
            lower[k] = min(upper[k], _bound(under, now, theta, request.futile(float(now)) - beta, -1.0))
            beta = request.futile(float(now))
        if k + 1 < len(looks):
            step = looks[k + 1] - now
            counted = lower[k] if request.binding or request.sides == 2 else -np.inf
            null = recursion.advance(null, now, 0.0, (counted, upper[k]), step)
            under = recursion.advance(under, now, theta, (lower[k], upper[k]), step)
    return upper, _final(request, upper, lower)


def _futile(request: SequentialRequest, upper: Array, theta: float) -> Array:
    """Return the lower bounds that spend beta under ``theta`` between given upper bounds."""
    assert request.futile is not None  # noqa: S101
    lower, state, beta = np.full(len(upper), -np.inf), recursion.start(), 0.0
    for k, now in enumerate(request.looks[:-1]):
        whole = request.futile(float(now))
        lower[k] = min(upper[k], _bound(state, now, theta, whole - beta, -1.0))
        beta = whole
        state = recursion.advance(state, now, theta, (lower[k], upper[k]), request.looks[k + 1] - now)
    return lower


def _bound(state: Continuing, now: float, theta: float, error: float, side: float) -> float:
    """Return the z beyond which (above: side 1) the trials that went on so far stop with probability ``error``."""
    if error <= _LEAST_ERROR:
        return side * np.inf
    tail = recursion.above if side > 0.0 else recursion.below
    low, high = -_WIDE + min(0.0, theta), _WIDE + max(0.0, theta)
    if tail(state, now, theta, low if side > 0.0 else high) < error:
        return low if side > 0.0 else high  # fewer go on than may stop: all stop
    return _root(lambda z: tail(state, now, theta, z) - error, low, high, xtol=_EXACT)
