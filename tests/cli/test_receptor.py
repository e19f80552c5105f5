"""``leao receptor``: what a user types, good and bad."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from leao.core import ledger
from leao.receptor import library

CURVE = {
    "compound", "subtype", "magnesium_mM", "voltage_mV", "ic50_uM", "hill", "concentration_uM", "current_relative",
    "on_rate_per_uM_s", "off_rate_per_s", "escape_fraction",
}  # fmt: skip
PULSE = {"protocol", "compound", "subtype", "concentration_uM", "magnesium_mM", "charge_blocked_percent"}


def test_curve_as_json(leao):
    said = leao("receptor", "curve", "--compound", "memantine", "--subtype", "2A", "--magnesium", "1 mM",
                "--voltage", "-66mV", "--json")  # fmt: skip
    answer = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert answer.keys() >= CURVE
    assert answer["ic50_uM"] == pytest.approx(14.2, abs=0.1)
    assert answer["current_relative"] == sorted(answer["current_relative"], reverse=True)
    assert 0.15 < answer["escape_fraction"] < 0.20
    band = answer["ic50_uM_interval"]
    assert band["p05"] < 0.6 * answer["ic50_uM"]
    assert band["p95"] > 1.6 * answer["ic50_uM"]
    assert "receptor_posterior.potency" in answer["drawn"]
    lower, upper = (np.array(answer["current_relative_interval"][end]) for end in ("p05", "p95"))
    assert np.all((lower < answer["current_relative"]) & (answer["current_relative"] < upper))


@pytest.mark.parametrize("protocol", ["synaptic", "tonic", "train", "csd"])
def test_pulse_as_json(leao, protocol):
    said = leao("receptor", "pulse", "--compound", "memantine", "--concentration", "1 uM", "--subtype", "2A",
                "--magnesium", "0 mM", "--protocol", protocol, "--trace", "--json")  # fmt: skip
    answer = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert answer.keys() >= PULSE
    assert answer["charge_blocked_percent"] == pytest.approx(23.8 if protocol == "csd" else 55.6, abs=0.1)
    assert len(answer["time_s"]) == len(answer["current_drug"]) == len(answer["current_control"]) <= 400
    assert max(answer["current_control"]) == pytest.approx(1.0, abs=0.02)
    assert answer["hypotheses"]
    assert not any(row["on"] for row in answer["hypotheses"])
    band = answer["charge_blocked_percent_interval"]
    assert band["p05"] < answer["charge_blocked_percent"] < band["p95"]


def test_a_switched_on_hypothesis_says_so(leao):
    said = leao(
        "receptor", "pulse", "--concentration", "1 uM", "--protocol", "csd", "--hypothesis", "calcium", "--json"
    )
    answer = json.loads(said.out)
    assert answer["charge_blocked_percent"] == pytest.approx(answer["consequences_percent"]["calcium"]["csd"])
    assert answer["charge_blocked_percent"] > 1.5 * answer["consequences_percent"]["plain"]["csd"]


def test_the_current_is_handed_over_only_when_asked_for(leao):
    said = leao("receptor", "pulse", "--concentration", "1 uM", "--json")
    answer = json.loads(said.out)
    assert answer["time_s"] is answer["current_drug"] is None


def test_the_bands_depend_on_the_seed_alone(leao):
    asked = ("receptor", "curve", "--subtype", "2C", "--json", "--seed")
    first, again, other = (json.loads(leao(*asked, seed).out)["ic50_uM_interval"] for seed in (1, 1, 2))
    assert first == again != other
    assert other["median"] == pytest.approx(first["median"], rel=0.15)


def test_magnesium_itself_is_a_compound(leao):
    answer = json.loads(leao("receptor", "curve", "--compound", "magnesium", "--json").out)
    assert answer["magnesium_mM"] == 0.0
    assert answer["ic50_uM"] == pytest.approx(3570 * np.exp(0.062 * -66), rel=1e-4)


def test_a_new_compound_is_a_new_file(leao, tmp_path):
    """One file with one number of its own, the rest taken over: another IC50, all else derived."""
    mine = tmp_path / "neramexane.toml"
    mine.write_text(
        'extends = "blockers/memantine"\n[ic50_2A]\nvalue = 1.6\nunit = "uM"\nsource = "blanpied1997"\n'
        'where = "a test"\ntier = "measured"\n'
    )
    asked = ("receptor", "curve", "--magnesium", "0 mM", "--json", "--compound")
    answer, memantine = (json.loads(leao(*asked, name).out) for name in (mine, "memantine"))
    assert answer["compound"] == "neramexane"
    assert answer["ic50_uM"] == pytest.approx(2 * memantine["ic50_uM"], rel=1e-6)
    assert answer["off_rate_per_s"] == pytest.approx(memantine["off_rate_per_s"], rel=0.02)
    said = leao("receptor", "pulse", "--concentration", "1 uM", "--compound", mine)
    assert said.code == 0
    assert "no data" in said.out


@pytest.mark.parametrize("compound", library.compounds())
def test_everything_is_derived_for_every_compound(leao, compound):
    answer = json.loads(leao("receptor", "curve", "--compound", compound, "--magnesium", "0 mM", "--json").out)
    assert all(np.isfinite(answer[key]) for key in ("ic50_uM", "hill", "on_rate_per_uM_s", "off_rate_per_s"))
    assert 0.0 <= answer["escape_fraction"] <= 1.0
    drawn = ledger.read(f"blockers/{compound}").numbers["electrical_distance"].value
    assert answer["electrical_distance"] == pytest.approx(drawn, rel=0.01)  # without Mg2+ that of the site
    assert answer["off_time_s"] == pytest.approx(1.0 / answer["off_rate_per_s"])


def test_no_drug_blocks_nothing(leao):
    said = leao("receptor", "pulse", "--concentration", "0 uM", "--json")
    answer = json.loads(said.out)
    assert answer["charge_blocked_percent"] == 0.0
    assert answer["tonic_over_synaptic"] is None


def test_plain_words_and_the_whole_trace(leao, tmp_path):
    said = leao("receptor", "curve", "--compound", "ketamine", "--scheme", "lester1992")
    assert said.code == 0
    assert "IC50" in said.out
    said = leao("receptor", "pulse", "--concentration", "200 nM", "--protocol", "train", "--out", tmp_path / "i.csv")
    assert said.code == 0
    assert "charge blocked" in said.out
    lines = (tmp_path / "i.csv").read_text().splitlines()
    assert lines[0] == "time_s,current_control,current_drug"
    assert len(lines) == 50002
    for asked in (("curve",), ("pulse", "--concentration", "1 uM")):
        assert leao("receptor", *asked, "--out", tmp_path / "a.svg").code == 0
        drawing = (tmp_path / "a.svg").read_text()
        assert drawing.startswith("<svg xmlns=")
        assert "var(" not in drawing
        ElementTree.fromstring(drawing)


BAD = {
    "unknown compound": (["curve", "--compound", "memantin"], "did you mean 'memantine'"),
    "unknown subtype": (["curve", "--subtype", "2E"], "wanted one of 2A, 2B, 2C, 2D"),
    "unknown preset": (["curve", "--compound", "mk801", "--preset", "P1"], "wanted one of P0"),
    "unknown scheme": (["curve", "--scheme", "lester"], "did you mean 'lester1992'"),
    "unknown protocol": (["pulse", "--concentration", "1 uM", "--protocol", "tonik"], "did you mean 'tonic'"),
    "unknown hypothesis": (["pulse", "--concentration", "1 uM", "--hypothesis", "calcum"], "did you mean 'calcium'"),
    "no concentration": (["pulse"], "--concentration"),
    "no unit": (["curve", "--voltage", "-66"], "without a unit"),
    "another dimension": (["curve", "--magnesium", "1 mV"], "the dimensions differ"),
    "negative drug": (["pulse", "--concentration", "-1 uM"], "wanted 0 to 1e+06 uM"),
    "negative magnesium": (["curve", "--magnesium", "-1 mM"], "wanted 0 to 1000 mM"),
    "impossible voltage": (["curve", "--voltage", "900 mV"], "wanted -150 to 100 mV"),
    "magnesium beside magnesium": (["curve", "--compound", "magnesium", "--magnesium", "1 mM"], "Mg2+ itself"),
    "picture of another kind": (["curve", "--out", "a.png"], "ends in .svg"),
    "no such compound file": (["curve", "--compound", "mine.toml"], "cannot be read"),
    "no driving force": (["pulse", "--concentration", "1 uM", "--voltage", "0 mV"], "no current flows"),
    "endless concentration": (["pulse", "--concentration", "1e999 uM"], "wanted 0 to"),
    "hypothesis without a ledger": (
        ["pulse", "--concentration", "1 uM", "--compound", "pcp", "--hypothesis", "calcium"],
        "wanted one of P0",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_line_and_exit_2(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says = BAD[case]
    said = leao("receptor", *arguments)
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.startswith("leao: ")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())
