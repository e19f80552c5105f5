"""What the README tells a user to type works."""

import re
from pathlib import Path

import pytest

from leao.cli.app import app, evidence

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", COMMANDS, re.DOTALL).group(1)
    exec(compile(code, "commands.md", "exec"), {})
    assert "uM free in the brain" in capsys.readouterr().out
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("page", [README, COMMANDS], ids=["README", "commands"])
def test_every_command_exists(page):
    known = {command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    inner = {command.callback.__name__ for command in evidence.registered_commands}
    for words in re.findall(r"^    leao (\w+) ?(\w*)|`leao (\w+) ?(\w*)", page, re.MULTILINE):
        first, second = [word for word in words if word][:1], words[1] or words[3]
        assert first[0] in known
        assert first[0] != "evidence" or second in inner


def test_its_pictures_exist():
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


def test_its_links_lead_somewhere():
    for path in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README):
        assert (ROOT / path).exists(), path


def test_it_begins_with_fifteen_lines_and_a_picture():
    before = README.partition("\n## ")[0].strip().splitlines()[1:]
    written = [line for line in before if line and not line.startswith("![")]
    assert len(written) <= 15
    assert sum(line.startswith("![") for line in before) == 1
    assert all(f"](docs/tutorials/{user}.md)" in README for user in ("clinician", "trialist", "pharmacometrician"))
