"""Non-compartmental analysis: what measured levels say without any model.

Equation: AUC by the linear trapezoid where levels rise and the logarithmic one where they fall ("linear up, log
down"); half-life from the last points by least squares on the log scale, on as many points after the peak (at least
three) as give the highest adjusted r^2, the longest of those within 0.0001 of it; AUC to infinity adds C_last /
lambda_z; CL/F = dose / AUC (AUC to infinity after one dose, AUC over the interval at steady state);
Vz/F = CL/F / lambda_z; accumulation = 1 / (1 - exp(-lambda_z tau)).
Source: Gabrielsson & Weiner 2012, Methods Mol Biol 929:377; the rule for the half-life as in PKNCA (Denney, Duvvuri &
Buckeridge 2015, J Pharmacokinet Pharmacodyn 42:11).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.exposure.pattern import given
from leao.exposure.records import Records
from leao.exposure.solve import base_per_amount

LEAST_LEVELS = 2  # in an interval that is analysed
LEAST_POINTS = 3  # of a half-life
NEAR_BEST = 1e-4  # of adjusted r^2
LEAST_SPAN = 2.0  # half-lives covered by the points: with less, the half-life is uncertain
MOST_EXTRAPOLATED = 20.0  # percent of the AUC
STEADY = 0.1  # of the time between doses, by which intervals may differ at steady state


class Interval(NamedTuple):
    """Levels between one dose and the next, h after the dose."""

    dose_mg: float
    start_h: float
    tau_h: float | None  # to the next dose; None after the last
    steady: bool  # doses came regularly before
    first: bool  # no dose came before
    time: NDArray[np.float64]
    level: NDArray[np.float64]
    extravascular: bool


class Terminal(NamedTuple):
    """The line through the last points on the log scale."""

    rate: float  # lambda_z, 1/h
    r2_adjusted: float
    points: int
    span: float  # half-lives
    last: float  # the level that the line gives at the last time


def analyse(records: Records) -> list[dict[str, Any]]:
    """Return one object per subject and dosing interval that holds at least two levels.

    Raises:
        ScenarioError: no such interval in the file, or a subject with levels and no dose.
    """
    results: list[dict[str, Any]] = []
    for index, name in enumerate(records.who):
        rows = np.arange(records.starts[index], records.starts[index + 1])
        if not (~np.isnan(records.dv[rows])).any():
            continue
        base = float(base_per_amount(records)[rows[records.dose[rows]]][:1].sum())  # of the first dose
        results += [{"id": name} | describe(part, base) for part in intervals(records, rows)]
    if not results:
        wanted = "give DV in ng/mL with EVID 0 and MDV 0"
        raise ScenarioError(f"{records.table.name}: no two levels between one dose and the next; {wanted}")
    return results


def intervals(records: Records, rows: NDArray[np.int64]) -> list[Interval]:
    """Return the dosing intervals of a subject that hold two levels.

    A level below its limit counts as 0 before the first measured one. After the last measured one, and between
    measured ones, it is left out (PKNCA's rule for the middle is to drop).
    """
    doses = given(records, rows)
    time, level = _levels(records, rows)
    edges = np.unique(doses.time)
    parts = []
    for k, start in enumerate(edges):
        end = edges[k + 1] if k + 1 < edges.size else np.inf
        inside = (time >= start - 1e-9) & (time <= end + 1e-9)
        if inside.sum() < LEAST_LEVELS or not (level[inside] > 0).any():
            continue
        before = np.diff(edges[: k + 1])[-3:]
        tau = float(end - start) if np.isfinite(end) else None
        same = doses.amt[doses.time <= start][-4:]
        steady = bool(before.size >= 3 and np.ptp(before) <= STEADY * before.mean() and np.ptp(same) == 0)
        here = np.isclose(doses.time, start)
        if tau is None and steady:
            tau = float(before.mean())
        amount, gut = float(doses.amt[here].sum()), bool((doses.cmt[here] == 1).any())
        parts.append(Interval(amount, float(start), tau, steady, k == 0, time[inside] - start, level[inside], gut))
    return parts


def _levels(records: Records, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    seen = rows[~np.isnan(records.dv[rows])]
    level = np.where(records.censored[seen], np.nan, records.dv[seen])
    first = np.argmax(~np.isnan(level)) if (~np.isnan(level)).any() else level.size
    level[:first] = 0.0  # below the limit before the first measured level
    kept = ~np.isnan(level)
    return records.time[seen][kept], level[kept]


def auc(time: NDArray[np.float64], level: NDArray[np.float64]) -> float:
    """Return the area under the levels, linear where they rise and logarithmic where they fall."""
    total = 0.0
    for t0, t1, c0, c1 in zip(time[:-1], time[1:], level[:-1], level[1:], strict=True):
        falls = 0.0 < c1 < c0
        total += (t1 - t0) * ((c0 - c1) / np.log(c0 / c1) if falls else (c0 + c1) / 2.0)
    return float(total)


def terminal(time: NDArray[np.float64], level: NDArray[np.float64]) -> Terminal | None:
    """Return the terminal line; None where fewer than three points fall after the peak."""
    positive = level > 0
    time, level = time[positive], level[positive]
    peak = int(np.argmax(level)) if level.size else 0
    best: Terminal | None = None
    lines = [_line(time[k:], level[k:]) for k in range(peak + 1, level.size - LEAST_POINTS + 1)]
    fitted = [line for line in lines if line.rate > 0]
    if not fitted:
        return None
    highest = max(line.r2_adjusted for line in fitted)
    for line in fitted:  # the first is the longest
        if best is None and line.r2_adjusted >= highest - NEAR_BEST:
            best = line
    return best


def _line(time: NDArray[np.float64], level: NDArray[np.float64]) -> Terminal:
    y, n = np.log(level), time.size
    slope, intercept = np.polyfit(time - time[-1], y, 1)
    left = float(np.square(y - intercept - slope * (time - time[-1])).sum())
    total = float(np.square(y - y.mean()).sum())
    r2 = 1.0 - left / total if total > 0 else 0.0
    adjusted = 1.0 - (1.0 - r2) * (n - 1) / (n - 2)
    span = float(np.ptp(time) * -slope / np.log(2.0))
    return Terminal(-float(slope), adjusted, n, span, float(np.exp(intercept)))


def describe(part: Interval, base: float) -> dict[str, Any]:
    """Return the parameters of one interval; null where the levels do not tell.

    Args:
        part: the interval.
        base: mg of what is measured per mg of the dose as written.
    """
    time, level = part.time, part.level
    warnings: list[str] = []
    if part.first and time[0] > 0:
        time, level = _with_start(part, warnings)
    line = terminal(time, level)
    last = int(np.flatnonzero(level > 0)[-1])
    to_last = auc(time[: last + 1], level[: last + 1])
    to_infinity = None if line is None else to_last + float(level[last]) / line.rate
    over_tau = _over_tau(part, time, level, line)
    cleared = _dose_over_auc(part, base, over_tau, to_infinity, warnings)
    warnings += _doubts(line, to_last, to_infinity, part)
    half_life = None if line is None else float(np.log(2.0) / line.rate)
    return {
        "dose_mg": part.dose_mg,
        "start_h": part.start_h,
        "tau_h": part.tau_h,
        "steady_state": part.steady,
        "levels": int(part.time.size),
        "auc": to_last,
        "auc_infinity": to_infinity,
        "auc_tau": over_tau,
        "cmax": float(level.max()),
        "tmax": float(time[int(np.argmax(level))]),
        "clast": float(level[last]),
        "tlast": float(time[last]),
        "lambda_z": None if line is None else line.rate,
        "lambda_z_points": None if line is None else line.points,
        "lambda_z_r2_adjusted": None if line is None else line.r2_adjusted,
        "half_life": half_life,
        "cl_f": cleared,
        "vz_f": None if cleared is None or line is None else cleared / line.rate,
        "accumulation": _accumulation(part, line),
        "units": UNITS,
        "warnings": warnings,
    }


UNITS = {"auc": "ng h/mL", "cmax": "ng/mL", "tmax": "h", "half_life": "h", "cl_f": "L/h", "vz_f": "L", "dose": "mg"}


def _with_start(part: Interval, warnings: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return time and level with a point at the dose: 0 by mouth, the line back through two points intravenously."""
    time, level = part.time, part.level
    start = 0.0
    if not part.extravascular and level.size > 1 and level[0] > level[1] > 0:
        start = float(level[0] * (level[0] / level[1]) ** (time[0] / (time[1] - time[0])))
        warnings.append("the level at the dose is the line back through the first two levels")
    return np.concatenate([[0.0], time]), np.concatenate([[start], level])


def _over_tau(
    part: Interval, time: NDArray[np.float64], level: NDArray[np.float64], line: Terminal | None
) -> float | None:
    """Return the AUC from the dose to the next; None where the levels do not reach so far and no line is known."""
    if part.tau_h is None or time[0] > 0:
        return None
    end = part.tau_h
    if time[-1] < end - 1e-9:
        if line is None or level[-1] <= 0:
            return None
        time, level = np.append(time, end), np.append(level, level[-1] * np.exp(-line.rate * (end - time[-1])))
    inside = time <= end + 1e-9
    if not np.isclose(time[inside][-1], end):
        c0, c1 = level[inside][-1], level[~inside][0]
        t0, t1 = time[inside][-1], time[~inside][0]
        share = (end - t0) / (t1 - t0)
        at_end = c0 * (c1 / c0) ** share if 0 < c1 < c0 else c0 + (c1 - c0) * share
        return auc(np.append(time[inside], end), np.append(level[inside], at_end))
    return auc(time[inside], level[inside])


def _dose_over_auc(
    part: Interval, base: float, over_tau: float | None, to_infinity: float | None, warnings: list[str]
) -> float | None:
    """Return clearance in L/h: dose in mg of what is measured, AUC in ng h/mL."""
    if part.first and part.tau_h is None:
        area = to_infinity
    elif part.steady:
        area = over_tau
    else:
        area = to_infinity if part.first else None
        if area is None:
            warnings.append("neither after a single dose nor at steady state: no CL/F")
    return None if not area else float(part.dose_mg * base / area * 1e3)


def _accumulation(part: Interval, line: Terminal | None) -> float | None:
    if line is None or part.tau_h is None:
        return None
    return float(1.0 / -np.expm1(-line.rate * part.tau_h))


def _doubts(line: Terminal | None, to_last: float, to_infinity: float | None, part: Interval) -> list[str]:
    doubts = []
    if line is None:
        doubts.append("no half-life: fewer than three falling levels after the peak")
    elif line.span < LEAST_SPAN:
        doubts.append(f"the half-life rests on {line.span:.1f} half-lives: uncertain")
    if to_infinity is not None and part.first:
        beyond = 100.0 * (1.0 - to_last / to_infinity)
        if beyond > MOST_EXTRAPOLATED:
            doubts.append(f"{beyond:.0f} % of the AUC to infinity lies beyond the last level")
    return doubts
