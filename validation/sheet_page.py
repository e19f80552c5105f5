"""Write docs/validation/sheet.md: the sheet against the line, curvature, critical size, return path, re-entry, drug.

    python -m validation.sheet_page [line] [curvature] [critical] [return] [reentry] [drug]
    python -m validation.sheet_still        # the picture of the broken front
    python benchmarks/bench_sheet.py 256 512 --keep        # time and memory

All of it takes some twenty minutes of a core; a part that is not named is kept (``sheet_parts.json``), of
``none`` all are.

The rule, each line set before it was first run; nodes of 80 um, steps of the ledger (40 ms, second model 20 ms):
    plane wave        speed within 1 % of the line's at the same node and step, on nodes of 80 and of 40 um
    potentials        speed moved by less than 0.1 % when they are solved to 1e-9 instead of 1e-6
    steps             speed within 1 % of that at half the step
    directions        of a round front: speed along the diagonal within 2 % of that along an axis, on nodes of 80 and 40 um
    resting tiles     speed moved by less than 0.01 % when all nodes are computed, reached or not
    curvature         D > 0, and the fit c0 within 5 % of the plane wave's speed at the same node
    critical radius   rule of ``validation/sheet_critical.py``
    return path       the highest DC after the wave, with and without; no window: what is found is said
    re-entry          rule of ``validation/sheet_reentry.py``
    drug              rule of ``validation/sheet_drug.py``
"""

from __future__ import annotations

import json
import sys
import tomllib
from typing import Any, NamedTuple

import numpy as np

from leao.core import files
from leao.cortex import (
    preset_table,
    sheet_march,
    sheet_measures,
    sheet_request,
    sheet_state,
    solve,
    voltage_tables,
)
from leao.cortex.kernels import sheet as kernel
from leao.cortex.wave_measures import arrivals
from validation import sheet_critical, sheet_drug, sheet_reentry, sheet_still
from validation.cortex_targets import DOCS
from validation.page import Page
from validation.second_model_page import grid

KEPT, TIMES = DOCS / "sheet_parts.json", DOCS / "sheet_time.toml"
TITLES = {
    "line": "Against the line",
    "curvature": "Curvature",
    "critical": "Critical size",
    "return": "A return path",
    "reentry": "A broken front",
    "drug": "Memantine",
}
PRESETS = ("leao", "eaat")
NODE = 0.08
SPEED_WITHIN, POTENTIALS_WITHIN, STEPS_WITHIN, FLAT_WITHIN = 0.01, 1e-3, 0.01, 0.05
DIRECTIONS_WITHIN, RESTING_WITHIN = 0.02, 1e-4
STRIP, FROM, TO = 4.8, 1.76, 3.2  # mm: length of a strip, and where its speed is read
RING_FROM, RING_TO = 1.6, 2.8  # mm from the middle of the disk
PAGE = Page(
    "sheet",
    "The sheet",
    (
        "Written by `python -m validation.sheet_page`; the rule stands at its head, each line set before it was first run.",
        f"Nodes of {1e3 * NODE:g} µm, steps of 40 ms (leao) and 20 ms (eaat), where no other are named.",
    ),
)
CRITICAL_LEVELS = (0.0, 1.0)  # uM memantine beside that of 10 mg a day
_S_PER_MIN = 60.0


class Way(NamedTuple):
    """How a plane wave is computed; None for the usual."""

    node: float = NODE
    dt: float | None = None
    tolerance: float = sheet_state.TOLERANCE
    rests: bool = True


USUAL, FINE = Way(), Way(node=NODE / 2)


def step(piece: solve.TissueSlice) -> float:
    """Return the usual step (s)."""
    n = sheet_request.numbers()
    return n.step if piece.cortex.second is None else n.step_second


def plane(piece: solve.TissueSlice, way: Way = USUAL) -> float:
    """Return the speed (mm/min) of a plane wave along a strip of the sheet."""
    dt = way.dt or step(piece)
    strip = sheet_march.SheetGrid(STRIP, 3 * way.node, way.node, dt, 60.0, 10.0)
    line = solve.Grid(length=STRIP, nodes=strip.nx, dt=dt, duration=60.0)
    driven = solve.drive(piece.cortex, (solve.strong("kcl"),), line)
    zone = np.tile(driven.zone, (strip.ny, 1))
    drive = sheet_march.SheetDrive(driven.events, zone, np.ones_like(zone))
    options = sheet_march.SheetOptions(tolerance=way.tolerance, rests=way.rests)
    return _speed(sheet_march.march(piece, drive, strip, options).arrival[1], way.node)


def on_line(piece: solve.TissueSlice, node: float = NODE) -> float:
    """Return the speed of the same wave along the line."""
    dt = step(piece)
    line = solve.Grid(length=STRIP, nodes=round(STRIP / node), dt=dt, duration=60.0, record=dt)
    marched = solve.integrate(piece, solve.drive(piece.cortex, (solve.strong("kcl"),), line), line)
    voltage = marched.seen[0] * voltage_tables.thermal_voltage(piece.cortex.params)
    times = np.arange(voltage.shape[0]) * dt
    return _speed(arrivals(times, voltage, solve.stimuli().ignition_voltage), node)


def _speed(arrival: Any, node: float) -> float:
    place = (np.arange(arrival.size) + 0.5) * node
    used = (place > FROM) & (place < TO)
    return float(_S_PER_MIN / np.polyfit(place[used], arrival[used], 1)[0])


def directions(piece: solve.TissueSlice, node: float) -> tuple[float, float]:
    """Return the speed (mm/min) of a round front along an axis and along the diagonal of the grid."""
    request = asked(piece, 3.36, 1.0, 0.8, at="0,0 mm", node=node)
    arrival = run(piece, request)[0].arrival
    speeds = []
    for line, apart in ((arrival[0], 1.0), (np.diag(arrival), np.sqrt(2.0))):
        place = (np.arange(line.size) + 0.5) * node
        away = np.hypot(place, 0.5 * node) if apart == 1.0 else place * apart
        used = (away > RING_FROM) & (away < RING_TO)
        speeds.append(float(_S_PER_MIN / np.polyfit(away[used], line[used], 1)[0]))
    return speeds[0], speeds[1]


def asked(
    piece: solve.TissueSlice, size: float, minutes: float, radius: float, at: str | None = None, node: float = NODE
) -> sheet_request.SheetRequest:
    """Return a disk of KCl on a square sheet, in its middle where no place is given."""
    return sheet_request.read(
        sheet_request.SheetTexts(
            size=f"{size} mm", minutes=minutes, radius=f"{radius} mm", at=at or f"{size / 2},{size / 2} mm",
            node=f"{node} mm", dt=f"{step(piece)} s", threads=1,
        )
    )  # fmt: skip


def run(piece: solve.TissueSlice, request: sheet_request.SheetRequest) -> tuple[sheet_march.Marched, dict[str, Any]]:
    """Return a march and its measures."""
    driven = sheet_request.drive(piece.cortex, request, None)
    options = sheet_march.SheetOptions(request.threads, request.return_length)
    marched = sheet_march.march(piece, driven, request.grid, options)
    return marched, sheet_measures.measures(piece, marched, request)


def against_line() -> list[str]:
    """Return the plane wave beside the line's, the steps, the nodes, the directions and the potentials."""
    rows = []
    for name in PRESETS:
        piece = preset_table.under(preset_table.load(name))
        dt = step(piece)
        usual = plane(piece)
        pairs: list[tuple[str, float, float, float]] = [
            ("plane wave over the line's", usual, on_line(piece), SPEED_WITHIN),
            ("the same on nodes of 40 µm", plane(piece, FINE), on_line(piece, FINE.node), SPEED_WITHIN),
            (f"steps of {1e3 * dt:g} over {5e2 * dt:g} ms", usual, plane(piece, Way(dt=dt / 2)), STEPS_WITHIN),
            ("potentials to 1e-6 over 1e-9", usual, plane(piece, Way(tolerance=1e-9)), POTENTIALS_WITHIN),
            ("resting tiles spared over none", usual, plane(piece, Way(rests=False)), RESTING_WITHIN),
        ]
        if piece.cortex.second is not None:
            pairs.insert(3, ("steps of 40 over 20 ms", plane(piece, Way(dt=0.04)), usual, STEPS_WITHIN))
        for node in (NODE, NODE / 2):
            axis, diagonal = directions(piece, node)
            pairs.append((f"diagonal over axis, nodes of {1e3 * node:g} µm", diagonal, axis, DIRECTIONS_WITHIN))
        rows += [
            [f"{name}: {what}", f"{speed:.5g}", f"{beside:.5g}", _within(speed / beside, wanted)]
            for what, speed, beside, wanted in pairs
        ]
    return grid(["what", "speed, mm/min", "beside, mm/min", "rule"], rows)


def _within(ratio: float, wanted: float) -> str:
    percent = 100.0 * (ratio - 1.0)
    return f"{percent:+.3f} % ({'met' if abs(ratio - 1.0) < wanted else '**missed**'}, {100 * wanted:g} % wanted)"


def curved() -> list[str]:
    """Return the fit of speed against curvature for each preset."""
    rows = []
    for name in PRESETS:
        piece = preset_table.under(preset_table.load(name))
        request = asked(piece, 6.4, 1.0, 0.8)
        front = sheet_measures.rings(run(piece, request)[0], request)
        flat = plane(piece)
        if front is None:
            rows.append([name, "too few rings", "", ""])
            continue
        rows.append(
            [
                name,
                f"{front.speed_flat:.3g}; plane {flat:.3g}: {_within(front.speed_flat / flat, FLAT_WITHIN)}",
                f"{front.curvature:.3g}{'' if front.curvature > 0 else ' **missed: not above 0**'}",
                f"{front.speed[0]:.3g} at {front.radius[0]:.2g} mm, {front.speed[-1]:.3g} at {front.radius[-1]:.2g} mm",
            ]
        )
    return grid(["preset", "c0, mm/min", "D, mm²/min", "speed, mm/min"], rows)


def sized() -> list[str]:
    """Return the critical radius of weak KCl, with and without memantine."""
    levels = sorted({*CRITICAL_LEVELS, *sheet_drug.levels().values()} - {sheet_drug.RUN})
    cortices = [preset_table.load(name) for name in PRESETS]
    rows = [row for cortex in cortices for row in sheet_critical.rows(cortex, levels)]
    return [*grid(sheet_critical.HEADER, rows), sheet_critical.finer(cortices[0]), ""]


def broken() -> list[str]:
    """Return what becomes of a broken front."""
    speeds = {name: plane(preset_table.under(preset_table.load(name))) for name in sheet_reentry.BEHIND}
    return sheet_reentry.table(speeds)


def drugged() -> list[str]:
    """Return what memantine changes, in a table and a sentence."""
    rows = sheet_drug.measured()
    lines, levels = sheet_drug.table(rows), sheet_drug.levels()
    for level, dose in (
        (levels["10 mg a day"], "10 mg of memantine a day"),
        (levels["10 mg a day, a run"], "the same dose at the median of a run's patients"),
    ):
        lines += [sheet_drug.sentence(rows, level, dose), ""]
    return lines


def returned() -> list[str]:
    """Return the DC potential at a place that the wave passes, on a closed sheet and with a return path."""
    rows = []
    for name in PRESETS:
        piece = preset_table.under(preset_table.load(name))
        mv = voltage_tables.thermal_voltage(piece.cortex.params)
        for length in (None, sheet_request.numbers().return_length):
            request = asked(piece, 4.8, 2.5, 0.8)._replace(return_length=length)
            marched, measures = run(piece, request)
            y, x = request.grid.ny // 2, request.grid.nx // 2 + 20
            dc = marched.seen[kernel.SEEN_PHI, :, y, x] * mv
            arrival = float(marched.arrival[y, x])
            speed = measures["speed_mm_per_min"]
            rows.append(
                [
                    name,
                    "closed" if length is None else f"returns, {length:g} mm",
                    f"{dc.min():.3g}",
                    f"{dc[int((marched.ended[y, x]) / request.grid.record) :].max():.3g}",
                    f"{dc[-1]:.3g} at {request.grid.duration - arrival:.0f} s after the front",
                    "too few rings" if speed is None else f"{speed:.3g}",
                ]
            )
    return grid(["preset", "sheet", "DC, lowest, mV", "highest after it, mV", "DC at the end, mV", "speed"], rows)


def main(names: list[str]) -> None:
    """Compute the parts that are named, by default all, keep them, and write the page of all that are kept."""
    makers = {
        "line": against_line,
        "curvature": curved,
        "critical": sized,
        "return": returned,
        "reentry": broken,
        "drug": drugged,
    }
    for name in [] if names == ["none"] else names or list(makers):
        lines = makers[name]()
        files.write_text(files.forget(KEPT), json.dumps(_kept() | {name: lines}, indent=1, ensure_ascii=False) + "\n")
    files.forget(DOCS / f"{PAGE.name}.md")
    PAGE.write(PAGE.text(*sections(_kept())))


def _kept() -> dict[str, list[str]]:
    """Return the parts that are kept; read anew each time, so that parts may be computed side by side."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}


def sections(parts: dict[str, list[str]]) -> list[str]:
    """Return the lines of the page; a part that is not kept is said to be not run."""
    lines = []
    for name, title in TITLES.items():
        lines += [f"## {title}", "", *parts.get(name, ["Not run.", ""])]
        if name == "return" and name in parts:
            lines += _remaining(parts[name])
        if name == "reentry":
            lines += sheet_still.lines()
    return lines + _timed()


def _timed() -> list[str]:
    """Return time and memory as benchmarks/bench_sheet.py kept them."""
    lines = ["## Time and memory", ""]
    if not TIMES.is_file():
        return [*lines, "Not measured.", ""]
    kept = tomllib.loads(TIMES.read_text(encoding="utf-8"))
    rows = [
        [f"{each['nodes']} x {each['nodes']}", f"{each['cpu_s']:.4g} ({each['wanted_cpu_s']:g})",
         f"{each['memory_GB']:.2g} ({each['wanted_GB']:g})", f"{each['invaded_percent']:.0f} %"]
        for each in kept["sheet"]
    ]  # fmt: skip
    header = ["nodes of 80 µm, 4 min, steps of 40 ms, one thread", "CPU-s (wanted)", "GB (wanted)", "invaded"]
    return [*lines, *grid(header, rows), f"{kept['machine']}; {kept['note']}", ""]


def _remaining(rows: list[str]) -> list[str]:
    """Return whether the positive shift after the wave is gone where current returns, in words."""
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:] if row]
    left = [f"{row[3]} mV ({row[0]})" for row in cells if row[1].startswith("returns") and float(row[3]) > 1.0]
    return [
        "Closed: against the corner farthest from the stimulus, which the wave reaches in this run, so that the highest"
        " value holds the corner's own shift too. With a return path: against the layer. "
        + (
            f"There a positive shift remains: {', '.join(left)}."
            if left
            else "There no positive shift above 1 mV remains."
        ),
        "",
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
