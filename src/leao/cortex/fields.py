"""Whole states of a line over time as one labelled dataset: every compartment, every receptor state, with units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leao.core.variables import attributes
from leao.cortex import simulation, solve, voltage_tables
from leao.cortex.kernels import line as kernel
from leao.cortex.kernels import nmda, node

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_MM, _UM = 1e3, 1e6  # per mmol/cm3
PERCENT = 100.0
IONS = ("sodium", "potassium", "chloride", "glutamate")
PLACES = ("neuron", "glia", "outside")
STATES = ("R", "L", "D", "X")
LAYERS = ("free", "trapped")
STATE_NOTE = (
    "R: glutamate not or half bound; L: bound, open or shut; D: desensitised; X: deeply desensitised;"
    " trapped: the same states with drug held in the pore"
)


def dataset(
    pair: tuple[solve.TissueSlice, solve.TissueSlice],
    marched: solve.Integrated,
    grid: solve.Grid,
    every: float,
    excitability: Array | None = None,
) -> xr.Dataset:
    """Return the whole states of a march as (time, x), with unit and long name of each variable.

    Args:
        pair: the slice that was marched, and the same tissue without drug.
        marched: its march, with whole states.
        grid: the line and the march.
        every: seconds between whole states, as they were asked for.
        excitability: factor on glutamate release (node,), if any.
    """
    import xarray as xr

    piece, free = pair
    state, gate = marched.snap.state, marched.snap.gate
    steps = max(1, round(every / grid.dt))
    times = np.arange(state.shape[0], dtype=np.float64) * steps * grid.dt
    value = _compartments(state) | _potentials(piece, state)
    shown = _seen_at(times, grid)
    value["dc"] = marched.seen[kernel.SEEN_PHI][shown] * voltage_tables.thermal_voltage(piece.cortex.params)
    value["receptor_block"] = block(pair, gate, value["voltage"])
    variables: dict[str, Any] = {name: (("time", "x"), values, attributes(name)) for name, values in value.items()}
    layers = gate.reshape(gate.shape[0], gate.shape[1], len(LAYERS), len(STATES), grid.nodes)
    dims = ("subtype", "layer", "state", "time", "x")
    variables["receptor"] = (
        dims,
        np.ascontiguousarray(np.moveaxis(layers, 0, 3)),
        attributes("receptor") | {"states": STATE_NOTE},
    )
    even = np.ones(grid.nodes) if excitability is None else np.asarray(excitability, dtype=np.float64)
    variables["excitability"] = ("x", even, attributes("excitability"))
    coords: dict[str, Any] = {
        "time": ("time", times, attributes("time")),
        "x": ("x", simulation.place(grid), attributes("x")),
        "subtype": ("subtype", list(piece.receptors.names)),
        "layer": ("layer", list(LAYERS)),
        "state": ("state", list(STATES)),
    }
    return xr.Dataset(variables, coords)


def block(pair: tuple[solve.TissueSlice, solve.TissueSlice], gate: Array, voltage: Array) -> Array:
    """Return the per cent of the NMDA current that drug takes from activated receptors, (time, x).

    Activated is L, with or without trapped drug: 1 - sum W L m bare / sum W (L + L_T) m, m without Mg2+, bare without
    drug at the superficial site. An antagonist, which scales W, counts as block.
    """
    piece, free = pair
    passing, whole = np.zeros(voltage.shape), np.zeros(voltage.shape)
    for s in range(gate.shape[1]):
        under = np.interp(voltage, voltage_tables.VOLTAGES, piece.receptors.open_share[s])
        without = np.interp(voltage, voltage_tables.VOLTAGES, free.receptors.open_share[s])
        ready = gate[:, s, nmda.L] + gate[:, s, nmda.L_T]
        passing += piece.receptors.constants[s, nmda.WEIGHT] * gate[:, s, nmda.L] * under
        whole += free.receptors.constants[s, nmda.WEIGHT] * ready * without
    return PERCENT * (1.0 - passing / whole)


def labelled(values: xr.Dataset, answer: Mapping[str, Any]) -> xr.Dataset:
    """Return ``values`` with the plain values of ``answer`` as attributes; one without an answer is absent."""
    for name, value in answer.items():
        if isinstance(value, bool):
            values.attrs[name] = int(value)
        elif isinstance(value, (int, float, str)):
            values.attrs[name] = value
    return values


def _compartments(state: Array) -> dict[str, Array]:
    inside = state[:, :, node.ALPHA_N], state[:, :, node.ALPHA_G]
    volumes = (*inside, 1.0 - inside[0] - inside[1])
    entries = {}
    for k, where in enumerate(PLACES):
        for i, ion in enumerate(IONS):
            small = ion == "glutamate" and where != "neuron"
            entries[f"{ion}_{where}"] = state[:, :, 4 * k + i] / volumes[k] * (_UM if small else _MM)
        entries[f"volume_{where}"] = volumes[k]
    return entries


def _potentials(piece: solve.TissueSlice, state: Array) -> dict[str, Array]:
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    potentials = {
        "voltage": state[:, :, node.V_N] * mv,
        "voltage_glia": state[:, :, node.V_G] * mv,
        "nap_available": state[:, :, node.H_NAP].copy(),
        "vesicles": state[:, :, node.POOL].copy(),
    }
    return potentials if piece.cortex.second is None else potentials | {"reserve": state[:, :, node.N_STATE].copy()}


def _seen_at(times: Array, grid: solve.Grid) -> NDArray[np.intp]:
    """Return the recorded times at or just before those of the whole states."""
    return np.floor(times / (grid.record_every * grid.dt) + 1e-9).astype(np.intp)
