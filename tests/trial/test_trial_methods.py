"""Every estimator of a trial against an independent one: statsmodels, scipy, or a dense computation written here."""

import warnings
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.special import expit

from leao.trial.estimators import METHODS
from leao.trial.kernels import imputation, mmrm, patterns
from leao.trial.kernels.binomial import BINOMIAL, FAILED, beta_binomial
from leao.trial.monthly_counts import Data

pytestmark = pytest.mark.cross

N, M = 46, 3


def trial(seed=1, intermittent=False, n=N):
    """Return (y, x, use) of one trial with months missing, as kernels take them."""
    rng = np.random.default_rng(seed)
    arm, base = np.tile([0.0, 1.0], n // 2), rng.normal(6, 2, n)
    y = rng.normal(size=(n, 1)) * 1.2 + rng.normal(size=(n, M)) * [1.0, 1.3, 1.6] - 0.4 * arm[:, None]
    y -= 0.3 * base[:, None] + 0.2 * y[:, :1]
    gone = rng.random(n)
    for t in range(1, M):
        y[gone < 0.12 * t, t] = np.nan
    if intermittent:
        y[rng.random((n, M)) < 0.12] = np.nan
    use = np.isfinite(y).any(axis=1) & (rng.random(n) < 0.95)
    return y[None], np.stack([np.ones(n), arm, base], -1)[None], use[None]


def dense(y, x, use):
    """Return (estimate, se, df) of the arm in the last month patient by patient; derivatives by differences."""
    people = [
        (y[i][np.isfinite(y[i])], np.isfinite(y[i]), x[i]) for i in range(len(y)) if use[i] and np.isfinite(y[i]).any()
    ]
    p = x.shape[1]
    low = np.tril_indices(M)

    def pieces(theta):
        factor = np.zeros((M, M))
        factor[low] = theta
        sigma = factor @ factor.T
        information, right, constant = np.zeros((M * p, M * p)), np.zeros(M * p), 0.0
        for values, seen, row in people:
            inverse = np.linalg.inv(sigma[np.ix_(seen, seen)])
            z = np.kron(np.eye(M)[seen], row[None])
            information += z.T @ inverse @ z
            right += z.T @ inverse @ values
            constant += values @ inverse @ values + np.linalg.slogdet(sigma[np.ix_(seen, seen)])[1]
        effect = np.linalg.solve(information, right)
        height = -0.5 * (constant - right @ effect + np.linalg.slogdet(information)[1])
        contrast = np.zeros(M * p)
        contrast[(M - 1) * p + 1] = 1.0
        return height, effect @ contrast, contrast @ np.linalg.solve(information, contrast)

    theta = np.eye(M)[low] * 1.5
    theta = optimize.minimize(lambda at: -pieces(at)[0], theta, method="BFGS", options={"gtol": 1e-5}).x
    steps = np.eye(theta.size) * 1e-4

    def slopes(which, at):
        return np.array([(pieces(at + s)[which] - pieces(at - s)[which]) / 2e-4 for s in steps])

    def bend(at):
        second_derivatives = np.zeros((theta.size, theta.size))
        for i, a in enumerate(steps):
            for j, b in enumerate(steps):
                second_derivatives[i, j] = (
                    pieces(at + a + b)[0] - pieces(at + a - b)[0] - pieces(at - a + b)[0] + pieces(at - a - b)[0]
                ) / 4e-8
        return second_derivatives

    for _ in range(2):
        theta = theta - np.linalg.solve(bend(theta), slopes(0, theta))
    _, estimate, variance = pieces(theta)
    gradient = slopes(2, theta)
    freedom = 2 * variance**2 / (gradient @ np.linalg.solve(-bend(theta), gradient))
    return estimate, np.sqrt(variance), freedom


def test_any_layout_of_the_arrays_is_the_same_compiled_kernel():
    """Compiling takes ten seconds and more: a column cut from a table, or one that may not be written, costs none."""
    y, x, use = trial(3, False)
    frozen = x.copy()
    frozen.flags.writeable = False
    wide = np.repeat(use, 2, axis=1)[:, ::2]
    plain = mmrm.closed(y, x, use, LAST, ARM)
    for other in ((np.asfortranarray(y), x, use), (y, frozen, use), (y, x, wide)):
        for ours, theirs in zip(mmrm.closed(*other, LAST, ARM), plain, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert len(mmrm._closed.signatures) == 1


LAST, ARM = np.array([0.0, 0.0, 1.0]), np.array([[0.0, 1.0, 0.0]])


@pytest.mark.parametrize("intermittent", [False, True])
def test_mmrm_agrees_with_dense_reml(intermittent):
    y, x, use = trial(3, intermittent)
    fit = mmrm.climbing if intermittent else mmrm.closed
    estimate, se, freedom, *_, status = fit(y, x, use, LAST, ARM)
    wanted = dense(y[0], x[0], use[0])
    assert status[0] == mmrm.OK
    assert estimate[0, 0] == pytest.approx(wanted[0], abs=1e-6)
    assert se[0, 0] == pytest.approx(wanted[1], rel=1e-6)
    assert freedom[0, 0] == pytest.approx(wanted[2], rel=1e-4)  # of the differences in this test


def test_mmrm_without_anybody_who_shows_all_months():
    """There is no closed form to begin with: the EM algorithm does."""
    y, x, use = trial(3)
    rng = np.random.default_rng(8)
    y[0] = rng.normal(size=(N, 1)) + rng.normal(size=(N, M)) + 0.5 * x[0, :, 1:2]
    y[0, np.arange(N), np.arange(N) // 2 % M] = np.nan  # two of three months each, in both arms
    estimate, se, freedom, *_, status = mmrm.climbing(y, x, use, LAST, ARM)
    wanted = dense(y[0], x[0], use[0])
    assert status[0] == mmrm.OK
    assert (estimate[0, 0], se[0, 0]) == pytest.approx(wanted[:2], rel=1e-6)
    assert freedom[0, 0] == pytest.approx(wanted[2], rel=1e-4)


@pytest.mark.parametrize("seed", [218, 1331, 1768])
def test_mmrm_of_few_patients_ends_on_the_higher_hill(seed):
    """The closed form of so few is nearly singular: Newton's method from there would end on a lower one."""
    y, x, use = trial(seed, True, n=14)
    estimate, *_, status = mmrm.climbing(y, x, use, LAST, ARM)
    assert status[0] == mmrm.OK
    assert estimate[0, 0] == pytest.approx(dense(y[0], x[0], use[0])[0], abs=1e-5)


def test_patterns_of_many_trials_are_those_of_each():
    y, x, use = (np.concatenate(parts) for parts in zip(trial(3, True), trial(4, True), trial(5), strict=True))
    seen, size, cross, many = patterns.of_trials(y, x, use)
    assert many.tolist() == [6, 5, 3]
    for t, k in enumerate(many):
        for ours, theirs in zip((seen, size, cross), patterns.patterns(y[t], x[t], use[t]), strict=True):
            np.testing.assert_array_equal(ours[t, :k], theirs)


def test_closed_form_is_what_newton_finds():
    y, x, use = trial(5)
    closed, newton = mmrm.closed(y, x, use, LAST, ARM), mmrm.climbing(y, x, use, LAST, ARM)
    for by_formula, by_newton in zip(closed[:5], newton[:5], strict=True):
        np.testing.assert_allclose(by_formula, by_newton, rtol=1e-6, atol=1e-8)


def test_a_gap_is_not_monotone_and_nothing_is_no_number():
    y, x, use = trial(6)
    y[0, 0, 1] = np.nan
    y[0, 0, [0, 2]] = 1.0
    assert mmrm.closed(y, x, use | True, LAST, ARM)[5][0] == mmrm.NOT_MONOTONE
    empty = np.full_like(y, np.nan)
    for fit in (mmrm.closed, mmrm.climbing):
        assert np.isnan(fit(empty, x, use, LAST, ARM)[0]).all()
        assert np.isnan(fit(np.zeros_like(y), x, use, LAST, ARM)[0]).all()


def test_complete_data_have_the_degrees_of_freedom_of_a_regression():
    y, x, use = trial(7)
    y = np.where(np.isfinite(y), y, 0.3)
    estimate, se, freedom, *_ = mmrm.closed(y, x, use, LAST, ARM)
    plain = sm.OLS(y[0, use[0], -1], x[0, use[0]]).fit()
    assert freedom[0, 0] == pytest.approx(use.sum() - 3)
    assert [estimate[0, 0], se[0, 0]] == pytest.approx([plain.params[1], plain.bse[1]], rel=1e-9)


def data(seed=2, groups=2, n=60, counts_days=True):
    rng = np.random.default_rng(seed)
    arm = np.tile(np.arange(groups), n // groups).astype(np.int8)[None]
    baseline = rng.integers(3, 14, (1, n)).astype(float)
    days = rng.integers(50, 85, (1, n)).astype(float)
    share = expit(-1.4 - 0.3 * arm + 0.1 * (baseline - 6))
    events = rng.binomial(days.astype(int), rng.beta(6 * share, 6 * (1 - share))).astype(float)
    visits = rng.poisson(np.repeat(28 * share[..., None], 3, -1)).astype(float)
    visits[0, rng.random(n) < 0.1, 2] = np.nan
    use = rng.random((1, n)) < 0.95
    return Data(arm, use, baseline, visits, events, days, 28.0, counts_days, np.zeros((groups, 3), bool))


def test_ancova_is_least_squares():
    trial_data = data()
    estimates = METHODS["ancova"].estimate(trial_data)
    keep = trial_data.use[0] & np.isfinite(trial_data.visits[0, :, -1])
    x = np.column_stack([np.ones(keep.sum()), trial_data.arm[0, keep], trial_data.baseline[0, keep]])
    plain = sm.OLS(trial_data.visits[0, keep, -1] - trial_data.baseline[0, keep], x).fit()
    assert [estimates.value[0, 0], estimates.se[0, 0]] == pytest.approx([plain.params[1], plain.bse[1]], rel=1e-9)
    assert estimates.p()[0, 0] == pytest.approx(plain.pvalues[1], rel=1e-8)
    assert np.ravel(estimates.interval(0.95)) == pytest.approx(plain.conf_int()[1], rel=1e-8)


def test_responder_is_logistic_regression():
    trial_data = data(4, n=120)
    estimates = METHODS["responder"].estimate(trial_data)
    keep = trial_data.use[0]
    last = trial_data.visits[0, keep, -1]
    responds = np.isfinite(last) & (np.nan_to_num(last) <= 0.5 * trial_data.baseline[0, keep])
    x = np.column_stack([np.ones(keep.sum()), trial_data.arm[0, keep], trial_data.baseline[0, keep]])
    plain = sm.Logit(responds.astype(float), x).fit(disp=0, method="newton", tol=1e-12)
    assert 5 < responds.sum() < keep.sum() - 5
    assert [estimates.value[0, 0], estimates.se[0, 0]] == pytest.approx([plain.params[1], plain.bse[1]], rel=1e-6)


def test_beta_binomial_is_the_maximum_of_scipys_likelihood():
    trial_data = data(5)
    share = np.clip(trial_data.baseline[0], 0.5, 27.5) / 28
    keep = trial_data.use[0]
    x = np.column_stack([np.ones(keep.sum()), trial_data.arm[0, keep], np.log(share / (1 - share))[keep]])
    y, n = trial_data.events[0, keep], trial_data.days[0, keep]

    def cost(at):
        mean, precision = expit(x @ at[:3]), np.exp(-at[3])
        return -stats.betabinom.logpmf(y, n, mean * precision, (1 - mean) * precision).sum()

    at = optimize.minimize(cost, [-1.0, 0.0, 0.5, -1.5], method="BFGS", options={"gtol": 1e-4}).x
    steps = np.eye(4) * 3e-4

    def bend():
        return np.array(
            [
                [
                    (cost(at + a + b) - cost(at + a - b) - cost(at - a + b) + cost(at - a - b)) / (4 * 9e-8)
                    for b in steps
                ]
                for a in steps
            ]
        )

    for _ in range(2):
        at = at - np.linalg.solve(bend(), [(cost(at + s) - cost(at - s)) / 6e-4 for s in steps])
    estimates = METHODS["beta_binomial"].estimate(trial_data)
    assert estimates.value[0, 0] == pytest.approx(at[1], abs=1e-6)
    assert estimates.se[0, 0] == pytest.approx(np.sqrt(np.linalg.inv(bend())[1, 1]), rel=1e-5)


def test_days_that_do_not_scatter_are_binomial_and_nothing_fails():
    x = np.stack([np.ones(40), np.tile([0.0, 1.0], 20)], -1)[None]
    n, use = np.full((1, 40), 28.0), np.ones((1, 40), bool)
    y = np.tile([7.0, 8.0, 8.0, 7.0], 10)[None]
    estimate, covariance, status = beta_binomial(y, n, x, use, True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = sm.GLM(np.stack([y[0], n[0] - y[0]], -1), x[0], family=sm.families.Binomial()).fit(tol=1e-13)
    assert status[0] == BINOMIAL
    assert estimate[0, :2] == pytest.approx(plain.params, abs=1e-7)
    assert np.sqrt(np.diag(covariance[0])[:2]) == pytest.approx(plain.bse, rel=1e-6)
    apart = np.tile([0.0, 5.0], 20)[None]
    for counts in (np.zeros((1, 40)), n, apart):
        estimate, _, status = beta_binomial(counts, n, x, use, True)
        assert status[0] == FAILED
        assert np.isnan(estimate).all()


def test_change_is_welch():
    trial_data = data(6)
    estimates = METHODS["change"].estimate(trial_data)
    moved = trial_data.visits[0, :, -1] - trial_data.baseline[0]
    keep = trial_data.use[0] & np.isfinite(moved)
    plain: Any = stats.ttest_ind(
        moved[keep & (trial_data.arm[0] == 1)], moved[keep & (trial_data.arm[0] == 0)], equal_var=False
    )
    assert estimates.p()[0, 0] == pytest.approx(plain.pvalue)
    assert estimates.freedom[0, 0] == pytest.approx(plain.df)


def test_paired_is_the_two_sample_test_of_a_crossover():
    rng = np.random.default_rng(8)
    arm = np.tile([0, 1], 13).astype(np.int8)[None]
    visits = rng.normal(5, 2, (1, 26, 2))
    blank = np.zeros((1, 26))
    trial_data = Data(
        arm, np.ones((1, 26), bool), blank, visits, blank, blank, 28.0, False, np.array([[False, True], [True, False]])
    )
    estimates = METHODS["paired"].estimate(trial_data)
    step = visits[0, :, 1] - visits[0, :, 0]
    plain: Any = stats.ttest_ind(step[arm[0] == 0], step[arm[0] == 1])  # period effects cancel
    assert estimates.p()[0, 0] == pytest.approx(plain.pvalue)
    assert 2 * estimates.value[0, 0] == pytest.approx(step[arm[0] == 0].mean() - step[arm[0] == 1].mean())
    assert estimates.freedom[0, 0] == plain.df


def test_trend_weighs_the_doses():
    trial_data = data(9, groups=3, n=90)._replace(weights=np.array([0.0, 10.0, 20.0]))
    each = METHODS["mmrm"].estimate(trial_data).value[0]
    estimate = METHODS["trend"].estimate(trial_data).value[0, 0]
    assert estimate == pytest.approx(each[1])  # the middle dose stands at the mean and has no weight
    skew = trial_data._replace(weights=np.array([0.0, 5.0, 20.0]))
    dose = np.array([0.0, 0.25, 1.0])
    weight = (dose - dose.mean()) / ((dose - dose.mean()) @ dose)
    assert METHODS["trend"].estimate(skew).value[0, 0] == pytest.approx(weight[1:] @ each)


def jump(y, x):
    """Return the arm's effect with dropouts of the arm imputed as the control, by plain regressions."""
    effect, slopes = [], []
    for t in range(M):
        here = np.isfinite(y[:, : t + 1]).all(axis=1)
        fit = np.linalg.lstsq(np.column_stack([x[here], y[here, :t]]), y[here, t], rcond=None)[0]
        slopes.append(fit[3:])
        effect.append(fit[:3] + sum((b * e for b, e in zip(fit[3:], effect, strict=True)), np.zeros(3)))
    last = y[:, -1].copy()
    for i in np.flatnonzero(~np.isfinite(last)):
        rest, control = [], x[i] * [1.0, 0.0, 1.0]
        for t in range(M):
            if np.isfinite(y[i, t]):
                rest.append(y[i, t] - x[i] @ effect[t])
            else:
                rest.append(slopes[t] @ rest)
        last[i] = control @ effect[-1] + rest[-1]
    return np.linalg.lstsq(x, last, rcond=None)[0][1]


def test_jump_to_reference_is_regressions_and_a_jackknife():
    y, x, _ = trial(11)
    n = y.shape[1]
    estimate, se, people = imputation.jackknifed(y, x, np.ones((1, n), bool), 2, imputation.J2R)
    without = np.array([jump(np.delete(y[0], i, 0), np.delete(x[0], i, 0)) for i in range(n)])
    assert people[0] == n
    assert estimate[0, 0] == pytest.approx(jump(y[0], x[0]), abs=1e-9)
    assert se[0, 0] == pytest.approx(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()), rel=1e-9)
    assert abs(estimate[0, 0]) < abs(mmrm.closed(y, x, np.ones((1, n), bool), LAST, ARM)[0][0, 0])


def test_a_flat_likelihood_gives_no_number():
    x = np.stack([np.ones(20), np.ones(20)], -1)[None]
    y = np.tile([1.0, 0.0], 10)[None]
    estimate, _, status = beta_binomial(y, np.ones((1, 20)), x, np.ones((1, 20), bool), False)
    assert status[0] == FAILED
    assert np.isnan(estimate).all()
