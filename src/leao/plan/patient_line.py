"""The patient line: who the plan is for, as entered, and what was computed from it, in one sentence and as data.

"Man, 70, 75 kg; creatinine 1.8 mg/dL = clearance 41 mL/min, Cockcroft-Gault; takes amantadine; history not asked".
"""

from __future__ import annotations

from typing import Any

from leao.dosing.medicines import plain
from leao.exposure.patient import Patient
from leao.plan import label_rules
from leao.plan.other_medicines import Companion
from leao.plan.patient_answers import Answers

MEASURED, COMPUTED = "entered", "Cockcroft-Gault, actual body weight"


def described(answers: Answers) -> dict[str, Any]:
    """Return the patient as entered and computed, the sentence under ``line``; what was not asked is None."""
    patient = answers.patient
    clearance = patient.clearance()
    by = None if clearance is None else MEASURED if patient.creatinine_clearance is not None else COMPUTED
    return {
        "line": line(answers),
        "weight_kg": patient.weight,
        "age_years": patient.age,
        "sex": patient.sex,
        "serum_creatinine": answers.creatinine,
        "serum_creatinine_mg_dL": patient.serum_creatinine,
        "creatinine_clearance_mL_min": clearance,
        "creatinine_clearance_by": by,
        "urine_ph": patient.urine_ph,
        "hepatic": patient.hepatic,
        "pregnant": patient.pregnant,
        "breast_feeding": patient.breast_feeding,
        "tolerated_10mg": patient.tolerated,
        "taking": None if answers.companions is None else [_medicine(companion) for companion in answers.companions],
        "history": None
        if answers.conditions is None
        else [{"written": had.written, "name": had.name, "known": had.known} for had in answers.conditions],
    }


def line(answers: Answers) -> str:
    """Return the patient in one sentence."""
    parts = [_person(answers), _kidneys(answers), *_asides(answers.patient)]
    if answers.companions is None:
        parts.append("other medicines not asked")
    elif answers.companions:
        parts.append("takes " + ", ".join(named(companion) for companion in answers.companions))
    else:
        parts.append("takes no other medicine")
    if answers.conditions is None:
        parts.append("history not asked")
    else:
        had = ", ".join(condition.written for condition in answers.conditions)
        parts.append(f"history: {had or 'nothing of the kind'}")
    return "; ".join(parts)


def named(companion: Companion) -> str:
    """Return a medicine as written, with the substance where that is another word."""
    if companion.medicine is None or plain(companion.written).startswith(companion.name):
        return companion.written
    if companion.within:
        return f"{companion.written!r}, read as {companion.name}"
    return f"{companion.written} ({companion.name})"


def clearance_shown(value: float) -> str:
    """Return a clearance with as few decimals as keep it on its side of every limit of the rules."""
    rules = label_rules.read()
    limits: set[float] = set()
    for rule in (*rules["ceilings"], *rules["cautions"]):
        limits |= {rule["when"][key] for key in rule["when"].keys() & {"clearance_from", "clearance_below"}}
    for decimals in range(4):
        if all((round(value, decimals) >= limit) == (value >= limit) for limit in limits):
            return f"{value:.{decimals}f}"
    return f"{value:g}"


def _person(answers: Answers) -> str:
    patient = answers.patient
    sex = {"female": "Woman", "male": "Man", None: "Sex not asked"}[patient.sex]
    age = "age not asked" if patient.age is None else f"{patient.age:g}"
    weight = "weight not asked" if patient.weight is None else f"{patient.weight:.3g} kg"
    return f"{sex}, {age}, {weight}"


def _kidneys(answers: Answers) -> str:
    patient, clearance = answers.patient, answers.patient.clearance()
    if patient.creatinine_clearance is not None:
        return f"creatinine clearance {clearance_shown(patient.creatinine_clearance)} mL/min as entered"
    if patient.serum_creatinine is None:
        return "kidneys not asked"
    written = answers.creatinine or f"{patient.serum_creatinine:.3g} mg/dL"
    if clearance is not None:
        return f"creatinine {written} = clearance {clearance_shown(clearance)} mL/min, Cockcroft-Gault"
    lacking = [name for name in ("age", "weight", "sex") if getattr(patient, name) is None]
    return f"creatinine {written}, clearance not computed without {' and '.join(lacking)}"


def _asides(patient: Patient) -> list[str]:
    """Return pregnancy, breast-feeding, liver, urine pH and what 10 mg did, where they say something."""
    asides = []
    if patient.may_be_pregnant(label_rules.read()["child_bearing"]["until_age"]) or patient.pregnant == "yes":
        words = {"yes": "pregnant", "no": "not pregnant", None: "pregnancy not asked"}
        asides.append(words[patient.pregnant])
    if patient.breast_feeding == "yes":
        asides.append("breast-feeding")
    if patient.hepatic not in (None, "none"):
        asides.append(f"liver: {patient.hepatic} impairment")
    if patient.urine_ph is not None:
        asides.append(f"urine pH {patient.urine_ph:g}")
    if patient.tolerated == "yes":
        asides.append("10 mg/day tolerated")
    return asides


def _medicine(companion: Companion) -> dict[str, Any]:
    return {
        "written": companion.written,
        "name": companion.name,
        "known": companion.medicine is not None,
        "group": None if companion.medicine is None else companion.medicine.what,
        "in_rules": bool(companion.keys & label_rules.named("taking")),
    }
