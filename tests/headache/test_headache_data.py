"""Pathways, labels and policies: every piece of evidence has its source, and one truth stands once."""

import pytest

from leao.core import ledger, sources
from leao.diary import labels
from leao.dosing import policies
from leao.headache import routes
from leao.headache.options import HeadacheOptions
from leao.plan import label_rules

pytestmark = pytest.mark.ledger


def test_every_piece_of_evidence_has_a_known_source():
    assert routes.sources() <= sources.sources().keys()
    assert labels.sources() <= sources.sources().keys()
    assert {policies.read(name).source for name in policies.names()} <= sources.sources().keys()


def test_every_route_that_is_off_has_something_against_it():
    for row in routes.read():
        assert row.supports
        assert row.default or row.against


def test_what_the_drug_is_said_to_change_has_a_route_or_reads_none():
    default = dict(routes.PATHWAYS)
    assert {"severity", "duration", "rescue", "midas"} <= default.keys()
    assert [default[name] for name in ("severity", "duration")] == [None] * 2
    assert default["midas"]
    assert routes.modelled({"severity.trigeminocervical"})["severity"]
    off = HeadacheOptions.model_validate({"function": "none"})
    assert routes.modelled(off.on)["midas"] is None


def test_one_table_of_labelled_rates():
    assert label_rules.adverse_events() is labels.labels()
    events = labels.simulated()
    assert len(events.events) == len(events.drug) == len(events.placebo) >= 13
    assert all(0.0 < p < d < 1.0 for p, d in zip(events.placebo, events.drug, strict=True))


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("headache/attack.severity_mild", "diary.severity_mild"),
        ("headache/attack.severity_severe", "diary.severity_severe"),
        ("headache/acute.treated", "diary.rescue"),
    ],
)
def test_what_stands_in_two_rooms_says_the_same(here, there):
    assert ledger.find(here).value == ledger.find(there).value
