"""Drug in plasma and brain: from dose records, in one person learnt from levels, under a regimen, in a population.

leao.exposure.simulate("doses.csv").data           # exact levels at every record
leao.exposure.fit("levels.csv", dose="20 mg")      # a person's clearance from levels, and the levels to come
leao.exposure.forecast("10 mg daily", {"weight": 70, "creatinine_clearance": 55})
leao.exposure.population(10_000, seed=1), leao.exposure.nca("levels.csv"), leao.exposure.vpc("levels.csv").plot()
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.exposure.api import export, fit, forecast, nca, npde, population, simulate, vpc

__all__ = ["export", "fit", "forecast", "nca", "npde", "population", "simulate", "vpc"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
