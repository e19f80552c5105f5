"""``leao trial reestimate``: words and numbers checked, then the blinded re-estimation."""

from __future__ import annotations

from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_ENDPOINT, LEAST_ALPHA
from leao.trial.params import numbers as trial_numbers
from leao.trial.sequential.reestimation import Columns, Planned, reestimate
from leao.trial.sequential.sample_size import Changes, Counts


class ReestimateWords(NamedTuple):
    """What the user wrote."""

    ratio: float | None
    months: float | None
    difference: float | None
    planned_n: int | None
    most_n: int | None
    inflation: float
    alpha: float
    power: float | None


def answer(path: str, columns: tuple[str | None, str | None, str | None], words: ReestimateWords) -> dict[str, Any]:
    """Return the answer.

    Raises:
        ScenarioError: what cannot be.
    """
    if (words.ratio is None) == (words.difference is None):
        raise ScenarioError(
            "reestimate: wanted the effect assumed at planning, --ratio (counts) or --difference (changes)"
        )
    rules = trial_numbers()
    power = rules.power if words.power is None else words.power
    if not LEAST_ALPHA <= words.alpha < 0.5:
        raise ScenarioError(f"--alpha: found {words.alpha:g}, wanted {LEAST_ALPHA:g} to below 0.5, of one side")
    if not words.alpha < power < 1.0:
        raise ScenarioError(f"--power: found {power:g}, wanted above --alpha ({words.alpha:g}) and below 1")
    for option, n in (("--planned-n", words.planned_n), ("--most-n", words.most_n)):
        if n is not None and n < 1:
            raise ScenarioError(f"{option}: found {n}, wanted patients per arm, 1 or more")
    if words.planned_n is not None and words.most_n is not None and words.most_n < words.planned_n:
        raise ScenarioError(f"--most-n: found {words.most_n}, wanted at least --planned-n ({words.planned_n})")
    if not 1.0 <= words.inflation < 10.0:
        raise ScenarioError(
            f"--inflation: found {words.inflation:g}, wanted 1 to 10, as leao trial boundaries prints it"
        )
    planned = Planned(_endpoint(words), words.alpha, power, words.planned_n, words.most_n, words.inflation)
    return reestimate(path, Columns(*columns), planned)


def _endpoint(words: ReestimateWords) -> Counts | Changes:
    """Return the effect that was assumed; what scatters comes from the patients."""
    if words.ratio is not None:
        if not 0.0 < words.ratio < 10.0 or words.ratio == 1.0:
            raise ScenarioError(f"--ratio: found {words.ratio:g}, wanted the ratio that is to be found, such as 0.7")
        if words.months is None or not 1.0 / LARGEST_ENDPOINT <= words.months < 1000.0:
            raise ScenarioError("--ratio: wanted --months with it, the months of 28 days that a patient is followed")
        return Counts(1.0, words.ratio, 0.0, words.months)
    if words.months is not None:
        raise ScenarioError("--months goes with --ratio; leave it out")
    difference = words.difference or 0.0
    if not 1.0 / LARGEST_ENDPOINT <= abs(difference) <= LARGEST_ENDPOINT:
        wanted = f"{1.0 / LARGEST_ENDPOINT:g} to {LARGEST_ENDPOINT:g}, of either sign"
        raise ScenarioError(f"--difference: found {difference:g}, wanted the difference that is to be found, {wanted}")
    return Changes(difference, 1.0)
