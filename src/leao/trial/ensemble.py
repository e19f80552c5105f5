"""Simulated trials by the chunk: a pure function of its inputs and the range of trials, bit for bit.

Every draw is keyed by trial and person, so it does not matter how the trials are cut into chunks, nor which worker
takes which. The drug enters by ``chain`` alone; with a ratio of 1 the active arm lives the diary it would have
lived on placebo. A patient who leaves is not analysed (completers, as the published trial did); who leaves does
not depend on how the treatment goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import SolverError
from leao.core.random import Streams
from leao.diary import population, process
from leao.trial import endpoints, estimators
from leao.trial.calibrate import Calibration
from leao.trial.designs import Design
from leao.trial.enrolment import EnrolledPatients, enrol

Array = NDArray[np.float64]
Chain = Callable[[EnrolledPatients], Array]
REPORTED = ("attacks", "migraine_days", "headache_days", "rescue_days", "severity", "duration")


class ChunkResult(NamedTuple):
    """What some trials gave.

    ``rows``: one line per patient, flat arrays (line,), ready for Parquet.
    ``trials``: one line per trial; arrays (trial, arm), (trial, active arm), (trial, arm, month) or (trial,).
    """

    rows: dict[str, NDArray]
    trials: dict[str, NDArray]


def simulate_chunk(
    design: Design, calibration: Calibration, chain: Chain, streams: Streams, trials: range
) -> ChunkResult:
    """Return patients and estimates of ``trials``.

    Args:
        design: the trial.
        calibration: from ``calibrate(design)``.
        chain: gives, for the enrolled, the factor on the hazard of attacks (trial, subject, day).
        streams: the run's random streams.
        trials: which trials of the ensemble.

    Raises:
        SolverError: a factor that is not a number in (0, 1], or not 1 in the control arm.
    """
    enrolled = enrol(design, calibration, streams, trials)
    return analyse(design, enrolled, chain(enrolled))


def analyse(design: Design, enrolled: EnrolledPatients, ratio: Array) -> ChunkResult:
    """Return patients and estimates of the trials of ``enrolled`` under a factor on the hazard of attacks.

    Raises:
        SolverError: a factor that is not a number in (0, 1], or not 1 in the control arm.
    """
    days = diaries(design, enrolled, _checked(ratio, design, enrolled))
    before, after = endpoints.baseline(days, design), endpoints.final(days, design)
    estimates_result = _estimates(design, enrolled, before, after)
    estimates_result["paired_rate_ratio"] = _paired(design, enrolled, after["attacks"])
    use = completers(design, enrolled, before, after)
    estimates_result["monthly_attacks"] = _by_arm(endpoints.monthly_attacks(days, design), enrolled.arm, design, use)
    return ChunkResult(_rows(design, enrolled, before, after), estimates_result)


def diaries(
    design: Design, enrolled: EnrolledPatients, ratio: Array, columns: tuple[str, ...] | None = None
) -> dict[str, NDArray]:
    """Return the daily diaries of the enrolled, each array (trial, subject, day).

    Args:
        design: the trial.
        enrolled: its patients.
        ratio: factor on the hazard of attacks, (trial, subject, day), or (1, 1, day) for all alike.
        columns: which arrays are wanted, else all.
    """
    return process.run(design.diary, upstream(design, enrolled, ratio), design.counting, columns)


def upstream(design: Design, enrolled: EnrolledPatients, ratio: Array) -> process.DiaryInput:
    """Return what the diary stage is told about the enrolled."""
    return process.DiaryInput(ratio, enrolled.people, enrolled.shift, design.shift_day)


def completers(
    design: Design, enrolled: EnrolledPatients, before: Mapping[str, Array], after: Mapping[str, Array]
) -> NDArray:
    """Return who is analysed, (trial, subject): stayed to the end and filled in days in both months."""
    return np.isinf(enrolled.last_day) & (before["filled"] > 0.0) & (after["filled"] > 0.0)


def _checked(ratio: Array, design: Design, enrolled: EnrolledPatients) -> Array:
    wanted = (*enrolled.arm.shape, design.days)
    if ratio.shape != wanted:
        raise SolverError(f"trial, chain: found shape {ratio.shape}, wanted (trial, subject, day) = {wanted}")
    bad = ~((ratio > 0.0) & (ratio <= 1.0))
    bad |= (enrolled.arm == 0)[..., None] & (ratio != 1.0)
    if bad.any():
        trial, subject, day = (int(place) for place in np.argwhere(bad)[0])
        raise SolverError(
            f"trial {enrolled.trials[trial]}, patient {subject}, day {day}: attack_rate_ratio "
            f"{ratio[trial, subject, day]:g}, wanted above 0 and at most 1, and 1 in arm {design.arms[0]!r}; "
            "check the threshold that the cortex gave"
        )
    return ratio


def _estimates(
    design: Design, enrolled: EnrolledPatients, before: Mapping[str, Array], after: Mapping[str, Array]
) -> dict[str, NDArray]:
    use, arm, confidence = completers(design, enrolled, before, after), enrolled.arm, design.rules.confidence
    entries: dict[str, NDArray] = {"trial": np.array(enrolled.trials), "n": _count(use, arm, design)}
    entries["screened"] = enrolled.screened
    entries["placebo_change_drawn"] = enrolled.placebo_change[:, 0]
    for name in REPORTED:
        entries |= _means(name, before[name], after[name], enrolled, use, design)
    responds = endpoints.responders(before["attacks"], after["attacks"], design)
    responder, entries["responders"] = estimators.responder_difference(responds, arm, use, confidence)
    exposure = after["filled"] / design.rules.month
    ratio, entries["dispersion"] = estimators.rate_ratio(
        after["recorded_attacks"], exposure, before["attacks"], arm, use, confidence
    )
    entries |= _named("rate_ratio", ratio) | _named("responder_difference", responder)
    for name in ("attacks", "migraine_days"):
        difference = estimators.difference_in_change(after[name] - before[name], arm, use, confidence)
        entries |= _named(f"difference_{name}", difference)
    return entries


def _means(
    name: str, before: Array, after: Array, enrolled: EnrolledPatients, use: NDArray, design: Design
) -> dict[str, NDArray]:
    """Return means of the analysed by arm: at baseline, at the end, of the change; and the SD of the change."""
    change = after - before
    mean = {
        f"baseline_{name}": _by_arm(before, enrolled.arm, design, use),
        f"end_{name}": _by_arm(after, enrolled.arm, design, use),
        f"change_{name}": _by_arm(change, enrolled.arm, design, use),
    }
    squares = _by_arm(change**2, enrolled.arm, design, use) - mean[f"change_{name}"] ** 2
    return mean | {f"change_sd_{name}": np.sqrt(np.maximum(squares, 0.0))}


def _by_arm(values: Array, arm: NDArray[np.int8], design: Design, use: NDArray | None = None) -> Array:
    """Return means over patients of (trial, subject[, month]) by arm: (trial, arm[, month]), NaN left out."""
    use = np.ones(arm.shape, bool) if use is None else use
    spread = (...,) + (None,) * (values.ndim - arm.ndim)
    means = []
    for place in range(len(design.arms)):
        member = (use & (arm == place))[spread] & np.isfinite(values)
        total, n = np.where(member, values, 0.0).sum(axis=1), member.sum(axis=1)
        means.append(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))
    return np.stack(means, axis=1)


def _count(use: NDArray, arm: NDArray[np.int8], design: Design) -> NDArray[np.int64]:
    return np.stack([(use & (arm == place)).sum(axis=1) for place in range(len(design.arms))], axis=1)


def _paired(design: Design, enrolled: EnrolledPatients, attacks: Array) -> Array:
    """Return attacks of each active arm over those of the same people on placebo, same luck: (trial, active arm)."""
    ratios = []
    for place in range(1, len(design.arms)):
        member = enrolled.arm == place
        own = np.argsort(~member, axis=1, kind="stable")[:, : member.sum(axis=1).max()]
        people, shift = population.select(enrolled.people, own), np.take_along_axis(enrolled.shift, own, axis=1)
        alike = process.DiaryInput(np.ones((1, 1, design.days)), people, shift, design.shift_day)
        days = process.run(design.diary, alike, design.counting, endpoints.COUNTED)
        untreated, _ = endpoints.counted(days, (design.days - design.month, design.days), design.rules.month)
        treated = np.take_along_axis(attacks, own, axis=1)
        known = np.take_along_axis(member, own, axis=1) & np.isfinite(treated) & np.isfinite(untreated)
        over, under = (np.where(known, values, 0.0).sum(axis=1) for values in (treated, untreated))
        ratios.append(np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0.0))
    return np.stack(ratios, axis=1)


def _named(name: str, estimates: estimators.Estimate) -> dict[str, NDArray]:
    return {
        name: estimates.estimate,
        f"{name}_low": estimates.low,
        f"{name}_high": estimates.high,
        f"{name}_se": estimates.se,
    }


def _rows(
    design: Design, enrolled: EnrolledPatients, before: Mapping[str, Array], after: Mapping[str, Array]
) -> dict[str, NDArray]:
    shape = enrolled.arm.shape
    trial = np.broadcast_to(np.array(enrolled.trials)[:, None], shape)
    rows: dict[str, NDArray] = {
        "trial": trial,
        "subject": np.broadcast_to(np.arange(shape[1]), shape),
        "candidate": enrolled.people.identity,
        "arm": enrolled.arm,
        "completed": completers(design, enrolled, before, after),
        "last_day": enrolled.last_day,
    }
    for name in (*REPORTED, "filled"):
        rows[f"baseline_{name}"], rows[f"end_{name}"] = before[name], after[name]
    rows["end_recorded_attacks"] = after["recorded_attacks"]
    return {name: np.ascontiguousarray(value).reshape(-1) for name, value in rows.items()}
