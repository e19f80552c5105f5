"""Published trials as data: every arm as printed, with the kind of its spread.

Reads ``evidence/published/*.toml`` and a user's own file of the same keys (``docs/evidence.md``). What a paper does
not show is left out of the table and reads None; a spread without its kind, an unknown arm or a study without
an identifier is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leao.core import sources, toml
from leao.core.errors import LedgerError
from leao.core.ledger import nearest

SpreadKind = Literal["CI95", "IQR", "SD", "SE"]
Kind = Literal["baseline", "end", "change", "percent change", "share", "count"]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Patients = Annotated[int, Field(gt=0)]
IDENTIFIER = {"doi": r"10\.\d{4,9}/\S+", "pmid": r"\d{1,9}", "url": r"https?://\S+"}


class Frozen(BaseModel):
    """A table that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Arm(Frozen):
    """One arm: treatment and patients; ``randomised`` counts those who entered where nobody was randomised."""

    arm: str
    treatment: str
    randomised: Patients | None = None
    analysed: Annotated[int, Field(gt=1)] | None = None

    @model_validator(mode="after")
    def _fewer(self) -> Arm:
        if self.randomised is not None and self.analysed is not None and self.analysed > self.randomised:
            raise ValueError(f"arm {self.arm}: {self.analysed} analysed of {self.randomised} randomised; correct one")
        return self


class Result(Frozen):
    """One printed value of one arm, None where it was not seen; ``printed_kind`` is the paper's label of the spread.

    With ``spread_kind = "IQR"`` the value is a median, ``low`` and ``high`` its quartiles; else it is a mean.
    """

    arm: str
    value: float | None = None
    spread: Positive | None = None
    low: float | None = None
    high: float | None = None
    events: Count | None = None
    spread_kind: SpreadKind | None = None
    printed_kind: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Result:
        interval = self.low is not None and self.high is not None
        if (self.low is None) != (self.high is None) or (interval and self.spread is not None):
            raise ValueError(f"arm {self.arm}: give either spread, or both low and high")
        if (interval or self.spread is not None) != (self.spread_kind is not None):
            raise ValueError(
                f"arm {self.arm}: a spread needs its spread_kind, and the reverse; "
                "add spread_kind = 'SD', 'SE', 'CI95' or 'IQR', and the paper's own word in printed_kind"
            )
        if (self.spread_kind in ("CI95", "IQR")) != interval:
            raise ValueError(
                f"arm {self.arm}: CI95 and IQR go with low and high, SD and SE with spread; change one of them"
            )
        if self.spread_kind is not None and self.value is None:
            raise ValueError(f"arm {self.arm}: a spread without its value; add value")
        if interval and not (self.low or 0.0) <= (self.value or 0.0) <= (self.high or 0.0):
            raise ValueError(f"arm {self.arm}: {self.value} lies outside {self.low} to {self.high}; correct one")
        return self

    @property
    def is_median(self) -> bool:
        """Whether the value is a median with its quartiles."""
        return self.spread_kind == "IQR"


class Reported(Frozen):
    """What the paper says of the difference between its arms, or of one arm against its baseline.

    ``adjusted``: it comes from a model with the baseline or other covariates, so it need not be the difference of the
    arms' means.
    """

    adjusted: bool = False

    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: Annotated[float, Field(gt=0, le=1)] | None = None
    relation: Literal["=", "<"] = "="


class Outcome(Frozen):
    """One outcome at one visit, in all arms; ``disputed`` keeps a printed contradiction and says so."""

    outcome: str
    unit: str
    kind: Kind
    week: Count
    where: str
    results: tuple[Result, ...]
    reported: Reported | None = None
    disputed: str | None = None


class Trial(Frozen):
    """One published study."""

    name: str
    source: str
    where: str
    design: Literal["parallel", "crossover", "single arm", "retrospective"]
    blinding: Literal["double-blind", "open", "not stated"]
    population: str
    weeks: Patients | None = None
    randomised: Patients | None = None
    pooled: bool
    not_pooled_because: str | None = None
    same_patients_as: str | None = None
    note: str = ""
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]

    @model_validator(mode="after")
    def _coherent(self) -> Trial:
        known = {arm.arm for arm in self.arms}
        for outcome in self.outcomes:
            for result in outcome.results:
                if result.arm not in known:
                    hint = nearest(result.arm, sorted(known))
                    raise ValueError(
                        f"outcome {outcome.outcome}: arm {result.arm} is none of {', '.join(sorted(known))}{hint}"
                    )
        if self.pooled == (self.not_pooled_because is not None):
            raise ValueError("give not_pooled_because where pooled = false, and only there")
        total = [arm.randomised for arm in self.arms]
        if self.design == "parallel" and self.randomised and None not in total:
            raise ValueError("randomised stands in the arms; leave it out of the head")
        return self

    @model_validator(mode="after")
    def _found(self) -> Trial:
        for key, pattern in IDENTIFIER.items():
            given = getattr(self, key)
            if given is not None and not re.fullmatch(pattern, given):
                raise ValueError(f"{key} {given!r} has not the form of one; correct it")
        if self.source not in sources.sources() and not (self.doi or self.pmid or self.url):
            hint = nearest(self.source, list(sources.sources()))
            raise ValueError(f"source {self.source!r} has no identifier: add doi, pmid or url{hint}")
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
        reason = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            reason = f"unknown key; remove it{nearest(str(first['loc'][-1]), _keys())}"
        elif first["type"] == "missing":
            reason = "is missing; add it"
        elif first["type"] != "value_error":
            reason = f"{reason}, found {first['input']!r}; write it as the paper prints it"
        raise LedgerError(f"{place}, {_field(table, first['loc'])}: {reason}") from None


def load(path: Path | Any, place: str) -> Trial:
    """Return the checked trial of a TOML file.

    Raises:
        LedgerError: the file cannot be read, is not TOML, or holds a table that cannot be used.
    """
    if isinstance(path, Path):
        return parse(toml.read(path, place, LedgerError), place)
    return parse(toml.loads(path.read_text(encoding="utf-8"), place, LedgerError), place)


@cache
def read(name: str) -> Trial:
    """Return the trial ``name``, for example ``"shanmugam2019"``.

    Raises:
        LedgerError: no such trial, or a table that cannot be used.
    """
    path = files("leao") / "evidence" / "published" / f"{name}.toml"
    if not path.is_file():
        raise LedgerError(f"trial {name!r}: not found; wanted one of {', '.join(names())}")
    return load(path, f"trials/{name}.toml")


def names() -> list[str]:
    """Return the names of all trials that ship with the package, sorted."""
    folder = files("leao") / "evidence" / "published"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def shipped() -> list[Trial]:
    """Return every trial that ships with the package, in the order of their names."""
    return [read(name) for name in names()]


def pooled(none: Sequence[Trial] | None = None) -> list[Trial]:
    """Return the placebo-controlled trials that enter the synthesis; by default of those that ship."""
    return [trial for trial in (shipped() if none is None else none) if trial.pooled]


def _keys() -> list[str]:
    return sorted({key for model in (Trial, Arm, Outcome, Result, Reported) for key in model.model_fields})


def _field(table: dict[str, Any], loc: tuple[int | str, ...]) -> str:
    """Return the place of an error in words: ``outcomes 2 (attacks), results 1 (memantine), spread_kind``."""
    words: list[str] = []
    here: Any = table
    for part in loc:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(part, int):
            label = here.get("outcome") or here.get("arm") if isinstance(here, dict) else None
            words[-1] += f" {part + 1}" + (f" ({label})" if label else "")
        else:
            words.append(part)
    return ", ".join(words) or "the table"
