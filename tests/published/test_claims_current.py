"""What the claims table says of the model is what the model gives today."""

import re

import numpy as np
import pytest

from leao import ledger, pipeline
from leao.answers import levels, wave
from leao.evidence.claims import claims
from leao.scenario import load
from leao.stages.receptor import model as receptor
from leao.streams import Streams
from leao.trial.verdict import distribution


def model(start):
    return next(row["model"] for row in claims() if row["claim"].startswith(start))


def numbers(text):
    return [float(found) for found in re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", text)]


@pytest.fixture(scope="module")
def found():
    scenario = load("noruzzadeh2016")
    streams = Streams(scenario.seed, scenario.name)
    return levels.steady(scenario, streams, range(4000), scenario.cortex.carry)


def test_the_wave(found):
    pick = found.world.cortex
    spread = [wave.thresholds(pick, kind, found.state["block_odds"]) for kind in pipeline.threshold_map.KINDS]
    rise = {key: 100 * (value - 1) for key, value in distribution(np.stack(spread)).items()}
    assert pick.presets == ("leao",)
    told = numbers(model("It inhibits the wave").split("rises by")[1])[:3]
    assert told == pytest.approx([rise["median"], rise["p05"], rise["p95"]], abs=0.051)


def test_fewer_attacks(found):
    ratio = distribution(np.exp(pipeline.observed_log_ratio(found.world, found.state)))
    told = numbers(model("Fewer attacks").split("alone gives")[1])[:3]
    assert told == pytest.approx([ratio["median"], ratio["p05"], ratio["p95"]], abs=0.0006)


def test_the_magnesium_site():
    params = ledger.params(ledger.read("receptor"), receptor.Params)
    drug = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
    told = numbers(model("It binds at the magnesium").split("1 mM of")[1])[:2]
    assert told == pytest.approx([float(receptor.ic50(params, drug, k, -66.0)) for k in ("2A", "2B")], abs=0.5)
