"""Measured levels in, a person's parameters and the levels to come out, under the same or another dose."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_DOSE, MOST_FORECAST
from leao.core.units import HOURS_PER_DAY
from leao.exposure import pattern, posterior, priors, solve
from leao.exposure.doses import highest_daily_dose, molar_masses
from leao.exposure.kernels import records as pk_records
from leao.exposure.params import params
from leao.exposure.pattern import Course
from leao.exposure.records import Records

METHOD = "maximum a posteriori, then importance sampling from a Student t around it"
BAND = (5.0, 50.0, 95.0)
UNITS = {"CL": "L/h", "V": "L", "KA": "1/h", "Q": "L/h", "V2": "L"}


class Plan(NamedTuple):
    """What to forecast."""

    dose_mg: float | None = None  # as the last dose is written (salt or base); None repeats what was taken
    every_h: float | None = None  # None repeats the pattern of the last days
    days: float = 28.0
    step_h: float = 6.0
    seed: int = 1


class Person(NamedTuple):
    """One subject's records."""

    place: int
    name: str
    rows: NDArray[np.int64]
    measured: NDArray[np.int64]  # rows with a level


def forecast(records: Records, plan: Plan) -> list[dict[str, Any]]:
    """Return one object per subject: parameters, forecast, diagnostic.

    Raises:
        ScenarioError: no level in the file, a subject without doses, a level before any dose, no pattern to repeat.
    """
    solved = solve.solve(records)
    if np.isnan(records.dv).all():
        raise ScenarioError(f"{records.table.name}: has no level; give DV in ng/mL with EVID 0 and MDV 0")
    answers = []
    for index, name in enumerate(records.who):
        rows = np.arange(records.starts[index], records.starts[index + 1])
        measured = rows[~np.isnan(records.dv[rows])]
        early = measured[(solved.plasma[measured] <= 0) & ~records.censored[measured]]
        if early.size:
            raise records.table.error(int(early[0]), "a level before any dose; set MDV 1 or add the dose")
        answers.append(_subject(records, Person(index, name, rows, measured), plan))
    return answers


def _subject(records: Records, person: Person, plan: Plan) -> dict[str, Any]:
    rows, measured = person.rows, person.measured
    lo = int(rows[0])
    kernel = _cut(solve.kernel(records), lo, int(rows[-1]) + 1)
    below = records.censored[measured]
    subject = posterior.Subject(person.name, kernel, measured - lo, records.dv[measured], below)
    before = priors.covariance(records.drug, priors.known_of(records, rows))
    prior = posterior.Prior(before, priors.residual(records.drug))
    fitted = posterior.infer(subject, prior, plan.seed, person.place)
    courses = _courses(records, rows, plan)
    base = solve.base_per_amount(records)[_last_dose(records, rows)]
    future, times = _future(kernel, courses, float(base), plan)
    levels = pk_records.draws(*future, fitted.factors)
    names = [name for name in solve.NAMES[: fitted.best.size] if kernel.sets[-1, _column(name)] > 0]
    at = [solve.NAMES.index(name) for name in names]
    typical = kernel.sets[kernel.which[-1]][[_column(name) for name in names]]
    persons_parameters = typical * fitted.factors[:, at]
    steps = levels[:, -times.size :, :]
    offset = float(records.written[rows[-1]] - records.time[rows[-1]])  # of a file whose TIME starts again at a reset
    return {
        "id": subject.name,
        "parameters": dict(zip(names, map(spread, persons_parameters.T), strict=True))
        | {"half_life_h": spread(half_life(dict(zip(names, persons_parameters.T, strict=True))))},
        "maximum": dict(zip(names, (typical * fitted.best[at]).tolist(), strict=True)),
        "units": {name: UNITS[name] for name in names},
        "forecast": [
            {
                "time_h": float(time + offset),
                "plasma_ng_per_mL": spread(steps[:, k, 0] * solve.NG_PER_ML),
                "free_brain_uM": None if records.drug else spread(solve.brain(steps[:, k, 1])),
            }
            for k, time in enumerate(times)
        ],
        **_taken(courses, offset),
        "levels": _levels(records, measured, levels[:, subject.rows, 0] * solve.NG_PER_ML),
        "method": METHOD,
        "effective_sample_size": fitted.effective,
        "largest_weight": fitted.largest_weight,
        "converged": fitted.converged,
    } | (records.not_used() | {"warnings": [*_warnings(records, person, courses), *records.notes]})


def _column(name: str) -> int:
    return solve.COLUMNS[solve.NAMES.index(name)]


def half_life(persons_parameters: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the terminal half-life, h, from CL and V, with Q and V2 where there are two compartments."""
    k10 = persons_parameters["CL"] / persons_parameters["V"]
    if "Q" not in persons_parameters or "V2" not in persons_parameters:
        return np.log(2.0) / k10
    k12, k21 = persons_parameters["Q"] / persons_parameters["V"], persons_parameters["Q"] / persons_parameters["V2"]
    total = k10 + k12 + k21
    slow = 0.5 * (total - np.sqrt(total**2 - 4.0 * k10 * k21))
    return np.log(2.0) / slow


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Return median, 5th and 95th percentile."""
    low, middle, high = np.percentile(values, BAND)
    return {"median": float(middle), "p05": float(low), "p95": float(high)}


def _levels(records: Records, measured: NDArray[np.int64], fitted: NDArray[np.float64]) -> list[dict[str, Any]]:
    return [
        {
            "time_h": float(records.written[row]),
            "measured_ng_per_mL": None if records.censored[row] else float(records.dv[row]),
            "below_ng_per_mL": float(records.dv[row]) if records.censored[row] else None,
            "fitted": spread(fitted[:, k]),
        }
        for k, row in enumerate(measured)
    ]


def _last_dose(records: Records, rows: NDArray[np.int64]) -> int:
    dose = rows[records.dose[rows]]
    if not dose.size:
        raise records.table.error(int(rows[0]), "a subject without any dose; give EVID 1 and AMT")
    return int(dose[-1])


def _courses(records: Records, rows: NDArray[np.int64], plan: Plan) -> list[Course]:
    """Return what is taken from now on, as before unless the user says otherwise."""
    last = _last_dose(records, rows)
    if plan.dose_mg is None and plan.every_h is None:
        courses = pattern.as_before(records, rows)
    else:
        courses = pattern.courses(records, rows, plan.dose_mg, plan.every_h)
    shortest = min(course.every for course in courses)
    if shortest < params().shortest_interval:
        raise records.table.error(last, f"doses {shortest:g} h apart: {pattern.REMEDY}")
    return courses


def _taken(courses: list[Course], offset: float) -> dict[str, Any]:
    """Return what is taken from now on; one dose and interval where all doses are alike and evenly apart."""
    per_day = sum(course.amt * HOURS_PER_DAY / course.every for course in courses)
    firsts = np.sort([course.first for course in courses])
    period = courses[0].every
    gaps = np.diff(np.append(firsts, firsts[0] + period))
    alike = len({(course.amt, course.every) for course in courses}) == 1 and np.ptp(gaps) < 0.1 * period
    return {
        "dose_mg": courses[0].amt if alike else None,
        "every_h": period / len(courses) if alike else None,
        "doses": [
            {"first_h": course.first + offset, "dose_mg": course.amt, "every_h": course.every}
            for course in sorted(courses)
        ],
        "daily_dose_mg": float(per_day),
    }


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
    kernel: solve.Kernel, courses: list[Course], base: float, plan: Plan
) -> tuple[solve.Kernel, NDArray[np.float64]]:
    """Return the records with the doses to come and the times of the forecast appended.

    Args:
        kernel: the subject's records.
        courses: doses to come, mg as written.
        base: mg of what is measured per mg as written.
        plan: how far and how finely.
    """
    end = kernel.times[0][-1]
    times = end + np.arange(0.0, plan.days * HOURS_PER_DAY + plan.step_h / 2, plan.step_h)
    given = [course for course in courses if course.amt > 0 and course.first <= times[-1]]
    when = np.concatenate([[course.first for course in given], times])
    order = np.argsort(when, kind="stable")
    rest = np.zeros(times.size)

    def column(old: NDArray[Any], doses: list[float], others: NDArray[np.float64]) -> NDArray[Any]:
        new = np.concatenate([doses, others])[order]
        return np.concatenate([old, new.astype(old.dtype)])

    repeats = [float(np.floor((times[-1] - course.first) / course.every)) for course in given]
    time, amt, rate, ii = kernel.times
    columns = (
        np.concatenate([time, when[order]]),
        column(amt, [course.amt * base for course in given], rest),
        column(rate, [course.rate * base for course in given], rest),
        column(ii, [course.every for course in given], rest),
    )
    longer = solve.Kernel(
        columns,
        column(kernel.evid, [1.0 for _ in given], rest),
        column(kernel.cmt, [float(course.cmt) for course in given], rest + 2.0),
        column(kernel.addl, repeats, rest),
        column(kernel.ss, [0.0 for _ in given], rest),
        column(kernel.which, [float(kernel.which[-1]) for _ in given], rest + float(kernel.which[-1])),
        kernel.sets,
    )
    return longer, times


def _warnings(records: Records, person: Person, courses: list[Course]) -> list[str]:
    warnings = []
    if not person.measured.size:
        warnings.append("no level: the forecast is that of people like this one, nothing was learned")
    if records.drug is not None:
        return warnings
    unknown = [name for name in ("WT", "CRCL", "PH") if np.isnan(records.covariates[name][person.rows]).any()]
    warnings += [f"{name} is not given: as usual, with the spread of healthy adults" for name in unknown]
    base, salt = molar_masses()
    factor = 1.0 if records.salt[_last_dose(records, person.rows)] else salt / base
    per_day = sum(course.amt * HOURS_PER_DAY / course.every for course in courses) * factor
    most = highest_daily_dose()
    if per_day > most * (1 + 1e-9):
        warnings.append(f"above the labelled {most:g} mg/day: a forecast for research, not a dose to give")
    return warnings


def check(plan: Plan) -> Plan:
    """Return the plan when it can be computed.

    Raises:
        ScenarioError: an impossible dose, interval, length or step.
    """
    if plan.dose_mg is not None and not 0.0 <= plan.dose_mg <= LARGEST_DOSE:
        raise ScenarioError(f"--dose: found {plan.dose_mg:g} mg, wanted 0 to {LARGEST_DOSE:g} mg")
    least = params().shortest_interval
    if plan.every_h is not None and not least <= plan.every_h < np.inf:
        raise ScenarioError(f"--every: found {plan.every_h:g} h, wanted {least:g} h or more")
    if not (0.0 < plan.days <= 3650 and 0.0 < plan.step_h <= plan.days * HOURS_PER_DAY):
        raise ScenarioError(
            f"--days {plan.days:g}, --step {plan.step_h:g} h: wanted at most 3650 days and a step within"
        )
    if plan.days * HOURS_PER_DAY / plan.step_h > MOST_FORECAST:
        raise ScenarioError(
            f"--step: found {plan.step_h:g} h in {plan.days:g} days, wanted at most {MOST_FORECAST} forecasts"
        )
    return plan
