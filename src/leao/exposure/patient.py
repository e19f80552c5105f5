"""Patient: what was answered about one person; what was not stays unknown and is never taken as normal."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.units import convert, parse
from leao.exposure import patient_params

YesNo = Literal["yes", "no"]
OPTIONS = {
    "weight": "weight_kg",
    "age": "age_years",
    "creatinine_clearance": "creatinine_clearance_mL_min",
    "serum_creatinine": "serum_creatinine_mg_dL",
    "urine_ph": "urine_ph",
}


class Patient(BaseModel):
    """The answers; None means not answered. kg, years, mL/min, mg/dL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float | None = None
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    creatinine_clearance: float | None = None
    serum_creatinine: float | None = None
    urine_ph: float | None = None
    taking: tuple[str, ...] | None = None
    history: tuple[str, ...] | None = None
    pregnant: YesNo | None = None
    breast_feeding: YesNo | None = None
    hepatic: Literal["none", "mild", "moderate", "severe"] | None = None
    tolerated: YesNo = "no"

    def clearance(self) -> float | None:
        """Return creatinine clearance in mL/min, measured or after Cockcroft and Gault; None if unknown."""
        if self.creatinine_clearance is not None:
            return self.creatinine_clearance
        if self.serum_creatinine is None or self.age is None or self.weight is None or self.sex is None:
            return None
        return cockcroft_gault(self.age, self.weight, self.sex, self.serum_creatinine)

    def may_be_pregnant(self, until_age: float) -> bool:
        """Return whether the question of a pregnancy stands: not a man, and not known to be older."""
        return self.sex != "male" and (self.age is None or self.age < until_age)


def cockcroft_gault(age: float, weight: float, sex: str, serum_creatinine: float) -> float:
    """Return creatinine clearance in mL/min: (140 - age) weight / (72 creatinine), times 0.85 for women.

    Cockcroft & Gault 1976; years, kg, mg/dL.
    """
    p = patient_params.central()
    found = max(0.0, p.gault_age - age) * weight / (p.gault_scale * serum_creatinine)
    return found * p.gault_female if sex == "female" else found


def ask(answers: Mapping[str, Any], companions: Iterable[str], history: Iterable[str]) -> Patient:
    """Return the checked patient.

    Args:
        answers: by field of ``Patient``; None where nobody answered. ``serum_creatinine`` is a text with its unit.
        companions: medicines that have a rule.
        history: what ``history`` may name.

    Raises:
        ScenarioError: an impossible or unknown value, or two answers that contradict one another.
    """
    given = {name: value for name, value in answers.items() if value is not None}
    if "serum_creatinine" in given:
        if "creatinine_clearance" in given:
            raise ScenarioError("--serum-creatinine: found beside --creatinine-clearance; give one of the two")
        given["serum_creatinine"] = serum_creatinine(str(given["serum_creatinine"]))
    for name in OPTIONS.keys() & given.keys():
        _possible(name, given[name])
    if "taking" in given:
        given["taking"] = _names("taking", given["taking"], list(companions))
    if "history" in given:
        given["history"] = _names("history", given["history"], list(history))
    if given.get("sex") == "male" and "yes" in (given.get("pregnant"), given.get("breast_feeding")):
        raise ScenarioError("--sex: found 'male' with a pregnancy or breast-feeding; mend one of the answers")
    try:
        return Patient(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = _option(str(first["loc"][0]))
        wanted = first.get("ctx", {}).get("expected", "a known answer")
        raise ScenarioError(f"{name}: found {first['input']!r}, wanted {wanted}; leave it out if unknown") from None


def serum_creatinine(text: str) -> float:
    """Return serum creatinine in mg/dL from a text in mg/dL or umol/L."""
    what = "--serum-creatinine"
    try:
        return parse(text, "mg/dL", what=what)
    except ScenarioError as error:
        try:
            micromolar = parse(text, "umol/L", what=what)
        except ScenarioError:
            raise error from None
    return convert(micromolar * patient_params.central().creatinine_weight, "ug/L", "mg/dL")  # umol/L g/mol is ug/L


@cache
def bounds() -> dict[str, dict[str, float]]:
    """Return the values that can be true of a person, by name and unit."""
    return tomllib.loads((files("leao") / "plan" / "rules.toml").read_text("utf-8"))["bounds"]


def _possible(name: str, value: float) -> None:
    bound = bounds()[OPTIONS[name]]
    unit = OPTIONS[name].removeprefix(name).replace("_mL_min", " mL/min").replace("_mg_dL", " mg/dL").replace("_", " ")
    if not bound["low"] <= value <= bound["high"]:
        raise ScenarioError(
            f"{_option(name)}: found {value:g}{unit}, wanted {bound['low']:g} to {bound['high']:g}{unit}; "
            "check the value, or leave it out if unknown"
        )


def _names(option: str, text: str, known: list[str]) -> tuple[str, ...]:
    """Return the names of a list separated by commas; ``none`` says that there are none."""
    words = [word.strip().lower().replace(" ", "_").replace("-", "_") for word in text.split(",")]
    found = tuple(word for word in words if word)
    for word in found:
        if word not in known:
            options = f"wanted some of {', '.join(sorted(known))}" if option == "history" else "it has no rule here"
            raise ScenarioError(
                f"--{option}: found {word!r}, {options}{nearest(word, known)}; "
                + ("mend it" if option == "history" else "mend it, or leave it out and check it elsewhere")
            )
    if not found or ("none" in found and len(found) > 1):
        raise ScenarioError(f"--{option}: found {text!r}, wanted names separated by commas, or none alone")
    return tuple(word for word in found if word != "none")


def _option(name: str) -> str:
    if name == "tolerated":
        return "--tolerated-10mg"
    return "--" + name.replace("_", "-")
