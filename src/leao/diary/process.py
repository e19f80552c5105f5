"""Diary: headache days, migraine days, attacks, severity, rescue medicine and missing entries.

Reads: ``attack_rate_ratio`` (trial, subject, day) and the people.
Writes: ``headache``, ``migraine``, ``severity``, ``attacks`` (by the rule asked for; ``attacks_free_gap`` and
``periods`` by either), ``episodes``, ``rescue``, ``missing``, ``menses``, ``migraine_hours``: (trial, subject, day).
Equation: onset hazard while pain-free = ratio(t) exp(log_rate + drift + shift ramp(t)) cycle(t) week(t) c(hour)
(1 - r exp(-t_rested / t_r)); drift an Ornstein-Uhlenbeck process, ramp = 1 - exp(-t / t_placebo) from randomisation,
cycle and week factors of mean 1, c von Mises; an episode recurs with a given probability. See kernels/hazard.py.
Source: ledger ``diary``, fitted by validation/fit_diary.py to trials, registries and a clinic.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from leao.core.errors import SolverError
from leao.core.units import DAYS_PER_WEEK
from leao.diary import dials
from leao.diary.courses import Courses, shared
from leao.diary.kernels import diary, hazard
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers
from leao.diary.patient_traits import Population, regularity

_LINES_PER_DAY, _LINES = 4, 1000  # room for episodes; the shortest lasts an hour
GO_ON = ("attacks", "attacks_free_gap", "periods", "missing")  # columns that a longer diary may go on with
_NO_LOG, _NOBODY = np.zeros((0, diary.LOG)), np.zeros((0, 0))
_NOTHING = diary.Wanted(*[False] * len(diary.Wanted._fields))
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_NEVER_MORE = 0.99  # chance of a missing entry
LONGEST = 1_000_000  # days; a candidate has 20 bits for its day


class EPISODE:
    """Columns of a line of ``episodes``: what happened, and the three counters its own draws are keyed by."""

    PERSON, START, END, MIGRAINE, SEVERITY, PEAK_FROM, PEAK_TO, DAY, CANDIDATE, GENERATION = range(diary.LOG)
    ORIGIN = (DAY, CANDIDATE, GENERATION)


class DiaryInput(NamedTuple):
    """What the diary is told."""

    attack_rate_ratio: NDArray[np.float64] | Courses  # (trial, subject, day), or (1, 1, day): the same for all
    people: Population
    shift: NDArray[np.float64]  # (trial, subject), change of ln(rate) from treatment_day on
    treatment_day: int
    first_weekday: int = 0  # of day 0; 0 is Monday

    @property
    def ratio(self) -> Courses:
        """The factor, and whose is which."""
        return shared(self.attack_rate_ratio, self.people.log_rate.shape)


class History(NamedTuple):
    """The first days of some diaries, and what of their end a longer diary of the same people goes on from."""

    days: int
    columns: dict[str, NDArray]  # (trial, subject, day)
    kept: NDArray[np.float64]  # (trial, subject, room), see the kernel

    def of(self, chosen: NDArray[np.intp]) -> History:
        """Return those at the places ``chosen`` (trial, place) of each trial."""
        row = np.arange(len(chosen))[:, None]
        columns = {name: days[row, chosen] for name, days in self.columns.items()}
        return History(self.days, columns, self.kept[row, chosen])

    def alone(self, chosen: NDArray[np.bool_]) -> History:
        """Return those marked (trial, subject), each as a trial of its own."""
        columns = {name: days[chosen][:, None] for name, days in self.columns.items()}
        return History(self.days, columns, self.kept[chosen][:, None])


class _Ends(NamedTuple):
    """Where the kernel begins, with what was kept there, and where it keeps the end; (patient, room) or nothing."""

    first: int = 0
    history: NDArray[np.float64] = _NOBODY
    kept: NDArray[np.float64] = _NOBODY


def run(
    params: DiaryNumbers,
    upstream: DiaryInput,
    options: DiaryOptions,
    columns: tuple[str, ...] | None = None,
    history: History | None = None,
) -> dict[str, NDArray]:
    """Return the daily arrays (trial, subject, day) of all diaries.

    Args:
        params: the diary's numbers.
        upstream: what the diary is told.
        options: how it counts.
        columns: which of the arrays are wanted, else all; the fewer, the faster.
        history: of the same people under the same options, from ``begin``; where it holds the columns, and the ratio is
            1 on its days, these are not lived again: the same bits, faster.

    Raises:
        SolverError: a person whose rate is no rate of headaches.
    """
    sources = _sources(options)
    wanted_columns = columns or tuple(sources)
    ratio = upstream.ratio.days
    if history is not None and not (
        set(wanted_columns) <= set(history.columns)
        and history.days < ratio.shape[-1]
        and (ratio[:, : history.days] == 1.0).all()
    ):
        history = None
    wanted = _wanted(wanted_columns, sources)
    ends = None
    if history is not None:
        ends = _Ends(history.days, np.ascontiguousarray(history.kept.reshape(-1, history.kept.shape[-1])))
    days, _ = _simulate(params, upstream, options, wanted, _NO_LOG, ends)
    shape = (*upstream.people.log_rate.shape, ratio.shape[-1])
    result = {name: getattr(days, sources[name]).reshape(shape) for name in wanted_columns}
    if history is not None:
        for name, column in result.items():
            column[..., : history.days] = history.columns[name]
    return result


def begin(params: DiaryNumbers, upstream: DiaryInput, options: DiaryOptions, columns: tuple[str, ...]) -> History:
    """Return the daily arrays of all diaries, and what of their end a longer diary goes on from.

    Args:
        params: the diary's numbers.
        upstream: what the diary is told.
        options: how it counts.
        columns: of ``GO_ON``.
    """
    sources = _sources(options)
    shape = (*upstream.people.log_rate.shape, upstream.ratio.days.shape[-1])
    kept = np.zeros((upstream.people.log_rate.size, diary.KEPT))
    days, _ = _simulate(params, upstream, options, _wanted(columns, sources), _NO_LOG, _Ends(kept=kept))
    return History(
        shape[-1],
        {name: getattr(days, sources[name]).reshape(shape) for name in columns},
        kept.reshape(*shape[:-1], -1),
    )


def goes_on(options: DiaryOptions) -> bool:
    """Return whether a diary may go on from another's end: not where severe pain keeps people from writing."""
    return not (options.missing_entries and options.missing_depends_on == "bad_days")


def _sources(options: DiaryOptions) -> dict[str, str]:
    """Return the kernel's column behind each array."""
    sources = {name: name for name in diary.Days._fields} | {"attacks_free_gap": "attacks"}
    return sources | ({"attacks": "periods"} if options.attack_rule == "period_24h" else {})


def _wanted(columns: tuple[str, ...], sources: dict[str, str]) -> diary.Wanted:
    written = {sources[name] for name in columns}
    return diary.Wanted(*(name in written for name in diary.Days._fields))


def episodes(params: DiaryNumbers, upstream: DiaryInput, options: DiaryOptions) -> NDArray[np.float64]:
    """Return the episodes, one line each of the columns ``EPISODE``; hours count from the diary's first midnight."""
    lines = _LINES_PER_DAY * upstream.people.log_rate.size * upstream.ratio.days.shape[-1] + _LINES
    log = np.zeros((lines, diary.LOG))
    _, written = _simulate(params, upstream, options, _NOTHING, log)
    entry = log[:written]
    entry = entry[entry[:, 2] > 0.0]
    return entry[np.argsort(entry[:, 0], kind="stable")]  # each person's in their order already


def _simulate(
    params: DiaryNumbers,
    upstream: DiaryInput,
    options: DiaryOptions,
    wanted: diary.Wanted,
    log: NDArray[np.float64],
    ends: _Ends | None = None,
) -> tuple[diary.Days, int]:
    ratio, course = np.require(upstream.ratio.days, np.float64, ["C", "W"]), _flat(upstream.ratio.of)
    if ratio.shape[1] > LONGEST:
        raise SolverError(f"diary: found {ratio.shape[1]} days, wanted at most {LONGEST}; ask for fewer")
    patients = _patients(params, upstream, options)
    of_dials = dials.looked_up(params.peak_time, params.peak_to_trough, params.duration_median, params.duration_within)
    dates = _calendar(params, upstream, options, ratio.shape[1])
    shared = _shared(params, options)
    first, history, kept = ends or _Ends()
    days, written, status, where = hazard.diaries(
        ratio, course, dates, patients, shared, of_dials, wanted, log, first, history, kept
    )
    if status == hazard.TOO_MANY_CANDIDATES:
        rate = float(np.exp(patients.log_rate[where] + patients.shift[where]))
        raise SolverError(
            f"diary, person {where}: rate of {rate:.3g} attacks a day, wanted below 100; lower the baseline asked for"
        )
    if status == hazard.LOG_FULL:
        raise SolverError(f"diary: found {written} episodes, wanted at most {len(log)}; ask for fewer people at once")
    return days, written


def _patients(params: DiaryNumbers, upstream: DiaryInput, options: DiaryOptions) -> diary.Patients:
    people = upstream.people
    regular = regularity(params, people.log_rate)
    key = np.broadcast_to(people.key[:, None, :], (*people.log_rate.shape, 2))
    missing = np.minimum(people.missing, _NEVER_MORE) if options.missing_entries else np.zeros_like(people.missing)
    # latent severity = weight * the person's + rest * the episode's, both standard normal
    weight, rest = np.sqrt(params.severity_patient_share), np.sqrt(1.0 - params.severity_patient_share)
    with np.errstate(divide="ignore"):
        deepest = params.refractory_time * np.log(params.refractoriness * regular)
    return diary.Patients(
        key=_flat(key).reshape(-1, 2),
        identity=_flat(people.identity),
        log_rate=_flat(people.log_rate),
        shift=_flat(np.broadcast_to(upstream.shift, people.log_rate.shape)),
        drift_sd=_flat(params.drift_regular * regular + params.drift_clustered * (1.0 - regular)),
        deepest=_flat(deepest),
        migraine_share=_flat(people.migraine_share),
        length=_flat(np.exp(people.log_duration)),
        mild_below=_flat(ndtr((ndtri(params.severity_mild) - weight * people.severity) / rest)),
        severe_above=_flat(ndtr((ndtri(1.0 - params.severity_severe) - weight * people.severity) / rest)),
        missing_odds=_flat(missing / (1.0 - missing)),
        cycle=_flat(people.cycle),
        phase=_flat(people.phase),
    )


def _calendar(params: DiaryNumbers, upstream: DiaryInput, options: DiaryOptions, days: int) -> diary.Calendar:
    """Return what all patients share from day to day: the placebo's course, the week, the odds to forget a weekend."""
    since = np.arange(days) - upstream.treatment_day + 0.5
    course = -np.expm1(-np.maximum(since, 0.0) / params.placebo_time) if params.placebo_time > 0.0 else np.ones(days)
    week = np.ones(DAYS_PER_WEEK)
    week[_SATURDAY], week[_SUNDAY] = params.saturday, params.sunday
    odds = np.ones(DAYS_PER_WEEK)
    if options.missing_depends_on != "nothing":
        odds[[_FRIDAY, _SATURDAY]] = params.missing_weekend
    today = (np.arange(DAYS_PER_WEEK) + upstream.first_weekday) % DAYS_PER_WEEK
    ramp = np.where(since > 0.0, course, 0.0)
    return diary.Calendar(ramp=ramp, week=np.log(week / week.mean())[today], odds=odds[today])


def _shared(params: DiaryNumbers, options: DiaryOptions) -> diary.Process:
    more = params.days_before * (params.menstrual_before - 1.0) + params.days_during * (params.menstrual_during - 1.0)
    of_cycle = np.log([params.menstrual_before, params.menstrual_during, 1.0]) - np.log1p(more / params.cycle_length)
    return diary.Process(
        warm_up=int(params.warm_up),
        drift_memory=float(np.exp(-1.0 / params.drift_time)),
        refractory_time=params.refractory_time,
        recurrence_probability=params.recurrence_probability,
        recurrence_delay=params.recurrence_delay,
        duration_low=params.duration_low,
        duration_high=params.duration_high,
        duration_mild=params.duration_mild,
        duration_severe=params.duration_severe,
        window_start=params.window_start,
        window_end=params.window_end,
        shortest=params.shortest,
        attack_gap=params.attack_gap,
        period=params.period,
        rescue=params.rescue,
        pain_rise=params.pain_rise,
        pain_peak=params.pain_peak,
        cycle_sd=params.cycle_within,
        cycle_before=float(of_cycle[0]),
        cycle_during=float(of_cycle[1]),
        cycle_else=float(of_cycle[2]),
        days_before=int(params.days_before),
        days_during=int(params.days_during),
        bleeding=int(params.bleeding),
        week_sd=params.week_spread,
        streak=params.missing_streak,
        odds_headache=params.missing_headache if options.missing_depends_on == "free_days" else 1.0,
        odds_severe=params.missing_severe if options.missing_depends_on == "bad_days" else 1.0,
    )


def _flat(values: NDArray) -> NDArray:
    """Return one line, writable: a kernel is compiled apart for an array that is not."""
    return np.require(values, requirements=["C", "W"]).reshape(-1)
