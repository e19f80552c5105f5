"""What ``leao trial n-of-1 start``, ``look`` and ``close`` print."""

from __future__ import annotations

from typing_extensions import TypedDict


class Spread(TypedDict):
    """A distribution."""

    median: float
    p05: float
    p95: float


class Box(TypedDict):
    """The capsules of one period; the days before ``counted_from`` build up or wash out and are not analysed."""

    box: int
    first: str
    counted_from: str
    last: str


class Started(TypedDict):
    """``leao trial n-of-1 start``: what is null was refused."""

    folder: str
    drug: str
    dose: str
    outcome: str
    cycles: int
    period_days: int | None
    lead_days: int | None
    window_days: int | None
    begin: str
    end: str | None
    boxes: list[Box]
    looks: list[str]  # first day on which each may be made
    alpha_one_sided: float
    washout_days: Spread | None
    days_to_90_percent: Spread | None
    seeded: bool
    seal_sha256: str | None
    cautions: list[str]
    ask_first: list[str]
    unknown: list[str]
    refused: str | None
    files: list[str]
    text: str


class CountedBox(TypedDict):
    """What the diary says of one box's counted days."""

    box: int
    first: str
    last: str
    ended: bool
    recorded: int
    days: int  # of the outcome
    capsules_not_taken: int | None  # null where the diary does not say


class Reading(TypedDict):
    """How the diary was read."""

    understood: list[str]
    oddities: list[dict[str, object]]


class Looked(TypedDict):
    """``leao trial n-of-1 look``: blind, nothing in it tells a box's content."""

    folder: str
    outcome: str
    verdict: str  # go_on, stop, too_early, nothing_new
    look: int | None
    whole_cycles: int
    planned_cycles: int
    next_look: str | None
    boxes: list[CountedBox]
    problems: list[str]
    read: Reading
    files: list[str]
    text: str


class Interval(TypedDict):
    """An estimate with its 95 % interval."""

    estimate: float | None
    low: float | None
    high: float | None


class Cycle(TypedDict):
    """A cycle: per 28 recorded days in its two windows."""

    cycle: int
    order: str
    placebo: float | None
    drug: float | None
    difference: float | None


class MadeLook(TypedDict):
    """A look, by its place and bound."""

    look: int
    whole_cycles: int
    nominal_p: float
    stopped: bool


class SideEffectDays(TypedDict):
    """Days with a side effect written down, while the box held placebo or the drug."""

    placebo: int
    drug: int


class Closed(TypedDict):
    """``leao trial n-of-1 close``."""

    folder: str
    drug: str
    dose: str
    outcome: str
    verdict: str  # helps, harms, not_shown, not_judged
    difference: Interval  # drug less placebo per 28 days
    difference_alone: Interval  # of the patient's cycles alone, paired t
    p_one_sided: float | None
    degrees_of_freedom: float | None
    scatter_as_simulated: bool | None
    whole_cycles: int
    planned_cycles: int
    alpha_one_sided: float
    looks: list[MadeLook]
    cycles: list[Cycle]
    boxes: list[CountedBox]
    contents: list[str]
    side_effect_days: SideEffectDays | None
    problems: list[str]
    cautions: list[str]
    read: Reading
    files: list[str]
    page: str | None
    text: str
