"""The terminal table: seven answers, short enough for one screen and a half, in any letters."""

import io

import pytest
from rich.console import Console
from tests.report.fixture import summary

from leao.chain.verdict import WORST
from leao.cli.evidence_tables import print_claims
from leao.cli.table import print_summary


class Ascii(io.StringIO):
    """A stream that says it cannot carry more than ASCII."""

    encoding = "ascii"


def printed(answer, width=100, stream=None):
    stream = stream or io.StringIO()
    print_summary(answer, Console(file=stream, width=width))
    return stream.getvalue()


def test_seven_answers_in_at_most_sixty_lines():
    text = printed(summary())
    headings = [line.split()[1] for line in text.splitlines() if line[:1] in "1234567" and line[1:2] == " "]
    assert headings == ["exposure", "receptor", "cortex", "diary", "trial", "verdict", "what"]
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("width", [80, 100, 160])
def test_nothing_runs_over_the_edge_or_is_cut(width):
    text = printed(summary(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text


def test_it_ends_with_the_path_of_the_report_in_one_line(tmp_path):
    folder = tmp_path / ("x" * 120)
    answer = {**summary(), "run": str(folder)}
    assert printed(answer, 80).splitlines()[-1] == f"run: {folder}"
    folder.mkdir()
    (folder / "report.html").write_text("")
    assert printed(answer, 80).splitlines()[-1] == f"report: {folder}/report.html"


def test_ascii_stream_gets_ascii_only():
    text = printed(summary(), stream=Ascii())
    assert text.isascii()
    assert "?" not in text
    assert "uM" in text
    assert "-20 mV" in text


def test_markers_are_there():
    text = printed(summary())
    for marker in (
        "no data",
        "no modelled effect",
        "input",
        "predicted",
        "assumed",
        "not run",
        "Tested at two ends",
    ):
        assert marker in text


def test_research_setting_is_said():
    assert "research setting" in printed({**summary(), "setting": "research"})


def test_claims_are_listed(capsys):
    rows = [
        {
            "claim": "Fewer attacks",
            "says": ["noruzzadeh2016"],
            "grade": "two trials",
            "model": None,
            "verdict": "untested",
        }
    ]
    print_claims(rows)
    listed = capsys.readouterr().out
    assert "Fewer attacks" in listed
    assert "untested" in listed


def test_no_control_is_left_out_of_the_tally_whatever_its_status():
    answer = summary()
    preset = next(iter(answer["cortex"].values()))
    for row, status in zip(preset["controls"], ("passed", *WORST), strict=False):
        row["status"] = status
    statuses = [row["status"] for row in preset["controls"]]
    text = printed(answer, width=140)
    for status in set(statuses):
        assert f"{statuses.count(status)} {status}" in text
    assert "void" in statuses
