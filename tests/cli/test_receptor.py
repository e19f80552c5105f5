"""``leao receptor``: what a user types, good and bad."""

import json

import pytest

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


@pytest.mark.parametrize("protocol", ["synaptic", "tonic", "train", "csd"])
def test_pulse_as_json(leao, protocol):
    said = leao("receptor", "pulse", "--compound", "memantine", "--concentration", "1 uM", "--subtype", "2A",
                "--magnesium", "0 mM", "--protocol", protocol, "--json")  # fmt: skip
    answer = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert answer.keys() >= PULSE
    assert answer["charge_blocked_percent"] == pytest.approx(23.8 if protocol == "csd" else 55.6, abs=0.1)
    assert len(answer["time_s"]) == len(answer["current_drug"]) == len(answer["current_control"]) <= 400
    assert max(answer["current_control"]) == pytest.approx(1.0, abs=0.02)
    assert [row["on"] for row in answer["hypotheses"]] == [False, False, False]


def test_a_switched_on_hypothesis_says_so(leao):
    said = leao(
        "receptor", "pulse", "--concentration", "1 uM", "--protocol", "csd", "--hypothesis", "calcium", "--json"
    )
    answer = json.loads(said.out)
    assert answer["charge_blocked_percent"] == pytest.approx(answer["consequences_percent"]["calcium"]["csd"])
    assert answer["charge_blocked_percent"] > 1.5 * answer["consequences_percent"]["plain"]["csd"]


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
