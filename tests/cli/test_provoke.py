"""``leao provoke`` and ``leao pathways``: what a user types, good and bad."""

import json

import pytest

KEYS = {"population", "immediate_headache_percent", "delayed_migraine_percent", "latency_h", "brainstem_activation"}
SMALL = ("--n", "400", "--json")


def test_patients_as_json(leao):
    said = leao("provoke", "--gtn", "0.5 ug/kg/min", "--minutes", "20", *SMALL)
    answer = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    assert answer.keys() >= KEYS
    assert answer["population"] == "patients"
    assert 60.0 < answer["delayed_migraine_percent"] < 85.0
    assert 1.1 < answer["latency_h"]["median"] < 1.7  # London's onset; Copenhagen's 5.5 h is the peak
    assert answer["latency_h"]["p05"] < 1.73 < answer["latency_h"]["p95"]
    assert 4.0 < answer["peak_h"]["median"] < 6.5
    assert answer["brainstem_activation"]["site"] == "dorsolateral pons"
    assert answer["without_drug"] is None


def test_same_seed_same_answer_and_another_seed_another(leao):
    first, again, other = (leao("provoke", *SMALL, "--seed", seed).out for seed in (1, 1, 2))
    assert first == again != other


def test_controls(leao):
    answer = json.loads(leao("provoke", "--population", "controls", *SMALL).out)
    assert answer["latency_h"] is None
    assert answer["immediate_headache_percent"] == pytest.approx(75.0, abs=10.0)
    assert answer["delayed_migraine_percent"] < 15.0


def test_patients_with_and_without_aura(leao):
    asked = ("without_aura", "with_aura")
    without, aura = (json.loads(leao("provoke", "--population", kind, "--n", "3000", "--json").out) for kind in asked)
    assert without["delayed_migraine_percent"] == pytest.approx(77.0, abs=5.0)  # the mean of beta(8.5, 2.5)
    assert aura["delayed_migraine_percent"] == pytest.approx(61.5, abs=4.0)
    assert without["with_wave_percent"] < 4.0 < aura["with_wave_percent"]
    assert "headache/gtn.migraine_with_aura" in aura["inputs"]
    assert any("not printed by type" in note for note in aura["notes"])


def test_memantine_by_dose_reads_its_routes(leao):
    said = leao("provoke", "--compound", "memantine", "--dose", "10 mg daily", *SMALL)
    answer = json.loads(said.out)
    csd, trigeminocervical = answer["routes"]
    assert said.code == 0
    assert csd["on"]
    assert 0.9 < csd["rate_ratio"]["median"] <= 1.0
    assert trigeminocervical["effect"] == "no modelled effect"
    assert {"hoffmann2019"} <= {said["source"] for said in trigeminocervical["against"]}
    assert 0.01 < answer["free_brain_uM"]["median"] < 1.0
    assert answer["delayed_migraine_percent"] <= answer["without_drug"]["delayed_migraine_percent"]


def test_words_and_page(leao, tmp_path):
    page = tmp_path / "p.html"
    said = leao("provoke", "--compound", "memantine", "--concentration", "0.1 uM", "--n", "300", "--out", page)
    assert said.code == 0
    assert "no modelled effect" in said.out
    text = page.read_text(encoding="utf-8")
    assert "hoffmann2019" in text
    assert "<svg" in text
    assert "http" not in text.split("<details>")[0].replace("http-equiv", "")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--gtn", "0.25 ug/kg/min"), "upper bounds"),
        (("--gtn", "1 ug/kg/min"), "lower bounds"),
        (("--gtn", "1 ug/kg/min", "--minutes", "10"), "bound nothing"),
    ],
)
def test_another_infusion_is_extrapolated_and_says_so(leao, asked, words):
    said = leao("provoke", *asked, *SMALL)
    assert said.code == 1
    assert words in json.loads(said.out)["extrapolated"]


def test_units_are_converted(leao):
    said = leao("provoke", "--gtn", "500 ng/kg/min", *SMALL)
    assert said.code == 0
    assert json.loads(said.out)["extrapolated"] is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--gtn", "0.5"), "without a unit"),
        (("--gtn", "5 mg"), "dimensions differ"),
        (("--gtn", "0 ug/kg/min"), "wanted above 0"),
        (("--gtn", "nan ug/kg/min"), "--gtn"),
        (("--gtn", "500 ug/kg/min"), "up to 10"),
        (("--minutes", "0"), "wanted above 0"),
        (("--population", "patient"), "did you mean 'patients'"),
        (("--compound", "memantin", "--dose", "10 mg daily"), "did you mean 'memantine'"),
        (("--compound", "memantine"), "neither --concentration nor --dose"),
        (("--concentration", "1 uM", "--dose", "10 mg daily"), "both --concentration and --dose"),
        (("--concentration", "-1 uM"), "wanted 0 to"),
        (("--dose", "40 mg daily"), "ceiling"),
        (("--dose", "10 mg daily for 1 week, then stop"), "ends in no dose"),
        (("--compound", "mk801", "--dose", "1 mg daily"), "no kinetics for 'mk801'"),
        (("--route", "csdd"), "did you mean 'csd'"),
        (("--route", "none", "--route", "csd"), "write either"),
    ],
)
def test_bad_input_is_one_clear_line(leao, tmp_path, asked, words):
    page = tmp_path / "never.html"
    said = leao("provoke", *asked, "--out", page)
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not page.exists()


def test_pathways_list_every_outcome(leao):
    rows = json.loads(leao("pathways", "--json").out)
    outcomes = {row["outcome"] for row in rows}
    assert {"attacks", "severity", "duration", "rescue", "midas", "adverse_events", "provoked_migraine"} <= outcomes
    assert not [row for row in rows if row["outcome"] in ("severity", "duration") and row["on"]]
    said = leao("pathways", "--set", "headache.severity=trigeminocervical")
    assert "severity: modelled" in said.out
    assert "duration: no modelled effect" in said.out


def test_an_unknown_switch_is_named(leao):
    said = leao("pathways", "--set", "headache.severity=magic")
    assert said.code == 2
    assert "headache.severity" in said.err
