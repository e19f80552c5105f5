"""What the cycles of one patient say: the mean difference, its error, and looks that hold the error.

A cycle c gives d_c, headache (or migraine) days per 28 recorded days in the window on drug less those in the window
on placebo. Three cycles alone know little of their own scatter, so that it is drawn towards what days would scatter
(Smyth 2004, Stat Appl Genet Mol Biol 3:3, moderated t):

    v_c = m^2 p (1 - p) (1/n_drug + 1/n_placebo)      independent days: p the share over all windows, n recorded, m 28
    s^2 = sum (d_c - d)^2 / (k - 1),   s0^2 = ratio * mean v_c
    s~^2 = (f s0^2 + (k - 1) s^2) / (f + k - 1),   t = d / (s~ / sqrt k),   f + k - 1 degrees of freedom

ratio (ledger ``n_of_1``) comes from simulated patients without effect (validation/n_of_1_noise.py): days of one patient
hang together and susceptibility drifts, so that it is above 1; f is set lower than they would have it. Where s^2 / s0^2
is larger than such patients let expect (``surprise``, one-sided F), the paired t of these cycles alone is quoted
instead.

Looks after the second cycle and each further one: alpha is spent on either side as O'Brien and Fleming, by the whole
cycles of those planned (trial/sequential); a z bound becomes the t bound of the same tail.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, ndtr, stdtr, stdtrit

from leao.core import ledger
from leao.trial.params import TrialNumbers
from leao.trial.params import numbers as trial_numbers
from leao.trial.sequential.boundaries import SequentialRequest, solve
from leao.trial.sequential.spending import function

Array = NDArray[np.float64]
OUTCOMES = ("headache_days", "migraine_days")
HELPS, HARMS, OPEN = 1, -1, 0


class CycleNumbers(NamedTuple):
    """How cycles of simulated patients without effect scatter; meanings and sources stand in ledger ``n_of_1``."""

    cycle_noise_headache: Annotated[float, "dimensionless"]
    cycle_noise_migraine: Annotated[float, "dimensionless"]
    cycle_freedom: Annotated[float, "dimensionless"]
    cycle_surprise: Annotated[float, "dimensionless"]


class Noise(NamedTuple):
    """How a cycle's difference scatters."""

    ratio: float  # its variance over that of independent days
    freedom: float  # how well that is known of another patient
    surprise: float  # tail probability of F below which a patient is not like the simulated


class Windows(NamedTuple):
    """Counted days of some patients' cycles, (patient, cycle, 2): the window on placebo, then the one on drug."""

    events: Array
    recorded: Array


class CycleEstimate(NamedTuple):
    """Drug less placebo per 28 days, (patient,); NaN where there is none."""

    cycles: Array  # whole ones
    value: Array
    se: Array
    freedom: Array
    alone_se: Array  # of the patient's cycles alone, with cycles - 1 degrees of freedom
    surprise: Array  # chance of so large a scatter in a patient like the simulated
    moderated: NDArray[np.bool_]  # the scatter was drawn; else alone is quoted


def noise(outcome: str) -> Noise:
    """Return the ledger's noise of an outcome."""
    numbers = ledger.params(ledger.read("n_of_1"), CycleNumbers)
    ratio = numbers.cycle_noise_migraine if outcome == "migraine_days" else numbers.cycle_noise_headache
    return Noise(ratio, numbers.cycle_freedom, numbers.cycle_surprise)


def differences(windows: Windows, rules: TrialNumbers, window_days: int) -> tuple[Array, Array]:
    """Return each cycle's difference per month and its variance were days independent, NaN where not whole."""
    enough = np.asarray((windows.recorded >= rules.least_filled * window_days).all(axis=-1))
    n = np.where(enough[..., None], windows.recorded, 1.0)
    rate = rules.month * np.where(enough[..., None], windows.events, 0.0) / n
    counted = np.where(enough[..., None], windows.recorded, 0.0).sum(axis=(-1, -2))
    events = np.where(enough[..., None], windows.events, 0.0).sum(axis=(-1, -2))
    share = (events + 0.5) / (counted + 1.0)  # half a day more, so that nobody's days are certain
    variance = (rules.month**2 * share * (1.0 - share))[..., None] * (1.0 / n).sum(axis=-1)
    return (
        np.where(enough, rate[..., 1] - rate[..., 0], np.nan),
        np.where(enough, variance, np.nan),
    )


def estimate(difference: Array, variance: Array, of_noise: Noise) -> CycleEstimate:
    """Return the mean difference of each patient's whole cycles with its error.

    Args:
        difference: of each cycle, (patient, cycle), NaN where not whole.
        variance: of it, were days independent.
        of_noise: how cycles scatter.
    """
    whole = np.isfinite(difference)
    k = whole.sum(axis=-1).astype(np.float64)
    some = np.maximum(k, 1.0)
    value = np.where(k > 0.0, np.where(whole, difference, 0.0).sum(axis=-1) / some, np.nan)
    expected = of_noise.ratio * np.where(whole, variance, 0.0).sum(axis=-1) / some
    squares = np.where(whole, (difference - value[..., None]) ** 2, 0.0).sum(axis=-1)
    several = k > 1.0
    s2 = np.where(several, squares / np.maximum(k - 1.0, 1.0), np.nan)
    alone = np.sqrt(s2 / some)
    ratio = np.where(several & (expected > 0.0), s2 / np.where(expected > 0.0, expected, 1.0), 0.0)
    surprise = np.where(several, fdtrc(np.maximum(k - 1.0, 1.0), of_noise.freedom, ratio), 1.0)
    freedom = of_noise.freedom + k - 1.0
    drawn = np.sqrt((of_noise.freedom * expected + squares) / np.maximum(freedom, 1.0) / some)
    moderated = surprise >= of_noise.surprise
    return CycleEstimate(
        cycles=k,
        value=value,
        se=np.where(k > 0.0, np.where(moderated, drawn, alone), np.nan),
        freedom=np.where(moderated, freedom, k - 1.0),
        alone_se=alone,
        surprise=surprise,
        moderated=moderated,
    )


def interval(answer: CycleEstimate, confidence: float) -> tuple[Array, Array]:
    """Return both ends of the interval."""
    reach = stdtrit(np.maximum(answer.freedom, 1.0), 0.5 + 0.5 * confidence) * answer.se
    return answer.value - reach, answer.value + reach


def one_sided(answer: CycleEstimate) -> Array:
    """Return the one-sided p that the drug lessens the days."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(answer.se > 0.0, answer.value / answer.se, np.sign(answer.value) * np.inf)
    return stdtr(np.maximum(answer.freedom, 1.0), np.nan_to_num(t, nan=0.0))


def nominal(cycles: tuple[int, ...], planned: int, alpha: float) -> Array:
    """Return the one-sided p at which each look stops, (look,).

    Args:
        cycles: whole cycles at each look, rising; those of looks already made first.
        planned: cycles planned.
        alpha: of one side, over all looks.
    """
    fractions = np.array(cycles, np.float64) / planned
    spent = function("obrien_fleming", alpha, None, "--spending")
    power = trial_numbers().power
    bounds = solve(SequentialRequest(fractions, alpha, power, sides=2, spent=spent))
    return ndtr(-bounds.upper)


def verdict(answer: CycleEstimate, bound: float) -> NDArray[np.int64]:
    """Return ``HELPS``, ``HARMS`` or ``OPEN`` of each patient at a look whose one-sided bound is ``bound``."""
    p = one_sided(answer)
    known = np.isfinite(answer.value) & np.isfinite(answer.se) & (answer.freedom >= 1.0)
    return np.where(known & (p <= bound), HELPS, np.where(known & (1.0 - p <= bound), HARMS, OPEN))
