"""Known clearances are recovered from simulated levels, and the 90 % band covers as often as it says."""

import numpy as np
import pytest
from scipy.stats import norm

from leao.exposure import level_fit, person, posterior, priors, records, solve
from leao.exposure.kernels import records as pk_records

pytestmark = pytest.mark.inference


def written(tmp_path, people, sigma, seed, times=(4, 30, 170, 340, 500, 668)):
    """Records of ``people`` drawn from the prior, with noisy levels; and their factors."""
    rng = np.random.default_rng(seed)
    prior = priors.covariance(None, person.Known(weight=70.0))
    factors = np.exp(rng.multivariate_normal(np.zeros(3), prior, people))
    rows = ["ID,TIME,EVID,AMT,II,ADDL,MDV,DV,WT"]
    for i in range(people):
        rows.append(f"{i},0,1,10,24,27,1,.,70")
        rows += [f"{i},{t},0,0,0,0,0,1,70" for t in times]
    data = tmp_path / "levels.csv"
    data.write_text("\n".join(rows) + "\n")
    read = records.load(data, "salt")
    noise = np.exp(sigma * rng.standard_normal(read.time.size))
    dv = np.where(read.evid == 0, solve.solve(read, factors).plasma * noise, np.nan)
    return read._replace(dv=dv), factors


def test_posterior_covers_and_converges(tmp_path):
    read, factors = written(tmp_path, 60, records.params().residual_error, 3)
    answers = level_fit.forecast(read, level_fit.Plan(days=1.0, step_h=24.0))
    assert all(answer["converged"] for answer in answers)
    typical = solve.typical(read)[0]
    inside = []
    for answer, factor in zip(answers, factors, strict=True):
        for column, name, row in ((1, "CL", 0), (2, "V", 1), (0, "KA", 2)):
            band = answer["parameters"][name]
            inside.append(band["p05"] <= typical[column] * factor[row] <= band["p95"])
    covered = np.array(inside).reshape(-1, 3).mean(axis=0)
    assert (covered >= 0.78).all(), covered  # 0.90 less three standard errors of 60 people


def test_many_precise_levels_give_the_truth(tmp_path):
    read, factors = written(tmp_path, 1, 0.0, 5)
    answer = level_fit.forecast(read, level_fit.Plan(days=1.0, step_h=24.0))[0]
    clearance = solve.typical(read)[0, 1] * factors[0, 0]
    assert abs(answer["parameters"]["CL"]["median"] / clearance - 1) < 0.05


def test_another_dose_scales_the_rise(tmp_path):
    read, _ = written(tmp_path, 1, 0.0, 5)
    late = [level_fit.forecast(read, level_fit.Plan(dose_mg=mg, days=60.0))[0]["forecast"][-1] for mg in (10.0, 20.0)]
    ratio = late[1]["plasma_ng_per_mL"]["median"] / late[0]["plasma_ng_per_mL"]["median"]
    assert abs(ratio - 2.0) < 0.02
    gone = level_fit.forecast(read, level_fit.Plan(dose_mg=0.0, days=60.0))[0]["forecast"][-1]
    assert gone["plasma_ng_per_mL"]["median"] < 1e-3


LIMIT = 8.0
WASHOUT = (340, 740, 800, 860, 920)


def censored(read, limit):
    """The same records with every level below ``limit`` known only to be below it."""
    below = read.dv < limit
    return read._replace(
        dv=np.where(below, limit, read.dv), censored=below, lloq=np.where(np.isnan(read.dv), np.nan, limit)
    )


def clearances(read, factors):
    answers = level_fit.forecast(read, level_fit.Plan(days=1.0, step_h=24.0))
    truth = solve.typical(read)[0, 1] * factors[:, 0]
    clearance = [answer["parameters"]["CL"] for answer in answers]
    inside = [band["p05"] <= true <= band["p95"] for band, true in zip(clearance, truth, strict=True)]
    return np.log([band["median"] for band in clearance] / truth), np.mean(inside), answers


def test_censored_levels_recover_the_truth_where_leaving_them_out_does_not(tmp_path):
    read, factors = written(tmp_path, 50, records.params().residual_error, 8, WASHOUT)
    below = censored(read, LIMIT)
    assert 0.3 < below.censored.sum() / (~np.isnan(read.dv)).sum() < 0.6
    error, covered, answers = clearances(below, factors)
    dropped = read._replace(dv=np.where(below.censored, np.nan, read.dv))
    without, _, _ = clearances(dropped, factors)
    assert all(answer["converged"] for answer in answers)
    assert covered >= 0.78
    assert abs(error.mean()) < 0.03
    fast = factors[:, 0] > np.median(factors[:, 0])
    assert np.sqrt(np.mean(error[fast] ** 2)) < 0.9 * np.sqrt(np.mean(without[fast] ** 2))
    low = [row for answer in answers for row in answer["levels"] if row["measured_ng_per_mL"] is None]
    assert {row["below_ng_per_mL"] for row in low} == {LIMIT}


def test_a_limit_below_every_level_changes_nothing(tmp_path):
    read, _ = written(tmp_path, 2, 0.15, 3)
    plan = level_fit.Plan(days=1.0, step_h=24.0)
    assert level_fit.forecast(censored(read, 1e-6), plan) == level_fit.forecast(read, plan)


def test_the_likelihood_of_a_censored_level_is_the_normal_integral(tmp_path):
    read, _ = written(tmp_path, 1, 0.0, 3, (340, 668, 800))
    kernel, rows = solve.kernel(read), np.flatnonzero(read.evid == 0)
    logs = np.array([[0.0, 0.0, 0.0], [0.3, 0.1, 0.0], [-0.4, 0.0, 0.2]])
    subject = posterior.Subject("1", kernel, rows, np.full(3, 12.0), np.array([True, False, True]))
    levels = pk_records.draws(*kernel, np.exp(logs))[:, rows, 0] * solve.NG_PER_ML
    z = (np.log(12.0) - np.log(levels)) / 0.2
    wanted = -2 * (norm.logcdf(z[:, 0]) - z[:, 1] ** 2 / 2 + norm.logcdf(z[:, 2]))
    np.testing.assert_allclose(np.square(posterior._misfit(subject, logs, 0.2)).sum(axis=1), wanted, rtol=1e-9)


def test_a_level_below_its_limit_before_the_first_dose_says_nothing(tmp_path):
    data = tmp_path / "levels.csv"
    text = "ID,TIME,EVID,AMT,II,ADDL,MDV,DV,CENS\n{}1,1,1,10,24,27,1,.,0\n1,340,0,0,0,0,0,35,0\n"
    answers = []
    for first in ("1,0,0,0,0,0,0,2,1\n", "1,0,0,0,0,0,1,.,0\n"):
        data.write_text(text.format(first))
        answers.append(level_fit.forecast(records.load(data, "salt"), level_fit.Plan(days=1.0))[0])
    for name, band in answers[0]["parameters"].items():
        assert band == pytest.approx(answers[1]["parameters"][name], rel=1e-6)  # sums of squares in another order
