"""``leao receptor``: what a pore blocker does to one NMDA receptor subtype, at equilibrium and over time."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leao.errors import ScenarioError

if TYPE_CHECKING:
    from leao.stages.receptor import protocols

receptor = typer.Typer(help="Block of one NMDA receptor subtype, at equilibrium and over time.", no_args_is_help=True)

POINTS = 25  # of a dose-response curve
DECADES = 2  # either side of the IC50
SAMPLE = 1e-4  # s
SHOWN = 400  # samples of a current handed over
PROTOCOLS = ("synaptic", "tonic", "train", "csd")
PERCENT = 100.0
LEAST = 1e-9  # block below which a ratio of two blocks is rounding

Compound = Annotated[str, typer.Option(help="For example memantine, ketamine, pcp, mk801 or amantadine.")]
Subtype = Annotated[str, typer.Option(help="2A, 2B, 2C or 2D.")]
Magnesium = Annotated[str, typer.Option(help="Free Mg2+ with its unit.")]
Voltage = Annotated[str, typer.Option(help="Holding potential with its unit; the csd protocol brings its own.")]
Preset = Annotated[
    str, typer.Option(help="How the drug is coupled to the gate: P0 not at all, P1 to desensitisation, P2 by Ca2+.")
]
Scheme = Annotated[str | None, typer.Option(help="Gates of another published scheme, for example lester1992.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


@receptor.command()
def curve(
    compound: Compound = "memantine",
    subtype: Subtype = "2A",
    magnesium: Magnesium = "1 mM",
    voltage: Voltage = "-66 mV",
    preset: Preset = "P0",
    scheme: Scheme = None,
    as_json: Json = False,
) -> int:
    """Dose-response curve, IC50, Hill slope, on and off rates and escape from the trap."""
    bath = _bath("0 uM", magnesium, voltage)

    from leao.stages.receptor import kinetic, protocols

    loaded = kinetic.load(compound, subtype, preset, scheme)
    n = protocols.numbers()
    surround = kinetic.Surround(n.ic50_glutamate, bath.voltage, bath.magnesium)
    half = kinetic.ic50(loaded, surround)
    levels = [half * 10.0 ** (DECADES * (2.0 * i / (POINTS - 1) - 1.0)) for i in range(POINTS)]
    on, off = kinetic.rates(loaded, surround, half)
    blocked = surround._replace(concentration=n.release_concentration)
    answer = {
        "compound": compound,
        "subtype": subtype,
        "magnesium_mM": bath.magnesium,
        "voltage_mV": bath.voltage,
        "ic50_uM": half,
        "hill": kinetic.hill(loaded, surround, half),
        "concentration_uM": levels,
        "current_relative": kinetic.relative_current(loaded, surround, levels).tolist(),
        "on_rate_per_uM_s": on,
        "off_rate_per_s": off,
        "escape_fraction": kinetic.escape_fraction(loaded, blocked, n.release_time),
        "preset": preset,
        "scheme": scheme or subtype,
        "release_concentration_uM": n.release_concentration,
    }
    return _print_json(answer) if as_json else _print_curve(answer)


@receptor.command()
def pulse(
    concentration: Annotated[str, typer.Option(help="Free drug with its unit, for example '1 uM'.")],
    compound: Compound = "memantine",
    subtype: Subtype = "2A",
    magnesium: Magnesium = "1 mM",
    voltage: Voltage = "-66 mV",
    protocol: Annotated[str, typer.Option(help="synaptic, tonic, train or csd.")] = "synaptic",
    preset: Preset = "P0",
    scheme: Scheme = None,
    hypothesis: Annotated[
        list[str] | None, typer.Option(help="Switch on tonic-2C-2D, calcium or brain-uptake; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV file for the current every 0.1 ms.")] = None,
    as_json: Json = False,
) -> int:
    """Current over time and charge blocked in a protocol, and what each hypothesis beyond plain block would change."""
    bath = _bath(concentration, magnesium, voltage)
    _one_of("protocol", protocol, PROTOCOLS)

    from leao.stages.receptor import kinetic, protocols

    switches = tuple(hypothesis or ())
    for name in switches:
        _one_of("hypothesis", name, tuple(protocols.HYPOTHESES))
    choice = kinetic.Choice(compound, subtype, preset, scheme)
    loaded = kinetic.load(*choice)
    n = protocols.numbers()
    _conducts(protocol, bath, n)
    current = protocols.trace(loaded, protocol, bath, n, SAMPLE)
    shown = protocols.shown(current, protocol, SHOWN)
    shares = {p: protocols.asked(choice, p, bath, switches) for p in PROTOCOLS}
    answer = {
        "protocol": protocol,
        "compound": compound,
        "subtype": subtype,
        "concentration_uM": bath.concentration,
        "magnesium_mM": bath.magnesium,
        "charge_blocked_percent": PERCENT * shares[protocol],
        "voltage_mV": None if protocol == "csd" else bath.voltage,
        "preset": preset,
        "scheme": scheme or subtype,
        "hypotheses": [
            {"name": name, "on": name in switches, **known._asdict()} for name, known in protocols.HYPOTHESES.items()
        ],
        "tonic_over_synaptic": shares["tonic"] / shares["synaptic"] if shares["synaptic"] > LEAST else None,
        "consequences_percent": protocols.consequences(compound, bath),
        "time_s": current.time[shown].tolist(),
        "current_control": current.control[shown].tolist(),
        "current_drug": current.drug[shown].tolist(),
        "out": None if out is None else str(_write(current, out)),
    }
    return _print_json(answer) if as_json else _print_pulse(answer)


def _bath(concentration: str, magnesium: str, voltage: str) -> protocols.Bath:
    from leao import ledger, units
    from leao.stages.receptor.protocols import Bath

    numbers = ledger.read("protocols").numbers
    asked = (
        ("--concentration", concentration, "uM", 0.0, numbers["highest_concentration"].value),
        ("--magnesium", magnesium, "mM", 0.0, numbers["highest_magnesium"].value),
        ("--voltage", voltage, "mV", numbers["lowest_voltage"].value, numbers["highest_voltage"].value),
    )
    return Bath(
        *(
            _within(name, text, units.parse(text, unit, what=name), (low, high, unit))
            for name, text, unit, low, high in asked
        )
    )


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


def _write(current: protocols.Trace, out: Path) -> Path:
    from leao import files

    rows = zip(*(column.tolist() for column in current), strict=True)
    lines = (f"{time:.4f},{control:.6g},{drug:.6g}" for time, control, drug in rows)
    return files.write_text(out, "\n".join(["time_s,current_control,current_drug", *lines]) + "\n")


def _one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    from leao import ledger

    if name not in known:
        hint = ledger.nearest(name, list(known))
        raise ScenarioError(f"--{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _head(answer: dict[str, Any]) -> str:
    return f"{answer['compound']} on GluN{answer['subtype']}, {answer['magnesium_mM']:g} mM Mg2+"


def _print_curve(answer: dict[str, Any]) -> int:
    lines = [
        f"{_head(answer)}, {answer['voltage_mV']:g} mV, preset {answer['preset']}, gates {answer['scheme']}",
        f"  IC50             {answer['ic50_uM']:.3g} uM, Hill slope {answer['hill']:.2f}",
        f"  on rate          {answer['on_rate_per_uM_s']:.3g} /uM/s",
        f"  off rate         {answer['off_rate_per_s']:.3g} /s",
        f"  leaves the trap  {PERCENT * answer['escape_fraction']:.1f} % of blocked receptors",
        "  concentration, uM   current",
    ]
    pairs = list(zip(answer["concentration_uM"], answer["current_relative"], strict=True))
    lines += [f"  {level:17.4g}   {share:7.3f}" for level, share in pairs[::3]]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _print_pulse(answer: dict[str, Any]) -> int:
    ratio = answer["tonic_over_synaptic"]
    lines = [
        f"{_head(answer)}, {answer['concentration_uM']:g} uM, {answer['protocol']} protocol, preset {answer['preset']}",
        f"  charge blocked         {answer['charge_blocked_percent']:.1f} %",
        f"  tonic over synaptic    {'none' if ratio is None else f'{ratio:.2f}'}",
        "  percent of charge blocked, GluN2A, each hypothesis alone:",
        f"  {'':14}" + "".join(f"{name:>10}" for name in PROTOCOLS),
    ]
    for name, row in answer["consequences_percent"].items():
        cells = "".join(f"{'no data' if row[p] is None else format(row[p], '.1f'):>10}" for p in PROTOCOLS)
        lines.append(f"  {name:14}{cells}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
