"""What the claims table says of the model is what the model gives today."""

import math
import re
import shlex

import numpy as np
import pytest

import leao
from leao.chain import answer_exposure, answer_wave, pipeline
from leao.chain.scenario import load
from leao.chain.verdict import distribution
from leao.cli import call
from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.evidence import effects, outcomes, pooling, published_trials
from leao.evidence.claim_table import claims
from leao.plan import label_rules
from leao.receptor import curves as bench
from leao.receptor import equilibrium_block as receptor
from leao.receptor import kinetic, protocols
from leao.receptor.kinetic import ReceptorRequest, Surround
from leao.receptor.protocols import RecordingConditions

pytestmark = pytest.mark.published


def model(start):
    return next(row["model"] for row in claims() if row["claim"].startswith(start))


def numbers(text):
    return [float(number) for number in re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", text)]


@pytest.fixture(scope="module")
def computed():
    scenario = load("noruzzadeh2016")
    streams = Streams(scenario.seed, scenario.name)
    return answer_exposure.steady(scenario, streams, range(4000), scenario.cortex.carry)


def test_the_wave(computed):
    pick = computed.world.cortex
    spread = [answer_wave.thresholds(pick, kind, computed.state["block_odds"]) for kind in pipeline.threshold_map.KINDS]
    rise = {key: 100 * (value - 1) for key, value in distribution(np.stack(spread)).items()}
    assert pick.presets == ("leao2",)
    printed = numbers(model("It inhibits the wave").split("rises by")[1])[:3]
    assert printed == pytest.approx([rise["median"], rise["p05"], rise["p95"]], abs=0.051)


def test_fewer_attacks(computed):
    ratio = distribution(np.exp(pipeline.observed_log_ratio(computed.world, computed.state)))
    printed = numbers(model("Fewer attacks").split("alone gives")[1])[:3]
    assert printed == pytest.approx([ratio["median"], ratio["p05"], ratio["p95"]], abs=0.0006)


def test_the_sparing_of_synaptic_current():
    """Tonic over synaptic block, plain (P0) and coupled to desensitisation (P1), with and without Mg2+."""
    printed = numbers(model("It spares").split("ratio")[1])
    plain, without, within = printed[0], (printed[1], *printed[3:5]), tuple(printed[5:8])
    for magnesium, coupled in ((0.0, without), (1.0, within)):
        bath = RecordingConditions(1.0, magnesium, -66.0)
        assert bench.pulse(ReceptorRequest("memantine", "2A", "P0"), "tonic", bath, (), 1)["tonic_over_synaptic"] == (
            pytest.approx(plain, abs=0.005)
        )
        computed = bench.pulse(ReceptorRequest("memantine", "2A", "P1"), "tonic", bath, (), 1)
        band = computed["tonic_over_synaptic_interval"]
        assert coupled == pytest.approx((computed["tonic_over_synaptic"], band["p05"], band["p95"]), abs=0.051)


def test_the_command_of_the_sparing_runs(capsys):
    command = next(row["command"] for row in claims() if row["claim"].startswith("It spares"))
    assert call(shlex.split(command)[1:]) == 0
    assert "tonic over synaptic    3.11" in capsys.readouterr().out


def test_the_magnesium_site():
    params = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)
    drug = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
    printed = numbers(model("It binds at the magnesium").split("1 mM of")[1])[:2]
    assert printed == pytest.approx([float(receptor.ic50(params, drug, k, -66.0)) for k in ("2A", "2B")], abs=0.5)


def test_open_channel_block():
    blocker, n = kinetic.load("memantine", "2A"), protocols.numbers()
    printed = numbers(model("Memantine is an NMDA").split("half blocked at")[1])
    computed = [kinetic.ic50(blocker, Surround(n.ic50_glutamate, -66.0, mg)) for mg in (0.0, 1.0)]
    assert printed[0] == pytest.approx(computed[0], abs=0.005)
    assert printed[1] == pytest.approx(14.2, abs=0.05)
    assert computed[1] == pytest.approx(14.2, abs=0.05)


def test_over_activation(computed):
    blocker, n = kinetic.load("memantine", "2A"), protocols.numbers()
    text = model("It acts against over-activation")
    printed = [float(x) for x in re.findall(r"(\d+\.\d+) %", text)]
    free = float(re.search(r"at (\d\.\d+) uM", text).group(1))
    blocked = [
        100 * protocols.charge_blocked(blocker, name, protocols.RecordingConditions(dose, 1.0, -66.0), n)
        for dose in (1.0, free)
        for name in ("synaptic", "csd")
    ]
    assert printed == pytest.approx(blocked, rel=0.01)
    tonic = 100 * protocols.charge_blocked(blocker, "tonic", protocols.RecordingConditions(1.0, 1.0, -66.0), n)
    assert tonic == pytest.approx(printed[0], rel=0.01)
    assert free == pytest.approx(float(np.median(computed.state["free_brain"])), rel=0.05)


def test_synthesis_of_attacks_and_rescue():
    said, rescue = pooling.summary(), outcomes.beside()["outcomes"]["rescue_medicine"]
    text = model("Fewer attacks")
    for name in pooling.PRIORS:
        e = said[name]["rate_ratio"]
        assert f"{e['estimate']:.2f} ({e['low']:.2f} to {e['high']:.2f}) under a {name} prior" in text
        d = said[name]["difference_attacks_per_28d"]
        assert f"{d['estimate']:.1f} ({d['low']:.1f} to {d['high']:.1f})" in text
        r = rescue[name]["rate_ratio"]
        assert f"{r['estimate']:.2f} ({r['low']:.2f} to {r['high']:.2f}) under a {name} prior" in model("Less rescue")
    chances = [said[name]["p_next_trial_2x150"] for name in pooling.PRIORS]
    assert "probability {:.2f} and {:.2f};".format(*chances) in text


def odds_ratio(cells):
    treated, of_treated, control, of_control = cells
    odds = [treated, of_treated - treated, control, of_control - control]
    log, error = math.log(odds[0] * odds[3] / (odds[1] * odds[2])), math.sqrt(sum(1 / x for x in odds))
    return [math.exp(log + z * error) for z in (0.0, -1.96, 1.96)]


def test_function():
    effect = effects.difference(published_trials.read("karunaikadal2020"), "MIDAS")
    printed = numbers(model("Better function").replace("-", "").split("week 24")[1])
    computed = [-effect.estimate, -effect.estimate + 1.96 * effect.error, -effect.estimate - 1.96 * effect.error]
    assert printed[:3] == pytest.approx(computed, abs=0.05)
    arms = published_trials.read("noruzzadeh2016").find("MIDAS fall of two grades or more", "share")
    events = [round(r.value / 100 * n) for r, n in zip(arms.results, (25, 27), strict=True)]
    assert printed[3:] == pytest.approx(odds_ratio([events[0], 25, events[1], 27]), rel=0.05)


def test_tolerability():
    trial = published_trials.read("noruzzadeh2016")
    events = [r.events for r in trial.find("adverse events", "count").results]
    printed = numbers(model("Well tolerated").split("in migraine")[1])
    assert printed == pytest.approx(odds_ratio([events[0], 25, events[1], 27]), rel=0.16)


@pytest.mark.parametrize("event", ["dizziness", "fatigue"])
def test_labelled_rates(event):
    computed = [
        row["drug"] - row["placebo"]
        for table in label_rules.adverse_events()["labelled"]
        for row in table["rows"]
        if row["event"] == event
    ]
    assert numbers(model(f"Side effect: {event}"))[: len(computed)] == pytest.approx(computed)


def test_the_ceiling():
    assert "leao plan refuses 30 mg a day" in model("10 mg once daily")
    with pytest.raises(ScenarioError, match='setting = "research"'):
        load("noruzzadeh2016", {"arms.memantine.dose": "30 mg"})
    assert call(["plan", "--dose", "30 mg daily", "--json"]) == 1


def test_provocation(capsys):
    assert call(["provoke", "--compound", "memantine", "--dose", "10 mg daily"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    match = re.search(r"ratio (0\.999 \(0\.9\d\d to 1\.000\))", model("Nitroglycerin-provoked"))
    assert match is not None
    assert match[1] in printed


@pytest.mark.long
def test_the_trigeminocervical_route_off_and_on(tmp_path):
    """The rows milder, shorter, rescue and function print the diary on 10 mg without and with the route."""
    routes = {f"headache.{name}": "trigeminocervical" for name in ("severity", "duration")}
    scenario = load("noruzzadeh2016")
    pair = [leao.run(scenario, out=tmp_path, set=changes).summary["diary"]["memantine"] for changes in ({}, routes)]
    figures = {
        "Milder attacks": [100 * side["severity"]["severe"] for side in pair],
        "Shorter attacks": [side["duration_h"]["mean"] for side in pair],
        "Less rescue": [side["rescue_days_per_28d"]["mean"] for side in pair],
        "Better function": [side["midas"]["mean"] for side in pair],
    }
    for claim, values in figures.items():
        printed = numbers(model(claim))
        assert [value for value in values if not any(abs(value - number) < 0.051 for number in printed)] == []
