"""Reading a run's results for drawing: a whole group or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.runs import Group, Groups


def group(tree: Groups, name: str, *wanted: str) -> Group | None:
    """Return the group ``name``, or None where the run has not all the wanted variables."""
    entry = tree.get(name)
    return entry if entry is not None and all(key in entry for key in wanted) else None


def values(data: Group, name: str) -> NDArray[np.float64]:
    """Return a variable as plain float64 array."""
    return np.asarray(data[name].values, dtype=np.float64)


def axis(data: Group, name: str) -> NDArray[Any]:
    """Return the coordinate ``name``, or 0, 1, 2 ... where the run stored none."""
    return np.asarray(data[name].values) if name in data.coords else np.arange(data.sizes[name])


def names(data: Group, name: str) -> list[str]:
    """Return a coordinate's labels as text."""
    return [str(item) for item in axis(data, name)]


def unit(data: Group, name: str, otherwise: str) -> str:
    """Return the unit of a variable or coordinate as a person writes it."""
    unit = str(data[name].attrs.get("units", otherwise)) if name in data else otherwise
    return {"uM": "\N{MICRO SIGN}M", "percent": "%", "dimensionless": "", "1": ""}.get(unit, unit)


def millivolts(data: Group, name: str) -> NDArray[np.float64]:
    """Return a voltage coordinate in mV, stored as numbers or as text such as ``-66mV``."""
    return np.array([float(str(item).removesuffix("mV")) for item in axis(data, name)])


def finite(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the draws that are numbers."""
    return draws[np.isfinite(draws)]
