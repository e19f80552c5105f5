"""What is asked of a regimen's levels, in words and numbers, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.units import parse
from leao.dosing import prescription
from leao.dosing.schedule import Schedule
from leao.exposure.patient import Patient

KNOWN = ("weight", "age", "sex", "creatinine_clearance", "serum_creatinine", "urine_ph")
MOST_PEOPLE = 10_000_000
MOST_DAYS = 3650


def schedule(text: str) -> Schedule:
    """Return the steps of a written regimen.

    Raises:
        ScenarioError: it is not understood.
    """
    return prescription.parse(text)


def patient(answers: Mapping[str, Any] | None = None) -> Patient:
    """Return one patient from numbers in kg, years, mL/min and mg/dL; ``serum_creatinine`` may be a text with its unit.

    Raises:
        ScenarioError: an answer that is unknown here, or impossible.
    """
    answers = {} if answers is None else answers
    for name in answers:
        if name not in KNOWN:
            raise ScenarioError(
                f"patient: found {name!r}, wanted some of {', '.join(KNOWN)}{nearest(name, list(KNOWN))}; "
                "medicines and conditions are for leao.plan.check"
            )
    given = {name: value for name, value in answers.items() if value is not None}
    if isinstance(given.get("serum_creatinine"), str):
        given["serum_creatinine"] = parse(given["serum_creatinine"], "mg/dL", what="serum_creatinine")
    try:
        who = Patient(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(f"patient.{first['loc'][0]}: found {first['input']!r}; {first['msg'].lower()}") from None
    for name in ("weight", "age", "creatinine_clearance", "serum_creatinine", "urine_ph"):
        value = getattr(who, name)
        if value is not None and not 0.0 < value < np.inf:
            raise ScenarioError(f"patient.{name}: found {value:g}, wanted above 0; leave it out if unknown")
    return who


def daily_amounts(dose: str, days: int, n: int) -> NDArray[np.float64]:
    """Return the mg of salt of each day for ``n`` people who take ``dose`` once a day.

    Raises:
        ScenarioError: no dose, no days, no people or too many.
    """
    amount = parse(dose, "mg", what="dose")
    if not 0.0 < amount < np.inf:
        raise ScenarioError(f"dose: found {dose!r}, wanted above 0 mg")
    if not 1 <= days <= MOST_DAYS:
        raise ScenarioError(f"days: found {days}, wanted 1 to {MOST_DAYS}")
    if not 1 <= n <= MOST_PEOPLE:
        raise ScenarioError(f"n: found {n}, wanted 1 to {MOST_PEOPLE}")
    return np.full(days, amount)
