"""Places of a sheet that differ from the rest, from a table: excitability, scars, more or less of GluN2C and 2D.

Columns ``x_mm`` and ``y_mm`` from the lower left corner, and at least one of
    ``excitability``   factor on glutamate release, 0 or more
    ``scar``           share of the cells that are lost, 0 to 1: they release nothing and open no NMDA receptor, while
                       ions still diffuse there and glia still takes them up
    ``share_2C_2D``    share of the NMDA current that GluN2C and 2D carry, 0 to 1
With a column ``radius_mm`` each row is a disk, a later one over an earlier, and the rest of the sheet is as usual.
Without it the rows are points of a field that covers the sheet, and each node takes the nearest.
An empty cell leaves its number as it is. Such places start from the common rest and settle to their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import files, tables
from leao.core.errors import ScenarioError
from leao.cortex import solve
from leao.cortex.drugged_receptors import mixture
from leao.cortex.sheet_state import SheetGrid
from leao.receptor import equilibrium_block

Array = NDArray[np.float64]

PLACES = ("x_mm", "y_mm")
RADIUS = "radius_mm"
QUANTITIES = {"excitability": 1.0, "scar": 0.0, "share_2C_2D": None}  # what is there where nothing is said
SHARES = ("scar", "share_2C_2D")
FARTHEST = 1.0  # of the distance between neighbouring points: a node farther from all of them is not covered


class Held(NamedTuple):
    """A file of places that is in memory: what messages call it, and its bytes."""

    name: str
    content: bytes


class SheetField(NamedTuple):
    """Factors on release (y, x), and on the open receptors of each subtype (subtype, y, x), None for 1 everywhere."""

    excitability: Array
    receptors: Array | None


def name_of(source: str | Path | Held) -> str:
    """Return what messages and answers call a file."""
    return source.name if isinstance(source, Held) else Path(source).name


def read(source: str | Path | Held, grid: SheetGrid, cortex: solve.Cortex) -> SheetField:
    """Return the field of a file over the nodes of ``grid``.

    Raises:
        ScenarioError: a file that cannot be read, other columns, numbers out of range, points that leave nodes out.
    """
    content = source.content if isinstance(source, Held) else files.read_bytes(Path(source))
    return of_bytes(name_of(source), content, grid, cortex)


def of_bytes(name: str, content: bytes, grid: SheetGrid, cortex: solve.Cortex) -> SheetField:
    """Return the field that a table holds; ``name`` is what messages call it."""
    table = tables.read(name, content)
    known = (*PLACES, RADIUS, *QUANTITIES)
    strange = [column for column in table.header if column not in known]
    given = [column for column in QUANTITIES if column in table.header]
    absent = [column for column in PLACES if column not in table.header]
    if strange or absent or not given:
        raise ScenarioError(
            f"{name}: found the columns {', '.join(table.header)}; wanted {', '.join(PLACES)}, at least one of"
            f" {', '.join(QUANTITIES)}, for disks {RADIUS}, and no other"
        )
    if not table.height:
        raise ScenarioError(f"{name}: found no row below the header, wanted one for each place")
    columns = {column: _numbers(table, column, grid) for column in table.header}
    nodes = _disks(columns, grid) if RADIUS in columns else _nearest(name, columns, grid)
    values = {quantity: _spread(columns, quantity, nodes) for quantity in given}
    return _factors(name, values, cortex, (grid.ny, grid.nx))


def _numbers(table: tables.Table, column: str, grid: SheetGrid) -> Array:
    """Return a column, NaN where a number is left out; places and sizes may not be."""
    values = table.numbers(column)
    upper = {"x_mm": grid.width, "y_mm": grid.height}.get(column, 1.0 if column in SHARES else np.inf)
    for record, value in enumerate(values):
        if np.isnan(value) and column in QUANTITIES:
            continue
        if not 0.0 <= value <= upper or (column == RADIUS and value == 0.0):
            what = "nothing" if np.isnan(value) else f"{value:g}"
            top = "above 0" if column == RADIUS else f"0 to {upper:g}" if np.isfinite(upper) else "0 or more"
            raise table.error(record, f"{column}: found {what}, wanted {top}")
    return values


def _middles(grid: SheetGrid) -> tuple[Array, Array]:
    x: Array = (np.arange(grid.nx, dtype=np.float64) + 0.5) * np.float64(grid.node)
    y: Array = (np.arange(grid.ny, dtype=np.float64) + 0.5) * np.float64(grid.node)
    return x[None, :], y[:, None]


def _disks(columns: dict[str, Array], grid: SheetGrid) -> list[NDArray[np.bool_]]:
    """Return which nodes (y, x) each row holds."""
    x, y = _middles(grid)
    rows = zip(columns["x_mm"], columns["y_mm"], columns[RADIUS], strict=True)
    return [np.hypot(x - at_x, y - at_y) <= radius for at_x, at_y, radius in rows]


def _nearest(name: str, columns: dict[str, Array], grid: SheetGrid) -> NDArray[np.int64]:
    """Return which row (y, x) is nearest to each node.

    Raises:
        ScenarioError: points that leave a part of the sheet out.
    """
    from scipy.spatial import KDTree

    points = np.column_stack([columns["x_mm"], columns["y_mm"]])
    x, y = np.broadcast_arrays(*_middles(grid))
    tree = KDTree(points)
    away, index = tree.query(np.column_stack([x.ravel(), y.ravel()]))
    apart = tree.query(points, k=2)[0][:, 1].max() if len(points) > 1 else 0.0
    if away.max() > FARTHEST * apart + grid.node:
        far = int(np.argmax(away))
        raise ScenarioError(
            f"{name}: found no point near {x.ravel()[far]:.3g},{y.ravel()[far]:.3g} mm of the sheet of {grid.width:g} x"
            f" {grid.height:g} mm (the nearest is {away.max():.3g} mm away); wanted points over all of it, or a column"
            f" {RADIUS} for disks"
        )
    return np.asarray(index, dtype=np.int64).reshape(grid.ny, grid.nx)


def _spread(columns: dict[str, Array], quantity: str, nodes: list[NDArray[np.bool_]] | NDArray[np.int64]) -> Array:
    """Return a quantity over the nodes, NaN where nothing is said."""
    values = columns[quantity]
    if isinstance(nodes, np.ndarray):
        return values[nodes]
    out = np.full(nodes[0].shape, np.nan)
    for inside, value in zip(nodes, values, strict=True):
        if not np.isnan(value):
            out[inside] = value
    return out


def _factors(name: str, values: dict[str, Array], cortex: solve.Cortex, shape: tuple[int, int]) -> SheetField:
    """Return the factors that the quantities of a table make."""
    alive = 1.0 - np.nan_to_num(values.get("scar", np.zeros(shape)))
    release = np.nan_to_num(values.get("excitability", np.ones(shape)), nan=1.0) * alive
    share = values.get("share_2C_2D", np.full(shape, np.nan))
    usual = cortex.params.share_2C_2D
    differs = np.isfinite(share)
    if differs.any() and not 0.0 < usual < 1.0:
        raise ScenarioError(
            f"{name}: share_2C_2D, but {cortex.name} has a share of {usual:g} of them and no receptors to take more of;"
            " write --set share_2C_2D=0.15 with it, or leave the column out"
        )
    if not differs.any() and bool((alive == 1.0).all()):
        return SheetField(release, None)
    here = equilibrium_block.shares(mixture()._replace(share_2C_2D=np.where(differs, share, usual)))
    base = equilibrium_block.shares(mixture()._replace(share_2C_2D=usual))
    rows = [here[subtype] / base[subtype] * alive for subtype in cortex.receptors.names]
    return SheetField(release, np.ascontiguousarray(np.stack(rows)))
