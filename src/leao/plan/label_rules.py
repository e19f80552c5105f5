"""Rules: the labels' limits and cautions as data, and when one of them holds for a patient.

Data: ``label_rules.toml``. A condition on a question that was not answered does not hold: unknown is never normal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from leao.core.errors import LedgerError
from leao.diary.labels import labels
from leao.dosing import medicines
from leao.exposure.patient import Patient
from leao.plan import history, other_medicines

CONDITIONS = {
    "history",
    "taking",
    "pregnant",
    "breast_feeding",
    "hepatic",
    "tolerated",
    "may_be_pregnant",
    "age_below",
    "clearance_from",
    "clearance_below",
    "urine_ph_from",
}
LEVELS = ("stop", "caution", "note")  # do not, ask first, advice
TABLES = ("refusals", "ceilings", "cautions", "questions")


@cache
def read() -> Mapping[str, Any]:
    """Return the checked rules.

    Raises:
        LedgerError: a rule without text or source, with a condition that does not exist or a name that nobody can say.
    """
    table = tomllib.loads((files("leao") / "plan" / "label_rules.toml").read_text("utf-8"))
    for kind in TABLES:
        for place, rule in enumerate(table[kind], start=1):
            lacking = {"what", "source"} - rule.keys()
            unknown = rule.get("when", {}).keys() - CONDITIONS
            nameless = _nameless(rule.get("when", {}))
            if lacking or unknown or nameless or rule.get("level", LEVELS[0]) not in LEVELS:
                text = ", ".join(sorted(lacking | unknown | nameless)) or rule["level"]
                raise LedgerError(f"label_rules.toml, {kind} {place}: {text}; wanted what, source and known conditions")
    return table


@cache
def adverse_events() -> Mapping[str, Any]:
    """Return the labelled rates against placebo, and the effects known without a rate."""
    return labels()


@cache
def forbidden() -> frozenset[str]:
    """Return the keys of the medicines that must not be taken together with memantine."""
    stops = [rule["when"] for rule in read()["cautions"] if rule["level"] == "stop"]
    return frozenset[str]().union(*(when.get("taking", ()) for when in stops))


@cache
def named(condition: str) -> frozenset[str]:
    """Return every name that some rule asks for: of ``taking`` or of ``history``."""
    rules = chain.from_iterable(read()[kind] for kind in TABLES)
    return frozenset[str]().union(*(rule.get("when", {}).get(condition, ()) for rule in rules))


def holding(table: str, patient: Patient) -> list[dict[str, Any]]:
    """Return the rules of a table that are known to hold for the patient."""
    return [rule for rule in read()[table] if holds(rule["when"], patient)]


def holds(when: Mapping[str, Any], patient: Patient) -> bool:
    """Return whether every condition of ``when`` is known to be true of the patient."""
    return all(_true(name, wanted, patient) for name, wanted in when.items())


def medicines_of(when: Mapping[str, Any], patient: Patient) -> list[str]:
    """Return the patient's medicines that a rule names, in the order entered."""
    wanted = frozenset(when.get("taking", ()))
    return [name for name, keys in other_medicines.keys_of(patient.taking).items() if keys & wanted]


def _true(name: str, wanted: Any, patient: Patient) -> bool:
    if name == "taking":
        return bool(medicines_of({"taking": wanted}, patient))
    if name == "history":
        return bool(set(wanted) & set(patient.history or ()))
    if name == "may_be_pregnant":
        return patient.may_be_pregnant(read()["child_bearing"]["until_age"]) is wanted
    quantity, _, bound = name.rpartition("_")
    if bound not in ("below", "from"):
        return bool(getattr(patient, name) == wanted)
    entry = {"age": patient.age, "urine_ph": patient.urine_ph, "clearance": patient.clearance()}[quantity]
    if entry is None:
        return False
    return bool(entry < wanted if bound == "below" else entry >= wanted)


@cache
def _medicine_keys() -> frozenset[str]:
    return frozenset[str]().union(*(medicine.keys for medicine in medicines.table().values()))


def _nameless(when: Mapping[str, Any]) -> set[str]:
    """Return the names of a condition that neither the table of medicines nor the words of a history hold."""
    return (set(when.get("taking", ())) - _medicine_keys()) | (set(when.get("history", ())) - history.table().keys())
