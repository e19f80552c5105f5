"""Rules of counting, one named function each, with the place it comes from.

Pure functions of daily arrays (..., day) or of episodes in order of time; they serve simulated and real diaries
alike, and are the oracle of the kernel, which applies the same rules while it writes. Thresholds stand in ledger
``rules`` (``standard()``); every one can be replaced: ``standard()._replace(migraine_hours=4.0)``.
Sources: van der Arend 2023 (Leiden), IHS 2020, ICHD-3, Barra 2020, Silberstein 2004.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

SIMPLE = ("paracetamol", "nsaid")
SPECIFIC = ("triptan", "ergot")
ACUTE_CLASSES = (*SIMPLE, *SPECIFIC, "opioid", "combination", "barbiturate")
SEVERAL = "several"  # 8.2.6: several classes together, none overused by itself
_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding


class Rules(NamedTuple):
    """Thresholds of the rules; meanings and sources stand in ledger ``rules``."""

    migraine_hours: Annotated[float, "hour"]
    migraine_hours_classic: Annotated[float, "hour"]
    headache_hours: Annotated[float, "hour"]
    pain_features: Annotated[float, "dimensionless"]
    pain_moderate: Annotated[float, "dimensionless"]
    aura_shortest: Annotated[float, "minute"]
    aura_longest: Annotated[float, "minute"]
    attack_gap: Annotated[float, "hour"]
    relapse_window: Annotated[float, "hour"]
    locked_days: Annotated[float, "day"]
    month: Annotated[float, "day"]
    chronic_headache_days: Annotated[float, "dimensionless"]
    chronic_migraine_days: Annotated[float, "dimensionless"]
    chronic_months: Annotated[float, "dimensionless"]
    overuse_simple: Annotated[float, "dimensionless"]
    overuse_other: Annotated[float, "dimensionless"]
    menstrual_before: Annotated[float, "day"]
    menstrual_after: Annotated[float, "day"]
    menstrual_cycles: Annotated[float, "dimensionless"]
    menstrual_of: Annotated[float, "dimensionless"]


class Signs(NamedTuple):
    """What a migraine day is told by, each (..., day); None where the diary has no such column."""

    hours: Numbers | None = None  # of headache
    severity: NDArray | None = None  # 0 to 3
    pain_features: NDArray | None = None  # 0 to 4 of ICHD-3 1.1 C, severity among them
    nausea: Flags | None = None  # or vomiting
    photophobia: Flags | None = None
    phonophobia: Flags | None = None
    aura_minutes: Numbers | None = None
    specific: Flags | None = None  # triptan or ergot taken


@cache
def standard() -> Rules:
    """Return the thresholds of ledger ``rules``."""
    return ledger.params(ledger.read("rules"), Rules)


# --- days -----------------------------------------------------------------------------------------------------------


def is_headache_day(hours: Numbers, shortest: float, acute: Flags | None = None) -> Flags:
    """Return which days count: at least ``shortest`` hours of headache, or acute medicine taken (Leiden 2023: 1 h)."""
    long_enough = np.asarray(hours) >= shortest
    return long_enough if acute is None else long_enough | np.asarray(acute, bool)


def is_migraine_day(headache: Flags, signs: Signs, rules: Rules) -> Flags:
    """Return the migraine days of the Leiden definition (van der Arend 2023).

    At least ``rules.migraine_hours`` of headache with migraine features, or an aura of 5 to 60 min, or triptan or
    ergot on a headache day whatever its effect. A column that is None cannot make a day; without hours the
    length is taken as sufficient. Where pain features were not kept, moderate or severe pain stands for them.
    """
    headache = np.asarray(headache, bool)
    long_enough = headache if signs.hours is None else headache & (np.asarray(signs.hours) >= rules.migraine_hours)
    day = long_enough & has_migraine_features(headache, signs, rules)
    if signs.specific is not None:
        day = day | (headache & np.asarray(signs.specific, bool))
    if signs.aura_minutes is not None:
        minutes = np.asarray(signs.aura_minutes)
        day = day | ((minutes >= rules.aura_shortest) & (minutes <= rules.aura_longest))
    return day


def is_migraine_day_classic(headache: Flags, signs: Signs, rules: Rules) -> Flags:
    """Return the migraine days of the older definition: the same, but at least 4 h of headache."""
    return is_migraine_day(headache, signs, rules._replace(migraine_hours=rules.migraine_hours_classic))


def has_migraine_features(headache: Flags, signs: Signs, rules: Rules) -> Flags:
    """Return where pain is migraine's (2 of 4) and comes with nausea, or with light and sound (ICHD-3 1.1 C, D)."""
    none = np.zeros(np.shape(headache), bool)
    if signs.pain_features is not None:
        pain = np.asarray(signs.pain_features) >= rules.pain_features
    elif signs.severity is not None:
        pain = np.asarray(signs.severity) >= rules.pain_moderate
    else:
        pain = none
    nausea, light, sound = (
        none if flag is None else np.asarray(flag, bool)
        for flag in (signs.nausea, signs.photophobia, signs.phonophobia)
    )
    return pain & (nausea | (light & sound))


def imputed(migraine: Flags, missing: Flags) -> Flags:
    """Return ``migraine`` with a single missing day between two migraine days counted as one (Leiden 2023)."""
    known = np.asarray(migraine, bool) & ~np.asarray(missing, bool)
    before, after = np.zeros_like(known), np.zeros_like(known)
    before[..., 1:], after[..., :-1] = known[..., :-1], known[..., 1:]
    return known | (np.asarray(missing, bool) & before & after)


# --- attacks --------------------------------------------------------------------------------------------------------


def attack_begins(start: Numbers, end: Numbers, gap: float) -> Flags:
    """Return which episodes (in order of time, hours) begin an attack: free for ``gap`` hours before.

    Leiden 2023 merges what lies less than 24 h apart.
    """
    last_end = np.concatenate([[-np.inf], np.maximum.accumulate(end)[:-1]])
    return start - last_end >= gap


def attack_begins_after_relapse(start: Numbers, window: float) -> Flags:
    """Return which episodes begin an attack when pain within ``window`` hours of an onset belongs to it (IHS: 48 h)."""
    begins = np.zeros(len(start), bool)
    onset = -np.inf
    for place, when in enumerate(start):
        if when - onset >= window:
            begins[place], onset = True, when
    return begins


def attack_begins_on_day(migraine: Flags, free_days: int) -> Flags:
    """Return the days on which an attack begins: a migraine day after ``free_days`` whole free days, or none before.

    ``free_days`` = 1: a whole headache-free day parts two attacks (IHS). ``free_days`` = 2: a single free day is
    locked between and belongs to the attack (Barra 2020). Whatever came before the first day is not known and
    taken as free.
    """
    migraine = np.asarray(migraine, bool)
    recent = np.zeros_like(migraine)
    for lag in range(1, min(free_days, migraine.shape[-1] - 1) + 1):
        recent[..., lag:] |= migraine[..., :-lag]
    return migraine & ~recent


def period_starts(start: Numbers, end: Numbers, period: float) -> Numbers:
    """Return the starts (h) of 24-h migraine periods: an attack that outlasts one begins the next.

    Topiramate trials (Silberstein 2004): pain that recurs within the period belongs to it.
    """
    starts: list[float] = []
    for begin, finish in zip(start, end, strict=True):
        if not starts or begin >= starts[-1] + period:
            starts.append(float(begin))
        while finish > starts[-1] + period + _MOMENT:
            starts.append(starts[-1] + period)
    return np.array(starts)


# --- months and response --------------------------------------------------------------------------------------------


def prorated(count: NDArray, missing: Flags, month: float) -> Numbers:
    """Return the count per ``month`` filled-in days (IHS 2020); NaN where no day was filled in.

    Args:
        count: per day, (..., day).
        missing: days not filled in, (..., day).
        month: days of a month.
    """
    filled = ~missing
    days = filled.sum(axis=-1)
    total = (count * filled).sum(axis=-1, dtype=np.float64)
    return np.divide(total * month, days, out=np.full(days.shape, np.nan), where=days > 0)


def per_month(count: NDArray, missing: Flags, month: float) -> Numbers:
    """Return prorated counts of whole consecutive months, (..., month); the days of an unfinished month are left."""
    days = int(month)
    whole = np.shape(count)[-1] // days
    cut = [np.asarray(a)[..., : whole * days].reshape(*np.shape(a)[:-1], whole, days) for a in (count, missing)]
    return prorated(cut[0], cut[1].astype(bool), month)


def is_responder(baseline: Numbers, end: Numbers, fall: float) -> Flags:
    """Return who has fallen by at least ``fall`` of the baseline (IHS 2020: a half; also 0.3, 0.75, 1)."""
    return end <= (1.0 - fall) * baseline


# --- diagnoses ------------------------------------------------------------------------------------------------------


def is_chronic_month(headache_days: Numbers, migraine_days: Numbers, rules: Rules) -> Flags:
    """Return which months meet chronic migraine's counts (ICHD-3 1.3): headache on >= 15 days, migraine on >= 8."""
    return (np.asarray(headache_days) >= rules.chronic_headache_days) & (
        np.asarray(migraine_days) >= rules.chronic_migraine_days
    )


def lasts(month_meets: Flags, rules: Rules) -> Flags:
    """Return whether the months (..., month) end in a run of more than 3 that all meet it (ICHD-3)."""
    wanted = int(rules.chronic_months) + 1
    meets = np.asarray(month_meets, bool)
    if meets.shape[-1] < wanted:
        return np.zeros(meets.shape[:-1], bool)
    return np.asarray(meets[..., -wanted:].all(axis=-1))


def is_chronic_migraine(headache_days: Numbers, migraine_days: Numbers, rules: Rules) -> Flags:
    """Return who has chronic migraine at the end of the months (..., month); False too where the diary is too short."""
    return lasts(is_chronic_month(headache_days, migraine_days, rules), rules)


def overuse_limit(drug: str, rules: Rules) -> float:
    """Return the days per month from which a class of ``ACUTE_CLASSES`` (or ``SEVERAL``) is overused (ICHD-3 8.2)."""
    return rules.overuse_simple if drug in SIMPLE else rules.overuse_other


def overused(taken: Mapping[str, Flags], missing: Flags, rules: Rules) -> dict[str, Flags]:
    """Return by class the months (..., month) with days of intake at or above its limit.

    ``several``: any of the classes on at least 10 days while none is overused by itself; more than one class, not
    simple analgesics alone (those have their limit of 15 together).
    Medication-overuse headache needs besides headache on >= 15 days per month and both for more than 3 months.

    Args:
        taken: days of intake by class, (..., day).
        missing: days not filled in, (..., day).
        rules: thresholds.
    """
    entries: dict[str, Flags] = {}
    for drug, days in taken.items():
        entries[drug] = per_month(np.asarray(days, bool), missing, rules.month) >= overuse_limit(drug, rules)
    classes = [drug for drug, days in taken.items() if np.any(days)]
    if len(classes) > 1:
        together = np.logical_or.reduce([np.asarray(taken[drug], bool) for drug in classes])
        limit = rules.overuse_simple if set(classes) <= set(SIMPLE) else rules.overuse_other
        alone = np.logical_or.reduce([entries[drug] for drug in classes])
        entries[SEVERAL] = (per_month(together, missing, rules.month) >= limit) & ~alone
    return entries


def is_overuse_headache(headache_days: Numbers, overuse_months: Flags, rules: Rules) -> Flags:
    """Return who has medication-overuse headache: >= 15 headache days and overuse, more than 3 months (ICHD-3 8.2)."""
    return lasts((np.asarray(headache_days) >= rules.chronic_headache_days) & overuse_months, rules)


def first_menstrual_days(bleeding: Flags) -> NDArray[np.intp]:
    """Return the days (day,) on which bleeding begins: it was free the day before."""
    bleeding = np.asarray(bleeding, bool)
    return np.flatnonzero(bleeding & ~np.concatenate([[False], bleeding[:-1]]))


def in_menstrual_window(days: int, first: NDArray[np.intp], rules: Rules) -> Flags:
    """Return which of ``days`` lie on day -2 to +3 of a menstruation that begins on ``first`` (day 1; no day 0)."""
    window = np.zeros(days, bool)
    for day in first:
        window[max(int(day) - int(rules.menstrual_before), 0) : int(day) + int(rules.menstrual_after)] = True
    return window


def menstrual_migraine(attacks: Flags, first: NDArray[np.intp], rules: Rules) -> str:
    """Return ``pure``, ``related``, ``none`` or ``unknown`` (fewer than 3 cycles), by the 2-of-3 rule (ICHD-3 A1.1).

    Args:
        attacks: days (day,) on which an attack begins.
        first: first days of bleeding, in order; the last three cycles count.
        rules: thresholds.
    """
    if len(first) < int(rules.menstrual_of):
        return "unknown"
    last = first[-int(rules.menstrual_of) :]
    attacks = np.asarray(attacks, bool)
    hit = [bool(np.any(attacks & in_menstrual_window(attacks.size, np.array([day]), rules))) for day in last]
    if sum(hit) < int(rules.menstrual_cycles):
        return "none"
    elsewhere = attacks & ~in_menstrual_window(attacks.size, first, rules)
    return "related" if np.any(elsewhere) else "pure"
