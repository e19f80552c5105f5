"""The estimators' type I errors as measured once over many null trials, told where somebody asks for such a size.

Data: ``type_one_error.toml`` beside this file, written by ``validation/type_one_error.py``, shown in full in
docs/validation/trial.md. An ensemble's own type I error stands beside it; with few repeats it cannot tell 5 from 8 %.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

GOOD = (4.0, 6.0)  # per cent
NOMINAL = 5.0


class Rate(NamedTuple):
    """One estimator's share of significant null trials, per cent, with its Monte Carlo error."""

    estimator: str
    n: int  # per group
    percent: float
    se: float

    @property
    def is_off(self) -> bool:
        """Whether it lies two Monte Carlo errors outside 4 to 6 %."""
        return self.percent - 2.0 * self.se > GOOD[1] or self.percent + 2.0 * self.se < GOOD[0]


@cache
def table() -> dict[str, Any]:
    """Return the table as committed: ``seed``, ``trials`` and ``row``."""
    return tomllib.loads((files("leao") / "trial" / "type_one_error.toml").read_text("utf-8"))


def at(methods: tuple[str, ...], sizes: tuple[int, ...], *, paired: bool) -> list[Rate]:
    """Return the rates that speak for trials of these sizes: at the next smaller size measured, else the smallest."""
    design = "crossover" if paired else "parallel"
    rows = [row for row in table()["row"] if row["design"] == design and row["estimator"] in methods]
    there = sorted({row["n_per_group"] for row in rows})
    near = {max((n for n in there if n <= size), default=min(there)) for size in sizes} if there else set()
    return [
        Rate(row["estimator"], row["n_per_group"], row["percent"], row["se"])
        for row in rows
        if row["n_per_group"] in near
    ]


def largest_measured() -> int:
    """Return the largest group that was measured; nothing is known of larger ones."""
    return max(row["n_per_group"] for row in table()["row"])


def caution(methods: tuple[str, ...], sizes: tuple[int, ...], *, paired: bool) -> str | None:
    """Return which estimators to mistrust at these sizes and which to use; None where all keep 4 to 6 %."""
    rates = at(methods, sizes, paired=paired)
    off = [rate for rate in rates if rate.is_off]
    if not off:
        return None
    names = dict.fromkeys(rate.estimator for rate in off)
    said = []
    for name in names:
        places = [f"{rate.percent:.1f} % at {rate.n}" for rate in off if rate.estimator == name]
        said.append(f"{name} {', '.join(places)}")
    kept = [rate for rate in rates if rate.estimator not in names]
    use = ""
    if kept:
        low, high = min(rate.percent for rate in kept), max(rate.percent for rate in kept)
        good = ", ".join(dict.fromkeys(rate.estimator for rate in kept))
        use = f" Kept {low:.1f} to {high:.1f} %: {good}; quote one of these."
    sizes_told = " and ".join(map(str, sorted({rate.n for rate in rates})))
    return (
        f"At such sizes not every estimator keeps its {NOMINAL:g} %. Over {table()['trials']:,} trials of "
        f"noruzzadeh2016 with a drug that does nothing, at {sizes_told} per group, significant: {'; '.join(said)}.{use}"
    )
