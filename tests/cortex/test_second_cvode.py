"""The second model against CVODE on the same equations, written a second time in plain NumPy, memantine at 1 uM.

What both models share stands in ``test_cortex_cvode``; here are transport, leak, reserve and the water of glia.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from sksundae.cvode import CVODE
from tests.cortex.test_cortex_cvode import LEVEL, RT_F, Subtype, glia, jacobian, line, neuron

from leao.cortex import drugged_receptors, preset_table, solve, voltage_tables
from leao.cortex.kernels import line as line_kernel
from leao.cortex.kernels import nmda, node
from leao.cortex.wave_measures import arrivals

pytestmark = pytest.mark.cross

NODES, LENGTH, SECONDS = 10, 1.0, 20.0  # mm
OWN = node.N_STATE + 1
ELL = 1.15 * 2.16e-9 / 1.586e-5


def transported(v, c, e, capacity, rest, second):
    """Glutamate into a cell per volume of tissue."""
    q = second.transport_proton_ratio * (e[1] / c[1]) * (c[0] / e[0]) ** 3 * np.exp(2 * v)
    top = e[3] - q * c[3]
    return (
        capacity * np.exp(-second.transport_sensitivity * (v - rest)) * top / (second.transport_half + e[3] + q * c[3])
    )


def right_hand_side(cortex, events, zone):
    p, dx, second, t, h = (
        cortex.params,
        0.1 * LENGTH / NODES,
        cortex.second.params,
        cortex.tissue,
        cortex.second.homeostat,
    )
    (_, _, duration, peak) = events[0]
    free = drugged_receptors.build(p)
    kinds = [Subtype(name, free.constants[s, nmda.WEIGHT], p) for s, name in enumerate(free.names)]
    width = OWN + 8 * len(kinds)
    depth = 1 / (second.pump_ceiling - 1)
    share = second.transport_neuron_share
    rest_n, rest_g = 1e-3 * p.voltage_neuron / RT_F, 1e-3 * p.voltage_glia / RT_F
    tonic = cortex.second.transport.sum()

    def rhs(time, y, out):
        s = y.reshape(-1, width).T
        where = np.tile(zone, s.shape[1] // NODES)
        alpha = np.array([s[12], s[13], 1 - s[12] - s[13]])
        n, g, e = (s[4 * i : 4 * i + 4] / alpha[i] for i in range(3))
        pulse = peak * np.sin(np.pi * time / duration) ** 2 if time < duration else 0.0
        d, opened = np.zeros_like(s), 0.0
        for k, kind in enumerate(kinds):
            place = slice(OWN + 8 * k, OWN + 8 * k + 8)
            d[place], part = kind.rates(s[place], e[3], 1e3 * RT_F * s[14])
            opened = opened + part
        energy = s[18]
        fed = (1 + second.energy_half) * energy / (energy + second.energy_half)
        r = SimpleNamespace(
            pump_neuron=t.pump_neuron * fed, pump_glia=t.pump_glia * fed, leak_neuron=t.leak_sodium,
            leak_glia=t.glia_sodium, cotransport=t.cotransport,
        )  # fmt: skip
        f_n, mv = neuron(s[14], n, e, s, p, r, opened, where * pulse)
        f_g = glia(s[15], g, e, p, r)
        j_n = transported(s[14], n, e, second.transport_capacity * share, rest_n, second)
        j_g = transported(s[15], g, e, second.transport_capacity * (1 - share), rest_g, second)
        for f, j in ((f_n, j_n), (f_g, j_g)):
            f[0] -= 3 * j
            f[1] += j
        gain_e, gain_g, charge = line(e, g, s[15], alpha[2], p, dx, NODES)
        d[0:3], d[4:7], d[8:11] = -f_n, -f_g, f_n + f_g
        d[4:8] += gain_g
        d[8:12] += gain_e
        b = 1 / (1 + np.exp(-(mv - p.release_sigmoid_half) / p.release_sigmoid_slope))
        b0 = 1 / (1 + np.exp(-(p.voltage_neuron - p.release_sigmoid_half) / p.release_sigmoid_slope))
        act = np.maximum(0, (b - b0) / (1 - b0))
        spill = p.release * n[3] / (n[3] + p.release_half) * s[17] * act + tonic
        back = (g[3] - p.glutamate_ratio_glia * n[3]) / p.shuttle_time
        d[3] += j_n + back - spill
        d[7] += j_g - back
        d[11] += spill - j_n - j_g
        immobile = t.immobile_neuron, t.immobile_glia, t.immobile_outside
        pi = [x.sum(0) + q / w for x, q, w in zip((n, g, e), immobile, alpha, strict=True)]
        pi[2] = pi[2] + p.stiffness * (1 / (alpha[2] - p.ecs_floor) - 1 / (t.ecs_rest - p.ecs_floor))
        d[12] = p.water_permeability / ELL * (pi[0] - pi[2])
        d[13] = second.water_permeability_glia / ELL * (pi[1] - pi[2])
        d[14] = -(f_n[0] + f_n[1] - f_n[2]) / t.capacitance
        d[15] = (charge - (f_g[0] + f_g[1] - f_g[2])) / t.capacitance
        d[16] = 1e3 * (
            (1 - s[16]) * 5.12e-6 * np.exp(-(0.056 * mv + 2.94)) - s[16] * 1.6e-4 / (1 + np.exp(-(0.2 * mv + 8)))
        )
        d[17] = (1 - s[17]) / p.pool_refill_time - p.pool_depletion * act * s[17]
        pumped = r.pump_neuron / ((1 + p.pump_potassium / e[1]) ** 2 * (1 + p.pump_sodium_neuron / n[0]) ** 3)
        pumped = pumped + r.pump_glia / ((1 + p.pump_potassium / e[1]) ** 2 * (1 + p.pump_sodium_glia / g[0]) ** 3)
        supply = second.oxygen * (1 + depth - energy)
        d[18] = (supply - depth * pumped / h.turnover) / (depth * second.energy_store)
        out[:] = d.T.ravel()

    return rhs


@pytest.fixture(scope="module")
def both():
    cortex = preset_table.load("eaat")
    piece = preset_table.under(cortex, drugged_receptors.Drug("memantine", LEVEL))
    grid = solve.Grid(length=LENGTH, nodes=NODES, dt=0.0125, duration=SECONDS, record=0.1)
    driven = solve.drive(cortex, (solve.Stimulus("pulse", 5.0, 0.4),), grid)
    seen = solve.integrate(piece, driven, grid).seen
    start = np.tile(np.concatenate([cortex.rest, piece.gate.ravel()]), NODES)
    width = start.size // NODES
    rhs = right_hand_side(cortex, driven.events, driven.zone)
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
    theirs = arrivals(times[5:], y[5:, :, node.V_N] * mv, -30.0)
    reached = np.isfinite(theirs)
    assert reached.all()
    np.testing.assert_allclose(ours[5:], theirs[5:], rtol=0.015)


def test_traces_agree_once_aligned(both):
    cortex, times, seen, y = both
    mv = voltage_tables.thermal_voltage(cortex.params)
    j = NODES // 2
    outside = 1.0 - y[:, j, node.ALPHA_N] - y[:, j, node.ALPHA_G]
    pairs = {
        "voltage": (seen[line_kernel.SEEN_V, :, j], y[:, j, node.V_N]),
        "potassium": (seen[line_kernel.SEEN_K, :, j], y[:, j, node.K_E] / outside),
        "glutamate": (seen[line_kernel.SEEN_GLU, :, j], y[:, j, node.GLU_E] / outside),
        "space": (seen[line_kernel.SEEN_ECS, :, j], outside),
        "reserve": (seen[line_kernel.SEEN_ENERGY, :, j], y[:, j, node.N_STATE]),
    }
    lag = arrivals(times[5:], seen[line_kernel.SEEN_V, 5:] * mv, -30.0)[j]
    lag -= arrivals(times[5:], y[5:, :, node.V_N] * mv, -30.0)[j]
    for name, (ours, theirs) in pairs.items():
        aligned = np.interp(times[10:-10] + lag, times, ours)
        rms = np.sqrt(np.mean((aligned - theirs[10:-10]) ** 2))
        assert rms < 0.01 * np.ptp(theirs[10:-10]), name
