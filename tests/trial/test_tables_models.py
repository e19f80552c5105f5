"""Covariates, Kenward-Roger and the marginal rate ratio on real tables, against statsmodels and dense computations."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from tests.trial.trial_tables import ARMS, csv, least_squares, months

from leao.trial.analysis import analyse
from leao.trial.estimators import METHODS, each_group, regressors, repeated_fit
from leao.trial.kenward_roger import kenward_roger
from leao.trial.monthly_counts import Data
from leao.trial.reading.request import TableRequest
from leao.trial.standardised import marginal_rate_ratio

pytestmark = pytest.mark.cross


def people(n=30, seed=5):
    """Return rows of a trial with age, sex and site of every patient."""
    rng = np.random.default_rng(seed)
    who = {
        f"X{k:03d}": (int(rng.integers(18, 66)), int(rng.random() < 0.7), "ABC"[rng.integers(3)]) for k in range(2 * n)
    }
    rows = []
    for row in months(n, seed=seed):
        age, sex, site = who[row["subject"]]
        rows.append({**row, "age": age, "sex": sex, "site": site, "B": int(site == "B"), "C": int(site == "C")})
    return rows


def answer(tmp_path, rows, **request):
    path = tmp_path / "t.csv"
    path.write_text(csv(rows), encoding="utf-8")
    return analyse(path, columns=TableRequest(**request))


def test_covariates_and_strata_are_those_of_least_squares(tmp_path):
    rows = people()
    table = [{key: value for key, value in row.items() if key not in "BC"} for row in rows]
    analysis = answer(tmp_path, table, covariates="age,sex", strata="site")
    wanted = least_squares(rows, covariates=("age", "sex", "B", "C"))
    for name in ("mmrm", "ancova"):
        row = analysis["estimators"][name]["comparisons"][ARMS[1]]
        assert (row["estimate"], row["se"]) == pytest.approx(wanted, rel=1e-6)
        assert row["degrees_of_freedom"] == pytest.approx(60 - 3 - 4)
    assert analysis["covariates"][:2] == ["age", "sex"]
    assert "site" in analysis["columns"]["used"]


def test_a_covariate_that_is_not_known_or_changes(tmp_path):
    rows = people()
    gap = [{**row, "age": "" if row["subject"] == "X004" else row["age"]} for row in rows]
    analysis = answer(tmp_path, gap, covariates="age")
    assert any("age: not known of 1 patients" in problem for problem in analysis["problems"])
    with pytest.raises(Exception, match="row 5: age is '99'"):
        answer(tmp_path, [{**row, "age": 99 if k == 3 else row["age"]} for k, row in enumerate(rows)], covariates="age")


def test_the_rate_ratio_with_covariates_is_statsmodels(tmp_path):
    rows = people()
    analysis = answer(tmp_path, rows, covariates="age,sex", ignore=("B", "C"))
    total, base, arm, age, sex = {}, {}, {}, {}, {}
    for row in rows:
        who = row["subject"]
        arm[who], age[who], sex[who] = float(row["arm"] == ARMS[1]), row["age"], row["sex"]
        if row["visit"] == 0:
            base[who] = row["attacks"]
        else:
            total[who] = total.get(who, 0) + row["attacks"]
    order = sorted(total)
    x = np.array([[1.0, arm[w], np.log(max(base[w], 0.5)), age[w], sex[w]] for w in order])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.NegativeBinomial(np.array([total[w] for w in order]), x, exposure=np.full(len(order), 3.0)).fit(
            disp=0, maxiter=500, method="bfgs", gtol=1e-9
        )
    assert np.log(analysis["rate_ratio"]["estimate"]) == pytest.approx(fit.params[1], abs=2e-4)


def data(seed=3, n=120, groups=2):
    rng = np.random.default_rng(seed)
    arm = np.tile(np.arange(groups), n // groups).astype(np.int8)[None]
    baseline = rng.integers(2, 14, (1, n)).astype(float)
    days = rng.integers(40, 85, (1, n)).astype(float)
    mean = (
        0.25
        * baseline**0.9
        * np.exp(-0.35 * arm - 0.03 * arm * (baseline - 7))
        * days
        / 28
        * rng.gamma(3, 1 / 3, (1, n))
    )
    visits = baseline[..., None] * 0.8 + rng.normal(0, [2.0, 2.5, 3.0], (1, n, 3)) + rng.normal(0, 1.5, (1, n, 1))
    gone = rng.random(n)
    for t in (1, 2):
        visits[0, gone < 0.15 * t, t] = np.nan
    return Data(
        arm,
        np.ones((1, n), bool),
        baseline,
        visits,
        rng.poisson(mean).astype(float),
        days,
        28.0,
        False,
        np.zeros((groups, 3), bool),
    )


def test_the_marginal_ratio_is_that_of_regressions_of_each_arm():
    trial_data = data()
    marginal = marginal_rate_ratio(trial_data)
    x = np.column_stack([np.ones(120), np.log(trial_data.baseline[0])])
    means = []
    for group in (0, 1):
        here = trial_data.arm[0] == group
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = sm.NegativeBinomial(
                trial_data.events[0, here], x[here], offset=np.log(trial_data.days[0, here] / 28)
            ).fit(disp=0, maxiter=500, method="bfgs", gtol=1e-9)
        means.append(np.exp(x @ fit.params[:2]).mean())
    assert marginal.mean == pytest.approx(means, rel=1e-3)
    assert marginal.value[0] == pytest.approx(np.log(means[1] / means[0]), abs=1e-3)


def test_its_error_is_what_drawing_patients_again_gives():
    trial_data, rng = data(seed=8, n=200), np.random.default_rng(1)
    marginal, draws = marginal_rate_ratio(trial_data), []
    for _ in range(300):
        again = np.concatenate([rng.choice(np.flatnonzero(trial_data.arm[0] == group), 100) for group in (0, 1)])
        drawn = trial_data._replace(
            **{
                name: getattr(trial_data, name)[:, again]
                for name in ("arm", "use", "baseline", "visits", "events", "days")
            }
        )
        draws.append(marginal_rate_ratio(drawn).value[0])
    assert marginal.se[0] == pytest.approx(np.std(draws), rel=0.15)  # Monte Carlo error 4 %


def test_kenward_roger_of_complete_data_is_the_regression_itself():
    trial_data = data(seed=4)
    trial_data = trial_data._replace(visits=np.where(np.isfinite(trial_data.visits), trial_data.visits, 5.0))
    y, x = trial_data.visits[0] - trial_data.baseline[0][:, None], regressors(trial_data, trial_data.baseline)[0]
    plain = sm.OLS(y[:, -1], x).fit()
    adjusted = kenward_roger(y, x, repeated_fit(trial_data), np.array([0.0, 0.0, 1.0]), each_group(trial_data))
    assert (adjusted.se[0], adjusted.freedom[0]) == (
        pytest.approx(plain.bse[1], rel=1e-8),
        pytest.approx(117.0, rel=1e-8),
    )


def dense(y, x, sigma, weight, contrast):
    """Return Kenward and Roger's error and degrees of freedom patient by patient; slopes of S by differences."""
    m, p = y.shape[1], x.shape[1]
    rows = [
        (np.kron(np.eye(m)[np.isfinite(a)], b[None]), np.isfinite(a))
        for a, b in zip(y, x, strict=True)
        if np.isfinite(a).any()
    ]
    places = [(i, j) for i in range(m) for j in range(i + 1)]

    def covariance(s, seen):
        return s[np.ix_(seen, seen)]

    def slope(k, seen):
        step = np.zeros((m, m))
        step[places[k]] = step[places[k][::-1]] = 1e-6
        return (covariance(sigma + step, seen) - covariance(sigma - step, seen)) / 2e-6

    size, n = m * p, len(places)
    information = sum(z.T @ np.linalg.inv(covariance(sigma, seen)) @ z for z, seen in rows)
    phi = np.linalg.inv(information)
    first, second, expected = np.zeros((n, size, size)), np.zeros((n, n, size, size)), np.zeros((n, n))
    for z, seen in rows:
        inverse = np.linalg.inv(covariance(sigma, seen))
        for k in range(n):
            scaled_slope = inverse @ slope(k, seen)
            first[k] -= z.T @ scaled_slope @ inverse @ z
            for j in range(n):
                other = inverse @ slope(j, seen)
                second[k, j] += z.T @ scaled_slope @ other @ inverse @ z
                expected[k, j] += 0.5 * np.trace(scaled_slope @ other)
    for k in range(n):
        for j in range(n):
            expected[k, j] += -np.trace(phi @ second[k, j]) + 0.5 * np.trace(phi @ first[k] @ phi @ first[j])
    w = np.linalg.inv(expected)
    middle = sum(w[k, j] * (second[k, j] - first[k] @ phi @ first[j]) for k in range(n) for j in range(n))
    adjusted = phi + 2.0 * phi @ middle @ phi
    c = np.kron(weight, contrast)
    moved = np.array([c @ phi @ first[k] @ phi @ c for k in range(n)])
    return np.sqrt(c @ adjusted @ c), 2.0 * (c @ phi @ c) ** 2 / (moved @ w @ moved)


def test_kenward_roger_with_gaps_is_that_of_a_dense_computation():
    trial_data = data(seed=6, n=40)
    trial_data.visits[0, [3, 8], 1] = np.nan
    y, x = trial_data.visits[0] - trial_data.baseline[0][:, None], regressors(trial_data, trial_data.baseline)[0]
    sigma, weight = repeated_fit(trial_data), np.array([0.0, 0.0, 1.0])
    adjusted = kenward_roger(y, x, sigma, weight, each_group(trial_data))
    wanted = dense(y, x, sigma, weight, each_group(trial_data)[0])
    assert (adjusted.se[0], adjusted.freedom[0]) == pytest.approx(wanted, rel=1e-6)
    satterthwaite = METHODS["mmrm"].estimate(trial_data)
    assert adjusted.se[0] > satterthwaite.se[0, 0]  # it counts the estimation of S
