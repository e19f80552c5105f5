"""A terminal without a letter: every help and the main answers in ASCII, accents folded, nothing raised."""

import codecs
import io
import sys

import pytest
from typer.main import get_command

from leao import cli
from leao.cli import call
from leao.cli.app import app

pytestmark = pytest.mark.command

DIARY = "fecha;dolor de cabeza;medicación;nota\n" + "".join(
    f"2026-0{m}-{d:02d};{'sí' if d % 4 == 0 else 'no'};{'sumatriptán' if d % 4 == 0 else ''};"
    f"{'náusea — por la mañana' if d == 5 else ''}\n"
    for m in (1, 2)
    for d in range(1, 29)
)


def helps():
    waiting = [([], get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield [*words, "--help"]
        waiting += [([*words, name], inner) for name, inner in getattr(command, "commands", {}).items()]


def in_ascii(words, monkeypatch):
    """Return exit code and what an ASCII terminal shows."""
    codecs.register_error(cli.SPELLED, cli._spelled)
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors=cli.SPELLED) for _ in range(2)]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", streams[0])
        patched.setattr(sys, "stderr", streams[1])
        code = call(words)
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("ascii") for stream in streams)
    return code, out, err


def test_every_help(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    for words in helps():
        code, out, _ = in_ascii(words, monkeypatch)
        assert code == 0, words
        assert "Usage" in out, words
        assert "??" not in out, words


@pytest.mark.parametrize("words", [
    ["plan", "--dose", "10 mg daily"], ["plan", "--dose", "10 mg daily", "--text"], ["evidence", "history"],
    ["evidence", "claims"], ["number", "clearance"], ["scenarios"], ["pathways"], ["cortex", "presets"],
    ["trial", "adjust", "high=0.012,lów=0.03"], ["review", "d.csv", "--check"],
], ids=" ".join)  # fmt: skip
def test_the_main_answers(words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(DIARY, encoding="utf-8")
    code, out, _ = in_ascii(words, monkeypatch)
    assert code == 0
    assert out


def test_a_note_and_a_question_lose_their_accents_and_no_letter(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(DIARY.replace(";no;", ";quizás;"), encoding="utf-8")
    code, out, err = in_ascii(["review", "d.csv"], monkeypatch)
    assert code == 2
    assert "quizas" in out + err
    (tmp_path / "e.csv").write_text(DIARY, encoding="utf-8")
    code, out, _ = in_ascii(["review", "e.csv", "--start", "2026-02-01", "--dose", "10 mg daily"], monkeypatch)
    assert code == 0
    assert "nausea - por la manana" in " ".join(out.split())
