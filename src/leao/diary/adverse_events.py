"""Adverse events: when each begins, when it goes, and which of them a person does not put up with.

Reads: the dose of every day (trial, subject, day), mg/day, and everybody's luck.
Writes: ``Events``: onset and end of the first background and the first drug-caused event of each labelled kind.
Equation:
    background: rate -ln(1 - p0) / T;   excess of kind e: X_e C(t),  X_e = ln((1 - p0) / (1 - p1)) * transfer
    C(t): every rise of the dose puts (D / D_label)^g - (D_before / D_label)^g into a store that empties with
    exp(-t / onset_time); lowering the dose takes the same share out of the store. So C -> (D / D_label)^g.
    An event begins where X_e C passes an exponential luck; it lasts an exponential time, or ends within the washout
    once the dose has fallen so far that its cause is gone.
Source: ledger ``tolerability``; rates as labelled, in old people with dementia. A drug without excess is placebo, bit
for bit. Headache as an adverse event is counted here, not among the diary's attacks.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary.labels import Label

Array = NDArray[np.float64]
LUCK = 8  # uniforms per person and kind of event
_BACKGROUND, _CAUSED, _LENGTH, _LENGTH_CAUSED, _BAD, _BAD_CAUSED, _CAUSE, _WASHOUT = range(LUCK)
NEVER = np.inf


class AdverseEventNumbers(NamedTuple):
    """Numbers of the adverse events; meanings and sources stand in ledger ``tolerability``. Floats or (trial, 1)."""

    label_dose: Annotated[float, "mg/day"]
    label_time: Annotated[float, "day"]
    transfer: Annotated[float, "dimensionless"]
    dose_exponent: Annotated[float, "dimensionless"]
    abrupt_factor: Annotated[float, "dimensionless"]
    labelled_step: Annotated[float, "mg/day"]
    onset_time: Annotated[float, "day"]
    length: Annotated[float, "day"]
    washout: Annotated[float, "day"]
    intolerable: Annotated[float, "dimensionless"]


class Events(NamedTuple):
    """First events of each kind, (trial, subject, kind, cause): cause 0 background, 1 the drug. Days, inf for never."""

    onset: Array
    end: Array
    intolerable: NDArray[np.bool_]

    def active(self, first: float, last: float) -> NDArray[np.bool_]:
        """Return which events are felt at some time from day ``first`` up to day ``last``."""
        return (self.onset < last) & (self.end > first)


def run(params: AdverseEventNumbers, label: Label, dose: Array, start: int, uniforms: Array) -> Events:
    """Return everybody's events from day ``start`` on.

    Args:
        params: floats, or one number per trial (trial, 1).
        label: the table of rates.
        dose: (trial, subject, day), mg of salt per day.
        start: first day of treatment.
        uniforms: U(0, 1), (trial, subject, kind, LUCK).
    """
    rate, excess = rates(params, label)
    waited = -np.log(uniforms)
    background = start + waited[..., _BACKGROUND] / rate
    strength = effect(params, dose)
    reached = store(params, dose, strength)
    needed = np.divide(
        waited[..., _CAUSED],
        excess,
        out=np.full(uniforms.shape[:-1], NEVER),
        where=np.broadcast_to(excess > 0.0, uniforms.shape[:-1]),
    )
    caused = _first_day(reached, needed)
    length = _kinds(params.length)
    ends = background + length * waited[..., _LENGTH], caused + length * waited[..., _LENGTH_CAUSED]
    cause_gone = _cause_gone(strength, caused, uniforms[..., _CAUSE]) + _kinds(params.washout) * waited[..., _WASHOUT]
    share = _kinds(params.intolerable)
    return Events(
        onset=np.stack([background, caused], axis=-1),
        end=np.stack([ends[0], np.minimum(ends[1], cause_gone)], axis=-1),
        intolerable=np.stack([uniforms[..., _BAD] < share, uniforms[..., _BAD_CAUSED] < share], axis=-1),
    )


def rates(params: AdverseEventNumbers, label: Label) -> tuple[Array, Array]:
    """Return the background rate (kind,), per day, and the excess of the whole label dose, (..., kind)."""
    drug, placebo = np.asarray(label.drug), np.asarray(label.placebo)
    rate = -np.log1p(-placebo) / params.label_time
    excess = np.maximum(np.log1p(-placebo) - np.log1p(-drug), 0.0)
    return rate, excess * _kinds(params.transfer)


def effect(params: AdverseEventNumbers, dose: Array) -> Array:
    """Return (D / D_label)^g, 0 without a dose."""
    power = _days(params.dose_exponent)
    return np.where(dose > 0.0, (np.maximum(dose, np.finfo(float).tiny) / params.label_dose) ** power, 0.0)


def store(params: AdverseEventNumbers, dose: Array, strength: Array) -> Array:
    """Return C, how much of the excess has been met by the end of each day, (trial, subject, day).

    Args:
        params: the numbers.
        dose: mg of salt per day.
        strength: ``effect`` of the dose.
    """
    emptied = -np.expm1(-1.0 / np.asarray(params.onset_time))
    met, waiting = np.zeros(dose.shape[:-1]), np.zeros(dose.shape[:-1])
    before, amount = np.zeros(dose.shape[:-1]), np.zeros(dose.shape[:-1])
    out = np.empty(dose.shape)
    for day in range(dose.shape[-1]):
        now = strength[..., day]
        abrupt = np.where(dose[..., day] - amount > params.labelled_step, params.abrupt_factor, 1.0)
        kept = np.divide(now, before, out=np.ones_like(now), where=before > 0.0)
        waiting = np.where(now >= before, waiting + (now - before) * abrupt, waiting * kept)
        out[..., day] = met = met + waiting * emptied
        waiting = waiting * (1.0 - emptied)
        before, amount = now, dose[..., day]
    return out


def _first_day(reached: Array, needed: Array) -> Array:
    """Return the first day on which ``reached`` (..., day) passes ``needed`` (..., kind), inf where it never does."""
    days = reached.shape[-1]
    count = np.zeros(needed.shape)
    for day in range(days):
        count += reached[..., day, None] < needed
    return np.where(count < days, count, NEVER)


def _cause_gone(strength: Array, onset: Array, uniforms: Array) -> Array:
    """Return the first day after the onset on which the dose's effect is below ``uniforms`` of that at the onset."""
    days = strength.shape[-1]
    at = np.minimum(np.where(np.isfinite(onset), onset, 0.0), days - 1).astype(np.intp)
    there = np.take_along_axis(strength, at.reshape(*at.shape[:-1], -1), axis=-1)
    gone = np.full(onset.shape, NEVER)
    for day in range(days - 1, -1, -1):
        below = (strength[..., day, None] < uniforms * there) & (onset < day)
        gone = np.where(below, float(day), gone)
    return gone


def _kinds(value: float | Array) -> Array:
    """Return a number per trial (trial, 1) as (trial, 1, 1)."""
    array = np.asarray(value, dtype=np.float64)
    return array[..., None] if array.ndim else array


def _days(value: float | Array) -> Array:
    return _kinds(value)
