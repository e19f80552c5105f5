"""What a run says beyond plain block: hypotheses, and what else the drug occupies."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.core.contract import Distribution, OpenDistribution, Spread


class Size(TypedDict):
    """How large a hypothesis is taken to be."""

    name: str
    value: float
    unit: str
    tier: str
    source: str
    uncertainty: Spread | None
    note: str


class Beyond(TypedDict):
    """A hypothesis beyond plain block and what it would change; regimen: acute, chronic, or nothing said."""

    name: str
    what: str
    source: str | None
    regimen: str | None
    on: bool
    sizes: list[Size]
    block_percent: Distribution
    threshold_relative: OpenDistribution | None
    mechanistic_rate_ratio: Distribution | None
    p_at_least_half: float | None


class Ends(TypedDict):
    """From the least to the most that was measured or is remembered; equal where there is one figure."""

    low: float
    high: float


class Occupied(TypedDict):
    """A target at the run's median free level: half-blocking concentration, and the share of it that is occupied."""

    target: str
    half_blocked_uM: Ends
    occupied_percent: Ends
    tier: str
    source: str
    where: str
    note: str
