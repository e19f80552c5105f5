"""``leao trial boundaries``: words and numbers to a group-sequential test, and its answer."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao.core.errors import ScenarioError
from leao.core.known import finite
from leao.core.ledger import nearest
from leao.core.limits import LEAST_ALPHA
from leao.trial.params import numbers as trial_numbers
from leao.trial.sequential import sample_size, spending
from leao.trial.sequential.boundaries import Boundaries, SequentialRequest, solve
from leao.trial.sequential.sample_size import Changes, Counts

SHAPES = {"obrien_fleming": -0.5, "pocock": 0.0}
MOST_LOOKS = 20
_LEAST_STEP = 1e-3  # of information between two looks


class BoundaryWords(NamedTuple):
    """What the user wrote."""

    looks: str = "3"
    spending: str | None = None
    gamma: float | None = None
    boundary: str | None = None
    delta: float | None = None
    futility: str | None = None
    futility_gamma: float | None = None
    binding: bool = False
    alpha: float | None = None  # of all sides
    power: float | None = None
    sides: int = 1
    by: str = "information"
    fixed_n: int | None = None


def simulated_words(
    looks: str | None, spending: str | None, gamma: float | None, futility: str | None
) -> BoundaryWords | None:
    """Return the looks at simulated trials; None where none were asked for.

    Raises:
        ScenarioError: a word without ``looks``, or futility that would need an effect to be spent on.
    """
    if looks is None:
        for option, value in (("--spending", spending), ("--spending-gamma", gamma), ("--futility", futility)):
            if value is not None:
                raise ScenarioError(f"{option}: wanted --looks with it; write for example --looks 0.5,1")
        return None
    if futility is not None and any(letter.isalpha() for letter in futility):
        raise ScenarioError(
            f"--futility: found {futility!r}, wanted bounds of z, such as 0; beta is spent by leao trial boundaries, "
            "whose bounds can be written here"
        )
    words = BoundaryWords(looks, spending or "obrien_fleming", gamma, futility=futility)
    settled(words)
    return words


def answer(words: BoundaryWords, endpoint: Counts | Changes | None) -> dict[str, Any]:
    """Return the answer of ``leao trial boundaries``.

    Raises:
        ScenarioError: what cannot be, in one line.
    """
    words, asked = settled(words, endpoint)
    if words.fixed_n is not None and endpoint is not None:
        raise ScenarioError("--fixed-n with an endpoint: the size follows from one of them; leave the other out")
    if words.fixed_n is not None and words.fixed_n < 1:
        raise ScenarioError(f"--fixed-n: found {words.fixed_n}, wanted patients per arm, 1 or more")
    boundaries = solve(asked)
    fixed = float(ndtri(1.0 - asked.alpha) + ndtri(asked.power)) ** 2
    inflation = boundaries.drift**2 / fixed
    without = sample_size.fixed(endpoint, asked.alpha, asked.power) if endpoint else words.fixed_n
    last = float(boundaries.looks[-1]) if words.by == "information" else 1.0
    most = None if without is None else without * inflation
    whole = None if most is None else math.ceil(most * last - 1e-9)
    expected = inflation * (boundaries.stop_null * boundaries.looks).sum(axis=1)
    rows = _looks(boundaries, most, _events(words))
    return {
        "boundary": words.boundary or "spending",
        "spending": words.spending,
        "gamma": words.gamma if words.boundary is None else words.delta,
        "futility": words.futility,
        "futility_gamma": words.futility_gamma,
        "binding": words.binding,
        "sides": words.sides,
        "alpha": asked.alpha * words.sides,
        "power": asked.power,
        "looks": rows,
        "drift": boundaries.drift,
        "inflation": inflation,
        "expected_size": dict(zip(("no_effect", "half_effect", "effect"), map(float, expected), strict=True)),
        "endpoint": described(endpoint),
        "fixed_n_per_arm": None if without is None else math.ceil(without - 1e-9),
        "n_per_arm": whole,
        "information": None if endpoint is None or whole is None else whole / sample_size.variance(endpoint),
        "text": _text(rows, inflation, float(expected[2]), whole),
        "page": None,
    }


def settled(words: BoundaryWords, endpoint: Counts | Changes | None = None) -> tuple[BoundaryWords, SequentialRequest]:
    """Return the words with what they leave out, and the test in numbers.

    Raises:
        ScenarioError: what cannot be.
    """
    rules = trial_numbers()
    if words.boundary is None and words.spending is None:
        words = words._replace(spending="obrien_fleming")
    if words.sides not in (1, 2):
        raise ScenarioError(f"--sides: found {words.sides}, wanted 1 or 2")
    whole = words.alpha if words.alpha is not None else round((1.0 - rules.confidence) * words.sides / 2.0, 12)
    if not LEAST_ALPHA <= whole < 0.5:
        raise ScenarioError(
            f"--alpha: found {whole:g}, wanted {LEAST_ALPHA:g} to below 0.5; 0.025 for one side is usual"
        )
    alpha, power = whole / words.sides, rules.power if words.power is None else words.power
    if not alpha < power < 1.0:
        raise ScenarioError(f"--power: found {power:g}, wanted above alpha ({alpha:g}) and below 1")
    looks = _fractions(words, endpoint)
    futility, futile = _futility(words, len(looks), 1.0 - power)
    shape, spent = _shape(words), None
    if shape is None:
        spent = spending.function(str(words.spending), alpha, words.gamma, "--spending")
    request = SequentialRequest(looks, alpha, power, words.sides, shape, spent, futility, futile, words.binding)
    return words, request


def described(endpoint: Counts | Changes | None) -> dict[str, Any] | None:
    """Return an endpoint as the contract has it."""
    if endpoint is None:
        return None
    empty = dict.fromkeys(("rate", "ratio", "dispersion", "months", "difference", "sd"))
    return {"kind": "counts" if isinstance(endpoint, Counts) else "changes", **empty, **endpoint._asdict()}


def _shape(words: BoundaryWords) -> float | None:
    """Return the exponent of the shape that was asked for; None where alpha is spent."""
    if words.boundary is None:
        if words.delta is not None:
            raise ScenarioError("--delta: wanted --boundary wang_tsiatis with it")
        return None
    if words.spending is not None or words.gamma is not None:
        raise ScenarioError("--boundary with --spending: wanted a shape or a spending function; leave one out")
    known = (*SHAPES, "wang_tsiatis")
    if words.boundary not in known:
        hint = nearest(words.boundary, list(known))
        raise ScenarioError(f"--boundary: found {words.boundary!r}, wanted one of {', '.join(known)}{hint}")
    if (words.boundary == "wang_tsiatis") != (words.delta is not None):
        raise ScenarioError(
            "--boundary wang_tsiatis goes with --delta (0: O'Brien and Fleming, 0.5: Pocock) and only it"
        )
    if words.delta is None:
        return SHAPES[words.boundary]
    if not -0.5 <= words.delta <= 1.0:
        raise ScenarioError(f"--delta: found {words.delta:g}, wanted -0.5 to 1")
    return words.delta - 0.5


def _numbers(text: str, option: str, example: str) -> NDArray[np.float64]:
    try:
        values = np.array([float(part) for part in text.split(",")])
    except ValueError:
        raise ScenarioError(f"{option}: found {text!r}, wanted numbers such as {example}") from None
    if not np.isfinite(values).all():
        raise ScenarioError(f"{option}: found {text!r}, wanted numbers such as {example}")
    return values


def _fractions(words: BoundaryWords, endpoint: Counts | Changes | None) -> NDArray[np.float64]:
    """Return the information fractions of the looks: evenly spaced where only their number is given."""
    shares = _shares(words)
    if words.by == "information":
        return shares
    if words.by != "events":
        raise ScenarioError(f"--by: found {words.by!r}, wanted information (patients with their follow-up) or events")
    if not isinstance(endpoint, Counts):
        raise ScenarioError("--by events: wanted counts with it: --rate, --ratio, --dispersion and --months")
    return np.array([sample_size.fraction_of_events(endpoint, float(share)) for share in shares])


def _events(words: BoundaryWords) -> NDArray[np.float64] | None:
    return _shares(words) if words.by == "events" else None


def _shares(words: BoundaryWords) -> NDArray[np.float64]:
    text = words.looks.strip()
    if text.isdecimal() and int(text) > 1:
        if int(text) > MOST_LOOKS:
            raise ScenarioError(f"--looks: found {text}, wanted at most {MOST_LOOKS}")
        return np.arange(1, int(text) + 1) / int(text)
    shares = _numbers(text, "--looks", "3, or 0.5,0.75,1")
    if len(shares) > MOST_LOOKS:
        raise ScenarioError(f"--looks: found {len(shares)} looks, wanted at most {MOST_LOOKS}")
    if (np.diff(np.concatenate([[0.0], shares])) < _LEAST_STEP).any() or shares[-1] > 2.0:
        raise ScenarioError(
            f"--looks: found {text}, wanted fractions of the planned information, each larger than the one before, "
            "such as 0.5,0.75,1; or how many, such as 3"
        )
    if shares[-1] < 1.0:
        raise ScenarioError(
            f"--looks: found a last look at {shares[-1]:g}, before all that was planned, where most of alpha would "
            f"never be spent; wanted 1; write {text},1"
        )
    return shares


def _futility(words: BoundaryWords, looks: int, beta: float) -> tuple[NDArray[np.float64] | None, Any]:
    """Return bounds that are given, or the function that spends beta."""
    if words.futility is None:
        _without_futility(words)
        return None, None
    if words.sides == 2:
        raise ScenarioError(
            "--futility with --sides 2: wanted a one-sided test; leave --sides out, with half of the alpha"
        )
    if looks == 1:
        raise ScenarioError("--futility: wanted two looks or more, found one")
    if any(letter.isalpha() for letter in words.futility):
        return None, spending.function(words.futility, beta, words.futility_gamma, "--futility")
    if words.futility_gamma is not None:
        raise ScenarioError("--futility-gamma: wanted the name of a spending function at --futility, found bounds")
    bounds = _numbers(words.futility, "--futility", "0,0.5, one a look but the last")
    if len(bounds) == 1:
        bounds = np.repeat(bounds, looks - 1)
    if len(bounds) != looks - 1:
        raise ScenarioError(f"--futility: found {len(bounds)} bounds, wanted {looks - 1}, one a look but the last")
    return bounds, None


def _without_futility(words: BoundaryWords) -> None:
    for option, value in (("--futility-gamma", words.futility_gamma), ("--binding", words.binding or None)):
        if value is not None:
            raise ScenarioError(f"{option}: wanted --futility with it, a spending function or bounds")


def _looks(bounds: Boundaries, most: float | None, events: NDArray[np.float64] | None) -> list[dict[str, Any]]:
    rows = []
    for k, now in enumerate(bounds.looks):
        upper = finite(bounds.upper[k])
        share = now if events is None else 1.0  # by events all patients are there since the start
        rows.append(
            {
                "look": k + 1,
                "information": float(now),
                "events": None if events is None else float(events[k]),
                "upper_z": upper,
                "nominal_p": None if upper is None else float(ndtr(-upper)),
                "lower_z": None if k + 1 == len(bounds.looks) else finite(bounds.lower[k]),
                "alpha_spent": float(bounds.alpha_spent[k]),
                "beta_spent": finite(bounds.beta_spent[k]),
                "power": float(bounds.power[k]),
                "stop_percent": 100.0 * float(bounds.stop_null[2, k]),
                "stop_percent_null": 100.0 * float(bounds.stop_null[0, k]),
                "n_per_arm": None if most is None else math.ceil(most * share - 1e-9),
            }
        )
    return rows


def _text(rows: list[dict[str, Any]], inflation: float, expected: float, whole: int | None) -> str:
    size = f"{whole} patients per arm at most, " if whole is not None else ""
    last = rows[-1]
    bound = "No success at the last look: all of alpha is spent before it."
    if last["upper_z"] is not None:
        bound = f"Last bound z = {last['upper_z']:.4f} (p {last['nominal_p']:.4f}, one side)."
    return (
        f"{len(rows)} looks: {size}{100.0 * (inflation - 1.0):.1f} % more than without looks; on average "
        f"{100.0 * abs(1.0 - expected):.0f} % {'fewer' if expected < 1.0 else 'more'} where the effect is there. "
        f"{bound}"
    )
