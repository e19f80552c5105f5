"""Covariates of simulated patients, known before randomisation, that the estimators adjust for; and what they gain.

All are read off the patient's own diary: attacks (or days) of the run-in, which is written before the baseline and
counts nowhere else, and what else the baseline holds. They tell of the outcome because the same person wrote them.
Counts enter as they are where the effect is a difference, as logarithms where it is a ratio; all about their mean over
the trial's analysed patients. Who has none (severity without a migraine day) gets that mean.

Gain: the spread of the estimates over the simulated trials without and with the covariates, (s0 / s1)^2 - 1, the share
of patients that it is worth; its error by the jackknife over blocks of trials, which are the same trials both ways.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leao.trial import endpoints
from leao.trial.designs import Design
from leao.trial.kernels.windows import sums
from leao.trial.monthly_counts import ENDPOINTS, Data

Array = NDArray[np.float64]
RUN_IN = "run_in"
COLUMNS = {  # of the diary that each needs; the run-in's are the endpoint's own
    RUN_IN: (),
    "headache_days": ("headache",),
    "migraine_days": ("migraine",),
    "rescue_days": ("rescue",),
    "severity": ("severity", "migraine"),
    "duration": ("migraine_hours", "episodes"),
}
MEANS = ("severity", "duration")  # no counts
_FLOOR = 0.5  # events: half of the smallest count, so that nothing has a logarithm
_BLOCKS = 20


def columns(design: Design) -> tuple[str, ...]:
    """Return the columns of the diary that the design's covariates need."""
    return tuple(dict.fromkeys(column for name in design.covariates for column in COLUMNS[name]))


def names(design: Design, endpoint: str) -> tuple[str, ...]:
    """Return the covariates beside an endpoint: its own count in the baseline is adjusted for in any case."""
    return tuple(name for name in design.covariates if name != endpoint)


def adjusted(
    data: Data, days: Mapping[str, NDArray], missing: NDArray[np.bool_], design: Design, endpoint: str, *, ratio: bool
) -> Data:
    """Return the data with the design's covariates.

    Args:
        data: without them.
        days: the diaries, (trial, subject, day).
        missing: days nobody sees.
        design: the trial.
        endpoint: of the data.
        ratio: whether the effect is a ratio, so that counts enter as logarithms.
    """
    parts = [
        _centred(values(name, days, missing, design, endpoint), data.use, name, ratio=ratio)
        for name in names(design, endpoint)
    ]
    return data._replace(covariates=np.stack(parts, axis=-1)) if parts else data


def values(name: str, days: Mapping[str, NDArray], missing: NDArray[np.bool_], design: Design, endpoint: str) -> Array:
    """Return one covariate as it is, (trial, subject); NaN where a patient has none. The run-in's is the endpoint's."""
    before = (design.run_in_days, design.start)
    if name == "severity":
        migraine = days["migraine"].astype(bool) & ~missing
        pain, _ = sums(days["severity"], ~migraine, before)
        count, _ = sums(days["migraine"], ~migraine, before)
        return endpoints.ratio(pain, count)
    if name == "duration":
        cut = slice(*before)
        hours = np.where(missing[..., cut], 0.0, days["migraine_hours"][..., cut]).sum(axis=-1)
        episodes, _ = sums(days["episodes"], missing, before)
        return endpoints.ratio(hours, episodes)
    if name == RUN_IN:
        total, filled = sums(days[ENDPOINTS[endpoint]], missing, (0, design.run_in_days))
    else:
        total, filled = sums(days[endpoints.COUNTS[name]], missing, before)
    return endpoints.ratio(total * design.rules.month, filled)


def _centred(raw: Array, use: NDArray[np.bool_], name: str, *, ratio: bool) -> Array:
    """Return the values about their mean over the analysed of each trial, 0 where there is none."""
    if ratio and name not in MEANS:
        raw = np.log(np.maximum(raw, _FLOOR))
    known = use & np.isfinite(raw)
    mean = np.where(known, raw, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(np.isfinite(raw), raw - mean[:, None], 0.0)


def gain(plain: Array, with_them: Array, *, comparable: bool) -> dict[str, float | None]:
    """Return what covariates are worth in percent of the patients, with its error, and both spreads.

    Args:
        plain: estimates without covariates, (trial,).
        with_them: of the same trials.
        comparable: whether both estimate the same; an odds ratio is another one where more is adjusted for.
    """
    known = np.isfinite(plain) & np.isfinite(with_them)
    pair = np.stack([plain[known], with_them[known]])
    keys = ("spread_without", "spread_with", "gain_percent", "gain_percent_se")
    if not comparable or pair.shape[1] <= _BLOCKS or not (pair.std(axis=1, ddof=1) > 0.0).all():
        return dict.fromkeys(keys)
    blocks = np.arange(pair.shape[1]) % _BLOCKS
    left = np.array([_worth(pair[:, blocks != block]) for block in range(_BLOCKS)])
    se = math.sqrt((_BLOCKS - 1) / _BLOCKS * float(((left - left.mean()) ** 2).sum()))
    spread = pair.std(axis=1, ddof=1)
    return dict(zip(keys, (float(spread[0]), float(spread[1]), _worth(pair), se), strict=True))


def _worth(pair: Array) -> float:
    before, after = pair.var(axis=1, ddof=1)
    return float(100.0 * (before / after - 1.0))
