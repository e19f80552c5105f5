"""What an estimator sees of a trial, simulated or real, and how it is made from diaries.

Counts are per 28 filled-in days (a month); a month of which too little was filled in counts as missing. A patient
who has left has no further days; one who stopped the drug but went on with the diary has (treatment policy: what was
measured counts, whatever was taken).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.trial import endpoints
from leao.trial.designs import Design
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.kernels.windows import sums

Array = NDArray[np.float64]
ENDPOINTS = {"attacks": "attacks", "migraine_days": "migraine", "headache_days": "headache"}
DAY_COUNTS = ("migraine_days", "headache_days")


class Data(NamedTuple):
    """One endpoint of some trials; (trial, subject) unless said. Group 0 is the control."""

    arm: NDArray[np.int8]
    use: NDArray[np.bool_]  # randomised and part of the analysis
    baseline: Array  # per month
    visits: Array  # per month, NaN where missing, (trial, subject, visit)
    events: Array  # whole number of events on the filled-in days of all visits
    days: Array  # those days
    month: float  # days of a month
    counts_days: bool  # at most one event a day
    drug: NDArray[np.bool_]  # paired designs: whether each group is on drug at each visit, (group, visit)
    fall: float = 0.5  # of a responder
    weights: Array | None = None  # trend over groups, (group,): dose-finding alone
    covariates: Array | None = None  # further regressors, (trial, subject, column), centred
    based: bool = True  # whether there is a baseline to adjust for

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return self.drug.shape[0]

    def first(self, n: int) -> Data:
        """Return the trials as they would be with the first ``n`` patients alone: a view, nobody is drawn anew."""
        names = ("arm", "use", "baseline", "visits", "events", "days")
        names += () if self.covariates is None else ("covariates",)
        cut = {name: getattr(self, name)[:, :n] for name in names}
        return self._replace(**cut)


def observed(
    days: Mapping[str, NDArray], design: Design, enrolled: EnrolledPatients, stays: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which days are missing: not filled in, or after the patient left for good, (trial, subject, day).

    Args:
        days: the diaries.
        design: the trial.
        enrolled: its patients.
        stays: who goes on with the diary after stopping the drug.
    """
    missing, leaves = days["missing"].copy().view(np.bool_), np.isfinite(enrolled.last_day) & ~stays
    missing[leaves] |= np.arange(design.days) >= enrolled.last_day[leaves][:, None]
    return missing


def collect(
    days: Mapping[str, NDArray], design: Design, enrolled: EnrolledPatients, endpoint: str, missing: NDArray[np.bool_]
) -> Data:
    """Return what estimators see of one endpoint.

    Args:
        days: the diaries, (trial, subject, day).
        design: the trial.
        enrolled: its patients.
        endpoint: one of ``ENDPOINTS``.
        missing: from ``observed``.
    """
    daily = days[ENDPOINTS[endpoint]]
    plan, least = design.plan, design.rules.least_filled
    before = (design.run_in_days, design.start)
    baseline = _per_month(*sums(daily, missing, before), design.rules.month)
    use = np.isfinite(baseline)
    if plan.randomised:  # withdrawal: the last month on the drug is the baseline, responders go on
        stop, earlier = design.start + plan.randomised, baseline
        total, filled = sums(daily, missing, (stop - design.month, stop))
        baseline = _per_month(total, filled, design.rules.month)
        use = np.isfinite(baseline) & endpoints.responders(earlier, baseline, design)
        use &= (filled >= least * design.month) & (enrolled.last_day >= stop)
    visits, events, written = [], np.zeros(baseline.shape), np.zeros(baseline.shape)
    for start, stop in plan.windows:
        total, filled = sums(daily, missing, (design.start + start, design.start + stop))
        rate = _per_month(total, filled, design.rules.month)
        visits.append(np.where(filled >= least * (stop - start), rate, np.nan))
        events += total
        written += filled
    return Data(
        arm=enrolled.arm,
        use=use,
        baseline=np.where(use, baseline, 0.0),
        visits=np.stack(visits, axis=-1),
        events=events,
        days=written,
        month=design.rules.month,
        counts_days=endpoint in DAY_COUNTS,
        drug=plan.on_drug(),
        fall=design.rules.responder_fall,
    )


def _per_month(total: Array, filled: Array, month: float) -> Array:
    """Return events per month of filled-in days, NaN where none was."""
    return np.divide(total * month, filled, out=np.full(filled.shape, np.nan), where=filled > 0.0)
