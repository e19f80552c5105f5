"""Preventives: as printed, the model on its grid, and the clinical control, against cases whose answer is known."""

import math

import numpy as np
import pytest

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.random import Streams
from leao.evidence import preventive_control as control
from leao.evidence import preventive_link as link
from leao.evidence import preventives

pytestmark = pytest.mark.inference

STREAMS = Streams(5, "test")
FALLS = {"a": 0.2, "b": 0.6, "c": 1.0, "d": 1.4, "e": 1.8, "f": 2.2}


def exact(kappa, error=0.02):
    """Return drugs whose falls and outcomes are known almost exactly."""
    return tuple(
        link.Evidence(name, -kappa * fall, error, ((fall - 1e-6, fall + 1e-6, False),)) for name, fall in FALLS.items()
    )


def test_memantine_and_ketamine_are_never_in_the_likelihood():
    names = {row.name for row in link.evidence()}
    assert not names & {"memantine", "ketamine", "carbamazepine"}
    assert set(preventives.WORKERS) <= names
    assert len(names) == 13


def test_a_known_link_is_recovered():
    drawn = link.draw(link.fit(exact(0.5)), STREAMS)
    assert np.median(drawn.kappa) == pytest.approx(0.5, abs=0.03)
    assert np.quantile(drawn.kappa, 0.975) - np.quantile(drawn.kappa, 0.025) < 0.15


def test_without_drugs_the_posterior_is_the_prior():
    flat = tuple(row._replace(error=1e3) for row in exact(0.5))
    nodes, weight = link.posterior(link.fit(flat), "kappa")
    assert weight == pytest.approx(np.full(nodes.size, 1 / nodes.size), rel=1e-3)


def test_leaving_a_drug_out_is_a_fit_without_it():
    rows = exact(0.4)
    nodes, weight = link.posterior(link.fit(rows), "kappa", without=2)
    other, wanted = link.posterior(link.fit((*rows[:2], *rows[3:])), "kappa")
    assert np.array_equal(nodes, other)
    assert weight == pytest.approx(wanted, rel=1e-9)


def test_all_waves_is_the_second_readings_limit():
    fall = np.linspace(0.0, 3.0, 7)
    assert link.route(0.4, fall, 1.0) == pytest.approx(-0.4 * fall)
    assert link.route(0.4, fall, 0.0) == pytest.approx(np.zeros(7))


def test_shared_ranges_share_one_unknown():
    drawn = link.draw(link.fit(), STREAMS)
    u = np.random.default_rng(1).random((link.DRAWS, 2))
    forward, backward = (link.falls([(0.5, 1.6, True)], drawn.shared, u[:, ::step]) for step in (1, -1))
    assert np.array_equal(forward, backward)


def test_a_drug_half_as_strong_fails_where_the_link_is_known():
    rows = tuple(
        row._replace(name=name) for row, name in zip(exact(0.5, 0.05), (*preventives.WORKERS, "negative"), strict=True)
    )
    rows = tuple(row._replace(ranges=((1.2, 1.6, False),), observed=-0.7) for row in rows[:5]) + (
        rows[5]._replace(ranges=((0.0, 0.2, False),), observed=0.0),
    )
    outcome = control.control(link.fit(rows), STREAMS, 6)
    assert outcome.status == "passed"
    assert not outcome.halved.passed
    assert control.control(link.fit(rows), STREAMS, 3).status == "not run"


def test_a_bound_that_half_the_effect_meets_is_void(monkeypatch):
    monkeypatch.setattr(control, "INSIDE", 0)
    monkeypatch.setattr(control, "EXCLUDING", 0)
    monkeypatch.setattr(control, "ORDERED", 0.0)
    assert control.control(link.fit(exact(0.3)), STREAMS, 6).status == "void"


@pytest.mark.parametrize(
    ("drug", "value", "error"),
    [
        ("topiramate", math.log(3.3 / 5.4) - math.log(4.6 / 5.6), math.hypot(2.9 / 3.3, 3.0 / 4.6) / math.sqrt(117)),
        ("methysergide", -0.38 * (0.17637 + 0.61281), None),
        ("propranolol", math.log((4.6 - 1.5) / 4.6), None),
    ],
)
def test_printed_figures_become_the_effects_they_are(drug, value, error):
    trial = next(row for row in preventives.drugs() if row.drug == drug).trial[0]
    effect = trial.effect()
    assert effect[0] == pytest.approx(value, abs=1e-4)
    if error is not None:
        assert effect[1] == pytest.approx(error)


def test_words_become_ranges():
    ranges = {row.drug: row.ranges() for row in preventives.drugs()}
    assert ranges["oxcarbazepine"][0] == pytest.approx((0.0, -math.log(0.77), False))
    assert ranges["gabapentin"][0] == pytest.approx((-math.log(0.8), -math.log(0.2), False))
    assert ranges["topiramate"][0] == pytest.approx((-math.log(0.6), -math.log(0.2), True))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('role = "positive"', 'role = "good"'), "role"),
        (('tier     = "measured"', 'tier     = "sure"'), "wanted one of"),
        (("low      = 0.40\n", ""), "low and high belong to a printed range"),
        (('form     = "rates"', 'form     = "rate"'), "form"),
        (('drug = "topiramate"', "drug = topiramate"), "not valid TOML"),
    ],
)
def test_a_bad_drug_is_refused_in_one_line(change, words):
    text = ledger.file_of("preventives/topiramate").read_text("utf-8")
    assert change[0] in text
    old, new = change
    with pytest.raises(LedgerError, match=words) as refused:
        preventives.parse(text.replace(old, new, 1), "preventives/topiramate.toml")
    assert str(refused.value).startswith("preventives/topiramate.toml")
    assert "\n" not in str(refused.value)


@pytest.mark.cross
def test_ranks_are_those_of_scipy():
    from scipy.stats import rankdata

    rng = np.random.default_rng(4)
    for values in (rng.random((200, 9)), rng.integers(0, 5, (200, 9)).astype(float)):
        np.testing.assert_array_equal(control._ranks(values), rankdata(values, axis=1))
