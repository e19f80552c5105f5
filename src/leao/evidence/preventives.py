"""Preventives of migraine: what each does to the wave in animals and to attacks in trials, as printed.

Ledgers: ``ledgers/evidence/preventives/*.toml``, one drug each; how a printed word becomes a range, and a share of
responders a rate ratio, stands in ``docs/validation/verdict_rules.md``; numbers: ``preventives_model.toml`` beside.
A fall L is minus the logarithm of the ratio of counts of KCl-evoked waves; an effect is the log rate ratio of attacks.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.ledger import TIERS
from leao.core.special import ndtri

WORKERS = ("topiramate", "valproate", "propranolol", "amitriptyline", "methysergide")  # of the clinical control
Z95 = float(ndtri(0.975))


class Numbers(NamedTuple):
    """Priors of the model, and how printed words are read."""

    kappa_sd: Annotated[float, "dimensionless"]
    rho_sd: Annotated[float, "dimensionless"]
    eta_sd: Annotated[float, "dimensionless"]
    responder_sd: Annotated[float, "dimensionless"]
    reduced_low: Annotated[float, "dimensionless"]
    reduced_high: Annotated[float, "dimensionless"]
    none_high: Annotated[float, "dimensionless"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    where: str
    tier: str
    note: str = ""

    @model_validator(mode="after")
    def _known_tier(self) -> _Entry:
        if self.tier not in TIERS:
            raise ValueError(f"tier {self.tier!r}; wanted one of {', '.join(TIERS)}")
        return self


class Fall(_Entry):
    """One laboratory's effect on the wave; ``shared`` is one range printed for several drugs."""

    read_out: Literal["count"]
    printed: Literal["own", "shared", "reduced", "none"]
    low: float | None = None
    high: float | None = None
    species: str
    regimen: str

    @model_validator(mode="after")
    def _range(self) -> Fall:
        if (self.printed in ("own", "shared")) != (self.low is not None and self.high is not None):
            raise ValueError(f"printed = {self.printed!r}: low and high belong to a printed range, and only there")
        return self


class PreventiveTrial(_Entry):
    """One trial, or one pool of trials, against placebo, as printed."""

    form: Literal["rates", "relative", "responders", "difference"]
    spread_kind: Literal["SD", "CI", "p", "binomial", "assumed"]
    baseline: tuple[float, float] | None = None
    end: tuple[float, float] | None = None
    end_sd: tuple[float, float] | None = None
    n: tuple[int, int] | None = None
    left: tuple[float, float] | None = None
    share: tuple[float, float] | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    placebo_end: tuple[float, float] | None = None
    log_error: float | None = None
    per_arm: int | None = None  # patients, where the form has no n; a pool: patients over twice its trials

    @property
    def size(self) -> int | None:
        """Patients an arm, the mean of both; None where they were not seen."""
        return self.per_arm if self.n is None else round(sum(self.n) / 2.0)

    def effect(self) -> tuple[float, float]:
        """Return the log rate ratio and its standard error."""
        return _FORMS[self.form](self)


class Drug(BaseModel):
    """One drug: its falls, by laboratory, and its trials."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    drug: str
    role: Literal["positive", "negative", "discordant", "tested"]
    note: str = ""
    fall: tuple[Fall, ...]
    trial: tuple[PreventiveTrial, ...] = ()

    @property
    def fitted(self) -> bool:
        """Whether the drug stands in the likelihood."""
        return self.role != "tested" and bool(self.trial)

    @property
    def worker(self) -> bool:
        """Whether the drug is one of the five of the clinical control."""
        return self.drug in WORKERS

    @property
    def own_fall(self) -> bool:
        """Whether a fall of its own is printed: a figure, or that there was none."""
        return any(fall.printed in ("own", "none") for fall in self.fall)

    @property
    def regimen(self) -> str:
        """How the animals were treated."""
        return ", ".join(sorted({fall.regimen for fall in self.fall}))

    @property
    def trial_size(self) -> int | None:
        """Patients an arm of its largest trial; None where none was seen."""
        return max((trial.size for trial in self.trial if trial.size is not None), default=None)

    def observed(self) -> tuple[float, float] | None:
        """Return the log rate ratio of its trials together, by inverse variance, and its standard error."""
        if not self.trial:
            return None
        pairs = [trial.effect() for trial in self.trial]
        weights = [error**-2 for _, error in pairs]
        total = sum(weights)
        return sum(w * value for w, (value, _) in zip(weights, pairs, strict=True)) / total, total**-0.5

    def ranges(self) -> list[tuple[float, float, bool]]:
        """Return the range of L of each laboratory, and whether it is the one that drugs share."""
        return [(*_log_range(fall), fall.printed == "shared") for fall in self.fall]


@cache
def numbers() -> Numbers:
    """Return the priors and readings of the ledger."""
    return ledger.params(ledger.read("preventives_model"), Numbers)


@cache
def drugs() -> tuple[Drug, ...]:
    """Return every drug, in the order of names.

    Raises:
        LedgerError: a file that cannot be used.
    """
    names = [name for name in ledger.names() if name.startswith("preventives/")]
    return tuple(parse(ledger.file_of(name).read_text(encoding="utf-8"), f"{name}.toml") for name in names)


def fitted() -> tuple[Drug, ...]:
    """Return the drugs of the likelihood."""
    return tuple(drug for drug in drugs() if drug.fitted)


def sources() -> set[str]:
    """Return the sources of all falls and trials."""
    return {entry.source for drug in drugs() for entry in (*drug.fall, *drug.trial)}


def parse(text: str, place: str) -> Drug:
    """Return the checked drug of a TOML text.

    Raises:
        LedgerError: one line naming file, field and what is wrong.
    """
    try:
        return Drug.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"{place}: not valid TOML ({error}); mend the line named") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise LedgerError(f"{place}, {field}: {first['msg'].removeprefix('Value error, ')}") from None


def _log_range(fall: Fall) -> tuple[float, float]:
    known = numbers()
    words = {"reduced": (known.reduced_low, known.reduced_high), "none": (0.0, known.none_high)}
    low, high = words.get(fall.printed) or (fall.low or 0.0, fall.high or 0.0)
    return -math.log1p(-low), -math.log1p(-high)


def _rates(trial: PreventiveTrial) -> tuple[float, float]:
    baseline, end = _needed(trial, "baseline"), _needed(trial, "end")
    value = math.log(end[0] / baseline[0]) - math.log(end[1] / baseline[1])
    if trial.log_error is not None:
        return value, trial.log_error
    parts = zip(_needed(trial, "end_sd"), _needed(trial, "n"), end, strict=True)
    return value, math.hypot(*(sd / math.sqrt(n) / mean for sd, n, mean in parts))


def _relative(trial: PreventiveTrial) -> tuple[float, float]:
    left = _needed(trial, "left")
    return math.log(left[0] / left[1]), _needed(trial, "log_error")


def _responders(trial: PreventiveTrial) -> tuple[float, float]:
    """Return the difference of the probits times the spread of a patient's own ratio; delta method."""
    scale = numbers().responder_sd
    pairs = list(zip(_needed(trial, "share"), _needed(trial, "n"), strict=True))
    probits = [float(ndtri(share)) for share, _ in pairs]
    errors = [
        math.sqrt(share * (1.0 - share) / n) / (math.exp(-0.5 * probit**2) / math.sqrt(2.0 * math.pi))
        for (share, n), probit in zip(pairs, probits, strict=True)
    ]
    return -scale * (probits[0] - probits[1]), scale * math.hypot(*errors)


def _difference(trial: PreventiveTrial) -> tuple[float, float]:
    """Return a difference of rates against the placebo arms' rate, whose range is in the error."""
    difference = _needed(trial, "difference")
    if trial.p_value is not None:
        error = abs(difference) / float(ndtri(1.0 - trial.p_value / 2.0))
    else:
        error = (_needed(trial, "high") - _needed(trial, "low")) / (2.0 * Z95)
    low, high = _needed(trial, "placebo_end")
    placebo, placebo_sd = (low + high) / 2.0, (high - low) / math.sqrt(12.0)
    treated = placebo + difference
    return math.log(treated / placebo), math.hypot(error / treated, difference * placebo_sd / (placebo * treated))


def _needed(trial: PreventiveTrial, field: str) -> Any:
    value = getattr(trial, field)
    if value is None:
        raise LedgerError(f"preventives, trial {trial.source}: form {trial.form!r} needs {field}; add it")
    return value


_FORMS = {"rates": _rates, "relative": _relative, "responders": _responders, "difference": _difference}
