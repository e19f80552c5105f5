"""Effects of the drug in a simulated trial: the published trials' ratio is a draw from the synthesis's posterior."""

import numpy as np
import pytest

from leao.chain.effects import PRIORS, Empirical
from leao.core.random import Streams
from leao.evidence import pooling

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
