"""What a user may ask of the trial."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TrialOptions(BaseModel):
    """Design of a parallel trial; what is left out comes from ledger ``trial``, with its source."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    n_per_arm: int = Field(30, ge=2, le=100_000, description="patients randomised to each arm")
    weeks: int = Field(12, ge=4, le=104, description="weeks of treatment")
    baseline_days: int = Field(28, ge=14, le=112, description="days of prospective baseline")
    min_attacks_per_28d: float | None = Field(None, ge=0.0, description="eligibility on the baseline")
    max_attacks_per_28d: float | None = Field(None, gt=0.0, description="eligibility on the baseline")
    baseline_attacks_per_28d: float | None = Field(None, gt=0.0, description="published mean baseline; an input")
    placebo_change: float | None = Field(None, description="published mean change on placebo, per 28 d; an input")
    placebo_change_se: float | None = Field(None, ge=0.0, description="its standard error")
    dropout: dict[str, float] | None = Field(None, description="by arm, share of patients who do not complete")

    @model_validator(mode="after")
    def _shares(self) -> "TrialOptions":
        """A share of patients lies between 0 and 1."""
        for arm, share in (self.dropout or {}).items():
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
