"""Shapes of a dose response, f(dose) = e0 + e1 shape(dose): candidates with guessed parameters, and bounds for fitting.

linear d; emax d / (h + d); quadratic d + b d^2; exponential exp(d / s) - 1; logistic 1 / (1 + exp((h - d) / s));
sig_emax d^k / (h^k + d^k). Bounds in shares of the largest dose follow Bornkamp, Pinheiro and Bretz (2009, J Stat Softw
29:7, MCPMod).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest

Array = NDArray[np.float64]
MOST = 1e6  # of a guessed parameter, in size


class Shape(NamedTuple):
    """One family: its curve, its parameters in words, and where they are searched (per largest dose)."""

    curve: Callable[[Array, tuple[float, ...]], Array]
    parameters: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]  # (low, high) each
    scaled: tuple[bool, ...]  # in units of the dose


class Candidate(NamedTuple):
    """A family with guessed parameters."""

    name: str
    guess: tuple[float, ...]


SHAPES = {
    "linear": Shape(lambda d, _: d, (), (), ()),
    "emax": Shape(lambda d, t: d / (t[0] + d), ("ED50",), ((1e-3, 1.5),), (True,)),
    "quadratic": Shape(lambda d, t: d + t[0] * d * d, ("b2/b1",), (), ()),
    "exponential": Shape(lambda d, t: np.expm1(d / t[0]), ("delta",), ((0.1, 2.0),), (True,)),
    "logistic": Shape(
        lambda d, t: 1.0 / (1.0 + np.exp((t[0] - d) / t[1])),
        ("ED50", "delta"),
        ((1e-3, 1.5), (0.01, 0.5)),
        (True, True),
    ),
    "sig_emax": Shape(
        lambda d, t: d ** t[1] / (t[0] ** t[1] + d ** t[1]), ("ED50", "h"), ((1e-3, 1.5), (0.5, 10.0)), (True, False)
    ),
}


def default(largest: float) -> tuple[Candidate, ...]:
    """Return candidates spread over the shapes where the user names none: linear, emax, exponential, logistic."""
    return (
        Candidate("linear", ()),
        Candidate("emax", (0.2 * largest,)),
        Candidate("exponential", (0.6 * largest,)),
        Candidate("logistic", (0.4 * largest, 0.1 * largest)),
    )


def parse(text: str | None, largest: float) -> tuple[Candidate, ...]:
    """Return the candidates written as ``linear,emax:5,logistic:10:2``.

    Raises:
        ScenarioError: a shape or a parameter that cannot be.
    """
    if text is None:
        return default(largest)
    out = []
    for part in (piece.strip() for piece in text.split(",")):
        name, *given = part.split(":")
        if name not in SHAPES:
            raise ScenarioError(
                f"--models: found {name!r}, wanted some of {', '.join(SHAPES)}{nearest(name, list(SHAPES))}"
            )
        guess = _numbers(part, name, given)
        curve = SHAPES[name].curve(np.linspace(0.0, largest, 50), guess)
        if not np.isfinite(curve).all() or np.ptp(curve) <= 0.0:
            raise ScenarioError(f"--models: {part} is flat or without bound over the doses; mend its parameters")
        out.append(Candidate(name, guess))
    if len(set(out)) < len(out):
        raise ScenarioError(f"--models: {text}: a shape stands twice with the same parameters; leave one out")
    return tuple(out)


def _numbers(part: str, name: str, given: list[str]) -> tuple[float, ...]:
    words = SHAPES[name].parameters
    try:
        values = tuple(float(number) for number in given)
    except ValueError:
        values = (math.nan,)
    if len(values) != len(words) or not all(map(math.isfinite, values)):
        wanted = name + "".join(f":{word}" for word in words)
        raise ScenarioError(f"--models: found {part!r}, wanted {wanted} with numbers")
    if not all(abs(value) <= MOST for value in values):
        raise ScenarioError(f"--models: found {part!r}, wanted parameters of at most {MOST:g} in size")
    if name != "quadratic" and any(value <= 0.0 for value in values):
        raise ScenarioError(f"--models: found {part!r}, wanted parameters above 0")
    return values
