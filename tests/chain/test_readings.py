"""Read-outs of the cortex: which are mixed, what each makes of block, and the committed fit behind the link."""

import json

import numpy as np
import pytest

from leao.chain import api, pipeline, preventives, read_outs
from leao.chain.read_outs import COUNT, KCL, PULSE
from leao.cli import call, contracts
from leao.core.errors import ScenarioError
from leao.cortex import block_to_threshold, readouts, threshold_map
from leao.headache.attack_rate import Slopes

pytestmark = pytest.mark.property

NONE = np.zeros(0)
FEW = readouts.ReadOut(
    "any", readouts.COMPUTED, NONE.astype(np.int64), NONE, NONE, NONE, NONE, NONE, NONE > 0.0, effective=4.9
)

ASKED = pipeline.ChainRequest(pipeline.PlannedIntake(), ("leao",))


def world(rows=6, only=()):
    return pipeline.world(lambda name: np.full((rows, 1), 0.4), ASKED._replace(only=only))


def test_the_rule_mixes_what_is_computed_and_passed():
    read_outs.statuses.cache_clear()
    for status in read_outs.statuses(("leao",)):
        assert status.mixed == (status.computed == readouts.COMPUTED and status.control == "passed")
        assert (status.control == read_outs.NOT_TESTED) == (not read_outs.OWN_CONTROLS[status.name])


def test_where_none_passed_all_that_are_computed_are_mixed():
    rows = read_outs.statuses(("tuttle2019",))
    assert not any(row.control == "passed" for row in rows)
    assert {row.name for row in rows if row.mixed} == {row.name for row in rows if row.computed == readouts.COMPUTED}


def test_no_block_is_no_fall_and_more_block_never_a_smaller_fall():
    for name in (KCL, PULSE):
        state = pipeline.downstream(world(only=(name,)), np.linspace(0.0, 1.0, 6)[:, None, None])
        fall = state["log_fall"][:, 0, 0]
        assert fall[0] == 0.0
        assert state["attack_rate_ratio"][0, 0, 0] == 1.0
        assert (np.diff(fall) > 0.0).all()


def test_each_read_out_has_its_own_slope():
    slopes = Slopes(count_slope=2.0, electrical_slope=0.5)
    place = np.array([[read_outs.READ_OUTS.index(name)] for name in (KCL, PULSE, COUNT)])
    assert read_outs.slope(slopes, place)[:, 0].tolist() == [2.0, 0.5, 2.0]


def test_trials_are_equally_likely_among_the_mixed():
    u = (np.arange(1000)[:, None] + 0.5) / 1000
    counts = np.bincount(read_outs.pick(u, (KCL, COUNT))[:, 0], minlength=3)
    assert counts.tolist() == [500, 0, 500]


def test_counts_are_read_between_shares(monkeypatch):
    line, wide = np.array([0.0, 1.0]), np.array([0.0, 0.5])
    strata = (
        read_outs._Counts(
            0.0, np.array([0.5, 1.0]), np.array([line] * 2), np.array([-line, -2 * line]), np.array([wide] * 2)
        ),
        read_outs._Counts(0.4, np.array([1.0]), np.array([line]), np.array([-4 * line]), np.array([wide])),
    )
    odds = np.broadcast_to(np.expm1(np.array([0.0, 0.5, 1.0])), (3, 1, 3))
    member, share = np.array([0.2, 0.7, 0.7]), np.array([0.0, 0.0, 0.2])
    known = (member, share, np.zeros(3))
    falls = read_outs._count_fall(strata, known, odds)[:, 0].tolist()
    assert falls[0] == pytest.approx([0.0, 0.5, 1.0])
    assert falls[1] == pytest.approx([0.0, 1.0, 2.0])
    assert falls[2] == pytest.approx([0.0, 1.5, 3.0])
    alone = [
        read_outs._count_fall(strata, tuple(values[k : k + 1] for values in known), odds[k : k + 1]) for k in range(3)
    ]
    assert np.concatenate(alone)[:, 0].tolist() == falls
    less = read_outs._count_fall(strata, (member, share, np.array([1.0, -1.0, 9.0])), odds)[:, 0].tolist()
    assert less[0] == pytest.approx([0.0, 0.25, 0.5])  # one error of 0.5 less of a fall
    assert less[1] == pytest.approx([0.0, 1.25, 2.5])
    assert less[2] == [0.0, 0.0, 0.0]  # never below none


def test_a_weighted_preset_is_drawn_by_its_weights_alone():
    curves, n = threshold_map.read("leao2"), 4000
    u = (np.arange(n)[:, None] + 0.5) / n
    shares = np.linspace(0.0, 0.3, n)[:, None]
    pick = block_to_threshold.CurveChoice(("leao2",), u, np.full((n, 1), 0.25), shares)
    rises = block_to_threshold.run(pick, np.full((n, 1, 1), 0.05))["threshold_relative"][:, 0, 0]
    each = threshold_map.interpolate
    wanted = curves.weights @ np.array([each(c, curves.odds, np.array(0.05)) for c in curves.relative[:, 0]])
    assert rises.mean() == pytest.approx(wanted, rel=1e-4)
    flat = block_to_threshold.run(pick._replace(share=0.0), np.full((n, 1, 1), 0.05))["threshold_relative"][:, 0, 0]
    assert (flat == rises).all()


def test_the_second_model_mixes_by_the_rule():
    rows = {row.name: row for row in read_outs.statuses(("leao2",))}
    assert rows[KCL].control == rows[PULSE].control == read_outs.NOT_TESTED  # R1: a target is no control
    enough = {name: readouts.read("leao2")[name].enough for name in rows}
    assert rows[COUNT].control != "passed"  # none passed: all are mixed that rest on enough members
    assert {name: row.mixed for name, row in rows.items()} == enough
    assert enough[KCL]
    assert enough[PULSE]


def test_too_few_members_refuse(monkeypatch):
    read_outs.statuses.cache_clear()
    monkeypatch.setattr(readouts, "read", lambda _: dict.fromkeys(read_outs.READ_OUTS, FEW))
    with pytest.raises(ScenarioError, match="fewer than 5 effective members in leao2"):
        read_outs.statuses(("leao2",))
    read_outs.statuses.cache_clear()


@pytest.fixture(scope="module")
def answer():
    return api.preventives()


def test_the_committed_control_is_todays(answer):
    assert answer.summary["control"]["status"] == preventives.control_status()
    committed = preventives.committed()["control"]
    for key in ("inside", "excluding"):
        assert answer.summary["control"]["full"][key] == committed[f"full_{key}"]
    assert answer.summary["control"]["full"]["ordered"] == pytest.approx(committed["full_ordered"], abs=1e-3)


def test_every_drug_has_a_row_and_only_the_fitted_are_left_out(answer):
    rows = {row["drug"]: row for row in answer.summary["drugs"]}
    assert len(rows) == 16
    assert not rows["memantine"]["left_out"]
    assert rows["memantine"]["observed_rate_ratio"] is None
    assert sum(row["left_out"] for row in rows.values()) == 13
    assert {name for name, row in rows.items() if row["worker"]} == set(preventives.clinical.WORKERS)
    json.dumps(answer.summary, allow_nan=False)


def test_the_page_and_the_picture_stand_alone(answer, tmp_path):
    page = answer.report(tmp_path / "preventives.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "None" not in page
    assert "tonabersat" in page
    assert len(answer.data) == 16


def test_the_command_prints_the_same(capsys, answer):
    assert call(["preventives", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(json.dumps(answer.summary))
    contracts.checked("preventives", printed)
    assert call(["preventives"]) == 0
    assert "Clinical control" in capsys.readouterr().out
