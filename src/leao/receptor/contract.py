"""What ``leao receptor`` prints with ``--json``, and ``leao.receptor`` gives as ``summary``."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.core.contract import Distribution


class Bands(TypedDict):
    """``current_relative`` has its 90 % band level by level."""

    median: list[float]
    p05: list[float]
    p95: list[float]


class Drawn(TypedDict):
    """What stands behind the bands."""

    draws: int
    seed: int
    drawn: list[str]
    out: str | None


class Curve(Drawn):
    """``leao receptor curve``."""

    compound: str
    subtype: str
    magnesium_mM: float
    voltage_mV: float
    ic50_uM: float
    hill: float
    concentration_uM: list[float]
    current_relative: list[float]
    on_rate_per_uM_s: float
    off_rate_per_s: float
    escape_fraction: float
    on_time_s: float
    off_time_s: float
    electrical_distance: float
    e_fold_mV: float | None
    preset: str
    scheme: str
    release_concentration_uM: float
    ic50_uM_interval: Distribution
    hill_interval: Distribution
    on_rate_per_uM_s_interval: Distribution
    off_rate_per_s_interval: Distribution
    escape_fraction_interval: Distribution
    current_relative_interval: Bands


class Hypothesis(TypedDict):
    """A hypothesis beyond plain block, on or off."""

    name: str
    on: bool
    what: str
    source: str
    regimen: str | None


class ByProtocol(TypedDict):
    """Per cent of the charge blocked in each protocol."""

    synaptic: float | None
    tonic: float | None
    train: float | None
    csd: float | None


class Pulse(Drawn):
    """``leao receptor pulse``; the current only with ``--trace``."""

    protocol: str
    compound: str
    subtype: str
    concentration_uM: float
    magnesium_mM: float
    charge_blocked_percent: float
    voltage_mV: float | None
    preset: str
    scheme: str
    hypotheses: list[Hypothesis]
    consequences_percent: dict[str, ByProtocol]
    charge_blocked_percent_interval: Distribution
    tonic_over_synaptic_interval: Distribution | None
    tonic_over_synaptic: float | None
    time_s: list[float] | None
    current_control: list[float] | None
    current_drug: list[float] | None
