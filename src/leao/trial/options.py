"""What a user may ask of the trial."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.dosing.policies import read


class _Design(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Parallel(_Design):
    """Each patient takes one treatment throughout."""

    kind: Literal["parallel"] = "parallel"


class DoseFinding(_Design):
    """Placebo and two or more doses side by side, each against placebo, and their trend."""

    kind: Literal["dose_finding"] = "dose_finding"


class Titrated(_Design):
    """Parallel; the dose follows a policy, looked at every 28 days (from Python, any callable)."""

    kind: Literal["titrated"] = "titrated"
    policy: str | None = Field(default=None, description="one that ships; else the arm's own, else titrated")

    @field_validator("policy")
    @classmethod
    def _ships(cls, policy: str | None) -> str | None:
        try:
            return None if policy is None else read(policy).name
        except ScenarioError as error:
            raise ValueError(str(error).removeprefix("policy: ")) from None


class _WithWashout(_Design):
    washout_half_lives: float = Field(
        default=5.0, ge=0.0, le=20.0, description="least washout, in half-lives of the drug"
    )
    washout_days: int | None = Field(default=None, ge=0, le=365, description="between periods; else the least")


class Crossover(_WithWashout):
    """Two periods of ``trial.weeks`` each in random order, a washout between them."""

    kind: Literal["crossover"] = "crossover"


class NOf1(_WithWashout):
    """Several cycles of drug and placebo within each patient, in an order random from cycle to cycle."""

    kind: Literal["n_of_1"] = "n_of_1"
    cycles: int = Field(default=3, ge=2, le=6, description="pairs of periods, each of ``trial.weeks``")


class Withdrawal(_Design):
    """Everybody takes the drug; those who responded are randomised to go on or to placebo for ``trial.weeks``."""

    kind: Literal["withdrawal"] = "withdrawal"
    open_weeks: int = Field(default=12, ge=4, le=52, description="weeks on the drug before randomisation")


AnyDesign = Annotated[
    Parallel | DoseFinding | Titrated | Crossover | NOf1 | Withdrawal, Field(discriminator="kind")
]  # fmt: skip


KINDS = {get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(AnyDesign)[0])}


Covariate = Literal["run_in", "headache_days", "migraine_days", "rescue_days", "severity", "duration"]


class TrialOptions(BaseModel):
    """A trial; what is left out comes from ledger ``trial``, with its source."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    n_per_arm: int = Field(default=30, ge=2, le=100_000, description="patients randomised to each arm")
    weeks: int = Field(default=12, ge=4, le=104, description="weeks of treatment")
    baseline_days: int = Field(default=28, ge=14, le=112, description="days of prospective baseline")
    min_attacks_per_28d: float | None = Field(default=None, ge=0.0, description="eligibility on the baseline")
    max_attacks_per_28d: float | None = Field(default=None, gt=0.0, description="eligibility on the baseline")
    baseline_attacks_per_28d: float | None = Field(
        default=None, gt=0.0, description="published mean baseline; an input"
    )
    placebo_change: float | None = Field(
        default=None, description="published mean change on placebo, per 28 d; an input"
    )
    placebo_change_se: float | None = Field(default=None, ge=0.0, description="its standard error")
    dropout: dict[str, float] | None = Field(default=None, description="by arm, share of patients who do not complete")
    design: AnyDesign = Field(default_factory=Parallel, description="who takes what when")
    retrieved: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of those who stop that go on with the diary"
    )
    run_in_days: int = Field(default=0, ge=0, le=84, description="diary before the baseline, not counted")
    placebo_run_in: bool = Field(default=False, description="placebo from the run-in on, unknown to the patient")
    min_filled_percent: float = Field(
        default=0.0, ge=0.0, le=100.0, description="eligibility: days filled in of the baseline"
    )
    stratify: bool = Field(default=False, description="randomise high and low baselines in blocks of their own")
    covariates: tuple[Covariate, ...] = Field(
        default=(), description="beside the endpoint's own baseline, what the estimators adjust for"
    )

    @field_validator("design", mode="before")
    @classmethod
    def _has_a_kind(cls, design: Any) -> Any:
        """A kind alone is a design; keys of a design want its kind."""
        if not isinstance(design, str | dict):
            return design
        kind = design if isinstance(design, str) else design.get("kind")
        if kind not in KINDS:
            text = f"{', '.join(design)} without a kind" if kind is None else repr(kind)
            hint = nearest(kind, list(KINDS)) if isinstance(kind, str) else ""
            raise ValueError(f"found {text}, wanted one of {', '.join(KINDS)}; write trial.design.kind=NAME{hint}")
        return {"kind": design} if isinstance(design, str) else design

    @field_validator("covariates", mode="before")
    @classmethod
    def _listed(cls, covariates: Any) -> Any:
        """Names may be written ``run_in,severity``; each counts once."""
        parts = covariates.split(",") if isinstance(covariates, str) else covariates
        if not isinstance(parts, (list, tuple)):
            return covariates
        names = tuple(dict.fromkeys(part.strip() if isinstance(part, str) else part for part in parts if part != ""))
        for name in names:
            if name not in get_args(Covariate):
                hint = nearest(name, list(get_args(Covariate))) if isinstance(name, str) else ""
                raise ValueError(f"found {name!r}, wanted some of {', '.join(get_args(Covariate))}{hint}")
        return names

    @model_validator(mode="after")
    def _known_before(self) -> "TrialOptions":
        """A run-in is a covariate where there is one; who is his own control needs none."""
        if "run_in" in self.covariates and not self.run_in_days:
            raise ValueError("covariates: 'run_in' wants a diary before the baseline; write trial.run_in_days=28")
        if self.covariates and self.design.kind in ("crossover", "n_of_1"):
            raise ValueError(
                f"covariates: a {self.design.kind} trial compares patients with themselves and adjusts for nothing; "
                "leave covariates out"
            )
        return self

    @model_validator(mode="after")
    def _shares(self) -> "TrialOptions":
        """A share of patients lies between 0 and 1."""
        for arm, share in () if self.dropout is None else self.dropout.items():
            if not 0.0 <= share < 1.0:
                raise ValueError(f"dropout.{arm}: found {share}, wanted a share of at least 0 and below 1")
        return self

    @model_validator(mode="after")
    def _bounds(self) -> "TrialOptions":
        """The two limits of eligibility leave room between them."""
        low, high = self.min_attacks_per_28d, self.max_attacks_per_28d
        if low is not None and high is not None and low >= high:
            raise ValueError(f"min_attacks_per_28d: found {low:g}, wanted less than max_attacks_per_28d ({high:g})")
        return self
