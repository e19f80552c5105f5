"""``leao sweep``: one table of runs, each the run that ``leao run`` makes, resumed where it stopped."""

import json
from pathlib import Path

import pytest

import leao
from leao.chain.sweep.cells import keys, parsed
from leao.cli import call
from leao.cli.contracts import checked

pytestmark = pytest.mark.command

SMALL = {"trial.n_per_arm": 4, "trials": 25, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}
DOSES = ["10 mg", "20 mg"]


def test_a_sweep_in_two_shards_is_the_runs_themselves(runs_folder, capsys):
    words = [f"--set={key}={json.dumps(value)}" for key, value in SMALL.items()]
    command = [
        "sweep",
        "noruzzadeh2016",
        "--over",
        "arms.memantine.dose=10 mg,20 mg",
        *words,
        "--out",
        str(runs_folder),
    ]
    assert call([*command, "--shard", "1/2", "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {
        "shard": [1, 2], "missing_chunks": 1, "chunks": 2, "run": str(runs_folder),
    }  # fmt: skip
    assert call([*command, "--shard", "2/2", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    checked("sweep", rows)
    assert [row["arms.memantine.dose"] for row in rows] == DOSES
    first = leao.run("noruzzadeh2016", runs_folder, set=SMALL | {"arms.memantine.dose": "10 mg"})
    assert rows[0]["run"] == str(first.path)  # answered from disk: the same question under the same name
    assert rows[0]["mechanistic_rate_ratio"] == first.summary["verdict"]["mechanistic_rate_ratio"]
    assert rows[0]["free_brain_uM"]["median"] < rows[1]["free_brain_uM"]["median"]
    again = leao.sweep("noruzzadeh2016", {"arms.memantine.dose": DOSES}, runs_folder, set=SMALL)
    assert again.summary == rows
    assert again.data["free_brain_uM_median"].to_list() == [row["free_brain_uM"]["median"] for row in rows]
    assert "2 runs over arms.memantine.dose" in again._repr_html_()
    assert again.plot("sweep").axes
    table = next(Path(runs_folder).glob("noruzzadeh2016-sweep-????????.csv")).read_text(encoding="utf-8").splitlines()
    assert table[0].startswith("arms.memantine.dose,")
    assert len(table) == 3


def test_values_are_read_as_set_reads_them():
    assert parsed("trial.weeks=12,24") == ("trial.weeks", [12, 24])
    assert parsed("arms.a.dose=10 mg,'20 mg'") == ("arms.a.dose", ["10 mg", "20 mg"])
    assert parsed('receptor.hypotheses=[],["a","b"]') == ("receptor.hypotheses", [[], ["a", "b"]])


@pytest.mark.parametrize(
    ("over", "changes", "why"),
    [
        (["trial.weeks"], None, "wanted key=a,b,c"),
        (["trial.weeks=12,"], None, "wanted key=a,b,c"),
        ([], None, "nothing to vary"),
        ({"trial.weeks": []}, None, "no values"),
        (["trial.weeks=12", "trial.weeks=24"], None, "given twice"),
        (["trial.weeks=12"], {"trial.weeks": 24}, "given twice"),
        ({"seed": list(range(501))}, None, "at most 500"),
    ],
)
def test_what_cannot_be_varied_is_refused(over, changes, why):
    with pytest.raises(leao.LeaoError, match=why):
        keys(over, changes)


@pytest.mark.parametrize(
    ("over", "why"),
    [
        (["trial.wekks=12,24"], "unknown key"),
        (["seed=1,1"], "asks the same"),
        (["trial.design=parallel,crossover"], "wanted 'parallel'"),
    ],
)
def test_every_combination_is_checked_before_the_first_is_run(over, why, tmp_path):
    with pytest.raises(leao.LeaoError, match=why):
        leao.sweep("noruzzadeh2016", over, tmp_path)
    assert not list(tmp_path.iterdir())
