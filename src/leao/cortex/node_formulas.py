"""The equations of one node of the second model as texts, closed and without space, for other simulators.

Names: amounts per volume of tissue ``Na_n .. Glu_e`` (mmol/cm3), volumes ``alpha_n``, ``alpha_g``, potentials ``v_n``,
``v_g`` (RT/F), ``h_nap``, ``pool``, ``energy``, and per subtype of receptor the shares ``R_2A``, ``L_2A``, ``D_2A``,
``X_2A`` (with drug, ``R_2A_t`` and so on). Time in seconds. The kernels' tables hold the same functions of voltage.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import solve, voltage_tables
from leao.cortex.kernels import nmda
from leao.cortex.ledger_numbers import Gates, TissueNumbers
from leao.cortex.receptors import Receptors

IONS, CELLS = ("Na", "K", "Cl", "Glu"), ("n", "g", "e")
STATES = ("R", "L", "D", "X")
FITTED = (-90.0, 0.0)  # mV, between which what depends exponentially on voltage is read from the table
_LINEAR = 1e-9  # by which it may depart from that


class Model(NamedTuple):
    """Constants, formulas in the order they need each other, rates of change and first values, by name."""

    constants: dict[str, float]
    formulas: dict[str, str]
    rates: dict[str, str]
    start: dict[str, float]


def model(piece: solve.TissueSlice, state: NDArray[np.float64]) -> Model:
    """Return the node of ``piece`` beginning at ``state`` (column,) with receptors as at rest.

    Raises:
        ValueError: a slice of the first model.
    """
    cortex = piece.cortex
    if cortex.second is None:
        raise ValueError("a node of the first model has no such export")
    constants = {f"c_{name}": float(value) for name, value in cortex.tissue._asdict().items()}
    constants |= {f"h_{name}": float(value) for name, value in cortex.second.homeostat._asdict().items()}
    p = cortex.params
    logistic = 1.0 / (1.0 + np.exp(-(p.voltage_neuron - p.release_sigmoid_half) / p.release_sigmoid_slope))
    constants |= {"mV": voltage_tables.thermal_voltage(p), "b_rest": float(logistic)}
    formulas = _concentrations() | _channels(p, cortex.gates, voltage_tables.separation(p))
    rates: dict[str, str] = {}
    start = {f"{ion}_{cell}": float(state[4 * k + i]) for k, cell in enumerate(CELLS) for i, ion in enumerate(IONS)}
    named = ("alpha_n", "alpha_g", "v_n", "v_g", "h_nap", "pool", "energy")
    start |= {name: float(state[12 + k]) for k, name in enumerate(named)}
    opened = _receptors(piece, formulas, rates, start)
    formulas["opened"] = opened
    formulas |= _fluxes()
    return Model(constants, formulas, rates | _rates(), start)


def _concentrations() -> dict[str, str]:
    alphas = {"alpha_e": "1 - alpha_n - alpha_g"}
    return alphas | {f"{ion}_c{cell}": f"{ion}_{cell} / alpha_{cell}" for cell in CELLS for ion in IONS}


def _channels(p: TissueNumbers, g: Gates, apart: float) -> dict[str, str]:
    """Return the functions of voltage alone, ``u`` being the neuronal voltage in mV."""
    a_kdr = _opening("u", g.kdr_open_rate, g.kdr_open_voltage, g.kdr_open_slope)
    a_ka = _opening("u", g.ka_open_rate, g.ka_open_voltage, g.ka_open_slope)
    beyond = f"(u + {g.ka_close_voltage!r})"
    b_ka = f"{g.ka_close_rate!r} * {beyond} / (exp({g.ka_close_slope!r} * {beyond}) - 1)"
    sigmoid = f"1 / (1 + exp(-(u - ({p.release_sigmoid_half!r})) / {p.release_sigmoid_slope!r}))"
    return {
        "u": "v_n * mV",
        "ghk": "v_n / (exp(v_n) - 1)",
        "m_nap": f"1 / (1 + exp(-({g.nap_m_slope!r} * u + {g.nap_m_offset!r})))",
        "nap_open": f"{g.nap_h_open_rate!r} * exp(-({g.nap_h_open_slope!r} * u + {g.nap_h_open_offset!r}))",
        "nap_close": f"{g.nap_h_close_rate!r} / (1 + exp(-({g.nap_h_close_slope!r} * u + {g.nap_h_close_offset!r})))",
        "a_kdr": a_kdr,
        "b_kdr": f"{g.kdr_close_rate!r} * exp(-({g.kdr_close_slope!r} * u + {g.kdr_close_offset!r}))",
        "a_ka": a_ka,
        "b_ka": b_ka,
        "a_kah": f"{g.ka_h_open_rate!r} * exp(-({g.ka_h_open_slope!r} * u + {g.ka_h_open_offset!r}))",
        "b_kah": f"{g.ka_h_close_rate!r} / (1 + exp(-({g.ka_h_close_slope!r} * u + {g.ka_h_close_offset!r})))",
        "p_k_channels": f"({p.kdr!r} * (a_kdr / (a_kdr + b_kdr))**2"
        f" + {p.ka!r} * (a_ka / (a_ka + b_ka))**2 * a_kah / (a_kah + b_kah)) / {apart!r}",
        "sigmoid": sigmoid,
        "activation": "(sigmoid - b_rest) / (1 - b_rest) if sigmoid > b_rest else 0",
        "u_g": "v_g * mV",
        "drive_g": "u_g + mV * ln(K_cg / K_ce)",
        "by_voltage": f"{float(1.0 + np.exp((g.kir_rest - g.kir_voltage_offset) / g.kir_voltage_slope))!r}"
        f" / (1 + exp((u_g - {g.kir_voltage_offset!r}) / {g.kir_voltage_slope!r}))",
        "by_drive": f"{float(1.0 + np.exp(g.kir_drive_offset / g.kir_drive_slope))!r}"
        f" / (1 + exp((drive_g + {g.kir_drive_offset!r}) / {g.kir_drive_slope!r}))",
    }


def _opening(voltage: str, rate: float, half: float, slope: float) -> str:
    return f"{rate!r} * ({voltage} + {half!r}) / (1 - exp(-{slope!r} * ({voltage} + {half!r})))"


def _receptors(
    piece: solve.TissueSlice, formulas: dict[str, str], rates: dict[str, str], start: dict[str, float]
) -> str:
    """Fill in formulas, rates and first values of the receptors; the weighted conducting share."""
    under: Receptors = piece.receptors
    parts = []
    for s, name in enumerate(under.names):
        row = under.constants[s]
        drugged = bool(row[nmda.ON] > 0.0)
        share = _share(piece.cortex.receptors, under, s, drugged)
        formulas[f"open_{name}"] = share
        formulas[f"x_{name}"] = f"{float(row[nmda.BIND] / row[nmda.UNBIND])!r} * Glu_ce"
        bind, leave = float(2.0 * row[nmda.BIND]), float(2.0 * row[nmda.UNBIND])
        formulas[f"climb_{name}"] = f"{bind!r} * Glu_ce * x_{name} / (1 + 3 * x_{name})"
        formulas[f"fall_{name}"] = f"{leave!r} * (1 + 2 * x_{name}) / (1 + 3 * x_{name})"
        layers = (("", nmda.SHUT, nmda.ENTER, nmda.RECOVER), ("_t", nmda.SHUT_T, nmda.ENTER_T, nmda.RECOVER_T))
        for layer, (tail, shut, enter, recover) in enumerate(layers[: 1 + drugged]):
            _layer(name, tail, (float(row[shut]), float(row[enter]), float(row[recover])), row, formulas, rates)
            for k, letter in enumerate(STATES):
                start[f"{letter}_{name}{tail}"] = float(piece.gate[s, 4 * layer + k])
        if drugged:
            off = _exponential(under.leave[s])
            formulas[f"held_{name}"] = f"{float(row[nmda.ON])!r} * open_{name} * L_{name} - {off} * L_{name}_t"
            rates[f"L_{name}"] += f" - held_{name}"
            rates[f"L_{name}_t"] += f" + held_{name}"
        parts.append(f"{float(row[nmda.WEIGHT])!r} * L_{name} * open_{name}")
    return " + ".join(parts)


def _layer(
    name: str, tail: str, layer_rates: tuple[float, float, float], row: NDArray[np.float64],
    formulas: dict[str, str], rates: dict[str, str],
) -> None:  # fmt: skip
    shut, enter, recover = layer_rates
    key = f"{name}{tail}"
    formulas[f"bound_{key}"] = f"climb_{name} * R_{key} - {shut!r} * fall_{name} * L_{key}"
    formulas[f"slept_{key}"] = f"{enter!r} * L_{key} - {recover!r} * D_{key}"
    formulas[f"deep_{key}"] = f"{float(row[nmda.DEEPEN])!r} * D_{key} - {float(row[nmda.LIFT])!r} * X_{key}"
    rates[f"R_{key}"] = f"-bound_{key}"
    rates[f"L_{key}"] = f"bound_{key} - slept_{key}"
    rates[f"D_{key}"] = f"slept_{key} - deep_{key}"
    rates[f"X_{key}"] = f"deep_{key}"


def _share(free: Receptors, under: Receptors, s: int, drugged: bool) -> str:
    """Return the open share free of Mg2+ and of the superficial drug."""
    text = f"1 / (1 + {_exponential(1.0 / free.open_share[s] - 1.0)})"
    if not drugged:
        return text
    ratio = free.open_share[s] / under.open_share[s] - 1.0  # superficial odds, m(V) over what Mg2+ leaves
    odds = ratio / free.open_share[s]
    return text if np.allclose(ratio, 0.0) else f"{text} / (1 + {text} * {_exponential(odds)})"


def _exponential(values: NDArray[np.float64]) -> str:
    """Return ``values`` (voltage,) as a exp(b u), which they must be."""
    ends = [int(np.argmin(np.abs(voltage_tables.VOLTAGES - at))) for at in FITTED]
    logs, at = np.log(values[ends]), voltage_tables.VOLTAGES[ends]
    slope = float((logs[1] - logs[0]) / (at[1] - at[0]))
    first = float(np.exp(logs[0] - slope * at[0]))
    middle = (ends[0] + ends[1]) // 2
    if abs(float(np.log(values[middle])) - np.log(first) - slope * float(voltage_tables.VOLTAGES[middle])) > _LINEAR:
        raise ValueError("a rate of the receptors is not exponential in voltage; it cannot be exported")
    return f"{first!r} * exp({slope!r} * u)"


def _fluxes() -> dict[str, str]:
    pump = "1 / ((1 + c_pump_potassium / K_ce)**2 * (1 + {half} / {sodium})**3)"
    q = "h_proton_ratio * (K_ce / K_c{k}) * (Na_c{k} / Na_ce)**3 * exp(2 * v_{k})"
    j = (
        "h_capacity_{cell} * exp(-h_sensitivity * (v_{k} - h_voltage_{cell})) * (Glu_ce - q_{k} * Glu_c{k})"
        " / (h_half + Glu_ce + q_{k} * Glu_c{k})"
    )
    osmotic = " + ".join(f"{ion}_c{{k}}" for ion in IONS)
    return {
        "fed": "(1 + h_energy_half) * energy / (energy + h_energy_half)",
        "pump_n": f"h_left_neuron * c_pump_neuron * fed * {pump.format(half='c_pump_sodium_neuron', sodium='Na_cn')}",
        "pump_g": f"h_left_glia * c_pump_glia * fed * {pump.format(half='c_pump_sodium_glia', sodium='Na_cg')}",
        "q_n": q.format(k="n"),
        "q_g": q.format(k="g"),
        "j_n": j.format(k="n", cell="neuron"),
        "j_g": j.format(k="g", cell="glia"),
        "p_na": "c_nap * h_nap * m_nap**2 + c_nmda_sodium * opened",
        "p_k": "p_k_channels + c_nmda_potassium * opened",
        "f_na": "p_na * (Na_cn * (ghk + v_n) - Na_ce * ghk) + c_leak_sodium * (ln(Na_cn / Na_ce) + v_n)"
        " + 3 * pump_n - 3 * j_n",
        "f_k": "p_k * (K_cn * (ghk + v_n) - K_ce * ghk) + c_leak_potassium * (ln(K_cn / K_ce) + v_n)"
        " - 2 * pump_n + j_n",
        "f_cl": "c_leak_chloride * (ln(Cl_cn / Cl_ce) - v_n)",
        "both": "c_cotransport * (ln(Na_cg / Na_ce) + ln(K_cg / K_ce) + 2 * ln(Cl_cg / Cl_ce))",
        "g_kir": "c_kir * sqrt(K_ce / c_kir_potassium) * by_voltage * by_drive",
        "g_na": "c_glia_sodium * (ln(Na_cg / Na_ce) + v_g) + both + 3 * pump_g - 3 * j_g",
        "g_k": "g_kir * (ln(K_cg / K_ce) + v_g) + both - 2 * pump_g + j_g",
        "g_cl": "c_glia_chloride * (ln(Cl_cg / Cl_ce) - v_g) + 2 * both",
        "spill": "c_release * Glu_cn / (Glu_cn + c_release_half) * pool * activation + h_tonic",
        "back": "c_shuttle * (Glu_cg - c_ratio_glia * Glu_cn)",
        "pi_n": f"{osmotic.format(k='n')} + c_immobile_neuron / alpha_n",
        "pi_g": f"{osmotic.format(k='g')} + c_immobile_glia / alpha_g",
        "pi_e": f"{osmotic.format(k='e')} + c_immobile_outside / alpha_e"
        " + c_stiffness * (1 / (alpha_e - c_floor) - 1 / (c_ecs_rest - c_floor))",
    }


def _rates() -> dict[str, str]:
    return {
        "Na_n": "-f_na",
        "K_n": "-f_k",
        "Cl_n": "-f_cl",
        "Glu_n": "j_n + back - spill",
        "Na_g": "-g_na",
        "K_g": "-g_k",
        "Cl_g": "-g_cl",
        "Glu_g": "j_g - back",
        "Na_e": "f_na + g_na",
        "K_e": "f_k + g_k",
        "Cl_e": "f_cl + g_cl",
        "Glu_e": "spill - j_n - j_g",
        "alpha_n": "c_water * (pi_n - pi_e)",
        "alpha_g": "h_water_glia * (pi_g - pi_e)",
        "v_n": "-(f_na + f_k - f_cl) / c_capacitance",
        "v_g": "-(g_na + g_k - g_cl) / c_capacitance",
        "h_nap": "nap_open * (1 - h_nap) - nap_close * h_nap",
        "pool": "c_refill * (1 - pool) - c_deplete * activation * pool",
        "energy": "(h_oxygen * (1 + h_depth - energy) - h_depth * (pump_n + pump_g) / h_turnover)"
        " / (h_depth * h_store)",
    }
