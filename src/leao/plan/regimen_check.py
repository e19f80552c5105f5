"""Check: one regimen, as entered, against the labels: refusal, ceilings, cautions, forecast.

It refuses rather than trims, shows what was not answered as unknown, and proposes nothing.
"""

from __future__ import annotations

from typing import Any

from leao.core.errors import ScenarioError
from leao.dosing.schedule import Schedule
from leao.exposure.level_forecast import forecast, relative_clearance, with_adherence
from leao.exposure.patient import Patient
from leao.exposure.patient_params import central
from leao.plan import rules

REGIONS = ("EU", "US")
ANSWERS = ("weight", "age", "sex", "creatinine_clearance", "urine_ph", "taking", "history", "hepatic")
DOSE_STEPS = 1e-9  # mg; sums of written doses carry rounding


def check(schedule: Schedule, patient: Patient, adherence: float | None = None) -> dict[str, Any]:
    """Return the plan as the contract words it, the reasons of its ceilings and adverse events beside it.

    Args:
        schedule: the regimen as entered.
        patient: the answers.
        adherence: share of days on which the doses are taken, for a second forecast; None for none.

    Raises:
        ScenarioError: an adherence that is no share.
    """
    if adherence is not None and not 0.0 < adherence <= 1.0:
        raise ScenarioError(f"--adherence: found {adherence:g}, wanted a share above 0 and up to 1; write 0.8 for 80 %")
    head = {"unknown": unknown(patient), "basis": rules.read()["basis"]}
    contra = [rule for rule in rules.read()["refusals"] if rules.holds(rule["when"], patient)]
    if contra:
        reasons = [{"level": "stop", "what": rule["what"], "source": rule["source"], "option": None} for rule in contra]
        return head | _nothing() | {"cautions": reasons, "refused": "; ".join(rule["what"] for rule in contra)}
    limit = ceilings(patient)
    refused = _over(schedule, limit)
    return head | {
        "schedule": [_step(step) for step in schedule],
        "ceiling_mg_per_day": {region: limit[region]["mg_per_day"] for region in REGIONS},
        "ceiling_reason": {region: limit[region]["what"] for region in REGIONS},
        "ceiling_source": {region: limit[region]["source"] for region in REGIONS},
        "ceiling_option": {region: limit[region].get("option") for region in REGIONS},
        "creatinine_clearance_mL_min": patient.clearance(),
        "cautions": cautions(schedule, patient),
        "forecast": None if refused else forecast(schedule, patient),
        "hypotheses": [] if refused else hypotheses(schedule, patient),
        "adherence": None if refused or adherence is None else with_adherence(schedule, patient, adherence),
        "adverse_events": dict(rules.adverse_events()),
        "refused": refused,
    }


def unknown(patient: Patient) -> list[str]:
    """Return what was not answered."""
    found = [name for name in ANSWERS if getattr(patient, name) is None]
    if patient.clearance() is not None and "creatinine_clearance" in found:
        found.remove("creatinine_clearance")
    if patient.may_be_pregnant(rules.read()["child_bearing"]["until_age"]):
        found += [name for name in ("pregnant", "breast_feeding") if getattr(patient, name) is None]
    return found


def ceilings(patient: Patient) -> dict[str, dict[str, Any]]:
    """Return for each region the lowest ceiling that is known to hold: mg_per_day (None if unknown), what, source."""
    found = {}
    for region in REGIONS:
        holding = [
            rule for rule in rules.read()["ceilings"] if rule["region"] == region and rules.holds(rule["when"], patient)
        ]
        kidneys = [rule for rule in holding if rule["when"].keys() & {"clearance_from", "clearance_below"}]
        zero = [rule for rule in holding if rule["mg_per_day"] == 0]
        known = holding if kidneys else zero
        found[region] = min(known, key=lambda rule: rule["mg_per_day"]) if known else _unknown_ceiling(patient)
    return found


def cautions(schedule: Schedule, patient: Patient) -> list[dict[str, Any]]:
    """Return every caution that holds, stop first: level, what, source, option (what would answer it, if anything)."""
    found = [
        {"level": rule["level"], "what": _sized(rule, patient), "source": rule["source"]}
        for rule in rules.read()["cautions"]
        if rules.holds(rule["when"], patient)
    ]
    found += _questions(patient) + _titration(schedule)
    found = [{"option": None} | caution for caution in found]
    return sorted(found, key=lambda caution: rules.LEVELS.index(caution["level"]))


def hypotheses(schedule: Schedule, patient: Patient) -> list[dict[str, Any]]:
    """Return the levels if a companion raises the urine pH above the one answered, or the usual one."""
    shift = central().alkaliniser_ph_shift
    named = [
        set(rule["when"]["taking"]) & set(patient.taking or ())
        for rule in rules.read()["cautions"]
        if rule.get("hypothesis") and rules.holds(rule["when"], patient)
    ]
    if not named:
        return []
    raised = forecast(schedule, patient, shift)
    return [
        {
            "what": f"{', '.join(sorted(set().union(*named)))} raises the urine pH by {shift:g}",
            "plasma_ng_per_mL": raised["plasma_ng_per_mL"],
            "free_brain_uM": raised["free_brain_uM"],
            "source": "topiramate_urine",
        }
    ]


def alkaline_rise(patient: Patient) -> float:
    """Return by how much exposure rises, as a share, if the urine pH rises by the alkalinisers' shift."""
    p = central()
    kidneys = patient.clearance()
    at = p.reference_creatinine_clearance if kidneys is None else kidneys
    ph = p.reference_ph if patient.urine_ph is None else patient.urine_ph
    return float(relative_clearance(p, at, ph) / relative_clearance(p, at, ph + p.alkaliniser_ph_shift)) - 1.0


def _nothing() -> dict[str, Any]:
    names = ("ceiling_reason", "ceiling_source", "ceiling_option", "creatinine_clearance_mL_min", "forecast")
    return dict.fromkeys(("schedule", *names)) | {
        "ceiling_mg_per_day": dict.fromkeys(REGIONS),
        "hypotheses": [],
        "adherence": None,
        "adverse_events": None,
    }


def _unknown_ceiling(patient: Patient) -> dict[str, Any]:
    kidneys = patient.clearance()
    if kidneys is None:
        what = "ceiling unknown: the renal function was not answered"
    else:
        what = f"no ceiling: neither label covers a creatinine clearance of {kidneys:.3g} mL/min"
    return {"mg_per_day": None, "what": what, "source": rules.read()["highest"]["source"]}


def _over(schedule: Schedule, limit: dict[str, dict[str, Any]]) -> str | None:
    """Return why the plan is refused, with the rule; None where nothing forbids it."""
    dose = max(step.per_day for step in schedule)
    highest = rules.read()["highest"]
    reasons = []
    for region in REGIONS:
        ceiling, what = limit[region]["mg_per_day"], limit[region]["what"]
        if ceiling is None and what.startswith("no ceiling"):
            reasons.append(f"{dose:g} mg/day: {what}")
        elif ceiling is not None and dose > ceiling + DOSE_STEPS:
            reasons.append(f"{dose:g} mg/day is over the {region} ceiling of {ceiling:g} mg/day ({what})")
    if not reasons and dose > highest["mg_per_day"] + DOSE_STEPS:
        reasons.append(f"{dose:g} mg/day is over {highest['what']}")
    return "; ".join(dict.fromkeys(reasons)) or None


def _step(step: Any) -> dict[str, Any]:
    intakes = [amount for amount in step.intakes if amount > 0]
    return {
        "from_day": step.from_day,
        "dose_mg": step.per_day / step.times if step.times else 0.0,
        "times_per_day": step.times,
        "intakes_mg": intakes,
        "mg_per_day": step.per_day,
    }


def _sized(rule: dict[str, Any], patient: Patient) -> str:
    """Return the text of a caution, with the predicted size of a hypothesis."""
    if not rule.get("hypothesis"):
        named = sorted(set(rule["when"].get("taking", ())) & set(patient.taking or ()))
        return f"{', '.join(named)}: {rule['what']}" if named else rule["what"]
    named = ", ".join(sorted(set(rule["when"]["taking"]) & set(patient.taking or ())))
    shift, rise = central().alkaliniser_ph_shift, 100 * alkaline_rise(patient)
    return f"{named}: {rule['what']}; predicted, if the urine pH rises by {shift:g}: exposure {rise:.0f} % higher"


def _questions(patient: Patient) -> list[dict[str, Any]]:
    open_questions = unknown(patient)
    return [
        {"level": rule["level"], "what": rule["what"], "source": rule["source"], "option": rule["option"]}
        for rule in rules.read()["questions"]
        if rule["answer"] in open_questions
    ]


def _titration(schedule: Schedule) -> list[dict[str, Any]]:
    """Return notes on a start or a rise that is steeper than the labelled titration."""
    label = rules.read()["titration"]
    first = next(step for step in schedule if step.per_day)
    found = []
    if first.per_day > label["step_mg"]:
        found.append(("note", label["skipped"].format(start=first.per_day), label["source"]))
    for before, after in zip(schedule[:-1], schedule[1:], strict=True):
        rise, days = after.per_day - before.per_day, after.from_day - before.from_day
        if before.per_day and (rise > label["step_mg"] or (rise > 0 and days < label["days"])):
            text = label["faster"].format(day=after.from_day, before=before.per_day, after=after.per_day)
            found.append(("note", text, label["source"]))
    if any(step.times == 1 and step.per_day > label["step_mg"] for step in schedule):
        found.append(("note", label["divided"], label["us_source"]))
    return [{"level": level, "what": what, "source": source} for level, what, source in found]


# what a run says of its schedule, in the same words
titration, written = _titration, _step
