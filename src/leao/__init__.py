"""Leão: from the tablet to the trial.

scenario = leao.load("noruzzadeh2016")
run = leao.run(scenario)
run["receptor"]
run.report("report.html")
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leao.chain.policies import compare_policies
    from leao.chain.run import run
    from leao.chain.run_power import power
    from leao.chain.scenario import Scenario, load
    from leao.core.errors import LeaoError
    from leao.core.ledger import find as number
    from leao.core.runs import Run
    from leao.core.runs import load as open_run
    from leao.cortex.api import kcl, threshold, wave
    from leao.evidence.claim_table import claims
    from leao.review import Room
    from leao.trial.analysis import analyse

    review: Room

__version__ = version("leao")

_PUBLIC = {
    "load": ("leao.chain.scenario", "load"),
    "run": ("leao.chain.run", "run"),
    "open_run": ("leao.core.runs", "load"),
    "power": ("leao.chain.run_power", "power"),
    "analyse": ("leao.trial.analysis", "analyse"),
    "number": ("leao.core.ledger", "find"),
    "compare_policies": ("leao.chain.policies", "compare_policies"),
    "claims": ("leao.evidence.claim_table", "claims"),
    "wave": ("leao.cortex.api", "wave"),
    "threshold": ("leao.cortex.api", "threshold"),
    "kcl": ("leao.cortex.api", "kcl"),
    "Scenario": ("leao.chain.scenario", "Scenario"),
    "Run": ("leao.core.runs", "Run"),
    "LeaoError": ("leao.core.errors", "LeaoError"),
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
