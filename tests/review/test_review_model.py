"""The daily model against a naive forward pass, levels against the kernel, a small sample of the calibration."""

import csv
import importlib
from pathlib import Path

import numpy as np
import pytest

from leao.diary.reading import doses
from leao.review import assurance, effect, exposure, fit, model, simulate
from leao.review.priors import central

pytestmark = pytest.mark.inference

ROOT = Path(__file__).resolve().parents[2]
CALIBRATION = ROOT / "docs" / "validation" / "review_calibration.csv"


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.calibration_review")


def some_data(n=100, seed=0):
    rng = np.random.default_rng(seed)
    length, block = model.size(n)
    inside = (np.arange(length) < n) * 1.0
    seen = (rng.random(length) < 0.8) * inside
    week = (np.arange(7)[:, None] == np.arange(length) % 7) * 1.0
    x = np.clip((np.arange(length) - 40) / 20.0, 0.0, 1.0) * np.linspace(0.8, 1.2, 5)[:, None]
    window = (np.arange(length) % 28 < 5) * 1.0
    return model.Data((rng.random(length) < 0.4) * seen, seen, inside, week, window, x), block


def naive(q, data, block):
    """Return the log-likelihood by walking through the days with plain loops."""
    eta = model.log_rate(q, data, block)
    pi = model.chance(eta)
    forward, blank_before = np.array([1.0, 0.0]), 0.0
    total = 0.0
    for t in range(int(data.inside.sum())):
        matrix = np.zeros((2, 2))
        for state in (0, 1):
            if t == 0:
                p = pi[0]
            else:
                a, b, ratio = pi[t - 1], pi[t], np.exp(q.persistence)
                s = 1.0 + (a + b) * (ratio - 1.0)
                joint = (s - np.sqrt(s * s - 4.0 * ratio * (ratio - 1.0) * a * b)) / (2.0 * (ratio - 1.0))
                p = joint / a if state else (b - joint) / (1.0 - a)
            matrix[state] = [1.0 - p, p]
        forward = forward @ matrix
        for state in (0, 1):
            out = 1.0 / (1.0 + np.exp(-(q.missing + q.streak * blank_before + q.with_headache * state)))
            forward[state] *= (1.0 - out) * (data.headache[t] == state) if data.seen[t] else out
        blank_before = 1.0 - data.seen[t]
        total += np.log(forward.sum())
        forward /= forward.sum()
    return total


def test_the_likelihood_is_the_naive_one():
    from leao.review.density import log_likelihood

    data, block = some_data()
    for seed in range(4):
        z = np.random.default_rng(seed).standard_normal(model.width(data.headache.size))
        q = model.parameters(z, central())
        mine = float(log_likelihood(q, data, block))
        assert mine == pytest.approx(naive(q, data, block), rel=2e-5)


def test_margins_are_as_given_and_odds_ratio_is_persistence():
    rng = np.random.default_rng(1)
    before, now, log_ratio = rng.uniform(0.02, 0.98, 200), rng.uniform(0.02, 0.98, 200), rng.normal(0, 1, 200)
    stay = model.after(before, now, log_ratio)
    start = model.after(1.0 - before, now, -log_ratio)
    assert before * stay + (1.0 - before) * start == pytest.approx(now, abs=1e-9)
    odds = stay / (1.0 - stay) / (start / (1.0 - start))
    assert np.log(odds) == pytest.approx(log_ratio, abs=1e-6)


def test_drift_is_stationary():
    rng = np.random.default_rng(2)
    z = np.zeros((40_000, model.width(128)))
    z[:, model.HEAD :] = rng.standard_normal((40_000, z.shape[1] - model.HEAD))
    q = model.parameters(z, central())
    moving = model.drift(q, 7)
    assert moving.std(axis=0) == pytest.approx(central().drift_sd, rel=0.03)
    memory = np.exp(-7.0 / central().drift_time)
    assert np.corrcoef(moving[:, 3], moving[:, 4])[0, 1] == pytest.approx(memory, abs=0.02)


def test_levels_are_the_kernels_to_rounding():
    from leao.exposure.kernels import oral

    rng = np.random.default_rng(3)
    taken = rng.choice([0.0, 5.0, 10.0, 20.0], (60, 2))
    k, ka = rng.uniform(0.005, 0.03, 5), rng.uniform(0.2, 0.8, 5)
    _, mean = oral.one_compartment(np.broadcast_to(taken.ravel(), (5, 120)).copy(), ka, k, 12.0)
    assert exposure.amount(taken, k, ka) == pytest.approx(mean.reshape(5, 60, 2).mean(axis=2), rel=1e-9)


def test_relative_level_builds_up_to_one_and_washes_out():
    plan = np.zeros((200, 2))
    plan[20:140, 0] = 10.0
    levels = exposure.predict(plan, doses.reference(plan.sum(axis=1)), 90.0)
    assert levels.relative[:, 19] == pytest.approx(0.0)
    assert levels.relative[:, 135] == pytest.approx(1.0, abs=0.05)
    assert levels.relative[2, 22] < 0.6  # not a switch
    assert levels.relative[2, 199] < 0.01
    slow = exposure.predict(plan, 10.0, 20.0)
    assert slow.half_life_days[1] > levels.half_life_days[1]
    assert slow.plasma[1, 135] > levels.plasma[1, 135]


def test_the_dose_of_reference_is_the_last_one_kept():
    per_day = np.concatenate([np.zeros(20), np.full(40, 10.0), np.full(7, 30.0), np.full(30, 20.0), np.full(5, 5.0)])
    assert doses.reference(per_day) == 20.0
    assert doses.reference(np.array([0.0, 10.0, 10.0, 20.0])) == 10.0


def test_synthesis_prior_by_reweighting_is_the_normal_product():
    rng = np.random.default_rng(4)
    sd = central().effect_sd
    draws = rng.normal(-0.3, 0.3, 20_000)  # a posterior under N(0, sd): the likelihood is its ratio to the prior
    found = effect.under_synthesis(draws, 100.0 * np.expm1(draws), -0.7, 0.57)
    precision = 1 / 0.3**2 - 1 / sd**2 + 1 / 0.57**2
    mean = (-0.3 / 0.3**2 - 0.7 / 0.57**2) / precision
    wanted = 100.0 * np.expm1([mean - 1.645 / precision**0.5, mean, mean + 1.645 / precision**0.5])
    assert [found["change_percent"][key] for key in ("p05", "median", "p95")] == pytest.approx(wanted, abs=2.0)
    assert effect.under_synthesis(draws[:50], draws[:50], -0.7, 0.57) is None


def test_runs_of_a_diary_written_down():
    headache = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0], dtype=bool)
    seen = np.ones(10, dtype=bool)
    found = simulate.runs(headache, seen)
    assert found["headache_run"] == pytest.approx(2.5)
    assert found["free_run"] == pytest.approx(1.5)
    assert found["after_headache"] == pytest.approx(3 / 6)
    seen[5] = False
    assert simulate.runs(headache, seen)["free_run"] == pytest.approx(1.0)


def test_more_weeks_settle_a_strong_effect_and_none_settles_nothing():
    rng = np.random.default_rng(5)
    n = 600
    z = rng.standard_normal((n, model.width(128)))
    data, block = some_data(100)
    full = data._replace(exposure=np.ones_like(data.exposure))
    q = model.parameters(z, central())
    known = q._replace(level=np.full(n, -0.4), drift_sd=np.full(n, 0.05), weekday=0 * q.weekday)
    strong = known._replace(effect=rng.normal(-0.5, 0.35, n), missing=np.full(n, -3.0))
    on = np.ones((len(model.SPEEDS), assurance.YEAR))
    assert assurance.settles(strong, full, block, on, central()).weeks not in (0, None)
    clear = known._replace(effect=rng.normal(-2.0, 0.3, n))
    assert assurance.settles(clear, full, block, on, central()) == assurance.Settles(0, 1.0)
    off = assurance.settles(strong, full, block, 0.0 * on, central())
    assert off.weeks is None
    assert off.clear_in_a_year < 0.05


def test_weeks_are_named_only_where_the_answer_stays_clear():
    """A diary of the calibration study, P(better) 0.057, was once told "1 more week" though a year gave 0.67."""
    later = [0.6] * (len(assurance.WEEKS) - 1)
    assert assurance.lasting([0.83, *later], 0.8) is None
    assert assurance.lasting([0.83, *[0.9 for _ in later]], 0.8) == 1
    assert assurance.lasting([0.83, 0.6, *[0.8 for _ in later[1:]]], 0.8) == 3


def test_days_left_out_teach_nothing():
    rng = np.random.default_rng(9)
    n = 1500
    q = model.parameters(rng.standard_normal((n, model.width(128))), central())
    q = q._replace(level=np.full(n, -0.4), drift_sd=np.full(n, 0.05), effect=rng.normal(-0.5, 0.35, n))
    data, block = some_data(100)
    level = np.ones((len(model.SPEEDS), assurance.YEAR))
    kept, left = (
        assurance.settles(q._replace(missing=np.full(n, m), streak=np.zeros(n)), data, block, level, central())
        for m in (-9.0, 9.0)
    )
    assert kept.clear_in_a_year > 0.7
    assert left.clear_in_a_year < 0.05


def test_the_regression_is_the_posterior_where_counts_tell_all():
    """With many days and nothing else unknown, counts tell ln(rate): P(better) becomes that of the draw itself."""
    rng = np.random.default_rng(10)
    n = 3000
    q = model.parameters(np.zeros((n, model.width(128))), central())
    q = q._replace(drift_sd=np.full(n, 1e-6), effect=rng.normal(0.0, 0.5, n), missing=np.full(n, -9.0))
    q = q._replace(persistence=np.zeros(n))
    data, block = some_data(100)
    future = assurance.coming(q, data, block, np.ones((len(model.SPEEDS), assurance.YEAR)))
    better = assurance.afterwards(q.effect, future, assurance.YEAR)
    far = np.abs(q.effect) > 0.35  # counting error of 364 days is 0.07
    assert np.mean((better[far] > 0.95) == (q.effect[far] < 0.0)) > 0.99
    assert np.corrcoef(better[~far], q.effect[~far])[0, 1] < -0.8


@pytest.fixture(scope="module")
def settling():
    return importlib.import_module("validation.settle_review")


def test_the_committed_refits_agree_with_what_is_stated(settling):
    rows = list(csv.DictReader(settling.OUT.read_text(encoding="utf-8").splitlines()))
    assert {row["band"] for row in rows} >= {"skewed", "open"}
    assert np.mean([row["converged"] == "1" for row in rows]) > 0.95
    rows = [row for row in rows if row["converged"] == "1"]
    stated, found = (np.array([float(row[key]) for row in rows]) for key in ("p_stated", "p_refit"))
    assert abs(np.mean(found - stated)) < 0.02
    assert np.sqrt(np.mean((found - stated) ** 2)) < 0.06
    named = [row for row in rows if row["weeks"] and int(row["days"]) == 7 * int(row["weeks"])]
    clear = np.mean([not 0.05 <= float(row["p_refit"]) <= 0.95 for row in named])
    assert abs(clear - 0.8) < max(0.05, 3.0 * (0.8 * 0.2 / len(named)) ** 0.5)


def test_a_refit_today(settling, script):
    """One diary, one future of twelve weeks: the regression and the review's own inference agree."""
    diaries = script.from_model(4, script.taken())
    data = script.data(diaries.headache[3], diaries.seen[3], script.taken())
    level = settling.levels(script)["by turns"]
    now = fit.sample(data, 1).parameters
    future = assurance.coming(now, data, 7, level)
    better = assurance.afterwards(now.effect, future, 84)
    whole = settling.extended(data, future.ache[5, :84], future.seen[5, :84], level)
    assert whole.inside.sum() == script.DAYS + 84
    assert whole.exposure[2, script.DAYS + 27] < 0.02, "four weeks without wash it out"
    assert float(np.mean(fit.sample(whole, 2).parameters.effect < 0.0)) == pytest.approx(better[5], abs=0.12)


def test_a_small_sample_of_the_calibration(script):
    """A strong effect is found, no effect after a bad month is not, and fits of the model's own diaries converge."""
    relative = script.taken()
    diaries = script.from_model(3, relative)
    inside = 0
    for k in range(3):
        row = script.read("model", k, diaries, relative)
        assert row["converged"]
        inside += row["p05"] <= row["true_percent"] <= row["p95"]
    assert inside >= 1
    rng = np.random.default_rng(6)
    ache = rng.random(script.DAYS) < np.where(np.arange(script.DAYS) < script.BEFORE + 7, 0.6, 0.1)
    strong = script.Diaries(ache[None], np.ones((1, script.DAYS), bool), np.array([-80.0]))
    assert script.read("stage", 0, strong, relative)["p_30"] > 0.9


def test_the_committed_calibration_meets_the_issue():
    rows = list(csv.DictReader(CALIBRATION.read_text(encoding="utf-8").splitlines()))
    null = [float(row["p_30"]) > 0.9 for row in rows if row["study"] == "null" and row["converged"] == "1"]
    own = [row for row in rows if row["study"] == "model" and row["converged"] == "1"]
    covered = np.mean([float(row["p05"]) <= float(row["true_percent"]) <= float(row["p95"]) for row in own])
    assert np.mean(null) <= 0.05
    slack = 3.0 * (0.9 * 0.1 / len(own)) ** 0.5  # so many diaries cannot tell more
    assert abs(covered - 0.9) <= max(0.03, slack)


def test_checks_refuse_chains_that_disagree():
    z = np.random.default_rng(7).standard_normal((4, 100, 20)) + np.arange(4)[:, None, None]
    r_hat, ess = fit._checks(z)
    assert r_hat > fit.LARGEST_R_HAT
    assert fit._problem(r_hat, ess, 0.0)
    assert fit._problem(1.0, 1000.0, 0.5)
    assert fit._problem(float("nan"), 1000.0, 0.0)
    assert fit._problem(1.0, 1000.0, 0.0) is None


def test_a_start_far_out_is_finite_and_a_sparse_diary_ends(script):
    """Twelve recorded days of 112 in two streaks once shrank the step until the fit never ended."""
    import jax

    from leao.review.density import potential

    data, block = some_data()
    z = np.zeros(model.width(data.headache.size), dtype=np.float32)
    for name, far in (("missing", 40.0), ("streak", 40.0), ("missing", -60.0), ("level", 30.0), ("level", -30.0)):
        z[:] = 0.0
        z[model.NAMES.index(name)] = far
        value, slope = jax.value_and_grad(potential)(z, data, central(), block)
        assert np.isfinite(value)
        assert np.isfinite(slope).all(), name
    relative = script.taken()
    sparse = script.Diaries(np.zeros((1, script.DAYS), bool), np.zeros((1, script.DAYS), bool), np.zeros(1))
    sparse.seen[0, [0, 1, 2, 3, 20, 21, 22, 23, 24, 44, 110, 111]] = True
    written = script.data(sparse.headache[0], sparse.seen[0], relative)
    drawn, _ = fit.draw(written, script.SEED + 19, central(), (fit.WARM_UP, fit.KEEP))
    assert np.isfinite(drawn).all()
