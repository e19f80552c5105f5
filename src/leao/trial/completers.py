"""The analysis of a published trial: completers, the last month of treatment against the baseline.

Who left, or filled in nothing of a month, is not analysed. The estimators are those of ``methods``; beside them
stands what no trial can see, the attacks of the treated over those of the same people without the drug (common random
numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.trial import endpoints, titration
from leao.trial.baseline_covariates import adjusted
from leao.trial.designs import Design
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.estimators import change, negative_binomial
from leao.trial.monthly_counts import Data
from leao.trial.simulation import Setting, SimulatedDiaries, simulate_diaries, untreated

Array = NDArray[np.float64]
REPORTED = ("attacks", "migraine_days", "headache_days", "rescue_days", "severity", "duration")


class Completers(NamedTuple):
    """Two months of everybody's endpoints (trial, subject), and who is analysed."""

    before: Mapping[str, Array]
    after: Mapping[str, Array]
    use: NDArray[np.bool_]

    def data(self, name: str, design: Design, enrolled: EnrolledPatients) -> Data:
        """Return what estimators see of one endpoint."""
        return Data(
            arm=enrolled.arm,
            use=self.use,
            baseline=np.where(self.use, self.before[name], 0.0),
            visits=self.after[name][..., None],
            events=self.after["recorded_attacks"],
            days=self.after["filled"],
            month=design.rules.month,
            counts_days=name != "attacks",
            drug=design.plan.on_drug(),
            fall=design.rules.responder_fall,
        )


def chunk(setting: Setting, trials: range) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Return the columns of patients and of trials of some trials of the ensemble.

    Patients: flat arrays (line,). Trials: arrays (trial, arm), (trial, active arm), (trial, arm, month) or (trial,).
    """
    return analyse(setting, simulate_diaries(setting, trials))


def analyse(setting: Setting, simulated: SimulatedDiaries) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Return the columns of patients and of trials of simulated diaries, as ``chunk``."""
    design, enrolled = setting.design, simulated.enrolled
    months = completers(design, simulated)
    trials = _estimates(design, simulated, months)
    trials["paired_rate_ratio"] = _paired(setting, simulated, months)
    attacks = endpoints.monthly_attacks(simulated.with_drug, design)
    trials["monthly_attacks"] = by_arm(attacks, enrolled.arm, design, months.use)
    rows = _rows(enrolled, months) | titration.columns(simulated.dosed, design, setting.streams)
    return {name: np.ascontiguousarray(value).reshape(-1) for name, value in rows.items()}, trials


def completers(design: Design, simulated: SimulatedDiaries) -> Completers:
    """Return the months that are compared; analysed is who stayed to the end and filled in days of both."""
    before, after = endpoints.baseline(simulated.with_drug, design), endpoints.final(simulated.with_drug, design)
    stayed = np.isinf(simulated.enrolled.last_day)
    return Completers(before, after, stayed & (before["filled"] > 0.0) & (after["filled"] > 0.0))


def _estimates(design: Design, simulated: SimulatedDiaries, months: Completers) -> dict[str, NDArray]:
    enrolled = simulated.enrolled
    use, arm, confidence = months.use, enrolled.arm, design.rules.confidence
    entries: dict[str, NDArray] = {
        "trial": np.array(enrolled.trials),
        "n": np.stack([(use & (arm == place)).sum(axis=1) for place in range(len(design.arms))], axis=1),
        "screened": enrolled.screened,
    }
    for name in REPORTED:
        parts = {"baseline": months.before[name], "end": months.after[name]}
        parts["change"] = parts["end"] - parts["baseline"]
        entries |= {f"{phase}_{name}": by_arm(values, arm, design, use) for phase, values in parts.items()}
        squares = by_arm(parts["change"] ** 2, arm, design, use) - entries[f"change_{name}"] ** 2
        entries[f"change_sd_{name}"] = np.sqrt(np.maximum(squares, 0.0))
    responds = endpoints.responders(months.before["attacks"], months.after["attacks"], design)
    entries["responders"] = by_arm(responds.astype(np.float64), arm, design, use)
    counts = months.data("attacks", design, enrolled)
    ratio = negative_binomial(adjusted(counts, simulated.with_drug, simulated.missing, design, "attacks", ratio=True))
    entries |= {
        f"rate_ratio{end}": np.exp(value)
        for end, value in zip(("", "_low", "_high"), (ratio.value, *ratio.interval(confidence)), strict=True)
    }
    for name in ("attacks", "migraine_days"):
        estimate = change(months.data(name, design, enrolled))
        low, high = estimate.interval(confidence)
        start = f"difference_{name}"
        entries |= {start: estimate.value, f"{start}_low": low, f"{start}_high": high, f"{start}_se": estimate.se}
    return entries


def by_arm(values: Array, arm: NDArray[np.int8], design: Design, use: NDArray[np.bool_]) -> Array:
    """Return means over patients of (trial, subject[, month]) by arm: (trial, arm[, month]), NaN left out."""
    spread = (...,) + (None,) * (values.ndim - arm.ndim)
    means = []
    for place in range(len(design.arms)):
        member = (use & (arm == place))[spread] & np.isfinite(values)
        total, n = np.where(member, values, 0.0).sum(axis=1), member.sum(axis=1)
        means.append(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))
    return np.stack(means, axis=1)


def _paired(setting: Setting, simulated: SimulatedDiaries, months: Completers) -> Array:
    """Return attacks of each active arm's completers over their own without the drug: (trial, active arm)."""
    design, arm = setting.design, simulated.enrolled.arm
    days = untreated(setting, simulated, endpoints.COUNTED)
    without, _ = endpoints.counted(days, (design.days - design.month, design.days), design.rules.month)
    treated, ratios = months.after["attacks"], []
    for place in range(1, len(design.arms)):
        known = months.use & (arm == place) & np.isfinite(without)
        over, under = (np.where(known, values, 0.0).sum(axis=1) for values in (treated, without))
        ratios.append(np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0.0))
    return np.stack(ratios, axis=1)


def _rows(enrolled: EnrolledPatients, months: Completers) -> dict[str, NDArray]:
    shape = enrolled.arm.shape
    rows: dict[str, NDArray] = {
        "trial": np.broadcast_to(np.array(enrolled.trials)[:, None], shape),
        "subject": np.broadcast_to(np.arange(shape[1]), shape),
        "candidate": enrolled.people.identity,
        "arm": enrolled.arm,
        "completed": months.use,
        "last_day": enrolled.last_day,
    }
    for name in (*REPORTED, "filled"):
        rows[f"baseline_{name}"], rows[f"end_{name}"] = months.before[name], months.after[name]
    return rows | {"end_recorded_attacks": months.after["recorded_attacks"]}
