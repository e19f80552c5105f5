"""What the kernels of the diary hand each other: patients, the numbers they share, the desk they are worked out on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAY = 24.0
LOG = 10  # columns of a line of the log: patient, start, end, is migraine, severity, peak from and to, three counters
WEEKDAYS = 7
BATCH = 64  # candidates drawn at once and episodes settled at once, at most
HEADACHE_WINDOW, MIGRAINE_WINDOW, MIGRAINE_HOURS = range(3)  # rows of the hours
SEVERITY, ATTACKS, PERIODS, EPISODES, BLEEDING = range(5)  # rows of the marks
GAP, STRENGTH, KIND, LENGTH, RECURS, DELAY, LATENT, WHEN = range(8)  # rows of the draws
START, END, RISE, FALL, WINDOW, WINDOW_NEXT, HOURS, HOURS_NEXT = range(8)  # rows of the pain
GRADE, MIGRAINE, CANDIDATE, GENERATION, DAY_OF = range(5)  # rows of the facts
HEADACHE_DAY, MIGRAINE_DAY, OUT_AFTER_IN, OUT_AFTER_OUT = range(4)  # rows of the flags; out: no entry


# Places of what is kept of a patient at the end of the days, to go on from there; behind them, for each ghost day, the
# hours in the window and the 24-h periods of what is not over yet.
NEXT, REACHED, SPENT, PAIN_END, DUE, SOURCE, RECURRENCES, IS_MIGRAINE, LAST_END, LAST_PERIOD, LEFT_OUT = range(11)
CARRIED = 11


class Patients(NamedTuple):
    """What makes the patients differ; each of shape (patient,) unless said."""

    key: NDArray[np.uint32]  # (patient, 2)
    identity: NDArray[np.uint32]
    log_rate: NDArray[np.float64]  # ln(attacks/day) while at risk
    shift: NDArray[np.float64]  # added to log_rate from the day of randomisation
    drift_sd: NDArray[np.float64]
    refractoriness: NDArray[np.float64]
    migraine_share: NDArray[np.float64]
    log_duration: NDArray[np.float64]  # added to ln(episode length)
    severity: NDArray[np.float64]  # standard normal
    missing: NDArray[np.float64]  # probability that a headache-free weekday is not filled in
    cycle: NDArray[np.float64]  # mean length of the menstrual cycle in days, 0 without one
    phase: NDArray[np.float64]  # share of a cycle from the first day lived to the first menstruation


class Person(NamedTuple):
    """One of ``Patients``: scalars, because arrays handed down cost a reference count at every call."""

    row: int
    k0: np.uint32
    k1: np.uint32
    who: int
    log_rate: float
    shift: float
    drift_sd: float
    refractoriness: float
    migraine_share: float
    log_duration: float
    mild_below: float  # an episode is mild where its U(0, 1) lies below
    severe_above: float
    missing: float
    cycle: float
    phase: float


class Process(NamedTuple):
    """The numbers all patients share; times in hours unless said."""

    warm_up: int  # days
    drift_memory: float  # from one day to the next
    refractory_time: float
    recurrence_probability: float
    recurrence_delay: float
    duration_median: float
    duration_sd: float
    duration_low: float
    duration_high: float
    duration_mild: float
    duration_severe: float
    severity_weight: float  # of the patient in the latent severity
    severity_low: float  # below: mild
    severity_high: float  # above: severe
    window_start: float
    window_end: float
    shortest: float  # of headache within the window, to count the day
    attack_gap: float
    period: float
    rescue: float
    pain_rise: float  # mean time to the peak
    pain_peak: float  # mean time at the peak
    cycle_sd: float  # days, from one cycle of a woman to the next
    cycle_before: float  # ln(factor) on the days before menstruation
    cycle_during: float
    cycle_else: float
    days_before: int
    days_during: int
    bleeding: int  # days
    week_sd: float  # of ln(factor) of a weekday, from person to person
    streak: float  # correlation of missing entries from one day to the next
    odds_headache: float  # factor on the odds of a missing entry on a headache day
    odds_severe: float  # further factor when pain is severe


class Calendar(NamedTuple):
    """What all patients share from day to day."""

    ramp: NDArray[np.float64]  # (day,), share of ``shift`` reached, 0 before randomisation
    week: NDArray[np.float64]  # (7,), ln(factor) on the rate, by day of the week; day 0 of the diary is the first
    odds: NDArray[np.float64]  # (day,), factor on the odds of a missing entry


class Days(NamedTuple):
    """The diaries, each (patient, day), or without patients where not wanted."""

    headache: NDArray[np.uint8]
    migraine: NDArray[np.uint8]
    severity: NDArray[np.uint8]  # worst pain of the day itself: 1 mild, 2 moderate, 3 severe
    attacks: NDArray[np.uint8]  # begun this day, after a free gap
    periods: NDArray[np.uint8]  # 24-h migraine periods begun this day
    episodes: NDArray[np.uint8]  # migraine episodes begun this day
    rescue: NDArray[np.uint8]
    missing: NDArray[np.uint8]
    menses: NDArray[np.uint8]
    migraine_hours: NDArray[np.float32]


class Wanted(NamedTuple):
    """Which of ``Days`` to write; the others stay empty. Named as they are."""

    headache: bool
    migraine: bool
    severity: bool
    attacks: bool
    periods: bool
    episodes: bool
    rescue: bool
    missing: bool
    menses: bool
    migraine_hours: bool


class Needs(NamedTuple):
    """What of the episodes must be worked out for the columns that are wanted; the rest is left undone."""

    courses: bool  # when pain reaches its peak and leaves it
    periods: bool  # counts of 24-h periods
    migraine_days: bool  # whether the days are migraine days
    migraine_hours: bool
    headache_days: bool
    begin: int  # day of the diary that is the first to be lived; earlier ones were, and their end is in ``desk.kept``


class Desk(NamedTuple):
    """Where one patient at a time is worked out; days count from the first lived, warm-up included.

    Rows are longer than needed, to whole lanes, so that no loop ends with days or episodes taken one by one.
    """

    lived: int  # days
    rate: NDArray[np.float64]  # (day,), candidates per day
    ramp: NDArray[np.float64]  # (day,), share of the shift reached
    share: NDArray[np.float64]  # (day,), factor of the drug on the hazard, 1 in the warm-up
    odds: NDArray[np.float64]  # (diary day,), factor on the odds of a missing entry
    hours: NDArray[np.float64]  # (3, day)
    marks: NDArray[np.int8]  # (5, day)
    draws: NDArray[np.float64]  # (8, candidate)
    place: NDArray[np.int64]  # (candidate,), its day
    pain: NDArray[np.float64]  # (8, episode), h
    facts: NDArray[np.int64]  # (5, episode)
    words: NDArray[np.uint32]  # (4 * block,)
    flags: NDArray[np.uint8]  # (4, diary day), see the rows of the flags
    last: NDArray[np.float64]  # (2,), end of the last migraine, start of the last 24-h period (h)
    kept: NDArray[np.float64]  # see the places of what is kept
