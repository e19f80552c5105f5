"""A trial's design asked for in words and numbers, checked and settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.diary.options import DiaryOptions
from leao.trial import designs
from leao.trial.options import KINDS, TrialOptions


def settled(kind: str, treatments: Sequence[str], frame: str, keys: Mapping[str, Any]) -> designs.Design:
    """Return the settled design.

    Args:
        kind: of the design.
        treatments: names, of which the first is placebo.
        frame: whom the patients are drawn from.
        keys: keys of a scenario's ``trial``; its ``design`` may hold keys of the kind.

    Raises:
        ScenarioError: an unknown kind or key, or a value that cannot be used.
    """
    if kind not in KINDS:
        raise ScenarioError(f"kind: found {kind!r}, wanted one of {', '.join(KINDS)}{nearest(kind, list(KINDS))}")
    design_keys = keys.get("design")
    design_keys = {} if design_keys is None else dict(design_keys)
    try:
        options = TrialOptions.model_validate(dict(keys) | {"design": {"kind": kind} | design_keys})
        counting = DiaryOptions.model_validate({"frame": frame})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        hint = nearest(str(first["loc"][-1]), list(TrialOptions.model_fields)) if "extra" in first["type"] else ""
        raise ScenarioError(f"trial.{place}: found {first['input']!r}; {first['msg'].lower()}{hint}") from None
    if len(treatments) < 2:
        raise ScenarioError(f"treatments: found {', '.join(treatments) or 'none'}, wanted placebo and a drug")
    return designs.settle(options, tuple(treatments), counting)
