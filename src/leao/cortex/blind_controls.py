"""Controls that can fail, and weights instead of a gate: the rules of ``docs/validation/cortex_held_out.toml``.

Reads: what each weighted member of an ensemble gives for a group of animals without drug, under the drug as modelled
and at half its strength (same level, IC50 doubled), each over the exposure's prior and the strengths that reproduce a
vehicle animal; and the observed means.
Rules
    pass    the central 90 % of predicted group means under the drug holds the observed one, that without drug does not,
            and P(fall >= half of the observed fall) >= 0.8.
    power   the same rule on experiments drawn from the model as it is, before the observed count is looked at: P(pass)
            of the drug as modelled, at half strength and of none. The control counts if they are at least 0.8, at most
            0.5 and at most 0.05; else it is `void`: whatever it would say decides nothing.
    weight  exp(-loss / 2) of the data given, each datum judged under weights without itself; a member no miss of which
            exceeds 3 is not ruled out; with fewer than five effective members there is no verdict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError

Array = NDArray[np.float64]

PASSED, FAILED, VOID = "passed", "failed", "void"
IMPLAUSIBLE = 3.0
FEWEST_EFFECTIVE = 5.0


class Rule(NamedTuple):
    """The numbers of the rule, as committed before the run."""

    interval: float = 0.90
    half_fall: float = 0.8  # least probability of at least half the observed fall
    as_is: float = 0.8
    half: float = 0.5
    none: float = 0.05


class Predicted(NamedTuple):
    """Expected counts of draws from the weighted ensemble: a row is one member, one exposure, one set of strengths."""

    free: Array  # (draw,) without drug
    treated: Array  # (draw,) the drug as modelled
    half: Array  # (draw,) at half strength
    weight: Array  # (draw,)


class Observed(NamedTuple):
    """Means of two groups, the standard deviation between animals, and the animals in a group."""

    free: float
    treated: float
    between: float
    animals: int


class Power(NamedTuple):
    """Probability to pass of the drug as modelled, at half strength, and of none."""

    as_is: float
    half: float
    none: float


class Outcome(NamedTuple):
    """How a control stands."""

    status: str
    power: Power
    low: float  # of the predicted group mean under the drug
    middle: float
    high: float
    half_fall: float  # P(fall >= half of the observed)


def outcome(
    predicted: Predicted, observed: Observed, seed: int, rule: Rule | None = None, experiments: int = 4000
) -> Outcome:
    """Return how a control stands: its power first, then the observed count.

    Args:
        predicted: expected counts over the ensemble, at strengths that reproduce the vehicle group.
        observed: what was seen in animals.
        seed: of the simulated experiments.
        rule: the numbers of the rule.
        experiments: number of simulated ones.

    Raises:
        ScenarioError: no draw carries weight.
    """
    rule = rule or Rule()
    _whole(predicted)
    power = powers(predicted, observed, seed, rule, experiments)
    means = _group_means(predicted.treated, predicted, observed, np.random.default_rng([seed, 1]))
    without = _group_means(predicted.free, predicted, observed, np.random.default_rng([seed, 2]))
    passed, half_fall = _passes(means, without, predicted, observed, rule)
    low, middle, high = _interval(means, predicted.weight, rule.interval)
    counts = power.as_is >= rule.as_is and power.half <= rule.half and power.none <= rule.none
    return Outcome((PASSED if passed else FAILED) if counts else VOID, power, low, middle, high, half_fall)


def powers(predicted: Predicted, observed: Observed, seed: int, rule: Rule, experiments: int) -> Power:
    """Return P(pass) over experiments simulated in the world of the model as it is; no observed count enters.

    Of ``observed`` only the vehicle's mean, the spread and the size of the groups are used.
    """
    draw = np.random.default_rng([seed, 0])
    share = predicted.weight / predicted.weight.sum()
    truth = draw.choice(share.size, size=experiments, p=share)
    error = observed.between / np.sqrt(observed.animals)
    seen = np.maximum(predicted.treated[truth] + error * draw.standard_normal(experiments), 0.0)
    without = _group_means(predicted.free, predicted, observed, np.random.default_rng([seed, 3]))
    rates = []
    for k, candidate in enumerate((predicted.treated, predicted.half, predicted.free)):
        means = _group_means(candidate, predicted, observed, np.random.default_rng([seed, 4 + k]))
        with_candidate = predicted._replace(treated=candidate)
        rates.append(
            np.mean(
                [_passes(means, without, with_candidate, observed._replace(treated=float(x)), rule)[0] for x in seen]
            )
        )
    return Power(*(float(rate) for rate in rates))


def weights(losses: Array) -> Array:
    """Return the weights (member,) exp(-loss / 2), sum 1."""
    relative = np.exp(-0.5 * (losses - losses.min()))
    return relative / relative.sum()


def without_each(misses: Array) -> Array:
    """Return weights (datum, member), each datum's from all others; ``misses`` (member, datum) in deviations."""
    squared = misses**2
    return np.stack([weights(squared.sum(axis=1) - squared[:, k]) for k in range(squared.shape[1])])


def implausibility(misses: Array) -> Array:
    """Return the largest miss of each member (member,); above ``IMPLAUSIBLE`` it is ruled out."""
    return misses.max(axis=1)


def effective(weight: Array) -> float:
    """Return the effective number of members, 1 / sum(w^2) of weights with sum 1."""
    share = weight / weight.sum()
    return float(1.0 / (share**2).sum())


def may_judge(weight: Array) -> bool:
    """Return whether enough members carry the verdict."""
    return effective(weight) >= FEWEST_EFFECTIVE


def _group_means(expected: Array, predicted: Predicted, observed: Observed, draw: np.random.Generator) -> Array:
    """Return the mean of a group of animals for each draw: its expectation and the spread of animals about it."""
    error = observed.between / np.sqrt(observed.animals)
    return np.maximum(expected + error * draw.standard_normal(predicted.weight.size), 0.0)


def _passes(means: Array, without: Array, predicted: Predicted, observed: Observed, rule: Rule) -> tuple[bool, float]:
    low, _, high = _interval(means, predicted.weight, rule.interval)
    bare_low, _, bare_high = _interval(without, predicted.weight, rule.interval)
    wanted = 0.5 * (observed.free - observed.treated)
    falls = predicted.free - predicted.treated >= wanted
    half_fall = float((predicted.weight * falls).sum() / predicted.weight.sum())
    excluded = not bare_low <= observed.treated <= bare_high
    return bool(low <= observed.treated <= high and excluded and half_fall >= rule.half_fall), half_fall


def _interval(values: Array, weight: Array, central: float) -> tuple[float, float, float]:
    """Return the weighted quantiles that bound the central share, the median between them."""
    order = np.argsort(values, kind="stable")
    cumulated = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    low, middle, high = np.interp((0.5 - 0.5 * central, 0.5, 0.5 + 0.5 * central), cumulated, values[order])
    return float(low), float(middle), float(high)


def _whole(predicted: Predicted) -> None:
    if not (predicted.weight >= 0.0).all() or predicted.weight.sum() <= 0.0:
        raise ScenarioError("control: found no member that carries weight, wanted some; calibrate first")
