"""Answers: what a user typed about one person, in the units people use, checked and never guessed.

Reads: texts such as "75 kg", "1,8 mg/dL", "160 umol/L", "woman", "topiramate, the pill", "epilepsy".
Writes: ``Answers``: the patient in kg, years, mL/min and mg/dL, and each answer as it was written.
A number that could stand in two units is a question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.units import convert, parse
from leao.exposure import patient_params
from leao.exposure.patient import Patient
from leao.plan import history, label_rules, other_medicines
from leao.plan.history import Condition
from leao.plan.other_medicines import Companion

SEXES = {
    "female": (
        "female",
        "f",
        "w",
        "woman",
        "girl",
        "frau",
        "weiblich",
        "femme",
        "feminin",
        "féminin",
        "mujer",
        "femenino",
        "donna",
        "femmina",
        "femminile",
        "mulher",
        "feminino",
    ),
    "male": (
        "male",
        "m",
        "man",
        "boy",
        "mann",
        "männlich",
        "maennlich",
        "homme",
        "masculin",
        "hombre",
        "masculino",
        "varón",
        "uomo",
        "maschio",
        "maschile",
        "homem",
    ),
}
CHOICES = {
    "pregnant": ("yes", "no"),
    "breast_feeding": ("yes", "no"),
    "tolerated": ("yes", "no"),
    "hepatic": ("none", "mild", "moderate", "severe"),
}
OPTIONS = {"tolerated": "--tolerated-10mg"}
LONGEST = 60  # characters of an answer that is a number or a word
_POUND = "lb"
_UNITS = {  # as people write them
    "kilograms": "kg", "kilogram": "kg", "kilos": "kg", "kilo": "kg", "kgs": "kg",
    "lbs": _POUND, "pounds": _POUND, "pound": _POUND,
    "years": "year", "yrs": "year", "yr": "year", "y": "year", "yo": "year", "y/o": "year", "years old": "year",
    "months": "month",
    "mg/dl": "mg/dL", "mg%": "mg/dL", "umol/l": "umol/L", "micromol/l": "umol/L", "mcmol/l": "umol/L",
    "mmol/l": "mmol/L", "ml/min": "mL/min", "ml/minute": "mL/min", "ml/s": "mL/s",
}  # fmt: skip


class Answers(NamedTuple):
    """One person's answers."""

    patient: Patient
    companions: tuple[Companion, ...] | None
    conditions: tuple[Condition, ...] | None
    creatinine: str | None  # serum creatinine as written, in its own unit


class Quantity(NamedTuple):
    """A number with the unit as somebody wrote it, or none."""

    value: float
    unit: str


def ask(answers: Mapping[str, Any]) -> Answers:
    """Return the checked answers.

    Args:
        answers: by field of ``Patient``, as text or number; None where nobody answered.

    Raises:
        ScenarioError: an impossible or unknown value, or two answers that contradict one another.
    """
    texts = {name: str(value) for name, value in answers.items() if value is not None}
    if {"serum_creatinine", "creatinine_clearance"} <= texts.keys():
        raise ScenarioError("--serum-creatinine: found beside --creatinine-clearance; give one of the two")
    for name in texts.keys() - {"taking", "history"}:
        if len(texts[name]) > LONGEST:
            raise ScenarioError(f"{_option(name)}: found {len(texts[name])} characters, wanted a number or a word")
    given: dict[str, Any] = {name: NUMBERS[name](texts[name]) for name in NUMBERS if name in texts}
    given |= {name: _choice(name, texts[name]) for name in CHOICES if name in texts}
    if "sex" in texts:
        given["sex"] = _sex(texts["sex"])
    taken = other_medicines.read(texts["taking"], label_rules.forbidden()) if "taking" in texts else None
    had = history.read(texts["history"], label_rules.named("history")) if "history" in texts else None
    given["taking"] = None if taken is None else tuple(companion.name for companion in taken)
    given["history"] = None if had is None else tuple(dict.fromkeys(condition.name for condition in had))
    if given.get("sex") == "male" and "yes" in (given.get("pregnant"), given.get("breast_feeding")):
        raise ScenarioError("--sex: found 'male' with a pregnancy or breast-feeding; mend one of the answers")
    return Answers(Patient(**given), taken, had, texts.get("serum_creatinine"))


def share(text: str) -> float:
    """Return a share of days from ``0.8``, ``0,8`` or ``80 %``.

    Raises:
        ScenarioError: no share above 0 and up to 1.
    """
    value = _read("adherence", text.removesuffix("%").strip(), "a share such as 0.8")
    values = value.value / 100.0 if text.strip().endswith("%") else value.value
    if value.unit or not 0.0 < values <= 1.0:
        raise ScenarioError(f"--adherence: found {text!r}, wanted a share above 0 and up to 1; write 0.8 for 80 %")
    return values


def weight(text: str) -> float:
    """Return a body weight in kg; pounds, and a bare number that may be pounds, are asked about."""
    amount = _read("weight", text, "kg, such as '75 kg'")
    if amount.unit == _POUND:
        kilograms = convert(amount.value, _POUND, "kg")
        raise ScenarioError(
            f"--weight: found {text!r}, wanted kg; if pounds are meant, write --weight '{kilograms:.1f} kg'"
        )
    value = _converted("weight", amount, text, "kg")
    above = bounds()["weight_kg"]["ask_above"]
    if not amount.unit and above < value <= bounds()["weight_kg"]["high"]:
        kilograms = convert(value, _POUND, "kg")
        raise ScenarioError(
            f"--weight: found {text!r}: kilograms or pounds? write --weight '{value:g} kg', "
            f"or '{kilograms:.1f} kg' for {value:g} pounds"
        )
    return _possible("weight", "weight_kg", value, "kg")


def age(text: str) -> float:
    """Return an age in years."""
    amount = _read("age", text, "years, such as '70'")
    return _possible("age", "age_years", _converted("age", amount, text, "year"), "years")


def urine_ph(text: str) -> float:
    """Return a measured urine pH."""
    amount = _read("urine_ph", text.lower().removeprefix("ph").strip(), "a pH, such as '6.2'")
    if amount.unit:
        raise ScenarioError(f"--urine-ph: found {text!r}, wanted a pH without a unit; write for example '6.2'")
    return _possible("urine_ph", "urine_ph", amount.value, "")


def creatinine_clearance(text: str) -> float:
    """Return a creatinine clearance in mL/min; an estimate per body surface is refused."""
    what = "mL/min, such as '41 mL/min'"
    if re.search(r"1[.,]73", text):
        raise ScenarioError(
            f"--creatinine-clearance: found {text!r}, a rate per 1.73 m2, wanted mL/min of this patient; "
            "give --serum-creatinine with --age, --weight and --sex instead"
        )
    amount = _read("creatinine_clearance", text, what)
    value = _converted("creatinine_clearance", amount, text, "mL/min")
    return _possible("creatinine_clearance", "creatinine_clearance_mL_min", value, "mL/min")


def serum_creatinine(text: str) -> float:
    """Return serum creatinine in mg/dL from a text in mg/dL or umol/L; a bare number is a question."""
    name = "serum_creatinine"
    amount = _read(name, text, "mg/dL or umol/L, such as '0.9 mg/dL' or '80 umol/L'")
    low, high = (bounds()["serum_creatinine_mg_dL"][bound] for bound in ("low", "high"))
    molar = convert(amount.value * patient_params.central().creatinine_weight, "ug/L", "mg/dL")  # umol/L g/mol is ug/L
    if not amount.unit:
        readings = {"mg/dL": amount.value, "umol/L": molar}
        possible = [f"'{amount.value:g} {unit}'" for unit, value in readings.items() if low <= value <= high]
        raise ScenarioError(
            f"--serum-creatinine: found {text!r} without a unit, wanted mg/dL or umol/L; "
            + (f"write {' or '.join(possible)}" if possible else "check the number")
        )
    if "mol" in amount.unit:
        micromolar = _converted(name, amount, text, "umol/L")
        value = convert(micromolar * patient_params.central().creatinine_weight, "ug/L", "mg/dL")
        most = convert(1.0, "mg/dL", "ug/L") / patient_params.central().creatinine_weight
        if not low <= value <= high:
            raise ScenarioError(
                f"--serum-creatinine: found {text!r}, wanted {low * most:.0f} to {high * most:.0f} umol/L; "
                "check the number and its unit"
            )
        return value
    value = _converted(name, amount, text, "mg/dL")
    if not low <= value <= high:
        hint = f"; is '{amount.value:g} umol/L' meant?" if low <= molar <= high else "; check the number and its unit"
        raise ScenarioError(f"--serum-creatinine: found {text!r}, wanted {low:g} to {high:g} mg/dL{hint}")
    return value


@cache
def bounds() -> dict[str, dict[str, float]]:
    """Return the values that can be true of a person, by name and unit."""
    return tomllib.loads((files("leao") / "plan" / "label_rules.toml").read_text("utf-8"))["bounds"]


NUMBERS = {
    "weight": weight,
    "age": age,
    "urine_ph": urine_ph,
    "creatinine_clearance": creatinine_clearance,
    "serum_creatinine": serum_creatinine,
}


def _read(name: str, text: str, wanted: str) -> Quantity:
    """Return the number and the unit of an answer; a decimal comma is a point, three digits after it are a question."""
    plain = " ".join(text.strip().lower().replace("µ", "u").replace("\u03bc", "u").split())
    match = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?)\s*([a-z%][a-z%/ ]*)?\.?", plain, re.ASCII)
    if match is None or re.search(r"\d,\d{3}$", match[1]):
        hint = "; is the comma a decimal one?" if match else ""
        raise ScenarioError(f"{_option(name)}: found {text!r}, wanted {wanted}{hint}; leave it out if unknown")
    unit = (match[2] or "").strip()
    return Quantity(float(match[1].replace(",", ".")), _UNITS.get(unit, unit))


def _converted(name: str, quantity: Quantity, text: str, unit: str) -> float:
    """Return the value in the unit wanted; a bare number stands in it."""
    if not quantity.unit:
        return quantity.value
    try:
        return parse(f"{quantity.value!r} {quantity.unit}", unit, what=_option(name))
    except ScenarioError:
        raise ScenarioError(
            f"{_option(name)}: found {text!r}, wanted {unit}; write for example '{quantity.value:g} {unit}'"
        ) from None


def _possible(name: str, bound: str, value: float, unit: str) -> float:
    low, high = bounds()[bound]["low"], bounds()[bound]["high"]
    if not low <= value <= high:
        raise ScenarioError(
            f"{_option(name)}: found {value:g} {unit}".rstrip()
            + f", wanted {low:g} to {high:g} {unit}".rstrip()
            + "; check the value, or leave it out if unknown"
        )
    return value


def _sex(text: str) -> str:
    word = text.strip().lower()
    for sex, words in SEXES.items():
        if word in words:
            return sex
    raise ScenarioError(f"--sex: found {text!r}, wanted 'female' or 'male'; leave it out if unknown")


def _choice(name: str, text: str) -> str:
    word = {"y": "yes", "n": "no", "true": "yes", "false": "no"}.get(text.strip().lower(), text.strip().lower())
    if name == "hepatic" and word in ("no", "normal"):
        word = "none"
    if word not in CHOICES[name]:
        wanted = " or ".join(f"{choice!r}" for choice in CHOICES[name])
        raise ScenarioError(f"{_option(name)}: found {text!r}, wanted {wanted}; leave it out if unknown")
    return word


def _option(name: str) -> str:
    return OPTIONS.get(name, "--" + name.replace("_", "-"))
