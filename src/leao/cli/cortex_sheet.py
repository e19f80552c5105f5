"""``leao cortex sheet`` and ``aura``: spreading depression over a sheet of cortex, in two dimensions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import screen
from leao.cli.cortex import (
    Antagonist,
    Block,
    Change,
    Compound,
    Concentration,
    Json,
    Magnesium,
    Out,
    Oxygen,
    Preset,
    PumpGlia,
    PumpNeurone,
    Stimulus,
    TissueName,
    cortex,
)

Strength = Annotated[str | None, typer.Option(help="With its unit; else well above the line's threshold.")]
At = Annotated[str | None, typer.Option(help="Middle of the stimulated disk from the lower left corner, '3,10 mm'.")]
Radius = Annotated[str | None, typer.Option(help="Of the stimulated disk; 0.8 mm.")]
Size = Annotated[str, typer.Option(help="Of the sheet: '20 mm', or width and height, '20,10 mm'.")]
Node = Annotated[str, typer.Option(help="Side of a node.")]
Dt = Annotated[str | None, typer.Option(help="Time step; 40 ms, with a preset of the second model 20 ms.")]
Minutes = Annotated[float, typer.Option(help="Of model time.")]
Every = Annotated[str, typer.Option(help="Time between pictures.")]
ReturnPath = Annotated[str, typer.Option(help="none (closed sheet), or csf: current returns through a layer above.")]
Threads = Annotated[int | None, typer.Option(help="Over which the rows are spread; all cores. Same answer.")]
FieldFile = Annotated[
    Path | None,
    typer.Option(
        help="Table of places that differ: x_mm, y_mm (radius_mm for disks), excitability, scar or share_2C_2D.",
    ),
]

Hemifield = Annotated[str, typer.Option(help="left or right half of the visual field.")]
Eccentricity = Annotated[str | None, typer.Option(help="Lowest and highest that are drawn; '0.5-40' degrees.")]


@cortex.command()
def sheet(
    preset: Preset = "leao",
    compound: Compound = None,
    concentration: Concentration = None,
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    stimulus: Stimulus = "kcl",
    strength: Strength = None,
    at: At = None,
    radius: Radius = None,
    size: Size = "20 mm",
    node: Node = "80 um",
    dt: Dt = None,
    minutes: Minutes = 4.0,
    every: Every = "2 s",
    return_path: ReturnPath = "none",
    change: Change = None,
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    threads: Threads = None,
    field: FieldFile = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Start a wave on a flat sheet of cortex; beside it the same without drug. Takes minutes; --out lets it resume."""
    from leao.cli.progress import Bars
    from leao.core import files
    from leao.cortex import sheet_api

    if out is not None:
        files.writable(out)
    with Bars() as bars:
        result = sheet_api.sheet(
            preset, compound, concentration, magnesium, antagonist, block, stimulus, strength, at, radius, size, node,
            dt, minutes, every, return_path, tuple(change or ()), tissue, oxygen, pump_neurone, pump_glia, threads,
            None, field, out, bars,
        )  # fmt: skip
    return _finish(result, out, as_json=as_json)


@cortex.command()
def aura(
    preset: Preset = "leao",
    compound: Compound = None,
    concentration: Concentration = None,
    magnesium: Magnesium = None,
    antagonist: Antagonist = None,
    block: Block = None,
    stimulus: Stimulus = "kcl",
    strength: Strength = None,
    at: At = None,
    radius: Radius = None,
    size: Size = "20 mm",
    node: Node = "80 um",
    dt: Dt = None,
    minutes: Minutes = 4.0,
    every: Every = "2 s",
    return_path: ReturnPath = "none",
    hemifield: Hemifield = "left",
    eccentricity: Eccentricity = None,
    change: Change = None,
    tissue: TissueName = None,
    oxygen: Oxygen = None,
    pump_neurone: PumpNeurone = None,
    pump_glia: PumpGlia = None,
    threads: Threads = None,
    field: FieldFile = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Follow a wave over V1 through half of the visual field, as a patient would draw it; beside it without drug."""
    from leao.cli.progress import Bars
    from leao.core import files
    from leao.cortex import sheet_api

    if out is not None:
        files.writable(out)
    with Bars() as bars:
        result = sheet_api.aura(
            preset, compound, concentration, magnesium, antagonist, block, stimulus, strength, at, radius, size, node,
            dt, minutes, every, return_path, hemifield, eccentricity, tuple(change or ()), tissue, oxygen, pump_neurone,
            pump_glia, threads, None, field, out, bars,
        )  # fmt: skip
    return _finish(result, out, as_json=as_json)


def _finish(result: Any, out: Any, *, as_json: bool) -> int:
    answer = dict(result.summary)
    if out is not None:
        from leao.report.sheet import write

        answer["out"] = str(write(result.topic, answer, result.basis, out))
    return screen.answer(answer, _show, as_json=as_json)


def _show(answer: Any) -> None:
    from leao.cli.cortex_text import under_which
    from leao.report import sheet_words

    page = screen.Screen(indent=screen.INDENT)
    page.line((sheet_words.aura if "scotoma" in answer else sheet_words.sheet)(answer), "bold")
    header, rows = sheet_words.sheet_rows(answer)
    page.table(header, rows)
    if "scotoma" in answer:
        page.table(*sheet_words.scotoma_rows(answer))
    page.line(f"{under_which(answer)}; {sheet_words.setting(answer)}", "dim")
    if answer.get("out"):
        page.path(f"written: {answer['out']}")
