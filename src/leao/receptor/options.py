"""What a user may ask of the receptor."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ReceptorOptions(BaseModel):
    """The block model: competition of drug and Mg2+ in the pore at equilibrium."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Literal["equilibrium"] = "equilibrium"
    hypotheses: tuple[
        Literal["tonic-2C-2D", "calcium", "in-vivo-occupancy-free", "in-vivo-occupancy-plasma", "chronic-receptors"],
        ...,
    ] = Field(
        (),
        description="hypotheses switched on; tonic-2C-2D: the current that matters flows through GluN2C and 2D; "
        "calcium: the drug holds GluN2A in a Ca2+-dependent desensitised state; in-vivo-occupancy-free and -plasma: "
        "receptors are held as in rats infused for days; chronic-receptors: weeks of treatment add receptors",
    )
