"""Minimally different worlds of the headache: a drug that reaches nothing changes nothing, bit for bit."""

import json

import numpy as np
import pytest

from leao.chain import answer_attack
from leao.chain.provoke import ProvocationRequest, provocation
from leao.core.random import Streams
from leao.headache.options import HeadacheOptions

pytestmark = pytest.mark.worlds

STREAMS = Streams(5, "headache-worlds")
OFF = HeadacheOptions.model_validate({})
ON = HeadacheOptions(severity="trigeminocervical", duration="trigeminocervical", rescue="severity")
SEEN = (
    "immediate_headache_percent", "delayed_migraine_percent", "delayed_migraine_band", "latency_h", "severity",
    "length_h", "cumulative_percent", "brainstem_activation",
)  # fmt: skip


def live(n=500, waves=1.0, block=0.0, options=OFF):
    wave = Streams(1, "who").per_trial("wave", range(n))[:, 0] < 0.5
    begun = answer_attack.AttackOnsets(wave, np.zeros(n, dtype=bool), waves, block)
    return answer_attack.live(answer_attack.drawn(STREAMS, n), begun, options, None, STREAMS)


def same(left, right, n=None):
    return all(np.array_equal(left[k][:n], right[k][:n], equal_nan=left[k].dtype.kind == "f") for k in left)


def asked(concentration=None, routes=("csd",), n=300, population="patients"):
    drug = None if concentration is None else "memantine"
    return ProvocationRequest(0.5, 20.0, population, drug, concentration, None, frozenset(routes), 1, n)


@pytest.mark.parametrize("options", [OFF, ON])
def test_no_block_moves_no_attack_even_with_every_route_on(options):
    none = live(options=options)
    assert same(none, live(waves=1.0, block=0.0, options=options))
    assert none["begins"].all()


def test_block_without_a_route_moves_nothing():
    assert same(live(), live(block=0.7))


def test_a_wave_held_takes_attacks_away_and_moves_nothing_else():
    free, held = live(), live(waves=0.4)
    assert same({k: v for k, v in free.items() if k != "begins"}, held)
    assert held["begins"][~held["wave"]].all()
    assert held["begins"][held["wave"]].mean() == pytest.approx(0.4, abs=0.15)


def test_one_more_attack_changes_no_other():
    assert same(live(200), live(201), 200)


def test_block_by_an_open_route_only_lowers_pain():
    free, blocked = live(options=ON), live(block=0.5, options=ON)
    assert np.all(blocked["severity"] <= free["severity"])
    hurt = free["headache"]
    assert np.all(blocked["length"][hurt] < free["length"][hurt])
    assert np.all(blocked["length"][~hurt] == 0.0)
    np.testing.assert_array_equal(free["onset"], blocked["onset"])


@pytest.mark.parametrize("routes", [("csd",), ("csd", "trigeminocervical"), ()])
def test_no_drug_in_the_brain_is_no_drug(routes):
    provoked = provocation(asked(0.0, routes))
    plain = provocation(asked())
    for key in SEEN:
        assert provoked[key] == provoked["without_drug"][key] == plain[key]


def test_no_route_is_no_effect_at_any_level():
    provoked = provocation(asked(100.0, ()))
    for key in SEEN:
        assert provoked[key] == provoked["without_drug"][key]
    assert {row["effect"] for row in provoked["routes"]} == {"no modelled effect"}


def test_more_drug_never_provokes_more():
    rates = [
        provocation(asked(c, ("csd", "trigeminocervical")))["delayed_migraine_percent"] for c in (0.0, 0.1, 1.0, 10.0)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[0]


def test_controls_have_no_latency_but_a_rate():
    provoked = provocation(asked(population="controls"))
    assert provoked["latency_h"] is None
    assert provoked["brainstem_activation"]["percent"] is None
    assert 0.0 <= provoked["delayed_migraine_percent"] < 20.0
    json.dumps(provoked, allow_nan=False)
