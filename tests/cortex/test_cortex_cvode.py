"""The wave against CVODE on the same equations, written a second time in plain NumPy.

The right-hand side here tabulates nothing, splits nothing, keeps both potentials as states and the receptors as
rates of change, with memantine at 1 uM.
"""

import numpy as np
import pytest
from sksundae.cvode import CVODE

from leao.cortex import drugged_receptors, preset_table, solve, tissue, voltage_tables
from leao.cortex.kernels import line as line_kernel
from leao.cortex.kernels import nmda
from leao.cortex.kernels import node as kernel
from leao.cortex.wave_measures import arrivals
from leao.receptor import kinetic

pytestmark = pytest.mark.cross

NODES, LENGTH, SECONDS = 12, 1.2, 30.0  # mm
LEVEL = 1.0  # uM of memantine
OWN = kernel.N_STATE
Z = np.array([1.0, 1.0, -1.0, 0.0])
RT_F = 8.314462618 * 310.15 / 96485.33212  # V


def ghk(permeability, u, inside, outside):
    e = np.exp(u)
    return permeability * u * (inside * e - outside) / (e - 1.0)


def neuron(v, n, e, s, p, r, opened, pulse):
    """Outward Na+, K+, Cl- fluxes per volume of tissue."""
    mv = 1e3 * RT_F * v
    m = 1 / (1 + np.exp(-(0.143 * mv + 5.67)))
    a = 0.016 * (mv + 34.9) / (1 - np.exp(-0.2 * (mv + 34.9)))
    kdr = (a / (a + 0.25 * np.exp(-(0.025 * mv + 1.25)))) ** 2
    a = 0.02 * (mv + 56.9) / (1 - np.exp(-0.1 * (mv + 56.9)))
    b = 0.0175 * (mv + 29.9) / (np.exp(0.1 * (mv + 29.9)) - 1)
    h = 0.016 * np.exp(-(0.056 * mv + 4.61))
    ka = (a / (a + b)) ** 2 * h / (h + 0.5 / (np.exp(-(0.2 * mv + 11.98)) + 1))
    nmda = p.nmda * opened
    ell = 1.15 * 2.16e-9 / 1.586e-5
    pump = r.pump_neuron / ((1 + p.pump_potassium / e[1]) ** 2 * (1 + p.pump_sodium_neuron / n[0]) ** 3)
    leak = RT_F / 96485.33212 / ell
    na = ghk((p.nap * m**2 * s[16] + nmda * p.nmda_sodium_share) / ell, v, n[0], e[0])
    na = na + (r.leak_neuron + pulse) * (np.log(n[0] / e[0]) + v) + 3 * pump
    k = ghk((p.kdr * kdr + p.ka * ka + nmda * (1 - p.nmda_sodium_share)) / ell, v, n[1], e[1])
    k = k + (leak * p.leak_potassium + pulse) * (np.log(n[1] / e[1]) + v) - 2 * pump
    cl = (leak * p.leak_chloride + pulse) * (np.log(n[2] / e[2]) - v)
    return np.array([na, k, cl]), mv


def glia(v, c, e, p, r):
    """Outward Na+, K+, Cl- fluxes of glia per volume of tissue."""
    leak = RT_F / 96485.33212 / (1.15 * 2.16e-9 / 1.586e-5)
    log = np.log(c[:3] / e[:3])
    mv, drive = 1e3 * RT_F * v, 1e3 * RT_F * (v + log[1])
    kir = p.kir * leak * np.sqrt(e[1] / 3e-3) * (1 + np.exp(18.5 / 42.5)) / (1 + np.exp((drive + 18.5) / 42.5))
    kir = kir * (1 + np.exp(-(118.6 + 85.2) / 44.1)) / (1 + np.exp((mv - 118.6) / 44.1))
    pump = r.pump_glia / ((1 + p.pump_potassium / e[1]) ** 2 * (1 + p.pump_sodium_glia / c[0]) ** 3)
    both = r.cotransport * (log[0] + log[1] + 2 * log[2])
    na = r.leak_glia * (log[0] + v) + both + 3 * pump
    k = kir * (log[1] + v) + both - 2 * pump
    return np.array([na, k, leak * p.glia_chloride * (log[2] - v) + 2 * both])


class Subtype:
    """One subtype of receptor with its drug, rates from the receptor's own scheme."""

    def __init__(self, name, weight, p):
        receptor = kinetic.load("memantine", name)
        self.name, self.weight, self.receptor, self.p = name, weight, receptor, p
        self.bind, self.unbind, opening, closing, self.enter, self.recover = p.gating_speed * receptor.gates
        self.open = opening / (opening + closing)

    def rates(self, y, glutamate, mv):
        """Return the change of the eight states (8, node) and the conducting share (node,)."""
        r, q, p = self.receptor, self.p.gating_speed, self.p
        at = kinetic.conditions(r, kinetic.Surround(0.0, mv, 1e3 * p.magnesium, LEVEL)).T
        m = kinetic.passing(r, kinetic.Surround(0.0, mv, 1e3 * p.magnesium, LEVEL))
        bare = 1 / (1 + at[3] / at[4])
        g = 1e6 * glutamate
        x = self.bind * g / self.unbind
        climb = 2 * self.bind * g * x / (1 + 3 * x)
        fall = 2 * self.unbind * (1 + 2 * x) / (1 + 3 * x) * (1 - self.open)
        enter = self.enter * (1 - self.open)
        hold = q * r.deep[0] * LEVEL * m * self.open * bare * y[1] - q * at[2] * self.open * y[5]
        d = np.zeros_like(y)
        for k in (0, 4):
            bound = climb * y[k] - fall * y[k + 1]
            slept = enter * y[k + 1] - self.recover * y[k + 2]
            deep = p.desensitise_deep * y[k + 2] - p.resensitise_deep * y[k + 3]
            d[k], d[k + 1], d[k + 2], d[k + 3] = -bound, bound - slept, slept - deep, deep
        d[1] -= hold
        d[5] += hold
        return d, self.weight * y[1] * m * bare


def line(e, g, v_g, alpha_e, p, dx, nodes):
    """Gain by transport of the ECS and glia (ion, node), and of the glial charge (node); a line has ``nodes``."""
    d = np.array([p.diffusivity_sodium, p.diffusivity_potassium, p.diffusivity_chloride, p.diffusivity_glutamate])
    d = d[:, None] / p.tortuosity**2
    d_e = d * 0.5 * (alpha_e[1:] + alpha_e[:-1])
    d_g = d * p.glial_coupling * p.glia_fraction * np.ones_like(d_e)
    step, mean = (lambda x: x[:, 1:] - x[:, :-1]), (lambda x: 0.5 * (x[:, 1:] + x[:, :-1]))
    z = Z[:, None]
    a_e, a_g = (z * d_e * step(e)).sum(0), (z * d_g * step(g)).sum(0)
    s_e, s_g = (z**2 * d_e * mean(e)).sum(0), (z**2 * d_g * mean(g)).sum(0)
    dv = np.diff(v_g)
    field = -(a_e + a_g + s_g * dv) / (s_e + s_g)
    j_e = -d_e * (step(e) + z * mean(e) * field) / dx
    j_g = -d_g * (step(g) + z * mean(g) * (field + dv)) / dx
    for j in (j_e, j_g):
        j[:, nodes - 1 :: nodes] = 0.0
    gain = [-np.diff(np.pad(j, ((0, 0), (1, 1))), axis=1) / dx for j in (j_e, j_g)]
    return gain[0], gain[1], (z * gain[1]).sum(0)


def jacobian(rhs, nodes, width):
    """Return the Jacobian for CVODE by differences, as it would take them, but of all states at once.

    A node's rate depends on its neighbours alone, so that every third node is moved in one copy of the line; the copies
    stand one after another in one call of ``rhs``.
    """

    def fill(time, y, yp, matrix):
        s = y.reshape(nodes, width)
        step = 1e-7 * (np.abs(s) + 1e-7)
        moved = np.broadcast_to(s, (3, width, nodes, width)).copy()
        for first in range(3):
            for k in range(width):
                moved[first, k, first::3, k] += step[first::3, k]
        rates = np.empty(moved.size)
        rhs(time, moved.ravel(), rates)
        change = rates.reshape(moved.shape) - yp.reshape(nodes, width)
        for j in range(nodes):
            low, high = max(0, j - 1), min(nodes, j + 2)
            part = change[j % 3, :, low:high] / step[j, :, None, None]
            matrix[low * width : high * width, j * width : (j + 1) * width] = part.reshape(width, -1).T

    return fill


def right_hand_side(cortex, r, events, zone):
    p, dx = cortex.params, 0.1 * LENGTH / NODES
    (_, _, duration, peak), t = events[0], cortex.tissue
    free = drugged_receptors.build(p)
    kinds = [Subtype(name, free.constants[s, nmda.WEIGHT], p) for s, name in enumerate(free.names)]
    width = OWN + 8 * len(kinds)
    zeta = p.water_permeability / (1.15 * 2.16e-9 / 1.586e-5)

    def rhs(time, y, out):
        s = y.reshape(-1, width).T
        where = np.tile(zone, s.shape[1] // NODES)
        alpha = np.array([s[12], s[13], 1 - s[12] - s[13]])
        n, g, e = (s[4 * i : 4 * i + 4] / alpha[i] for i in range(3))
        pulse = peak * np.sin(np.pi * time / duration) ** 2
        d = np.zeros_like(s)
        opened = 0.0
        for k, kind in enumerate(kinds):
            states_of_subtype = slice(OWN + 8 * k, OWN + 8 * k + 8)
            d[states_of_subtype], part = kind.rates(s[states_of_subtype], e[3], 1e3 * RT_F * s[14])
            opened = opened + part
        f_n, mv = neuron(s[14], n, e, s, p, r, opened, where * pulse * (time < duration))
        f_g = glia(s[15], g, e, p, r)
        gain_e, gain_g, charge = line(e, g, s[15], alpha[2], p, dx, NODES)
        d[0:3], d[4:7], d[8:11] = -f_n, -f_g, f_n + f_g
        washed = p.vascular_exchange * (e[1] - p.potassium_outside) * alpha[2]
        d[8] += washed
        d[9] -= washed
        d[4:8] += gain_g
        d[8:12] += gain_e
        b = 1 / (1 + np.exp(-(mv - p.release_sigmoid_half) / p.release_sigmoid_slope))
        b0 = 1 / (1 + np.exp(-(p.voltage_neuron - p.release_sigmoid_half) / p.release_sigmoid_slope))
        act = np.maximum(0, (b - b0) / (1 - b0))
        spill = p.release * n[3] / (n[3] + p.release_half) * s[17] * act
        ratio = p.glutamate_ratio_glia
        to_n = p.uptake_neuron_share / p.uptake_time * (e[3] - p.glutamate_ratio_outside * ratio * n[3])
        to_g = (1 - p.uptake_neuron_share) / p.uptake_time * (e[3] - p.glutamate_ratio_outside * g[3])
        back = (g[3] - ratio * n[3]) / p.shuttle_time
        d[3] += to_n + back - spill
        d[7] += to_g - back
        d[11] += spill - to_n - to_g
        pi = [x.sum(0) + q / w for x, q, w in zip((n, g, e), r.immobile, alpha, strict=True)]
        pi[2] = pi[2] + p.stiffness * (1 / (alpha[2] - p.ecs_floor) - 1 / (t.ecs_rest - p.ecs_floor))
        d[12], d[13] = -zeta * (pi[2] - pi[0]), -zeta * (pi[2] - pi[1])
        d[14] = -(f_n[0] + f_n[1] - f_n[2]) / t.capacitance
        d[15] = (charge - (f_g[0] + f_g[1] - f_g[2])) / t.capacitance
        d[16] = 1e3 * (
            (1 - s[16]) * 5.12e-6 * np.exp(-(0.056 * mv + 2.94)) - s[16] * 1.6e-4 / (1 + np.exp(-(0.2 * mv + 8)))
        )
        d[17] = (1 - s[17]) / p.pool_refill_time - p.pool_depletion * act * s[17]
        out[:] = d.T.ravel()

    return rhs


@pytest.fixture(scope="module")
def both():
    cortex = preset_table.load("leao")
    piece = preset_table.under(cortex, drugged_receptors.Drug("memantine", LEVEL))
    grid = solve.Grid(length=LENGTH, nodes=NODES, dt=0.0125, duration=SECONDS, record=0.1)
    driven = solve.drive(cortex, (solve.Stimulus("pulse", 5.0, 0.4),), grid)
    seen = solve.integrate(piece, driven, grid).seen
    free = tissue.rest(cortex.params, cortex.gates, cortex.receptors)
    rhs = right_hand_side(cortex, free, driven.events, driven.zone)
    start = np.tile(np.concatenate([cortex.rest, piece.gate.ravel()]), NODES)
    width = start.size // NODES
    solver = CVODE(
        rhs,
        method="BDF",
        rtol=1e-6,
        atol=1e-6 * (np.abs(start) + 1e-7),
        linsolver="band",
        lband=2 * width - 1,
        uband=2 * width - 1,
        max_num_steps=100_000,
        jacfn=jacobian(rhs, NODES, width),
    )
    times = np.arange(seen.shape[1]) * grid.record
    first = solver.solve(np.array([0.0, 0.5]), start)
    rest = solver.solve(times[5:], first.y[-1])
    y = np.concatenate([np.full((5, start.size), np.nan), rest.y]).reshape(-1, NODES, width)
    y[0] = start[:width]
    return cortex, times, seen, y


def test_arrival_times_agree(both):
    cortex, times, seen, y = both
    mv = voltage_tables.thermal_voltage(cortex.params)
    ours = arrivals(times[5:], seen[line_kernel.SEEN_V, 5:] * mv, -30.0)
    theirs = arrivals(times[5:], y[5:, :, kernel.V_N] * mv, -30.0)
    assert np.isfinite(theirs).all()
    np.testing.assert_allclose(ours[6:], theirs[6:], rtol=0.01)


def test_traces_agree_once_aligned(both):
    cortex, times, seen, y = both
    mv = voltage_tables.thermal_voltage(cortex.params)
    j = NODES // 2
    outside = 1.0 - y[:, j, kernel.ALPHA_N] - y[:, j, kernel.ALPHA_G]
    pairs = {
        "voltage": (seen[line_kernel.SEEN_V, :, j], y[:, j, kernel.V_N]),
        "potassium": (seen[line_kernel.SEEN_K, :, j], y[:, j, kernel.K_E] / outside),
        "glutamate": (seen[line_kernel.SEEN_GLU, :, j], y[:, j, kernel.GLU_E] / outside),
        "ecs": (seen[line_kernel.SEEN_ECS, :, j], outside),
    }
    lag = arrivals(times[5:], seen[line_kernel.SEEN_V, 5:] * mv, -30.0)[j]
    lag -= arrivals(times[5:], y[5:, :, kernel.V_N] * mv, -30.0)[j]
    for name, (ours, theirs) in pairs.items():
        aligned = np.interp(times[10:-10] + lag, times, ours)
        rms = np.sqrt(np.mean((aligned - theirs[10:-10]) ** 2))
        assert rms < 0.01 * np.ptp(theirs[10:-10]), name
