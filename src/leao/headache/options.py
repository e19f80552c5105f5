"""What a user may ask of the headache: which route of the drug to which outcome is switched on."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class HeadacheOptions(BaseModel):
    """Routes of the drug beyond fewer attacks; what is not switched on reads ``no modelled effect``."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    severity: Literal["none", "trigeminocervical"] = Field(default="none", description="block -> drive -> peak pain")
    duration: Literal["none", "trigeminocervical"] = Field(
        default="none", description="block -> drive -> length of attacks"
    )
    rescue: Literal["migraine_days", "severity"] = Field(
        default="migraine_days",
        description="medicine on the same share of migraine days, or less often in mild attacks",
    )
    function: Literal["none", "migraine_days"] = Field(default="migraine_days", description="migraine days -> MIDAS")

    @property
    def on(self) -> frozenset[str]:
        """Names of the routes that are switched on, as in ``routes.toml``; ``midas.none`` switches its own off."""
        chosen = self.model_dump() | {"midas": self.function}
        kept = (pair for pair in chosen.items() if pair[1] != "none" or pair[0] == "midas")
        return frozenset(f"{outcome}.{route}" for outcome, route in kept)
