"""What a user may ask of the cortex."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Preset = Literal["leao2", "leao", "tuttle2019"]
StimulusKind = Literal["kcl", "pulse"]


class CortexOptions(BaseModel):
    """The presets to run, the stimulus, and the grid of the wave that is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    presets: tuple[Preset, ...] = Field(default=("leao2", "tuttle2019"), min_length=1)
    carry: tuple[Preset, ...] = Field(
        default=("leao2",), min_length=1, description="presets among which the verdict draws its cortex"
    )
    stimulus: StimulusKind = "kcl"
    length_mm: float = Field(default=10.0, ge=4.0, le=50.0)
    nodes: int = Field(default=250, ge=50, le=5000)
    dt_s: float = Field(default=0.025, gt=0.0, le=0.05)
    duration_s: float = Field(default=200.0, gt=0.0, le=3600.0)

    @model_validator(mode="after")
    def _carried_are_run(self) -> "CortexOptions":
        """A preset that carries the verdict is run, with its controls; each once."""
        for name, listed in (("presets", self.presets), ("carry", self.carry)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"{name}: a preset stands twice; write each once")
        for preset in self.carry:
            if preset not in self.presets:
                raise ValueError(f"carry: {preset!r} is not among presets; add it there or take it out of carry")
        return self
