"""The operating characteristics of a planned trial open: what each is, its error, and the numbers that shape it."""

from typing import get_type_hints

import pytest

from leao.chain import computed, computed_designs, contract, scenario
from leao.core import ledger
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.cross


@pytest.fixture(scope="module")
def asked():
    return scenario.load("noruzzadeh2016")


@pytest.mark.parametrize("measure", computed_designs.CHARACTERISTICS)
def test_every_characteristic_says_how_it_is_counted_and_with_which_error(asked, measure):
    stated = computed.number(asked, f"design.{measure}")
    assert {measure, f"{measure}_se"} <= get_type_hints(contract.AtSize).keys()
    assert stated["number"]["unit"]
    assert stated["number"]["where"]
    assert "leao trial" in stated["number"]["source"]
    assert dict(stated["facts"])["Monte Carlo error"]
    assert stated["over"] == []
    assert "assumed" in stated["no_range"]


def test_every_number_that_shapes_a_simulated_trial_opens_and_is_not_said_to_be_of_a_cortex(asked):
    behind = computed.number(asked, "design.power")["behind"]
    assert len(behind) == sum(len(ledger.read(name).numbers) for name in computed_designs.LEDGERS)
    for row in behind:
        other = computed.number(asked, row["key"])
        assert other["number"]["source"]
        assert "map" not in other["no_range"]


def test_no_such_characteristic_is_a_line(asked):
    with pytest.raises(ScenarioError, match=r"^number: found 'design.height', wanted design.MEASURE"):
        computed.number(asked, "design.height")
