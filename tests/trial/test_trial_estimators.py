"""Estimators against statsmodels and scipy, counting rules of the kernel against the plain ones."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import counting, patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers
from leao.trial.estimators import change, negative_binomial
from leao.trial.kernels import negative_binomial as kernel
from leao.trial.monthly_counts import Data

pytestmark = pytest.mark.cross

TRIALS, N = 6, 60


def simulated(dispersion):
    rng = np.random.default_rng(int(100 * dispersion))
    arm = np.broadcast_to(np.tile([0, 1], N // 2), (TRIALS, N)).astype(np.int8)
    baseline = rng.integers(2, 14, (TRIALS, N)).astype(float)
    exposure = rng.integers(18, 29, (TRIALS, N)) / 28
    mean = np.exp(0.2 - 0.3 * arm) * baseline**0.8 * exposure
    counts = rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, (TRIALS, N))).astype(float)
    return counts, exposure, baseline, arm, rng.random((TRIALS, N)) < 0.9


def data(arm, use, baseline, **more):
    empty = np.zeros(arm.shape)
    entries = {"visits": empty[..., None], "events": empty, "days": np.full(arm.shape, 28.0)} | more
    return Data(arm, use, baseline, **entries, month=28.0, counts_days=False, drug=np.zeros((2, 1), bool))


@pytest.mark.parametrize("dispersion", [0.15, 0.5, 2.0])
def test_negative_binomial_agrees_with_statsmodels(dispersion):
    counts, exposure, baseline, arm, use = simulated(dispersion)
    estimates = negative_binomial(data(arm, use, baseline, events=counts, days=28.0 * exposure))
    low, high = estimates.interval(0.95)
    compared = 0
    for t in range(TRIALS):
        keep = use[t]
        x = np.column_stack([np.ones(keep.sum()), arm[t, keep], np.log(baseline[t, keep])])
        model = sm.NegativeBinomial(counts[t, keep], x, offset=np.log(exposure[t, keep]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            oracle = model.fit(start_params=[0.0, 0.0, 1.0, dispersion], method="bfgs", maxiter=500, disp=0)
            oracle = model.fit(start_params=oracle.params, method="newton", maxiter=200, disp=0)
        if not oracle.mle_retvals["converged"]:
            continue
        compared += 1
        assert estimates.value[t, 0] == pytest.approx(oracle.params[1], abs=1e-6)
        assert estimates.se[t, 0] == pytest.approx(oracle.bse[1], rel=1e-6)
        assert [low[t, 0], high[t, 0]] == pytest.approx(oracle.conf_int()[1], abs=1e-5)
    assert compared >= TRIALS - 1


def test_underdispersed_counts_fall_back_to_poisson():
    y = np.tile([4.0, 5.0, 5.0, 6.0], 5)[None]
    x = np.stack([np.ones(20), np.tile([0.0, 0.0, 1.0, 1.0], 5)], axis=-1)[None]
    estimate, covariance, status = kernel.negative_binomial(y, x, np.zeros((1, 20)), np.ones((1, 20), bool))
    oracle = sm.GLM(y[0], x[0], family=sm.families.Poisson()).fit(tol=1e-14)
    assert status[0] == kernel.POISSON
    assert estimate[0, :2] == pytest.approx(oracle.params, abs=1e-8)
    assert np.sqrt(np.diag(covariance[0]))[:2] == pytest.approx(oracle.bse, rel=1e-6)


@pytest.mark.parametrize("counts", [np.zeros(20), np.tile([3.0, 0.0], 10)])
def test_no_attacks_at_all_gives_no_number(counts):
    arm = np.tile([0, 1], 10).astype(np.int8)[None]
    ones = np.ones((1, 20))
    estimates = negative_binomial(data(arm, np.ones((1, 20), bool), 5 * ones, events=counts[None]))
    assert np.isnan(estimates.value).all()


def test_difference_in_change_is_welch():
    rng = np.random.default_rng(3)
    moved, arm = rng.normal(-1, 2, (4, 50)), np.tile([0, 1], (4, 25)).astype(np.int8)
    use = rng.random((4, 50)) < 0.85
    estimates = change(data(arm, use, np.zeros((4, 50)), visits=moved[..., None]))
    low, high = estimates.interval(0.95)
    for t in range(4):
        a, b = moved[t, use[t] & (arm[t] == 1)], moved[t, use[t] & (arm[t] == 0)]
        oracle = stats.ttest_ind(a, b, equal_var=False)
        interval = oracle.confidence_interval(0.95)
        assert estimates.value[t, 0] == pytest.approx(a.mean() - b.mean())
        assert [low[t, 0], high[t, 0]] == pytest.approx([interval.low, interval.high])


@pytest.mark.parametrize("rule", ["free_gap", "period_24h"])
def test_kernel_counts_by_the_rules(rule):
    params = ledger.params(ledger.read("diary"), DiaryNumbers)._replace(warm_up=0.0)
    streams, n = Streams(6, "rules"), 150
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, -1.0, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, n, 112)), people, np.zeros((1, n)), 28)
    options = DiaryOptions(attack_rule=rule)
    days, lines = process.run(params, upstream, options), process.episodes(params, upstream, options)
    for person in range(n):
        attacks = lines[(lines[:, 0] == person) & (lines[:, 3] == 1)].astype(float)
        start, end = attacks[:, 1], attacks[:, 2]
        if rule == "free_gap":
            begins = start[counting.attack_begins(start, end, params.attack_gap)]
        else:
            begins = counting.period_starts(start, end, params.period)
        counted = np.bincount((begins // 24).astype(int), minlength=120)[:112]
        assert np.array_equal(days["attacks"][0, person], counted)
        assert _migraine_days(attacks, params) == days["migraine"][0, person].tolist()


def _migraine_days(episodes, params):
    day_counts = []
    for day in range(112):
        low, high = 24 * day + params.window_start, 24 * day + params.window_end
        hours = np.maximum(np.minimum(episodes[:, 2], high) - np.maximum(episodes[:, 1], low), 0).sum()
        day_counts.append(int(counting.is_headache_day(hours, params.shortest)))
    return day_counts
