"""The table of published exposure figures (docs/validation/exposure_studies.toml) as the fit and the scores read it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.exposure import one_compartment

Array = NDArray[np.float64]
TABLE = Path(__file__).resolve().parents[1] / "docs" / "validation" / "exposure_studies.toml"
USUAL_SPREAD = 0.20  # SD over mean between people of a figure whose spread was not printed
SPREAD_OF_RATIO = 0.30  # the same among people with impaired kidneys
USUAL_SPREADS = {"peak_time": 0.40, "area_ratio": SPREAD_OF_RATIO, "half_life_ratio": SPREAD_OF_RATIO}
BETWEEN_STUDIES_IN_SPREAD = 0.25  # log-scale SD between studies of a spread between people; assumed
VOLUNTEERS_WEIGHT_SPREAD = 0.08  # SD over mean within a bioequivalence study: its limits of weight for height; assumed
RANGE_IN_SE = 4.0  # a printed range is taken as four standard errors wide


class Data(NamedTuple):
    """Rows and studies of the table."""

    studies: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]


def table() -> Data:
    """Return the table of published figures; each row knows its study's role."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [row | {"role": row.get("role", read["study"].get(row.get("study"), {}).get("role"))} for row in read["row"]]
    return Data(read["study"], rows)


def printed(row: dict[str, Any]) -> float:
    """Return the printed figure; of a range its geometric middle."""
    return float(row["value"]) if "value" in row else float(np.sqrt(row["low"] * row["high"]))


def typical(row: dict[str, Any]) -> float:
    """Return the logarithm of the typical person's figure: an arithmetic mean lies above the geometric one."""
    mean = "value" in row and "se_log" not in row and not row["figure"].startswith("spread_of")
    return float(np.log(printed(row)) - 0.5 * np.log1p(usual_spread(row) ** 2) * mean)


def usual_spread(row: dict[str, Any]) -> float:
    """Return the SD over mean between people of a figure, as printed or as usual for its kind."""
    return float(row.get("spread", USUAL_SPREADS.get(row["figure"], USUAL_SPREAD)))


def standard_error(row: dict[str, Any], study: dict[str, Any]) -> float:
    """Return the standard error of the logarithm of a printed mean."""
    if "se_log" in row:
        return float(row["se_log"])
    if "low" in row:
        return float(np.log(row["high"] / row["low"]) / RANGE_IN_SE)
    if row["figure"].startswith("spread_of"):
        return error_of_spread(study["n"])
    return float(np.sqrt(np.log1p(usual_spread(row) ** 2) / study["n"]))


def error_of_spread(n: float | Array) -> Any:
    """Return the standard error of the logarithm of a printed SD: of its ``n`` people and between studies."""
    return np.sqrt(1.0 / (2.0 * (np.asarray(n) - 1.0)) + BETWEEN_STUDIES_IN_SPREAD**2)


def log_figure(row: dict[str, Any], logs: Array, base_share: float) -> Array:
    """Return the logarithm of a row's figure from ln CL at the reference, ln V per kg, ln ka, ln weight, (..., 4)."""
    clearance, volume, ka, weight = np.exp(np.moveaxis(logs, -1, 0))
    cleared = clearance * body_size(weight)
    litres = volume * weight
    k, every = cleared / litres, row.get("every", 24.0)
    level = 1e3 * row.get("dose", 0.0) * base_share / litres
    figures: dict[str, Callable[[], Any]] = {
        "area": lambda: level / k,
        "peak": lambda: level * one_compartment.peak(ka, k),
        "peak_time": lambda: one_compartment.peak_time(ka, k),
        "half_life": lambda: np.log(2.0) / k,
        "steady_area": lambda: level / k,
        "steady_peak": lambda: level * one_compartment.steady_peak(ka, k, every),
        "steady_peak_time": lambda: one_compartment.steady_peak_time(ka, k, every),
        "clearance": lambda: cleared,
        "volume_per_weight": lambda: volume,
    }
    return np.log(figures[row["figure"]]())


def body_size(weight: Array | float) -> Array:
    """Return clearance over that at the reference weight."""
    numbers = ledger.read("exposure").numbers
    return np.asarray((weight / numbers["reference_weight"].value) ** numbers["allometric_exponent"].value)


def base_share() -> float:
    """Return mg of base per mg of salt."""
    numbers = ledger.read("exposure").numbers
    return numbers["formula_weight_base"].value / numbers["formula_weight_salt"].value
