"""What a user may ask of the receptor."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class ReceptorOptions(BaseModel):
    """The block model: competition of drug and Mg2+ in the pore at equilibrium."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Literal["equilibrium"] = "equilibrium"
