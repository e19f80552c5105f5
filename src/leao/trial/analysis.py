"""The answer of ``leao trial analyse``: the trial's estimators on a real table, with baseline table and flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.trial import crossover
from leao.trial.data import Data
from leao.trial.methods import METHODS, Found
from leao.trial.params import Params
from leao.trial.table import Columns, Table, load, read

ALONE = (
    "one arm ({arm}) and no control: nothing to compare with; its change holds regression to the mean, the response to "
    "placebo and the course of time"
)
COUNTS = ("negative_binomial", "beta_binomial")


def analyse(
    path: str | Path,
    *,
    arm: str | None = None,
    visit: str | None = None,
    estimator: str | None = None,
    columns: Columns | None = None,
) -> dict[str, Any]:
    """Return the analysis of a real trial's table, as ``leao trial analyse --json`` prints it.

    Args:
        path: a .csv or .parquet table, a row per patient and month, or per patient and day.
        arm: column of the arm.
        visit: column of the month, 0 or less for the baseline.
        estimator: one of the parallel estimators; by default MMRM, or ANCOVA where there is one visit.
        columns: any further column names, instead of the two above.

    Raises:
        ScenarioError: a table or an estimator that cannot be used, in one line with the row.
    """
    said = columns or Columns(arm=arm, visit=visit)
    loaded = load(Path(path), said)
    if crossover.is_for(loaded.frame):
        return crossover.analyse(Path(path), loaded, estimator)
    table = read(Path(path), loaded)
    fits = [name for name, method in METHODS.items() if not method.paired and not method.doses]
    chosen = estimator or ("mmrm" if len(table.visits) > 1 else "ancova")
    if chosen not in fits:
        hint = ledger.nearest(chosen, fits)
        raise ScenarioError(
            f"--estimator: {chosen!r} is no estimator for groups; wanted one of {', '.join(fits)}{hint}"
        )
    if len(table.arms) == 1:
        return _described(path, table)
    every, problems = _every(table, fits, chosen)
    head = every[chosen]
    if all(one["estimate"] is None for one in head["comparisons"].values()):
        problems.append(f"{chosen} gives no number for these data")
    difference = chosen if METHODS[chosen].scale == "difference" else "mmrm"
    last = table.arms[-1]
    return _described(path, table) | {
        "estimator": chosen,
        "comparison": f"{last} against {table.arms[0]}",
        "difference": _plain(every[difference]["comparisons"][last]),
        "rate_ratio": _plain(every["negative_binomial"]["comparisons"][last]) if "negative_binomial" in every else None,
        "estimators": every,
        "problems": table.problems + problems,
    }


def _described(path: str | Path, table: Table) -> dict[str, Any]:
    """Return the answer without a comparison: who is there, and how each arm went; all there is for one arm."""
    return {
        "file": str(path),
        "estimator": None,
        "endpoint": table.endpoint,
        "arms": list(table.arms),
        "subjects": len(table.subjects),
        "rows": table.rows,
        "comparison": None,
        "difference": None,
        "rate_ratio": None,
        "responders_50_percent": _responders(table),
        "change": _changes(table),
        "mean_by_arm": None,
        "estimators": {},
        "individuals": None,
        "baseline": _baseline(table),
        "flow": _flow(table),
        "estimand": "treatment policy; months that are missing are taken as missing at random except by "
        "jump_to_reference",
        "problems": [*table.problems, ALONE.format(arm=table.arms[0])],
    }


def _every(table: Table, fits: list[str], chosen: str) -> tuple[dict[str, Any], list[str]]:
    found, problems = {}, []
    confidence = _confidence()
    data = table.data
    for name in fits:
        why = _unfit(name, data)
        if why:
            if name == chosen:
                raise ScenarioError(f"--estimator {name}: {why}")
            continue
        method = METHODS[name]
        with np.errstate(all="ignore"):
            said = method.estimate(data)
            low, high = said.interval(confidence)
            p = said.p()
        ratio = method.scale != "difference"
        rows = {
            arm: _estimate(said, (low, high, p), place, ratio=ratio)
            for place, arm in enumerate(table.arms[1:])
        }  # fmt: skip
        if any(row["estimate"] is None for row in rows.values()):
            problems.append(f"{name}: no number for these data (too few patients, no events, or arms that separate)")
        found[name] = {"scale": method.scale, "what": method.what, "comparisons": rows}
    return found, problems


def _unfit(name: str, data: Data) -> str:
    if name in COUNTS and not np.isfinite(data.events).all():
        return "wanted whole counts; give columns NEVENT and NDAYS, or whole numbers"
    if METHODS[name].day_counts and not (data.counts_days and (data.events <= data.days).all()):
        return "wanted days with headache (at most one a day); name such a column with --value"
    return ""


def _estimate(said: Found, ends: tuple[Any, Any, Any], place: int, *, ratio: bool) -> dict[str, float | None]:
    low, high, p = (float(part[0, place]) for part in ends)
    values = {"estimate": float(said.value[0, place]), "low": low, "high": high}
    turned = {key: float(np.exp(value)) if ratio else value for key, value in values.items()}
    freedom = float(said.freedom[0, place])
    rest = {"se": float(said.se[0, place]), "p": p, "degrees_of_freedom": freedom}
    return {key: value if np.isfinite(value) else None for key, value in (turned | rest).items()}


def _plain(row: dict[str, float | None]) -> dict[str, float | None] | None:
    return None if row["estimate"] is None else {key: row[key] for key in ("estimate", "low", "high")}


def _responders(table: Table) -> dict[str, float | None]:
    data = table.data
    last = data.visits[0, :, -1]
    responds = np.isfinite(last) & (np.nan_to_num(last) <= (1.0 - data.fall) * data.baseline[0])
    return {arm: _share(responds, _member(table, place)) for place, arm in enumerate(table.arms)}


def _baseline(table: Table) -> dict[str, dict[str, Any]]:
    out = {}
    for place, arm in enumerate(table.arms):
        values = table.data.baseline[0][_member(table, place)]
        spread = float(values.std(ddof=1)) if values.size > 1 else None
        mean = float(values.mean()) if values.size else None
        out[arm] = {"n": int(values.size), "baseline_mean": mean, "baseline_sd": spread} | table.extra[arm]
    return out


def _changes(table: Table) -> dict[str, dict[str, float | None]]:
    """Return each arm's mean change from baseline in the last month, those who have it, with its t interval."""
    data, confidence = table.data, _confidence()
    moved = data.visits[0, :, -1] - data.baseline[0]
    out: dict[str, dict[str, float | None]] = {}
    for place, arm in enumerate(table.arms):
        own = moved[_member(table, place) & np.isfinite(moved)]
        n = own.size
        middle = float(own.mean()) if n else None
        reach = stdtrit(n - 1, 0.5 + 0.5 * confidence) * own.std(ddof=1) / np.sqrt(n) if n > 1 else None
        ends = (None, None) if middle is None or reach is None else (middle - float(reach), middle + float(reach))
        out[arm] = {"estimate": middle, "low": ends[0], "high": ends[1]}
    return out


def _confidence() -> float:
    return ledger.params(ledger.read("trial"), Params).confidence


def _flow(table: Table) -> dict[str, dict[str, int]]:
    out = {}
    for place, arm in enumerate(table.arms):
        there = table.data.arm[0] == place
        seen = {
            name: int((there & table.data.use[0] & np.isfinite(table.data.visits[0, :, k])).sum())
            for k, name in enumerate(table.visits)
        }
        out[arm] = {"in the table": int(there.sum()), "with a baseline": int(_member(table, place).sum())} | seen
    return out


def _member(table: Table, place: int) -> NDArray[np.bool_]:
    return table.data.use[0] & (table.data.arm[0] == place)


def _share(yes: NDArray[np.bool_], member: NDArray[np.bool_]) -> float | None:
    return 100.0 * float(yes[member].mean()) if member.any() else None
