"""The synthesis against the figures they were designed with."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.stats import ttest_ind

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.evidence import claim_table, consistency, effects, mixture, outcomes, pooling, published_trials, replay
from leao.evidence.mixture import Prior

pytestmark = pytest.mark.published

CORRECT = pooling.observed("difference")
MISREAD = pooling.observed("difference", misread=True)
RATIO = pooling.observed("log_ratio")
RATIO_MISREAD = pooling.observed("log_ratio", misread=True)
ROUNDING = 0.015


def three(estimates, prior):
    posterior = mixture.posterior(estimates, prior)
    return (posterior.quantile(0.5), *posterior.interval(0.95))


def test_effects_are_derived_from_the_printed_figures():
    assert [(round(e.estimate, 2), round(e.error, 2)) for e in CORRECT] == [(-2.30, 0.61), (-2.50, 0.79)]
    intervals = [tuple(round(math.exp(e.estimate + z * e.error), 2) for z in (0.0, -1.96, 1.96)) for e in RATIO]
    assert intervals == [(0.46, 0.28, 0.75), (0.51, 0.34, 0.75)]


@pytest.mark.parametrize(
    ("effects", "wanted"),
    [(CORRECT, (-2.38, -3.32, -1.43)), (MISREAD, (-2.49, -2.77, -2.21))],
    ids=["correct", "misread"],
)
def test_fixed_effect(effects, wanted):
    assert tuple(pooling.fixed_effect(effects).values()) == pytest.approx(wanted, abs=0.006)


@pytest.mark.parametrize(
    ("effects", "prior", "wanted"),
    [
        (CORRECT, Prior(0, 5, 0), (-2.35, -3.30, -1.41)),
        (CORRECT, Prior(0, 5, 0.5), (-2.35, -3.48, -1.20)),
        (CORRECT, Prior(0, 5, 0.5, 0.5), (-2.33, -3.81, -0.83)),
        (MISREAD, Prior(0, 5, 0), (-2.49, -2.77, -2.21)),
        (MISREAD, Prior(0, 5, 0.5), (-2.46, -3.17, -1.64)),
        (CORRECT, Prior(-1, 0.7, 0), (-1.93, -2.71, -1.15)),
        (CORRECT, Prior(-1, 0.7, 0.5), (-1.84, -2.69, -0.90)),
        (CORRECT, Prior(-1, 1, 0.5, 0.5), (-1.88, -3.05, -0.67)),
        (CORRECT, Prior(0, 0.7, 0), (-1.61, -2.39, -0.83)),
        (CORRECT, Prior(0, 0.7, 0.5), (-1.38, -2.29, -0.23)),
        (CORRECT, Prior(0, 0.7, 0.5, 0.5), (-1.08, -2.10, 0.01)),
        (MISREAD, Prior(0, 0.7, 0), (-2.39, -2.66, -2.12)),
    ],
)
def test_difference_under_each_prior(effects, prior, wanted):
    assert three(effects, prior) == pytest.approx(wanted, abs=ROUNDING)


@pytest.mark.parametrize(
    ("effects", "prior", "wanted"),
    [
        (RATIO, Prior(0, 1, 0), (0.50, 0.37, 0.67)),
        (RATIO, Prior(0, 1, 0.2), (0.50, 0.34, 0.74)),
        (RATIO, Prior(0, 0.2, 0), (0.64, 0.50, 0.82)),
        (RATIO, Prior(0, 0.2, 0.2), (0.71, 0.53, 1.03)),
        (RATIO, Prior(math.log(0.75), 0.15, 0.2), (0.64, 0.50, 0.83)),
        (RATIO_MISREAD, Prior(0, 1, 0), (0.51, 0.47, 0.54)),
        (RATIO_MISREAD, Prior(0, 1, 0.2), (0.50, 0.38, 0.68)),
    ],
)
def test_rate_ratio_under_each_prior(effects, prior, wanted):
    assert np.exp(three(effects, prior)) == pytest.approx(wanted, abs=ROUNDING)


def test_conjugate_case_has_its_closed_form():
    effects = CORRECT[:1]
    effect, prior = effects[0], Prior(-1.0, 0.7, 0.0)
    precision = effect.error**-2 + prior.sd**-2
    mean = (effect.estimate * effect.error**-2 + prior.mean * prior.sd**-2) / precision
    half = 1.959964 / math.sqrt(precision)
    assert three(effects, prior) == pytest.approx((mean, mean - half, mean + half), abs=1e-4)


@pytest.mark.parametrize("scale", ["difference", "log_ratio"])
@pytest.mark.parametrize("name", pooling.PRIORS)
def test_the_mixture_agrees_with_importance_sampling(scale, name):
    prior, effects = pooling.prior(scale, name), pooling.observed(scale)
    rng = np.random.default_rng(7)
    mu = prior.mean + prior.sd * rng.standard_normal(400_000)
    tau = prior.tau_sd * np.abs(rng.standard_normal(mu.size))
    logs = np.zeros(mu.size)
    for effect in effects:
        variance = effect.error**2 + tau**2
        logs -= 0.5 * ((effect.estimate - mu) ** 2 / variance + np.log(variance))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    slack = 5.0 * prior.sd / math.sqrt(1.0 / (weight**2).sum())
    posterior = mixture.posterior(effects, prior)
    assert posterior.mean == pytest.approx(weight @ mu, abs=slack)
    assert posterior.mean_tau == pytest.approx(weight @ tau, abs=slack)
    assert mixture.tau_below(effects, prior, prior.tau_sd) == pytest.approx(weight[tau < prior.tau_sd].sum(), abs=0.01)
    error, critical = 0.3, 1.97
    next_trial = mu + tau * rng.standard_normal(mu.size) + error * rng.standard_normal(mu.size)
    assert posterior.success(error, critical) == pytest.approx(weight[next_trial < -critical * error].sum(), abs=0.01)


def test_the_mixture_agrees_with_adaptive_quadrature():
    prior, effects = Prior(0.0, 0.7, 0.5, 0.5), CORRECT
    y, s = np.array([e.estimate for e in effects]), np.array([e.error for e in effects])

    def joint(tau, mu):
        cover = np.diag(s**2 + tau**2) + prior.shared_bias_sd**2
        far = y - mu
        like = math.exp(-0.5 * far @ np.linalg.solve(cover, far)) / math.sqrt(np.linalg.det(cover))
        return like * math.exp(-0.5 * (mu / prior.sd) ** 2 - 0.5 * (tau / prior.tau_sd) ** 2)

    def upto(x):
        return dblquad(joint, -6.0, x, 0.0, 5.0, epsabs=1e-9, epsrel=1e-9)[0]

    said, whole = mixture.posterior(effects, prior), upto(4.0)
    for x in (-2.0, -1.0, 0.0):
        assert float(said.below(np.array(x))) == pytest.approx(upto(x) / whole, abs=1e-7)


def test_more_nodes_change_nothing(monkeypatch):
    prior = pooling.prior("difference", "sceptical")
    before = three(CORRECT, prior)
    monkeypatch.setattr(mixture, "NODES", 400)
    mixture._legendre.cache_clear()
    after = three(CORRECT, prior)
    mixture._legendre.cache_clear()
    assert after == pytest.approx(before, abs=1e-9)


def test_quantiles_invert_the_distribution():
    said = mixture.posterior(CORRECT, pooling.prior("difference", "neutral"))
    u = np.array([1e-4, 0.025, 0.5, 0.975, 1.0 - 1e-4])
    assert said.below(said.draw(u)) == pytest.approx(u, abs=1e-10)


def test_draws_follow_the_posterior():
    posterior = pooling.empirical()["sceptical"]
    u = (np.arange(20_000) + 0.5) / 20_000
    draws = posterior.draw(u)
    assert draws.mean() == pytest.approx(posterior.mean, abs=1e-3)
    assert np.quantile(draws, 0.05) == pytest.approx(posterior.interval(0.90)[0], abs=2e-3)


def test_summary_has_the_keys_of_the_contract():
    summary = pooling.summary()
    for block in ("neutral", "sceptical", "se_read_as_sd"):
        assert {"difference_attacks_per_28d", "rate_ratio"} <= summary[block].keys()
    assert 0.0 < summary["p_next_trial_2x150"] < summary["neutral"]["p_next_trial_2x150"] < 1.0


def test_misreading_narrows_and_shifts_the_weight():
    summary = pooling.summary()
    right, wrong = summary["fixed_effect_check"], summary["fixed_effect_se_read_as_sd"]
    assert (right["high"] - right["low"]) / (wrong["high"] - wrong["low"]) == pytest.approx(3.4, abs=0.05)
    assert summary["weights"]["shanmugam2019"] == pytest.approx(0.38, abs=0.005)
    assert summary["se_read_as_sd"]["weights"]["shanmugam2019"] == pytest.approx(0.95, abs=0.005)


def test_the_standard_deviation_of_the_next_trial_follows_from_the_arms():
    sds = []
    for trial in published_trials.pooled():
        outcome = trial.find("attacks", "change") or trial.find("attacks", "end")
        for result in outcome.results:
            n = trial.arm(result.arm).analysed
            sds.append(consistency.standard_error(result, n) * math.sqrt(n))
    number = ledger.find("evidence.next_trial_sd_change")
    assert number.value == pytest.approx(math.sqrt(np.mean(np.square(sds))), abs=0.05)
    assert (number.uncertainty["low"], number.uncertainty["high"]) == pytest.approx((min(sds), max(sds)), abs=0.05)


def test_the_next_trial_is_less_sure_with_more_noise_or_more_doubt():
    of = pooling.next_trial()["by_prior"]
    for name in pooling.PRIORS:
        chances = [row["p"] for row in of[name]]
        assert chances == sorted(chances, reverse=True)
    assert all(s["p"] < n["p"] for s, n in zip(of["sceptical"], of["neutral"], strict=True))


def test_the_chance_of_the_next_trial_is_that_of_simulated_trials():
    said = mixture.posterior(CORRECT, pooling.prior("difference", "sceptical"))
    rng = np.random.default_rng(3)
    draws = said.in_a_new_trial().draw(rng.uniform(size=4000))
    arms = [mean + 2.6 * rng.standard_normal((4000, 150)) for mean in (draws[:, None], 0.0)]
    tested: Any = ttest_ind(*arms, axis=1)
    share = np.mean((tested.pvalue < 0.05) & (tested.statistic < 0))
    assert pooling.success(said) == pytest.approx(share, abs=0.025)


def test_responders_and_rescue_rest_on_one_trial():
    rest = outcomes.beside()
    for key in ("responders_50_percent", "rescue_medicine"):
        assert rest["outcomes"][key]["trials"] == ["shanmugam2019"]
        assert "one trial" in rest["outcomes"][key]["rests_on"]
    plain = rest["outcomes"]["rescue_medicine"]["difference_uses_per_28d"][0]
    assert (plain["estimate"], plain["low"], plain["high"]) == pytest.approx((-2.97, -4.28, -1.66), abs=0.01)


def test_woolfs_interval_is_near_the_exact_posterior_of_the_odds_ratio():
    """Binomial likelihood, flat prior on the placebo log odds, neutral prior without spread between trials."""
    effect = effects.log_odds_ratio(published_trials.read("shanmugam2019"))
    assert math.exp(effect.estimate) == pytest.approx(5.6, abs=0.01)
    theta, base = np.meshgrid(np.linspace(-6, 10, 801), np.linspace(-4, 4, 401), indexing="ij")
    logs = 24 * (base + theta) - 28 * np.logaddexp(0, base + theta) + 15 * base - 29 * np.logaddexp(0, base)
    logs += -0.5 * (theta / 1.5) ** 2
    weight = np.exp(logs - logs.max()).sum(axis=1)
    cdf = np.cumsum(weight) / weight.sum()
    exact = np.interp([0.5, 0.025, 0.975], cdf, theta[:, 0])
    assert three([effect], Prior(0.0, 1.5, 0.0)) == pytest.approx(exact, abs=0.12)


def test_what_is_not_pooled_is_shown_with_its_reason():
    apart = {row["trial"]: row for row in outcomes.beside()["not_pooled"]}
    assert apart.keys() == set(published_trials.names()) - {"noruzzadeh2016", "shanmugam2019"}
    assert all(row["because"] for row in apart.values())
    assert "negative" in apart["lindelof2009"]["because"]


def test_the_width_of_a_pool_implies_an_impossible_patient():
    pool = next(row for row in outcomes.published_pools() if row["pool"] == "preprint_2020")
    least = min(row["sd_of_change"] for row in pooling.next_trial()["by_prior"]["neutral"])
    assert pool["implied_sd_of_a_patient"] < least / 2


def test_the_derived_ends_of_noruzzadeh():
    rows = outcomes.courses(published_trials.read("noruzzadeh2016"))
    assert [(round(row["baseline"], 1), round(row["end"], 1)) for row in rows] == [(5.5, 2.1), (5.9, 4.9)]
    assert all(row["derived"] for row in rows)


def test_history_ends_at_the_synthesis_and_starts_at_the_prior():
    rows = replay.rows()
    last, first = rows[-1], rows[0]
    whole = pooling.summary()
    for name in pooling.PRIORS:
        assert last[name] == pytest.approx(whole[name]["rate_ratio"])
        assert last["difference_attacks_per_28d"][name] == pytest.approx(whole[name]["difference_attacks_per_28d"])
        assert first[name]["estimate"] == 1.0
        moved = sum(row["moved"][name] for row in rows)
        assert moved == pytest.approx(np.log(last[name]["estimate"]))
    assert [row["date"] for row in rows[1:]] == sorted(row["date"] for row in rows[1:])


def test_what_does_not_enter_moves_nothing_and_says_why():
    for row in replay.rows()[1:]:
        assert row["entered"] == (row["why_not"] is None)
        if not row["entered"]:
            assert set(row["moved"].values()) == {0.0}


def test_what_was_searched_carries_its_date():
    rows = claim_table.searched()
    assert len(rows) > 10
    assert all(len(row["date"]) == 10 and row["result"] for row in rows)


def test_a_well_graded_claim_cannot_be_untested():
    untested = [row["grade"] for row in claim_table.claims() if row["verdict"] == "untested"]
    assert not {"high", "moderate"} & set(untested)
    text = '[[claims]]\nclaim="x"\nsays=[]\ngrade="moderate"\nbecause="y"\ncommand="z"\nverdict="untested"\n'
    with pytest.raises(LedgerError, match="is settled"):
        claim_table.parse(text)
