"""Leão: from the tablet to the trial.

run = leao.run("noruzzadeh2016")           # what needs the whole chain stands here
run["receptor"], run.summary, run.plot("verdict"), run.report("report.html")
leao.cortex.wave(concentration="1 uM")     # each science has its own calls
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core.compiled import prepare
from leao.core.lazy import public

prepare(Path(__file__).parent)

if TYPE_CHECKING:
    from leao import cortex, diary, evidence, exposure, headache, plan, receptor, review, trial
    from leao.chain.api import cite, load, number, open, power, preventives, provoke, run, scenarios
    from leao.chain.export.api import trial_export
    from leao.chain.grid.api import power_grid
    from leao.chain.n_of_1.api import n_of_1_close, n_of_1_look, n_of_1_start
    from leao.chain.policy_comparison import compare_policies
    from leao.chain.protocol.api import protocol
    from leao.chain.scenario import Scenario
    from leao.chain.sweep.api import sweep
    from leao.core.errors import LeaoError, UnfinishedShard
    from leao.core.result import Result
    from leao.core.runs import Run

    __version__: str

    def serve(port: int | None = None, browser: bool = True) -> None:
        """Serve the local pages (``leao.app.server``, which stands above the pages that import this module)."""


_SCIENCES = ("cortex", "diary", "evidence", "exposure", "headache", "plan", "receptor", "review", "trial")
_PUBLIC = {
    **dict.fromkeys(
        ("cite", "load", "number", "open", "power", "preventives", "provoke", "run", "scenarios"), "leao.chain.api"
    ),
    "compare_policies": "leao.chain.policy_comparison",
    **dict.fromkeys(("n_of_1_close", "n_of_1_look", "n_of_1_start"), "leao.chain.n_of_1.api"),
    "power_grid": "leao.chain.grid.api",
    "sweep": "leao.chain.sweep.api",
    "protocol": "leao.chain.protocol.api",
    "trial_export": "leao.chain.export.api",
    "serve": "leao.app.server",
    "Scenario": "leao.chain.scenario",
    "Result": "leao.core.result",
    "Run": "leao.core.runs",
    "LeaoError": "leao.core.errors",
    "UnfinishedShard": "leao.core.errors",
}

__all__ = [
    "LeaoError",
    "Result",
    "Run",
    "Scenario",
    "UnfinishedShard",
    "__version__",
    "cite",
    "compare_policies",
    "cortex",
    "diary",
    "evidence",
    "exposure",
    "headache",
    "load",
    "n_of_1_close",
    "n_of_1_look",
    "n_of_1_start",
    "number",
    "open",
    "plan",
    "power",
    "power_grid",
    "preventives",
    "protocol",
    "provoke",
    "receptor",
    "review",
    "run",
    "scenarios",
    "serve",
    "sweep",
    "trial",
    "trial_export",
]


def __getattr__(name: str) -> Any:
    """Import a public name or a science on first use, so that ``leao --help`` stays quick."""
    if name == "__version__":
        return import_module("importlib.metadata").version("leao")
    if name in _SCIENCES:
        return import_module(f"leao.{name}")
    if name in _PUBLIC:
        return public(getattr(import_module(_PUBLIC[name]), name))
    raise AttributeError(f"module 'leao' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
