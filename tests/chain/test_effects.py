"""Effects of the drug in a simulated trial: the published trials' ratio is a draw from the synthesis's posterior."""

from typing import cast

import numpy as np
import pytest

import leao
from leao.chain import power_answer
from leao.chain.effects import PRIORS, TRIGEMINAL, Empirical, Mechanistic, trigeminal
from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.evidence import pooling
from leao.headache.options import HeadacheOptions
from leao.trial.effect import doses
from leao.trial.enrolment_dropout import enrol

pytestmark = pytest.mark.analytic


@pytest.mark.parametrize("name", sorted(set(PRIORS.values())))
def test_the_ratio_of_a_trial_is_a_draw_from_the_posterior(name):
    streams, posterior = Streams(1, "test"), pooling.empirical()[name]
    effect = Empirical(streams, tuple(map(tuple, posterior)))
    drawn = effect(range(2000))
    u = streams.per_trial("trial.empirical", range(2000))[:, 0]
    np.testing.assert_array_equal(drawn, posterior.draw(u))
    np.testing.assert_allclose(effect(range(10, 20)), drawn[10:20], rtol=1e-9)
    assert np.median(drawn) == pytest.approx(posterior.quantile(0.5), abs=0.05)


@pytest.mark.parametrize("outcome", TRIGEMINAL)
def test_the_trigeminal_route_wants_an_effect_computed_from_the_drug(outcome):
    options = HeadacheOptions.model_validate({outcome: "trigeminocervical"})
    assert trigeminal(options, "mechanistic") == {outcome}
    with pytest.raises(ScenarioError) as refused:
        trigeminal(options, 0.7)
    assert str(refused.value).endswith(f"write --set headache.{outcome}=none")
    assert trigeminal(HeadacheOptions.model_validate({}), 0.7) == frozenset()


def test_pain_moves_by_the_block_of_the_days_on_the_drug():
    changes = {"headache.severity": "trigeminocervical", "headache.duration": "trigeminocervical"}
    scenario = leao.load("noruzzadeh2016", set=changes | {"trial.n_per_arm": "4"})
    setting = power_answer.ensemble(scenario, power_answer.PowerRequest())
    enrolled = enrol(setting.design, setting.calibration, setting.streams, range(3))
    courses = doses(setting.design, enrolled, setting.planned)
    dose = courses.dense()
    effect = cast(Mechanistic, setting.effect)
    route = effect.pain(enrolled, courses)
    assert route is not None
    taken = (dose > 0.0).any(axis=-1)
    assert (route.log_length[taken] < 0.0).all()
    np.testing.assert_array_equal(route.log_length[~taken], 0.0)
    sd = ledger.read("headache/attack").numbers["severity_log_sd"].value
    np.testing.assert_allclose(route.severity, route.log_length / sd)
    odds = effect.states(enrolled, dose)["block_odds"][taken]
    most = (odds / (1.0 + odds)).max(axis=-1)
    assert (np.exp(route.log_length[taken]) >= 1.0 - most).all()  # a share of 1 would carry the whole drive
