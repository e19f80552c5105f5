"""A march over a sheet as one labelled dataset: pictures over (time, y, x), arrivals over (y, x), with units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leao.core.variables import attributes
from leao.cortex import fields, sheet_march, sheet_measures, voltage_tables
from leao.cortex.aura_experiment import AuraResult
from leao.cortex.kernels import sheet as kernel
from leao.cortex.sheet_experiment import SheetResult

if TYPE_CHECKING:
    import xarray as xr

RULES = (
    "A node is depolarised above the ignition voltage; arrival: first time, linear within a step; ended: when it fell"
    " below again. dc: against the corner farthest from the stimulus, with a return path against the layer that"
    " conducts back. invaded: depolarised at any time. speed: outer half of the rings around the stimulus; flat speed"
    " c0 and D: fit of c0 - D / radius over the rings. duration: median of the first depolarisation outside the"
    " stimulus. dc_shift: lowest DC half-way to the farthest corner; dc_after: highest there after it repolarised."
)
SHOWN = (  # name, field of the kernel, factor (0: the thermal voltage)
    ("voltage", kernel.SEEN_V, 0.0),
    ("potassium_outside", kernel.SEEN_K, 1e3),
    ("glutamate_outside", kernel.SEEN_GLU, 1e6),
    ("dc", kernel.SEEN_PHI, 0.0),
    ("volume_outside", kernel.SEEN_ECS, 1.0),
    ("reserve", kernel.SEEN_ENERGY, 1.0),
)


def dataset(done: SheetResult, *, control: bool = False) -> xr.Dataset:
    """Return the march, or its control, as (time, y, x), with the plain measures as attributes."""
    import xarray as xr

    marched = done.control if control and done.control is not None else done.marched
    grid, second = done.asked.grid, done.pair[0].cortex.second is not None
    mv = np.float32(voltage_tables.thermal_voltage(done.pair[0].cortex.params))
    variables: dict[str, Any] = {
        name: (("time", "y", "x"), marched.seen[row] * (np.float32(factor) or mv), _own(name))
        for name, row, factor in SHOWN
        if second or name != "reserve"
    }
    variables["arrival"] = (("y", "x"), marched.arrival, attributes("arrival"))
    variables["ended"] = (("y", "x"), marched.ended, attributes("ended"))
    variables["excitability"] = (("y", "x"), done.excitability, attributes("excitability"))
    coords: dict[str, Any] = {
        "time": ("time", times(grid), attributes("time")),
        "y": ("y", (np.arange(grid.ny) + 0.5) * grid.node, attributes("y")),
        "x": ("x", (np.arange(grid.nx) + 0.5) * grid.node, attributes("x")),
    }
    front = sheet_measures.rings(marched, done.asked)
    if front is not None:
        coords["ring"] = ("ring", front.radius, attributes("ring"))
        variables["ring_arrival"] = ("ring", front.arrival, attributes("arrival"))
        variables["ring_speed"] = ("ring", front.speed, attributes("wave_speed"))
    values = fields.labelled(xr.Dataset(variables, coords), _plain(done, control=control))
    values.attrs["rules"] = RULES
    return values


def of_aura(done: AuraResult, *, control: bool = False) -> xr.Dataset:
    """Return the pictures of an aura, with the place of each node in the visual field."""
    values = dataset(done.sheet, control=control)
    seen = done.field.seen
    for name, place in (("field_across", done.field.across), ("field_up", done.field.up)):
        values[name] = (("y", "x"), np.where(seen, place, np.nan), attributes(name))
    return fields.labelled(values, done.answer)


def times(grid: sheet_march.SheetGrid) -> np.ndarray:
    """Return the times of the pictures, s."""
    return np.arange(grid.pictures) * grid.record_every * grid.dt


def _plain(done: SheetResult, *, control: bool) -> dict[str, Any]:
    if control and done.answer["control"]:
        return done.answer | done.answer["control"] | {"concentration_uM": 0.0}
    return done.answer


def _own(name: str) -> dict[str, str]:
    labels = attributes(name)
    return labels | {"long_name": "extracellular potential"} if name == "dc" else labels
