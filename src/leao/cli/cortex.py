"""``leao cortex``: spreading depression along a line of cortex, with a drug in the channel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen, work

cortex = typer.Typer(
    help="Spreading depression along a line of cortex: wave, threshold, waves under KCl.", no_args_is_help=True
)

Preset = Annotated[
    str,
    typer.Option(
        help="A preset of the cortex (leao cortex presets lists them), or a member of an ensemble: leao2/7.",
        autocompletion=complete.presets,
    ),
]
Compound = Annotated[
    str | None,
    typer.Option(
        help="A pore blocker: memantine, ketamine, mk801, pcp, amantadine.", autocompletion=complete.compounds
    ),
]
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
TissueName = Annotated[
    str | None,
    typer.Option(
        help="slice_ca1, anoxia, fhm1, fhm2, fhm3, aqp4_loss; with --preset eaat.", autocompletion=complete.tissues
    ),
]
Oxygen = Annotated[str | None, typer.Option(help="Supply over that of rest, '50%'; 0 is anoxia.")]
PumpNeurone = Annotated[str | None, typer.Option(help="Share of the neuronal pumps that works, '50%'.")]
PumpGlia = Annotated[str | None, typer.Option(help="Share of the glial pumps that works, '50%'.")]
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
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    converged: Annotated[
        bool, typer.Option("--converged", help="Extrapolate the speed to nodes without length (20 and 10 um, slow).")
    ] = False,
    every: Annotated[str, typer.Option(help="Time between the states that --out keeps.")] = "0.5 s",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Start one wave, or two, and measure it; beside it the same without drug."""
    from leao.cortex import api

    _writable(out)
    kept = every if out else None
    result = api.wave(
        preset, compound, concentration, magnesium, antagonist, block, stimulus, strength, zone, second, refractory,
        length, nodes, dt, duration, tuple(change or ()), tissue, oxygen, pump_neurone, pump_glia, converged, kept,
    )  # fmt: skip
    return _finish(result, out, as_json=as_json)


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
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Find the weakest stimulus that starts a wave at each free level of a drug."""
    from leao.cortex import api

    _writable(out)
    result = api.threshold(
        concentration, preset, compound or "memantine", magnesium, antagonist, block, stimulus, tuple(change or ()),
        tissue, oxygen, pump_neurone, pump_glia, workers, scheduler, shard, out,
    )  # fmt: skip
    return _finish(result, out, as_json=as_json)


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
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    lines: Annotated[
        int | None, typer.Option(help="Count as an expectation over so many differing lines too (20 or more, slow).")
    ] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Count the waves under continuous KCl, over several strengths of it; beside it the same without drug."""
    from leao.cortex import api

    _writable(out)
    result = api.kcl(
        minutes, preset, compound, concentration, magnesium, antagonist, block, tuple(change or ()),
        tissue, oxygen, pump_neurone, pump_glia, lines, workers, scheduler, shard, out,
    )  # fmt: skip
    return _finish(result, out, as_json=as_json)


@cortex.command()
def phase(
    preset: Preset = "leao",
    compound: Compound = None,
    concentration: Concentration = None,
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    change: Change = None,
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Look at one node without space: where it rests, how far the fold is, what depolarises it, whether it cycles."""
    from leao.cortex import node_api

    _writable(out)
    result = node_api.phase(
        preset, compound, concentration, magnesium, antagonist, block, tuple(change or ()),
        tissue, oxygen, pump_neurone, pump_glia,
    )  # fmt: skip
    return _finish(result, out, as_json=as_json)


@cortex.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder for node.xml (SBML) and node.csv (our own run of it).")],
    preset: Preset = "eaat",
    compound: Compound = None,
    concentration: Concentration = None,
    change: Change = None,
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    add_kcl: Annotated[str | None, typer.Option(help="KCl added outside at once, '8 mM'.")] = None,
    add_glutamate: Annotated[str | None, typer.Option(help="Glutamate added outside at once, '20 uM'.")] = None,
    duration: Annotated[str, typer.Option(help="Of our own run.")] = "120 s",
    as_json: Json = False,
) -> int:
    """Write one node of the second model as SBML, with our own run of it to check another simulator."""
    from leao.cortex import node_api

    result = node_api.export(
        out, preset, compound, concentration, tuple(change or ()), tissue, oxygen, pump_neurone, pump_glia,
        add_kcl, add_glutamate, duration,
    )  # fmt: skip
    return screen.answer(result.summary, _exported, as_json=as_json)


def _exported(answer: Any) -> None:
    from leao.cli import cortex_text

    cortex_text.show_export(answer)


@cortex.command()
def presets(as_json: Json = False) -> int:
    """List the presets and how their positive controls stand, as shipped."""
    from leao.cortex import api

    return _controls(api.presets().summary, as_json=as_json)


@cortex.command()
def qualify(
    preset: Annotated[str | None, typer.Option(help="One preset; else all.", autocompletion=complete.presets)] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    out: Annotated[Path | None, typer.Option(help="Folder where what is computed is kept.")] = None,
    as_json: Json = False,
) -> int:
    """Compute the positive controls anew: what NMDA antagonists did to the wave in animals. Takes minutes."""
    from leao.cli.progress import Bars
    from leao.cortex import api

    with Bars() as bars:
        result = api.positive_controls(preset, bars, workers, scheduler, shard, out)
    return _controls(result.summary, as_json=as_json)


def _writable(out: Path | None) -> None:
    if out is not None:
        from leao.core import files

        files.writable(out)


def _finish(result: Any, out: Path | None, *, as_json: bool) -> int:
    """Write what was asked for, print, and return 1 where the answer is not to be trusted."""
    from leao.cli import cortex_text

    answer = dict(result.summary)
    if out is not None:
        from leao.report.cortex import write

        answer["out"] = str(write(result.topic, answer, result.basis, out))
    code = 1 if answer.get("problem") else 0
    return screen.answer(answer, lambda shown: cortex_text.show(result.topic, shown), as_json=as_json, code=code)


def _controls(rows: Any, *, as_json: bool) -> int:
    from leao.cli import cortex_text

    return screen.answer(rows, cortex_text.show_controls, as_json=as_json)
