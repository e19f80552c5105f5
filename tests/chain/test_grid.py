"""A grid of trials: every cell is the ensemble that the single command plays, and what stands on disk is used again."""

import pytest

import leao
from leao.chain import effects
from leao.chain.grid import cells
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.worlds


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    out = tmp_path_factory.mktemp("grid")
    return out, leao.power_grid("noruzzadeh2016", 25, n="6,8", effect="0.5,1", dropout="0.1", out=out)


def test_a_cell_is_the_ensemble_of_leao_power(played):
    out, grid = played
    alone = leao.power(
        "noruzzadeh2016", 25, n="6,8", effect=0.5, estimator="negative_binomial", out=out,
        set={"trial.dropout": {"placebo": 0.1, "memantine": 0.1}},
    ).summary  # fmt: skip
    rows = [row for row in grid.summary if row["effect"] == 0.5]
    assert [row["n_per_arm"] for row in rows] == [6, 8]
    assert [row["power"] for row in rows] == alone["power"]
    assert {row["run"] for row in rows} == {alone["run"]}
    checked("trial-grid", grid.summary)


def test_what_stands_on_disk_is_not_computed_again(played):
    out, grid = played
    kept = _chunks(out)
    again = leao.power_grid("noruzzadeh2016", 25, n="6,8", effect="0.5,1", dropout="0.1", out=out)
    assert kept
    assert again.summary == grid.summary
    assert _chunks(out) == kept


def test_another_question_has_another_page(played):
    _, grid = played
    assert cells.name(grid.summary) == cells.name([dict(row) for row in grid.summary])
    others = [grid.summary[:-1], [{**row, "repeats": 26} for row in grid.summary]]
    others.append([{**row, "dropout": None} for row in grid.summary])
    assert len({cells.name(rows) for rows in (grid.summary, *others)}) == 4


def _chunks(out):
    return {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.parent.name == "chunks"}


def test_it_has_a_picture_and_a_page(played, tmp_path):
    _, grid = played
    assert grid.plots == ("grid",)
    text = grid.report(tmp_path / "grid.html").read_text(encoding="utf-8")
    assert "Power over designs, sizes, effects and dropout" in text or "Power, parallel" in text
    assert grid.data.height == 4


@pytest.mark.property
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"design": "paralel"}, "--design: found 'paralel'.*did you mean"),
        ({"effect": "2"}, "--effect: found 2"),
        ({"effect": ""}, "--effect: wanted one or more"),
        ({"dropout": "1"}, "--dropout: found '1'"),
        ({"n": "1"}, "--n: found '1'"),
        ({"n": "6", "estimator": "paired"}, "--estimator"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_played(options, message, tmp_path):
    with pytest.raises(ScenarioError, match=message):
        leao.power_grid("noruzzadeh2016", 25, out=tmp_path, **options)
    assert not list(tmp_path.glob("noruzzadeh2016*"))


@pytest.mark.property
def test_priors_by_name_are_effects():
    assert [effects.parse(name) for name in ("neutral", "sceptical")] == ["neutral", "sceptical"]
    shares = ",".join(f"0.{k:03d}" for k in range(300))
    words = cells.GridWords(None, "1", None, shares, None, "attacks")
    with pytest.raises(ScenarioError, match="300 ensembles, wanted at most 200"):
        cells.parse(words, leao.load("noruzzadeh2016"))
