"""The membrane of one node with its ions frozen: where its current vanishes, and the fold at which rest is lost.

Voltage, glutamate (release against uptake) and the binding of receptors are in balance; ions, persistent Na+
inactivation, vesicles and deep desensitisation are as at rest. Resting points: zeros of the membrane current I(V; K+),
stable where it rises with V. Raising K+ outside (Na+ taken for it), or holding glutamate up, moves the lowest of them
until it meets the next and both vanish: the fold.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import solve, voltage_tables
from leao.cortex.kernels import nmda, node
from leao.cortex.receptors import Receptors

Array = NDArray[np.float64]

VOLTAGES = np.arange(-120.0, 40.01, 0.5)  # mV
JUMP = 5.0  # mV by which the resting voltage leaps where a fold is
TURNS = 40
SCANNED = 60  # levels between rest and the highest
HIGHEST_K, HIGHEST_GLUTAMATE = 80.0, 5000.0  # mM, uM
MM, UM = 1e3, 1e6  # per mmol/cm3


class RestingPoint(NamedTuple):
    """A zero of the membrane current."""

    voltage_mV: float
    stable: bool


def current(piece: solve.TissueSlice, potassium: float, opened: Array) -> Array:
    """Return the membrane current (VOLTAGES,), mmol/cm3/s outward.

    Args:
        piece: the slice.
        potassium: K+ outside, mM; Na+ is given for it.
        opened: conducting share of the receptors (VOLTAGES,), of ``receptors_open``.
    """
    c, at = piece.cortex.tissue, _concentrations(piece.cortex)
    k_e = potassium / MM
    na_e = at[node.NA_E] - (k_e - at[node.K_E])
    rows = _rows()
    v = voltage_tables.VOLTAGES[rows] / voltage_tables.thermal_voltage(piece.cortex.params)
    table = piece.table[rows]
    b = table[:, node.GHK]
    p_na = c.nap * piece.cortex.rest[node.H_NAP] * table[:, node.NAP] + c.nmda_sodium * opened
    p_k = table[:, node.POTASSIUM] + c.nmda_potassium * opened
    pump = c.pump_neuron * node.pump_factor(k_e, at[node.NA_N], c.pump_potassium, c.pump_sodium_neuron)
    carried = 0.0
    if piece.cortex.second is not None:
        homeostat = piece.cortex.second.homeostat
        pump *= homeostat.left_neuron
        carried = homeostat.saturable * float(piece.cortex.second.transport[0])
    na = p_na * (at[node.NA_N] * (b + v) - na_e * b) + c.leak_sodium * (v + np.log(at[node.NA_N] / na_e))
    k = p_k * (at[node.K_N] * (b + v) - k_e * b) + c.leak_potassium * (v + np.log(at[node.K_N] / k_e))
    cl = c.leak_chloride * (np.log(at[node.CL_N] / at[node.CL_E]) - v)
    return na + k - cl + pump - 2.0 * carried


def balanced(piece: solve.TissueSlice) -> Array:
    """Return the glutamate outside (VOLTAGES,), mmol/cm3, at which uptake takes what the neurone releases.

    Where release exceeds all that transport can take, the highest level that is looked at.
    """
    c, at, rows = piece.cortex.tissue, _concentrations(piece.cortex), _rows()
    activation = piece.table[rows, node.RELEASE]
    released = (
        c.release * piece.cortex.rest[node.POOL] * activation * at[node.GLU_N] / (at[node.GLU_N] + c.release_half)
    )
    second = piece.cortex.second
    if second is None or second.homeostat.saturable == 0.0:
        held = c.ratio_outside * (c.uptake_neuron * c.ratio_glia * at[node.GLU_N] + c.uptake_glia * at[node.GLU_G])
        return (released + held) / (c.uptake_neuron + c.uptake_glia)
    h = second.homeostat
    v = voltage_tables.VOLTAGES[rows] / voltage_tables.thermal_voltage(piece.cortex.params)
    still = piece.cortex.rest[node.V_G]
    low, high = np.full(rows.size, 1e-12), np.full(rows.size, HIGHEST_GLUTAMATE / UM)
    cells = ((0, h.capacity_neuron, h.voltage_neuron, v), (4, h.capacity_glia, h.voltage_glia, still))
    for _ in range(TURNS):
        middle = np.sqrt(low * high)
        taken = np.zeros(rows.size)
        for cell, capacity, rest, voltage in cells:
            inside, ratio = at[node.GLU_N + cell], at[node.NA_N + cell] / at[node.NA_E]
            q = h.proton_ratio * ratio**3 * at[node.K_E] / at[node.K_N + cell] * np.exp(2.0 * voltage)
            w = capacity * np.exp(-h.sensitivity * (voltage - rest)) / (h.half + middle + q * inside)
            taken += w * (middle - q * inside)
        more = taken < released + h.tonic
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.sqrt(low * high)


def zeros(flow: Array) -> list[RestingPoint]:
    """Return the zeros of a current (VOLTAGES,), linear between its points, from the lowest voltage up."""
    at = np.flatnonzero(np.sign(flow[:-1]) * np.sign(flow[1:]) < 0.0)
    share = flow[at] / (flow[at] - flow[at + 1])
    places = VOLTAGES[at] + share * (VOLTAGES[at + 1] - VOLTAGES[at])
    return [RestingPoint(float(place), bool(flow[i] < 0.0)) for i, place in zip(at, places, strict=True)]


def fold(piece: solve.TissueSlice, what: str) -> float:
    """Return the K+ (mM) or glutamate (uM) outside at which the resting point vanishes; nan where it never does.

    The lowest stable zero leaps there; where it rises without a leap, there is no fold.
    """
    potassium, glutamate = resting_levels(piece.cortex)
    free = receptors_open(piece.receptors, balanced(piece))

    def lowest(level: float) -> float:
        if what == "potassium":
            flow = current(piece, level, free)
        else:
            flow = current(piece, potassium, receptors_open(piece.receptors, np.full(VOLTAGES.size, level / UM)))
        stable = [point.voltage_mV for point in zeros(flow) if point.stable]
        return min(stable) if stable else float(VOLTAGES[-1])

    start, end = (potassium, HIGHEST_K) if what == "potassium" else (glutamate, HIGHEST_GLUTAMATE)
    levels = np.geomspace(start, end, SCANNED)
    rise = np.diff([lowest(float(level)) for level in levels])
    leaps = np.flatnonzero(rise > JUMP)
    if not leaps.size:
        return float("nan")
    low, high = float(levels[leaps[0]]), float(levels[leaps[0] + 1])
    below = lowest(low)
    for _ in range(TURNS):
        middle = float(np.sqrt(low * high))
        if lowest(middle) - below < JUMP:
            low, below = middle, lowest(middle)
        else:
            high = middle
    return high if lowest(high) - lowest(low) > JUMP else float("nan")


def resting_levels(cortex: solve.Cortex) -> tuple[float, float]:
    """Return K+ (mM) and glutamate (uM) outside at rest."""
    at = _concentrations(cortex)
    return float(at[node.K_E] * MM), float(at[node.GLU_E] * UM)


def branch(piece: solve.TissueSlice) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return all zeros of the current over a range of K+ outside."""
    free = receptors_open(piece.receptors, balanced(piece))
    levels, voltages, stable = [], [], []
    for level in np.geomspace(1.5, HIGHEST_K, 60):
        for point in zeros(current(piece, float(level), free)):
            levels.append(float(level))
            voltages.append(point.voltage_mV)
            stable.append(point.stable)
    return np.array(levels), np.array(voltages), np.array(stable, dtype=np.bool_)


def _concentrations(cortex: solve.Cortex) -> Array:
    state = cortex.rest
    inside = state[node.ALPHA_N], state[node.ALPHA_G]
    return state[:12] / np.repeat([*inside, 1.0 - sum(inside)], 4)


def _rows() -> NDArray[np.intp]:
    return np.searchsorted(voltage_tables.VOLTAGES, VOLTAGES - 0.5 * voltage_tables.STEP)


def receptors_open(under: Receptors, glutamate: Array) -> Array:
    """Return the weighted open share (VOLTAGES,) of receptors in balance with glutamate and voltage, none asleep."""
    rows = _rows()
    constants = under.constants.copy()
    constants[:, nmda.DEEPEN] = 0.0
    total = np.zeros(rows.size)
    for s in range(len(under.names)):
        for place, row in enumerate(rows):
            share, leave = under.open_share[s, row], under.leave[s, row]
            held = nmda.equilibrium(constants, s, glutamate[place], share, leave)
            bound = nmda.share_bound(constants, s, glutamate[place])
            total[place] += constants[s, nmda.WEIGHT] * bound * held[nmda.L] * share
    return total
