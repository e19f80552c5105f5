"""How much of each NMDA receptor subtype that level blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from leao.chain.run_contract import RunSummary
from leao.core.contract import Distribution
from leao.core.runs import Group, Groups
from leao.report import words
from leao.report.figures import svg
from leao.report.figures.tree import axis, group, millivolts, names, values

LOOK = ((svg.BLUE, "-"), (svg.BLUE, (0, (4, 2))), (svg.TEAL, "-"), (svg.TEAL, (0, (4, 2))))
SHOWN = -20.0
PRINTED = 8


def look(position: int) -> tuple[str, Any]:
    """Return colour and dash of the subtype at ``position``."""
    return LOOK[position % len(LOOK)]


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the picture of the receptor: block by voltage, and by concentration at two voltages."""
    receptor = summary["receptor"]
    title = _title(receptor["block_percent"])
    data = group(tree, "receptor", "block", "block_curve")
    if data is None:
        return svg.missing("receptor", title)
    free = summary["exposure"]["free_brain_uM"]
    magnesium = words.number(receptor["magnesium_mM"], 2)
    caption = (
        f"Equilibrium block in {magnesium} mM Mg²⁺, which competes for the same pore and is driven out by "
        "depolarisation. Left: at the patients' free level, with the range of 90 % of them. Middle and right: by "
        "concentration; the shaded strip is where 90 % of the patients are."
    )
    panels = [_by_voltage(data)]
    panels += [_by_concentration(data, k, free) for k in range(data.sizes["level"])]
    return svg.Picture("receptor", title, caption, panels, 3, *_table(data))


def _title(block: Mapping[str, Mapping[str, float]]) -> str:
    key = f"{SHOWN:.0f}mV"
    entries = {subtype: row[key] for subtype, row in block.items() if words.known(row.get(key))}
    if not entries:
        return "Block of the NMDA receptor subtypes"
    least, most = min(entries, key=entries.__getitem__), max(entries, key=entries.__getitem__)
    return (
        f"At that level and {words.number(SHOWN)} mV the drug blocks {words.number(entries[least])} % of GluN{least} "
        f"and {words.number(entries[most])} % of GluN{most}"
    )


def _table(data: Group) -> tuple[list[str], list[list[str]]]:
    volts = millivolts(data, "voltage")
    # A finely drawn curve prints a handful of its voltages.
    kept = range(0, len(volts), 1 + (len(volts) - 1) // PRINTED)
    block, volts = values(data, "block")[:, :, kept], volts[kept]
    header = ["subtype", *(f"block at {words.number(float(v), places=0)} mV, %" for v in volts)]
    rows = []
    for k, name in enumerate(names(data, "subtype")):
        bands = ({"median": middle, "p05": low, "p95": high} for low, middle, high in block[:, k, :].T.tolist())
        rows.append([f"GluN{name}", *map(words.spread, bands)])
    return header, rows


def _by_voltage(data: Group) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD, right=62)
    block, volts = values(data, "block"), millivolts(data, "voltage")
    subtypes = names(data, "subtype")
    for k in range(len(subtypes)):
        colour, dash = look(k)
        axes.fill_between(volts, block[0, k], block[2, k], color=colour, alpha=0.08, linewidth=0)
        axes.plot(volts, block[1, k], color=colour, linestyle=dash)
    axes.set_ylim(0, block.max() * 1.04)
    ends = svg.apart(block[1, :, -1].tolist(), axes.get_ylim()[1] * 0.085, axes.get_ylim()[1] * 0.04)
    for k, name in enumerate(subtypes):
        colour, _ = look(k)
        svg.mark(axes, (volts[-1], ends[k]), f"GluN{name}", colour)
    svg.label(axes, "membrane potential, mV", "% blocked")
    svg.grid(axes, xticks=7)
    axes.set_xlim(volts[0], volts[-1])
    parts = [f"GluN{name} {block[1, k, 0]:.2g} to {block[1, k, -1]:.2g} %" for k, name in enumerate(subtypes)]
    alt = f"Block from {volts[0]:.0f} to {volts[-1]:.0f} mV: {', '.join(parts)}."
    return svg.Panel("By membrane potential, at the patients' level", svg.write(figure, alt))


def _by_concentration(data: Group, level: int, free: Distribution) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    curve = values(data, "block_curve")[:, level]
    concentration = axis(data, "concentration").astype(float)
    subtypes = names(data, "subtype")
    _, low, high = words.parts(free)
    if words.known(low) and words.known(high):
        axes.axvspan(low, high, color=svg.DRUG, alpha=0.2, linewidth=0)
    for k in range(len(subtypes)):
        colour, dash = look(k)
        axes.plot(concentration, curve[k], color=colour, linestyle=dash)
    for pair in (range(0, 2), range(2, len(subtypes))):
        _name(axes, (concentration, curve), [subtypes[k] for k in pair], pair)
    svg.label(axes, "free memantine, µM", "% blocked")
    svg.grid(axes)
    svg.log_ticks(axes, "x", svg.decades(concentration[0], concentration[-1]))
    axes.set_ylim(0, 100)
    axes.set_xlim(concentration[0], concentration[-1])
    volts = float(names(data, "level")[level].removesuffix("mV"))
    half = [f"GluN{n} {_half(concentration, curve[k])}" for k, n in enumerate(subtypes)]
    alt = f"Block against concentration at {volts:.0f} mV; half block at {', '.join(half)}."
    return svg.Panel(f"By concentration, at {words.number(volts)} mV", svg.write(figure, alt))


def _name(axes: svg.Sheet, curves: tuple[Any, Any], names_of: list[str], pair: range) -> None:
    """Name a pair of curves that run close together: the first pair on its right, the second on its left."""
    if not names_of:
        return
    height, align = (30, "left") if pair.start == 0 else (74, "right")
    reached = [float(np.interp(height, curves[1][k], curves[0])) for k in pair]
    x = max(reached) if align == "left" else min(reached)
    colour, _ = look(pair.start)
    svg.mark(axes, (x, height), ", ".join(names_of), colour, align)


def _half(concentration: Any, curve: Any) -> str:
    if curve.max() < 50:
        return "beyond the range"
    return f"{np.interp(50, curve, concentration):.2g} µM"
