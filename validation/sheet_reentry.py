"""A broken front on a sheet: does its free end turn into an arm that comes back?

A plane wave runs from the left edge. When its front has come to the place of the break, the lower half of the sheet is
put back to rest: the front ends free in the middle, and the lower half is open to it. The free end turns into the lower
half, and from there to tissue of the upper half that the front left behind.

The rule, set before the first run:
    refractory time     T_r of the line, two strong puffs of KCl (docs/validation/cortex.md for leao: 2.01 min)
    prediction          a place d behind the break is met again no sooner than 2 d / c after the front, c the speed of
                        a plane wave; so the arm comes back where the tissue behind the break is longer than c T_r / 2,
                        and does not where it is shorter
    two sheets          ``BEHIND``: one well longer, one well shorter than c T_r / 2 = 3.4 mm
    comes back          at least ``LEAST`` mm2 of the upper half depolarised a second time within the run
    beside              when and how far behind the break first, and whether anything is depolarised at the end

After the first run: there "first" was 3 s after the break, at the cut, where tissue just put back to rest borders on
tissue just left by the front. It is now read at least ``CLEAR`` from the cut; nothing else was changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from leao.cortex import preset_table, sheet_march, sheet_measures, sheet_state, solve, voltage_tables
from leao.cortex.kernels import node
from leao.cortex.kernels import sheet as kernel
from validation.page import met
from validation.second_model_page import grid

REFRACTORY = {"leao": 2.01}  # min
BEHIND = {"leao": (6.0, 2.4)}  # mm
BEYOND, HEIGHT = 4.0, 9.6  # mm: right of the break; of the sheet
AFTER = 4.5  # minutes after the break
LEAST = 1.0  # mm2
CLEAR = 1.0  # mm
NODE, DT, EVERY = 0.08, 0.04, 2.0
WAIT = 4  # steps: a snapshot is taken when the coarse grids are made anew
_S_PER_MIN = 60.0


class Arm(NamedTuple):
    """What became of a broken front."""

    behind: float  # mm
    broken: float  # s
    area: float  # mm2 of the upper half, a second time
    first: float  # s after the break; nan where never
    distance: float  # mm behind the break of the place where that was
    going: bool


class _BreakError(Exception):
    """Stops the first part of a run."""


def marched(piece: solve.TissueSlice, speed: float, behind: float) -> tuple[sheet_march.Marched, float]:
    """Return the march of a front broken ``behind`` mm from the left edge, and when (s); ``speed`` of it, mm/min."""
    lasts = round((_S_PER_MIN * behind / speed + _S_PER_MIN * AFTER) / EVERY) * EVERY
    sheet = sheet_march.SheetGrid(behind + BEYOND, HEIGHT, NODE, DT, lasts, EVERY)
    zone = np.zeros((sheet.ny, sheet.nx))
    zone[:, : round(solve.stimuli().strong_zone / NODE)] = 1.0
    line = solve.Grid(length=1.0, nodes=10, dt=DT, duration=lasts)
    events = solve.drive(piece.cortex, (solve.strong("kcl"),), line).events
    driven = sheet_march.SheetDrive(events, zone, np.ones_like(zone))
    snapshot = _until(piece, driven, sheet, behind)
    broken = snapshot["step"] * DT
    _put_back(piece, driven, sheet, snapshot)
    return sheet_march.march(piece, driven, sheet, sheet_march.SheetOptions(start=snapshot)), broken


def arm(piece: solve.TissueSlice, speed: float, behind: float) -> Arm:
    """Return what becomes of a front that is broken ``behind`` mm from the left edge; ``speed`` of it, mm/min."""
    run, broken = marched(piece, speed, behind)
    voltage = run.seen[kernel.SEEN_V]
    rows = voltage.shape[1]
    level = solve.stimuli().ignition_voltage / voltage_tables.thermal_voltage(piece.cortex.params)
    above = voltage > level
    upper = np.zeros(voltage.shape[1:], dtype=bool)
    upper[rows // 2 :] = True
    again = sheet_measures.depolarised_again(voltage, level) & upper
    first, place = float("nan"), float("nan")
    clear = again.copy()
    clear[: rows // 2 + round(CLEAR / NODE)] = False
    if clear.any():
        rises = above[1:] & ~above[:-1] & clear & (np.cumsum(above[1:] & ~above[:-1], axis=0) > 1)
        when, _, x = (index[0] for index in np.nonzero(rises))
        first, place = float((when + 1) * EVERY - broken), float(behind - (x + 0.5) * NODE)
    return Arm(behind, broken, float(again.sum()) * NODE**2, first, place, bool(above[-1].any()))


def _until(
    piece: solve.TissueSlice, driven: sheet_march.SheetDrive, sheet: sheet_march.SheetGrid, behind: float
) -> dict[str, Any]:
    """Return the snapshot when the front comes to the break."""
    kept: dict[str, Any] = {}
    column, level = round(behind / NODE) - 1, solve.stimuli().ignition_voltage
    level /= voltage_tables.thermal_voltage(piece.cortex.params)
    tile, lane = column // kernel.m.LANES, column % kernel.m.LANES

    def keep(snapshot: dict[str, Any]) -> None:
        if snapshot["packed"][0, tile, node.V_N, lane] > level:
            kept.update({name: np.copy(value) for name, value in snapshot.items()})
            raise _BreakError

    try:
        sheet_march.march(piece, driven, sheet, sheet_march.SheetOptions(keep=keep, keep_every=0.0))
    except _BreakError:
        return {name: value if value.ndim else value.item() for name, value in kept.items()}
    raise ValueError(behind)


def _put_back(
    piece: solve.TissueSlice, driven: sheet_march.SheetDrive, sheet: sheet_march.SheetGrid, snapshot: dict[str, Any]
) -> None:
    """Put the lower half of a snapshot back to rest."""
    rest = sheet_state.SheetState(piece, driven, sheet, sheet_march.SheetOptions())
    rest.begin()
    half = sheet.ny // 2
    snapshot["packed"][:half] = rest.packed[:half]
    snapshot["field"][:, :, 1 : half + 1] = rest.field[:, :, 1 : half + 1]
    snapshot["past"][:, :, 1 : half + 1] = rest.past[:, :, 1 : half + 1]
    snapshot["places"][kernel.ARRIVED :, :half] = np.nan
    snapshot["places"][kernel.ZONE] = 0.0
    snapshot["awake"][:] = 1.0


def table(speeds: dict[str, float]) -> list[str]:
    """Return the table of the page; ``speeds`` of a plane wave of each preset, mm/min."""
    rows = []
    for name, behind in BEHIND.items():
        piece = preset_table.under(preset_table.load(name))
        least = 0.5 * speeds[name] * REFRACTORY[name]
        for length in behind:
            of = arm(piece, speeds[name], length)
            wanted, came = length > least, of.area >= LEAST
            rows.append(
                [
                    name,
                    f"{length:g} ({'longer' if wanted else 'shorter'} than {least:.2g})",
                    "comes back" if wanted else "does not",
                    f"{of.area:.3g} mm² again",
                    "" if np.isnan(of.first) else f"{of.first / _S_PER_MIN:.2f} min, {of.distance:.2g} mm behind",
                    "yes" if of.going else "no",
                    met(wanted == came),
                ]
            )
    header = [
        "preset",
        "tissue behind the break, mm",
        "predicted",
        "found",
        f"first, {CLEAR:g} mm from the cut on",
        "still going",
        "",
    ]
    return grid(header, rows)
