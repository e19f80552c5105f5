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
from leao.cortex import tissue, voltage_tables
from leao.cortex.kernels import node as kernel
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.tissue import Tissue
from leao.cortex.ledger_numbers import Bath, Gates, Homeostasis, TissueNumbers
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


def resting(params: TissueNumbers, second: Homeostasis) -> TissueNumbers:
    """Return ``params`` with the outside glutamate of rest that ``second`` names, as the first model's ratio."""
    if second.uptake_saturable == 0.0:
        return params
    inside = params.glutamate_ratio_glia * params.glutamate_neuron
    return params._replace(glutamate_ratio_outside=second.glutamate_rest / inside)


def build(
    params: TissueNumbers, second: Homeostasis, gates: Gates, free_receptors: Receptors, bath: Bath
) -> SecondModel:
    """Return a node of the second model, in balance without drug; ``params`` come from ``resting``.

    Raises:
        ScenarioError: receptors of the published model, or a number out of its range.
        SolverError: a pump, a leak or the transport of glutamate would have to run backwards at rest.
    """
    _check(params, second)
    constants, first_model = tissue.build(params, gates, free_receptors, bath)
    alpha = np.repeat([params.neuron_fraction, params.glia_fraction, constants.ecs_rest], 4)
    state = np.append(first_model, 1.0)
    conc = state[:12] / alpha
    transported = np.zeros(2)
    if second.uptake_saturable != 0.0:
        conc[kernel.GLU_G], transported = _transport(params, second, conc, state)
        state[kernel.GLU_G] = conc[kernel.GLU_G] * params.glia_fraction
        constants = _rebalanced(params, constants, conc, state, transported)
    turnover = _pump_turnover(constants, conc)
    capacity = second.transport_capacity if second.uptake_saturable else 0.0
    homeostat = Homeostat(
        saturable=second.uptake_saturable,
        capacity_neuron=capacity * second.transport_neuron_share,
        capacity_glia=capacity * (1.0 - second.transport_neuron_share),
        half=second.transport_half,
        sensitivity=second.transport_sensitivity,
        proton_ratio=second.transport_proton_ratio,
        voltage_neuron=float(state[kernel.V_N]),
        voltage_glia=float(state[kernel.V_G]),
        tonic=float(transported.sum()),
        reserve=0.0 if np.isinf(second.pump_ceiling) else 1.0,
        oxygen=second.oxygen,
        depth=1.0 if np.isinf(second.pump_ceiling) else 1.0 / (second.pump_ceiling - 1.0),
        store=second.energy_store,
        energy_half=second.energy_half,
        turnover=turnover,
        left_neuron=second.pump_left_neuron,
        left_glia=second.pump_left_glia,
        water_glia=second.water_permeability_glia / voltage_tables.separation(params),
    )
    return SecondModel(constants._replace(vascular=0.0), homeostat, state, transported)


def switched_off(constants: Tissue) -> Homeostat:
    """Return the constants with which a node of the second model is one of the first."""
    off = dict.fromkeys(Homeostat._fields, 0.0)
    ones = dict.fromkeys(("depth", "store", "turnover", "energy_half", "half", "left_neuron", "left_glia"), 1.0)
    return Homeostat(**off | ones | {"water_glia": constants.water})


def _check(params: TissueNumbers, second: Homeostasis) -> None:
    if params.receptor_kinetics == 0.0:
        raise ScenarioError(
            "cortex, second model: found receptors that open at once with glutamate, wanted receptor_kinetics 1;"
            " take a preset with the receptors' own kinetics"
        )
    if second.uptake_saturable not in (0.0, 1.0):
        raise ScenarioError(f"uptake_saturable: found {second.uptake_saturable:g}, wanted 0 (first order) or 1")
    if not second.pump_ceiling > 1.0:
        raise ScenarioError(f"pump_ceiling: found {second.pump_ceiling:g}, wanted above 1, the turnover of rest")
    if not (second.energy_store > 0.0 and second.energy_half > 0.0):
        raise ScenarioError("energy_store, energy_half: found 0 or less, wanted above 0")
    if not 0.0 <= second.transport_neuron_share <= 1.0:
        raise ScenarioError(f"transport_neuron_share: found {second.transport_neuron_share:g}, wanted 0 to 1")


def _transport(params: TissueNumbers, second: Homeostasis, conc: Array, state: Array) -> tuple[float, Array]:
    """Return the glial glutamate (mmol/cm3) and the transport into neurone and glia at rest."""
    outside, inside = second.glutamate_rest, conc[kernel.GLU_N]
    capacity = second.transport_capacity * np.array(
        [second.transport_neuron_share, 1.0 - second.transport_neuron_share]
    )
    sodium = np.array([conc[kernel.NA_N], conc[kernel.NA_G]]) / conc[kernel.NA_E]
    potassium = np.array([conc[kernel.K_N], conc[kernel.K_G]]) / conc[kernel.K_E]
    voltage = state[[kernel.V_N, kernel.V_G]]
    reverse = second.transport_proton_ratio * sodium**3 / potassium * np.exp(2.0 * voltage)
    glia = params.glutamate_ratio_glia * inside
    transported = np.zeros(2)
    for _ in range(_TURNS):
        in_cells = np.array([inside, glia])
        transported = capacity * (outside - reverse * in_cells) / (second.transport_half + outside + reverse * in_cells)
        glia = params.glutamate_ratio_glia * inside + transported[1] * params.shuttle_time
    for name, value in zip(_CELLS, transported, strict=True):
        if value < 0.0:
            raise SolverError(
                f"cortex at rest: transport would bring glutamate out of the {name} ({value:.3g} mmol/cm3/s);"
                " raise glutamate_rest or lower the cell's glutamate"
            )
    return float(glia), transported


def _rebalanced(params: TissueNumbers, constants: Tissue, conc: Array, state: Array, transported: Array) -> Tissue:
    """Return ``constants`` whose pumps, leaks and immobile amounts balance the ions that transport carries."""
    factor_n = kernel.pump_factor(conc[kernel.K_E], conc[kernel.NA_N], params.pump_potassium, params.pump_sodium_neuron)
    factor_g = kernel.pump_factor(conc[kernel.K_E], conc[kernel.NA_G], params.pump_potassium, params.pump_sodium_glia)
    drive_n = np.log(conc[kernel.NA_N] / conc[kernel.NA_E]) + state[kernel.V_N]
    drive_g = np.log(conc[kernel.NA_G] / conc[kernel.NA_E]) + state[kernel.V_G]
    leaks = (
        constants.leak_sodium + 1.5 * transported[0] / drive_n,
        constants.glia_sodium + 1.5 * transported[1] / drive_g,
    )
    for name, value in zip(_CELLS, leaks, strict=True):
        if not value > 0.0:
            raise SolverError(
                f"cortex at rest: the Na+ leak of the {name} would be {value:.3g} mmol/cm3/s, wanted above 0; lower"
                " transport_capacity or glutamate_rest"
            )
    outside = params.immobile_outside / constants.ecs_rest + conc[8:12].sum()
    return constants._replace(
        pump_neuron=constants.pump_neuron + transported[0] / (2.0 * factor_n),
        pump_glia=constants.pump_glia + transported[1] / (2.0 * factor_g),
        leak_sodium=float(leaks[0]),
        glia_sodium=float(leaks[1]),
        immobile_glia=params.glia_fraction * float(outside - conc[4:8].sum()),
    )


def _pump_turnover(constants: Tissue, conc: Array) -> float:
    """Return both pumps at rest, mmol/cm3/s."""
    neuron = constants.pump_neuron * kernel.pump_factor(
        conc[kernel.K_E], conc[kernel.NA_N], constants.pump_potassium, constants.pump_sodium_neuron
    )
    glia = constants.pump_glia * kernel.pump_factor(
        conc[kernel.K_E], conc[kernel.NA_G], constants.pump_potassium, constants.pump_sodium_glia
    )
    return float(neuron + glia)
