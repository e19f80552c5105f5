"""Controls, measures of a wave and numbers in claims open: what they are, from where, what stands behind them."""

import re
import tomllib
from pathlib import Path

import pytest

from leao.chain import computed, computed_results, scenario, verdict
from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.cortex import controls, preset_table, wave_words
from leao.evidence import claim_numbers, claim_table

pytestmark = pytest.mark.cross
PAGES = Path(__file__).parents[2] / "docs" / "validation"
CONTROLS = [
    f"controls.{preset}.{place}"
    for preset in ("leao", "leao2", "tuttle2019")
    for place in range(len(controls.shipped(preset)))
]
CLAIMS = [claim_numbers.parted(row, place) for place, row in enumerate(claim_table.claims())]


@pytest.fixture(scope="module")
def asked():
    return scenario.load("noruzzadeh2016")


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_opens_with_its_source_and_the_verdict_were_it_otherwise(asked, name):
    stated = computed.number(asked, name)
    facts = dict(stated["facts"])
    assert facts["Wanted"]
    assert stated["number"]["words"]
    rests_on_rules = re.search(r"R4|R6|effective", stated["number"]["label"])
    assert rests_on_rules or any(key.startswith("Source of what is wanted") for key in facts)
    _, preset, place = name.split(".")
    if preset not in asked.cortex.carry:
        assert stated["otherwise"] == []
        return
    said = {row["status"]: row["says"] for row in stated["otherwise"]}
    assert list(said) == ["passed", *verdict.WORST]
    now = controls.shipped(preset)[int(place)].status
    others = sum(each.status == "passed" for each in controls.shipped(preset)) - (now == "passed")
    assert f"{others + 1} passed" in said["passed"]
    assert f"{others} passed" in said["failed"]
    assert {row["numbers"] for row in stated["otherwise"]} == {"shown, not vouched for"}


@pytest.mark.parametrize("measure", wave_words.MEASURES)
def test_every_measure_of_a_wave_says_how_it_is_read_and_every_number_of_its_tissue_opens(asked, measure):
    stated = computed.number(asked, f"wave.eaat.{measure}")
    assert stated["number"]["where"]
    assert stated["comes_from"][0]["key"] == "chain.threshold_relative"
    assert len(stated["behind"]) == len(ledger.read("cortex/eaat").numbers)
    other = computed.number(asked, stated["behind"][0]["key"])["number"]
    assert (other["source"], other["tier"]) != ("", "")


def test_every_number_of_every_claim_opens(asked):
    names = []
    for row, claim in zip(CLAIMS, claim_table.claims(), strict=True):
        sentences = [(said["parts"], said["text"]) for said in row["says"]]
        sentences += [(row["model_parts"], claim["model"])] if claim["model"] else []
        for pieces, text in sentences:
            assert "".join(piece["text"] for piece in pieces) == text
            names += [(piece["opens"], piece["text"], text) for piece in pieces if piece["opens"]]
    assert len(names) > 150
    for name, words, text in names:
        stated = computed.number(asked, name)
        assert stated["number"]["words"] == words
        assert dict(stated["facts"])["Sentence"] == text
        assert stated["number"]["source"]
        for other in (*stated["comes_from"], *stated["behind"]):
            assert other["label"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Attacks fell by 2.3 (1.1 to 3.5), 52 completers.", ["2.3 (1.1 to 3.5)", "52"]),
        ("8 of 10; 44 % on 10 mg, p = 0.003; since 1988", ["8", "10", "44 %", "10", "0.003"]),
        ("GluN2A at -66 mV: half at 0.80 uM in 1 mM", ["-66", "0.80", "1"]),
        ("5.0 ± 1.5 at 2x, 2C-2D, 1,000 people", ["5.0 ± 1.5", "1,000"]),
    ],
)
def test_what_a_number_in_a_sentence_is(text, numbers):
    assert [piece["text"] for piece in claim_numbers.numerals(text, "claims.0.model") if piece["opens"]] == numbers


@pytest.mark.parametrize(
    "name", ["controls.leao2.99", "controls.none.0", "wave.leao.height", "wave.none.k_peak_mM", "claims.0.says-9.0",
             "claims.-1.x.0", "claims.0.model.77", "ledger.none.x", "ledger.cortex/leao.none"],
)  # fmt: skip
def test_what_does_not_exist_is_a_line(asked, name):
    with pytest.raises(ScenarioError, match=r"^(number|fixed): found"):
        computed.number(asked, name)


def test_a_trials_sentence_leads_to_the_trial_and_the_chains_own_numbers(asked):
    row = next(k for k, claim in enumerate(claim_table.claims()) if claim["claim"] == "Fewer attacks")
    stated = computed.number(asked, f"claims.{row}.says-0.0")
    assert stated["comes_from"][0]["key"] == "trials.noruzzadeh2016"
    assert computed.number(asked, "ledger.exposure.clearance")["over"]


def test_windows_and_sources_are_those_committed_before_the_computation():
    read = {name: tomllib.loads((PAGES / f"cortex_{name}.toml").read_text("utf-8")) for name in ("targets", "held_out")}
    behind = computed_results.behind()
    for name, row in behind["held"].items():
        other = read["held_out"]["held"][name]
        assert {**row, "looked_at": row.get("looked_at", "")} == {
            key: other.get(key, "") for key in ("what", "source", "tier", "looked_at")
        }
    assert behind["held"].keys() == read["held_out"]["held"].keys()
    for name, row in behind["animals"].items():
        other = read["targets"]["target"][row["target"]]
        assert (row["source"], row["tier"]) == (other["source"], other["tier"])
        if name == row["target"]:
            assert (row["low"], row["high"]) == (other["low"], other["high"])
    assert set(behind["animals"]) <= {*wave_words.MEASURES, "dc_half_width_s", "ecs_min_fraction"}
    assert set(preset_table.names()) >= {"leao", "eaat"}
