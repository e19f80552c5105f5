"""The numbers a screen shows first of a plan, each looked at: what it is, how computed, how sure, from what source.

A number is one of this patient: no verdict on the drug in general is computed from it, and there is no range to look
at.
"""

from __future__ import annotations

from typing import Any

from leao.core import bibliography
from leao.core.number_statement import BY_LEAO, entry, error_of_median, numbers_of, one_digit, result
from leao.exposure.level_forecast import DRAWS
from leao.exposure.patient_params import central
from leao.plan.contract import Plan
from leao.plan.patient_line import MEASURED
from leao.plan.regimen_check import REGIONS

NO_RANGE = "It is of this patient alone: no verdict on the drug in general is computed from it."
KNOWN, ERROR = "How well it is known", "Monte Carlo error"
FORMULA = ("gault_age", "gault_scale", "gault_female", "creatinine_weight")
ANYBODY = ("unknown_creatinine_clearance",)
LEVELS = ("exposure", "renal")
COCKCROFT = "cockcroft1976"


def of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return by its key what each number is that the plan has: ``plan.plasma_ng_per_mL`` and its like."""
    rows = {"plan.creatinine_clearance": _clearance(plan)}
    reason, source = plan["ceiling_reason"], plan["ceiling_source"]
    if reason is not None and source is not None:
        for region in REGIONS:
            rows[f"plan.ceiling_{region}"] = _ceiling(region, reason[region], source[region])
    return rows | _level(plan)


def _clearance(plan: Plan) -> dict[str, Any]:
    by, p = plan["patient"]["creatinine_clearance_by"], central()
    stated = entry("plan.creatinine_clearance", "creatinine clearance", "mL/min", 0.0) | {"value": None, "tier": ""}
    if by is None:
        said = {"source": "not answered", "where": "Enter it, or serum creatinine with age, weight and sex."}
        known = "Until it is answered, the level is drawn over the kidneys of anybody, and no ceiling is known."
        return result(stated | said, facts=[[KNOWN, known]], no_range=NO_RANGE, behind=_of_the_plan(ANYBODY))
    if by == MEASURED:
        said = {"source": "entered", "where": "As entered."}
        return result(stated | said, facts=[[KNOWN, "Taken as exact."]], no_range=NO_RANGE)
    how = (
        f"({p.gault_age:g} - age) x weight / ({p.gault_scale:g} x serum creatinine), for women x {p.gault_female:g}; "
        "in years, kg of actual body weight, and mg/dL."
    )
    said = {"source": COCKCROFT, "reference": bibliography.reference(COCKCROFT), "where": how, "tier": "derived"}
    known = "Taken as exact: the error of the formula is not drawn; a measured clearance goes before it."
    return result(stated | said, facts=[[KNOWN, known]], no_range=NO_RANGE, behind=_of_the_plan(FORMULA))


def _ceiling(region: str, reason: str, source: str) -> dict[str, Any]:
    stated = entry(f"plan.ceiling_{region}", f"ceiling of the label, {region}", "mg/day", 0.0) | {
        "value": None, "source": source, "reference": bibliography.reference(source), "where": reason, "tier": "",
    }  # fmt: skip
    return result(stated, facts=[[KNOWN, "A rule of the label and no estimate: it has no spread."]], no_range=NO_RANGE)


def _level(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return what the forecast level is; nothing where the plan is refused."""
    if plan["forecast"] is None:
        return {}
    level = plan["forecast"]["plasma_ng_per_mL"]
    error = error_of_median(level["p95"] - level["p05"], DRAWS)
    how = (
        f"Mean level at steady state under the last dose, in {DRAWS} draws of this patient: what was answered is kept, "
        "what was not is drawn."
    )
    facts = [
        [KNOWN, f"90 %: {level['p05']:.3g} to {level['p95']:.3g} ng/mL, over people and over what is not known"],
        [ERROR, f"about {one_digit(error)} ng/mL of the median, with {DRAWS} draws"],
    ]
    stated = entry("plan.plasma_ng_per_mL", "memantine in plasma", "ng/mL", 0.0) | {
        "value": None, "source": f"{BY_LEAO}: leao plan", "where": how,
    }  # fmt: skip
    behind = [row for name in LEVELS for row in numbers_of(name)]
    if plan["creatinine_clearance_mL_min"] is None:
        behind += _of_the_plan(ANYBODY)
    return {"plan.plasma_ng_per_mL": result(stated, facts=facts, no_range=NO_RANGE, behind=behind)}


def _of_the_plan(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [row for row in numbers_of("plan") if row["key"].rpartition(".")[2] in names]
