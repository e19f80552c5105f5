"""Endpoints: from the days of a diary to one number per patient and 28 days.

Counts are prorated to 28 filled-in days (IHS 2020); a day that was not filled in counts nowhere. Severity is the
mean over migraine days of the day's worst pain (1 mild, 2 moderate, 3 severe), duration the hours of migraine per
migraine episode.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leao.diary.counting import is_responder, prorated
from leao.trial.designs import Design
from leao.trial.kernels.windows import sums

Array = NDArray[np.float64]
COUNTED = ("attacks", "missing")  # columns of the diary that ``counted`` needs for attacks
COUNTS = {
    "attacks": "attacks",
    "migraine_days": "migraine",
    "headache_days": "headache",
    "rescue_days": "rescue",
}


def window(days: Mapping[str, NDArray], start: int, stop: int, month: float) -> dict[str, Array]:
    """Return each patient's endpoints over the days ``start`` to ``stop``: shapes (trial, subject).

    ``recorded_attacks`` is the raw count on filled-in days, ``filled`` the number of those days.
    """
    cut = {name: value[..., start:stop] for name, value in days.items()}
    missing = cut["missing"].astype(bool)
    entries = {name: prorated(cut[source], missing, month) for name, source in COUNTS.items()}
    migraine = cut["migraine"].astype(bool) & ~missing
    entries["severity"] = ratio((cut["severity"] * migraine).sum(axis=-1), migraine.sum(axis=-1))
    hours = (cut["migraine_hours"] * ~missing).sum(axis=-1, dtype=np.float64)
    entries["duration"] = ratio(hours, (cut["episodes"] * ~missing).sum(axis=-1))
    entries["recorded_attacks"] = (cut["attacks"] * ~missing).sum(axis=-1, dtype=np.float64)
    entries["filled"] = (~missing).sum(axis=-1).astype(np.float64)
    return entries


def counted(
    days: Mapping[str, NDArray], span: tuple[int, int], month: float, name: str = "attacks"
) -> tuple[Array, Array]:
    """Return one endpoint over the days ``span``, prorated, and the days filled in, both (trial, subject)."""
    total, filled = sums(days[COUNTS[name]], days["missing"], span)
    return np.divide(total * month, filled, out=np.full(filled.shape, np.nan), where=filled > 0.0), filled


def baseline(days: Mapping[str, NDArray], design: Design) -> dict[str, Array]:
    """Return the endpoints over the prospective baseline."""
    return window(days, design.run_in_days, design.start, design.rules.month)


def final(days: Mapping[str, NDArray], design: Design) -> dict[str, Array]:
    """Return the endpoints over the last 28 days of treatment."""
    return window(days, design.days - design.month, design.days, design.rules.month)


def monthly_attacks(days: Mapping[str, NDArray], design: Design) -> Array:
    """Return attacks per 28 days in the baseline and each whole month after it, (trial, subject, month)."""
    starts = range(design.start, design.days - design.month + 1, design.month)
    months = [window(days, start, start + design.month, design.rules.month)["attacks"] for start in starts]
    return np.stack([baseline(days, design)["attacks"], *months], axis=-1)


def is_eligible(attacks: Array, design: Design) -> NDArray[np.bool_]:
    """Return who may be randomised, by the baseline diary."""
    return (attacks >= design.min_attacks) & (attacks <= design.max_attacks)


def responders(before: Array, after: Array, design: Design) -> NDArray[np.bool_]:
    """Return who has at most half of the baseline's attacks."""
    return is_responder(before, after, design.rules.responder_fall)


def ratio(total: Array, count: Array) -> Array:
    """Return a total over its count; nan where nothing was counted."""
    return np.divide(total, count, out=np.full(np.shape(count), np.nan), where=count > 0)
