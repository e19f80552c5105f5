"""The second model at rest: transport of glutamate held in balance by a tonic leak, pumps fed by a reserve.

The resting level of glutamate outside is an input. Transport then carries J_n + J_g inwards for ever, which the leak of
the neurone returns; the shuttle from glia carries J_g back, so glia hold G_g = R_g G_n + J_g t_shuttle. Each molecule
brings 3 Na+ in and takes 1 K+ out, so pumps and Na+ leaks of rest are those of the first model (``tissue``) and
    pump_k f_k += J_k / 2,    leak_k drive_k += 3/2 J_k,    drive = ln(Na_in / Na_out) + v.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError, SolverError
from leao.cortex import tables, tissue
from leao.cortex.kernels import node as kernel
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.tissue import Tissue
from leao.cortex.params import Bath, Gates, Homeostasis, Params
from leao.cortex.receptors import Receptors

Array = NDArray[np.float64]

_CELLS = ("neurone", "glia")
_TURNS = 60  # of the fixed point of the glial glutamate, which moves by some 1e-6 of itself at each


class SecondModel(NamedTuple):
    """The constants of a node of the second model, its state at rest, and the transport of glutamate there."""

    tissue: Tissue
    homeostat: Homeostat
    rest: Array  # (column,), the reserve last
    transport: Array  # (2,) mmol/cm3/s into neurone and glia


def resting(params: Params, own: Homeostasis) -> Params:
    """Return ``params`` with the outside glutamate of rest that ``own`` names, as the first model's ratio."""
    if own.uptake_saturable == 0.0:
        return params
    inside = params.glutamate_ratio_glia * params.glutamate_neuron
    return params._replace(glutamate_ratio_outside=own.glutamate_rest / inside)


def build(params: Params, own: Homeostasis, gates: Gates, free: Receptors, bath: Bath) -> SecondModel:
    """Return a node of the second model, in balance without drug; ``params`` come from ``resting``.

    Raises:
        ScenarioError: receptors of the published model, or a number out of its range.
        SolverError: a pump, a leak or the transport of glutamate would have to run backwards at rest.
    """
    _checked(params, own)
    constants, first = tissue.build(params, gates, free, bath)
    alpha = np.repeat([params.neuron_fraction, params.glia_fraction, constants.ecs_rest], 4)
    state = np.append(first, 1.0)
    c = state[:12] / alpha
    carried = np.zeros(2)
    if own.uptake_saturable != 0.0:
        c[kernel.GLU_G], carried = _transport(params, own, c, state)
        state[kernel.GLU_G] = c[kernel.GLU_G] * params.glia_fraction
        constants = _rebalanced(params, constants, c, state, carried)
    pumped = _pumped(constants, c)
    per_rt = own.transport_capacity if own.uptake_saturable else 0.0
    homeostat = Homeostat(
        saturable=own.uptake_saturable,
        capacity_neuron=per_rt * own.transport_neuron_share,
        capacity_glia=per_rt * (1.0 - own.transport_neuron_share),
        half=own.transport_half,
        sensitivity=own.transport_sensitivity,
        proton_ratio=own.transport_proton_ratio,
        voltage_neuron=float(state[kernel.V_N]),
        voltage_glia=float(state[kernel.V_G]),
        tonic=float(carried.sum()),
        reserve=0.0 if np.isinf(own.pump_ceiling) else 1.0,
        oxygen=own.oxygen,
        depth=1.0 if np.isinf(own.pump_ceiling) else 1.0 / (own.pump_ceiling - 1.0),
        store=own.energy_store,
        energy_half=own.energy_half,
        turnover=pumped,
        left_neuron=own.pump_left_neuron,
        left_glia=own.pump_left_glia,
        water_glia=own.water_permeability_glia / tables.separation(params),
    )
    return SecondModel(constants._replace(vascular=0.0), homeostat, state, carried)


def switched_off(constants: Tissue) -> Homeostat:
    """Return the constants with which a node of the second model is one of the first."""
    off = dict.fromkeys(Homeostat._fields, 0.0)
    ones = dict.fromkeys(("depth", "store", "turnover", "energy_half", "half", "left_neuron", "left_glia"), 1.0)
    return Homeostat(**off | ones | {"water_glia": constants.water})


def _checked(params: Params, own: Homeostasis) -> None:
    if params.receptor_kinetics == 0.0:
        raise ScenarioError(
            "cortex, second model: found receptors that open at once with glutamate, wanted receptor_kinetics 1;"
            " take a preset with the receptors' own kinetics"
        )
    if own.uptake_saturable not in (0.0, 1.0):
        raise ScenarioError(f"uptake_saturable: found {own.uptake_saturable:g}, wanted 0 (first order) or 1")
    if not own.pump_ceiling > 1.0:
        raise ScenarioError(f"pump_ceiling: found {own.pump_ceiling:g}, wanted above 1, the turnover of rest")
    if not (own.energy_store > 0.0 and own.energy_half > 0.0):
        raise ScenarioError("energy_store, energy_half: found 0 or less, wanted above 0")
    if not 0.0 <= own.transport_neuron_share <= 1.0:
        raise ScenarioError(f"transport_neuron_share: found {own.transport_neuron_share:g}, wanted 0 to 1")


def _transport(params: Params, own: Homeostasis, c: Array, state: Array) -> tuple[float, Array]:
    """Return the glial glutamate (mmol/cm3) and the transport into neurone and glia at rest."""
    outside, inside = own.glutamate_rest, c[kernel.GLU_N]
    capacity = own.transport_capacity * np.array([own.transport_neuron_share, 1.0 - own.transport_neuron_share])
    sodium = np.array([c[kernel.NA_N], c[kernel.NA_G]]) / c[kernel.NA_E]
    potassium = np.array([c[kernel.K_N], c[kernel.K_G]]) / c[kernel.K_E]
    voltage = state[[kernel.V_N, kernel.V_G]]
    q = own.transport_proton_ratio * sodium**3 / potassium * np.exp(2.0 * voltage)
    glia = params.glutamate_ratio_glia * inside
    carried = np.zeros(2)
    for _ in range(_TURNS):
        held = np.array([inside, glia])
        carried = capacity * (outside - q * held) / (own.transport_half + outside + q * held)
        glia = params.glutamate_ratio_glia * inside + carried[1] * params.shuttle_time
    for name, value in zip(_CELLS, carried, strict=True):
        if value < 0.0:
            raise SolverError(
                f"cortex at rest: transport would bring glutamate out of the {name} ({value:.3g} mmol/cm3/s);"
                " raise glutamate_rest or lower the cell's glutamate"
            )
    return float(glia), carried


def _rebalanced(params: Params, constants: Tissue, c: Array, state: Array, carried: Array) -> Tissue:
    """Return ``constants`` whose pumps, leaks and immobile amounts balance the ions that transport carries."""
    factor_n = kernel.pump_factor(c[kernel.K_E], c[kernel.NA_N], params.pump_potassium, params.pump_sodium_neuron)
    factor_g = kernel.pump_factor(c[kernel.K_E], c[kernel.NA_G], params.pump_potassium, params.pump_sodium_glia)
    drive_n = np.log(c[kernel.NA_N] / c[kernel.NA_E]) + state[kernel.V_N]
    drive_g = np.log(c[kernel.NA_G] / c[kernel.NA_E]) + state[kernel.V_G]
    leaks = constants.leak_sodium + 1.5 * carried[0] / drive_n, constants.glia_sodium + 1.5 * carried[1] / drive_g
    for name, value in zip(_CELLS, leaks, strict=True):
        if not value > 0.0:
            raise SolverError(
                f"cortex at rest: the Na+ leak of the {name} would be {value:.3g} mmol/cm3/s, wanted above 0; lower"
                " transport_capacity or glutamate_rest"
            )
    outside = params.immobile_outside / constants.ecs_rest + c[8:12].sum()
    return constants._replace(
        pump_neuron=constants.pump_neuron + carried[0] / (2.0 * factor_n),
        pump_glia=constants.pump_glia + carried[1] / (2.0 * factor_g),
        leak_sodium=float(leaks[0]),
        glia_sodium=float(leaks[1]),
        immobile_glia=params.glia_fraction * float(outside - c[4:8].sum()),
    )


def _pumped(constants: Tissue, c: Array) -> float:
    """Return both pumps at rest, mmol/cm3/s."""
    neuron = constants.pump_neuron * kernel.pump_factor(
        c[kernel.K_E], c[kernel.NA_N], constants.pump_potassium, constants.pump_sodium_neuron
    )
    glia = constants.pump_glia * kernel.pump_factor(
        c[kernel.K_E], c[kernel.NA_G], constants.pump_potassium, constants.pump_sodium_glia
    )
    return float(neuron + glia)
