"""The density that sums over the drift on a grid, against brute force: plain loops and a fine quadrature."""

import numpy as np
import pytest
from scipy.special import logsumexp

from leao.review import daily_model
from leao.review.chain_likelihood import DriftGrid
from leao.review.priors import central

pytestmark = pytest.mark.inference
QUADRATURE = 24  # Gauss-Hermite nodes of each block's drift


def diary(days, seed=3):
    rng = np.random.default_rng(seed)
    seen = rng.random(days) < 0.7
    day = np.arange(days)
    exposure = np.clip((day - days / 3) / 10.0, 0.0, 1.0) * np.linspace(0.8, 1.2, 5)[:, None]
    return daily_model.Data((rng.random(days) < 0.5) & seen, seen, (day + 4) % 7, (day % 28 < 5) * 1.0, exposure)


def chain_by_hand(q, data, drift):
    """Return the log-likelihood given the drift of each day, walking through the days with plain loops."""
    speed = np.clip(q.speed, -2, 2)
    x = [np.interp(speed, daily_model.SPEEDS, column) for column in data.exposure.T]
    eta = [
        q.level + drift[t] + q.weekday[data.weekday[t]] + q.cycle * data.window[t] + q.effect * x[t]
        for t in range(len(x))
    ]
    pi = [1.0 - np.exp(-np.clip(np.exp(each), daily_model.LEAST_RATE, daily_model.MOST_RATE)) for each in eta]
    forward, total = np.array([1.0, 0.0]), 0.0
    for t, p in enumerate(pi):
        matrix = np.array([[1.0 - p, p]] * 2)
        if t:
            ratio, b = np.exp(q.persistence), pi[t - 1]
            s = 1.0 + (b + p) * (ratio - 1.0)
            both = (s - np.sqrt(s * s - 4.0 * ratio * (ratio - 1.0) * b * p)) / (2.0 * (ratio - 1.0))
            matrix = np.array([[1.0 - (p - both) / (1.0 - b), (p - both) / (1.0 - b)], [1.0 - both / b, both / b]])
        forward = forward @ matrix
        for state in (0, 1):
            logit = q.missing + q.streak * (t > 0 and not data.seen[t - 1]) + q.with_headache * state
            out = 1.0 / (1.0 + np.exp(-logit))
            forward[state] *= (1.0 - out) * (data.headache[t] == state) if data.seen[t] else out
        total += np.log(forward.sum())
        forward /= forward.sum()
    return total


def over_the_drift(q, data):
    """Return ln of the likelihood integrated over the drift of two blocks, and the mean of either block's drift."""
    u, weight = np.polynomial.hermite_e.hermegauss(QUADRATURE)
    weight = np.log(weight / weight.sum())
    rho, kick = daily_model.correlation(q)
    block = np.arange(data.seen.size) // daily_model.BLOCK
    logs, paths = [], []
    for a in range(QUADRATURE):
        for b in range(QUADRATURE):
            path = np.array([u[a], rho * u[a] + kick * u[b]])
            logs.append(weight[a] + weight[b] + chain_by_hand(q, data, q.drift_sd * path[block]))
            paths.append(path)
    total = logsumexp(logs)
    return total, np.exp(np.array(logs) - total) @ np.array(paths)


@pytest.fixture(scope="module")
def brute():
    """Two diaries of two blocks, one whose second block is short: parameters and their integrals."""
    made = []
    for days, seed in ((14, 3), (11, 4)):
        data = diary(days, seed)
        z = 0.8 * np.random.default_rng(seed).standard_normal((2, daily_model.HEAD))
        q = daily_model.parameters(z, central())
        made.append((data, z, [over_the_drift(type(q)(*(each[k] for each in q)), data) for k in range(len(z))]))
    return made


@pytest.mark.parametrize(("nodes", "reach", "within"), [(11, 3.6, 0.02), (21, 4.5, 1e-3), (61, 6.0, 1e-5)])
def test_the_grid_integrates_the_drift(brute, nodes, reach, within):
    for data, z, wanted in brute:
        integral = DriftGrid(data, central(), nodes, reach).log_density(z) + 0.5 * (z * z).sum(axis=1)
        assert integral == pytest.approx([total for total, _ in wanted], abs=within)


def test_drift_paths_have_the_means_of_the_integral(brute):
    draws = 2000
    for data, z, wanted in brute:
        grid = DriftGrid(data, central(), 41, 5.0)
        for row, (_, mean) in zip(z, wanted, strict=True):
            paths = grid.drift_paths(np.broadcast_to(row, (draws, row.size)).copy(), np.random.default_rng(0))
            assert paths.mean(axis=0) == pytest.approx(mean, abs=5.0 * paths.std() / draws**0.5)


def test_paths_follow_the_process_where_nothing_was_written():
    """Twenty weeks without an entry: the posterior of the drift is its prior, correlation and all."""
    data = diary(140)._replace(seen=np.zeros(140, bool), headache=np.zeros(140, bool))
    z = np.zeros((4000, daily_model.HEAD))
    paths = DriftGrid(data, central(), 21).drift_paths(z, np.random.default_rng(1))
    rho, _ = daily_model.correlation(daily_model.parameters(z[0], central()))
    assert paths.std(axis=0) == pytest.approx(1.0, abs=0.05)
    assert np.mean(paths[:, 1:] * paths[:, :-1]) == pytest.approx(float(rho), abs=0.02)


def test_draws_do_not_know_of_each_other():
    data = diary(60)
    z = np.random.default_rng(2).standard_normal((300, daily_model.HEAD))
    grid = DriftGrid(data, central(), 11)
    assert grid.log_density(z)[[0, 127, 128, 299]] == pytest.approx(
        [float(grid.log_density(z[k : k + 1])[0]) for k in (0, 127, 128, 299)], abs=1e-4
    )


def test_a_point_far_out_is_finite():
    data = diary(60)
    z = np.zeros((6, daily_model.HEAD))
    for row, (name, far) in enumerate(
        (
            ("missing", 40.0),
            ("streak", 40.0),
            ("missing", -60.0),
            ("level", 30.0),
            ("level", -30.0),
            ("log_drift_sd", 12.0),
        )
    ):
        z[row, daily_model.NAMES.index(name)] = far
    assert np.isfinite(DriftGrid(data, central(), 11).log_density(z)).all()
