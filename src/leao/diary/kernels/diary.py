"""What the kernels of the diary hand each other: patients, the numbers they share, the room they are worked out in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DAY = 24.0
LOG = 10  # columns of a line of the log: patient, start, end, is migraine, severity, peak from and to, three counters
WEEKDAYS = 7
LANES = 16  # people whose days are worked out side by side
A_DAY = 8  # bits of a candidate's place on its day: number = day << this | place
SEVERE = 3
IS_MIGRAINE = 4  # added to the grade of an episode that is one

# Places of what is kept of a patient at the end of the days, to go on from there.
PAIN_END, DUE, LAST_END, LAST_PERIOD, DRIFT, LEFT_OUT, LAST_NUMBER, LAST_GENERATION, LAST_KIND = range(9)
KEPT = 9


class Patients(NamedTuple):
    """What makes the patients differ; each of shape (patient,) unless said."""

    key: NDArray[np.uint32]  # (patient, 2)
    identity: NDArray[np.uint32]
    log_rate: NDArray[np.float64]  # ln(attacks/day) while at risk
    shift: NDArray[np.float64]  # added to log_rate from the day of randomisation
    drift_sd: NDArray[np.float64]
    deepest: NDArray[np.float64]  # refractory time * ln(refractoriness), h
    migraine_share: NDArray[np.float64]
    length: NDArray[np.float64]  # factor on the length of episodes
    mild_below: NDArray[np.float64]  # an episode is mild where its U(0, 1) lies below
    severe_above: NDArray[np.float64]
    missing_odds: NDArray[np.float64]  # that a headache-free weekday is not filled in
    cycle: NDArray[np.float64]  # mean length of the menstrual cycle in days, 0 without one
    phase: NDArray[np.float64]  # share of a cycle from the first day lived to the first menstruation


class Process(NamedTuple):
    """The numbers all patients share; times in hours unless said."""

    warm_up: int  # days
    drift_memory: float  # from one day to the next
    refractory_time: float
    recurrence_probability: float
    recurrence_delay: float
    duration_low: float
    duration_high: float
    duration_mild: float
    duration_severe: float
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
    odds: NDArray[np.float64]  # (7,), factor on the odds of a missing entry, by day of the week


class Dials(NamedTuple):
    """Quantiles at the middles of 4,096 equal shares."""

    clock: NDArray[np.float32]  # h, of an onset within the day
    length: NDArray[np.float32]  # h, of an episode of an average patient
    normal: NDArray[np.float32]  # standard normal


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
    attacks: bool
    periods: bool  # counts of 24-h periods
    episodes: bool
    migraine_days: bool  # whether the days are migraine days
    migraine_hours: bool
    headache_days: bool
    graded: bool  # whether severe pain keeps anybody from writing
    begin: int  # day of the diary that is the first to be lived; earlier ones were


class Candidates(NamedTuple):
    """Candidate attacks of a block of people, day after day, on a day one person's after another's."""

    code: NDArray[np.uint32]  # day worked out, lane and place on the day: see ``hazard.coded``
    share: NDArray[np.float32]  # factor of the drug on the hazard on its day
    words: NDArray[np.uint32]  # (4, candidate) in one line
    hour: NDArray[np.float32]  # of the day
    when: NDArray[np.float64]  # h from the first day lived
    need: NDArray[np.float32]  # h of rest without which it starts nothing
    length: NDArray[np.float32]  # h
    wait: NDArray[np.float32]  # h from its end until it recurs, ``NEVER`` where it does not
    kind: NDArray[np.int32]  # grade, and ``IS_MIGRAINE`` if it is
    later: NDArray[np.int32]  # those that are not the first of their person's day
    who: NDArray[np.uint32]  # of its person, as the next three
    migraine: NDArray[np.float32]
    mild: NDArray[np.float32]
    severe: NDArray[np.float32]


class Episodes(NamedTuple):
    """Episodes of a block of people, each person's in their order; times in hours from the first day lived."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    due: NDArray[np.float64]  # when it recurs, infinite where it does not
    lane: NDArray[np.int32]
    number: NDArray[np.int32]  # of its candidate: what its draws are keyed by
    generation: NDArray[np.int32]  # 0, or how often it has recurred
    kind: NDArray[np.int32]
    day: NDArray[np.int32]  # on which it begins
    place: NDArray[np.int32]  # of day and lane, from the first day worked out
    window: NDArray[np.float32]  # h within the window of its first day
    next_window: NDArray[np.float32]  # and of its second
    rise: NDArray[np.float64]  # h from its start until its peak
    fall: NDArray[np.float64]  # h from its start until its peak is over


class Marks(NamedTuple):
    """What the episodes of a block are on the days, each (day and beyond, lane) in one line."""

    window: NDArray[np.float32]  # h of headache within the window of the day
    migraine_window: NDArray[np.float32]  # the same of migraine
    migraine_hours: NDArray[np.float32]
    severity: NDArray[np.uint8]
    attacks: NDArray[np.uint8]
    periods: NDArray[np.uint8]
    episodes: NDArray[np.uint8]
    flags: NDArray[np.uint8]  # room for what is about to be written
    state: NDArray[np.float64]  # (KEPT, lane), see the places of what is kept
