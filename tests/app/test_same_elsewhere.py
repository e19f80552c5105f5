"""The command line and the Python call that a screen prints ask for the same as the screen did."""

import inspect
import shlex
from types import SimpleNamespace

import pytest
from typer.main import get_command

import leao
from leao.app import spelled
from leao.app.asked import Design, Table
from leao.app.calls import trial
from leao.chain import api
from leao.core.result import Result

pytestmark = pytest.mark.command

DESIGNS = [
    {},
    {"effect": 0.123456789, "seed": 0, "estimator": "ancova", "endpoint": "migraine_days"},
    {"kind": "crossover", "weeks": 8, "dropout": 0.15},
    {"kind": "dose_finding", "doses": ["20 mg", "2.5 mg", "10 mg"], "dropout": 0.0, "stratify": True},
    {"kind": "dose_finding", "doses": ["10 mg", "40 mg"], "research": True},
    {"kind": "titrated", "policy": "titrated", "dropout": 0.3},
    {"kind": "n_of_1", "repeats": 100},
    {"kind": "withdrawal", "dose": "20 mg", "effect": 1.0},
]


class Heard(Exception):
    """A question that was heard, and need not be computed."""


def meant(arguments):
    """Return what arguments of ``leao.power`` ask for."""
    bound = inspect.signature(leao.power).bind(**arguments)
    bound.apply_defaults()
    given = bound.arguments
    estimator = (given["estimator"],) if isinstance(given["estimator"], str) else tuple(given["estimator"] or ())
    return {
        "scenario": api.changed_scenario(given["scenario"], given["set"], {"seed": given["seed"]}),
        "effect": float(given["effect"]),
        "estimator": estimator,
        **{name: given[name] for name in ("repeats", "n", "endpoint")},
    }


def heard(ask):
    """Return the arguments of the first call of ``leao.power`` in ``ask``."""
    calls = []

    def listen(*places, **named):
        calls.append(inspect.signature(POWER).bind(*places, **named).arguments)
        raise Heard

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "power", listen)
        with pytest.raises(Heard):
            ask(listen)
    return calls[0]


POWER = leao.power


def of_screen(change, monkeypatch):
    """Return what the screen asked for, the command line and the Python call it printed."""
    answer = {"repeats": 0, "by_n": [], "estimator": "", "endpoint": "", "scale": "", "run": "somewhere"}
    calls = []

    def listen(**named):
        calls.append(named)
        return Result("power", dict(answer), lambda: None)

    with monkeypatch.context() as patch:
        patch.setattr(api, "power", listen)
        patch.setattr(trial, "page", lambda _: "")
        asked = Design(sizes=[40, 20], **change).model_dump()
        given = trial.power(asked, {}, lambda *_: None)
    return calls[-1], given.get("command", ""), given.get("python", "")


@pytest.mark.parametrize("change", DESIGNS, ids=lambda change: change.get("kind", "parallel"))
def test_the_design_is_the_same_on_the_command_line_and_in_python(change, monkeypatch):
    screen, command, python = of_screen(change, monkeypatch)
    wanted = meant(screen)
    words = shlex.split(command)
    assert words[0] == "leao"
    line = heard(lambda _: get_command(leao_app()).main(words[1:], standalone_mode=False))
    assert meant(line) == wanted
    name_space = {"leao": SimpleNamespace(power=None)}

    def evaluate(listen):
        name_space["leao"].power = listen
        eval(python, name_space)  # noqa: S307 - our own line

    assert meant(heard(evaluate)) == wanted


def leao_app():
    from leao.cli.app import app

    return app


def test_a_scenario_is_what_the_design_says(monkeypatch):
    screen, _, _ = of_screen(DESIGNS[3], monkeypatch)
    scenario = meant(screen)["scenario"]
    assert [arm.dose for arm in scenario.arms.values()] == ["2.5 mg", None, "10 mg", "20 mg"]
    assert scenario.trial.dropout == dict.fromkeys(["placebo", *scenario.active_arms], 0.0)
    assert scenario.trial.stratify


def test_zero_is_an_option_and_a_number_keeps_its_digits():
    options = {"seed": 0, "share": 0.0, "effect": 0.123456789, "days": 28.0, "out": None, "check": False, "set": []}
    assert spelled.command("x", options=options) == "leao x --seed 0 --share 0 --effect 0.123456789 --days 28"
    assert spelled.call("x", options=options) == "leao.x(seed=0, share=0.0, effect=0.123456789, days=28.0)"


def test_the_quick_chain_has_a_page_a_json_and_a_text(server):
    import json

    from tests.app.test_guard import request
    from tests.app.test_jobs import ask

    body = {"scenario": "noruzzadeh2016", "dose": "5 mg daily", "fixed": {"exposure.clearance": 8.0}}
    quick = ask(server, "/api/evidence/chain?whole=true", {})[1]
    assert quick["command"] == "leao run noruzzadeh2016"
    assert quick["python"].startswith("leao.run(")
    assert "the quick answer" in quick["text"]
    drawn = ask(server, "/api/chain/page?whole=true", body)[1]
    page = request(server, path=f"/api/jobs/{drawn['job']}/page")[2]
    for words in ("The quick answer", "5 mg", "Held here", "NMDA current at rest blocked", "neutral", "<svg"):
        assert words in page
    assert drawn["summary"]["verdict"]["text"].split(".")[0] in page
    assert json.dumps(drawn["summary"])


def test_a_table_that_is_looked_at_has_the_columns_that_are_read():
    """A row above the header, as full as it, is no header: the names of trials tell them apart, as in the analysis."""
    content = b"Study 12;created 2026;by me;x\nsubject;arm;visit;attacks\n1;a;0;3\n1;a;1;2\n"
    answer = trial.look(Table(file="x").model_dump(), {"file": ("t.csv", content)}, lambda *_: None)
    assert answer["summary"] == {"columns": ["subject", "arm", "visit", "attacks"], "rows": 2}
