"""``leao pk``: doses and levels of real people, from a NONMEM-style table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from leao.exposure.drug import Drug
    from leao.exposure.records import Records

LEVELS_SHOWN = 12

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
    from leao.exposure.record_simulation import Simulation
    from leao.exposure.record_simulation import simulate as run

    read = _read(data, (basis, ignore, dvid, model), levels=False)
    done = run(read, apart(out, data, model), Simulation(vary, carry, replicates))
    if as_json:
        return _print_json(done)
    sys.stdout.write(f"{done['out']}: {done['subjects']} subjects, {done['rows']} rows\n")
    for name in done["taken_as_usual"]:
        how = "taken as usual" if vary is None and not replicates else "drawn as in healthy adults"
        sys.stderr.write(f"{name} is not given everywhere: {how}\n")
    return _print_not_used(read)


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
    from leao.core.units import parse
    from leao.exposure.level_fit import Plan, check
    from leao.exposure.level_fit import forecast as run

    mg = None if dose is None else parse(dose, "mg", what="--dose")
    hours = None if every is None else parse(every, "h", what="--every")
    plan = check(Plan(mg, hours, days, parse(step, "h", what="--step"), seed))
    read = _read(data, (basis, ignore, dvid, model))
    answers = run(read, plan)
    if as_json:
        _print_json(answers[0] if len(answers) == 1 else answers)
    else:
        for answer in answers:
            _print_forecast(answer)
        _print_not_used(read, notes=False)
    return 0 if all(answer["converged"] for answer in answers) else 1


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
    from leao.exposure.predictive_check import draw

    read = _read(data, (basis, ignore, dvid, model))
    done = draw(read, apart(out, data, model), seed, corrected)
    if as_json:
        return _print_json(done)
    sys.stdout.write(f"{done['out']}: predicted and measured levels in {len(done['time_h'])} bins of time\n")
    return _print_not_used(read)


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
    from leao.exposure.npde import errors

    read = _read(data, (basis, ignore, dvid, model))
    done: dict[str, Any] = errors(read, seed) | read.not_used()
    if as_json:
        return _print_json(done)
    numbers = " ".join(f"{key} {done[key]:.3g}" for key in ("mean", "variance", "p_global") if done[key] is not None)
    sys.stdout.write(f"{len(done['levels'])} levels: {numbers} (wanted: mean 0, variance 1, p not small)\n")
    return _print_not_used(read)


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
    from leao.exposure.nca import analyse

    read = _read(data, (basis, ignore, dvid, model))
    rows = analyse(read)
    if as_json:
        shared = read.not_used()
        answers = [shared | row | {"warnings": [*row["warnings"], *read.notes]} for row in rows]
        return _print_json(answers[0] if len(answers) == 1 else answers)
    _print_nca(rows)
    return _print_not_used(read)


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
    from leao.exposure.export import Export, write

    if out is not None:
        apart(out, model)
    done = write(Export(to, out, weight, creatinine_clearance, urine_ph, basis, _drug(model)))
    if as_json:
        return _print_json(done)
    formats = {"sbml": "SBML level 3 version 2", "nonmem": "NONMEM control stream", "mrgsolve": "mrgsolve model"}
    sys.stdout.write(f"{done['out']}: {formats.get(to, 'model file')}\n")
    return 0


def _drug(model: Path | None) -> Drug | None:
    from leao.core.files import read_bytes
    from leao.exposure import drug

    return None if model is None else drug.read(str(model), read_bytes(model))


Told = tuple[str | None, list[str] | None, str | None, Path | None]


def _read(data: Path, told: Told, levels: bool = True) -> Records:
    """Return the records of a table; ``told``: basis, columns to ignore, the quantity in plasma, the model file."""
    from leao.exposure import records

    basis, ignore, dvid, model = told
    choices = records.ReadChoices(basis, tuple(ignore or ()), dvid, _drug(model), levels)
    return records.load(data, choices=choices)


def _print_not_used(read: Records, notes: bool = True) -> int:
    """Print what was not used: rows, columns, and what else must be known."""
    for part in read.left_out:
        rows = ", ".join(map(str, part.rows[:8])) + (", ..." if len(part.rows) > 8 else "")
        sys.stderr.write(f"left out: {len(part.rows)} rows ({rows}): {part.why}\n")
    if read.columns.sentence():
        sys.stderr.write(f"{read.columns.sentence()}\n")
    for note in read.notes if notes else ():
        sys.stderr.write(f"{note}\n")
    return 0


def _print_nca(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    names = ("auc", "auc_infinity", "auc_tau", "cmax", "tmax", "half_life", "cl_f", "vz_f", "accumulation")
    table = Table("ID", "dose at h", *names, title="ng h/mL, ng/mL, h, L/h, L")
    for row in rows:
        cells = ("" if row[name] is None else f"{row[name]:.4g}" for name in names)
        table.add_row(escape(str(row["id"])), f"{row['start_h']:g}", *cells)
    Console().print(table)
    for row in rows:
        for warning in row["warnings"]:
            sys.stderr.write(f"ID {row['id']}, dose at {row['start_h']:g} h: {warning}\n")


def _print_forecast(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    table = Table("", "median", "90 % band", title=f"ID {escape(str(answer['id']))}")
    for name, spread in answer["parameters"].items():
        unit = answer["units"].get(name, "")
        table.add_row(
            f"{name} {unit}".strip(), f"{spread['median']:.3g}", f"{spread['p05']:.3g} to {spread['p95']:.3g}"
        )
    for level in answer["levels"][:LEVELS_SHOWN]:
        exact = level["measured_ng_per_mL"]
        measured = f"below {level['below_ng_per_mL']:.3g}" if exact is None else f"{exact:.3g}"
        fitted = level["fitted"]
        band = f"{fitted['p05']:.3g} to {fitted['p95']:.3g}; measured {measured}"
        table.add_row(f"fitted at {level['time_h']:g} h, ng/mL", f"{fitted['median']:.3g}", band)
    for point in answer["forecast"][:: max(1, len(answer["forecast"]) // 8)]:
        level = point["plasma_ng_per_mL"]
        band = f"{level['p05']:.3g} to {level['p95']:.3g}"
        table.add_row(f"plasma at {point['time_h']:g} h, ng/mL", f"{level['median']:.3g}", band)
    console.print(table)
    taken = " and ".join(f"{dose['dose_mg']:g} mg every {dose['every_h']:g} h" for dose in answer["doses"])
    if answer["every_h"] is not None:
        taken = f"{answer['dose_mg']:g} mg every {answer['every_h']:g} h"
    sys.stdout.write(f"forecast for {taken}; {answer['method']}\n")
    for warning in answer["warnings"]:
        sys.stderr.write(f"{warning}\n")
    if not answer["converged"]:
        sys.stderr.write("not converged: do not use these numbers; check times, doses and levels\n")


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0
