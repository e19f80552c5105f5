"""Members of an ensemble by name, wherever a preset is asked for."""

import pytest

from leao.core.errors import ScenarioError
from leao.cortex import ensemble, preset_table, request
from leao.cortex.request import ExperimentRequest

pytestmark = pytest.mark.property


def test_a_member_by_name_is_that_of_its_ensemble():
    by_name = request.tissue(ExperimentRequest(preset="leao2/7")).cortex
    member = next(each for each in ensemble.members("leao2") if each.member == 7)
    assert by_name.params == member.cortex.params
    assert (by_name.rest == member.cortex.rest).all()


def test_a_member_can_be_changed_as_a_preset_can():
    by_name = request.tissue(ExperimentRequest(preset="leao/3")).cortex
    changed = request.tissue(ExperimentRequest(preset="leao/3", changes=("nmda=1e-5 cm/s",))).cortex
    assert changed.params == by_name.params._replace(nmda=1e-5)
    assert changed.params != preset_table.load("leao").params._replace(nmda=1e-5)


@pytest.mark.parametrize("preset", ["leao2/43", "leao2/x", "eaat/0", "leao2/", "/3"])
def test_a_member_that_is_not_there_is_refused_with_those_that_are(preset):
    with pytest.raises(ScenarioError, match="leao2/0 to leao2/42"):
        request.tissue(ExperimentRequest(preset=preset))
