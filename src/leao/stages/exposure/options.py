"""What a user may ask of the exposure."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class ExposureOptions(BaseModel):
    """The pharmacokinetic model; one compartment with first-order absorption is the one there is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Literal["one_compartment"] = "one_compartment"
