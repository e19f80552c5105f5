"""Every number that can move the verdict has words of its own."""

import pytest

from leao.chain.scenario import load
from leao.chain.sensitivity import LABELS, OWN, uncertain_numbers

pytestmark = pytest.mark.ledger

EVERY = {
    "receptor.hypotheses": [
        *("tonic-2C-2D", "calcium", "in-vivo-occupancy-free", "in-vivo-occupancy-plasma", "chronic-receptors")
    ],
    "exposure.hypotheses": ["brain-uptake"],
}


def test_labels_and_numbers_are_the_same_set():
    assert LABELS.keys() == uncertain_numbers(load("noruzzadeh2016", EVERY)).keys() | OWN.keys()


def test_sizes_of_hypotheses_are_drawn_only_where_one_is_on():
    assert not [name for name in uncertain_numbers(load("noruzzadeh2016")) if name.startswith("hypotheses")]
