"""``leao receptor``: what a pore blocker does to one NMDA receptor subtype, at equilibrium and over time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leao.core.errors import ScenarioError

if TYPE_CHECKING:
    from leao.receptor import protocols

receptor = typer.Typer(help="Block of one NMDA receptor subtype, at equilibrium and over time.", no_args_is_help=True)

PROTOCOLS = ("synaptic", "tonic", "train", "csd")
PERCENT = 100.0
MAGNESIUM = "magnesium"

Compound = Annotated[
    str,
    typer.Option(
        help="memantine, ketamine, pcp, mk801, amantadine, magnesium (Mg2+ itself), or your own ledger: a .toml file, "
        "which may say extends = 'blockers/memantine'."
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
    _ending(out)
    bath = _bath("0 uM", magnesium, voltage, compound)

    from leao.receptor import curves
    from leao.receptor.kinetic import ReceptorRequest

    answer = curves.curve(ReceptorRequest(compound, subtype, preset, scheme), bath, seed)
    answer |= {"out": None if out is None else str(out)}
    if out is not None:
        from leao.report import receptor as pictures

        pictures.write_curve(answer, out)
    return _print_json(answer) if as_json else _print_curve(answer)


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
    _ending(out)
    bath = _bath(concentration, magnesium, voltage, compound)
    _one_of("protocol", protocol, PROTOCOLS)

    from leao.receptor import curves, protocols
    from leao.receptor.kinetic import ReceptorRequest

    switches = tuple(hypothesis or ())
    for name in switches:
        _one_of("hypothesis", name, tuple(protocols.HYPOTHESES))
    choice = ReceptorRequest(compound, subtype, preset, scheme)
    _conducts(protocol, bath, protocols.numbers())
    answer = curves.pulse(choice, protocol, bath, switches, seed)
    answer |= curves.current(choice, protocol, bath, wanted=trace) | {"out": None if out is None else str(out)}
    if out is not None:
        from leao.report import receptor as pictures

        pictures.write_current(answer, choice, bath, out)
    return _print_json(answer) if as_json else _print_pulse(answer)


def _ending(out: Path | None) -> None:
    if out is not None and out.suffix not in (".svg", ".csv"):
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .svg (picture) or .csv (table)")


def _bath(concentration: str, magnesium: str | None, voltage: str, compound: str) -> protocols.RecordingConditions:
    from leao.core import ledger, units
    from leao.receptor.protocols import RecordingConditions

    numbers = ledger.read("protocols").numbers
    mg = magnesium or ("0 mM" if compound == MAGNESIUM else "1 mM")
    asked = (
        ("--concentration", concentration, "uM", 0.0, numbers["highest_concentration"].value),
        ("--magnesium", mg, "mM", 0.0, numbers["highest_magnesium"].value),
        ("--voltage", voltage, "mV", numbers["lowest_voltage"].value, numbers["highest_voltage"].value),
    )
    found = RecordingConditions(
        *(
            _within(name, text, units.parse(text, unit, what=name), (low, high, unit))
            for name, text, unit, low, high in asked
        )
    )
    if compound == MAGNESIUM and found.magnesium > 0.0:
        raise ScenarioError(f"--magnesium: found {mg!r} beside --compound magnesium, Mg2+ itself; leave it out")
    return found


def _within(name: str, text: str, value: float, limits: tuple[float, float, str]) -> float:
    low, high, unit = limits
    if not low <= value <= high:  # false for nan as well
        raise ScenarioError(f"{name}: found {text!r}, wanted {low:g} to {high:g} {unit}")
    return value


def _conducts(protocol: str, bath: Any, n: Any) -> None:
    if protocol != "csd" and bath.voltage == n.reversal:
        raise ScenarioError(
            f"--voltage: found {bath.voltage:g} mV, where no current flows; wanted any voltage but {n.reversal:g} mV"
        )


def _one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    from leao.core import ledger

    if name not in known:
        hint = ledger.nearest(name, list(known))
        raise ScenarioError(f"--{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _head(answer: dict[str, Any]) -> str:
    return f"{answer['compound']} on GluN{answer['subtype']}, {answer['magnesium_mM']:g} mM Mg2+"


def _print_curve(answer: dict[str, Any]) -> int:
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
    return _say(lines, answer)


def _print_pulse(answer: dict[str, Any]) -> int:
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
    return _say(lines, answer)


def _efold(answer: dict[str, Any]) -> str:
    fold = answer["e_fold_mV"]
    how = "IC50 does not change with voltage here"
    if fold is not None:
        how = f"IC50 {'grows' if fold > 0 else 'falls'} e-fold as voltage rises by {abs(fold):.3g} mV"
    return f"{how} (electrical distance {answer['electrical_distance']:.2f}, Mg2+ included)"


def _band(interval: dict[str, Any], form: str = ".3g") -> str:
    return f"{interval['p05']:{form}} to {interval['p95']:{form}}"


def _say(lines: list[str], answer: dict[str, Any]) -> int:
    lines.append(f"  not known and drawn: {', '.join(answer['drawn']) or 'nothing'}")
    lines += [f"  {answer['out']}"] if answer["out"] else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
