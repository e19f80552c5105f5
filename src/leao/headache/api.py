"""The call of ``leao.headache``: by which route the drug reaches each outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from leao.core.errors import ScenarioError, each_once
from leao.core.result import Result
from leao.core.rows import picked
from leao.headache import routes
from leao.headache.options import HeadacheOptions

if TYPE_CHECKING:
    import polars as pl

    from leao.headache.contract import Route

_PREFIX = "headache."


class HasHeadache(Protocol):
    """What is asked of a scenario: its switches of the headache."""

    @property
    def headache(self) -> HeadacheOptions:
        """The switches."""
        ...


def pathways(scenario: HasHeadache | None = None, set: Sequence[str] | Mapping[str, str] = ()) -> Result[list[Route]]:
    """List every outcome's routes from the drug: modelled or no modelled effect, with the evidence either way.

    Args:
        scenario: what ``leao.load`` returned, whose switches count; else the usual ones.
        set: switched routes, ``["headache.severity=trigeminocervical"]``.

    Raises:
        ScenarioError: no such switch.
    """
    options = HeadacheOptions.model_validate({}) if scenario is None else scenario.headache
    pairs = list(set.items()) if isinstance(set, Mapping) else [_pair(text) for text in set]
    each_once("--set", (key.removeprefix(_PREFIX) for key, _ in pairs))
    changes = {key.removeprefix(_PREFIX): value for key, value in pairs}
    try:
        options = HeadacheOptions.model_validate(options.model_dump() | changes)
    except ValidationError as error:
        first = error.errors()[0]
        names = ", ".join(HeadacheOptions.model_fields)
        place = f"{_PREFIX}{first['loc'][0]}"
        raise ScenarioError(f"--set {place}: {first['msg']}; known switches of the headache: {names}") from None
    rows: Any = routes.table(options.on)
    return Result("pathways", rows, lambda: _frame(rows))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ScenarioError(f"--set: found {text!r}, wanted key=value; write headache.severity=trigeminocervical")
    return key.strip(), value.strip()


def _frame(rows: Any) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame([picked(row, ("outcome", "route", "text", "on")) for row in rows])
