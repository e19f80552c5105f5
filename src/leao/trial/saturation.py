"""Saturation: how much less attacks fall than the hazard that starts them.

A drug that thins triggers leaves the patient rested and pain-free for longer, so the next trigger succeeds more
often. Over the usual range ln(observed ratio) = saturation * ln(hazard ratio), nearly; the slope is the number
``saturation`` of ledger ``headache``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.random import Streams
from leao.trial import endpoints, sequences
from leao.trial.designs import Design
from leao.trial.diaries import diaries
from leao.trial.enrolment_dropout import EnrolledPatients, enrol
from leao.trial.options import Parallel
from leao.trial.placebo_response import Calibration

Array = NDArray[np.float64]
HAZARD_RATIOS = (0.5, 0.64, 0.75, 0.9)
PATIENTS, TRIALS, WEEKS = 50, 60, 12  # of the small trial that a design's link is simulated in


class Saturation(NamedTuple):
    """Hazard ratios, the ratios of attacks they give, and the slope between the logarithms."""

    hazard: Array
    observed: Array
    slope: float


def study(design: Design, calibration: Calibration, trials: int = 100) -> Saturation:
    """Return the saturation seen by the eligible of ``trials`` simulated trials, on placebo and with the same luck."""
    streams = Streams(0, "saturation")
    enrolled = enrol(design, calibration, streams, range(trials))
    shape = (*enrolled.arm.shape, design.days)
    level = [_attacks(design, enrolled, np.full(shape, ratio)) for ratio in (1.0, *HAZARD_RATIOS)]
    hazard, observed = np.array(HAZARD_RATIOS), np.array(level[1:]) / level[0]
    log = np.log(hazard)
    return Saturation(hazard, observed, float(log @ np.log(observed) / (log @ log)))


def _attacks(design: Design, enrolled: EnrolledPatients, ratio: Array) -> float:
    return float(np.nanmean(endpoints.final(diaries(design, enrolled, ratio), design)["attacks"]))


def simplified(design: Design) -> Design:
    """Return a small parallel trial of the same patients, in which the link from hazard to attacks is simulated."""
    arms = design.plan.treatments[:2]
    plan = sequences.build(Parallel(), arms, WEEKS, design.month)
    return design._replace(
        plan=plan, arms=arms, n_per_arm=PATIENTS, treatment_days=plan.days, dropout=(0.0, 0.0), stratify=False
    )


def logs(simple: Design, calibration: Calibration) -> dict[str, list[float]]:
    """Return ``hazard`` and ``observed``: logarithms of hazard ratios and of the ratios of attacks they give."""
    result = study(simple, calibration, TRIALS)
    return {"hazard": [*np.log(result.hazard).tolist(), 0.0], "observed": [*np.log(result.observed).tolist(), 0.0]}
