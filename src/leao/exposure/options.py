"""What a user may ask of the exposure."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ExposureOptions(BaseModel):
    """The pharmacokinetic model; one compartment with first-order absorption is the one there is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Literal["one_compartment"] = "one_compartment"
    hypotheses: tuple[Literal["brain-uptake"], ...] = Field(
        (), description="hypotheses switched on; brain-uptake: free drug in brain exceeds free drug in plasma"
    )
