"""Numbers of the review: the priors of ledger ``review``, in the units computed with."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from leao.core import ledger


class DailyModelPriors(NamedTuple):
    """Priors of the daily model; meanings and sources stand in ledger ``review``."""

    level_mean: Annotated[float, "dimensionless"]
    level_sd: Annotated[float, "dimensionless"]
    persistence_mean: Annotated[float, "dimensionless"]
    persistence_sd: Annotated[float, "dimensionless"]
    drift_sd: Annotated[float, "dimensionless"]
    drift_sd_spread: Annotated[float, "dimensionless"]
    drift_time: Annotated[float, "day"]
    drift_time_spread: Annotated[float, "dimensionless"]
    weekday_sd: Annotated[float, "dimensionless"]
    cycle_mean: Annotated[float, "dimensionless"]
    cycle_sd: Annotated[float, "dimensionless"]
    missing_mean: Annotated[float, "dimensionless"]
    missing_sd: Annotated[float, "dimensionless"]
    missing_streak_mean: Annotated[float, "dimensionless"]
    missing_streak_sd: Annotated[float, "dimensionless"]
    missing_headache_sd: Annotated[float, "dimensionless"]
    effect_sd: Annotated[float, "dimensionless"]
    response_between: Annotated[float, "dimensionless"]
    clear_above: Annotated[float, "dimensionless"]
    clear_power: Annotated[float, "dimensionless"]


def central() -> DailyModelPriors:
    """Return the priors."""
    return ledger.params(ledger.read("review"), DailyModelPriors)
