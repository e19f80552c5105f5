"""MCP-Mod: contrasts that no other beats, p-values by simulation, fits that come back, the type I error."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

import leao
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError
from leao.trial.mcp_mod import contrasts, fitting
from leao.trial.mcp_mod.contrasts import Means
from leao.trial.mcp_mod.shapes import SHAPES, Candidate, default

pytestmark = pytest.mark.cross

DOSES = np.array([0.0, 5.0, 10.0, 20.0, 40.0])


def means(value=(0.0, 1.0, 1.6, 2.0, 2.2), n=(30, 20, 25, 30, 15)):
    return Means(DOSES, np.array(value), np.diag(4.0 / np.array(n)), sum(n) - 5)


def test_no_contrast_has_more_power():
    known = means()
    for candidate, c in zip(default(40.0), contrasts.optimal(known, default(40.0)), strict=True):
        shape = SHAPES[candidate.name].curve(DOSES, candidate.guess)
        assert c.sum() == pytest.approx(0.0, abs=1e-12)

        def power(free, shape=shape):
            d = np.append(free, -free.sum())
            return -(d @ shape) / np.sqrt(d @ known.covariance @ d)

        best = minimize(power, c[:-1] + 0.01, method="BFGS")
        assert -best.fun == pytest.approx(c @ shape / np.sqrt(c @ known.covariance @ c), rel=1e-6)


def test_the_linear_contrast_of_equal_groups_is_the_centred_dose():
    equal = Means(DOSES, np.zeros(5), np.eye(5), 45)
    centred = DOSES - DOSES.mean()
    assert contrasts.optimal(equal, (Candidate("linear", ()),))[0] == pytest.approx(centred / np.linalg.norm(centred))


def test_adjusted_p_is_the_share_of_simulated_maxima():
    known = means()
    tested = contrasts.test(known, default(40.0))
    rng = np.random.default_rng(3)
    z = rng.multivariate_normal(np.zeros(4), tested.correlation, 400_000)
    t = z / np.sqrt(rng.chisquare(known.freedom, 400_000) / known.freedom)[:, None]
    largest = t.max(axis=1)
    for value, p in zip(
        (1.5, 2.0, 2.5),
        (contrasts.adjusted(x, tested.correlation, known.freedom) for x in (1.5, 2.0, 2.5)),
        strict=True,
    ):
        assert p == pytest.approx(np.mean(largest >= value), abs=0.0015)
    assert contrasts.adjusted(2.0, np.eye(1), 20) == pytest.approx(stats.t.sf(2.0, 20))


@pytest.mark.inference
@pytest.mark.parametrize(
    ("name", "parameters"),
    [("emax", (7.0,)), ("exponential", (25.0,)), ("logistic", (15.0, 4.0)), ("quadratic", (-0.015,))],
)
def test_a_shape_without_noise_comes_back(name, parameters):
    value = 1.0 + 2.0 * SHAPES[name].curve(DOSES, parameters)
    fitted = fitting.fit(means(value), name)
    assert fitted.at(DOSES) == pytest.approx(value, abs=1e-4)
    assert fitted.parameters == pytest.approx(parameters, rel=1e-2)


@pytest.mark.analytic
def test_the_dose_for_an_effect():
    doses = np.linspace(0.0, 40.0, 401)
    assert fitting.target_dose(0.5 + 0.1 * doses, doses, 1.23) == pytest.approx(12.3)
    assert fitting.target_dose(0.5 + 0.1 * doses, doses, 5.0) is None


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(6)
    dose = np.repeat(DOSES, 25)
    base = rng.normal(6.0, 2.0, dose.size)
    change = -3.0 * dose / (6.0 + dose) - 0.3 * (base - 6.0) + rng.normal(0.0, 1.5, dose.size)
    path = tmp_path / "doses.csv"
    lines = [f"{i},{d:g},{b:.3f},{c:.3f}" for i, (d, b, c) in enumerate(zip(dose, base, change, strict=True))]
    path.write_text("id,dose,base,change\n" + "\n".join(lines), "utf-8")
    return path


def test_a_table_is_tested_fitted_and_drawn(table, tmp_path):
    result = leao.trial.dose_response(table, "dose", "change", covariates="base", delta=1.5)
    answer = result.summary
    checked("trial-mcp-mod", answer)
    assert answer["dose_response"]
    assert answer["degrees_of_freedom"] == 125 - 6
    assert sum(row["weight"] for row in answer["fits"]) == pytest.approx(1.0)
    assert 3.0 < answer["target_dose"] < 12.0
    assert answer["doses"][-1]["mean"] < answer["doses"][0]["mean"]
    assert "not read: id" in answer["problems"]
    assert result.plots == ("dose_response",)
    assert "Mean over dose" in result.report(tmp_path / "d.html").read_text("utf-8") or result.plot() is not None
    other = leao.trial.dose_response(table, "dose", "change", better="higher").summary
    assert not other["dose_response"]
    assert other["fits"] == []
    checked("trial-mcp-mod", other)


@pytest.mark.property
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dose": "x"}, "no column 'x'"),
        ({"models": "emx:5"}, "found 'emx'.*did you mean"),
        ({"models": "emax"}, "wanted emax:ED50 with numbers"),
        ({"models": "emax:-1"}, "wanted parameters above 0"),
        ({"models": "linear,linear"}, "stands twice"),
        ({"better": "less"}, "--better: found 'less'"),
        ({"alpha": 0.6}, "--alpha: found 0.6"),
        ({"delta": -1.0}, "--delta: found -1"),
        ({"dose": "id"}, "patients for"),
    ],
)
def test_what_cannot_be_is_refused(options, message, table):
    with pytest.raises(ScenarioError, match=message):
        leao.trial.dose_response(table, **({"dose": "dose", "value": "change"} | options))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "id,visit,DOSE,CHANGE\n1,1,0,2\n2,1,5,1\n1,2,0,3\n",
            "row 4: id is '1' again .first in row 2., wanted one row",
        ),
        ("week,DOSE,CHANGE\n4,0,2\n8,0,3\n4,5,1\n", "week is '4' and '8', wanted one row per patient"),
    ],
)
def test_a_patient_of_several_rows_is_no_several_patients(tmp_path, text, says):
    path = tmp_path / "doses.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=says):
        leao.trial.dose_response(path, "DOSE", "CHANGE")
    with pytest.raises(ScenarioError, match=says):
        leao.trial.reestimate(path, change="CHANGE", difference=-2.0)
