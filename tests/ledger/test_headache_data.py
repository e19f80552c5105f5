"""Pathways, labels and policies: every piece of evidence has its source, and one truth stands once."""

import pytest

from leao import cite, ledger
from leao.plan import rules
from leao.stages import headache
from leao.stages.diary import labels
from leao.stages.headache import pathways
from leao.stages.headache.options import HeadacheOptions
from leao.trial import policies


def test_every_piece_of_evidence_has_a_known_source():
    assert pathways.sources() <= cite.sources().keys()
    assert labels.sources() <= cite.sources().keys()
    assert {policies.read(name).source for name in policies.names()} <= cite.sources().keys()


def test_every_route_that_is_off_has_something_against_it():
    for row in pathways.read():
        assert row.supports
        assert row.default or row.against


def test_what_the_drug_is_said_to_change_has_a_route_or_reads_none():
    default = dict(headache.PATHWAYS)
    assert {"severity", "duration", "rescue", "midas"} <= default.keys()
    assert [default[name] for name in ("severity", "duration")] == [None] * 2
    assert default["midas"]
    assert pathways.modelled({"severity.trigeminocervical"})["severity"]
    off = HeadacheOptions.model_validate({"function": "none"})
    assert pathways.modelled(off.on)["midas"] is None


def test_one_table_of_labelled_rates():
    assert rules.adverse_events() is labels.labels()
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
