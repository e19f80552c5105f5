"""Why an estimator cannot be used on a table, or gives no number: the true reason, and what to do."""

from __future__ import annotations

import numpy as np

from leao.trial.monthly_counts import Data
from leao.trial.reading.layout import Table

COUNTS = ("negative_binomial", "beta_binomial")
IMPUTED = ("jump_to_reference", "copy_reference", "copy_increments", "last_mean")
SEVERAL_VISITS = ("mmrm", *IMPUTED)
_MANY = 6  # visits, beyond which as many patients again are wanted
MOST_JACKKNIFED = 10_000  # patients
MOST_VISITS = 13  # with gaps; a year of months


def unfit(name: str, table: Table, *, day_counts: bool) -> str:
    """Return why an estimator is not for these data; empty where it is."""
    data, loaded = table.data, table.loaded
    if name == "responder" and not loaded.counts:
        return f"wanted counts; a fall by half of {loaded.unit} means nothing"
    if name in COUNTS and not loaded.counts:
        return f"wanted counts, found {loaded.unit}"
    if name in COUNTS and not np.isfinite(data.events).all():
        return "wanted whole counts; give columns NEVENT and NDAYS, or whole numbers"
    if day_counts and loaded.kind != "days":
        return "wanted days with headache (at most one a day); name such a column with --value, or write --kind days"
    if day_counts and loaded.month == 1.0:
        return "wanted how many days a visit counts; write --visit-days and --baseline-days"
    if day_counts and (data.events > data.days).any():
        return "wanted at most one a day, found more days with headache than days"
    if name in IMPUTED and data.use.sum() > MOST_JACKKNIFED:
        return f"its jackknife fits once a patient, at most {MOST_JACKKNIFED:,}, found {int(data.use.sum()):,}"
    return too_many_visits(data) if name in SEVERAL_VISITS else ""


def too_many_visits(data: Data) -> str:
    """Return why an unstructured covariance cannot be estimated; empty where it can be tried."""
    seen = np.isfinite(data.visits[0]) & data.use[0][:, None]
    m = seen.shape[1]
    p = data.groups + data.based + (0 if data.covariates is None else data.covariates.shape[-1])
    fewest = int(seen.sum(axis=0).min()) if m else 0
    gaps = bool((seen[:, 1:] & ~seen[:, :-1]).any())
    remedy = "pool visits: --visit-days 7 for weeks, or --pool 4"
    if m > 1 and fewest <= p + m - 1 + (m + 1) * (m > _MANY):
        numbers = m * (m + 1) // 2
        return f"{m} visits have a covariance of {numbers:,} numbers, too many for {fewest} patients; {remedy}"
    if m > MOST_VISITS and gaps:
        return f"{m} visits with gaps between them take too long, {MOST_VISITS} at most; {remedy}"
    return ""


def no_number(name: str, table: Table) -> str:
    """Return why an estimator that was tried gives no number."""
    data = table.data
    last = np.isfinite(table.values[:, -1]) & data.use[0]
    for place, arm in enumerate(table.arms):
        here = data.use[0] & (data.arm[0] == place)
        there = int((here & last).sum())
        if not here.any():
            return f"nobody of {arm} is analysed"
        if name in COUNTS and data.events[0][here].sum() == 0.0:
            return f"{arm} has no event at all"
        if name not in COUNTS and name != "responder" and there < 2:
            return f"{there} patients of {arm} have a value at {table.visits[-1]}, wanted two or more"
    values = table.values[last, -1]
    if name == "responder":
        return _separated(table) or "too few patients for arm, baseline and covariates"
    if name not in COUNTS and values.size and np.ptp(values) == 0.0:
        return f"every value at {table.visits[-1]} is {values[0]:g}"
    p = data.groups + data.based + (0 if data.covariates is None else data.covariates.shape[-1])
    return _too_little(name, table, int(last.sum()), p)


def _too_little(name: str, table: Table, people: int, p: int) -> str:
    """Return why ``people`` with a last visit do not carry ``p`` coefficients."""
    data = table.data
    if people <= p:
        return f"{people} patients at {table.visits[-1]} for {p} coefficients"
    if data.covariates is not None:
        return "covariates or strata that are not independent of each other or of the arms; leave some out"
    if name in COUNTS:
        return "the arms scatter no more than chance or are told apart by the baseline; no maximum was found"
    return (
        "the values of the visits follow from one another, or too few patients have several; compare the last by ancova"
    )


def _separated(table: Table) -> str:
    data, last = table.data, table.values[:, -1]
    responds = (
        np.isfinite(last) & (np.nan_to_num(last) <= (1.0 - data.fall) * data.baseline[0]) & (data.baseline[0] > 0.0)
    )
    for place, arm in enumerate(table.arms):
        share = responds[data.use[0] & (data.arm[0] == place)]
        if share.size and (share.all() or not share.any()):
            return f"{'everybody' if share.all() else 'nobody'} of {arm} responded: the odds ratio is without bound"
    return "the baseline tells responders and others apart completely" if data.use[0].sum() > 2 * data.groups else ""
