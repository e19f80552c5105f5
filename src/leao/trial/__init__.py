"""Trial: a design, simulated trials of it under an effect, and the analysis of a real one.

design = leao.trial.design("crossover", n_per_arm=40, weeks=8)
leao.trial.simulate(design, effect=0.7, repeats=200)       # a ratio of attack rates; 1: no effect
leao.trial.analyse("table.csv", arm="TRT01P")
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.trial.api import analyse, design, simulate
    from leao.trial.mcp_mod.api import dose_response
    from leao.trial.multiplicity.api import adjust
    from leao.trial.sequential.api import boundaries, reestimate

__all__ = ["adjust", "analyse", "boundaries", "design", "dose_response", "reestimate", "simulate"]

_PLACES = dict.fromkeys(("boundaries", "reestimate"), "sequential.api") | {
    "adjust": "multiplicity.api",
    "dose_response": "mcp_mod.api",
}
__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api") | _PLACES)
