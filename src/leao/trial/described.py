"""How each arm of a real trial went: baseline, flow, means over time, responders, what is missing, residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from leao.trial.reading.layout import Table

Array = NDArray[np.float64]
_RESIDUALS = 2_000
_PATTERNS = 12  # shown one by one; the rest together


def members(table: Table, place: int) -> NDArray[np.bool_]:
    """Return the patients of an arm who are analysed."""
    return table.data.use[0] & (table.data.arm[0] == place)


def responders(table: Table) -> dict[str, float | None] | None:
    """Return the share of each arm whose count fell by half by the last visit, who is missing counting as none."""
    if not table.responders_mean_something:
        return None
    data, last = table.data, table.values[:, -1]
    responds = (
        np.isfinite(last) & (np.nan_to_num(last) <= (1.0 - data.fall) * data.baseline[0]) & (data.baseline[0] > 0.0)
    )
    shares: dict[str, float | None] = {}
    for place, arm in enumerate(table.arms):
        here = members(table, place)
        shares[arm] = 100.0 * float(responds[here].mean()) if here.any() else None
    return shares


def baseline(table: Table) -> dict[str, dict[str, Any]]:
    """Return patients, mean and standard deviation of the baseline, age and sex of each arm."""
    rows: dict[str, dict[str, Any]] = {}
    for place, arm in enumerate(table.arms):
        values = table.data.baseline[0][members(table, place)] if table.has_baseline else np.zeros(0)
        spread = float(values.std(ddof=1)) if values.size > 1 else None
        mean = float(values.mean()) if values.size else None
        n = int(members(table, place).sum())
        rows[arm] = {"n": n, "baseline_mean": mean, "baseline_sd": spread} | table.people[arm]
    return rows


def flow(table: Table) -> dict[str, dict[str, int]]:
    """Return how many patients of each arm are in the table, have a baseline, and a value at each visit."""
    by_arm: dict[str, dict[str, int]] = {}
    for place, arm in enumerate(table.arms):
        here = members(table, place)
        seen = {name: int((here & np.isfinite(table.values[:, k])).sum()) for k, name in enumerate(table.visits)}
        there = int((table.data.arm[0] == place).sum())
        by_arm[arm] = {"in the table": there, "with a baseline": int(here.sum())} | seen
    return by_arm


def changes(table: Table, confidence: float) -> dict[str, dict[str, float | None]]:
    """Return each arm's mean change from baseline at the last visit, those who have it, with its t interval."""
    start = table.data.baseline[0] if table.has_baseline else np.zeros(len(table.values))
    moved = table.values[:, -1] - start
    return {
        arm: interval(moved[members(table, place) & np.isfinite(moved)], confidence)
        for place, arm in enumerate(table.arms)
    }


def means(table: Table, confidence: float) -> dict[str, list[dict[str, Any]]]:
    """Return each arm's mean at the baseline and at each visit, of those who have a value, with its t interval."""
    columns = [("baseline", table.data.baseline[0])] if table.has_baseline else []
    columns += [(name, table.values[:, k]) for k, name in enumerate(table.visits)]
    by_arm: dict[str, list[dict[str, Any]]] = {}
    for place, arm in enumerate(table.arms):
        here = members(table, place)
        by_arm[arm] = []
        for name, column in columns:
            values = column[here & np.isfinite(column)]
            by_arm[arm].append({"visit": name, "n": int(values.size)} | interval(values, confidence))
    return by_arm


def missing(table: Table) -> dict[str, Any]:
    """Return which visits patients have (1) and lack (0), in each arm, the commonest pattern first."""
    seen = np.isfinite(table.values) & table.data.use[0][:, None]
    patterns, which = np.unique(seen[table.data.use[0]], axis=0, return_inverse=True)
    arm = table.data.arm[0][table.data.use[0]]
    counts = np.zeros((len(patterns), len(table.arms)), np.int64)
    np.add.at(counts, (which.ravel(), arm), 1)
    words = ["".join(map(str, row)) for row in patterns.astype(int)]
    order = sorted(range(len(words)), key=lambda k: (-int(counts[k].sum()), words[k]))
    rows = [
        {"pattern": words[k], "patients": dict(zip(table.arms, counts[k].tolist(), strict=True))}
        for k in order[:_PATTERNS]
    ]
    rest = counts[order[_PATTERNS:]].sum(axis=0)
    others = {arm: int(n) for arm, n in zip(table.arms, rest, strict=True)} if len(order) > _PATTERNS else None
    return {"visits": list(table.visits), "patterns": rows, "others": others}


def residuals(table: Table, regressors: Array) -> dict[str, Any] | None:
    """Return fitted values and residuals of the ANCOVA at the last visit; None where it cannot be fitted.

    Of many patients an even selection is given; ``of`` says how many there are.
    """
    start = table.data.baseline[0] if table.has_baseline else 0.0
    y = table.values[:, -1] - start
    keep = table.data.use[0] & np.isfinite(y)
    x = regressors[keep]
    if keep.sum() <= x.shape[1]:
        return None
    fitted = x @ np.linalg.lstsq(x, y[keep], rcond=None)[0]
    step = slice(None, None, -(-len(fitted) // _RESIDUALS))
    return {
        "visit": table.visits[-1],
        "of": len(fitted),
        "arm": [table.arms[place] for place in table.data.arm[0][keep][step]],
        "fitted": [round(float(value), 6) for value in fitted[step]],
        "residual": [round(float(value), 6) for value in (y[keep] - fitted)[step]],
    }


def interval(values: Array, confidence: float) -> dict[str, float | None]:
    """Return the mean and its t interval; None where there are too few."""
    n = values.size
    middle = float(values.mean()) if n else None
    if middle is None or n < 2:
        return {"estimate": middle, "low": None, "high": None}
    reach = float(stdtrit(n - 1, 0.5 + 0.5 * confidence) * values.std(ddof=1) / np.sqrt(n))
    return {"estimate": middle, "low": middle - reach, "high": middle + reach}
