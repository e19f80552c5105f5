"""``leao receptor``: what a pore blocker does to one NMDA receptor subtype, at equilibrium and over time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen
from leao.core.errors import ScenarioError
from leao.core.files import apart

receptor = typer.Typer(help="Block of one NMDA receptor subtype, at equilibrium and over time.", no_args_is_help=True)

PROTOCOLS = ("synaptic", "tonic", "train", "csd")
PERCENT = 100.0

Compound = Annotated[
    str,
    typer.Option(
        help="memantine, ketamine, pcp, mk801, amantadine, magnesium (Mg2+ itself), or your own ledger: a .toml file, "
        "which may say extends = 'blockers/memantine'.",
        autocompletion=complete.compounds,
    ),
]
Subtype = Annotated[str, typer.Option(help="2A, 2B, 2C or 2D.")]
Magnesium = Annotated[
    str | None, typer.Option(help="Free Mg2+ with its unit.", show_default="1 mM; 0 mM with --compound magnesium")
]
Voltage = Annotated[str, typer.Option(help="Holding potential with its unit; the csd protocol brings its own.")]
Preset = Annotated[
    str, typer.Option(help="How the drug is coupled to the gate: P0 not at all, P1 to desensitisation, P2 by Ca2+.")
]
Scheme = Annotated[str | None, typer.Option(help="Gates of another published scheme, for example lester1992.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws behind the 90 % bands.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


@receptor.command()
def curve(
    compound: Compound = "memantine",
    subtype: Subtype = "2A",
    magnesium: Magnesium = None,
    voltage: Voltage = "-66 mV",
    preset: Preset = "P0",
    scheme: Scheme = None,
    seed: Seed = 1,
    out: Annotated[Path | None, typer.Option(help="Picture (.svg) or table (.csv) of the curve.")] = None,
    as_json: Json = False,
) -> int:
    """Dose-response curve, IC50, Hill slope, on and off rates and escape from the trap, with 90 % bands."""
    _ending(out, compound)
    from leao.receptor import api

    result = api.curve(compound, subtype, magnesium, voltage, preset, scheme, seed)
    if out is not None:
        from leao.report import receptor as pictures

        result.summary["out"] = str(out)
        pictures.write_curve(result.summary, out)
    return screen.answer(result.summary, _print_curve, as_json=as_json)


@receptor.command()
def pulse(
    concentration: Annotated[str, typer.Option(help="Free drug with its unit, for example '1 uM'.")],
    compound: Compound = "memantine",
    subtype: Subtype = "2A",
    magnesium: Magnesium = None,
    voltage: Voltage = "-66 mV",
    protocol: Annotated[str, typer.Option(help="synaptic, tonic, train or csd.")] = "synaptic",
    preset: Preset = "P0",
    scheme: Scheme = None,
    hypothesis: Annotated[
        list[str] | None, typer.Option(help="Switch on tonic-2C-2D, calcium or brain-uptake; may be repeated.")
    ] = None,
    seed: Seed = 1,
    trace: Annotated[bool, typer.Option("--trace", help="Put the current into the JSON, at some 400 times.")] = False,
    out: Annotated[Path | None, typer.Option(help="Picture (.svg), or the current every 0.1 ms (.csv).")] = None,
    as_json: Json = False,
) -> int:
    """Charge blocked in a protocol and current over time, and what each hypothesis beyond plain block would change."""
    _ending(out, compound)
    from leao.receptor import api

    switches = tuple(hypothesis or ())
    result = api.pulse(
        concentration, compound, subtype, magnesium, voltage, protocol, preset, scheme, switches, seed, trace
    )
    if out is not None:
        from leao.report import receptor as pictures

        result.summary["out"] = str(out)
        choice, bath = result.basis
        pictures.write_current(result.summary, choice, bath, out)
    return screen.answer(result.summary, _print_pulse, as_json=as_json)


def _ending(out: Path | None, compound: str) -> None:
    if out is not None and out.suffix not in (".svg", ".csv"):
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .svg (picture) or .csv (table)")
    apart(out, compound)


def _head(answer: dict[str, Any]) -> str:
    return f"{answer['compound']} on GluN{answer['subtype']}, {answer['magnesium_mM']:g} mM Mg2+"


def _print_curve(answer: dict[str, Any]) -> None:
    trap = {key: PERCENT * x for key, x in answer["escape_fraction_interval"].items()}
    lines = [
        f"{_head(answer)}, {answer['voltage_mV']:g} mV, preset {answer['preset']}, gates {answer['scheme']}",
        f"  {'':17}{'':>10}90 % band over {answer['draws']} draws of what is not known",
        f"  IC50             {answer['ic50_uM']:<10.3g}{_band(answer['ic50_uM_interval'])} uM",
        f"  Hill slope       {answer['hill']:<10.2f}{_band(answer['hill_interval'], '.2f')}",
        f"  on rate          {answer['on_rate_per_uM_s']:<10.3g}{_band(answer['on_rate_per_uM_s_interval'])} /uM/s",
        f"  off rate         {answer['off_rate_per_s']:<10.3g}{_band(answer['off_rate_per_s_interval'])} /s",
        f"  leaves the trap  {PERCENT * answer['escape_fraction']:<10.1f}{_band(trap, '.1f')} % of blocked receptors",
        f"  on, off time     {answer['on_time_s']:.3g} s, {answer['off_time_s']:.3g} s at the IC50",
        f"  voltage          {_efold(answer)}",
        "  concentration, uM   current   90 % band",
    ]
    band = answer["current_relative_interval"]
    columns = (answer["concentration_uM"], answer["current_relative"], band["p05"], band["p95"])
    rows = list(zip(*columns, strict=True))
    lines += [f"  {level:17.4g}   {share:7.3f}   {low:.3f} to {high:.3f}" for level, share, low, high in rows[::3]]
    _say(lines, answer)


def _print_pulse(answer: dict[str, Any]) -> None:
    ratio, band = answer["tonic_over_synaptic"], answer["tonic_over_synaptic_interval"]
    spread = "" if ratio is None or band is None else f"   90 % band {_band(band, '.2f')}"
    charge = _band(answer["charge_blocked_percent_interval"], ".1f")
    lines = [
        f"{_head(answer)}, {answer['concentration_uM']:g} uM, {answer['protocol']} protocol, preset {answer['preset']}",
        f"  charge blocked         {answer['charge_blocked_percent']:.1f} %   90 % band {charge} %",
        f"  tonic over synaptic    {'none' if ratio is None else f'{ratio:.2f}'}{spread}",
        "  percent of charge blocked, GluN2A, each hypothesis alone:",
        f"  {'':14}" + "".join(f"{name:>10}" for name in PROTOCOLS),
    ]
    for name, row in answer["consequences_percent"].items():
        cells = "".join(f"{'no data' if row[p] is None else format(row[p], '.1f'):>10}" for p in PROTOCOLS)
        lines.append(f"  {name:14}{cells}")
    _say(lines, answer)


def _efold(answer: dict[str, Any]) -> str:
    fold = answer["e_fold_mV"]
    how = "IC50 does not change with voltage here"
    if fold is not None:
        how = f"IC50 {'grows' if fold > 0 else 'falls'} e-fold as voltage rises by {abs(fold):.3g} mV"
    return f"{how} (electrical distance {answer['electrical_distance']:.2f}, Mg2+ included)"


def _band(interval: dict[str, Any], form: str = ".3g") -> str:
    return f"{interval['p05']:{form}} to {interval['p95']:{form}}"


def _say(lines: list[str], answer: dict[str, Any]) -> None:
    lines.append(f"  not known and drawn: {', '.join(answer['drawn']) or 'nothing'}")
    lines += [f"  {answer['out']}"] if answer["out"] else []
    screen.say(*lines)
