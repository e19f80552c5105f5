"""What the README tells a user to type works."""

import re
from pathlib import Path

import pytest

from leao.cli.app import app, evidence

pytestmark = pytest.mark.published

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    assert "uM free in the brain" in capsys.readouterr().out
    assert (tmp_path / "report.html").is_file()


def test_every_command_of_the_readme_exists():
    known = {command.callback.__name__ for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups}
    inner = {command.callback.__name__ for command in evidence.registered_commands}
    for words in re.findall(r"^    leao (\w+) ?(\w*)|`leao (\w+) ?(\w*)", README, re.MULTILINE):
        first, second = [word for word in words if word][:1], words[1] or words[3]
        assert first[0] in known
        assert first[0] != "evidence" or second in inner


def test_its_pictures_exist():
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (Path(__file__).resolve().parents[2] / path).is_file()
