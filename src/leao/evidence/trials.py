"""Published trials as data: every arm as printed, with the kind of its spread.

Reads ``evidence/trials/*.toml``; a table that lacks a spread's kind or names an unknown arm is refused.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leao.errors import LedgerError

SpreadKind = Literal["CI95", "SD", "SE"]
Kind = Literal["baseline", "end", "change", "percent change", "share", "count"]
Positive = Annotated[float, Field(gt=0)]


class Frozen(BaseModel):
    """A table that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Arm(Frozen):
    """One arm: treatment and patients."""

    arm: str
    treatment: str
    randomised: Annotated[int, Field(gt=0)]
    analysed: Annotated[int, Field(gt=1)]

    @model_validator(mode="after")
    def _fewer(self) -> Arm:
        if self.analysed > self.randomised:
            raise ValueError(f"arm {self.arm}: {self.analysed} analysed of {self.randomised} randomised")
        return self


class Result(Frozen):
    """One printed value of one arm; ``printed_kind`` is the label the paper gives its spread."""

    arm: str
    value: float
    spread: Positive | None = None
    low: float | None = None
    high: float | None = None
    events: Annotated[int, Field(ge=0)] | None = None
    spread_kind: SpreadKind | None = None
    printed_kind: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Result:
        interval = self.low is not None and self.high is not None
        if (self.low is None) != (self.high is None) or (interval and self.spread is not None):
            raise ValueError(f"arm {self.arm}: give either spread, or both low and high")
        if (interval or self.spread is not None) != (self.spread_kind is not None):
            raise ValueError(f"arm {self.arm}: a spread needs its spread_kind (CI95, SD or SE), and the reverse")
        if (self.spread_kind == "CI95") != interval:
            raise ValueError(f"arm {self.arm}: CI95 goes with low and high, SD and SE with spread")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"arm {self.arm}: {self.value} lies outside {self.low} to {self.high}")
        return self


class Reported(Frozen):
    """What the paper says of the difference between its arms."""

    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: Annotated[float, Field(gt=0, le=1)] | None = None
    relation: Literal["=", "<"] = "="


class Outcome(Frozen):
    """One outcome at one visit, in all arms."""

    outcome: str
    unit: str
    kind: Kind
    week: Annotated[int, Field(ge=0)]
    where: str
    results: tuple[Result, ...]
    reported: Reported | None = None


class Trial(Frozen):
    """One published study."""

    name: str
    source: str
    where: str
    design: Literal["parallel", "crossover", "single arm"]
    blinding: Literal["double-blind", "open"]
    population: str
    weeks: Annotated[int, Field(gt=0)]
    pooled: bool
    note: str = ""
    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]

    @model_validator(mode="after")
    def _known_arms(self) -> Trial:
        known = {arm.arm for arm in self.arms}
        for outcome in self.outcomes:
            for result in outcome.results:
                if result.arm not in known:
                    raise ValueError(
                        f"outcome {outcome.outcome}: arm {result.arm} is none of {', '.join(sorted(known))}"
                    )
        return self

    def arm(self, name: str) -> Arm:
        """Return the arm called ``name``."""
        return next(arm for arm in self.arms if arm.arm == name)

    def find(self, outcome: str, kind: str) -> Outcome | None:
        """Return the outcome of that name and kind, or None."""
        return next((o for o in self.outcomes if (o.outcome, o.kind) == (outcome, kind)), None)


def parse(table: dict[str, Any], place: str) -> Trial:
    """Return the checked trial of a TOML table.

    Raises:
        LedgerError: one line naming file, field and remedy.
    """
    try:
        return Trial.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "table"
        reason = first["msg"].removeprefix("Value error, ")
        raise LedgerError(f"{place}, {field}: {reason}; write it as the paper prints it") from None


@cache
def read(name: str) -> Trial:
    """Return the trial ``name``, for example ``"shanmugam2019"``.

    Raises:
        LedgerError: no such trial, or a table that cannot be used.
    """
    path = files("leao") / "evidence" / "trials" / f"{name}.toml"
    if not path.is_file():
        raise LedgerError(f"trial {name!r}: not found; wanted one of {', '.join(names())}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"trials/{name}.toml: not valid TOML ({error}); mend the line named") from None
    return parse(table, f"trials/{name}.toml")


def names() -> list[str]:
    """Return the names of all trials that ship with the package, sorted."""
    folder = files("leao") / "evidence" / "trials"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def pooled() -> list[Trial]:
    """Return the placebo-controlled trials that enter the synthesis, in the order of their names."""
    return [trial for trial in map(read, names()) if trial.pooled]
