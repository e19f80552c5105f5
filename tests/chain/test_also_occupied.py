"""What else the drug occupies: half at the half-blocking level, nothing without drug, every figure with its source."""

import pytest

from leao.chain import also_occupied
from leao.core import sources

pytestmark = pytest.mark.property


def test_half_is_occupied_at_the_half_blocking_level_and_nothing_without_drug():
    for row in also_occupied.table(1.0):
        half = row["half_blocked_uM"]["low"]
        at_half = next(again for again in also_occupied.table(half) if again["target"] == row["target"])
        assert at_half["occupied_percent"]["high"] == pytest.approx(50.0)
    assert all(row["occupied_percent"] == {"low": 0.0, "high": 0.0} for row in also_occupied.table(0.0))


def test_the_named_targets_stand_there_each_with_source_or_said_to_be_assumed():
    rows = {row["target"]: row for row in also_occupied.table(0.1)}
    named = ("GluN2A", "GluN2B", "GluN2C", "GluN2D", "alpha7 human", "alpha7 rat", "5HT3", "D2", "sigma 1")
    assert all(any(name in target for target in rows) for name in named)
    for row in rows.values():
        assert row["half_blocked_uM"]["low"] <= row["half_blocked_uM"]["high"]
        assert row["occupied_percent"]["low"] <= row["occupied_percent"]["high"]
        if row["tier"] == "assumed":
            assert row["source"] == "assumed"
        else:
            assert row["source"] in sources.sources()
            assert row["where"]
