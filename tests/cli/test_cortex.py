"""``leao cortex``: what a user types, good and bad."""

import json

import numpy as np
import pytest

from leao.cortex import controls as qualify
from leao.cortex import preset_table

SHORT = ("--preset", "tuttle2019", "--length", "4.4 mm", "--nodes", "44", "--duration", "45 s")
WAVE = {
    "preset", "propagated", "speed_mm_per_min", "speed_spatial_error_percent", "k_peak_mM", "glutamate_peak_uM",
    "dc_shift_mV", "duration_s", "ecs_min_fraction", "cpu_s",
}  # fmt: skip
THRESHOLD = {"preset", "free_uM", "threshold", "threshold_unit", "threshold_relative"}
KCL = {"preset", "minutes", "waves", "amplitude_mV", "duration_s", "speed_mm_per_min"}


def test_wave_as_json_twice_the_same(leao):
    answers = []
    for _ in range(2):
        said = leao("cortex", "wave", *SHORT, "--json")
        assert (said.code, said.err) == (0, "")
        answers.append(json.loads(said.out))
    first = answers[0]
    assert first.keys() >= WAVE
    assert first["propagated"] is True
    assert 4.5 < first["speed_mm_per_min"] < 5.5
    assert abs(first["speed_spatial_error_percent"]) < 10
    assert 70 < first["k_peak_mM"] < 85
    assert first["control"] is None
    assert first["problem"] is None
    assert 0 < first["cpu_s"] < 5
    for answer in answers:
        answer.pop("cpu_s")
    assert answers[0] == answers[1]


def test_a_drug_stands_beside_its_control(leao):
    drug = ("--compound", "memantine", "--concentration", "3000 nM")
    said = leao("cortex", "wave", *SHORT, *drug, "--magnesium", "1 mM", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert (answer["compound"], answer["concentration_uM"], answer["magnesium_mM"]) == (
        "memantine",
        pytest.approx(3),
        1,
    )
    assert answer["speed_mm_per_min"] < answer["control"]["speed_mm_per_min"]
    assert 0 < answer["block_percent"]["-66mV"] < 100


def test_what_cannot_ignite_is_an_answer(leao):
    said = leao("cortex", "wave", *SHORT, "--strength", "0.1 mM", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert answer["propagated"] is False
    assert answer["problem"] is None
    for key in ("speed_mm_per_min", "k_peak_mM", "dc_shift_mV", "duration_s", "speed_spatial_error_percent"):
        assert answer[key] is None
    said = leao("cortex", "wave", *SHORT, "--strength", "0.1 mM")
    assert said.code == 0
    assert "starts no travelling wave" in said.out


def test_a_front_still_under_way_is_not_trusted(leao):
    said = leao("cortex", "wave", *SHORT[:-1], "15 s", "--json")
    answer = json.loads(said.out)
    assert said.code == 1
    assert "give a longer --duration" in answer["problem"]


def test_a_second_stimulus(leao):
    early = json.loads(leao("cortex", "wave", *SHORT, "--second", "5 s", "--json").out)
    assert early["second_wave"] is False
    late = json.loads(leao("cortex", "wave", *SHORT[:-1], "130 s", "--second", "90 s", "--json").out)
    assert late["second_wave"] is True


def test_wave_writes_answer_fields_pictures_and_page(leao, tmp_path):
    import xarray as xr

    said = leao("cortex", "wave", *SHORT, "--concentration", "1 uM", "--out", tmp_path / "w")
    assert said.code == 0
    assert "mm/min" in said.out
    assert "µM memantine" in said.out
    assert json.loads((tmp_path / "w" / "result.json").read_text())["propagated"] is True
    fields = xr.open_zarr(tmp_path / "w" / "fields.zarr", chunks=None)
    assert fields["voltage"].attrs["units"] == "mV"
    page = (tmp_path / "w" / "index.html").read_text()
    assert "prefers-color-scheme: dark" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    for name in ("traces", "space_time_voltage", "space_time_potassium_outside", "space_time_glutamate_outside"):
        svg = (tmp_path / "w" / f"{name}.svg").read_text()
        assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert "prefers-color-scheme: dark" in svg
        assert (tmp_path / "w" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert not [part for part in tmp_path.rglob("*") if part.name.endswith(".part")]


def test_threshold_as_json_and_as_picture(leao, tmp_path):
    said = leao("cortex", "threshold", "--preset", "tuttle2019", "--stimulus", "pulse", "--concentration", "10, 0 uM",
                "--out", tmp_path / "t", "--json")  # fmt: skip
    answer = json.loads(said.out)
    assert said.code == 0
    assert answer.keys() >= THRESHOLD
    assert answer["free_uM"] == [10, 0]
    assert answer["threshold_unit"] == "mS/cm2"
    assert answer["threshold_relative"][1] == 1
    assert answer["threshold_relative"][0] == pytest.approx(answer["threshold"][0] / answer["threshold"][1])
    assert (tmp_path / "t" / "threshold.svg").is_file()


def test_a_threshold_that_none_reaches_is_null(leao, monkeypatch):
    from leao.cortex import experiments

    monkeypatch.setattr(experiments, "threshold", lambda *_, near=None: float("inf") if near else 10.0)
    said = leao("cortex", "threshold", "--concentration", "30 uM", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert (answer["threshold"], answer["threshold_relative"]) == ([None], [None])
    assert "starts a wave" in leao("cortex", "threshold", "--concentration", "30 uM").out


def test_kcl_as_json_and_as_picture(leao, tmp_path):
    said = leao("cortex", "kcl", "--preset", "tuttle2019", "--minutes", "4", "--out", tmp_path / "k", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert answer.keys() >= KCL
    assert answer["waves"]["mean"] == pytest.approx(np.mean(answer["counts"]))
    assert answer["waves"]["se"] >= 0
    assert answer["amplitude_mV"] > 5
    assert 1 < answer["speed_mm_per_min"] < 10
    assert (tmp_path / "k" / "train.png").is_file()


def test_presets(leao):
    presets = json.loads(leao("cortex", "presets", "--json").out)
    assert {row["preset"] for row in presets} == set(preset_table.names())
    for row in presets:
        assert row.keys() >= {"preset", "qualified", "controls"}
        assert all(control["status"] in ("passed", "failed", "void", "not run") for control in row["controls"])
    assert ": controls not all passed" in leao("cortex", "presets").out


def test_qualify(leao, monkeypatch):
    controls = (
        lambda *_: qualify.Control("a", "no wave", "no wave", qualify.PASSED),
        lambda *_: qualify.Control("b", "no wave", "a wave", qualify.FAILED),
    )
    monkeypatch.setattr(qualify, "CONTROLS", controls)
    said = leao("cortex", "qualify", "--preset", "leao", "--json")
    assert said.code == 0
    assert json.loads(said.out)[0] | {"controls": None} == {"preset": "leao", "qualified": False, "controls": None}


BAD = {
    "unknown preset": (["wave", "--preset", "leo"], "did you mean 'leao'"),
    "unknown compound": (["wave", "--compound", "memantin", "--concentration", "1 uM"], "did you mean 'memantine'"),
    "unknown stimulus": (["wave", "--stimulus", "kcI"], "did you mean 'kcl'"),
    "no concentration": (["wave", "--compound", "memantine"], "wanted a free level"),
    "below zero": (["wave", "--concentration", "-1 uM"], "wanted 0 or more"),
    "no unit": (["wave", "--concentration", "1"], "without a unit"),
    "another dimension": (["wave", "--strength", "3 mV"], "dimensions differ"),
    "negative magnesium": (["wave", "--magnesium", "-1 mM"], "wanted 0 or more"),
    "too coarse": (["wave", "--nodes", "20"], "wanted 100 or more"),
    "no nodes": (["wave", "--nodes", "0"], "too coarse"),
    "too short a line": (["wave", "--length", "1 mm"], "clear of the stimulated"),
    "too long a step": (["wave", "--dt", "200 s"], "wanted 0.1 s or more"),
    "unstable step": (["wave", "--dt", "2 s", "--duration", "10 s"], "try half the dt"),
    "a pore blocker it is not": (["wave", "--compound", "APV", "--concentration", "1 uM"], "--antagonist APV"),
    "unknown antagonist": (["wave", "--antagonist", "CP-101607", "--block", "50%"], "did you mean 'cp101606'"),
    "no block": (["wave", "--antagonist", "APV"], "wanted a share"),
    "too much block": (["wave", "--antagonist", "APV", "--block", "150%"], "wanted 0 to 100 %"),
    "block of nothing": (["wave", "--block", "50%"], "--antagonist APV"),
    "no rest": (["wave", "--set", "potassium_outside=300 mM"], "the neuronal pump would be"),
    "unknown number": (["wave", "--set", "ndma=1e-4 cm/s"], "did you mean 'nmda'"),
    "half a change": (["wave", "--set", "nmda"], "wanted NAME=VALUE UNIT"),
    "second too late": (["wave", "--second", "90 s", "--duration", "60 s"], "raise --duration"),
    "empty level": (["threshold", "--concentration", "0,,1 uM"], "wanted a number"),
    "levels without unit": (["threshold", "--concentration", "0,1"], "without a unit"),
    "negative level": (["threshold", "--concentration", "0,-1 uM"], "wanted 0 or more"),
    "no time": (["kcl", "--minutes", "0"], "wanted above 0"),
    "unknown preset to qualify": (["qualify", "--preset", "leoa"], "did you mean 'leao'"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_line_and_exit_2(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says = BAD[case]
    said = leao("cortex", *arguments)
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.startswith("leao: ")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written(leao, tmp_path):
    (tmp_path / "file").write_text("")
    said = leao("cortex", "wave", "--out", tmp_path / "file" / "w")
    assert said.code == 2
    assert "cannot write" in said.err
