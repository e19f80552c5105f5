"""The calls of ``leao.exposure``: levels from dose records, a person from levels, a regimen's forecast, people.

Arguments bear the names of the options of ``leao pk``; the summary is what the command prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core.random import checked_seed
from leao.core.result import Result
from leao.core.rows import frame

if TYPE_CHECKING:
    import polars as pl

    from leao.exposure import contract
    from leao.exposure.other_drug import Drug
    from leao.exposure.records import Records

File = str | PathLike[str]


def simulate(
    data: File,
    basis: str | None = None,
    vary: int | None = None,
    carry: str = "backward",
    replicates: int | None = None,
    model: File | None = None,
    ignore: Sequence[str] = (),
    dvid: str | None = None,
) -> Result[contract.Simulated]:
    """Return the exact plasma and free brain level at every record; ``data`` of the result has ADPPK names.

    Args:
        data: table of doses and times.
        basis: what AMT counts, salt or base, unless a column BASIS says so.
        vary: seed: draw each person around the typical; None keeps everybody typical.
        carry: covariates hold backward (as NONMEM) or forward in time.
        replicates: so often, typical values and people redrawn.
        model: another drug, its compartments and priors in a TOML file.
        ignore: columns to leave out.
        dvid: which quantity of DVID is the level in plasma.

    Raises:
        ScenarioError: a table or an option that cannot be used, in one line with the row.
    """
    from leao.exposure import record_simulation

    records = _records(data, (basis, ignore, dvid, model), levels=False)
    choices = record_simulation.Simulation(vary, carry, replicates)
    frame = record_simulation.simulated(records, choices)
    answer: Any = record_simulation.facts(records, frame, choices)
    return Result("levels", answer, lambda: frame, records)


def fit(
    data: File,
    basis: str | None = None,
    dose: str | None = None,
    every: str | None = None,
    days: float = 28.0,
    step: str = "6 h",
    seed: int = 1,
    model: File | None = None,
    ignore: Sequence[str] = (),
    dvid: str | None = None,
) -> Result[contract.PersonFit | list[contract.PersonFit]]:
    """Learn a person's clearance, volume and absorption from measured levels, and look ahead (``leao pk forecast``).

    The summary is one object, or a list of them where the table holds several people.

    Args:
        data: table of doses and levels.
        basis: what AMT counts, salt or base.
        dose: from now on, ``"20 mg"``; else as before.
        every: interval from now on, ``"12 h"``; else as before.
        days: how far to look ahead.
        step: time between forecasts.
        seed: of the posterior draws.
        model: another drug, in a TOML file.
        ignore: columns to leave out.
        dvid: which quantity of DVID is the level in plasma.

    Raises:
        ScenarioError: a table or an option that cannot be used.
    """
    from leao.core.units import parse
    from leao.exposure import level_fit

    mg = None if dose is None else parse(dose, "mg", what="--dose")
    hours = None if every is None else parse(every, "h", what="--every")
    plan = level_fit.check(level_fit.Plan(mg, hours, days, parse(step, "h", what="--step"), checked_seed(seed)))
    records = _records(data, (basis, ignore, dvid, model))
    answers: Any = level_fit.forecast(records, plan)
    return Result("fit", answers[0] if len(answers) == 1 else answers, lambda: _course(answers), records)


def forecast(schedule: str, patient: Mapping[str, Any] | None = None) -> Result[contract.RegimenForecast]:
    """Return the levels of a regimen in one patient, as ``leao plan`` forecasts them, without its checks.

    Args:
        schedule: the regimen, for example ``"5 mg daily for 1 week, then 10 mg daily"``.
        patient: weight, age, sex, creatinine_clearance, serum_creatinine, urine_ph; what is left out is unknown and
            widens the band.

    Raises:
        ScenarioError: a regimen or an answer that cannot be used.
    """
    from leao.exposure import level_forecast, regimen_request

    steps, who = regimen_request.schedule(schedule), regimen_request.patient(patient)
    answer: Any = level_forecast.forecast(steps, who)
    return Result("forecast", answer, lambda: _days(answer))


def population(n: int, seed: int = 1, dose: str = "10 mg", days: int = 84) -> Result[contract.PopulationBand]:
    """Return the daily plasma levels of ``n`` people on one dose a day: the 90 % band of each day.

    Args:
        n: how many people.
        seed: of the people.
        dose: of the salt, once a day.
        days: how long.

    Raises:
        ScenarioError: no people, no days or no dose.
    """
    from leao.exposure import regimen_request, regular_population

    amounts = regimen_request.daily_amounts(dose, days, n)
    bands = regular_population.bands(amounts, n, checked_seed(seed))
    last = dict(zip(("p05", "median", "p95"), bands[-1].tolist(), strict=True))
    summary: Any = {"n": n, "seed": seed, "dose_mg": float(amounts[0]), "days": days, "plasma_ng_per_mL": last}
    return Result("population", summary, lambda: _bands(bands))


def nca(
    data: File,
    basis: str | None = None,
    model: File | None = None,
    ignore: Sequence[str] = (),
    dvid: str | None = None,
) -> Result[contract.NoncompartmentalInterval | list[contract.NoncompartmentalInterval]]:
    """Non-compartmental analysis: AUC, Cmax, tmax, half-life, CL/F, Vz/F, accumulation by person and interval.

    Args:
        data: table of doses and levels.
        basis: what AMT counts, salt or base.
        model: another drug, in a TOML file.
        ignore: columns to leave out.
        dvid: which quantity of DVID is the level in plasma.

    Raises:
        ScenarioError: a table that cannot be analysed.
    """
    from leao.exposure import noncompartmental

    records = _records(data, (basis, ignore, dvid, model))
    analysed, shared = noncompartmental.analyse(records), records.not_used()
    rows: Any = [shared | row | {"warnings": [*row["warnings"], *records.notes]} for row in analysed]
    return Result("nca", rows[0] if len(rows) == 1 else rows, lambda: frame(map(_flat, rows)), records)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, (list, dict))}


def vpc(
    data: File,
    basis: str | None = None,
    seed: int = 1,
    corrected: bool = False,
    model: File | None = None,
    ignore: Sequence[str] = (),
    dvid: str | None = None,
) -> Result[contract.VisualPredictiveCheck]:
    """Measured levels on the band the model predicts for these people and doses (visual predictive check).

    Args:
        data: table of doses and levels.
        basis: what AMT counts, salt or base.
        seed: of people and errors of measurement.
        corrected: prediction-corrected: doses may differ.
        model: another drug, in a TOML file.
        ignore: columns to leave out.
        dvid: which quantity of DVID is the level in plasma.

    Raises:
        ScenarioError: a table without levels.
    """
    from leao.exposure import predictive_check

    records = _records(data, (basis, ignore, dvid, model))
    check = predictive_check.check(records, checked_seed(seed), corrected)
    answer: Any = predictive_check.facts(records, check, corrected)
    return Result("vpc", answer, None, (records, check, corrected))


def npde(
    data: File,
    basis: str | None = None,
    seed: int = 1,
    model: File | None = None,
    ignore: Sequence[str] = (),
    dvid: str | None = None,
) -> Result[contract.PredictionErrors]:
    """Where each level stands among those predicted for its person: normalised prediction distribution errors.

    Args:
        data: table of doses and levels.
        basis: what AMT counts, salt or base.
        seed: of people and errors of measurement.
        model: another drug, in a TOML file.
        ignore: columns to leave out.
        dvid: which quantity of DVID is the level in plasma.

    Raises:
        ScenarioError: a table without levels.
    """
    from leao.exposure import distribution_errors

    records = _records(data, (basis, ignore, dvid, model))
    answer: Any = distribution_errors.errors(records, checked_seed(seed)) | records.not_used()
    return Result("npde", answer, lambda: frame(answer["levels"]), records)


def export(
    out: File | None = None,
    to: str = "sbml",
    weight: float | None = None,
    creatinine_clearance: float | None = None,
    urine_ph: float | None = None,
    basis: str = "salt",
    model: File | None = None,
) -> Result[contract.ExportedModel]:
    """Write the model of a typical person for other simulators.

    Args:
        out: file to write; else memantine with the ending of the format.
        to: sbml, nonmem, mrgsolve or model.
        weight: kg.
        creatinine_clearance: mL/min.
        urine_ph: pH of the urine.
        basis: what the doses of the other tool's data count, salt or base.
        model: another drug, in a TOML file.

    Raises:
        ScenarioError: another format, an impossible person.
    """
    from leao.exposure import model_export

    target = None if out is None else Path(out)
    request = model_export.Export(to, target, weight, creatinine_clearance, urine_ph, basis, _drug(model))
    answer: Any = dict(model_export.write(request))
    return Result("export", answer)


TableOptions = tuple[str | None, Sequence[str], str | None, File | None]


def _records(data: File, options: TableOptions, *, levels: bool = True) -> Records:
    """Return the records of a table; ``options``: basis, columns to ignore, the quantity in plasma, the model file."""
    from leao.exposure import records

    basis, ignore, dvid, model = options
    choices = records.ReadChoices(basis, tuple(ignore), dvid, _drug(model), levels)
    return records.load(Path(data), choices=choices)


def _drug(model: File | None) -> Drug | None:
    from leao.core.files import read_bytes
    from leao.exposure import other_drug

    return None if model is None else other_drug.read(str(model), read_bytes(Path(model)))


def _course(answers: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the forecast as rows: person, time, median and 90 % band of the plasma level."""
    points = [(answer["id"], point) for answer in answers for point in answer["forecast"]]
    return frame([{"id": who, "time_h": point["time_h"], **point["plasma_ng_per_mL"]} for who, point in points])


def _days(answer: dict[str, Any]) -> pl.DataFrame:
    levels = answer["days"]["plasma_ng_per_mL"]
    return frame({"day": list(range(1, len(levels["median"]) + 1)), **levels})


def _bands(bands: Any) -> pl.DataFrame:
    names = ("p05", "median", "p95")
    return frame({"day": list(range(1, len(bands) + 1))} | {name: bands[:, k] for k, name in enumerate(names)})
