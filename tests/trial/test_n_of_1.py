"""Each patient's effect in an N-of-1 trial against closed forms and statsmodels' mixed model."""

import numpy as np
import pytest
from scipy import stats

from leao.trial import n_of_1

pytestmark = pytest.mark.cross

CONFIDENCE = 0.95


def drawn(patients, cycles, between, seed, lost=0.0):
    rng = np.random.default_rng(seed)
    values = -1.0 + between * rng.standard_normal((patients, 1)) + 2.0 * rng.standard_normal((patients, cycles))
    return np.where(rng.random(values.shape) < lost, np.nan, values)[None]


def test_alone_is_the_paired_t_interval():
    difference = drawn(12, 4, 1.5, 1)
    estimated = n_of_1.estimate(difference)
    low, high = n_of_1.intervals(estimated, CONFIDENCE)[0]
    for place, differences in enumerate(difference[0]):
        said = stats.ttest_1samp(differences, 0.0).confidence_interval(CONFIDENCE)
        assert (low[0, place], high[0, place]) == pytest.approx((said.low, said.high), rel=1e-12)


def estimating(patients, k, tau, sigma):
    """Squared error from estimating the variances: information of mean squares, slopes of B by differences."""
    a = sigma + k * tau  # the expected mean square between; MSW and MSB are independent
    to_mean_squares = np.array([[0.0, 1.0], [k, 1.0]])  # of (tau^2, sigma^2) to the expected (MSW, MSB)
    information = np.diag([patients * (k - 1) / (2 * sigma**2), patients / (2 * a**2)])
    variance = np.linalg.inv(to_mean_squares.T @ information @ to_mean_squares)

    def share(t, s):
        return k * t / (s + k * t)

    h = 1e-6 * sigma
    slope = np.array(
        [
            (share(tau + h, sigma) - share(tau - h, sigma)) / (2 * h),
            (share(tau, sigma + h) - share(tau, sigma - h)) / (2 * h),
        ]
    )
    return a / k * slope @ variance @ slope


@pytest.mark.parametrize(("between", "seed"), [(2.0, 3), (0.0, 9)])
def test_equal_cycles_are_the_analysis_of_variance(between, seed):
    difference = drawn(30, 3, between, seed)
    values, k = difference[0], 3
    patient_mean, whole = values.mean(axis=1), values.mean()
    msb, msw = k * patient_mean.var(ddof=1), ((values - patient_mean[:, None]) ** 2).sum() / (30 * (k - 1))
    estimated = n_of_1.estimate(difference)
    tau = max(0.0, (msb - msw) / k)
    assert (tau > 0) == (between > 0)  # both sides of the border are met
    sigma = msw if tau > 0 else ((values - whole) ** 2).sum() / (30 * k - 1)
    share = tau / (tau + sigma / k)
    assert estimated.between[0] ** 2 == pytest.approx(tau, rel=1e-9, abs=1e-12)
    assert estimated.within[0] ** 2 == pytest.approx(sigma, rel=1e-9)
    assert estimated.shrunken[0] == pytest.approx(whole + share * (patient_mean - whole), rel=1e-9)
    error = tau * (1 - share) + (1 - share) ** 2 * (tau + sigma / k) / 30 + 2 * estimating(30, k, tau, sigma)
    assert estimated.shrunken_se[0] ** 2 == pytest.approx(np.full(30, error), rel=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_lost_cycles_agree_with_statsmodels():
    import statsmodels.api as sm

    difference = drawn(40, 4, 1.5, 5, lost=0.25)
    known = np.isfinite(difference[0])
    assert (known.sum(axis=1) == 1).any()
    assert len(set(known.sum(axis=1))) > 2
    y, group = difference[0][known], np.nonzero(known)[0]
    fit = sm.MixedLM(y, np.ones_like(y), group).fit(reml=True, method="bfgs", gtol=1e-10)
    estimated = n_of_1.estimate(difference)
    assert estimated.mean[0] == pytest.approx(fit.fe_params[0], rel=1e-5)
    assert estimated.mean_se[0] == pytest.approx(fit.bse_fe[0], rel=1e-4)
    assert estimated.between[0] ** 2 == pytest.approx(float(fit.cov_re[0, 0]), rel=1e-4)
    assert estimated.within[0] ** 2 == pytest.approx(fit.scale, rel=1e-4)
    for place, effect in fit.random_effects.items():
        assert estimated.shrunken[0, place] - estimated.mean[0] == pytest.approx(
            float(effect.iloc[0]), rel=1e-3, abs=1e-5
        )


def test_the_errors_are_those_of_hendersons_equations():
    difference = drawn(9, 3, 1.5, 11, lost=0.2)
    estimated = n_of_1.estimate(difference)
    known, sigma, tau = np.isfinite(difference[0]), estimated.within[0] ** 2, estimated.between[0] ** 2
    rows = np.nonzero(known)[0]
    design = np.concatenate([np.ones((rows.size, 1)), np.eye(9)[rows]], axis=1)
    inverse = np.linalg.inv(design.T @ design / sigma + np.diag([0.0, *np.full(9, 1 / tau)]))
    wanted = inverse[0, 0] + 2 * inverse[0, 1:] + np.diag(inverse)[1:]
    k = known.sum(axis=1)
    a = sigma + k * tau
    information = 0.5 * np.array(
        [[(k**2 / a**2).sum(), (k / a**2).sum()], [(k / a**2).sum(), ((k - 1) / sigma**2 + 1 / a**2).sum()]]
    )
    slope = np.stack([k * sigma / a**2, -k * tau / a**2])
    wanted += 2 * (a / k) * (slope * np.linalg.solve(information, slope)).sum(axis=0)
    assert estimated.shrunken_se[0] ** 2 == pytest.approx(wanted, rel=1e-9)


def test_what_cannot_be_said_is_not_said():
    difference = np.array([[[1.0, 1.0], [np.nan, 2.0], [np.nan, np.nan], [0.0, 3.0]]])
    estimated = n_of_1.estimate(difference)
    assert np.isnan(estimated.own_se[0, :3]).all()
    assert np.isnan(estimated.own[0, 2])
    assert estimated.shrunken[0, 2] == pytest.approx(estimated.mean[0])
    alike = n_of_1.estimate(np.zeros((1, 5, 3)))
    assert np.isnan(alike.shrunken).all()
    alone = n_of_1.estimate(np.array([[[1.0, 2.0, 4.0]]]))
    assert np.isfinite(alone.own_se).all()
    assert np.isnan(alone.shrunken).all()


def test_intervals_hold_where_the_model_is_true():
    rng = np.random.default_rng(4)
    effects = -1.0 + 1.5 * rng.standard_normal((400, 30))
    estimated = n_of_1.estimate(effects[..., None] + 2.0 * rng.standard_normal((400, 30, 4)))
    for low, high in n_of_1.intervals(estimated, CONFIDENCE):
        held = ((low <= effects) & (effects <= high)).mean()
        assert held == pytest.approx(CONFIDENCE, abs=0.01)
    assert np.std(estimated.shrunken - effects) < 0.9 * np.std(estimated.own - effects)
