"""Reference-based imputation against normal theory written out, Rubin's rules by hand, and the antidepressant trial."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import leao
from leao.core.errors import ScenarioError
from leao.trial.imputation import multiple
from leao.trial.imputation.strategies import STRATEGIES, named
from leao.trial.kernels import imputation as kernel
from leao.trial.kernels import mmrm

pytestmark = pytest.mark.cross

TRIAL = Path(__file__).parent / "cases" / "antidepressant.csv"
COLUMNS = {"arm": "THERAPY", "subject": "PATIENT", "baseline": "BASVAL", "value": "w1,w2,w4,w6", "kind": "change"}
CODES = np.array([strategy.code for strategy in STRATEGIES.values()])


def trial(n=36, gaps=True, groups=2, seed=4):
    """Return visits and regressors of a trial with dropout, and with some gaps."""
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % groups
    x = np.column_stack([np.ones(n), *[(arm == g).astype(float) for g in range(1, groups)], rng.normal(size=n)])
    y = rng.normal(size=(n, 1)) + 0.6 * rng.normal(size=(n, 3)) + 0.5 * x[:, 1:2] * [0.5, 1.0, 1.5]
    until = rng.choice([0, 1, 2, 3], n, p=[0.08, 0.12, 0.15, 0.65])
    y[np.arange(3) >= until[:, None]] = np.nan
    if gaps:
        y[until == 3] = np.where(rng.random((np.sum(until == 3), 3)) < [0.1, 0.1, 0.0], np.nan, y[until == 3])
    return y, x


def by_hand(y, x, name, groups=2):
    """Return the effects on the last visit, imputed as the strategies are defined, from the MMRM's B and S."""
    n = len(y)
    last = np.eye(y.shape[1])[-1]
    contrasts = np.eye(x.shape[1])[1:groups]
    parts = mmrm.climbing(y[None], x[None], np.ones((1, n), bool), last, contrasts)
    effect, sigma = parts[3][0], parts[4][0]
    control = x.copy()
    control[:, 1:groups] = 0.0
    values = y[:, -1].copy()
    for i in np.flatnonzero(~np.isfinite(values)):
        seen = np.flatnonzero(np.isfinite(y[i]))
        arm_mean, other = effect @ x[i], effect @ control[i]
        until = seen[-1] if len(seen) else -1
        late = np.arange(len(arm_mean)) > until
        mean = {
            "missing_at_random": arm_mean,
            "jump_to_reference": np.where(late, other, arm_mean),
            "copy_reference": other,
            "copy_increments": np.where(late, arm_mean[until] + other - other[until], arm_mean)
            if until >= 0
            else other,
            "last_mean": np.where(late, arm_mean[until], arm_mean) if until >= 0 else arm_mean,
        }[name]
        values[i] = mean[-1]
        if len(seen):
            values[i] += sigma[-1, seen] @ np.linalg.solve(sigma[np.ix_(seen, seen)], y[i, seen] - mean[seen])
    return np.linalg.lstsq(x, values, rcond=None)[0][1:groups]


@pytest.mark.parametrize("groups", [2, 3])
def test_every_strategy_is_its_conditional_mean(groups):
    y, x = trial(60, groups=groups)
    replicates = kernel.replicates(y, x, groups, CODES, True)
    for k, name in enumerate(STRATEGIES):
        assert replicates[0, k] == pytest.approx(by_hand(y, x, name, groups), abs=1e-8)
        for left in (0, 7):
            without = by_hand(np.delete(y, left, 0), np.delete(x, left, 0), name, groups)
            assert replicates[1 + left, k] == pytest.approx(without, abs=1e-6)


def test_missing_at_random_is_the_mmrm():
    y, x = trial()
    imputed = kernel.replicates(y, x, 2, CODES[:1], True)[0, 0]
    everybody = np.ones((1, len(y)), bool)
    assert imputed == pytest.approx(
        mmrm.climbing(y[None], x[None], everybody, np.eye(3)[-1], np.eye(3)[1:2])[0][0], abs=1e-8
    )


def test_the_closed_form_is_the_same_without_gaps():
    y, x = trial(gaps=False)
    closed, climbed = (kernel.replicates(y, x, 2, CODES, gaps) for gaps in (False, True))
    assert closed == pytest.approx(climbed, abs=1e-6)
    value, se, people = kernel.jackknifed(y[None], x[None], np.ones((1, len(y)), bool), 2, kernel.CR)
    without, n = closed[1:, kernel.CR, 0], len(y)
    assert people[0] == n
    assert value[0, 0] == closed[0, kernel.CR, 0]
    assert se[0, 0] == pytest.approx(math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()), rel=1e-9)


@pytest.mark.property
def test_a_delta_moves_the_estimate_by_what_the_columns_say():
    y, x = trial()
    imputed = kernel.replicates(y, x, 2, CODES[:1], True)
    lost = ~np.isfinite(y[:, -1])
    for group in (0, 1):
        added = (lost & (x[:, 1] == group)).astype(float)
        shift = np.linalg.lstsq(x, added, rcond=None)[0][1]
        assert imputed[0, 1 + group, 0] == pytest.approx(shift, abs=1e-12)


@pytest.mark.inference
def test_multiple_imputations_come_to_the_conditional_mean():
    y, x = trial(80)
    mean = kernel.replicates(y, x, 2, CODES, True)[0, : len(CODES), 0]
    pooled = multiple.impute(multiple.Problem(y, x, 2), CODES, 400, 1)
    for k, part in enumerate(pooled):
        between = part.missing_information[0] * part.se[0] ** 2
        assert part.value[0] == pytest.approx(mean[k], abs=4 * math.sqrt(between / 400) + 0.02)
    again = multiple.impute(multiple.Problem(y, x, 2), CODES, 400, 1)
    assert [part.value[0] for part in again] == [part.value[0] for part in pooled]


@pytest.mark.analytic
def test_rubins_rules():
    # m = 3: mean 2, within 4, between 1: total 4 + 4/3; Barnard and Rubin's degrees of freedom written out
    pooled = multiple.rubin(np.array([[1.0], [2.0], [3.0]]), np.array([[3.0], [4.0], [5.0]]), 50.0)
    total, share = 4 + 4 / 3, (4 / 3) / (4 + 4 / 3)
    old, observed = 2 / share**2, 51 / 53 * 50 * (1 - share)
    assert pooled.value[0] == 2.0
    assert pooled.se[0] == pytest.approx(math.sqrt(total))
    assert pooled.freedom[0] == pytest.approx(1 / (1 / old + 1 / observed))


@pytest.mark.published
def test_the_antidepressant_trial_is_that_of_rbmi():
    table = pl.read_csv(TRIAL)
    y = table["w1"].to_numpy()
    x = np.column_stack([np.ones(172), table["THERAPY"] == "PLACEBO", table["BASVAL"]])
    fit = np.linalg.lstsq(x, y, rcond=None)
    se = math.sqrt(fit[1][0] / 169 * np.linalg.inv(x.T @ x)[1, 1])
    # rbmi, quickstart vignette, visit 4 (nobody missing): trt_4 -0.09180645, se 0.6826279
    assert (fit[0][1], se) == pytest.approx((-0.09180645, 0.6826279), rel=1e-6)
    answer = leao.trial.analyse(TRIAL, **COLUMNS, imputation="all", imputations=100, delta="12").summary
    strategies = answer["sensitivity"]["strategies"]
    # rbmi, quickstart vignette, jump to reference, 150 Bayesian imputations: 2.079 (SE 1.122), placebo less drug
    row = strategies["jump_to_reference"]["multiple"]["DRUG"]
    assert row["estimate"] == pytest.approx(-2.079, abs=0.15)
    assert row["se"] == pytest.approx(1.122, abs=0.06)
    # CAMIS, rbmi with 5,000 imputations, sex in the models besides: -2.830, -2.148, -2.394, -2.479; SE 1.11 to 1.14
    for name, value in (
        ("missing_at_random", -2.830), ("jump_to_reference", -2.148), ("copy_reference", -2.394),
        ("copy_increments", -2.479),
    ):  # fmt: skip
        assert strategies[name]["comparisons"]["DRUG"]["estimate"] == pytest.approx(value, abs=0.04)
    tipping = answer["sensitivity"]["tipping"][0]
    assert tipping["imputed"] == {"PLACEBO": 23, "DRUG": 20}
    middle = len(tipping["delta_active"]) // 2
    assert tipping["estimate"][middle][middle] == pytest.approx(
        strategies["missing_at_random"]["comparisons"]["DRUG"]["estimate"]
    )
    assert 2.0 < tipping["tips_at"] < 3.0


@pytest.mark.property
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"imputation": "jump"}, "found 'jump', wanted all or some"),
        ({"imputations": 10}, "--imputations: wanted --imputation with it"),
        ({"imputation": "all", "imputations": 1}, "found 1, wanted 2 to"),
        ({"imputation": "all", "delta": "x"}, "--delta: found 'x'"),
        ({"imputation": "all", "delta": "3,1"}, "--delta: found '3,1'"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(ScenarioError, match=message):
        leao.trial.analyse(TRIAL, **COLUMNS, **options)


@pytest.mark.property
def test_names_of_strategies():
    assert named("all") == tuple(STRATEGIES)
    assert named("last_mean, copy_reference,last_mean") == ("last_mean", "copy_reference")
