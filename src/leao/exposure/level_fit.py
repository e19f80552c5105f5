"""Measured levels in, a person's parameters and the levels to come out, under the same or another dose."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.units import convert
from leao.exposure import posterior, solve
from leao.exposure.kernels import records as pk_records
from leao.exposure.records import Records, params

HOURS_PER_DAY = 24.0
METHOD = "maximum a posteriori, then importance sampling from a Student t around it"
BAND = (5.0, 50.0, 95.0)


class Plan(NamedTuple):
    """What to forecast."""

    dose_mg: float | None = None  # as the last dose is written (salt or base); None repeats it
    every_h: float | None = None  # None repeats the last interval
    days: float = 28.0
    step_h: float = 6.0
    seed: int = 1


def forecast(records: Records, plan: Plan) -> list[dict[str, Any]]:
    """Return one object per subject: parameters, forecast, diagnostic.

    Raises:
        ScenarioError: a subject without levels or doses, a level before any dose, no interval to repeat.
    """
    solved = solve.solve(records)
    answers = []
    for index, name in enumerate(records.who):
        rows = np.arange(records.starts[index], records.starts[index + 1])
        measured = rows[~np.isnan(records.dv[rows])]
        if not measured.size:
            raise records.table.fail(int(rows[0]), f"ID {name!r} has no level; give DV in ng/mL with EVID 0 and MDV 0")
        early = measured[(solved.plasma[measured] <= 0) & ~records.censored[measured]]
        if early.size:
            raise records.table.fail(int(early[0]), "a level before any dose; set MDV 1 or add the dose")
        answers.append(_subject(records, rows, measured, plan, index))
    return answers


def _subject(
    records: Records, rows: NDArray[np.int64], measured: NDArray[np.int64], plan: Plan, index: int
) -> dict[str, Any]:
    lo = int(rows[0])
    kernel = _cut(solve.kernel(records), lo, int(rows[-1]) + 1)
    below = records.censored[measured]
    subject = posterior.Subject(records.who[index], kernel, measured - lo, records.dv[measured], below)
    found = posterior.infer(subject, params().residual_error, plan.seed, index)
    dose, every, start = _next_doses(records, rows, plan)
    base = dose * solve.base_per_amount(records)[_last_dose(records, rows)]
    future, times = _future(kernel, base, every, start, plan)
    levels = pk_records.draws(*future, found.factors)
    last = kernel.sets[kernel.which[-1]]
    typical = last[[pk_records.CL, pk_records.V, pk_records.KA]]
    own = typical * found.factors
    steps = levels[:, -times.size :, :]
    return {
        "id": subject.name,
        "parameters": dict(zip(solve.NAMES, map(spread, own.T), strict=True))
        | {"half_life_h": spread(np.log(2.0) * own[:, 1] / own[:, 0])},
        "maximum": dict(zip(solve.NAMES, (typical * found.best).tolist(), strict=True)),
        "units": {"CL": "L/h", "V": "L", "KA": "1/h"},
        "forecast": [
            {
                "time_h": float(time),
                "plasma_ng_per_mL": spread(steps[:, k, 0] * solve.NG_PER_ML),
                "free_brain_uM": spread(solve.brain(steps[:, k, 1])),
            }
            for k, time in enumerate(times)
        ],
        "dose_mg": dose,
        "every_h": every,
        "levels": _levels(records, measured, levels[:, subject.rows, 0] * solve.NG_PER_ML),
        "method": METHOD,
        "effective_sample_size": found.effective,
        "largest_weight": found.largest_weight,
        "converged": found.converged,
        "warnings": _warnings(records, rows, dose, every),
    }


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Return median, 5th and 95th percentile."""
    low, middle, high = np.percentile(values, BAND)
    return {"median": float(middle), "p05": float(low), "p95": float(high)}


def _levels(records: Records, measured: NDArray[np.int64], fitted: NDArray[np.float64]) -> list[dict[str, Any]]:
    return [
        {
            "time_h": float(records.time[row]),
            "measured_ng_per_mL": None if records.censored[row] else float(records.dv[row]),
            "below_ng_per_mL": float(records.dv[row]) if records.censored[row] else None,
            "fitted": spread(fitted[:, k]),
        }
        for k, row in enumerate(measured)
    ]


def _last_dose(records: Records, rows: NDArray[np.int64]) -> int:
    dose = rows[(records.evid[rows] == 1) | (records.evid[rows] == 4)]
    if not dose.size:
        raise records.table.fail(int(rows[0]), "a subject without any dose; give EVID 1 and AMT")
    return int(dose[-1])


def _next_doses(records: Records, rows: NDArray[np.int64], plan: Plan) -> tuple[float, float, float]:
    """Return mg as written, hours between doses and the time of the next dose."""
    last = _last_dose(records, rows)
    end = records.time[rows[-1]]
    before = rows[(rows < last) & ((records.evid[rows] == 1) | (records.evid[rows] == 4))]
    own = records.ii[last] or (records.time[last] - records.time[before[-1]] if before.size else 0.0)
    every = plan.every_h or own
    if not every > 0:
        raise records.table.fail(last, "one dose and no II: say how often it is repeated, for example --every '24 h'")
    if every < params().shortest_interval:
        raise records.table.fail(
            last, f"doses {every:g} h apart: say how often from now on, for example --every '24 h'"
        )
    interval = records.ii[last] or every
    given = min(records.addl[last], int(np.floor((end - records.time[last]) / interval))) if records.ii[last] else 0
    start = max(records.time[last] + given * interval + every, end)
    dose = float(records.amt[last]) if plan.dose_mg is None else plan.dose_mg
    return dose, float(every), float(start)


def _cut(kernel: solve.Kernel, lo: int, hi: int) -> solve.Kernel:
    """Return the records of one subject; doses that ADDL would give after its last record are left out."""
    times = tuple(np.ascontiguousarray(column[lo:hi]) for column in kernel.times)
    time, ii = times[0], times[3]
    evid, cmt, ss = (np.ascontiguousarray(column[lo:hi]) for column in (kernel.evid, kernel.cmt, kernel.ss))
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(ii > 0, np.floor((time[-1] - time) / np.where(ii > 0, ii, 1.0)), 0.0)
    addl = np.minimum(kernel.addl[lo:hi], room).astype(np.int32)
    first, last = kernel.which[lo], kernel.which[hi - 1]
    sets = np.ascontiguousarray(kernel.sets[first : last + 1])
    return solve.Kernel(times, evid, cmt, addl, ss, np.ascontiguousarray(kernel.which[lo:hi] - first), sets)


def _future(
    kernel: solve.Kernel, dose: float, every: float, start: float, plan: Plan
) -> tuple[solve.Kernel, NDArray[np.float64]]:
    """Return the records with the doses to come and the times of the forecast appended."""
    end = kernel.times[0][-1]
    times = end + np.arange(0.0, plan.days * HOURS_PER_DAY + plan.step_h / 2, plan.step_h)
    repeats = int(np.floor(max(times[-1] - start, 0.0) / every))
    n = times.size
    given = 1 if dose > 0 and start <= times[-1] else 0
    order = np.argsort(np.concatenate([np.full(given, start), times]), kind="stable")

    def column(old: NDArray[Any], first: float, rest: NDArray[np.float64] | float) -> NDArray[Any]:
        new = np.concatenate([np.full(given, first), np.broadcast_to(rest, n)])[order]
        return np.concatenate([old, new.astype(old.dtype)])

    time, amt, rate, ii = kernel.times
    columns = (column(time, start, times), column(amt, dose, 0.0), column(rate, 0.0, 0.0), column(ii, every, 0.0))
    longer = solve.Kernel(
        columns,
        column(kernel.evid, 1, 0.0),
        column(kernel.cmt, 1, 2.0),
        column(kernel.addl, repeats, 0.0),
        column(kernel.ss, 0, 0.0),
        column(kernel.which, kernel.which[-1], float(kernel.which[-1])),
        kernel.sets,
    )
    return longer, times


def _warnings(records: Records, rows: NDArray[np.int64], dose: float, every: float) -> list[str]:
    last = _last_dose(records, rows)
    pop = solve.population()
    salt = dose if records.salt[last] else dose * pop.formula_weight_salt / pop.formula_weight_base
    ceiling = ledger.read("regimen").numbers["ceiling"]
    most = convert(ceiling.value, ceiling.unit, "mg/day")
    unknown = [name for name in ("WT", "CRCL", "PH") if np.isnan(records.covariates[name][rows]).any()]
    warnings = [f"{name} is not given: taken as usual" for name in unknown]
    if salt * HOURS_PER_DAY / every > most * (1 + 1e-9):
        warnings.append(f"above the labelled {most:g} mg/day: a forecast for research, not a dose to give")
    return warnings


def check(plan: Plan) -> Plan:
    """Return the plan when it can be computed.

    Raises:
        ScenarioError: an impossible dose, interval, length or step.
    """
    if plan.dose_mg is not None and not 0.0 <= plan.dose_mg < np.inf:
        raise ScenarioError(f"--dose: found {plan.dose_mg:g} mg, wanted 0 mg or more")
    least = params().shortest_interval
    if plan.every_h is not None and not least <= plan.every_h < np.inf:
        raise ScenarioError(f"--every: found {plan.every_h:g} h, wanted {least:g} h or more")
    if not (0.0 < plan.days <= 3650 and 0.0 < plan.step_h <= plan.days * HOURS_PER_DAY):
        raise ScenarioError(
            f"--days {plan.days:g}, --step {plan.step_h:g} h: wanted at most 3650 days and a step within"
        )
    return plan
