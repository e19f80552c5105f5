"""Files of other kinds, the page of an analysis, and its command line."""

import json

import polars as pl
import pytest
from tests.core.test_tables import workbook
from tests.trial.trial_tables import ARMS, csv, least_squares, months

from leao.cli import call
from leao.report.trial_analysis import render
from leao.trial.analysis import analyse
from leao.trial.reading.request import TableRequest

pytestmark = pytest.mark.command


@pytest.fixture
def leao(capsys):
    def run(*arguments):
        code = call([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def frame():
    return pl.DataFrame(months())


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "xpt", "csv.txt"])
def test_files_of_other_kinds(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    if kind == "parquet":
        frame().write_parquet(path)
    elif kind == "xlsx":
        pytest.importorskip("python_calamine")
        rows = [frame().columns, *frame().rows()]
        placed = [(f"{'ABCD'[j]}{k + 1}", cell) for k, row in enumerate(rows) for j, cell in enumerate(row)]
        path.write_bytes(workbook({place: cell if isinstance(cell, str) else (cell, 0) for place, cell in placed}))
    elif kind == "xpt":
        pytest.importorskip("pyreadstat").write_xport(frame(), str(path))
    else:
        path.write_text(csv(months(), "\t"), encoding="utf-16")
    row = analyse(path)["estimators"]["mmrm"]["comparisons"][ARMS[1]]
    assert (row["estimate"], row["se"]) == pytest.approx(least_squares(months()), rel=1e-6)


def nasty(tmp_path):
    """Return the answer on a table with markup in every string that a user gives."""
    bad = "<script>alert(1)</script>"
    called = dict(zip(ARMS, (f"{bad}c", f"[red]{bad}'\"d"), strict=True))
    rows = [
        {"subject": bad + row["subject"], "arm": called[row["arm"]],
         "visit": f"Month {row['visit']}{bad}" if row["visit"] else "0",
         bad: row["attacks"], f"note{bad}": bad}
        for row in months()
    ]  # fmt: skip
    path = tmp_path / f"{bad[:8].strip('<>')}.csv"
    path.write_text(csv(rows), encoding="utf-8")
    visits = ",".join(f"Month {k}{bad}" for k in (1, 2, 3))
    return analyse(path, columns=TableRequest(value=bad, control=called[ARMS[0]], visits=visits))


def test_the_page_escapes_whatever_the_table_says(tmp_path):
    answer = nasty(tmp_path)
    text = render(answer)
    assert "<script" not in text
    assert "alert(1)" in text
    assert render(answer) == text


def test_the_page_holds_everything_and_asks_nobody(leao, tmp_path):
    path, page = tmp_path / "t.csv", tmp_path / "page.html"
    late = [{"subject": "X001", "arm": ARMS[1], "visit": 99, "attacks": 30}]
    path.write_text(csv([*months(), *late]), encoding="utf-8")
    code, out, err = leao("trial", "analyse", path, "--out", page, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["page"] == str(page)
    text = page.read_text(encoding="utf-8")
    for words in (
        "Flow of patients", "Baseline", "Every estimator beside its estimand", "Kenward-Roger", "g-computation",
        "Means over time", "Residuals at the last visit", "Missing visits", "visit 99: early termination", "n = 20",
        "Content-Security-Policy",
    ):  # fmt: skip
        assert words in text
    assert "http" not in text.replace("http-equiv", "")


@pytest.mark.parametrize("rows", [[row for row in months() if row["arm"] == ARMS[0]], months(2, 1)])
def test_a_page_of_little(rows, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(csv(rows), encoding="utf-8")
    assert "</html>" in render(analyse(path))


def test_a_crossover_has_a_page(tmp_path):
    rows = []
    for row in months(8, 2):
        order = ARMS if int(row["subject"][1:]) % 2 else ARMS[::-1]
        rows.append({**row, "arm": "" if row["visit"] == 0 else order[row["visit"] - 1]})
    path = tmp_path / "t.csv"
    path.write_text(csv(rows), encoding="utf-8")
    answer = analyse(path)
    assert answer["estimator"] == "paired"
    assert "within patients" in render(answer)


def test_what_was_not_used_is_on_the_screen(leao, tmp_path):
    rows = [{**row, "hair": "brown", "STUDYID": "S1"} for row in months()]
    path = tmp_path / "t.csv"
    path.write_text(csv([*rows, {**rows[-1], "visit": "99"}]), encoding="utf-8")
    code, out, _ = leao("trial", "analyse", path)
    screen_text = " ".join(out.split())
    assert code == 0
    assert "columns not read: hair (brown)" in screen_text
    assert "columns without effect here: STUDYID" in screen_text
    assert "left out, visit 99: early termination: rows 162" in screen_text


def test_a_column_that_can_change_the_answer_stops_the_run(leao, tmp_path):
    rows = [{**row, "seen_on": f"2026-0{1 + row['visit']}-05"} for row in months()]
    path = tmp_path / "t.csv"
    path.write_text(csv(rows), encoding="utf-8")
    code, out, err = leao("trial", "analyse", path)
    assert (code, out) == (2, "")
    assert "--ignore seen_on" in err
    assert leao("trial", "analyse", path, "--ignore", "seen_on")[0] == 0


def test_the_page_does_not_replace_the_table(leao, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(csv(months()), encoding="utf-8")
    code, _, err = leao("trial", "analyse", path, "--out", path)
    assert code == 2
    assert str(path) in err
    assert path.read_text(encoding="utf-8") == csv(months())


def test_pictures_of_an_analysis_are_figures(tmp_path):
    import leao
    from leao.core.errors import ScenarioError

    path = tmp_path / "t.csv"
    rows = [row for row in months() if not (row["subject"].endswith("1") and row["visit"] == 3)]  # some visits missing
    path.write_text(csv(rows), encoding="utf-8")
    result = leao.trial.analyse(path, imputation="jump_to_reference", delta="4")
    assert result.plots == ("means", "residuals", "tipping")
    for name in result.plots:
        figure = result.plot(name)
        figure.savefig(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 2000
    assert len(result.plot("means").axes[0].lines) >= 2  # a line an arm, that one may draw on
    with pytest.raises(ScenarioError, match="wanted one of means, residuals, tipping"):
        result.plot("flow")
    alone = tmp_path / "one.csv"
    alone.write_text(csv([row for row in months() if row["arm"] == ARMS[0]]), encoding="utf-8")
    with pytest.raises(ScenarioError, match="wanted one of means|no picture"):
        leao.trial.analyse(alone).plot("tipping")
