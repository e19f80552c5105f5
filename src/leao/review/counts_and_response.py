"""What the diary shows, counted: headache, migraine, attacks, medicine, disability, per 28 recorded days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.diary import counting
from leao.diary.reading import Diary

SEVERE = 3.0
LEAST_RECORDED = 14  # days, for a comparison
FEATURES = "moderate or severe pain with nausea, or with light and noise hard to bear"
NOT_TOLD = (
    "needs the columns severity and nausea, or severity, photophobia and phonophobia; headache days are not taken for "
    "migraine days, and aura or a triptan alone would tell some of them"
)
BY_WORD = "what the patient calls a migraine"
COMPANIONS = ("nausea", "photophobia", "phonophobia")
FREE_DAYS = 1  # a whole headache-free day parts two attacks (IHS)
Flags = NDArray[np.bool_]


def migraine_days(diary: Diary) -> Flags | None:
    """Return migraine days as far as the columns tell (van der Arend 2023); None where the columns cannot.

    The default columns hold neither side nor quality of the pain, so moderate or severe pain stands for two of
    the four features; an aura marked yes counts as one of proper length.
    """
    if not _told_by(diary):
        return None
    headache = diary.headache == 1
    specific = _specific(diary)
    flags = {name: values == 1 for name, values in diary.flags.items()}
    signs = counting.Signs(
        hours=None if diary.hours is None else np.where(headache & (diary.hours == 0), np.inf, diary.hours),
        severity=diary.severity,
        nausea=flags.get("nausea"),
        photophobia=flags.get("photophobia"),
        phonophobia=flags.get("phonophobia"),
        aura_minutes=_aura(flags),
        specific=np.logical_or.reduce(specific) if specific else None,
    )
    return counting.is_migraine_day(headache, signs, counting.standard()) & diary.seen


def shown_migraine_days(diary: Diary) -> Flags | None:
    """Return migraine days as counted on the page: by ``migraine_days``, else those that the patient calls so.

    No criterion rests on the patient's word alone (ICHD-3 1.3 asks for more).
    """
    days = migraine_days(diary)
    if days is not None or diary.migraine is None:
        return days
    return (diary.migraine == 1) & (diary.headache == 1)


def migraine_rule(diary: Diary) -> dict[str, Any]:
    """Return by what migraine days are told, or why they cannot be, and the headache days that stay undecided.

    A headache day is undecided where its severity or its companions were not written down and neither aura nor
    triptan makes it a migraine day; it counts as none.
    """
    told_by_result = _told_by(diary)
    if not told_by_result and diary.migraine is not None:
        undecided = (diary.headache == 1) & (diary.migraine < 0)
        return {"told_by": BY_WORD, "why_not": None, "undecided_headache_days": int(undecided.sum())}
    if not told_by_result or diary.severity is None:
        return {"told_by": None, "why_not": NOT_TOLD, "undecided_headache_days": None}
    written = [diary.flags[name] >= 0 for name in COMPANIONS if name in diary.flags]
    mild = diary.severity < counting.standard().pain_moderate
    undecided = (diary.headache == 1) & ~np.asarray(migraine_days(diary), bool)
    undecided &= np.isnan(diary.severity) | (~np.logical_and.reduce(written) & ~mild)
    return {"told_by": "; or ".join(told_by_result), "why_not": None, "undecided_headache_days": int(undecided.sum())}


def _told_by(diary: Diary) -> list[str]:
    """Return the rules that the columns allow, in words; none where aura or triptans alone would give the least."""
    flags = diary.flags.keys()
    companions = "nausea" in flags or {"photophobia", "phonophobia"} <= flags
    if diary.severity is None or not companions:
        return []
    rows = [FEATURES]
    rows += ["aura"] if "aura" in flags else []
    return rows + (["a triptan or ergot taken for it"] if _specific(diary) else [])


def _specific(diary: Diary) -> list[Flags]:
    if diary.acute is None:
        return []
    return [diary.acute[name] for name in counting.SPECIFIC if name in diary.acute]


def attack_days(diary: Diary) -> Flags:
    """Return the days on which an attack begins: headache after a whole free day; a single missing day is joined."""
    headache = counting.imputed(diary.headache == 1, ~diary.seen)
    return counting.attack_begins_on_day(headache, FREE_DAYS) & (diary.headache == 1)


def counts(diary: Diary, part: Flags) -> dict[str, Any] | None:
    """Return the counts of the days ``part`` per 28 recorded days; None where none of them is recorded."""
    seen = diary.seen & part
    if not seen.any():
        return None
    migraine = shown_migraine_days(diary)
    acute = diary.acute
    classes = {} if acute is None else {name: _per_month(days, seen) for name, days in acute.items()}
    disability = None if diary.disability is None else diary.disability[seen & ~np.isnan(diary.disability)]
    return {
        "recorded_days": int(seen.sum()),
        "headache_days_per_28d": _per_month(diary.headache == 1, seen),
        "migraine_days_per_28d": None if migraine is None else _per_month(migraine, seen),
        "attacks_per_28d": _per_month(attack_days(diary), seen),
        "hours_per_attack": _hours(diary, part),
        "severe_days_per_28d": None if diary.severity is None else _per_month(diary.severity >= SEVERE, seen),
        "acute_days_per_28d": None if acute is None else _per_month(_any(acute, seen.size), seen),
        "acute_days_by_class_per_28d": None if acute is None else classes,
        "acute_days_by_class_at_most_per_28d": None if acute is None else _at_most(acute, seen),
        "disability_mean": None if disability is None or not disability.size else float(disability.mean()),
        "disability_days_per_28d": None if diary.disability is None else _per_month(diary.disability > 0, seen),
        "side_effect_days_per_28d": None if diary.side_effects is None else _side_effects(diary.side_effects, seen),
        "hit6": _last_score(diary, "hit6", part),
        "midas": _last_score(diary, "midas", part),
    }


def responder(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return by how much migraine days, or headache days, have fallen from before to now, and whether by a half.

    None where either lacks two weeks of recorded days, or where there were none before.
    """
    if not before or not now or min(before["recorded_days"], now["recorded_days"]) < LEAST_RECORDED:
        return None
    of = "headache_days_per_28d" if before["migraine_days_per_28d"] is None else "migraine_days_per_28d"
    if not before[of]:
        return None
    fall = 1.0 - now[of] / before[of]
    halved, a_third_off = (bool(counting.is_responder(before[of], now[of], share)) for share in (0.5, 0.3))
    return {"of": of.removesuffix("_per_28d"), "fall_percent": 100.0 * fall, "half": halved, "thirty": a_third_off}


def _hours(diary: Diary, part: Flags) -> float | None:
    """Return the mean length of the attacks that begin on the days ``part``; None where no attack has one."""
    lengths = [hours for day, hours in diary.attacks if 0 <= day < part.size and part[day]]
    return float(np.mean(lengths)) if lengths else None


def _last_score(diary: Diary, name: str, part: Flags) -> float | None:
    """Return the last score of a questionnaire on the days ``part``."""
    written = [(day, score) for day, score in diary.scores.get(name, []) if 0 <= day < part.size and part[day]]
    if not written:
        return None
    _, last = max(written, key=lambda each: each[0])
    return float(last)


def _at_most(acute: dict[str, Flags], seen: Flags) -> dict[str, float]:
    """Return the days by class if every medicine of unknown class belonged to it; the counts are the least."""
    unknown = acute.get("unknown", np.zeros(seen.size, dtype=bool))
    return {name: _per_month(days | unknown, seen) for name, days in acute.items()}


def _side_effects(text: list[tuple[int, str]], seen: Flags) -> float:
    days = np.zeros(seen.size, dtype=bool)
    days[[day for day, _ in text]] = True
    return _per_month(days, seen)


def _per_month(days: Flags, seen: Flags) -> float:
    return float(counting.prorated(days, ~seen, counting.standard().month))


def _any(acute: dict[str, Flags], n_day: int) -> Flags:
    return np.logical_or.reduce([*acute.values(), np.zeros(n_day, dtype=bool)])


def _aura(flags: dict[str, Flags]) -> NDArray[np.float64] | None:
    if "aura" not in flags:
        return None
    return np.where(flags["aura"], counting.standard().aura_shortest, 0.0)
