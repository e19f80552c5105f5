"""Everything of a node that depends on voltage alone, tabulated once for a run.

The kernel reads the tables linearly between rows, so the slope its Newton iteration needs is exact.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants

from leao.cortex.kernels import node as kernel
from leao.cortex.ledger_numbers import Gates, TissueNumbers

FARADAY = physical_constants["Faraday constant"][0]  # C/mol
GAS = physical_constants["molar gas constant"][0]  # J/mol/K
_MV_PER_V = 1e3

STEP = 0.1  # mV between rows
VOLTAGES = np.linspace(-200.0, 200.0, 4001)  # mV; wide enough for any potential the kernel allows
VOLTAGES.flags.writeable = False


def thermal_voltage(params: TissueNumbers) -> float:
    """Return RT/F in mV."""
    return _MV_PER_V * GAS * params.temperature / FARADAY


def separation(params: TissueNumbers) -> float:
    """Return the membrane separation in cm: tissue volume of a cell over its membrane area."""
    return params.cell_volume * (1.0 + params.outside_per_cell) / params.cell_area


def build(params: TissueNumbers, gates: Gates) -> NDArray[np.float64]:
    """Return the voltage table (voltage, column) of the kernel, its receptors' columns zero."""
    v = VOLTAGES
    table = np.zeros((v.size, kernel.N_TABLE))
    nap, potassium, h_open, h_close = channels(v, params, gates)
    table[:, kernel.GHK] = goldman(v / thermal_voltage(params))
    table[:, kernel.NAP] = nap
    table[:, kernel.POTASSIUM] = potassium / separation(params)
    table[:, kernel.RELEASE] = release_activation(v, params)
    table[:, kernel.NAP_OPEN] = h_open
    table[:, kernel.NAP_CLOSE] = h_close
    table[:, kernel.KIR], table[:, kernel.KIR_DRIVE] = inward_rectifier(v, v, gates)
    return table


def goldman(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return b(u) = u / (e^u - 1) of the Goldman-Hodgkin-Katz flux, u in RT/F."""
    safe = np.where(np.abs(u) < np.finfo(float).eps, 1.0, u)
    return np.where(safe == u, safe / np.expm1(safe), 1.0)


def channels(v: NDArray[np.float64], p: TissueNumbers, g: Gates) -> tuple[NDArray[np.float64], ...]:
    """Return NaP m^2, K+ permeability (KDR + A, cm/s), and the NaP h rates (open, close, 1/s) at v in mV.

    Activation is quasi-steady: it settles within milliseconds, the wave takes seconds.
    """
    nap = 1.0 / (1.0 + np.exp(-(g.nap_m_slope * v + g.nap_m_offset)))
    h_open = g.nap_h_open_rate * np.exp(-(g.nap_h_open_slope * v + g.nap_h_open_offset))
    h_close = g.nap_h_close_rate / (1.0 + np.exp(-(g.nap_h_close_slope * v + g.nap_h_close_offset)))
    a = g.kdr_open_rate / g.kdr_open_slope * goldman(-g.kdr_open_slope * (v + g.kdr_open_voltage))
    b = g.kdr_close_rate * np.exp(-(g.kdr_close_slope * v + g.kdr_close_offset))
    kdr = a / (a + b)
    a = g.ka_open_rate / g.ka_open_slope * goldman(-g.ka_open_slope * (v + g.ka_open_voltage))
    b = g.ka_close_rate / g.ka_close_slope * goldman(g.ka_close_slope * (v + g.ka_close_voltage))
    ka = a / (a + b)
    a = g.ka_h_open_rate * np.exp(-(g.ka_h_open_slope * v + g.ka_h_open_offset))
    b = g.ka_h_close_rate / (1.0 + np.exp(-(g.ka_h_close_slope * v + g.ka_h_close_offset)))
    return nap**2, p.kdr * kdr**2 + p.ka * ka**2 * a / (a + b), h_open, h_close


def release_activation(v: NDArray[np.float64], p: TissueNumbers) -> NDArray[np.float64]:
    """Return the voltage activation of glutamate release: Gaussian as published, or a sigmoid above rest."""
    gaussian = np.exp(-p.release_gaussian_width * (v - p.release_gaussian_centre) ** 2)
    sigmoid = _logistic((v - p.release_sigmoid_half) / p.release_sigmoid_slope)
    rest = _logistic((p.voltage_neuron - p.release_sigmoid_half) / p.release_sigmoid_slope)
    raised = np.maximum(0.0, (sigmoid - rest) / (1.0 - rest))
    return p.release_gaussian * gaussian + (1.0 - p.release_gaussian) * raised


def inward_rectifier(
    v: NDArray[np.float64], drive: NDArray[np.float64], g: Gates
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factors of the glial K+ conductance by voltage and by V - E_K, mV (Steinberg 2005)."""
    by_voltage = (1.0 + np.exp((g.kir_rest - g.kir_voltage_offset) / g.kir_voltage_slope)) / (
        1.0 + np.exp((v - g.kir_voltage_offset) / g.kir_voltage_slope)
    )
    by_drive = (1.0 + np.exp(g.kir_drive_offset / g.kir_drive_slope)) / (
        1.0 + np.exp((drive + g.kir_drive_offset) / g.kir_drive_slope)
    )
    return by_voltage, by_drive


def _logistic(x: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.asarray(x)))
