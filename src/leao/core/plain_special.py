"""Distribution functions in numpy alone, for a plain install, which brings no scipy.

Each takes the arguments of scipy's function of that name; a test compares them over the whole range. Rational
approximations of erf and erfc: Cody 1969, Math Comp 23:631; normal quantile: Wichura 1988, Appl Stat 37:477 (AS 241);
incomplete beta by its continued fraction (Press et al. 2007, Numerical Recipes, 6.4), inverted by Newton's steps that a
bracket keeps from leaving it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# numerator and denominator, highest power first
_ERF = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_ERFC = (
    (
        *(2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1),
        *(2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3),
        1.23033935479799725e3,
    ),
    (
        *(1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3),
        *(3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
    ),
)
_ERFC_FAR = (
    (
        *(1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1),
        *(1.60837851487422766e-2, 6.58749161529837803e-4),
    ),
    (
        *(1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2),
        2.33520497626869185e-3,
    ),
)
_QUANTILE = (
    (
        *(2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4),
        *(1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080),
    ),
    (
        *(5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4),
        *(5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
    ),
)
_QUANTILE_TAIL = (
    (
        *(7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258),
        *(3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    ),
    (
        *(1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1),
        *(6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
    ),
)
_QUANTILE_FAR = (
    (
        *(2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2),
        *(2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720),
    ),
    (
        *(2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4),
        *(1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
    ),
)
_NEAR, _FAR = 0.46875, 4.0  # where Cody's three approximations of erf and erfc meet
_FRACTION = 3_000  # terms of the continued fraction at most; it needs some square roots of the larger argument
_NEWTON = 80  # steps of an inversion at most; most end after ten
_SAME = 1e-15  # relative step at which fraction and inversion end
_CENTRE = 3.0  # square of t up to which the middle of the distribution is the smaller share
_LARGEST, _SMALLEST = 1e300, 1e-300  # a square at most; a denominator, and a quantile, at least


def ndtr(x: ArrayLike) -> Any:
    """Return P(Z < x) of a standard normal Z."""
    z = np.atleast_1d(np.asarray(x, dtype=float))
    scaled = np.abs(z) * math.sqrt(0.5)
    below = 0.5 * _erfc(scaled)
    near = scaled < _NEAR
    below[near] = 0.5 - 0.5 * scaled[near] * _ratio(_ERF, scaled[near] ** 2)
    return _shaped(np.where(z > 0.0, 1.0 - below, below), x)


def ndtri(p: ArrayLike) -> Any:
    """Return the normal quantile at ``p``."""
    u = np.atleast_1d(np.asarray(p, dtype=float))
    q = u - 0.5
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.sqrt(-np.log(np.minimum(u, 1.0 - u)))
        centre = q * _ratio(_QUANTILE, 0.180625 - q * q)
        tail = np.where(r <= 5.0, _ratio(_QUANTILE_TAIL, r - 1.6), _ratio(_QUANTILE_FAR, r - 5.0))
        z = np.where(np.abs(q) <= 0.425, centre, np.copysign(tail, q))
    z = np.where(u == 0.0, -np.inf, np.where(u == 1.0, np.inf, z))
    return _shaped(np.where((u >= 0.0) & (u <= 1.0), z, np.nan), p)


def stdtr(df: ArrayLike, t: ArrayLike) -> Any:
    """Return P(T < t) of Student's t with ``df`` degrees of freedom."""
    freedom, at = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (df, t)))
    freedom, at = np.atleast_1d(freedom), np.atleast_1d(at)
    square = np.minimum(at * at, _LARGEST)
    within, half = square / (freedom + square), np.full(at.shape, 0.5)
    # the share of the smaller argument, so that neither tail is a difference from 1
    outside = np.where(
        square < _CENTRE,
        1.0 - _betainc(half, 0.5 * freedom, within),
        _betainc(0.5 * freedom, half, freedom / (freedom + square)),
    )
    outside = np.where(np.isinf(at), 0.0, outside)
    return _shaped(np.where(at > 0.0, 1.0 - 0.5 * outside, 0.5 * outside), df, t)


def stdtrit(df: ArrayLike, p: ArrayLike) -> Any:
    """Return the quantile at ``p`` of Student's t with ``df`` degrees of freedom."""
    freedom, u = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (df, p)))
    freedom, u = np.atleast_1d(freedom).astype(float), np.atleast_1d(u)
    tail = np.minimum(u, 1.0 - u)
    inside = (tail > 0.0) & (tail < 0.5)
    t = np.where(u == 0.5, 0.0, np.where((u < 0.0) | (u > 1.0) | np.isnan(u), np.nan, -np.inf))
    if inside.any():
        few, wanted = freedom[inside], tail[inside]
        low, high = 2.0 * ndtri(wanted) - 1.0, np.zeros(wanted.shape)
        while (beyond := stdtr(few, low) > wanted).any():
            low = np.where(beyond, 4.0 * low, low)
        t[inside] = _inverted(wanted, low, high, lambda at: stdtr(few, at), lambda at: _t_density(few, at))
    return _shaped(np.where(u > 0.5, -t, t), df, p)


def betaincinv(a: ArrayLike, b: ArrayLike, u: ArrayLike) -> Any:
    """Return the quantile at ``u`` of the beta distribution."""
    first, second, share = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (a, b, u)))
    first, second, share = np.atleast_1d(first), np.atleast_1d(second), np.atleast_1d(share)
    x = np.where((share >= 0.0) & (share <= 1.0), share, np.nan)
    inside = (share > 0.0) & (share < 1.0)
    if inside.any():
        upper = share[inside] > 0.5  # from the other end, where the share keeps its digits
        p, q = np.where(upper, second[inside], first[inside]), np.where(upper, first[inside], second[inside])
        v = np.where(upper, 1.0 - share[inside], share[inside])
        lowest = np.full(v.shape, math.log(_SMALLEST))
        y = np.exp(  # in the logarithm, which reaches the least quantiles of a small ``a``
            _inverted(
                v, lowest, np.zeros(v.shape),
                lambda at: _betainc(p, q, np.exp(at)),
                lambda at: _beta_density(p, q, np.exp(at)) * np.exp(at),
            )
        )  # fmt: skip
        x[inside] = np.where(upper, 1.0 - y, y)
    return _shaped(x, a, b, u)


def logsumexp(values: ArrayLike) -> float:
    """Return ln(sum(exp(values)))."""
    given = np.asarray(values, dtype=float)
    most = float(given.max())
    return most if not math.isfinite(most) else most + math.log(float(np.exp(given - most).sum()))


def _shaped(value: Array, *given: ArrayLike) -> Any:
    """Return a number where only numbers were given, as scipy does."""
    shape = np.broadcast_shapes(*(np.shape(each) for each in given))
    return np.float64(value[0]) if shape == () else value.reshape(shape)


def _ratio(of: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    above, below = np.full(x.shape, of[0][0]), np.full(x.shape, of[1][0])
    for coefficient in of[0][1:]:
        above = above * x + coefficient
    for coefficient in of[1][1:]:
        below = below * x + coefficient
    return above / below


def _erfc(x: Array) -> Array:
    """Return erfc of values from 0 on; those below ``_NEAR`` are not to be used."""
    with np.errstate(divide="ignore", invalid="ignore", under="ignore", over="ignore"):
        coarse = np.trunc(x * 16.0) / 16.0  # exp(-x^2) in two factors, the first of them exact
        fall = np.exp(-coarse * coarse) * np.exp(-(x - coarse) * (x + coarse))
        square = 1.0 / (x * x)
        far = (1.0 / math.sqrt(math.pi) - square * _ratio(_ERFC_FAR, square)) / x
        value = fall * np.where(x <= _FAR, _ratio(_ERFC, np.minimum(x, _FAR)), far)
    return np.where(np.isinf(x), 0.0, value)


def _log_beta(a: Array, b: Array) -> Array:
    """Return ln B(a, b); of a large and a small argument without the difference of two large numbers."""
    pairs = np.stack([np.minimum(a, b).ravel(), np.maximum(a, b).ravel()], axis=1)
    distinct, place = np.unique(pairs, axis=0, return_inverse=True)  # mostly one pair for many quantiles
    return np.array([_log_beta_of(few, many) for few, many in distinct.tolist()])[place.ravel()].reshape(a.shape)


def _log_beta_of(few: float, many: float) -> float:
    if many < 10.0:
        return math.lgamma(few) + math.lgamma(many) - math.lgamma(few + many)
    # Stirling: ln G(many) - ln G(few + many), whose leading terms cancel by hand
    step = few * (1.0 - math.log(many + few)) - (many - 0.5) * math.log1p(few / many)
    return math.lgamma(few) + step + _stirling(many) - _stirling(few + many)


def _stirling(x: float) -> float:
    """Return ln G(x) less its leading terms, for x from 10 on."""
    square = 1.0 / (x * x)
    series = 1 / 12 - square * (
        1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square / 521.2)))
    )
    return series / x


def _betainc(a: Array, b: Array, x: Array) -> Array:
    """Return the regularised incomplete beta function I_x(a, b)."""
    a, b, x = (np.asarray(value, dtype=float) for value in (a, b, x))
    turned = x > (a + 1.0) / (a + b + 2.0)  # there the fraction of the other tail converges faster
    p, q, y = np.where(turned, b, a), np.where(turned, a, b), np.where(turned, 1.0 - x, x)
    with np.errstate(divide="ignore", invalid="ignore"):
        front = np.exp(p * np.log(y) + q * np.log1p(-y) - _log_beta(p, q)) / p
        value = np.where(y > 0.0, front * _fraction(p, q, y), 0.0)
    return np.where(np.isnan(x), np.nan, np.where(turned, 1.0 - value, value))


def _fraction(a: Array, b: Array, x: Array) -> Array:
    """Return the continued fraction of I_x(a, b) by Lentz's method."""
    c, d = np.ones(x.shape), _away(1.0 - (a + b) * x / (a + 1.0))
    value = d = 1.0 / d
    for m in range(1, _FRACTION):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d, c = 1.0 / _away(1.0 + even * d), _away(1.0 + even / c)
        value = value * d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d, c = 1.0 / _away(1.0 + odd * d), _away(1.0 + odd / c)
        value = value * d * c
        if not (np.abs(d * c - 1.0) > _SAME).any():
            break
    return value


def _away(value: Array) -> Array:
    return np.where(np.abs(value) < _SMALLEST, _SMALLEST, value)


def _t_density(df: Array, t: Array) -> Array:
    front = -_log_beta(0.5 * df, np.full(df.shape, 0.5)) - 0.5 * np.log(df)
    return np.exp(front - 0.5 * (df + 1.0) * np.log1p(t * t / df))


def _beta_density(a: Array, b: Array, x: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.exp((a - 1.0) * np.log(x) + (b - 1.0) * np.log1p(-x) - _log_beta(a, b))


def _inverted(wanted: Array, low: Array, high: Array, below: Any, density: Any) -> Array:
    """Return where a rising function ``below`` is ``wanted``: Newton's step, or halving where it leaves the bracket."""
    at = 0.5 * (low + high)
    for _ in range(_NEWTON):
        miss = below(at) - wanted
        low, high = np.where(miss < 0.0, at, low), np.where(miss > 0.0, at, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            moved = at - miss / density(at)
        moved = np.where((moved > low) & (moved < high), moved, 0.5 * (low + high))
        moved = np.where(miss == 0.0, at, moved)
        if (np.abs(moved - at) <= _SAME * np.abs(moved)).all():
            return moved
        at = moved
    return at
