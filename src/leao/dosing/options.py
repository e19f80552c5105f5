"""What a user may ask of the regimen."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from leao.core.errors import ScenarioError
from leao.dosing import prescription, schedule

EITHER = ("dose", "preset")  # two ways to say the same; to set one takes the other's place


class RegimenOptions(BaseModel):
    """One arm's treatment: memantine hydrochloride by a written schedule or a preset, or none."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    role: Literal["drug", "control"] | None = Field(
        default=None, description="what the arm is in the comparison; else control for placebo and drug for the drug"
    )
    drug: str = "memantine"
    dose: str | None = Field(
        default=None,
        description="the schedule in words, amounts of the salt with their unit, as leao plan takes it; a bare amount "
        "is taken once daily; none for placebo",
    )
    preset: str | None = Field(
        default=None, description="a schedule with its source, in place of dose; see leao plan --help"
    )
    policy: str | None = Field(
        default=None, description="how the dose follows tolerability and response, visit by visit"
    )
    adherence: float | None = Field(
        default=None, description="share of days taken, the same for everybody; else ledger"
    )
    missed_streak: float | None = Field(default=None, description="mean length of a run of missed days; else ledger")
    doubled_after_missed: float | None = Field(
        default=None, description="share of missed days made up for; else ledger"
    )

    @model_validator(mode="before")
    @classmethod
    def _control_takes_placebo(cls, table: object) -> object:
        """An arm that is only said to be the control takes placebo."""
        if isinstance(table, Mapping) and table.get("role") == "control" and not {"drug", *EITHER} & set(table):
            return {**table, "drug": "placebo"}
        return table

    @field_validator("drug")
    @classmethod
    def _known_drug(cls, drug: str) -> str:
        if drug not in ("memantine", "placebo"):
            raise ValueError(f"found drug {drug!r}, wanted 'memantine' or 'placebo'")
        return drug

    @field_validator("dose", mode="before")
    @classmethod
    def _readable_dose(cls, dose: object) -> str | None:
        if dose is None:
            return None
        if not isinstance(dose, str):
            raise ValueError(f"found {dose!r} without a unit, wanted mg; write for example '10 mg'")
        try:
            steps = prescription.read(dose)
        except ScenarioError as error:
            raise ValueError(str(error).removeprefix("dose: ")) from None
        if any(step.times > schedule.INTAKES for step in steps):
            raise ValueError(f"found {dose!r}, wanted one or two intakes a day: a run models no more; leao plan does")
        return dose

    @field_validator("preset")
    @classmethod
    def _known_preset(cls, preset: str | None) -> str | None:
        try:
            return None if preset is None else schedule.preset(preset).name
        except ScenarioError as error:
            raise ValueError(str(error).removeprefix("preset: ")) from None

    @field_validator("adherence", "doubled_after_missed")
    @classmethod
    def _share(cls, share: float | None) -> float | None:
        if share is not None and not 0.0 <= share <= 1.0:
            raise ValueError(f"found {share:g}, wanted a share from 0 to 1; write 0.8 for 80 %")
        return share

    @field_validator("missed_streak")
    @classmethod
    def _streak(cls, streak: float | None) -> float | None:
        if streak is not None and not 1.0 <= streak <= schedule.LONGEST:
            raise ValueError(f"found {streak:g}, wanted 1 day or more: how long a run of missed days lasts on average")
        return streak

    @model_validator(mode="after")
    def _schedule_with_drug(self) -> "RegimenOptions":
        """The drug has one schedule, placebo has none."""
        given = [f"{name} {getattr(self, name)!r}" for name in EITHER if getattr(self, name) is not None]
        if len(given) != (self.drug == "memantine"):
            raise ValueError(
                f"found drug {self.drug!r} with {' and '.join(given) or 'no dose'}, wanted a dose or a preset with "
                "the drug and none with placebo"
            )
        return self

    @model_validator(mode="after")
    def _role_of_drug(self) -> "RegimenOptions":
        """The control takes placebo and nobody else does: no other comparison is simulated."""
        if self.role is not None and (self.role == "control") != (self.drug == "placebo"):
            wanted = "'control' with placebo and 'drug' with the drug; mend role or drug"
            raise ValueError(f"found role {self.role!r} with drug {self.drug!r}, wanted {wanted}")
        return self

    @property
    def is_control(self) -> bool:
        """Whether the arm is the control: its role, whatever it is called."""
        return self.drug == "placebo"

    @cached_property
    def schedule(self) -> schedule.Schedule:
        """The planned steps; none for placebo."""
        if self.preset is not None:
            return prescription.parse(schedule.preset(self.preset).dose)
        return () if self.dose is None else prescription.read(self.dose)

    @property
    def most_mg_per_day(self) -> float:
        """Largest amount of salt planned for a day, mg; 0 for placebo."""
        return max((step.per_day for step in self.schedule), default=0.0)
