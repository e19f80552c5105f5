"""What the reader of a real table's analysis should know: who and what was left out."""

from __future__ import annotations

import numpy as np

from leao.trial.data import Data

_FEWEST = 2  # patients of an arm with whom a month is compared


def of(data: Data) -> list[str]:
    """Return what the reader should know: patients left out, values that are no counts."""
    doubts = []
    if not np.isfinite(data.events).all():
        doubts.append("values are no whole numbers: estimators of counts are left out; give NEVENT and NDAYS for them")
    lost = int((~data.use).sum())
    if lost:
        doubts.append(f"{lost} of {data.use.size} patients have no baseline and are left out")
    return doubts


def reached(data: Data, windows: list[float]) -> tuple[list[float], list[str]]:
    """Return the months up to the last that two patients of every arm have, and what was left out, in words."""
    there = np.isfinite(data.visits[0]) & data.use[0][:, None]
    people = np.array([there[data.arm[0] == place].sum(axis=0) for place in range(data.groups)])
    enough = (people >= _FEWEST).all(axis=0)
    if not enough.any():
        return windows, []
    kept = int(np.flatnonzero(enough)[-1]) + 1
    left = len(windows) - kept
    months = "month has" if left == 1 else f"{left} months have"
    told = f"the last {months} fewer than {_FEWEST} patients in an arm: left out"
    return windows[:kept], [told] * (left > 0)
