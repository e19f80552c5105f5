"""The synthesis and the anchor of the trigger slope against the figures they were designed with."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from leao.evidence import anchors, claims, synthesis
from leao.evidence.synthesis import Prior

CORRECT = synthesis.observed("difference")
MISREAD = synthesis.observed("difference", misread=True)
RATIO = synthesis.observed("log_ratio")
RATIO_MISREAD = synthesis.observed("log_ratio", misread=True)
ROUNDING = 0.015


def three(found, prior):
    posterior = synthesis.posterior(found, prior)
    return (posterior.quantile(0.5), *posterior.interval(0.95))


def test_effects_are_derived_from_the_printed_figures():
    assert [(round(e.estimate, 2), round(e.error, 2)) for e in CORRECT] == [(-2.30, 0.61), (-2.50, 0.79)]
    intervals = [tuple(round(math.exp(e.estimate + z * e.error), 2) for z in (0.0, -1.96, 1.96)) for e in RATIO]
    assert intervals == [(0.46, 0.28, 0.75), (0.51, 0.34, 0.75)]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [(CORRECT, (-2.38, -3.32, -1.43)), (MISREAD, (-2.49, -2.77, -2.21))],
    ids=["correct", "misread"],
)
def test_fixed_effect(found, wanted):
    assert tuple(synthesis.fixed_effect(found).values()) == pytest.approx(wanted, abs=0.006)


@pytest.mark.parametrize(
    ("found", "prior", "wanted"),
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
def test_difference_under_each_prior(found, prior, wanted):
    assert three(found, prior) == pytest.approx(wanted, abs=ROUNDING)


@pytest.mark.parametrize(
    ("found", "prior", "wanted"),
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
def test_rate_ratio_under_each_prior(found, prior, wanted):
    assert np.exp(three(found, prior)) == pytest.approx(wanted, abs=ROUNDING)


def test_conjugate_case_has_its_closed_form():
    found = CORRECT[:1]
    effect, prior = found[0], Prior(-1.0, 0.7, 0.0)
    precision = effect.error**-2 + prior.sd**-2
    mean = (effect.estimate * effect.error**-2 + prior.mean * prior.sd**-2) / precision
    half = 1.959964 / math.sqrt(precision)
    assert three(found, prior) == pytest.approx((mean, mean - half, mean + half), abs=1e-4)


def test_quadrature_agrees_with_importance_sampling():
    prior = synthesis.prior("log_ratio", "sceptical")
    rng = np.random.default_rng(7)
    mu = prior.mean + prior.sd * rng.standard_normal(400_000)
    tau = prior.tau_sd * np.abs(rng.standard_normal(mu.size))
    logs = np.zeros(mu.size)
    for effect in RATIO:
        variance = effect.error**2 + tau**2
        logs -= 0.5 * ((effect.estimate - mu) ** 2 / variance + np.log(variance))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    posterior = synthesis.posterior(RATIO, prior)
    assert posterior.mean == pytest.approx(weight @ mu, abs=2e-3)
    error = math.sqrt(np.mean([effect.per_patient for effect in RATIO]) / 150)
    next_trial = mu + tau * rng.standard_normal(mu.size) + error * rng.standard_normal(mu.size)
    assert posterior.p_next_trial == pytest.approx(weight[next_trial < -1.96 * error].sum(), abs=6e-3)


def test_draws_follow_the_posterior():
    posterior = synthesis.empirical()["sceptical"]
    u = (np.arange(20_000) + 0.5) / 20_000
    draws = posterior.draw(u)
    assert draws.mean() == pytest.approx(posterior.mean, abs=1e-3)
    assert np.quantile(draws, 0.05) == pytest.approx(posterior.interval(0.90)[0], abs=2e-3)


def test_summary_has_the_keys_of_the_contract():
    summary = synthesis.summary()
    for block in ("neutral", "sceptical", "se_read_as_sd"):
        assert {"difference_attacks_per_28d", "rate_ratio"} <= summary[block].keys()
    assert 0.0 < summary["p_next_trial_2x150"] < summary["neutral"]["p_next_trial_2x150"] < 1.0


def test_the_claim_of_fewer_attacks_quotes_todays_synthesis():
    row = next(row for row in claims.claims() if row["claim"] == "Fewer attacks")
    summary = synthesis.summary()
    for block in ("neutral", "sceptical"):
        e = summary[block]["rate_ratio"]
        assert f"{e['estimate']:.2f} ({e['low']:.2f} to {e['high']:.2f}) under a {block} prior" in row["model"]


def test_kappa_of_the_positive_drugs_and_of_all_four():
    positive, every = anchors.new_drug(positive_only=True), anchors.new_drug()
    found = [[k.quantile(u) for u in (0.5, 0.025, 0.975)] for k in (positive, every)]
    assert found[0] == pytest.approx((0.34, -0.26, 1.02), abs=0.03)
    assert found[1] == pytest.approx((0.20, -0.47, 0.78), abs=0.03)
    assert every.above(0.0) == pytest.approx(0.81, abs=0.01)


def test_kappa_prior_gives_about_the_attack_reductions_of_a_raised_threshold():
    rng = np.random.default_rng(20261122)
    u = rng.uniform(size=(3, 200_000))
    gamma = 0.6 * np.exp(0.4 * ndtri(u[1]))
    beta = anchors.kappa_prior().draw(u[0]) * gamma * 10.0 ** u[2]
    for rise, wanted in ((0.01, 0.0043), (0.05, 0.021), (0.10, 0.040)):
        assert np.median(1.0 - (1.0 + rise) ** -beta) == pytest.approx(wanted, rel=0.12)
