"""Leão: from the tablet to the trial.

scenario = leao.load("noruzzadeh2016")
run = leao.run(scenario)
run["receptor"]
leao.report(run, "report.html")
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leao.answers.policies import compare_policies
    from leao.characteristics import power
    from leao.errors import LeaoError
    from leao.evidence.claims import claims
    from leao.experiments.datasets import kcl, threshold, wave
    from leao.ledger import find as number
    from leao.pages import report
    from leao.results import Run
    from leao.results import load as open_run
    from leao.review import Room
    from leao.runner import run
    from leao.scenario import Scenario, load
    from leao.trial.analyse import analyse

    review: Room

__version__ = version("leao")

_PUBLIC = {
    "load": ("leao.scenario", "load"),
    "run": ("leao.runner", "run"),
    "report": ("leao.pages", "report"),
    "open_run": ("leao.results", "load"),
    "power": ("leao.characteristics", "power"),
    "analyse": ("leao.trial.analyse", "analyse"),
    "number": ("leao.ledger", "find"),
    "compare_policies": ("leao.answers.policies", "compare_policies"),
    "claims": ("leao.evidence.claims", "claims"),
    "wave": ("leao.experiments.datasets", "wave"),
    "threshold": ("leao.experiments.datasets", "threshold"),
    "kcl": ("leao.experiments.datasets", "kcl"),
    "Scenario": ("leao.scenario", "Scenario"),
    "Run": ("leao.results", "Run"),
    "LeaoError": ("leao.errors", "LeaoError"),
}

__all__ = [
    "LeaoError",
    "Run",
    "Scenario",
    "__version__",
    "analyse",
    "claims",
    "compare_policies",
    "kcl",
    "load",
    "number",
    "open_run",
    "power",
    "report",
    "review",
    "run",
    "threshold",
    "wave",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``leao --help`` stays quick."""
    if name == "review":  # the room itself can be called
        return import_module("leao.review")
    if name in _PUBLIC:
        module, attribute = _PUBLIC[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'leao' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
