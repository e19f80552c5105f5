"""Another drug's compartments and priors, from a TOML file: ``leao pk ... --model my.toml``.

    name = "theophylline"
    residual_error = { cv = 0.1 }          # of a measured level around the person's curve; or { sd_log = 0.1 }
    reference_weight = "70 kg"             # optional: CL and Q then scale with weight^0.75, V and V2 with weight
    molar_mass = "180.16 g/mol"            # optional: for levels in molar units

    [CL]
    value = 2.8
    unit = "L/h"
    between_subject = { dist = "lognormal", cv = 0.3 }    # how people differ
    uncertainty = { dist = "lognormal", cv = 0.1 }        # how well the value is known
    source = "where it stands"

Parameters: CL, V, KA (needed), Q and V2 (both for two compartments), ALAG and F1 (of the gut). AMT counts mg of what is
measured. Each spread is one of the package's ledgers; without one, a parameter is known and alike in all people.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from leao.core import toml
from leao.core.errors import ScenarioError
from leao.core.spreads import SPREADS, quantile
from leao.core.tables import fold
from leao.core.units import parse

UNITS = {"CL": "L/h", "V": "L", "KA": "1/h", "Q": "L/h", "V2": "L", "ALAG": "h", "F1": "dimensionless"}
VARIED = ("CL", "V", "KA", "Q", "V2")  # may differ between people
NEEDED = ("CL", "V", "KA")
KEYS = ("name", "residual_error", "reference_weight", "molar_mass", "note", *UNITS)
PARAMETER_KEYS = ("value", "unit", "between_subject", "uncertainty", "source", "where", "tier", "note")
SPREAD_KEYS = {"dist", "cv", "sd_log", "sd", "low", "high", "a", "b"}
CLEARANCE_EXPONENT = 0.75  # allometry by theory (West, Brown & Enquist 1997, Science 276:122)
LARGEST_FILE = 100_000  # bytes
MOST_SPREAD = 3.0  # log-scale SD


class Drug(NamedTuple):
    """A drug of the user's own: typical values in h, L, mg, and log-scale SDs."""

    name: str
    typical: dict[str, float]
    between: dict[str, float]  # log-scale SD of how people differ
    uncertainty: dict[str, float]  # log-scale SD of how well the typical value is known
    residual_error: float  # log-scale SD
    reference_weight: float | None  # kg; None: nothing scales with weight
    molar_mass: float | None  # g/mol
    sources: dict[str, str]

    @property
    def two_compartments(self) -> bool:
        """Whether there is a peripheral compartment."""
        return self.typical.get("Q", 0.0) > 0.0

    def scale(self, name: str, weight: Any) -> Any:
        """Return by what a parameter differs from the typical at a weight (kg)."""
        if self.reference_weight is None or name not in ("CL", "Q", "V", "V2"):
            return np.ones_like(weight)
        exponent = CLEARANCE_EXPONENT if name in ("CL", "Q") else 1.0
        return (np.where(np.isnan(weight), self.reference_weight, weight) / self.reference_weight) ** exponent


def read(name: str, content: bytes) -> Drug:
    """Return the drug that a TOML file holds.

    Args:
        name: what messages call the file.
        content: its bytes.

    Raises:
        ScenarioError: one line: no TOML, a key that is not known, a value that cannot be.
    """
    if len(content) > LARGEST_FILE:
        raise ScenarioError(f"{name}: {len(content) // 1000} kB, wanted a model of at most {LARGEST_FILE // 1000} kB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(f"{name}: no UTF-8 text; see leao pk export --to model for an example") from None
    return _drug(name, toml.loads(text, name))


def _drug(name: str, tree: dict[str, Any]) -> Drug:
    for key in tree:
        if key not in KEYS:
            raise ScenarioError(f"{name}: key {key[:40]!r} is not known; wanted {', '.join(KEYS)}")
    for key in NEEDED:
        if key not in tree:
            raise ScenarioError(f"{name}: no [{key}]; wanted at least {', '.join(NEEDED)}")
    if ("Q" in tree) != ("V2" in tree):
        raise ScenarioError(f"{name}: two compartments need both [Q] and [V2]")
    values = {key: _parameter(name, key, tree[key]) for key in UNITS if key in tree}
    residual = tree.get("residual_error")
    if not isinstance(residual, dict):
        raise ScenarioError(f"{name}: no residual_error; write for example residual_error = {{ cv = 0.15 }}")
    return Drug(
        name=str(tree.get("name", "drug"))[:60],
        typical={key: _value(name, key, part) for key, part in values.items()},
        between={key: _log_sd(name, key, part, "between_subject") for key, part in values.items() if key in VARIED},
        uncertainty={key: _log_sd(name, key, part, "uncertainty") for key, part in values.items() if key in VARIED},
        residual_error=_spread(name, "residual_error", {"dist": "lognormal", **residual}, 1.0),
        reference_weight=_with_unit(name, tree, "reference_weight", "kg"),
        molar_mass=_with_unit(name, tree, "molar_mass", "g/mol"),
        sources={key: str(part.get("source", ""))[:200] for key, part in values.items()},
    )


def _parameter(name: str, key: str, part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise ScenarioError(f"{name}: {key}: wanted a table [{key}] with value and unit")
    for word in part:
        if word not in PARAMETER_KEYS:
            raise ScenarioError(f"{name}, [{key}]: key {word[:40]!r} is not known; wanted {', '.join(PARAMETER_KEYS)}")
    if key not in VARIED and ("between_subject" in part or "uncertainty" in part):
        raise ScenarioError(f"{name}, [{key}]: a spread is read for {', '.join(VARIED)} only; leave it out")
    return part


def _value(name: str, key: str, part: dict[str, Any]) -> float:
    value, unit = part.get("value"), str(part.get("unit", ""))
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ScenarioError(f"{name}, [{key}]: value is {str(value)[:40]!r}, wanted a number")
    if key == "F1":
        converted = float(value)
    else:
        converted = parse(f"{value!r} {unit}", UNITS[key], what=f"{name}, [{key}]")
    least = 0.0 if key in ("Q", "ALAG") else 1e-9
    most = 1.0 if key == "F1" else 1e9
    if not least <= converted <= most:
        raise ScenarioError(f"{name}, [{key}]: {converted:g} {UNITS[key]}, wanted {least:g} to {most:g}")
    return converted


def _log_sd(name: str, key: str, part: dict[str, Any], which: str) -> float:
    if which not in part:
        return 0.0
    return _spread(name, f"[{key}], {which}", part[which], float(part["value"]))


def _spread(name: str, what: str, spread: Any, value: float) -> float:
    """Return the log-scale SD of a spread around ``value``."""
    example = '{ dist = "lognormal", cv = 0.3 }'
    if not isinstance(spread, dict) or spread.get("dist") not in SPREADS or not set(spread) <= SPREAD_KEYS:
        raise ScenarioError(f"{name}: {what}: wanted a spread such as {example}")
    numbers = {key: number for key, number in spread.items() if key != "dist"}
    fine = all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers.values())
    if not fine or set(numbers) not in SPREADS[spread["dist"]] or any(not np.isfinite(x) for x in numbers.values()):
        raise ScenarioError(f"{name}: {what}: found {fold(str(numbers))[:40]}, wanted a spread such as {example}")
    if spread["dist"] == "lognormal":
        sd = float(numbers["sd_log"] if "sd_log" in numbers else np.sqrt(np.log1p(numbers["cv"] ** 2)))
    else:
        middle = (np.arange(1000) + 0.5) / 1000
        with np.errstate(all="ignore"):
            sd = float(np.std(np.log(quantile(spread, value, middle))))
    if not 0.0 <= sd <= MOST_SPREAD or any(number < 0 for number in numbers.values()):
        raise ScenarioError(
            f"{name}: {what}: wanted a spread of positive values, at most {MOST_SPREAD:g} on the log scale"
        )
    return sd


def _with_unit(name: str, tree: dict[str, Any], key: str, unit: str) -> float | None:
    if key not in tree:
        return None
    value = parse(str(tree[key]), unit, what=f"{name}: {key}")
    if not 0.0 < value < 1e9:
        raise ScenarioError(f"{name}: {key} is {value:g} {unit}, wanted more than 0")
    return value
