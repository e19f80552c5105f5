"""Malformed inputs by command, in process: 300 each that must stop before computing, and five that compute."""

import random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from validation import fuzz
from validation.fuzz_commands import COMMANDS
from validation.reliability import batch

from leao.cli import call

pytestmark = pytest.mark.property
FULL, SLOW = 300, {"evidence": 30, "synthesis": 60, "history": 60}  # these read all published trials for each answer
# commands of which an input takes a second or more once it computes: tests of their own compute those
LONG = {
    "run", "trial", "trial protocol", "trial grid", "trial export", "sweep", "provoke", "receptor curve",
    "receptor pulse", "cortex wave", "cortex threshold", "cortex kcl", "cortex sheet", "cortex aura", "cortex qualify",
    "cortex export", "cortex phase", "pk vpc", "pk npde", "app",
}  # fmt: skip
NOTHING = {"show", "cite"}  # need a finished run
COMPUTED = [name for name in COMMANDS if name not in LONG | NOTHING]
UNSENT = {"--json", "--help", "--install-completion", "--show-completion", "--version"}  # each input may get --json


def tree(parser, path=()):
    """Give every command with its words and options."""
    for name, inner in parser.commands.items():
        if hasattr(inner, "commands"):
            yield from tree(inner, (*path, name))
        else:
            yield (*path, name), {word for each in inner.params for word in each.opts if word.startswith("--")}


def test_no_command_and_no_option_is_forgotten():
    from typer.main import get_command

    from leao.cli.app import app

    known = dict(tree(get_command(app)))
    sent = {path: set() for path in known}
    for name, command in COMMANDS.items():
        words = ["trial", "simulate"] if name == "trial" else command.words
        path = next(path for path in known if tuple(words[: len(path)]) == path)
        sent[path] |= {*command.options, *command.words, "sent"}
    assert [path for path, words in sent.items() if "sent" not in words] == []
    missing = {path: known[path] - sent[path] - UNSENT for path in known}
    assert {path: words for path, words in missing.items() if words} == {}


@pytest.mark.filterwarnings("ignore")  # what a warning prints is judged by the rule
@pytest.mark.parametrize("name", COMMANDS)
def test_inputs_that_must_stop_before_computing(name):
    @seed(1)
    @settings(max_examples=SLOW.get(name, FULL), deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(fuzz.inputs(name))
    def survives(entry):
        assert fuzz.judge(entry, call) is None

    with fuzz.stopped():
        survives()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COMPUTED)
def test_inputs_that_compute(name):
    chance, some = random.Random(name), []
    with fuzz.stopped():
        for _ in range(1_000):  # most draws stop before
            entry = fuzz.drawn(name, chance)
            some += [entry] if fuzz.computes(entry, call) else []
            if len(some) == 5:
                break
    assert len(some) == 5
    assert [why for entry in some if (why := fuzz.judge(entry, call)) is not None] == []


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COMMANDS)
def test_many_survive(name):
    _, failures = batch(name, 2, 2000)
    assert not failures
