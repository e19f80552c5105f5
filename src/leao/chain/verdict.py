"""The verdict: two answers side by side, and what would move the first.

Mechanistic: log rate ratio of attacks from stages 1 to 5, no number tuned to a memantine trial.
Empirical:   log rate ratio of attacks from the published trials, under each prior.

The share explained is mechanistic over empirical log rate ratio; it is formed only where the empirical 90 %
interval excludes no effect. The probability that the route by way of spreading depression carries at least half is
P(log RR_mech <= log RR_emp / 2 and log RR_emp < 0): where the trials show harm there is nothing to carry.
Both ends are tested: the cortex's positive controls, and at the clinical end drugs that are known to work, left one out
of the link (``evidence/preventive_control.py``). The sentence says what was tested and how it came out before any
number; nothing is called qualified in words, since that sounds like approval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.known import finite

Array = NDArray[np.float64]
HALF = 0.5
HEADLINE = "neutral"
NAMED = 3  # controls of a status named in the sentence
WORST = ("failed", "void", "not run")  # statuses of a control that did not pass, the worst first
NOT_TESTED = ("chronic adaptation", "NMDA receptors of the trigeminal system", "targets other than NMDA receptors")


class Evidence(NamedTuple):
    """What the trials say under one prior, on the log rate ratio."""

    draws: Array
    estimate: float
    interval_95: tuple[float, float]
    interval_90: tuple[float, float]


def distribution(values: Array) -> dict[str, float | None]:
    """Return median and 90 % range of a sample; None where that quantile is not finite."""
    low, middle, high = (finite(value) for value in np.quantile(values, [0.05, 0.5, 0.95], method="inverted_cdf"))
    return {"median": middle, "p05": low, "p95": high}


class Ends(NamedTuple):
    """How the controls at both ends came out."""

    cortex: Sequence[tuple[str, str]]  # each control of the carrying presets: name with its preset, status
    clinical: str  # passed, failed, void, not run

    @property
    def failed(self) -> list[str]:
        """Return every control that did not pass."""
        rows = [f"{name} ({status})" for name, status in self.cortex if status != "passed"]
        return rows + ([] if self.clinical == "passed" else [f"preventives: clinical control ({self.clinical})"])

    @property
    def status(self) -> dict[str, str]:
        """Return one word for each end: of several statuses at the cortex the worst."""
        words = {status for _, status in self.cortex}
        worst = next((word for word in WORST if word in words), "passed" if words else "not run")
        return {"cortex": worst, "clinical": self.clinical}


def ends(controls: Mapping[str, Sequence[Mapping[str, str]]], clinical: str) -> Ends:
    """Return the state of both ends from the carrying presets' controls and the clinical control's status."""
    rows = [(f"{preset}: {row['name']}", row["status"]) for preset, table in controls.items() for row in table]
    return Ends(rows, clinical)


def judge(
    mechanistic: Array, by_preset: Mapping[str, Array], empirical: Mapping[str, Evidence], both: Ends, rat: Array
) -> dict[str, Any]:
    """Return the verdict of contract ``leao run``.

    Args:
        mechanistic: log rate ratios of attacks that the chain predicts, one per draw of its numbers.
        by_preset: the same for each cortex preset alone.
        empirical: what the trials say, by prior.
        both: how the controls at both ends came out.
        rat: log rate ratios that the link makes of the fall of waves at the rat's own dose.
    """
    halves = {prior: at_least_half(mechanistic, said.draws) for prior, said in empirical.items()}
    shares = {prior: share(mechanistic, said) for prior, said in empirical.items()}
    head = shares[HEADLINE]
    return {
        "qualified": not both.failed,
        "failed_controls": both.failed,
        "controls": both.status,
        "not_tested": list(NOT_TESTED),
        "mechanistic_rate_ratio": distribution(np.exp(mechanistic)),
        "mechanistic_by_preset": {preset: distribution(np.exp(log)) for preset, log in by_preset.items()},
        "empirical_rate_ratio": {prior: _ratio(said) for prior, said in empirical.items()},
        "p_at_least_half": halves[HEADLINE],
        "p_at_least_half_by_prior": halves,
        "share_explained": None if head is None else distribution(head),
        "share_explained_by_prior": {k: None if v is None else distribution(v) for k, v in shares.items()},
        "text": sentence(mechanistic, empirical[HEADLINE], both, rat),
    }


def at_least_half(mechanistic: Array, empirical: Array) -> float:
    """Return the probability that the mechanism carries at least half of an effect that is a benefit."""
    return float(np.mean((mechanistic <= HALF * empirical) & (empirical < 0.0)))


def share(mechanistic: Array, said: Evidence) -> Array | None:
    """Return mechanistic over empirical log rate ratio, or None where the 90 % interval includes no effect."""
    if said.interval_90[0] < 0.0 < said.interval_90[1]:
        return None
    return mechanistic / said.draws


def sentence(mechanistic: Array, said: Evidence, both: Ends, rat: Array) -> str:
    """Return the verdict in words: what was tested at both ends, then the numbers, then what was not tested.

    The rat's own dose is the strongest argument: no exposure of people and no cortex of ours stands in it.
    """
    percent, of_rats = (100.0 * (1.0 - np.exp(np.quantile(logs, [0.5, 0.05, 0.95]))) for logs in (mechanistic, rat))
    half = _probability(at_least_half(mechanistic, said.draws))
    seen, most, least = (100.0 * (1.0 - np.exp(value)) for value in (said.estimate, *said.interval_95))
    trust = "" if not both.failed else " Since a control did not pass, the numbers are shown, not vouched for."
    return (
        f"{tested(both)}{trust} By way of spreading depression, which is one route and not the whole of what the drug "
        f"may do, block of the channel at this dose lowers attacks by {percent[0]:.2g} % (90 % range {percent[2]:.2g} "
        f"to {percent[1]:.2g} %); the trials show {seen:.0f} % (95 % interval {least:.0f} to {most:.0f} %). The "
        f"probability that this route carries at least half of that is {half}. Even the fall of waves that rats showed "
        f"at their own dose makes, by the same link, {of_rats[0]:.2g} % fewer attacks (90 % range {of_rats[2]:.2g} to "
        f"{of_rats[1]:.2g} %). "
        f"Not tested: {', '.join(NOT_TESTED)}."
    )


def tested(both: Ends) -> str:
    """Return what was tested at each end and how it came out."""
    counts = Counter(status for _, status in both.cortex)
    listed = (f"{counts[word]} {word}{_named(both, word)}" for word in ("passed", *WORST) if counts[word])
    cortex = ", ".join(listed) or "no control ran"
    clinical = {
        "passed": "passed: drugs known to work are predicted by the link that the others gave",
        "failed": "failed: from their effect on the wave, drugs known to work are not told apart from no effect, or "
        "not put in order",
        "void": "void: drugs half as strong pass too, so that it cannot tell",
        "not run": "not run: the clinical end is not tested",
    }[both.clinical]
    return f"Tested at two ends. Cortex: {cortex}. Clinic (other preventives, each left out in turn): {clinical}."


def _named(both: Ends, status: str) -> str:
    """Return the cortex's controls of a status that is no pass, in brackets; none where they are many."""
    names = [name.partition(": ")[2] for name, each in both.cortex if each == status != "passed"]
    return f" ({'; '.join(names)})" if 0 < len(names) <= NAMED else ""


def rank(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of ``moved`` by falling size of their swing."""
    return sorted(rows, key=lambda row: -abs(row["swing"]))


def _ratio(said: Evidence) -> dict[str, float]:
    low, high = said.interval_95
    return {"estimate": float(np.exp(said.estimate)), "low": float(np.exp(low)), "high": float(np.exp(high))}


def _probability(p: float) -> str:
    if p < 0.001:
        return "below 0.001"
    return "above 0.999" if p > 0.999 else f"{p:.3f}"
