"""How large a disk of KCl must be to start a wave: a quarter of a sheet, with and without memantine.

The middle of the disk lies in a closed corner, a mirror both ways, so that a quarter stands for the whole. KCl weak
enough for the critical radius to span several nodes: its strength is a factor on W, the weakest KCl that spreads from a
disk of the radius ``WIDE`` without drug. The same KCl is then given under drug.

The rule, set before the first run:
    W                 bracketed to ``BRACKET``
    critical radius   bracketed to ``BRACKET`` between one node and ``WIDE``; "resolved" from two nodes on
    it is one         radii ``SMALLER`` times it die and ``LARGER`` times it spread, each of them
    nodes             at half the node it moves by less than 10 % (first preset, no drug, the middle factor)
    drug              threshold area pi r^2 at the levels of `levels`, and its ratio to that without; no window
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from leao.cortex import drugged_receptors, preset_table, sheet_march, sheet_measures, sheet_request, solve
from validation import sheet_kept

NODE, MINUTES = 0.04, 0.6
WIDE, MARGIN = 1.2, 0.8  # mm: the widest disk; sheet beyond a disk
BRACKET, RESOLVED, MOVED = 0.05, 2.0, 0.1
FACTORS = (1.1, 1.25, 1.5)
SMALLER, LARGER = (0.7, 0.85), (1.2, 1.5)
LIMIT = 600.0  # mM


class Critical(NamedTuple):
    """Largest radius that dies and smallest that spreads (mm); infinite where none up to ``WIDE`` spreads."""

    dies: float
    spreads: float

    @property
    def radius(self) -> float:
        """Return the middle of the bracket, mm."""
        return float(np.sqrt(self.dies * self.spreads))

    @property
    def area(self) -> float:
        """Return the threshold area of the whole disk, mm2."""
        return float(np.pi * self.radius**2)


def spreads(piece: solve.TissueSlice, strength: float, radius: float, node: float = NODE) -> bool:
    """Return whether a disk of KCl (mM) in the corner of a sheet starts a wave that leaves it."""
    side = round((radius + MARGIN) / node) * node
    texts = sheet_request.SheetTexts(
        strength=f"{strength} mM", radius=f"{radius} mm", at="0,0 mm", size=f"{side} mm", node=f"{node} mm",
        minutes=MINUTES, every="5 s", threads=1,
    )  # fmt: skip
    asked = sheet_request.read(sheet_request.with_step(texts, piece.cortex))
    driven = sheet_request.drive(piece.cortex, asked, None)
    marched = sheet_march.march(piece, driven, asked.grid, sheet_march.SheetOptions())
    return bool(sheet_measures.measures(piece, marched, asked)["propagated"])


def weakest(piece: solve.TissueSlice) -> float:
    """Return W of a tissue without drug, mM; what is kept is not computed again."""
    return sheet_kept.once(f"{piece.cortex.name}: W", lambda: {"mM": _weakest(piece)})["mM"]


def _weakest(piece: solve.TissueSlice, guess: float = 20.0) -> float:
    """Return the weakest KCl (mM) that spreads from a disk of the radius ``WIDE``; inf above the limit."""
    low, high = guess, guess
    while spreads(piece, low, WIDE):
        low, high = low / 1.5, low
    while not spreads(piece, high, WIDE):
        low, high = high, high * 1.5
        if high > LIMIT:
            return float("inf")
    while high > (1.0 + BRACKET) * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if spreads(piece, middle, WIDE) else (middle, high)
    return float(np.sqrt(low * high))


def critical(piece: solve.TissueSlice, strength: float, node: float = NODE) -> Critical:
    """Return the bracket of the critical radius of KCl of some strength (mM)."""
    low, high = node, WIDE
    if not spreads(piece, strength, high, node):
        return Critical(high, float("inf"))
    if spreads(piece, strength, low, node):
        return Critical(0.0, low)
    while high > (1.0 + BRACKET) * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if spreads(piece, strength, middle, node) else (middle, high)
    return Critical(low, high)


def is_one(piece: solve.TissueSlice, strength: float, of: Critical) -> bool:
    """Return whether clearly smaller disks all die and clearly larger ones all spread."""
    smaller = any(spreads(piece, strength, factor * of.radius) for factor in SMALLER)
    larger = all(spreads(piece, strength, factor * of.radius) for factor in LARGER)
    return larger and not smaller


def rows(cortex: solve.Cortex, levels: Sequence[float]) -> list[list[str]]:
    """Return the rows of a tissue: radius and area for each strength at each level of memantine (uM)."""
    free = preset_table.under(cortex)
    base = weakest(free)
    out = []
    for factor in FACTORS:
        strength = factor * base
        first: Critical | None = None
        for level in levels:
            piece = preset_table.under(cortex, drugged_receptors.Drug("memantine", level)) if level else free
            what = f"{cortex.name}, {factor:g} W = {strength:.3g} mM"
            kept = sheet_kept.once(f"{what} at {level:.6g} uM", lambda p=piece, s=strength: _judged(p, s))
            known = Critical(kept["dies"], kept["spreads"])
            first = first or known
            out.append([what, f"{level:.3g}", *_cells(known, first, alone=kept["alone"] == 1.0)])
    return out


def finer(cortex: solve.Cortex) -> str:
    """Return how the critical radius moves at half the node, in words."""
    free = preset_table.under(cortex)
    strength = FACTORS[1] * weakest(free)
    usual = critical(free, strength)
    half = Critical(
        **sheet_kept.once(f"{cortex.name}: half the node", lambda: critical(free, strength, 0.5 * NODE)._asdict())
    )
    moved = half.radius / usual.radius - 1.0
    return (
        f"At half the node ({500 * NODE:g} µm; {cortex.name}, {FACTORS[1]:g} W, no drug) the critical radius is"
        f" {half.radius:.3g} instead of {usual.radius:.3g} mm: {100 * moved:+.1f} %"
        f" ({'met' if abs(moved) < MOVED else '**missed**'}, {100 * MOVED:g} % wanted)."
    )


def _judged(piece: solve.TissueSlice, strength: float) -> dict[str, float]:
    known = critical(piece, strength)
    resolved = RESOLVED * NODE <= known.spreads < np.inf
    return known._asdict() | {"alone": float(resolved and is_one(piece, strength, known))}


def _cells(known: Critical, first: Critical, *, alone: bool) -> list[str]:
    if np.isinf(known.spreads):
        return [f"none up to {WIDE:g}", "", "", ""]
    if known.spreads < RESOLVED * NODE:
        return [f"not resolved: {known.spreads:.2g}, under two nodes, spreads", "", "", ""]
    ratio = f"{known.area / first.area:.3f}" if np.isfinite(first.area) and first.dies > 0.0 else ""
    bracket = f"{known.dies:.3g} to {known.spreads:.3g}"
    return [bracket, f"{known.area:.3g}", ratio, "yes" if alone else "**no**"]


HEADER = [
    "tissue, KCl", "memantine, µM free", "critical radius, mm", "threshold area, mm²", "over that without",
    "smaller die, larger spread",
]  # fmt: skip
