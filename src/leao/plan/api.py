"""The call of ``leao.plan``: a regimen that somebody has in mind, checked for one patient. It never proposes one.

Arguments and answers bear the names of the options of ``leao plan``; the summary is what it prints with ``--json``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.result import Result
from leao.dosing import prescription
from leao.dosing.dose_words import OtherProduct
from leao.dosing.schedule import preset as named
from leao.plan import patient_answers, regimen_check

if TYPE_CHECKING:
    import polars as pl

    from leao.plan.contract import Plan


class PatientAnswers(TypedDict, total=False):
    """What is known of the patient, as text with its unit or as a number; what is left out is unknown, never normal."""

    weight: str | float | None
    age: str | float | None
    sex: str | None
    creatinine_clearance: str | float | None
    serum_creatinine: str | None
    urine_ph: str | float | None
    taking: str | None
    pregnant: str | None
    breast_feeding: str | None
    hepatic: str | None
    history: str | None
    tolerated_10mg: str | None


def check(
    dose: str | None = None,
    patient: PatientAnswers | None = None,
    preset: str | None = None,
    adherence: str | float | None = None,
) -> Result[Plan]:
    """Check a regimen that you enter against the EU and US labels, and forecast its levels.

    Args:
        dose: the regimen as you write it, ``"5 mg daily for 1 week, then 10 mg daily"``.
        patient: weight (kg), age, sex, creatinine_clearance (mL/min), serum_creatinine with its unit, urine_ph, taking
            (other medicines, or none), pregnant, breast_feeding, hepatic, history, tolerated_10mg.
        preset: a named regimen instead of ``dose``.
        adherence: share of days taken, for a second forecast with missed days in streaks.

    Raises:
        ScenarioError: a regimen or an answer that is not understood.
    """
    given: dict[str, Any] = {} if patient is None else dict(patient)
    known = list(PatientAnswers.__annotations__)
    for name in given:
        if name not in known:
            raise ScenarioError(f"patient: found {name!r}, wanted some of {', '.join(known)}{nearest(name, known)}")
    given["tolerated"] = given.pop("tolerated_10mg", None)
    share = None if adherence is None else patient_answers.share(str(adherence))
    answer: Any = _checked(dose, preset, patient_answers.ask(given), share)
    return Result("plan", answer, lambda: _days(answer))


def _checked(
    dose: str | None, preset: str | None, known: patient_answers.Answers, share: float | None
) -> dict[str, Any]:
    """Return the checked plan; the extended-release product is answered as another product, not as bad input."""
    try:
        schedule, entered = _schedule(dose, preset)
    except OtherProduct as product:
        reason = (str(product).removeprefix("dose: "), "namenda_xr_label")
        return {"asked": str(dose), "preset": None} | regimen_check.refusal(known, [reason])
    return entered | regimen_check.check(schedule, known, share)


def _schedule(dose: str | None, preset: str | None) -> tuple[Any, dict[str, Any]]:
    if (dose is None) == (preset is None):
        text = "no dose" if dose is None else "both --dose and --preset"
        raise ScenarioError(
            f"plan: found {text}, wanted the regimen you have in mind, by --dose or --preset; "
            "write for example --dose '10 mg daily'"
        )
    if dose is not None:
        return prescription.parse(dose), {"asked": " ".join(dose.split()), "preset": None}
    chosen = named(str(preset))
    return prescription.parse(chosen.dose), {"asked": chosen.dose, "preset": chosen._asdict()}


def _days(answer: Plan) -> pl.DataFrame | None:
    """Return the forecast as a row per day; None where nothing was forecast."""
    import polars as pl

    if answer["forecast"] is None:
        return None
    levels = answer["forecast"]["days"]["plasma_ng_per_mL"]
    return pl.DataFrame({"day": list(range(1, len(levels["median"]) + 1)), **levels})
