"""Half of the visual field on a flat primary visual cortex (V1), by the complex logarithm.

    w = k log(z + a),   z = E exp(i theta)   (eccentricity E in degrees, polar angle theta from the horizontal meridian)
so that the linear magnification along the horizontal meridian is k / (E + a), the equation of Horton and Hoyt (1991);
conformal, so that it is the same in all directions. Real measured maps are narrower near the vertical meridian. The
dorsal bank of V1, above on the sheet, holds the lower visual field; each hemisphere holds the other half of the field.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.units import parse
from leao.cortex.sheet_march import SheetGrid

Array = NDArray[np.float64]

HEMIFIELDS = ("left", "right")


class Retinotopy(NamedTuple):
    """The map's constants and what an aura is compared with; ledger ``retinotopy``."""

    scale: Annotated[float, "mm"]
    offset: Annotated[float, "deg"]
    drawing_rate: Annotated[float, "mm/min"]
    imaged_speed: Annotated[float, "mm/min"]
    lowest_eccentricity: Annotated[float, "deg"]
    highest_eccentricity: Annotated[float, "deg"]
    edge_lasts: Annotated[float, "s"]


class FieldOfSheet(NamedTuple):
    """Where in the visual field the nodes of a sheet lie, (y, x)."""

    across: Array  # degrees to the right of fixation
    up: Array  # degrees above it
    eccentricity: Array  # degrees
    seen: NDArray[np.bool_]  # in this half of the field, within the eccentricities


def constants() -> Retinotopy:
    """Return the map's constants."""
    return ledger.params(ledger.read("retinotopy"), Retinotopy)


def magnification(eccentricity: ArrayLike) -> Array:
    """Return the linear magnification (mm/deg) at ``eccentricity`` (deg) on the horizontal meridian."""
    c = constants()
    return c.scale / (np.asarray(eccentricity, dtype=np.float64) + c.offset)


def on_cortex(eccentricity: ArrayLike, angle: ArrayLike) -> tuple[Array, Array]:
    """Return the place (x along the horizontal meridian from the fovea, y; mm) of a point of the field.

    Args:
        eccentricity: degrees.
        angle: from the horizontal meridian, radians, positive for the lower field.
    """
    c = constants()
    z = np.asarray(eccentricity) * np.exp(1j * np.asarray(angle))
    w = c.scale * np.log(z + c.offset) - c.scale * np.log(c.offset)
    return w.real, w.imag


def in_field(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return eccentricity (deg) and angle (radians, positive below) of a place on the cortex (mm)."""
    c = constants()
    z = c.offset * np.exp((np.asarray(x) + 1j * np.asarray(y)) / c.scale) - c.offset
    return np.abs(z), np.angle(z)


def along(start: float, distance: ArrayLike) -> Array:
    """Return the eccentricity (deg) reached after ``distance`` mm outward along the horizontal meridian."""
    c = constants()
    with np.errstate(over="ignore"):  # no visual field reaches so far: infinite, and the sheet is refused for its size
        return (start + c.offset) * np.exp(np.asarray(distance) / c.scale) - c.offset


def eccentricities(text: str) -> tuple[float, float]:
    """Return the lowest and highest eccentricity (deg) of a text such as ``"0.5-40"`` or ``"0.5-40 deg"``.

    Raises:
        ScenarioError: no two numbers, or out of order.
    """
    low, mark, high = text.partition("-")
    wanted = f"eccentricity: found {text!r}, wanted two numbers of degrees, from 0 to 90; write for example '0.5-40'"
    if not mark:
        raise ScenarioError(wanted)
    high = high if high.strip().lstrip("0123456789.eE+") else f"{high} deg"
    ends = [parse(part, "deg", what="eccentricity") for part in (f"{low.removesuffix('deg')} deg", high)]
    if not 0.0 <= ends[0] < ends[1] <= 90.0:  # noqa: PLR2004
        raise ScenarioError(wanted)
    return ends[0], ends[1]


def field_of(grid: SheetGrid, hemifield: str, ends: tuple[float, float]) -> FieldOfSheet:
    """Return where the nodes of a sheet lie: left edge at the lowest eccentricity, middle row on the horizontal.

    Raises:
        ScenarioError: the sheet reaches beyond the highest eccentricity.
    """
    c = constants()
    reached = float(along(ends[0], grid.width))
    if reached > ends[1]:
        longest = c.scale * np.log((ends[1] + c.offset) / (ends[0] + c.offset))
        raise ScenarioError(
            f"size: a sheet of {grid.width:g} mm from {ends[0]:g} deg on reaches {reached:.3g} deg, beyond the"
            f" {ends[1]:g} deg of --eccentricity; wanted a width of {longest:.3g} mm or less, or a larger range"
        )
    start = c.scale * np.log((ends[0] + c.offset) / c.offset)
    x = start + (np.arange(grid.nx) + 0.5) * grid.node
    y = (np.arange(grid.ny) + 0.5) * grid.node - 0.5 * grid.height
    eccentricity, angle = in_field(x[None, :], y[:, None])
    beside = np.abs(angle) <= 0.5 * np.pi
    side = -1.0 if hemifield == "left" else 1.0
    across, up = side * eccentricity * np.cos(angle), -eccentricity * np.sin(angle)
    strip = np.abs(y[:, None]) < c.scale * np.pi  # the logarithm's own branch
    return FieldOfSheet(across, up, eccentricity, beside & strip & (eccentricity <= ends[1]))
