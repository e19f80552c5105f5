"""What ``leao trial mcp-mod`` prints."""

from __future__ import annotations

from typing_extensions import TypedDict


class DoseMean(TypedDict):
    """One dose."""

    dose: float
    patients: int
    mean: float
    se: float


class CandidateTest(TypedDict):
    """One candidate shape."""

    shape: str
    guess: list[float]
    contrast: list[float]
    t: float
    adjusted_p: float
    significant: bool


class ShapeFit(TypedDict):
    """One fitted shape."""

    shape: str
    e0: float
    e1: float
    parameters: dict[str, float]
    gaic: float
    weight: float
    target_dose: float | None


class McpMod(TypedDict):
    """``leao trial mcp-mod``."""

    file: str
    value: str
    better: str
    covariates: list[str]
    alpha: float
    doses: list[DoseMean]
    degrees_of_freedom: int
    candidates: list[CandidateTest]
    dose_response: bool
    fits: list[ShapeFit]
    delta: float | None
    target_dose: float | None  # of the average of the fits
    curve: dict[str, list[float]]  # dose, mean: the average of the fits
    text: str
    problems: list[str]
    page: str | None
