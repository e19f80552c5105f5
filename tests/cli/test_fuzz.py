"""Malformed inputs by command, in process: a short sample here, 300 a command in ``make fuzz``, many in reliability."""

import pytest
from validation import fuzz
from validation.reliability import batch

pytestmark = pytest.mark.property


@pytest.mark.filterwarnings("ignore")  # what a warning prints is judged by the rule
@pytest.mark.parametrize("name", fuzz.COMMANDS)
def test_a_sample_survives(name):
    _, failures = batch(name, 1, 15)
    assert not failures


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", fuzz.COMMANDS)
def test_many_survive(name):
    _, failures = batch(name, 2, 300)
    assert not failures
