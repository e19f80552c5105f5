"""The statistical section of a protocol holds what the simulated trials say, and what reruns it."""

import shlex

import pytest

import leao
from leao.cli import call
from leao.cli.contracts import checked
from leao.report.protocol import markdown

pytestmark = pytest.mark.worlds


@pytest.fixture(scope="module")
def section(tmp_path_factory):
    out = tmp_path_factory.mktemp("protocol")
    return out, leao.protocol(
        "noruzzadeh2016", 25, n="6", effect=0.5, estimator=["negative_binomial", "mmrm"], looks="0.5,1", out=out
    )


def test_the_facts_are_those_of_the_trials(section):
    out, result = section
    answer = result.summary
    checked("trial-protocol", answer)
    alone = leao.power(
        "noruzzadeh2016", 25, n=6, effect=0.5, estimator=["negative_binomial", "mmrm"], looks="0.5,1", out=out
    ).summary
    assert answer["run"] == alone["run"]
    row = next(row for row in answer["characteristics"] if row["estimator"] == "negative_binomial")
    assert (row["power"], row["type_1_error"]) == (alone["power"][0], alone["type_1_error"])
    assert [row["quoted"] for row in answer["estimands"]] == [True, False]
    assert {row["table"] for row in answer["shells"]} == {"ADSL", "ADDIARY", "ADMONTH"}
    assert "USUBJID" in {row["variable"] for row in answer["shells"] if row["table"] == "ADSL"}
    assert "success above z 2.9626" in answer["looks"][0]


def test_the_page_and_the_markdown_hold_every_table(section, tmp_path):
    _, result = section
    page = result.report(tmp_path / "p.html").read_text(encoding="utf-8")
    text = markdown(result.summary)
    for title in ("Estimands", "Design", "Operating characteristics", "Analysis", "Missing data", "Tables (ADaM)"):
        assert f"<h2>{title}</h2>" in page
        assert f"## {title}" in text
    assert result.summary["python"] in text


def test_the_command_it_prints_gives_it_again(section, capsys):
    out, result = section
    words = shlex.split(result.summary["command"])
    assert words[:3] == ["leao", "trial", "protocol"]
    assert call([*words[1:], "--out", str(out), "--json"]) == 0
    assert '"run": "' + result.summary["run"].replace("\\", "\\\\") in capsys.readouterr().out
