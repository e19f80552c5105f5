"""Visits under another name, as the user says: ``99=3``, or ``99=next`` for the patient's next planned one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leao.core.errors import ScenarioError
from leao.trial.reading import visit_words as words
from leao.trial.reading.request import TableRequest, listed

if TYPE_CHECKING:
    import polars as pl

_NEXT = "next"


def key_of(frame: pl.DataFrame, given: str) -> str | None:
    """Return the visit that a user's word means: its cell, its number or its label."""
    keys = frame["visit key"].unique(maintain_order=True).to_list()
    if given in keys:
        return given
    alike = [key for key in keys if key.casefold() == given.casefold() or _same_number(key, given)]
    if not alike and "label" in frame.columns:
        alike = frame.filter(frame["label"].str.to_lowercase() == given.casefold())["visit key"].unique().to_list()
    return alike[0] if len(alike) == 1 else None


def _same_number(text: str, other: str) -> bool:
    try:
        return float(text) == float(other)
    except ValueError:
        return False


def moved(name: str, frame: pl.DataFrame, request: TableRequest) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame with visits under another name, as the user says; ``next``: the patient's next planned one."""
    import polars as pl

    problems = []
    for text in request.move_visit:
        old, sign, new = (part.strip() for part in text.partition("="))
        key = key_of(frame, old) if sign and new else None
        if key is None:
            there = ", ".join(frame["visit key"].unique(maintain_order=True).to_list())
            raise ScenarioError(f"{name}: --move-visit {text}: wanted FROM=TO or FROM=next, FROM one of {there}")
        here = pl.col("visit key") == key
        before, goal_word = frame["visit key"], "the next planned visit" if new == _NEXT else f"visit {new}"
        if new == _NEXT:
            target = pl.Series("visit key", _next_ones(name, frame, key, request), dtype=pl.String)
            frame = frame.with_columns(target)
        else:
            goal = key_of(frame, new) or new
            frame = frame.with_columns(
                pl.when(here).then(pl.lit(goal)).otherwise(pl.col("visit key")).alias("visit key")
            )
        if "visit" in frame.columns:
            raise ScenarioError(
                f"{name}: --move-visit is for a row per patient and visit; name the columns with --value"
            )
        gone = int((before != frame["visit key"]).sum())
        problems.append(f"{gone} rows of visit {old} are taken for {goal_word}, as you say")
    return frame, problems


def _next_ones(name: str, frame: pl.DataFrame, key: str, request: TableRequest) -> list[str]:
    """Return the visit of each row, those at ``key`` at the first planned visit after the patient's last one."""
    keys, who = frame["visit key"].to_list(), frame["subject"].to_list()
    finite = np.isfinite(frame["value"].to_numpy())
    order = _in_order(name, frame, [fromkey for fromkey in dict.fromkeys(keys) if fromkey != key], request)
    place = {visit: k for k, visit in enumerate(order)}
    last: dict[str, int] = {}
    for subject, visit, there in zip(who, keys, finite, strict=True):
        if there and visit in place:
            last[subject] = max(last.get(subject, -1), place[visit])
    target = []
    for subject, visit in zip(who, keys, strict=True):
        following = last.get(subject, -1) + 1
        target.append(order[following] if visit == key and following < len(order) else visit)
    return target


def _in_order(name: str, frame: pl.DataFrame, keys: list[str], request: TableRequest) -> list[str]:
    """Return the planned visits after the baseline in their order."""
    if request.visits is not None:
        return [key for key in (key_of(frame, given) for given in listed(request.visits)) if key in keys]
    parsed = {key: words.parse(key) for key in keys}
    return sorted((k for k in keys if parsed[k] and parsed[k].kind == words.PLANNED), key=lambda k: parsed[k].at or 0.0)  # type: ignore[union-attr]
