"""``leao cortex``: spreading depression along a line of cortex, with a drug in the channel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

cortex = typer.Typer(
    help="Spreading depression along a line of cortex: wave, threshold, waves under KCl.", no_args_is_help=True
)

SNAP = 0.5  # s between the states that --out keeps

Preset = Annotated[str, typer.Option(help="A preset of the cortex; leao cortex presets lists them.")]
Compound = Annotated[str | None, typer.Option(help="A pore blocker: memantine, ketamine, mk801, pcp, amantadine.")]
Concentration = Annotated[str | None, typer.Option(help="Its free level with its unit, for example '0.3 uM'.")]
Levels = Annotated[str, typer.Option(help="Free levels separated by commas, the unit at the end.")]
Magnesium = Annotated[str | None, typer.Option(help="Free Mg2+ with its unit, an acute change; else the preset's.")]
Antagonist = Annotated[
    str | None, typer.Option(help="APV, CP-101606 or Ro-25-6981: a scaled conductance, not kinetics.")
]
Block = Annotated[str | None, typer.Option(help="What the antagonist takes from the subtypes it reaches: '50%'.")]
Stimulus = Annotated[str, typer.Option(help="kcl, glutamate, pulse or charge.")]
Change = Annotated[
    list[str] | None, typer.Option("--set", help="Change a number of the tissue: --set nmda='1e-4 cm/s'; repeatable.")
]
Out = Annotated[Path | None, typer.Option(help="Folder for result.json, fields, pictures and a page.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]


@cortex.command()
def wave(
    preset: Preset = "leao",
    compound: Compound = None,
    concentration: Concentration = None,
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    stimulus: Stimulus = "kcl",
    strength: Annotated[str | None, typer.Option(help="With its unit; else well above threshold.")] = None,
    zone: Annotated[str | None, typer.Option(help="Stimulated length from the left end.")] = None,
    second: Annotated[str | None, typer.Option(help="When an equal second stimulus comes, '60 s'.")] = None,
    refractory: Annotated[bool, typer.Option("--refractory", help="Measure the refractory times too (slow).")] = False,
    length: Annotated[str | None, typer.Option(help="Of the line; 10 mm.")] = None,
    nodes: Annotated[int | None, typer.Option(help="Of the line; 250.")] = None,
    dt: Annotated[str | None, typer.Option(help="Time step; 25 ms.")] = None,
    duration: Annotated[
        str | None,
        typer.Option(help="Of the run; else 120 s after the last stimulus, or longer where the wave needs it."),
    ] = None,
    change: Change = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Start one wave, or two, and measure it; beside it the same without drug."""
    from leao.cortex import experiments

    ask = _ask(preset, compound or ("memantine" if concentration else None), concentration)
    ask = ask._replace(magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(change or ()))
    asked = experiments.Line(stimulus, strength, zone, second, length, nodes, dt, duration)
    _writable(out)
    done = experiments.wave_done(ask, asked, snap_every=SNAP if out else 0.0)
    answer = done.answer | {"refractory": experiments.refractory_done(done, stimulus) if refractory else None}
    return _finish("wave", answer, done, out, as_json=as_json)


@cortex.command()
def threshold(
    concentration: Levels = "0,0.1,0.3,1,3,10 uM",
    preset: Preset = "leao",
    compound: Compound = "memantine",
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    stimulus: Stimulus = "kcl",
    change: Change = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Find the weakest stimulus that starts a wave at each free level of a drug."""
    from leao.cortex import experiments, request

    levels = request.levels(concentration)
    ask = request.ExperimentRequest(preset, compound, None, magnesium, antagonist, block, tuple(change or ()))
    _writable(out)
    done = experiments.threshold_done(ask, levels, stimulus)
    return _finish("threshold", done.answer, done, out, as_json=as_json)


@cortex.command()
def kcl(
    minutes: Annotated[float, typer.Option(help="How long the KCl stays.")] = 60.0,
    preset: Preset = "leao",
    compound: Compound = None,
    concentration: Concentration = None,
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    change: Change = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Count the waves under continuous KCl, over several strengths of it; beside it the same without drug."""
    from leao.cortex import experiments

    ask = _ask(preset, compound or ("memantine" if concentration else None), concentration)
    ask = ask._replace(magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(change or ()))
    _writable(out)
    done = experiments.kcl_done(ask, minutes)
    return _finish("kcl", done.answer, done, out, as_json=as_json)


@cortex.command()
def presets(as_json: Json = False) -> int:
    """List the presets and how their positive controls stand, as shipped."""
    from leao.cortex import controls
    from leao.cortex import preset_table as known

    found = {name: list(controls.shipped(name)) for name in known.names()}
    return _controls(list(controls.rows(found)), as_json=as_json)


@cortex.command()
def qualify(
    preset: Annotated[str | None, typer.Option(help="One preset; else all.")] = None, as_json: Json = False
) -> int:
    """Compute the positive controls anew: what NMDA antagonists did to the wave in animals. Takes minutes."""
    import os
    from concurrent.futures import ThreadPoolExecutor

    from leao.cli.progress import Bars
    from leao.cortex import controls, request
    from leao.cortex import preset_table as known

    if preset is not None:
        request.known("preset", preset, known.names())
    found = {}
    with Bars() as bars, ThreadPoolExecutor(os.cpu_count()) as pool:
        for name in [preset] if preset else known.names():
            ticks = iter(range(1, len(controls.CONTROLS) + 1))
            of = len(controls.CONTROLS)
            bars(f"controls of {name}", 0, of)
            found[name] = controls.controls(name, pool, lambda: bars(f"controls of {name}", next(ticks), of))  # noqa: B023
    return _controls(list(controls.rows(found)), as_json=as_json)


def _ask(preset: str, compound: str | None, concentration: str | None) -> Any:
    from leao.cortex.request import ExperimentRequest

    return ExperimentRequest(preset, compound, concentration)


def _writable(out: Path | None) -> None:
    if out is not None:
        from leao.core import files

        files.writable(out)


def _finish(kind: str, answer: dict[str, Any], done: Any, out: Path | None, *, as_json: bool) -> int:
    """Write what was asked for, print, and return 1 where the answer is not to be trusted."""
    if out is not None:
        from leao.report.cortex import write

        answer["out"] = str(write(kind, answer, done, out))
    if as_json:
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from leao.cli.cortex_text import show

        show(kind, answer)
    return 1 if answer.get("problem") else 0


def _controls(rows: list[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        from leao.cli.cortex_text import show_controls

        show_controls(rows)
    return 0
