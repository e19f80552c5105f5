"""Age and sex of simulated patients: as printed over all candidates, and in keeping with the menstrual cycle."""

import numpy as np
import pytest

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.trial import demographics

pytestmark = pytest.mark.property

SHARE = 0.5
N = 200_000


@pytest.fixture(scope="module")
def params():
    return ledger.params(ledger.read("demographics"), demographics.DemographicNumbers)


@pytest.fixture(scope="module")
def people(params):
    rng = np.random.default_rng(1)
    cycle = rng.random(N) < SHARE
    age, is_female = demographics.of(params, cycle, SHARE, rng.random((N, 2)))
    return cycle, age, is_female


def test_who_has_a_cycle_is_a_woman_of_fertile_age(params, people):
    cycle, age, is_female = people
    assert is_female[cycle].all()
    assert age[cycle].max() < params.fertile_until
    assert age[~cycle].max() > params.fertile_until
    assert not is_female[~cycle].all()


def test_all_candidates_are_as_printed(params, people):
    _, age, is_female = people
    assert is_female.mean() == pytest.approx(params.female_share, abs=0.003)
    assert age.mean() == pytest.approx(params.age_mean, abs=0.1)
    assert age.std() == pytest.approx(params.age_sd, abs=0.1)
    assert params.age_least <= age.min()
    assert age.max() <= params.age_most
    assert age[is_female].mean() == pytest.approx(age[~is_female].mean(), abs=0.2)


def test_more_cycles_than_young_women_are_refused(params):
    with pytest.raises(ScenarioError, match="menstruating_share: found 0.9, wanted at most"):
        demographics.of(params, np.zeros(3, bool), 0.9, np.zeros((3, 2)))
