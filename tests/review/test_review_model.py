"""The daily model in parts, levels against the kernel, the sampler's checks, a small sample of the calibration."""

import csv
import importlib
from pathlib import Path

import numpy as np
import pytest

from leao.diary.reading import doses
from leao.review import assurance, daily_model, drug_level, effect, fit, importance, laplace, simulate
from leao.review.priors import central

pytestmark = pytest.mark.inference

ROOT = Path(__file__).resolve().parents[2]
CALIBRATION = ROOT / "docs" / "validation" / "review_calibration.csv"


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.calibration_review")


def some_data(n=100, seed=0):
    rng = np.random.default_rng(seed)
    day = np.arange(n)
    seen = rng.random(n) < 0.8
    x = np.clip((day - 40) / 20.0, 0.0, 1.0) * np.linspace(0.8, 1.2, 5)[:, None]
    return daily_model.Data((rng.random(n) < 0.4) & seen, seen, day % 7, (day % 28 < 5) * 1.0, x)


def test_margins_are_as_given_and_odds_ratio_is_persistence():
    rng = np.random.default_rng(1)
    before, now, log_ratio = rng.uniform(0.02, 0.98, 200), rng.uniform(0.02, 0.98, 200), rng.normal(0, 1, 200)
    start, stay = daily_model.transitions(before, now, np.exp(log_ratio))
    assert before * stay + (1.0 - before) * start == pytest.approx(now, abs=1e-9)
    odds = stay / (1.0 - stay) / (start / (1.0 - start))
    assert np.log(odds) == pytest.approx(log_ratio, abs=1e-6)


def test_drift_is_stationary():
    rng = np.random.default_rng(2)
    q = daily_model.prior(rng, 40_000, 128, central())
    flat = daily_model.parameters(np.zeros((40_000, daily_model.HEAD)), central())
    moving = daily_model.drift(flat, rng.standard_normal((40_000, 19)))
    assert moving.std(axis=0) == pytest.approx(1.0, rel=0.03)
    memory = np.exp(-7.0 / central().drift_time)
    assert np.corrcoef(moving[:, 3], moving[:, 4])[0, 1] == pytest.approx(memory, abs=0.02)
    assert q.drift.shape == (40_000, 19)
    assert q.drift.std() == pytest.approx(1.0, rel=0.03)


def test_levels_are_the_kernels_to_rounding():
    from leao.exposure.kernels import oral

    rng = np.random.default_rng(3)
    taken = rng.choice([0.0, 5.0, 10.0, 20.0], (60, 2))
    k, ka = rng.uniform(0.005, 0.03, 5), rng.uniform(0.2, 0.8, 5)
    _, mean = oral.one_compartment(np.broadcast_to(taken.ravel(), (5, 120)).copy(), ka, k, 12.0)
    assert drug_level.amount(taken, k, ka) == pytest.approx(mean.reshape(5, 60, 2).mean(axis=2), rel=1e-9)


def test_relative_level_builds_up_to_one_and_washes_out():
    plan = np.zeros((200, 2))
    plan[20:140, 0] = 10.0
    levels = drug_level.predict(plan, doses.reference(plan.sum(axis=1)), 90.0)
    assert levels.relative[:, 19] == pytest.approx(0.0)
    assert levels.relative[:, 135] == pytest.approx(1.0, abs=0.05)
    assert levels.relative[2, 22] < 0.6  # not a switch
    assert levels.relative[2, 199] < 0.01
    slow = drug_level.predict(plan, 10.0, 20.0)
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
    even = np.full(draws.size, 1.0 / draws.size)
    reweighted = effect.under_synthesis(draws, 100.0 * np.expm1(draws), even, (-0.7, 0.57))
    precision = 1 / 0.3**2 - 1 / sd**2 + 1 / 0.57**2
    mean = (-0.3 / 0.3**2 - 0.7 / 0.57**2) / precision
    wanted = 100.0 * np.expm1([mean - 1.645 / precision**0.5, mean, mean + 1.645 / precision**0.5])
    assert [reweighted["change_percent"][key] for key in ("p05", "median", "p95")] == pytest.approx(wanted, abs=2.0)
    assert effect.under_synthesis(draws[:50], draws[:50], np.full(50, 0.02), (-0.7, 0.57)) is None


def test_runs_of_a_diary_written_down():
    headache = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0], dtype=bool)
    seen = np.ones(10, dtype=bool)
    runs = simulate.runs(headache, seen)
    assert runs["headache_run"] == pytest.approx(2.5)
    assert runs["free_run"] == pytest.approx(1.5)
    assert runs["after_headache"] == pytest.approx(3 / 6)
    seen[5] = False
    assert simulate.runs(headache, seen)["free_run"] == pytest.approx(1.0)


def test_more_weeks_settle_a_strong_effect_and_none_settles_nothing():
    rng = np.random.default_rng(5)
    n = 600
    data = some_data(100)
    q = daily_model.prior(rng, n, 100, central())
    known = q._replace(level=np.full(n, -0.4), drift_sd=np.full(n, 0.05), weekday=0 * q.weekday)
    strong = known._replace(effect=rng.normal(-0.5, 0.35, n), missing=np.full(n, -3.0))
    on = np.ones((len(daily_model.SPEEDS), assurance.YEAR))
    assert assurance.of_course(strong, data, on, central()).weeks is not None
    off = assurance.of_course(strong, data, 0.0 * on, central())
    assert off.weeks is None
    assert off.clear_in_a_year < 0.05
    clear = [p for p in (0.04, 0.06, 0.5, 0.94, 0.96) if assurance.is_clear(p, central())]
    assert clear == [0.04, 0.96]


def test_weeks_are_named_only_where_the_answer_stays_clear():
    """A diary of the calibration study, P(better) 0.057, was once told "1 more week" though a year gave 0.67."""
    later = [0.6] * (len(assurance.WEEKS) - 1)
    assert assurance.lasting([0.83, *later], 0.8) is None
    assert assurance.lasting([0.83, *[0.9 for _ in later]], 0.8) == 1
    assert assurance.lasting([0.83, 0.6, *[0.8 for _ in later[1:]]], 0.8) == 3


def test_days_left_out_teach_nothing():
    rng = np.random.default_rng(9)
    n = 1500
    q = daily_model.prior(rng, n, 100, central())
    q = q._replace(level=np.full(n, -0.4), drift_sd=np.full(n, 0.05), effect=rng.normal(-0.5, 0.35, n))
    data = some_data(100)
    level = np.ones((len(daily_model.SPEEDS), assurance.YEAR))
    kept, left = (
        assurance.of_course(q._replace(missing=np.full(n, m), streak=np.zeros(n)), data, level, central())
        for m in (-9.0, 9.0)
    )
    assert kept.clear_in_a_year > 0.7
    assert left.clear_in_a_year < 0.05


def test_the_regression_is_the_posterior_where_counts_tell_all():
    """With many days and nothing else unknown, counts tell ln(rate): P(better) becomes that of the draw itself."""
    rng = np.random.default_rng(10)
    n = 3000
    q = daily_model.parameters(np.zeros((n, daily_model.HEAD)), central(), np.zeros((n, daily_model.blocks(100))))
    q = q._replace(drift_sd=np.full(n, 1e-6), effect=rng.normal(0.0, 0.5, n), missing=np.full(n, -9.0))
    q = q._replace(persistence=np.zeros(n))
    data = some_data(100)
    future = assurance.futures(q, data, np.ones((len(daily_model.SPEEDS), assurance.YEAR)))
    better = assurance.afterwards(q.effect, future, assurance.YEAR)
    far = np.abs(q.effect) > 0.35  # counting error of 364 days is 0.07
    assert np.mean((better[far] > 0.95) == (q.effect[far] < 0.0)) > 0.99
    assert np.corrcoef(better[~far], q.effect[~far])[0, 1] < -0.8


@pytest.fixture(scope="module")
def settling():
    return importlib.import_module("validation.settle_review")


def test_the_committed_refits_agree_with_what_is_stated(settling):
    rows = list(csv.DictReader(settling.OUT.read_text(encoding="utf-8").splitlines()))
    assert {row["band"] for row in rows} >= {"skewed"}  # docs/validation/review.md says which are not done again
    assert np.mean([row["converged"] == "1" for row in rows]) > 0.95
    rows = [row for row in rows if row["converged"] == "1"]
    stated, refitted = (np.array([float(row[key]) for row in rows]) for key in ("p_stated", "p_refit"))
    assert abs(np.mean(refitted - stated)) < 0.02
    assert np.sqrt(np.mean((refitted - stated) ** 2)) < 0.06
    named = [row for row in rows if row["weeks"] and int(row["days"]) == 7 * int(row["weeks"])]
    clear = np.mean([not 0.05 <= float(row["p_refit"]) <= 0.95 for row in named])
    assert abs(clear - 0.8) < max(0.05, 3.0 * (0.8 * 0.2 / len(named)) ** 0.5)


def test_a_refit_today(settling, script):
    """One diary, one future of twelve weeks: the regression and the review's own inference agree."""
    diaries = script.from_model(4, script.taken())
    data = script.data(diaries.headache[3], diaries.seen[3], script.taken())
    level = settling.levels(script)["by turns"]
    now = fit.sample(data, 1).parameters
    future = assurance.futures(now, data, level)
    better = assurance.afterwards(now.effect, future, 84)
    whole = settling.extended(data, future.headache[5, :84], future.seen[5, :84], level)
    assert whole.seen.size == script.DAYS + 84
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
    assert script.read("stage", 0, strong, relative)["p_30"] > 0.85  # 0.89 under the fitted levels, which clear faster


def test_the_committed_calibration_meets_the_issue():
    rows = list(csv.DictReader(CALIBRATION.read_text(encoding="utf-8").splitlines()))
    null = [float(row["p_30"]) > 0.9 for row in rows if row["study"] == "null" and row["converged"] == "1"]
    trusted = [row for row in rows if row["study"] == "model" and row["converged"] == "1"]
    covered = np.mean([float(row["p05"]) <= float(row["true_percent"]) <= float(row["p95"]) for row in trusted])
    assert np.mean(null) <= 0.05
    slack = 3.0 * (0.9 * 0.1 / len(trusted)) ** 0.5  # so many diaries cannot tell more
    assert abs(covered - 0.9) <= max(0.03, slack)


def test_answers_that_cannot_be_trusted_are_refused():
    assert "k-hat" in fit.problem(0.71, 1000.0, 0.0)
    assert "effective" in fit.problem(0.3, 150.0, 0.0)
    assert "grid" in fit.problem(0.3, 1000.0, 0.21)
    assert fit.problem(float("nan"), 1000.0, 0.0)
    assert fit.problem(0.3, float("nan"), 0.0)
    assert fit.problem(0.3, 1000.0, float("nan"))
    assert fit.problem(0.3, 1000.0, 0.0) is None


def by_turns():
    """Return a diary of headache on 200 days, none on the next 200."""
    day = np.arange(400)
    return daily_model.Data(day < 200, np.ones(400, bool), day % 7, np.zeros(400), np.zeros((5, 400)))


def test_the_grid_guard_doubles_the_nodes_for_a_large_drift(monkeypatch):
    """200 days on and 200 off: k-hat sees nothing, and eleven nodes give a log density wrong by more than one."""
    monkeypatch.setattr(fit, "DRAWS", 1024)
    monkeypatch.setattr(fit, "KEPT", 200)
    data = by_turns()
    posterior = fit.sample(data, 1)
    assert posterior.converged
    assert posterior.grid_error <= fit.LARGEST_GRID_ERROR
    z = np.zeros((64, daily_model.HEAD))
    for name, k in (("level", 0), ("log_drift_sd", 2), ("log_drift_time", 3)):
        assert daily_model.NAMES[k] == name
    prior = central()
    chosen = daily_model.Parameters(*(values[:64] for values in posterior.parameters))
    z[:, 0] = (chosen.level - prior.level_mean) / prior.level_sd
    z[:, 2] = np.log(chosen.drift_sd / prior.drift_sd) / prior.drift_sd_spread
    z[:, 3] = np.log(chosen.drift_time / prior.drift_time) / prior.drift_time_spread
    assert fit.Target(data, prior, fit.NODES).grid_error(z) > 1.0, "this diary needs the guard"
    moved = posterior.parameters.drift_sd[:, None] * posterior.parameters.drift
    assert moved[:, :25].mean() - moved[:, 30:].mean() > 4.0, "the drift follows the diary"


def test_a_grid_that_stays_too_coarse_gives_no_answer(monkeypatch):
    monkeypatch.setattr(fit, "DRAWS", 1024)
    monkeypatch.setattr(fit, "KEPT", 200)
    monkeypatch.setattr(fit, "MOST_NODES", fit.NODES)
    monkeypatch.setattr(importance, "ROUNDS", 1)
    posterior = fit.sample(by_turns(), 1)
    assert not posterior.converged
    assert "too coarse" in posterior.problem


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_the_pareto_fit_finds_the_shape(shape):
    u = np.random.default_rng(8).random(20_000)
    fitted_shape, scale = importance.pareto(np.sort(2.0 * np.expm1(-shape * np.log(u)) / shape))
    assert fitted_shape == pytest.approx(shape, abs=0.04)
    assert scale == pytest.approx(2.0, rel=0.05)


def test_importance_sampling_of_a_known_density():
    """A correlated Gaussian, begun a little off: mean, variance and weights come right; equal weights have no tail."""
    rng = np.random.default_rng(9)
    root = rng.standard_normal((6, 6)) / 3.0 + np.eye(6)
    mean, precision = rng.standard_normal(6), np.linalg.inv(root @ root.T)

    def log_density(z):
        return -0.5 * np.einsum("ni,ij,nj->n", z - mean, precision, z - mean)

    begin = laplace.approximate(log_density, np.zeros(6))
    assert begin.centre == pytest.approx(mean, abs=0.15)
    sampled = importance.sample(log_density, begin._replace(centre=begin.centre + 0.3), 4096, rng)
    assert sampled.good
    assert sampled.weights.sum() == pytest.approx(1.0)
    assert sampled.weights @ sampled.z == pytest.approx(mean, abs=0.1)
    even, k_hat = importance.smoothed(np.zeros(500))
    assert k_hat == 0.0
    assert even == pytest.approx(1.0 / 500)
    chosen = importance.resampled(sampled.weights, 1000, rng)
    assert sampled.z[chosen].mean(axis=0) == pytest.approx(mean, abs=0.15)


def test_a_proposal_far_off_is_seen():
    rng = np.random.default_rng(10)
    log_ratio = 4.0 * rng.standard_exponential(4096) ** 1.2
    assert importance.smoothed(log_ratio)[1] > importance.LARGEST_K_HAT


def test_a_sparse_diary_ends(script):
    """Twelve recorded days of 112 in two streaks."""
    seen = np.zeros(script.DAYS, bool)
    seen[[0, 1, 2, 3, 20, 21, 22, 23, 24, 44, 110, 111]] = True
    assert fit.sample(script.data(np.zeros(script.DAYS, bool), seen, script.taken()), script.SEED + 19).converged


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_diary_of_one_kind_of_day_has_an_answer(share):
    data = some_data(180)
    assert fit.sample(data._replace(headache=data.seen & bool(share)), 1).converged


def test_the_same_seed_gives_the_same_answer():
    data = some_data(60)
    first, second = (fit.sample(data, 3).weighted.effect for _ in range(2))
    assert np.array_equal(first, second)
