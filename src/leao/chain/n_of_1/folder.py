"""The folder of an N-of-1 trial: what was planned, the sealed allocation, the looks made.

The allocation lies in a text file for the pharmacist. It is sealed by its SHA-256 in the plan, not encrypted: who opens
it is unblinded, who changes it is found out. A random salt in it keeps the order from being guessed by the sum. The
plan and each look carry their own SHA-256: a number in them that was changed would change the answer without a word.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from leao.chain.n_of_1.calendar import Calendar, orders
from leao.core import files
from leao.core.errors import ScenarioError
from leao.dosing import prescription, schedule

PLAN, SEALED, CLOSED = "trial.json", "for-the-pharmacist.sealed.txt", "closed.json"
CALENDAR, DIARY, PAGE = "calendar.ics", "diary.csv", "closing.html"
FORMAT = "leao n-of-1 2"
SUM = "sha256"  # of the rest of a kept object
_SALT = 16  # bytes
_KEYS = {
    "format", "begin", "cycles", "period_days", "window_days", "outcome", "dose", "drug", "alpha_one_sided",
    "seal_sha256", "cautions",
}  # fmt: skip


class Drawn(NamedTuple):
    """An order, and what keeps it secret."""

    order: tuple[int, ...]  # 0 placebo, 1 drug, a box
    salt: str


class Trial(NamedTuple):
    """A trial that was started."""

    folder: Path
    plan: dict[str, Any]
    calendar: Calendar
    order: tuple[int, ...]
    looks: list[dict[str, Any]]
    closed: bool


def drawn(calendar: Calendar, seed: int | None) -> Drawn:
    """Return a random order: from the system's own source, or a seed's, for rehearsals."""
    if seed is None:
        source = np.random.default_rng(np.frombuffer(os.urandom(32), np.uint32).tolist())
        salt = os.urandom(_SALT).hex()
    else:
        source = np.random.default_rng([seed, 20])
        salt = source.bytes(_SALT).hex()
    choices = orders(calendar)
    return Drawn(choices[int(source.integers(len(choices)))], salt)


def sealed(calendar: Calendar, drug: str, dose: str, lot: Drawn) -> str:
    """Return the pharmacist's text."""
    steps = schedule.words(prescription.parse(dose))
    lines = [
        "SEALED. For the pharmacist: who opens this knows what the patient takes, and the trial is no longer blind.",
        f"N-of-1 trial of {drug}, from {calendar.begin} to {calendar.last}; capsules of placebo must look alike.",
        f"The drug, as the prescriber entered it, counted from the first day of a box: {steps}.",
        "",
    ]
    for number, ((first, _, last), treatment) in enumerate(zip(calendar.boxes, lot.order, strict=True), start=1):
        content = f"{drug}: {steps}" if treatment else "placebo, as many capsules at the same hours"
        lines.append(f"box {number}, {first} to {last}: {content}")
    lines += ["", f"order: {' '.join('AB'[treatment] for treatment in lot.order)}", f"salt: {lot.salt}"]
    return "\n".join(lines) + "\n"


def digest(text: str) -> str:
    """Return the seal of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def opened(folder: Path, allocation: Path | None) -> Trial:
    """Return a trial that was started, its seal checked.

    Raises:
        ScenarioError: no such trial, a plan that was changed by hand, or a seal that does not fit.
    """
    path = folder / PLAN
    plan = _json(path, f"{folder}: no N-of-1 trial; start it by leao trial n-of-1 start {folder}")
    if plan.get("format") != FORMAT or not plan.keys() >= _KEYS:
        raise ScenarioError(f"{path}: found no plan of 'leao trial n-of-1 start', wanted it unchanged")
    _unchanged(path, plan)
    calendar = Calendar(date.fromisoformat(plan["begin"]), plan["cycles"], plan["period_days"], plan["window_days"])
    path = allocation or folder / SEALED
    if not path.is_file():
        raise ScenarioError(f"{path}: the sealed allocation is not there; write --allocation FILE with its place")
    text = files.read_text(path).replace("\r\n", "\n")
    if digest(text) != plan["seal_sha256"]:
        raise ScenarioError(
            f"{path}: its seal is not that of {folder / PLAN}; wanted the allocation of this trial unchanged"
        )
    return Trial(folder, plan, calendar, _order(path, text, calendar), _looks(folder), (folder / CLOSED).is_file())


def _order(path: Path, text: str, calendar: Calendar) -> tuple[int, ...]:
    line = next((line for line in text.splitlines() if line.startswith("order: ")), "")
    order = tuple("AB".find(letter) for letter in line.removeprefix("order: ").split())
    if order not in orders(calendar):
        raise ScenarioError(f"{path}: found no order of the boxes, wanted the allocation as it was written")
    return order


def _looks(folder: Path) -> list[dict[str, Any]]:
    looks: list[dict[str, Any]] = []
    while (path := folder / f"look-{len(looks) + 1}.json").is_file():
        looks.append(_unchanged(path, _json(path, f"{path}: gone")))
    return looks


def _json(path: Path, remedy: str) -> dict[str, Any]:
    if not path.is_file():
        raise ScenarioError(remedy)
    try:
        value = json.loads(files.read_text(path))
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}: line {error.lineno} is no JSON; wanted the file as it was written") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists
        raise ScenarioError(f"{path}: no JSON of leao; wanted the file as it was written") from None
    if not isinstance(value, dict):
        raise ScenarioError(f"{path}: found no JSON object, wanted the file as it was written")
    return value


def _unchanged(path: Path, value: dict[str, Any]) -> dict[str, Any]:
    """Return what was kept, if its checksum is that of the rest."""
    if value.get(SUM) != _sum(value):
        raise ScenarioError(f"{path}: it was changed since it was written; wanted the file as it was written")
    return value


def _sum(value: dict[str, Any]) -> str:
    rest = {key: each for key, each in value.items() if key != SUM}
    return digest(json.dumps(rest, sort_keys=True, ensure_ascii=True))


def write(folder: Path, texts: Sequence[tuple[str, str]]) -> list[str]:
    """Write files for their owner alone and return their paths."""
    return [str(files.write_bytes(folder / name, text.encode(), files.PRIVATE)) for name, text in texts]


def as_text(value: dict[str, Any]) -> str:
    """Return JSON as it is kept, with its checksum."""
    return json.dumps(value | {SUM: _sum(value)}, indent=1, ensure_ascii=False) + "\n"
