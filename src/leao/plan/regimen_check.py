"""Check: one regimen, as entered, against the labels: refusal, ceilings, cautions, open questions, forecast.

It refuses rather than trims, shows what was not answered as unknown, and proposes nothing. A medicine or a word of the
history that no rule names leaves the other answers standing and is named as not checked.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from leao.dosing.schedule import INTAKES, Schedule, Step
from leao.exposure import clearance
from leao.exposure.level_forecast import forecast, with_adherence
from leao.exposure.patient import Patient
from leao.exposure.patient_params import central
from leao.plan import label_rules
from leao.plan.patient_answers import Answers
from leao.plan.patient_line import clearance_shown, described, named

REGIONS = ("EU", "US")
ANSWERS = ("weight", "age", "sex", "creatinine_clearance", "urine_ph", "taking", "history", "hepatic")
DOSE_STEPS = 1e-9  # mg; sums of written doses carry rounding
NO_RULE = "no rule of either label names it; a study together with memantine was not looked for"
NOT_KNOWN = "not known here; look it up elsewhere"


def check(schedule: Schedule, answers: Answers, adherence: float | None = None) -> dict[str, Any]:
    """Return the plan as the contract words it, the reasons of its ceilings and adverse events beside it.

    Args:
        schedule: the regimen as entered.
        answers: one person's answers.
        adherence: share of days on which the doses are taken, for a second forecast; None for none.
    """
    patient = answers.patient
    contra = [rule for rule in label_rules.read()["refusals"] if label_rules.holds(rule["when"], patient)]
    if contra:
        return refusal(answers, [(rule["what"], rule["source"]) for rule in contra])
    limit = ceilings(patient)
    refused = _over(schedule, limit)
    rows = cautions(schedule, answers)
    return _head(answers) | {
        "schedule": [written(step) for step in schedule],
        "ceiling_mg_per_day": {region: limit[region]["mg_per_day"] for region in REGIONS},
        "ceiling_reason": {region: limit[region]["what"] for region in REGIONS},
        "ceiling_source": {region: limit[region]["source"] for region in REGIONS},
        "ceiling_option": {region: limit[region].get("option") for region in REGIONS},
        "creatinine_clearance_mL_min": patient.clearance(),
        "cautions": rows,
        "ask_first": ask_first(schedule, patient),
        "forecast": None if refused else forecast(schedule, patient),
        "hypotheses": [] if refused else hypotheses(schedule, patient),
        "adherence": None if refused or adherence is None else with_adherence(schedule, patient, adherence),
        "adverse_events": dict(label_rules.adverse_events()),
        "refused": refused,
    }


def refusal(answers: Answers, reasons: list[tuple[str, str]]) -> dict[str, Any]:
    """Return a plan without schedule and forecast, for reasons with their sources."""
    names = (
        "schedule",
        "ceiling_reason",
        "ceiling_source",
        "ceiling_option",
        "forecast",
        "adherence",
        "adverse_events",
    )
    return (
        _head(answers)
        | dict.fromkeys(names)
        | {
            "creatinine_clearance_mL_min": answers.patient.clearance(),
            "ceiling_mg_per_day": dict.fromkeys(REGIONS),
            "hypotheses": [],
            "ask_first": [],
            "cautions": [_row("stop", what, source) for what, source in reasons] + _forbidden(answers.patient),
            "refused": "; ".join(what for what, _ in reasons),
        }
    )


def _forbidden(patient: Patient) -> list[dict[str, Any]]:
    """Return the rows of what must not be done."""
    return [
        _row("stop", _sized(rule, patient), rule["source"])
        for rule in label_rules.holding("cautions", patient)
        if rule["level"] == "stop"
    ]


def unknown(patient: Patient) -> list[str]:
    """Return what was not answered."""
    open_answers = [name for name in ANSWERS if getattr(patient, name) is None]
    if patient.clearance() is not None and "creatinine_clearance" in open_answers:
        open_answers.remove("creatinine_clearance")
    if patient.may_be_pregnant(label_rules.read()["child_bearing"]["until_age"]):
        open_answers += [name for name in ("pregnant", "breast_feeding") if getattr(patient, name) is None]
    return open_answers


def not_in_rules(answers: Answers) -> list[str]:
    """Return the medicines and the words of the history that no rule names, as they were written."""
    return [name for name, _ in _unruled(answers)]


def ceilings(patient: Patient) -> dict[str, dict[str, Any]]:
    """Return for each region the lowest ceiling that is known to hold: mg_per_day (None if unknown), what, source."""
    limits = {}
    for region in REGIONS:
        holding = [rule for rule in label_rules.holding("ceilings", patient) if rule["region"] == region]
        kidneys = [rule for rule in holding if rule["when"].keys() & {"clearance_from", "clearance_below"}]
        zero = [rule for rule in holding if rule["mg_per_day"] == 0]
        known = holding if kidneys else zero
        limits[region] = min(known, key=lambda rule: rule["mg_per_day"]) if known else _unknown_ceiling(patient)
    return limits


def cautions(schedule: Schedule, answers: Answers) -> list[dict[str, Any]]:
    """Return every caution that holds, stop first: level, what, source, option, patient (is it their advice)."""
    patient = answers.patient
    rows = [
        _row(rule["level"], _sized(rule, patient), rule["source"], patient=rule.get("patient", False))
        for rule in label_rules.read()["cautions"]
        if label_rules.holds(rule["when"], patient)
    ]
    rows += [_row("caution", rule["what"], rule["source"], option=rule["option"]) for rule in _questions(patient)]
    rows += titration(schedule) + _without_rule(answers)
    return sorted(rows, key=lambda row: label_rules.LEVELS.index(row["level"]))


def ask_first(schedule: Schedule, patient: Patient) -> list[str]:
    """Return the open questions, in the order of the rules: what was not answered, and what an answer opens."""
    asked = [_sentence(rule["what"]) for rule in _questions(patient)]
    asked += [
        rule["ask"].format(named=", ".join(label_rules.medicines_of(rule["when"], patient)))
        for rule in label_rules.holding("cautions", patient)
        if "ask" in rule
    ]
    released = label_rules.read()["extended_release"]
    intakes = chain.from_iterable(step.intakes for step in schedule)
    doses = sorted({amount for amount in intakes if amount in released["strengths_mg"]})
    return asked + [released["ask"].format(dose=dose) for dose in doses]


def hypotheses(schedule: Schedule, patient: Patient) -> list[dict[str, Any]]:
    """Return the levels if a companion raises the urine pH above the one answered, or the usual one."""
    shift = central().alkaliniser_ph_shift
    raising: list[str] = []
    for rule in label_rules.holding("cautions", patient):
        if rule.get("hypothesis"):
            raising += label_rules.medicines_of(rule["when"], patient)
    if not raising:
        return []
    raised = forecast(schedule, patient, shift)
    return [
        {
            "what": f"{', '.join(sorted(set(raising)))} raises the urine pH by {shift:g}",
            "plasma_ng_per_mL": raised["plasma_ng_per_mL"],
            "free_brain_uM": raised["free_brain_uM"],
            "source": "topiramate_urine",
        }
    ]


def alkaline_rise(patient: Patient) -> float:
    """Return by how much exposure rises, as a share, if the urine pH rises by the alkalinisers' shift."""
    p, shift, kidneys = clearance.central(), central().alkaliniser_ph_shift, patient.clearance()
    at = p.reference_creatinine_clearance if kidneys is None else kidneys
    ph = p.reference_ph if patient.urine_ph is None else patient.urine_ph
    return float(clearance.relative(p, at, ph) / clearance.relative(p, at, ph + shift)) - 1.0


def titration(schedule: Schedule) -> list[dict[str, Any]]:
    """Return notes on a start, a rise or an interval that is not the labelled one."""
    label = label_rules.read()["titration"]
    first = next(step for step in schedule if step.per_day)
    notes = []
    if first.per_day > label["step_mg"]:
        notes.append((label["skipped"].format(start=first.per_day), label["source"]))
    for before, after in zip(schedule[:-1], schedule[1:], strict=True):
        rise, days = after.per_day - before.per_day, after.from_day - before.from_day
        if before.per_day and (rise > label["step_mg"] or (rise > 0 and days < label["days"])):
            text = label["faster"].format(day=after.from_day, before=before.per_day, after=after.per_day)
            notes.append((text, label["source"]))
    if any(step.times == 1 and step.per_day > label["step_mg"] for step in schedule):
        notes.append((label["divided"], label["us_source"]))
    if any(step.per_day and step.every > 1 for step in schedule):
        notes.append((label["interval"], label["source"]))
    return [_row("note", what, source) for what, source in notes]


def written(step: Step) -> dict[str, Any]:
    """Return a step of the schedule as the contract words it."""
    return {
        "from_day": step.from_day,
        "dose_mg": step.per_day / step.times if step.times else 0.0,
        "times_per_day": step.times,
        "intakes_mg": [amount for amount in step.intakes if amount > 0],
        "morning_mg": step.intakes[0],
        "evening_mg": sum(step.intakes[1:]) if len(step.intakes) == INTAKES else sum(step.intakes[2:]),
        "every_days": step.every,
        "mg_per_day": step.per_day,
    }


def _head(answers: Answers) -> dict[str, Any]:
    return {
        "patient": described(answers),
        "unknown": unknown(answers.patient),
        "not_in_rules": not_in_rules(answers),
        "basis": label_rules.read()["basis"],
    }


def _row(level: str, what: str, source: str, *, option: str | None = None, patient: bool = False) -> dict[str, Any]:
    return {"level": level, "what": what, "source": source, "option": option, "patient": patient}


def _unknown_ceiling(patient: Patient) -> dict[str, Any]:
    kidneys = patient.clearance()
    if kidneys is None:
        what = "ceiling unknown: the renal function was not answered"
    else:
        what = f"no ceiling: neither label covers a creatinine clearance of {clearance_shown(kidneys)} mL/min"
    return {"mg_per_day": None, "what": what, "source": label_rules.read()["highest"]["source"]}


def _over(schedule: Schedule, limit: dict[str, dict[str, Any]]) -> str | None:
    """Return why the plan is refused, with the rule; None where nothing forbids it."""
    dose = max(step.per_day for step in schedule)
    highest = label_rules.read()["highest"]
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


def _sized(rule: dict[str, Any], patient: Patient) -> str:
    """Return the text of a caution, with the medicines it names and the predicted size of a hypothesis."""
    names = ", ".join(label_rules.medicines_of(rule["when"], patient))
    what = f"{names}: {rule['what']}" if names else str(rule["what"])
    if not rule.get("hypothesis"):
        return what
    shift, rise = central().alkaliniser_ph_shift, 100 * alkaline_rise(patient)
    return f"{what}; predicted, if the urine pH rises by {shift:g}: exposure {rise:.0f} % higher"


def _questions(patient: Patient) -> list[dict[str, Any]]:
    """Return the questions that stand open: unanswered, or opened by an answer."""
    open_answers = unknown(patient)
    return [
        rule
        for rule in label_rules.read()["questions"]
        if rule.get("answer") in open_answers or ("when" in rule and _opened(rule, patient))
    ]


def _opened(rule: dict[str, Any], patient: Patient) -> bool:
    """Return whether an answer opens the question of a rule, and another has not closed it."""
    return label_rules.holds(rule["when"], patient) and getattr(patient, rule.get("unless", ""), None) is None


def _without_rule(answers: Answers) -> list[dict[str, Any]]:
    """Return a line for each name without a rule: a note for a known one, else a caution."""
    source = label_rules.read()["highest"]["source"]
    return [
        _row("note" if known else "caution", f"not checked: {name}: {NO_RULE if known else NOT_KNOWN}", source)
        for name, known in _unruled(answers)
    ]


def _unruled(answers: Answers) -> list[tuple[str, bool]]:
    """Return the medicines and the words of the history that no rule names, each with whether it is known."""
    medicines, history = label_rules.named("taking"), label_rules.named("history")
    taken = [item for item in answers.companions or () if not item.keys & medicines]
    had = [item for item in answers.conditions or () if item.name not in history]
    return [(named(item), item.medicine is not None) for item in taken] + [
        (f"history: {item.written}", item.known) for item in had
    ]


def _sentence(what: str) -> str:
    return what[0].upper() + what[1:]
