"""Designs as data: who takes what when, and which days are compared.

A plan holds, for every group to which patients are randomised, the treatments in order of time (a place in the
scenario's arms and a number of days, counted from the start of treatment), and the windows of 28 days that are
analysed with the treatment each group is on in them. Nothing else in the room asks what kind a design is.

A washout is measured in half-lives of the drug (ledger ``exposure``): after k of them 2^-k of the level is left.
What is left of the drug in a window on placebo is the carry-over, predicted by ``carry_over``.
"""

from __future__ import annotations

import math
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.units import DAYS_PER_WEEK, HOURS_PER_DAY
from leao.exposure import plasma_and_brain as exposure
from leao.trial.options import AnyDesign, Crossover, NOf1, Withdrawal

CONTROL, DRUG = 0, 1
Segments = tuple[tuple[int, int], ...]


class Plan(NamedTuple):
    """Who takes what when; days count from the start of treatment."""

    kind: str
    groups: tuple[str, ...]  # to which patients are randomised; the first is the control of a comparison of groups
    treatments: tuple[str, ...]  # the scenario's arms, placebo first
    segments: tuple[Segments, ...]  # per group: (treatment, days) in order of time
    windows: tuple[tuple[int, int], ...]  # days of each analysed month: first, one past the last
    randomised: int  # day of randomisation; before it all groups are treated alike
    paired: bool  # patients are their own control
    washout: int  # days between periods

    @property
    def days(self) -> int:
        """Length of treatment, days."""
        return sum(days for _, days in self.segments[0])

    def treatment(self) -> NDArray[np.int64]:
        """Return the treatment of every group and day, (group, day)."""
        parts = [[np.full(days, place) for place, days in group] for group in self.segments]
        return np.array([np.concatenate(group) for group in parts])

    def on_drug(self) -> NDArray[np.bool_]:
        """Return whether each group is on a drug in each window, (group, window)."""
        last = np.array([stop - 1 for _, stop in self.windows])
        return self.treatment()[:, last] != CONTROL


def build(options: AnyDesign, arms: tuple[str, ...], weeks: int, month: int) -> Plan:
    """Return the plan of a design.

    Args:
        options: the design.
        arms: the scenario's arms, placebo first.
        weeks: of a treatment period.
        month: days of a window.

    Raises:
        ScenarioError: arms that the design cannot use, or a washout shorter than the half-lives wanted.
    """
    if len(set(arms)) < 2:
        raise ScenarioError(f"trial.arms: found {', '.join(arms) or 'none'}, wanted a control and another; add an arm")
    most = 2 if options.kind != "dose_finding" else len(arms)
    if len(arms) > most or (options.kind == "dose_finding" and len(arms) < 3):
        wanted = "two or more doses and placebo"
        if options.kind != "dose_finding":
            wanted = 'one arm with the drug; for several doses write trial.design = {kind = "dose_finding"}'
        raise ScenarioError(f"trial.design: found {options.kind!r} with arms {', '.join(arms)}, wanted {wanted}")
    if isinstance(options, Crossover):
        return _periods(options, arms, [(CONTROL, DRUG), (DRUG, CONTROL)], weeks * DAYS_PER_WEEK, month)
    if isinstance(options, NOf1):
        pairs = [(CONTROL, DRUG), (DRUG, CONTROL)]
        orders = [sum(choice, ()) for choice in product(pairs, repeat=options.cycles)]
        return _periods(options, arms, orders, weeks * DAYS_PER_WEEK, month)
    if isinstance(options, Withdrawal):
        return _withdrawal(options, arms, weeks * DAYS_PER_WEEK, month)
    whole = weeks * DAYS_PER_WEEK
    segments = tuple(((place, whole),) for place in range(len(arms)))
    return Plan(options.kind, arms, arms, segments, _months(0, whole, month), 0, False, 0)


def half_life_days() -> float:
    """Return the drug's half-life in the typical person, days (ledger ``exposure``)."""
    params = ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)
    return math.log(2.0) / float(exposure.elimination_rate(params)) / HOURS_PER_DAY


def least_washout(half_lives: float) -> int:
    """Return the whole days that so many half-lives take."""
    return math.ceil(half_lives * half_life_days())


def carry_over(plan: Plan) -> float | None:
    """Return the share of the steady level left, on average, in the windows on placebo that follow the drug.

    None where no patient is taken off the drug. Linear kinetics of the typical person: the level falls by half
    each half-life.
    """
    rate = math.log(2.0) / half_life_days()
    level, treatment = 0.0, plan.treatment()
    levels = np.zeros(treatment.shape)
    for group in range(treatment.shape[0]):
        level = 0.0
        for day in range(treatment.shape[1]):
            aim = float(treatment[group, day] != CONTROL)
            mean = aim + (level - aim) * -math.expm1(-rate) / rate  # over the day
            level = aim + (level - aim) * math.exp(-rate)
            levels[group, day] = mean
    rows = [
        float(levels[group, start:stop].mean())
        for group, on in enumerate(plan.on_drug())
        for (start, stop), drug in zip(plan.windows, on, strict=True)
        if not drug and (treatment[group, :start] != CONTROL).any()
    ]
    return float(np.mean(rows)) if rows else None


def _periods(
    options: Crossover | NOf1, arms: tuple[str, ...], orders: list[tuple[int, ...]], period: int, month: int
) -> Plan:
    least = least_washout(options.washout_half_lives)
    washout = least if options.washout_days is None else options.washout_days
    if washout < least:
        raise ScenarioError(
            f"trial.design.washout_days: found {washout}, wanted at least {least}: {options.washout_half_lives:g} "
            f"half-lives of {half_life_days():.1f} days each; lengthen it, or lower washout_half_lives to study "
            "carry-over"
        )
    segments, starts = [], [place * (period + washout) for place in range(len(orders[0]))]
    for order in orders:
        parts: list[tuple[int, int]] = []
        for place, treatment in enumerate(order):
            if place > 0 and washout > 0:
                parts.append((CONTROL, washout))
            parts.append((treatment, period))
        segments.append(tuple(parts))
    windows = tuple((start + period - month, start + period) for start in starts)
    names = tuple(" ".join("AB"[treatment] for treatment in order) for order in orders)
    return Plan(options.kind, names, arms, tuple(segments), windows, 0, True, washout)


def _withdrawal(options: Withdrawal, arms: tuple[str, ...], double_blind: int, month: int) -> Plan:
    open_days = options.open_weeks * DAYS_PER_WEEK
    segments = tuple(((DRUG, open_days), (after, double_blind)) for after in (CONTROL, DRUG))
    groups = (f"{arms[DRUG]}, withdrawn", f"{arms[DRUG]}, continued")
    windows = _months(open_days, open_days + double_blind, month)
    return Plan(options.kind, groups, arms, segments, windows, open_days, False, 0)


def _months(start: int, stop: int, month: int) -> tuple[tuple[int, int], ...]:
    """Return the whole months that end at ``stop``, counted back from there; the last is always whole."""
    count = (stop - start) // month
    return tuple((stop - (k + 1) * month, stop - k * month) for k in reversed(range(count)))
