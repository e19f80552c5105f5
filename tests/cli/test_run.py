"""What a user types: run, run again, show, number, claims; interrupted and damaged runs."""

import json
import shutil

import leao as package
from leao.chain.scenario import available
from leao.chain.scenario import load as load_scenario
from leao.cli.app import app

SMALL = {"trial.n_per_arm": 5, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}
KEYS = {"scenario", "seed", "run", "exposure", "receptor", "cortex", "diary", "trial", "verdict", "moved"}


def test_json_has_the_contracts_keys(finished):
    summary = json.loads((finished.path / "summary.json").read_text(encoding="utf-8"))
    assert summary.keys() >= KEYS
    assert set(summary["exposure"]["plasma_ng_per_mL"]) == {"median", "p05", "p95"}
    assert set(summary["receptor"]["block_percent"]) == {"2A", "2B", "2C", "2D"}
    assert summary["verdict"]["controls"]["cortex"] == "passed"
    assert summary["verdict"]["qualified"] is (not summary["verdict"]["failed_controls"])
    assert {"kcl_threshold", "pulse_threshold", "kcl_count"} == set(summary["verdict"]["read_outs"])
    assert "chronic adaptation" in summary["verdict"]["not_tested"]
    assert {control["status"] for control in summary["cortex"]["leao"]["controls"]} == {"passed"}
    assert set(summary["diary"]["memantine"]["midas"]) >= {"median", "p05", "p95"}
    assert {"number", "swing", "tier", "source"} <= set(summary["moved"][0])
    swings = [abs(row["swing"]) for row in summary["moved"]]
    assert swings == sorted(swings, reverse=True)


def test_a_preset_that_fails_its_controls_disqualifies(runs_folder):
    blind = SMALL | {"trials": 4, "cortex.presets": ["tuttle2019"], "cortex.carry": ["tuttle2019"]}
    summary = package.run(load_scenario("noruzzadeh2016", blind), runs_folder).summary
    assert summary["verdict"]["qualified"] is False
    assert any("full NMDA block" in control for control in summary["verdict"]["failed_controls"])
    assert "shown, not vouched for" in summary["verdict"]["text"]


def test_stages_open_as_datasets_with_units(finished):
    assert finished["receptor"]["block"].attrs["units"] == "percent"
    assert finished["exposure"]["plasma_band"].sel(quantile=0.5).values[-1] > 0
    assert finished["cortex/leao"]["potassium"].sel(case="control").max() > 40
    assert finished.diary.height > 0


def test_the_same_question_is_answered_from_disk(finished):
    before = (finished.path / "manifest.json").stat().st_mtime_ns
    again = package.run(load_scenario("noruzzadeh2016", SMALL), finished.path.parent)
    assert again.path == finished.path
    assert (finished.path / "manifest.json").stat().st_mtime_ns == before


def test_show_and_json(leao, finished):
    said = leao("show", finished.path)
    assert said.code == 0
    assert "Tested at two ends. Cortex: 5 passed." in said.out
    printed = leao("show", finished.path, "--json")
    assert json.loads(printed.out)["run"] == str(finished.path)
    assert printed.err == ""


def test_interrupted_and_damaged_runs_end_the_same(finished, runs_folder):
    """One chunk gone, one damaged, one kept, no manifest: the same command gives the same bytes, on one worker."""
    copy = runs_folder / finished.path.name
    shutil.copytree(finished.path, copy)
    chunks = sorted((copy / "chunks").iterdir())
    assert len(chunks) == 6
    chunks[0].unlink()
    chunks[3].write_bytes(b"half written")
    (copy / "manifest.json").unlink()
    (copy / "summary.json").unlink()
    again = package.run(load_scenario("noruzzadeh2016", SMALL), runs_folder, workers=1)
    assert chunks[4].exists()
    assert again.path == copy
    assert again.manifest["checksums"] == finished.manifest["checksums"]


def test_a_damaged_run_is_named(leao, finished, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(finished.path, copy)
    (copy / "diary.parquet").write_bytes(b"no table")
    said = leao("show", copy)
    assert said.code == 2
    assert "diary.parquet is missing or was changed" in said.err
    assert "delete the folder" in said.err


def test_another_seed_is_another_run(finished, runs_folder):
    other = package.run(load_scenario("noruzzadeh2016", SMALL | {"seed": 2}), runs_folder)
    assert other.path.name != finished.path.name
    assert (
        other.summary["trial"]["difference_attacks_per_28d"] != finished.summary["trial"]["difference_attacks_per_28d"]
    )


def test_scenarios_number_cite_and_claims(leao, finished):
    listed = json.loads(leao("scenarios", "--json").out)
    assert [row["name"] for row in listed] == available()
    number = json.loads(leao("number", "exposure.clearance", "--json").out)
    assert number["unit"] == "L/h"
    assert "@" in leao("cite", finished.path).out
    claims = json.loads(leao("evidence", "claims", "--json").out)
    assert {"claim", "says", "grade", "model", "verdict"} <= set(claims[0])


def test_report_is_written(finished, tmp_path):
    page = finished.report(tmp_path / "report.html")
    assert "<svg" in page.read_text(encoding="utf-8")


def test_every_command_has_help(leao):
    for command in app.registered_commands:
        assert leao(command.callback.__name__, "--help").code == 0
