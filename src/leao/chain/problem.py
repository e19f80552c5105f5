"""What is wrong with a scenario's text, in one line."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from leao.core import ledger
from leao.dosing.options import RegimenOptions
from leao.trial.options import KINDS


def first(error: ValidationError, whole: type[BaseModel]) -> str:
    """Return the first problem in one line: place, found, wanted, remedy."""
    problem = error.errors()[0]
    loc = problem["loc"]
    place = ".".join(str(part) for part, before in zip(loc, ("", *loc), strict=False) if before != "design")
    if problem["type"] == "extra_forbidden":
        known = _keys(problem["loc"][:-1], whole)
        return f"unknown key {place!r}{ledger.nearest(str(problem['loc'][-1]), known)}; known here: {', '.join(known)}"
    if problem["type"] == "missing":
        return f"{place} is missing; add it"
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "value_error":
        return f"{place}: {message}" if place else message
    wanted = message.removeprefix("Input should be ").removesuffix(" or instance of RegimenOptions")
    return f"{place}: found {problem['input']!r}, wanted {wanted[0].lower()}{wanted[1:]}"


def _keys(place: tuple[int | str, ...], whole: type[BaseModel]) -> list[str]:
    model: Any = whole
    for part, before in zip(place, ("", *place), strict=False):
        field = getattr(model, "model_fields", {}).get(part)
        model = (KINDS[part] if before == "design" else RegimenOptions) if field is None else field.annotation
    return sorted(getattr(model, "model_fields", {}))
