"""What the README tells a user to type works."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from leao.cli.app import app, evidence
from leao.evidence.claim_table import claims

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


def leaves(command, path=("leao",)):
    inner = getattr(command, "commands", {})
    if not inner:
        yield " ".join(path)
    for name, child in inner.items():
        if not child.hidden and (path[-1], name) != ("trial", "simulate"):  # what leao trial SCENARIO stands for
            yield from leaves(child, (*path, name))


def test_every_command_stands_on_the_page_of_commands():
    assert [path for path in leaves(typer.main.get_command(app)) if path not in COMMANDS] == []


def typed():
    """Every command line of README, pages and tutorials: page, words."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs").glob("[et]*/*.md")]
    for page in sorted(pages):
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^ {4}leao (.+)$|^leao (.+)$", text, re.MULTILINE):
            yield page.name, "".join(line)
        for line in re.findall(r"`leao ([^`]+)`", text):
            yield page.name, " ".join(line.split())


def test_every_option_that_a_page_shows_exists():
    root, wrong = typer.main.get_command(app), []
    for page, line in typed():
        words = shlex.split(line, comments=True)
        command, rest = root, [word.partition("=")[0] for word in words]
        while rest and rest[0] in (inner := getattr(command, "commands", {})):
            command = inner[rest.pop(0)]
        known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
        if command is root:
            known |= {"--install-completion"}
        elif command.name == "trial":  # leao trial SCENARIO
            simulate = getattr(command, "commands", {})["simulate"]
            known |= {name for each in simulate.params for name in each.opts}
        wrong += [(page, line, word) for word in rest if word.startswith("--") and word not in known]
    assert wrong == []


def whole(words):
    """Return whether words give a command all that it cannot do without, and nothing that it does not read."""
    command, path = typer.main.get_command(app), ["leao"]
    while words and words[0] in (inner := getattr(command, "commands", {})):
        path.append(words[0])
        command, words = inner[words[0]], words[1:]
    if path == ["leao", "trial"]:
        command = getattr(command, "commands", {})["simulate"]  # leao trial SCENARIO
    try:
        command.make_context(" ".join(path), list(words))
    except Exception:  # of a class that typer keeps to itself
        return False
    return True


def test_what_a_page_shows_with_an_option_lacks_none_that_is_wanted():
    shown = [(page, line, shlex.split(line, comments=True)) for page, line in typed() if page != "performance.md"]
    lines = [(page, line) for page, line, words in shown if any(word.startswith("--") for word in words)]
    lines += [("claims", row["command"].removeprefix("leao ")) for row in claims()]
    options = ("--help", "--install-completion", "--port N", "[")  # which end the program, or stand for another word
    lines = [(page, line.partition(" > ")[0]) for page, line in lines if not any(word in line for word in options)]
    assert [(page, line) for page, line in lines if not whole(shlex.split(line, comments=True))] == []


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
