"""Each preventive lived in simulated trials: the hazard that the link predicts, diaries, and the trial's own analysis.

Every drug meets the same people, baseline and placebo, those of ledger ``trial``, as many of them as its own largest
trial had; the first n people are the same whatever the number. Each simulated trial has one draw of what the link gives
the drug by way of the wave, left out of its own anchor. What a trial sees differs from the observed layer of the link
by enrolment, missing days, dropout and sampling.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain.verdict import distribution
from leao.core.random import Streams
from leao.diary.courses import Courses
from leao.diary.options import DiaryOptions
from leao.trial import designs, placebo_response, simulation
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.estimators import METHODS
from leao.trial.monthly_counts import ENDPOINTS, collect
from leao.trial.options import TrialOptions

Array = NDArray[np.float64]

N_PER_ARM, TRIALS, SEED = 100, 40, 18  # patients an arm where the drug's own trials do not say
ENDPOINT, METHOD = "attacks", "negative_binomial"
CONFIDENCE = 0.95


class DrawnHazard(NamedTuple):
    """A drug with one hazard ratio for each trial, on every day on which it is taken."""

    log_hazard: Array  # (trial,)

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return the factor on the hazard of attacks."""
        log = np.minimum(self.log_hazard[np.array(enrolled.trials)], 0.0)
        return Courses.each(np.where(dose.dense() > 0.0, np.exp(log)[:, None, None], 1.0))


def simulated(log_hazard: Array, own_size: int | None = None) -> dict[str, Any]:
    """Return what ``TRIALS`` simulated trials of a drug see.

    Args:
        log_hazard: draws of the drug's log hazard ratio, at least one for each trial.
        own_size: patients an arm of the drug's own largest trial; None: not seen, ``N_PER_ARM``.
    """
    n_per_arm = own_size or N_PER_ARM
    effect = DrawnHazard(log_hazard[:TRIALS])
    common = _setting()
    setting = common._replace(effect=effect, design=common.design._replace(n_per_arm=n_per_arm))
    diaries = simulation.simulate_diaries(setting, range(TRIALS), ("missing", ENDPOINTS[ENDPOINT]))
    data = collect(diaries.with_drug, setting.design, diaries.enrolled, ENDPOINT, diaries.missing)
    estimate = METHODS[METHOD].estimate(data)
    _, high = estimate.interval(CONFIDENCE)
    return {
        "n_per_arm": n_per_arm,
        "size_seen": own_size is not None,
        "trials": TRIALS,
        "rate_ratio": distribution(np.exp(estimate.value[:, 0])),
        "effect_shown": float(np.mean(high[:, 0] < 0.0)),
    }


@cache
def _setting() -> simulation.Setting:
    design = designs.settle(TrialOptions(n_per_arm=N_PER_ARM), ("placebo", "drug"), DiaryOptions())
    planned = np.stack([np.zeros(design.days), np.ones(design.days)])  # the dose is a switch: the hazard is given
    return simulation.Setting(
        design, placebo_response.calibrate(design), DrawnHazard(np.zeros(TRIALS)), planned, Streams(SEED, "preventives")
    )
