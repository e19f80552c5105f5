"""A run under a policy: doses, events and dropouts in its answer, and what cannot be asked."""

import polars as pl
import pytest
from tests import shared

import leao
from leao.core.errors import ScenarioError

SMALL = {"trial.n_per_arm": 6, "trials": 50, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}


@pytest.fixture(scope="module")
def run(tmp_path_factory, session_folder):
    runs = shared.for_runs(tmp_path_factory.mktemp("runs"), session_folder)
    asked = SMALL | {"arms.memantine.policy": "titrated", "headache.function": "none"}
    return leao.run(leao.load("noruzzadeh2016", asked), runs)


def test_doses_over_time(run):
    policy = run.summary["policy"]
    assert policy["name"] == "titrated"
    months = policy["dose_by_month_percent"]["memantine"]
    assert months[0].keys() == {"0 mg", "10 mg"}  # at the end of the month: some have left
    assert months[0]["10 mg"] > 90.0
    assert len(months) == 3
    assert months[2].get("20 mg", 0.0) > 30.0
    for shares in months:
        assert sum(shares.values()) == pytest.approx(100.0)
        assert {float(dose.split()[0]) for dose in shares} <= {0.0, 5.0, 10.0, 15.0, 20.0}


def test_events_and_who_left(run):
    drug, placebo = (run.summary["diary"][arm]["adverse_events_percent"] for arm in ("memantine", "placebo"))
    assert drug["any"] > placebo["any"] > 0.0
    assert {"dizziness", "headache", "left for intolerance"} <= drug.keys()
    assert "dropout.memantine" not in run.summary["trial"]["inputs"]
    assert "dropout.placebo" in run.summary["trial"]["inputs"]


def test_function_is_not_mapped_where_its_route_is_off(run):
    assert run.summary["diary"]["placebo"]["midas"] is None


def test_the_example_diary_tells_what_was_felt(run):
    diary = pl.read_parquet(run.path / "diary.parquet")
    assert "side_effects" in diary.columns
    assert diary.filter(pl.col("day") < 28)["side_effects"].unique().to_list() == [""]


def test_report_shows_policy_events_and_routes(run):
    text = run.report(run.path / "page.html").read_text(encoding="utf-8")
    for words in ("dose under policy titrated", "Adverse events by kind", "no modelled effect", "A single attack"):
        assert words in text


def test_without_a_policy_nobody_changes_a_dose(finished):
    assert finished.summary["policy"] is None
    assert finished.summary["diary"]["memantine"]["midas"]["median"] > 0.0
    assert "dropout.memantine" in finished.summary["trial"]["inputs"]
    assert finished.summary["headache"]["placebo"]["begins_percent"] == 100.0


def test_comparison_of_policies():
    table = leao.compare_policies(leao.load("noruzzadeh2016", SMALL), ("fixed_10", "titrated"), trials=8)
    assert [(row["policy"], row["arm"]) for row in table] == [
        (name, arm) for name in ("fixed_10", "titrated") for arm in ("placebo", "memantine")
    ]
    fixed = next(row for row in table if row["policy"] == "fixed_10" and row["arm"] == "memantine")
    assert set(fixed["dose_end_percent"]) <= {"0 mg", "10 mg"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arms.memantine.policy": "titrate"}, "did you mean 'titrated'"),
        ({"arms.memantine.policy": "fixed_20"}, "starts with 20 mg"),
        ({"arms.placebo.policy": "titrated"}, "placebo follows the drug's policy"),
        ({"headache.duration": "yes"}, "headache.duration"),
    ],
)
def test_what_cannot_be_asked(changes, words):
    with pytest.raises(ScenarioError, match=words):
        leao.load("noruzzadeh2016", changes)
