"""What a user asks of a sheet of cortex, in texts with units, turned into a stimulus at a place, a grid and options.

Everything a user can get wrong is refused here in one line, before anything is computed.
"""

from __future__ import annotations

import os
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_SHEET, MOST_SHEET_STEPS, MOST_WORKERS
from leao.cortex import request, sheet_field, sheet_march, solve

Array = NDArray[np.float64]

RETURN_PATHS = ("none", "csf")
FINENESS = 8  # parts of a node's side, by which its share under the edge of a disk is counted
_S_PER_MIN = 60.0


class Numbers(NamedTuple):
    """How a sheet is set up and read; ledger ``sheet``."""

    radius: Annotated[float, "mm"]
    step: Annotated[float, "s"]
    step_second: Annotated[float, "s"]
    return_length: Annotated[float, "mm"]
    latest_start: Annotated[float, "dimensionless"]
    clear_of_edge: Annotated[float, "mm"]
    clear_of_disk: Annotated[float, "mm"]


class SheetTexts(NamedTuple):
    """The stimulus and the sheet as texts with units; None for the usual."""

    stimulus: str = "kcl"
    strength: str | None = None
    at: str | None = None
    radius: str | None = None
    size: str = "20 mm"
    node: str = "80 um"
    dt: str | None = None
    minutes: float = 4.0
    every: str = "2 s"
    return_path: str = "none"
    threads: int | None = None
    field: str | sheet_field.Held | None = None  # file of places that differ


class SheetRequest(NamedTuple):
    """The same as numbers."""

    stimulus: solve.Stimulus  # its zone is the radius of the disk, mm
    at: tuple[float, float]  # x, y in mm
    grid: sheet_march.SheetGrid
    return_length: float | None  # mm
    threads: int


def numbers() -> Numbers:
    """Return how sheets are set up."""
    return ledger.params(ledger.read("sheet"), Numbers)


def with_step(texts: SheetTexts, cortex: solve.Cortex) -> SheetTexts:
    """Return the texts with the step that is converged for ``cortex`` where none is given."""
    n = numbers()
    return texts if texts.dt else texts._replace(dt=f"{n.step if cortex.second is None else n.step_second} s")


def read(texts: SheetTexts) -> SheetRequest:
    """Return what was asked, as numbers.

    Raises:
        ScenarioError: something that cannot be asked; says what to type instead.
    """
    n = numbers()
    applied = request.stimulus(texts.stimulus, texts.strength, texts.radius or f"{n.radius} mm")
    grid = _grid(texts)
    at = (0.15 * grid.width, 0.5 * grid.height) if texts.at is None else _pair("at", texts.at, "'3,10 mm'")
    if not (0.0 <= at[0] <= grid.width and 0.0 <= at[1] <= grid.height):
        raise ScenarioError(
            f"at: found {texts.at!r}, which is off the sheet of {grid.width:g} x {grid.height:g} mm; wanted x from 0 to"
            f" {grid.width:g} and y from 0 to {grid.height:g} mm"
        )
    request.known("return_path", texts.return_path, list(RETURN_PATHS))
    threads = os.cpu_count() or 1 if texts.threads is None else texts.threads
    if not 1 <= threads <= MOST_WORKERS:
        raise ScenarioError(f"threads: found {threads}, wanted 1 to {MOST_WORKERS}")
    return SheetRequest(applied, at, grid, n.return_length if texts.return_path == "csf" else None, threads)


def check_memory(grid: sheet_march.SheetGrid, subtypes: int, runs: int) -> None:
    """Refuse a sheet that would not fit, or would take days.

    Raises:
        ScenarioError: says how much it would take.
    """
    pictures = (runs - 1) * grid.pictures * grid.nx * grid.ny * 4.0 * 6
    needed = sheet_march.bytes_needed(grid, subtypes, drugged=True) + pictures
    if needed > LARGEST_SHEET:
        raise ScenarioError(
            f"sheet: {grid.nx} x {grid.ny} nodes and {grid.pictures} pictures would take {needed / 1e9:.3g} GB of"
            f" memory, wanted at most {LARGEST_SHEET / 1e9:g} GB; a smaller --size, a longer --node or a longer --every"
        )
    if grid.nx * grid.ny * grid.steps > MOST_SHEET_STEPS:
        raise ScenarioError(
            f"sheet: {grid.nx} x {grid.ny} nodes and {grid.steps} steps, wanted at most {MOST_SHEET_STEPS:.0e}"
            " together; a smaller --size, a longer --node or --dt, or fewer --minutes"
        )


def drive(
    cortex: solve.Cortex,
    asked: SheetRequest,
    excitability: ArrayLike | None,
    field: str | sheet_field.Held | None = None,
) -> sheet_march.SheetDrive:
    """Return the disturbance: the stimulus over its disk, and how its places differ.

    Args:
        cortex: the tissue.
        asked: stimulus and sheet.
        excitability: factors on release of glutamate (y, x); None for 1 everywhere.
        field: file of places that differ (cortex/sheet_field.py), in its stead.

    Raises:
        ScenarioError: an excitability of another shape, a factor below zero, a file that is not understood, or both.
    """
    grid = asked.grid
    line = solve.Grid(length=1.0, nodes=10, dt=grid.dt, duration=grid.duration)
    events = solve.drive(cortex, (asked.stimulus,), line).events
    shape = (grid.ny, grid.nx)
    if field is not None:
        if excitability is not None:
            raise ScenarioError("field: found an excitability, too; wanted the one or the other, the file's column")
        places = sheet_field.read(field, grid, cortex)
        zone = disk(grid, asked.at, asked.stimulus.zone)
        return sheet_march.SheetDrive(events, zone, places.excitability, places.receptors)
    factors = np.ones(shape) if excitability is None else np.asarray(excitability, dtype=np.float64)
    if factors.shape != shape or not np.all(np.isfinite(factors) & (factors >= 0.0)):
        raise ScenarioError(f"excitability: found shape {factors.shape}, wanted (y, x) = {shape} of factors 0 or more")
    return sheet_march.SheetDrive(events, disk(grid, asked.at, asked.stimulus.zone), factors)


def disk(grid: sheet_march.SheetGrid, at: tuple[float, float], radius: float) -> Array:
    """Return the share of each node (y, x) within ``radius`` mm of ``at`` (x, y)."""
    part = (np.arange(FINENESS) + 0.5) / FINENESS
    x = (np.arange(grid.nx)[:, None] + part).ravel() * grid.node - at[0]
    y = (np.arange(grid.ny)[:, None] + part).ravel() * grid.node - at[1]
    inside = (x[None, :] ** 2 + y[:, None] ** 2 <= radius**2).astype(np.float64)
    return inside.reshape(grid.ny, FINENESS, grid.nx, FINENESS).mean(axis=(1, 3))


def _grid(texts: SheetTexts) -> sheet_march.SheetGrid:
    width, height = _pair("size", texts.size, "'20 mm' or '20,10 mm'")
    base = sheet_march.SheetGrid()
    node = request.within("node", texts.node, "mm", above=True)
    coarsest = request.numbers().coarsest_node
    if node > coarsest * (1.0 + 1e-9):
        raise ScenarioError(
            f"node: found {node:g} mm, too coarse for the wave, which would jump from node to node; wanted"
            f" {coarsest:g} mm or less; write for example '80 um'"
        )
    if min(width, height) < node:
        raise ScenarioError(f"size: found {texts.size!r}, wanted at least one node of {node:g} mm on every side")
    longest = MOST_SHEET_STEPS * base.dt / _S_PER_MIN
    if not 0.0 < texts.minutes <= longest:
        raise ScenarioError(
            f"minutes: found {texts.minutes:g}, wanted above 0 and at most {longest:g}; write --minutes 4"
        )
    grid = sheet_march.SheetGrid(
        round(width / node) * node,
        round(height / node) * node,
        node,
        base.dt if texts.dt is None else request.within("dt", texts.dt, "s", above=True),
        texts.minutes * _S_PER_MIN,
        request.within("every", texts.every, "s", above=True),
    )
    if grid.steps < 1 or grid.record > grid.duration:
        raise ScenarioError(
            f"minutes: found {texts.minutes:g} in steps of {grid.dt:g} s with a picture every {grid.record:g} s, wanted"
            " at least one of each"
        )
    return grid


def _pair(what: str, text: str, example: str) -> tuple[float, float]:
    """Return two lengths in mm from a text such as ``"3,10 mm"``; one length counts twice.

    Raises:
        ScenarioError: more than two, none, or no length.
    """
    *first, last = text.split(",")
    if len(first) > 1:
        raise ScenarioError(f"{what}: found {text!r}, wanted x and y; write for example {example}")
    y = request.within(what, last, "mm")
    if not first:
        if what == "at":
            raise ScenarioError(f"{what}: found {text!r}, wanted x and y; write for example {example}")
        return y, y
    unit = last.strip().lstrip("+-.0123456789eE").strip()
    x = first[0] if request.has_unit(first[0]) else f"{first[0].strip()} {unit}"
    return request.within(what, x, "mm"), y
