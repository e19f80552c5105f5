"""What a user may ask of the regimen."""

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from leao.errors import ScenarioError
from leao.units import parse


class RegimenOptions(BaseModel):
    """One arm's treatment: a dose of memantine hydrochloride once daily, or none."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    drug: str = "memantine"
    dose: str | None = Field(None, description="amount of the salt at each intake, with its unit; none for placebo")
    policy: str | None = Field(None, description="how the dose follows tolerability and response, from ``dose`` on")

    @field_validator("drug")
    @classmethod
    def _known_drug(cls, drug: str) -> str:
        if drug not in ("memantine", "placebo"):
            raise ValueError(f"found drug {drug!r}, wanted 'memantine' or 'placebo'")
        return drug

    @field_validator("dose", mode="before")
    @classmethod
    def _positive_dose(cls, dose: object) -> str | None:
        if dose is None:
            return None
        if not isinstance(dose, str):
            raise ValueError(f"found {dose!r} without a unit, wanted mg; write for example '10 mg'")
        try:
            amount = parse(dose, "mg", what="dose")
        except ScenarioError as error:
            raise ValueError(str(error).removeprefix("dose: ")) from None
        if not 0.0 <= amount < float("inf"):
            raise ValueError(f"found {dose!r}, wanted 0 mg or more; write for example '10 mg'")
        return dose

    @model_validator(mode="after")
    def _dose_with_drug(self) -> "RegimenOptions":
        """The drug has a dose, placebo has none."""
        if (self.dose is None) != (self.drug == "placebo"):
            found = "no dose" if self.dose is None else f"dose {self.dose!r}"
            raise ValueError(
                f"found drug {self.drug!r} with {found}, wanted a dose with the drug and none with placebo"
            )
        return self

    @property
    def dose_mg(self) -> float:
        """Amount of salt per day, mg; 0 for placebo."""
        return 0.0 if self.dose is None else parse(self.dose, "mg", what="dose")
