"""``leao pk``: doses and levels of real people, from a NONMEM-style table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

LEVELS_SHOWN = 12

app = typer.Typer(help="Plasma and brain levels from dose records: simulate, forecast, export.", no_args_is_help=True)

Data = Annotated[Path, typer.Argument(help="CSV: ID, TIME (h), EVID, AMT (mg), DV (ng/mL of base), CENS, LLOQ, ...")]
Basis = Annotated[str | None, typer.Option(help="What AMT counts: salt or base, unless a column BASIS says so.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]


@app.command()
def simulate(
    data: Data,
    out: Annotated[Path, typer.Option(help="Table to write, .parquet or .csv.")],
    basis: Basis = None,
    vary: Annotated[int | None, typer.Option(min=0, help="Seed: draw each person around the typical.")] = None,
    carry: Annotated[str, typer.Option(help="Covariates hold backward (as NONMEM) or forward in time.")] = "backward",
    as_json: Json = False,
) -> int:
    """Write the exact plasma and free brain level at every record, with ADPPK names."""
    from leao.exposure import records
    from leao.exposure.record_simulation import simulate as run

    done = run(records.load(data, basis), out, vary, carry)
    if as_json:
        return _print_json(done)
    sys.stdout.write(f"{done['out']}: {done['subjects']} subjects, {done['rows']} rows\n")
    for name in done["taken_as_usual"]:
        sys.stderr.write(f"{name} is not given everywhere: taken as usual\n")
    if done["ignored_columns"]:
        sys.stderr.write(f"columns not used: {', '.join(done['ignored_columns'])}\n")
    return 0


@app.command()
def forecast(
    data: Data,
    basis: Basis = None,
    dose: Annotated[str | None, typer.Option(help="Dose from now on, for example '20 mg'; else as before.")] = None,
    every: Annotated[str | None, typer.Option(help="Interval from now on, for example '12 h'; else as before.")] = None,
    days: Annotated[float, typer.Option(help="How far to look ahead, days.")] = 28.0,
    step: Annotated[str, typer.Option(help="Time between forecasts.")] = "6 h",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the posterior draws.")] = 1,
    as_json: Json = False,
) -> int:
    """Learn a person's clearance, volume and absorption from measured levels, and look ahead."""
    from leao.core.units import parse
    from leao.exposure import records
    from leao.exposure.level_fit import Plan, check
    from leao.exposure.level_fit import forecast as run

    mg = None if dose is None else parse(dose, "mg", what="--dose")
    hours = None if every is None else parse(every, "h", what="--every")
    plan = check(Plan(mg, hours, days, parse(step, "h", what="--step"), seed))
    answers = run(records.load(data, basis), plan)
    if as_json:
        _print_json(answers[0] if len(answers) == 1 else answers)
    else:
        for answer in answers:
            _print_forecast(answer)
    return 0 if all(answer["converged"] for answer in answers) else 1


@app.command()
def vpc(
    data: Data,
    out: Annotated[Path, typer.Option(help="Picture to write, .svg or .png.")],
    basis: Basis = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of people and errors of measurement.")] = 1,
    as_json: Json = False,
) -> int:
    """Draw measured levels on the band the model predicts for these people and doses (visual predictive check)."""
    from leao.exposure import records
    from leao.exposure.predictive_check import draw

    done = draw(records.load(data, basis), out, seed)
    if as_json:
        return _print_json(done)
    sys.stdout.write(f"{done['out']}: predicted and measured levels in {len(done['time_h'])} bins of time\n")
    return 0


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("memantine.xml"),
    to: Annotated[str, typer.Option(help="Format: sbml.")] = "sbml",
    weight: Annotated[float | None, typer.Option(help="Body weight, kg.")] = None,
    creatinine_clearance: Annotated[float | None, typer.Option(help="mL/min.")] = None,
    urine_ph: Annotated[float | None, typer.Option(help="pH of the urine.")] = None,
    as_json: Json = False,
) -> int:
    """Write the model of a typical person for other simulators."""
    from leao.exposure.sbml import write

    done = write(to, out, weight, creatinine_clearance, urine_ph)
    if as_json:
        return _print_json(done)
    sys.stdout.write(f"{done['out']}: SBML level 3 version 2\n")
    return 0


def _print_forecast(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("", "median", "90 % band", title=f"ID {answer['id']}")
    for name, spread in answer["parameters"].items():
        unit = answer["units"].get(name, "")
        table.add_row(
            f"{name} {unit}".strip(), f"{spread['median']:.3g}", f"{spread['p05']:.3g} to {spread['p95']:.3g}"
        )
    for level in answer["levels"][:LEVELS_SHOWN]:
        exact = level["measured_ng_per_mL"]
        found = f"below {level['below_ng_per_mL']:.3g}" if exact is None else f"{exact:.3g}"
        fitted = level["fitted"]
        band = f"{fitted['p05']:.3g} to {fitted['p95']:.3g}; measured {found}"
        table.add_row(f"fitted at {level['time_h']:g} h, ng/mL", f"{fitted['median']:.3g}", band)
    for point in answer["forecast"][:: max(1, len(answer["forecast"]) // 8)]:
        level = point["plasma_ng_per_mL"]
        band = f"{level['p05']:.3g} to {level['p95']:.3g}"
        table.add_row(f"plasma at {point['time_h']:g} h, ng/mL", f"{level['median']:.3g}", band)
    console.print(table)
    sys.stdout.write(f"forecast for {answer['dose_mg']:g} mg every {answer['every_h']:g} h; {answer['method']}\n")
    for warning in answer["warnings"]:
        sys.stderr.write(f"{warning}\n")
    if not answer["converged"]:
        sys.stderr.write("not converged: do not use these numbers; check times, doses and levels\n")


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0
