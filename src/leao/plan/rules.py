"""Rules: the labels' limits and cautions as data, and when one of them holds for a patient.

Data: ``rules.toml``. A condition on a question that was not answered does not hold: unknown is never normal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from leao.core.errors import LedgerError
from leao.diary.labels import labels
from leao.exposure.patient import Patient

CONDITIONS = {
    "history",
    "taking",
    "pregnant",
    "breast_feeding",
    "hepatic",
    "tolerated",
    "age_below",
    "clearance_from",
    "clearance_below",
    "urine_ph_from",
}
LEVELS = ("stop", "caution", "note")


@cache
def read() -> Mapping[str, Any]:
    """Return the checked rules.

    Raises:
        LedgerError: a rule without text or source, or with a condition that does not exist.
    """
    table = tomllib.loads((files("leao") / "plan" / "rules.toml").read_text("utf-8"))
    for kind in ("refusals", "ceilings", "cautions", "questions"):
        for place, rule in enumerate(table[kind], start=1):
            lacking = {"what", "source"} - rule.keys()
            unknown = rule.get("when", {}).keys() - CONDITIONS
            if lacking or unknown or rule.get("level", LEVELS[0]) not in LEVELS:
                found = ", ".join(sorted(lacking | unknown)) or rule["level"]
                raise LedgerError(f"rules.toml, {kind} {place}: {found}; wanted what, source and known conditions")
    return table


@cache
def adverse_events() -> Mapping[str, Any]:
    """Return the labelled rates against placebo, and the effects known without a rate."""
    return labels()


def known_history() -> dict[str, str]:
    """Return the names that ``--history`` knows, with their meaning."""
    return dict(read()["history"])


def known_companions() -> list[str]:
    """Return the medicines that have a rule, sorted."""
    named = {name for rule in read()["cautions"] for name in rule["when"].get("taking", [])}
    return sorted(named | {"none"})


def holds(when: Mapping[str, Any], patient: Patient) -> bool:
    """Return whether every condition of ``when`` is known to be true of the patient."""
    return all(_true(name, wanted, patient) for name, wanted in when.items())


def _true(name: str, wanted: Any, patient: Patient) -> bool:
    if name in ("history", "taking"):
        return bool(set(wanted) & set(getattr(patient, name) or ()))
    quantity, _, bound = name.rpartition("_")
    if bound not in ("below", "from"):
        return getattr(patient, name) == wanted
    found = {"age": patient.age, "urine_ph": patient.urine_ph, "clearance": patient.clearance()}[quantity]
    if found is None:
        return False
    return found < wanted if bound == "below" else found >= wanted
