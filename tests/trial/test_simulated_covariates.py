"""Covariates of simulated patients: what they are, that they are known before the drug, and what they gain."""

import numpy as np
import pytest

import leao
from leao.core.errors import ScenarioError
from leao.diary.counting import prorated
from leao.trial import baseline_covariates, simulated_trials
from leao.trial.monthly_counts import collect
from leao.trial.simulation import chunk, simulate_diaries

pytestmark = pytest.mark.inference

NAMES = ("run_in", "headache_days", "severity", "duration")


def setting(covariates=NAMES, methods=("ancova", "negative_binomial", "change"), n=40, run_in=28, endpoint="attacks"):
    keys = {"covariates": covariates, "run_in_days": run_in}
    design = leao.trial.design("parallel", n, 8, set=keys)
    return simulated_trials.setting(design, 0.7, "10 mg", (methods, endpoint), 4)


@pytest.fixture(scope="module")
def diaries():
    ask = setting()
    simulated = simulate_diaries(ask, range(3))
    data = collect(simulated.with_drug, ask.design, simulated.enrolled, "attacks", simulated.missing)
    return ask.design, simulated, data


def columns(diaries, *, ratio):
    design, simulated, data = diaries
    return baseline_covariates.adjusted(
        data, simulated.with_drug, simulated.missing, design, "attacks", ratio=ratio
    ).covariates


@pytest.mark.analytic
def test_they_are_what_the_diary_says(diaries):
    design, simulated, data = diaries
    plain, logs = columns(diaries, ratio=False), columns(diaries, ratio=True)
    days, missing = simulated.with_drug, simulated.missing
    run_in = prorated(days["attacks"][..., :28], missing[..., :28], 28.0)
    headache = prorated(days["headache"][..., 28:56], missing[..., 28:56], 28.0)
    for place, values in enumerate((run_in, headache)):
        for got, wanted in ((plain, values), (logs, np.log(np.maximum(values, 0.5)))):
            known = np.isfinite(wanted) & data.use
            middle = np.array([row[k].mean() for row, k in zip(wanted, known, strict=True)])
            assert got[..., place][known] == pytest.approx((wanted - middle[:, None])[known])
    migraine = days["migraine"][..., 28:56].astype(bool) & ~missing[..., 28:56]
    with np.errstate(invalid="ignore"):
        severity = (days["severity"][..., 28:56] * migraine).sum(-1) / migraine.sum(-1)
    known = np.isfinite(severity)
    assert np.corrcoef(plain[..., 2][known], severity[known])[0, 1] > 0.99
    assert np.all(plain[..., 2][~known] == 0.0)
    assert plain.shape == (3, design.n, 4)


@pytest.mark.worlds
def test_the_drug_does_not_touch_them(diaries):
    ask = setting()
    nothing = ask._replace(effect=simulated_trials._effect(1.0, ask.design, ask.calibration, 10.0))
    simulated = simulate_diaries(nothing, range(3))
    data = collect(simulated.with_drug, ask.design, simulated.enrolled, "attacks", simulated.missing)
    assert np.array_equal(columns((ask.design, simulated, data), ratio=True), columns(diaries, ratio=True))


@pytest.mark.worlds
def test_without_covariates_nothing_changes():
    _, plain = chunk(setting(()), range(2))
    _, full = chunk(setting(), range(2))
    assert not any("|plain|" in name for name in plain)
    for name in ("ancova", "negative_binomial"):
        assert np.array_equal(full[f"{name}|40|plain|value|0"], plain[f"{name}|40|effect|value|0"])
        assert not np.array_equal(full[f"{name}|40|effect|value|0"], plain[f"{name}|40|effect|value|0"])
    assert np.array_equal(full["change|40|effect|value|0"], plain["change|40|effect|value|0"])
    assert "change|40|plain|value|0" not in full


def test_a_run_in_gains_precision_and_the_error_stays():
    design = leao.trial.design("parallel", 40, 8, set={"covariates": ["run_in"], "run_in_days": 56})
    answer = leao.trial.simulate(
        design, 0.7, 400, estimator=("negative_binomial", "ancova", "responder"), seed=8
    ).summary
    rows = {row["estimator"]: row for row in answer["covariates"]["gains"]}
    for name in ("negative_binomial", "ancova"):
        row, at = rows[name], answer["estimators"][name]["memantine"]["by_n"][0]
        assert row["gain_percent"] > 2.0 * row["gain_percent_se"] > 0.0
        assert (row["spread_without"] / row["spread_with"]) ** 2 - 1.0 == pytest.approx(row["gain_percent"] / 100.0)
        assert row["power_with"] == at["power"] > row["power_without"]
        assert abs(at["type_1_error"] - 0.05) < 4.0 * 0.011
    assert rows["responder"]["gain_percent"] is None
    assert rows["responder"]["adjusted_for"] == ["run_in"]


@pytest.mark.property
def test_the_endpoints_own_count_is_no_covariate():
    ask = setting(("headache_days", "severity"), ("mmrm",), endpoint="headache_days")
    assert baseline_covariates.names(ask.design, "headache_days") == ("severity",)
    _, trials = chunk(ask, range(2))
    assert np.isfinite(trials["mmrm|40|effect|value|0"]).all()


@pytest.mark.property
@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"covariates": "run_in"}, "wants a diary before the baseline"),
        ({"covariates": ["severty"]}, "severty.*did you mean"),
        ({"covariates": ["severity"], "design": {"kind": "crossover"}}, "adjusts for nothing"),
    ],
)
def test_what_cannot_be_is_refused(keys, message):
    kind = (keys.get("design") or {}).get("kind", "parallel")
    with pytest.raises(ScenarioError, match=message):
        leao.trial.design(kind, 20, 8, set=keys)


@pytest.mark.analytic
def test_the_gain_is_the_ratio_of_variances():
    rng = np.random.default_rng(2)
    shared, noise = rng.normal(size=4000), rng.normal(size=4000)
    part = baseline_covariates.gain(shared + noise, shared, comparable=True)
    assert part["gain_percent"] == pytest.approx(100.0, abs=4.0 * part["gain_percent_se"])
    assert 1.0 < part["gain_percent_se"] < 10.0
    assert baseline_covariates.gain(shared, noise, comparable=False)["gain_percent"] is None
