"""Python is as good a door as the command line: every command has its call, with the same options."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from typer.main import get_command

import leao
from leao.cli.app import app
from leao.core.errors import ScenarioError
from leao.trial.reserved import RESERVED

pytestmark = pytest.mark.property

SCIENCES = ("cortex", "diary", "evidence", "exposure", "headache", "plan", "receptor", "review", "trial")
CALLS = {  # of every command
    "app": "serve",
    "cite": "cite",
    "cortex aura": "cortex.aura",
    "cortex export": "cortex.export",
    "cortex kcl": "cortex.kcl",
    "cortex phase": "cortex.phase",
    "cortex presets": "cortex.presets",
    "cortex qualify": "cortex.positive_controls",
    "cortex sheet": "cortex.sheet",
    "cortex threshold": "cortex.threshold",
    "cortex wave": "cortex.wave",
    "evidence claims": "evidence.claims",
    "evidence history": "evidence.history",
    "evidence synthesis": "evidence.synthesis",
    "evidence trials": "evidence.trials",
    "number": "number",
    "pathways": "headache.pathways",
    "pk export": "exposure.export",
    "pk forecast": "exposure.fit",
    "pk nca": "exposure.nca",
    "pk npde": "exposure.npde",
    "pk simulate": "exposure.simulate",
    "pk vpc": "exposure.vpc",
    "plan": "plan.check",
    "preventives": "preventives",
    "provoke": "provoke",
    "receptor curve": "receptor.curve",
    "receptor pulse": "receptor.pulse",
    "review": "review.diary",
    "run": "run",
    "scenarios": "scenarios",
    "show": "open",
    "sweep": "sweep",
    "trial adjust": "trial.adjust",
    "trial analyse": "trial.analyse",
    "trial boundaries": "trial.boundaries",
    "trial export": "trial_export",
    "trial grid": "power_grid",
    "trial mcp-mod": "trial.dose_response",
    "trial n-of-1 close": "n_of_1_close",
    "trial n-of-1 look": "n_of_1_look",
    "trial n-of-1 start": "n_of_1_start",
    "trial protocol": "protocol",
    "trial reestimate": "trial.reestimate",
    "trial simulate": "power",
}
SCREEN = {"json", "text", "help"}  # how a terminal prints
FILES = {"out", "save_map", "template"}  # in Python: result.report(path), .plot(name), .data
ELSEWHERE = {"executor", "progress", "policy", "excitability", "doses", "watch"}  # objects, which no option can carry
PATIENT = {"patient"}


def commands():
    by_name = {}

    def walk(command, name):
        for key, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {key}".strip())
        if not hasattr(command, "commands"):
            by_name[name] = command

    walk(get_command(app), "")
    return by_name


def call(name):
    place = leao
    for part in name.split("."):
        place = getattr(place, part)
    return place


def options(command):
    names = set()
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            names.add(parameter.name)
        else:
            names.add(max(parameter.opts, key=len).lstrip("-").replace("-", "_"))
    return names - SCREEN - FILES


def arguments(function):
    names = set(inspect.signature(function).parameters)
    if names & PATIENT:
        from leao.plan.api import PatientAnswers

        names = names - PATIENT | set(PatientAnswers.__annotations__)
    return names - ELSEWHERE - FILES


def test_no_command_without_a_call():
    assert commands().keys() == CALLS.keys()


def test_what_follows_trial_is_reserved():
    assert {name.split()[1] for name in CALLS if name.startswith("trial ")} <= set(RESERVED)
    for name in RESERVED:
        with pytest.raises(ScenarioError, match="is a word of 'leao trial'"):
            leao.load("noruzzadeh2016", {"name": name})


@pytest.mark.parametrize("name", CALLS)
def test_both_doors_have_the_same_options(name):
    assert options(commands()[name]) == arguments(call(CALLS[name]))


@pytest.mark.parametrize("name", [*CALLS.values(), "exposure.forecast", "exposure.population", "diary.simulate",
                                  "trial.design", "trial.simulate", "load", "compare_policies"])  # fmt: skip
def test_arguments_are_named_typed_and_documented(name):
    function = call(name)
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        assert parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        assert parameter.annotation is not parameter.empty
        assert f"{parameter.name}:" in (function.__doc__ or "")
    assert signature.return_annotation is not signature.empty


def test_no_public_call_bears_the_name_of_a_module():
    packages = [leao, *(importlib.import_module(f"leao.{name}") for name in SCIENCES)]
    for package in packages:
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        public = set(package.__all__) - set(SCIENCES)
        assert not public & {module.name for module in pkgutil.iter_modules(package.__path__)}
        for name in public - {"__version__"}:
            for _ in range(2):
                assert callable(getattr(package, name))
                assert not inspect.ismodule(getattr(package, name))
        assert set(dir(package)) >= public


def test_import_costs_little_and_brings_nothing_heavy():
    code = (
        "import time; start = time.process_time(); import leao; cost = time.process_time() - start; import sys;"
        "heavy = {'numpy', 'scipy', 'numba', 'polars', 'xarray', 'pydantic', 'matplotlib', 'rich', 'typer'};"
        "print(cost, sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    cost, heavy = said.split(" ", 1)
    assert heavy.strip() == "[]"
    assert float(cost) < 0.1
