"""The tissue at rest: pumps and leaks that hold it there, and the kernel's constants.

At rest every ion of every cell is in balance. That fixes what the model does not name: pump strengths (from
K+), Na+ leaks (from Na+), the glial cotransporter (from Cl-) and immobile amounts (from osmosis).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import SolverError
from leao.cortex import receptors, voltage_tables
from leao.cortex.kernels import node as kernel
from leao.cortex.kernels.tissue import Tissue
from leao.cortex.ledger_numbers import Bath, Gates, TissueNumbers
from leao.cortex.receptors import Receptors


class Rest(NamedTuple):
    """One node at rest, and the constants that hold it there (kernel units)."""

    state: NDArray[np.float64]  # (column,)
    pump_neuron: float
    pump_glia: float
    leak_neuron: float
    leak_glia: float
    cotransport: float
    immobile: tuple[float, float, float]


def rest(params: TissueNumbers, gates: Gates, nmda: Receptors) -> Rest:
    """Return the resting node and the constants that balance it, ``nmda`` being free of drug.

    Raises:
        SolverError: a pump or a leak would have to run backwards.
    """
    state = _resting_state(params, gates)
    alpha = np.repeat([params.neuron_fraction, params.glia_fraction, _outside(params)], 4)
    conc = state[:12] / alpha
    pump_n, leak_n = _balance_neuron(conc, state, (params, gates), nmda)
    pump_g, leak_g, cotransport = _balance_glia(conc, state, params, gates)
    balances = {"neuronal pump": pump_n, "neuronal Na+ leak": leak_n, "glial pump": pump_g, "glial Na+ leak": leak_g}
    for what, value in balances.items():
        if not value > 0.0:
            raise SolverError(
                f"cortex at rest: the {what} would be {value:.3g} mmol/cm3/s, wanted above 0;"
                " change the resting concentrations or the K+ conductances"
            )
    outside = params.immobile_outside / _outside(params) + conc[8:12].sum()
    immobile = (
        params.neuron_fraction * (outside - conc[:4].sum()),
        params.glia_fraction * (outside - conc[4:8].sum()),
        params.immobile_outside,
    )
    return Rest(state, pump_n, pump_g, leak_n, leak_g, cotransport, immobile)


def build(params: TissueNumbers, gates: Gates, nmda: Receptors, bath: Bath) -> tuple[Tissue, NDArray[np.float64]]:
    """Return the kernel's constants and the resting state of one node."""
    at_rest = rest(params, gates, nmda)
    apart = voltage_tables.separation(params)
    per_mv = voltage_tables.thermal_voltage(params)
    free = 1.0 / params.tortuosity**2
    return Tissue(
        index_per_volt=per_mv / voltage_tables.STEP,
        index_of_zero=-voltage_tables.VOLTAGES[0] / voltage_tables.STEP,
        capacitance=conductance(params, params.capacitance),
        nap=params.nap / apart,
        nmda_sodium=params.nmda * params.nmda_sodium_share / apart,
        nmda_potassium=params.nmda * (1.0 - params.nmda_sodium_share) / apart,
        leak_sodium=at_rest.leak_neuron,
        leak_potassium=conductance(params, params.leak_potassium),
        leak_chloride=conductance(params, params.leak_chloride),
        pump_neuron=at_rest.pump_neuron,
        pump_glia=at_rest.pump_glia,
        glia_sodium=at_rest.leak_glia,
        glia_chloride=conductance(params, params.glia_chloride),
        kir=conductance(params, params.kir),
        cotransport=at_rest.cotransport,
        kir_potassium=gates.kir_potassium,
        vascular=params.vascular_exchange,
        vascular_potassium=params.potassium_outside,
        bath_potassium=bath.potassium,
        bath_sodium=bath.sodium_half,
        immobile_neuron=at_rest.immobile[0],
        immobile_glia=at_rest.immobile[1],
        immobile_outside=at_rest.immobile[2],
        diffusion_sodium=params.diffusivity_sodium * free,
        diffusion_potassium=params.diffusivity_potassium * free,
        diffusion_chloride=params.diffusivity_chloride * free,
        diffusion_glutamate=params.diffusivity_glutamate * free,
        glia_share=params.glial_coupling * params.glia_fraction,
        **_pumps_and_glutamate(params),
        **_water(params),
    ), at_rest.state


def conductance(params: TissueNumbers, g: float) -> float:
    """Return a membrane conductance in mS/cm2 (or a capacitance in mF/cm2) per tissue volume and RT/F."""
    volt = voltage_tables.GAS * params.temperature / voltage_tables.FARADAY
    return g * volt / voltage_tables.FARADAY / voltage_tables.separation(params)


def _pumps_and_glutamate(params: TissueNumbers) -> dict[str, float]:
    return {
        "pump_potassium": params.pump_potassium,
        "pump_sodium_neuron": params.pump_sodium_neuron,
        "pump_sodium_glia": params.pump_sodium_glia,
        "release": params.release,
        "release_half": params.release_half,
        "deplete": params.pool_depletion,
        "refill": 1.0 / params.pool_refill_time,
        "uptake_neuron": params.uptake_neuron_share / params.uptake_time,
        "uptake_glia": (1.0 - params.uptake_neuron_share) / params.uptake_time,
        "shuttle": 1.0 / params.shuttle_time,
        "ratio_glia": params.glutamate_ratio_glia,
        "ratio_outside": params.glutamate_ratio_outside,
    }


def _water(params: TissueNumbers) -> dict[str, float]:
    return {
        "water": params.water_permeability / voltage_tables.separation(params),
        "stiffness": params.stiffness,
        "floor": params.ecs_floor,
        "ecs_rest": _outside(params),
    }


def _outside(params: TissueNumbers) -> float:
    return 1.0 - params.neuron_fraction - params.glia_fraction


def _resting_state(p: TissueNumbers, gates: Gates) -> NDArray[np.float64]:
    chloride = p.chloride_outside * np.exp(p.voltage_neuron / voltage_tables.thermal_voltage(p))
    glutamate_glia = p.glutamate_ratio_glia * p.glutamate_neuron
    glutamate_outside = p.glutamate_ratio_outside * glutamate_glia
    state = np.empty(kernel.N_STATE)
    state[0:4] = p.sodium_neuron, p.potassium_neuron, chloride, p.glutamate_neuron
    state[4:8] = p.sodium_glia, p.potassium_glia, chloride, glutamate_glia
    state[8:12] = p.sodium_outside, p.potassium_outside, p.chloride_outside, glutamate_outside
    state[:12] *= np.repeat([p.neuron_fraction, p.glia_fraction, _outside(p)], 4)
    state[kernel.ALPHA_N], state[kernel.ALPHA_G] = p.neuron_fraction, p.glia_fraction
    state[kernel.V_N] = p.voltage_neuron / voltage_tables.thermal_voltage(p)
    state[kernel.V_G] = p.voltage_glia / voltage_tables.thermal_voltage(p)
    v = np.array([p.voltage_neuron])
    _, _, h_open, h_close = voltage_tables.channels(v, p, gates)
    state[kernel.H_NAP] = (h_open / (h_open + h_close))[0]
    activation = voltage_tables.release_activation(v, p)[0]
    state[kernel.POOL] = 1.0 / (1.0 + p.pool_refill_time * p.pool_depletion * activation)
    return state


def _balance_neuron(
    conc: NDArray[np.float64], state: NDArray[np.float64], preset: tuple[TissueNumbers, Gates], nmda_free: Receptors
) -> tuple[float, float]:
    p, gates = preset
    v = np.array([p.voltage_neuron])
    u = state[kernel.V_N]
    nap, potassium, _, _ = (x[0] for x in voltage_tables.channels(v, p, gates))
    gate = receptors.at_rest(nmda_free, conc[kernel.GLU_E], p.voltage_neuron)
    nmda = p.nmda * receptors.conducting(nmda_free, gate, conc[kernel.GLU_E], p.voltage_neuron)
    b = voltage_tables.goldman(np.array([u]))[0]
    apart = voltage_tables.separation(p)
    p_k = (potassium + nmda * (1.0 - p.nmda_sodium_share)) / apart
    p_na = (p.nap * nap * state[kernel.H_NAP] + nmda * p.nmda_sodium_share) / apart
    out_k = p_k * (conc[kernel.K_N] * (b + u) - conc[kernel.K_E] * b)
    out_k += conductance(p, p.leak_potassium) * (np.log(conc[kernel.K_N] / conc[kernel.K_E]) + u)
    out_na = p_na * (conc[kernel.NA_N] * (b + u) - conc[kernel.NA_E] * b)
    factor = kernel.pump_factor(conc[kernel.K_E], conc[kernel.NA_N], p.pump_potassium, p.pump_sodium_neuron)
    leak = -(out_na + 1.5 * out_k) / (np.log(conc[kernel.NA_N] / conc[kernel.NA_E]) + u)
    return out_k / (2.0 * factor), leak


def _balance_glia(
    conc: NDArray[np.float64], state: NDArray[np.float64], p: TissueNumbers, gates: Gates
) -> tuple[float, float, float]:
    u = state[kernel.V_G]
    log_na = np.log(conc[kernel.NA_G] / conc[kernel.NA_E])
    log_k = np.log(conc[kernel.K_G] / conc[kernel.K_E])
    log_cl = np.log(conc[kernel.CL_G] / conc[kernel.CL_E])
    gradient = log_na + log_k + 2.0 * log_cl
    both = -conductance(p, p.glia_chloride) * (log_cl - u) / 2.0
    drive = np.array([(u + log_k) * voltage_tables.thermal_voltage(p)])
    by_voltage, by_drive = voltage_tables.inward_rectifier(np.array([p.voltage_glia]), drive, gates)
    g_k = conductance(p, p.kir) * np.sqrt(conc[kernel.K_E] / gates.kir_potassium) * by_voltage[0] * by_drive[0]
    out_k = g_k * (log_k + u) + both
    factor = kernel.pump_factor(conc[kernel.K_E], conc[kernel.NA_G], p.pump_potassium, p.pump_sodium_glia)
    leak = -(both + 1.5 * out_k) / (log_na + u)
    return out_k / (2.0 * factor), leak, both / gradient
