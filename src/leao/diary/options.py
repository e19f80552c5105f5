"""What a user may ask of the diary."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class DiaryOptions(BaseModel):
    """How days and attacks are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    frame: Literal[
        "clinic", "registry", "leiden", "population", "strive", "migr", "primary_care", "waiting", "sham"
    ] = Field(default="migr", description="whom the patients are drawn from; the median rate is the trial's own")
    attack_rule: Literal["free_gap", "period_24h"] = Field(
        default="period_24h",
        description="24-h periods as in the topiramate trials, or attacks parted by a headache-free gap",
    )
    aura: Literal["without", "mixed"] = Field(
        default="without", description="migraine without aura, or people with aura among the patients"
    )
    missing_entries: bool = Field(default=True, description="patients leave days out")
    missing_depends_on: Literal["free_days", "bad_days", "nothing"] = Field(
        default="free_days",
        description="days left out more often: those without headache, those with severe pain, or all alike",
    )
