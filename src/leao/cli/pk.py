"""``leao pk``: doses and levels of real people, from a NONMEM-style table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leao.cli import screen

if TYPE_CHECKING:
    from leao.exposure.contract import (
        NoncompartmentalInterval,
        PersonFit,
        PredictionErrors,
        Simulated,
        VisualPredictiveCheck,
    )
    from leao.exposure.records import Records

LEVELS_SHOWN = 12
NCA = ("auc", "auc_infinity", "auc_tau", "cmax", "tmax", "half_life", "cl_f", "vz_f", "accumulation")

app = typer.Typer(
    help="Plasma and brain levels from dose records: simulate, forecast, check, analyse, export.", no_args_is_help=True
)

Data = Annotated[Path, typer.Argument(help="Table: ID, TIME (h), EVID, AMT (mg), DV (ng/mL of base), CENS, LLOQ, ...")]
Basis = Annotated[str | None, typer.Option(help="What AMT counts: salt or base, unless a column BASIS says so.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", help="A column to leave out; may be given again.")]
Dvid = Annotated[str | None, typer.Option(help="Which quantity of DVID (YTYPE, PARAMCD) is the level in plasma.")]
Model = Annotated[Path | None, typer.Option(help="Another drug: its compartments and priors in a TOML file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]


@app.command()
def simulate(
    data: Data,
    out: Annotated[Path, typer.Option(help="Table to write, .parquet or .csv.")],
    basis: Basis = None,
    vary: Annotated[int | None, typer.Option(min=0, help="Seed: draw each person around the typical.")] = None,
    carry: Annotated[str, typer.Option(help="Covariates hold backward (as NONMEM) or forward in time.")] = "backward",
    replicates: Annotated[int | None, typer.Option(min=1, help="So often, typical values and people redrawn.")] = None,
    model: Model = None,
    ignore: Ignore = None,
    dvid: Dvid = None,
    as_json: Json = False,
) -> int:
    """Write the exact plasma and free brain level at every record, with ADPPK names."""
    from leao.core.files import apart
    from leao.exposure import api
    from leao.exposure.record_simulation import checked, write

    checked(out)
    apart(out, data, model)
    result = api.simulate(data, basis, vary, carry, replicates, model, ignore or (), dvid)
    write(result.data, out)
    result.summary["out"] = str(out)
    how = "taken as usual" if vary is None and not replicates else "drawn as in healthy adults"
    return screen.answer(result.summary, lambda done: _print_simulated(done, result.basis, how), as_json=as_json)


@app.command()
def forecast(
    data: Data,
    basis: Basis = None,
    dose: Annotated[str | None, typer.Option(help="Dose from now on, for example '20 mg'; else as before.")] = None,
    every: Annotated[str | None, typer.Option(help="Interval from now on, for example '12 h'; else as before.")] = None,
    days: Annotated[float, typer.Option(help="How far to look ahead, days.")] = 28.0,
    step: Annotated[str, typer.Option(help="Time between forecasts.")] = "6 h",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the posterior draws.")] = 1,
    model: Model = None,
    ignore: Ignore = None,
    dvid: Dvid = None,
    as_json: Json = False,
) -> int:
    """Learn a person's clearance, volume and absorption from measured levels, and look ahead."""
    from leao.exposure import api

    result = api.fit(data, basis, dose, every, days, step, seed, model, ignore or (), dvid)
    answers = result.summary if isinstance(result.summary, list) else [result.summary]
    code = 0 if all(answer["converged"] for answer in answers) else 1
    return screen.answer(result.summary, lambda _: _print_forecasts(answers, result.basis), as_json=as_json, code=code)


@app.command()
def vpc(
    data: Data,
    out: Annotated[Path, typer.Option(help="Picture to write, .svg or .png.")],
    basis: Basis = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of people and errors of measurement.")] = 1,
    corrected: Annotated[bool, typer.Option("--corrected", help="Prediction-corrected: doses may differ.")] = False,
    model: Model = None,
    ignore: Ignore = None,
    dvid: Dvid = None,
    as_json: Json = False,
) -> int:
    """Draw measured levels on the band the model predicts for these people and doses (visual predictive check)."""
    from leao.core.files import apart
    from leao.exposure import api
    from leao.exposure.predictive_check import ending
    from leao.report.figures.predictive_check import write

    ending(out)
    apart(out, data, model)
    result = api.vpc(data, basis, seed, corrected, model, ignore or (), dvid)
    read, check, _ = result.basis
    write(read, check, out, corrected)
    result.summary["out"] = str(out)
    return screen.answer(result.summary, lambda done: _print_check(done, read), as_json=as_json)


@app.command()
def npde(
    data: Data,
    basis: Basis = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of people and errors of measurement.")] = 1,
    model: Model = None,
    ignore: Ignore = None,
    dvid: Dvid = None,
    as_json: Json = False,
) -> int:
    """Where each level stands among those predicted for its person: normalised prediction distribution errors."""
    from leao.exposure import api

    result = api.npde(data, basis, seed, model, ignore or (), dvid)
    return screen.answer(result.summary, lambda done: _print_errors(done, result.basis), as_json=as_json)


@app.command()
def nca(
    data: Data,
    basis: Basis = None,
    model: Model = None,
    ignore: Ignore = None,
    dvid: Dvid = None,
    as_json: Json = False,
) -> int:
    """Non-compartmental analysis: AUC, Cmax, tmax, half-life, CL/F, Vz/F, accumulation by person and interval."""
    from leao.exposure import api

    result = api.nca(data, basis, model, ignore or (), dvid)
    rows = result.summary if isinstance(result.summary, list) else [result.summary]
    return screen.answer(result.summary, lambda _: _print_nca(rows, result.basis), as_json=as_json)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="File to write, else memantine.xml or so.")] = None,
    to: Annotated[str, typer.Option(help="Format: sbml, nonmem, mrgsolve, or model.")] = "sbml",
    weight: Annotated[float | None, typer.Option(help="Body weight, kg.")] = None,
    creatinine_clearance: Annotated[float | None, typer.Option(help="mL/min.")] = None,
    urine_ph: Annotated[float | None, typer.Option(help="pH of the urine.")] = None,
    basis: Annotated[str, typer.Option(help="What the doses of the other tool's data count: salt or base.")] = "salt",
    model: Model = None,
    as_json: Json = False,
) -> int:
    """Write the model of a typical person for other simulators."""
    from leao.core.files import apart
    from leao.exposure import api

    apart(out, model)
    formats = {"sbml": "SBML level 3 version 2", "nonmem": "NONMEM control stream", "mrgsolve": "mrgsolve model"}
    done = api.export(out, to, weight, creatinine_clearance, urine_ph, basis, model).summary
    return screen.answer(
        done, lambda shown: screen.say(f"{shown['out']}: {formats.get(to, 'model file')}"), as_json=as_json
    )


def _print_simulated(done: Simulated, read: Records, how: str) -> None:
    screen.say(f"{done['out']}: {done['subjects']} subjects, {done['rows']} rows")
    screen.warn(*(f"{name} is not given everywhere: {how}" for name in done["taken_as_usual"]))
    _print_not_used(read)


def _print_forecasts(answers: list[PersonFit], read: Records) -> None:
    for answer in answers:
        _print_forecast(answer)
    _print_not_used(read, notes=False)


def _print_check(done: VisualPredictiveCheck, read: Records) -> None:
    screen.say(f"{done['out']}: predicted and measured levels in {len(done['time_h'])} bins of time")
    _print_not_used(read)


def _print_errors(done: PredictionErrors, read: Records) -> None:
    tests = {"mean": done["mean"], "variance": done["variance"], "p_global": done["p_global"]}
    numbers = " ".join(f"{name} {value:.3g}" for name, value in tests.items() if value is not None)
    screen.say(f"{len(done['levels'])} levels: {numbers} (wanted: mean 0, variance 1, p not small)")
    _print_not_used(read)


def _print_not_used(read: Records, notes: bool = True) -> None:
    """Print what was not used: rows, columns, and what else must be known."""
    for part in read.left_out:
        rows = ", ".join(map(str, part.rows[:8])) + (", ..." if len(part.rows) > 8 else "")
        screen.warn(f"left out: {len(part.rows)} rows ({rows}): {part.why}")
    if read.columns.sentence():
        screen.warn(read.columns.sentence())
    screen.warn(*(read.notes if notes else ()))


def _print_nca(rows: list[NoncompartmentalInterval], read: Records) -> None:
    shown = screen.Screen()
    shown.line("ng h/mL, ng/mL, h, L/h, L", "bold")
    table = []
    for row in rows:
        values = (
            row["auc"], row["auc_infinity"], row["auc_tau"], row["cmax"], row["tmax"], row["half_life"], row["cl_f"],
            row["vz_f"], row["accumulation"],
        )  # fmt: skip
        cells = ("" if value is None else f"{value:.4g}" for value in values)
        table.append([row["id"], f"{row['start_h']:g}", *cells])
    shown.whole_table(["ID", "dose at h", *NCA], table)
    for row in rows:
        of_the_interval = (warning for warning in row["warnings"] if warning not in read.notes)
        screen.warn(*(f"ID {row['id']}, dose at {row['start_h']:g} h: {warning}" for warning in of_the_interval))
    _print_not_used(read)


def _print_forecast(answer: PersonFit) -> None:
    shown = screen.Screen()
    shown.line(f"ID {answer['id']}", "bold")
    rows = []
    for name, spread in answer["parameters"].items():
        label = f"{name} {answer['units'].get(name, '')}".strip()
        rows.append([label, f"{spread['median']:.3g}", f"{spread['p05']:.3g} to {spread['p95']:.3g}"])
    for level in answer["levels"][:LEVELS_SHOWN]:
        exact, below, fitted = level["measured_ng_per_mL"], level["below_ng_per_mL"], level["fitted"]
        measured = f"below {below:.3g}" if exact is None else f"{exact:.3g}"
        band = f"{fitted['p05']:.3g} to {fitted['p95']:.3g}; measured {measured}"
        rows.append([f"fitted at {level['time_h']:g} h, ng/mL", f"{fitted['median']:.3g}", band])
    for point in answer["forecast"][:: max(1, len(answer["forecast"]) // 8)]:
        plasma = point["plasma_ng_per_mL"]
        band = f"{plasma['p05']:.3g} to {plasma['p95']:.3g}"
        rows.append([f"plasma at {point['time_h']:g} h, ng/mL", f"{plasma['median']:.3g}", band])
    shown.whole_table(["", "median", "90 % band"], rows)
    taken = " and ".join(f"{dose['dose_mg']:g} mg every {dose['every_h']:g} h" for dose in answer["doses"])
    if answer["every_h"] is not None:
        taken = f"{answer['dose_mg']:g} mg every {answer['every_h']:g} h"
    screen.say(f"forecast for {taken}; {answer['method']}")
    screen.warn(*answer["warnings"])
    if not answer["converged"]:
        screen.warn("not converged: do not use these numbers; check times, doses and levels")
