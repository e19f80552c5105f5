"""Error spent up to an information fraction t (Lan and DeMets 1983, Biometrika 70:659); all of it at t = 1.

obrien_fleming       2 - 2 Phi(z / sqrt t), z the quantile of 1 - error / 2: close to O'Brien and Fleming's boundary
pocock               error ln(1 + (e - 1) t): close to Pocock's
kim_demets           error t^gamma (Kim and DeMets 1987, Biometrika 74:149)
hwang_shih_decani    error (1 - exp(-gamma t)) / (1 - exp(-gamma)), gamma 0: error t (Stat Med 1990, 9:1439)
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.special import ndtr, ndtri

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest

Spending = Callable[[float], float]
NAMES = ("obrien_fleming", "pocock", "kim_demets", "hwang_shih_decani")
WITH_GAMMA = ("kim_demets", "hwang_shih_decani")
_LARGEST_GAMMA = 40.0


def function(name: str, error: float, gamma: float | None, option: str) -> Spending:
    """Return the spending function of ``name``.

    Args:
        name: one of ``NAMES``.
        error: to be spent in all.
        gamma: of the families that have one.
        option: the word the user wrote it with, for the message.

    Raises:
        ScenarioError: no such function, or a gamma that is missing, not wanted or out of bounds.
    """
    if name not in NAMES:
        raise ScenarioError(f"{option}: found {name!r}, wanted one of {', '.join(NAMES)}{nearest(name, list(NAMES))}")
    if (gamma is None) == (name in WITH_GAMMA):
        wanted = f"a gamma; write {option}-gamma 2" if gamma is None else f"no gamma, found {gamma:g}; leave it out"
        raise ScenarioError(f"{option} {name}: wanted {wanted}")
    if name == "obrien_fleming":
        z = float(ndtri(1.0 - error / 2.0))
        return lambda t: 2.0 * float(ndtr(-z / math.sqrt(min(t, 1.0))))
    if name == "pocock":
        return lambda t: error * math.log1p((math.e - 1.0) * min(t, 1.0))
    if gamma is None or not abs(gamma) <= _LARGEST_GAMMA or (name == "kim_demets" and gamma <= 0.0):
        low = "above 0" if name == "kim_demets" else f"-{_LARGEST_GAMMA:g}"
        raise ScenarioError(f"{option}-gamma: found {gamma:g}, wanted {low} to {_LARGEST_GAMMA:g}")
    return _kim_demets(error, gamma) if name == "kim_demets" else _hwang_shih_decani(error, gamma)


def _kim_demets(error: float, gamma: float) -> Spending:
    return lambda t: error * min(t, 1.0) ** gamma


def _hwang_shih_decani(error: float, gamma: float) -> Spending:
    if gamma == 0.0:
        return lambda t: error * min(t, 1.0)
    return lambda t: error * math.expm1(-gamma * min(t, 1.0)) / math.expm1(-gamma)
