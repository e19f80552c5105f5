"""Writes the eight made-up diaries of the shelf to teach with: src/leao/app/cases/*.csv.

    python -m validation.teaching_cases

Every diary is one simulated person of ``leao.diary.simulate`` (frame ``clinic``), seed 19. What was put in is written
here and in cases.toml, and nothing else: a factor on the hazard of attacks by stretch of days, or none; where a person
was chosen for how their diary looks, the rule is here. Rows are left out, medicines written, as the case says. The
committed diaries were drawn before the kernel took people side by side: a run today writes others of the same law.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import leao
from leao.core.files import write_text

FOLDER = Path(__file__).resolve().parents[1] / "src" / "leao" / "app" / "cases"
FIRST = date(2026, 1, 5)
SEED, PEOPLE, MONTH = 19, 400, 28
SEVERITIES = ("none", "mild", "moderate", "severe")
Days = dict[str, NDArray[Any]]
Stretch = tuple[int, float]  # days, factor on the hazard


def people(stretches: Sequence[Stretch], frame: str = "clinic") -> Days:
    """Return everybody's days (person, day): each stretch of days from the same people under its factor."""
    days = sum(length for length, _ in stretches)
    parts, first = [], 0
    for length, ratio in stretches:
        rows = leao.diary.simulate(frame, days=days, n=PEOPLE, seed=SEED, ratio=ratio).data
        whole = {name: rows[name].to_numpy().reshape(PEOPLE, days) for name in rows.columns[2:]}
        parts.append({name: values[:, first : first + length] for name, values in whole.items()})
        first += length
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}


def per_month(days: Days, first: int, last: int) -> NDArray[np.float64]:
    """Return everybody's headache days per 28 days of a stretch."""
    return (days["headache"][:, first:last] > 0).mean(axis=1) * MONTH


def pick(score: NDArray[np.float64], rule: NDArray[np.bool_]) -> int:
    """Return the person of the highest score among those of whom a rule holds."""
    return int(np.argmax(np.where(rule, score, -np.inf)))


def text(days: Days, who: int, medicine: Callable[[int], str], *, menses: bool = False, keep: float = 1.0) -> str:
    """Return one person's diary as a table; rows are left out at random where ``keep`` is below 1."""
    uniforms = np.random.default_rng(SEED).random(days["headache"].shape[1])
    lines = ["date,headache,severity,acute_medication" + (",menses" if menses else "")]
    for k in range(days["headache"].shape[1]):
        if uniforms[k] >= keep:
            continue
        ache = bool(days["headache"][who, k])
        cells = [
            str(FIRST + timedelta(k)),
            "yes" if ache else "no",
            SEVERITIES[int(days["severity"][who, k])] if ache else "none",
        ]
        cells.append(medicine(k) if ache and days["rescue"][who, k] else "none")
        cells += ["yes" if days["menses"][who, k] else "no"] if menses else []
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write all eight."""
    plain = people([(140, 1.0)])
    before, after = per_month(plain, 0, 28), per_month(plain, 28, 140)
    usual = (after > 5.0) & (after < 12.0)
    triptan, nsaid = (lambda _: "sumatriptan 50 mg"), (lambda _: "ibuprofen 400 mg")
    out = {}
    drug = people([(56, 1.0), (84, 0.35)])
    base, on = per_month(drug, 0, 56), per_month(drug, 70, 140)
    out["responder"] = text(drug, pick(base - on, (base > 8.0) & (base < 14.0)), triptan)
    out["regression"] = text(plain, pick(before - after, usual & (before > 1.6 * after)), nsaid)
    often = per_month(plain, 0, 140)
    out["overuse"] = text(
        plain, pick(plain["rescue"].sum(axis=1).astype(float), (often > 14.0) & (often < 22.0)), triptan
    )
    window = plain["menses"] > 0
    near = window | np.roll(window, -1, axis=1) | np.roll(window, -2, axis=1)
    inside = np.where(near, plain["headache"] > 0, 0).sum(axis=1) / np.maximum((plain["headache"] > 0).sum(axis=1), 1)
    out["menstrual"] = text(plain, pick(inside, window.any(axis=1) & (often > 4.0) & (often < 9.0)), nsaid, menses=True)
    rising = people([(56, 0.6), (28, 1.0), (28, 1.7), (28, 2.6)])
    gain = per_month(rising, 112, 140) - per_month(rising, 0, 84)
    out["rising"] = text(rising, pick(gain, per_month(rising, 0, 84) > 3.0), nsaid)
    half = people([(56, 1.0), (84, 0.6)])
    out["half_missing"] = text(half, pick(per_month(half, 0, 56), per_month(half, 0, 56) < 12.0), nsaid, keep=0.5)
    steps = people([(42, 1.0), (42, 0.9), (56, 0.4)])
    fall = per_month(steps, 0, 84) - per_month(steps, 98, 140)
    out["dose_change"] = text(steps, pick(fall, per_month(steps, 0, 42) < 13.0), triptan)
    dip = per_month(plain, 0, 56) - per_month(plain, 56, 84)
    back = np.abs(per_month(plain, 84, 140) - per_month(plain, 0, 56)) < 2.0
    out["good_month"] = text(plain, pick(dip, back & (per_month(plain, 0, 56) < 14.0)), nsaid)
    for name, content in out.items():
        write_text(FOLDER / f"{name}.csv", content)


if __name__ == "__main__":
    main()
