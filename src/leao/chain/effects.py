"""The three effects a simulated trial may assume: computed from the drug, read off the trials, or named by the user."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline
from leao.chain.verdict import HEADLINE
from leao.core import ledger
from leao.core.cache import Kept
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.diary.courses import Courses
from leao.dosing.schedule import INTAKES
from leao.evidence import pooling
from leao.evidence.mixture import Posterior
from leao.headache import wave_to_pain
from leao.headache.options import HeadacheOptions
from leao.headache.params import Attack
from leao.trial import saturation
from leao.trial.designs import Design
from leao.trial.effect import Assumed, Constant, Effect, Link, PainRoute, by_group
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.placebo_response import Calibration

Array = NDArray[np.float64]
PRIORS = {"empirical": HEADLINE, "neutral": "neutral", "sceptical": "sceptical"}  # of the synthesis of trials
KINDS = ("mechanistic", *PRIORS)
TRIGEMINAL = ("severity", "duration")  # outcomes that the route through the trigeminocervical complex can reach


class Mechanistic(NamedTuple):
    """The chain from the tablet to the hazard, for any doses day by day; every trial has a world of its own."""

    streams: Streams
    asked: pipeline.ChainRequest
    intakes: Array  # shares of a day's dose by intake, evenly apart, (group, day, intake)
    plans: tuple[pipeline.PlannedIntake, ...] = ()  # of each group where several take the drug, else the request's
    routes: frozenset[str] = frozenset()  # of ``TRIGEMINAL``, those that act by the trigeminocervical complex

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return the factor on the hazard of attacks."""
        return Courses.each(self.states(enrolled, dose.dense())["attack_rate_ratio"])

    def states(self, enrolled: EnrolledPatients, dose: Array) -> dict[str, Array]:
        """Return what stages 1 to 5 write for the enrolled under ``dose`` (trial, subject, day), mg per day."""
        intakes = dose[..., None] * self.intakes[:, : dose.shape[-1]][enrolled.arm]
        identity = enrolled.people.identity.astype(np.intp)
        people = pipeline.Cohort(identity, intakes, self.plans, enrolled.arm if self.plans else None)
        return pipeline.treat(self.asked, people, self.streams, enrolled.trials)

    def pain(self, enrolled: EnrolledPatients, dose: Courses) -> PainRoute | None:
        """Return what block in the trigeminocervical complex does to pain, by each mean over days on the drug."""
        if not self.routes:
            return None
        odds, on = self.states(enrolled, dose.dense())["block_odds"], (dose.days > 0.0)[dose.of]
        block = (odds / (1.0 + odds) * on).sum(axis=-1) / np.maximum(on.sum(axis=-1), 1)

        def uniform(key: str) -> Array:
            return self.streams.per_trial(f"world.headache/attack.{key}", enrolled.trials)

        numbers = ledger.draw(ledger.read("headache/attack"), Attack, uniform)
        log_drive = np.log(wave_to_pain.drive(numbers, block))
        none = np.zeros(log_drive.shape)
        return PainRoute(
            severity=log_drive / numbers.severity_log_sd if "severity" in self.routes else none,
            log_length=log_drive if "duration" in self.routes else none,
        )


def trigeminal(options: HeadacheOptions, kind: str | float) -> frozenset[str]:
    """Return the outcomes that the route through the trigeminocervical complex is switched on for.

    Raises:
        ScenarioError: a route that an effect which is not computed from the drug could not take.
    """
    on = frozenset(name for name in TRIGEMINAL if getattr(options, name) == "trigeminocervical")
    if on and kind != "mechanistic":
        name = min(on)
        raise ScenarioError(
            f"headache.{name}: found 'trigeminocervical' beside --effect {kind}, wanted 'none': only the mechanistic "
            f"effect has a block that this route could start from; write --set headache.{name}=none"
        )
    return on


def at_once(design: Design, width: int = INTAKES) -> Array:
    """Return the shares of a day's dose that is taken at once, (group, day, intake)."""
    return np.broadcast_to(np.eye(width)[0], (len(design.arms), design.days, width))


def as_planned(design: Design, planned: Array) -> Array:
    """Return the shares of a day's dose by intake, (group, day, intake); at once where nothing is planned.

    Args:
        design: the trial.
        planned: mg of salt of each treatment by day since it began, (treatment, day, intake).
    """
    doses = by_group(design, planned)
    total = doses.sum(axis=-1, keepdims=True)
    return np.divide(doses, total, out=at_once(design, doses.shape[-1]).copy(), where=total > 0.0)


class Empirical(NamedTuple):
    """The published trials' log rate ratio: a draw from its posterior for each trial."""

    streams: Streams
    evidence: tuple[tuple[float, ...], ...]  # fields of the posterior, a mixture of normals

    def __call__(self, trials: range) -> Array:
        """Return the log rate ratio of each trial."""
        u = self.streams.per_trial("trial.empirical", trials)[:, 0]
        return Posterior(*(np.array(part) for part in self.evidence)).draw(u)


def parse(text: str) -> str | float:
    """Return ``mechanistic``, a prior of the synthesis (``empirical`` is the neutral one) or a ratio of attack rates.

    Raises:
        ScenarioError: none of these, or a ratio outside (0, 1].
    """
    if text in KINDS:
        return text
    wanted = f"{', '.join(KINDS)} or a ratio of attack rates above 0 and at most 1 (1: no effect)"
    try:
        ratio = float(text)
    except ValueError:
        hint = ledger.nearest(text, list(KINDS))
        raise ScenarioError(f"--effect: found {text!r}, wanted {wanted}{hint}") from None
    if not 0.0 < ratio <= 1.0:
        raise ScenarioError(f"--effect: found {text}, wanted {wanted}; a drug that brings attacks is not modelled")
    return ratio


def build(
    kind: str | float, design: Design, calibration: Calibration, chain: Mechanistic, reference: float, kept: Kept | None
) -> Effect:  # fmt: skip
    """Return the effect of ``kind``.

    Args:
        kind: from ``parse``.
        design: the trial.
        calibration: of the trial.
        chain: the mechanistic effect, with the streams of the scenario.
        reference: mg/day at which an empirical or named ratio holds.
        kept: what earlier runs computed.
    """
    if kind == "mechanistic":
        return chain
    link = _link(design, calibration, kept)
    if kind in PRIORS:
        evidence = pooling.empirical()[PRIORS[str(kind)]]
        return Assumed(Empirical(chain.streams, tuple(map(tuple, evidence))), link, reference)
    return Assumed(Constant(math.log(float(kind))), link, reference)


def _link(design: Design, calibration: Calibration, kept: Kept | None) -> Link:
    """Return hazard against attacks for these patients, simulated once."""
    simple = saturation.simplified(design)
    logs = partial(saturation.logs, simple, calibration)
    table = kept.table("link", (simple, calibration), logs) if kept else logs()
    return Link(tuple(map(float, table["hazard"])), tuple(map(float, table["observed"])))
