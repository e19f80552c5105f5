"""Patient: what was answered about one person; what was not stays unknown and is never taken as normal."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from leao.exposure import patient_params

YesNo = Literal["yes", "no"]


class Patient(BaseModel):
    """The answers; None means not answered. kg, years, mL/min, mg/dL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float | None = None
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    creatinine_clearance: float | None = None
    serum_creatinine: float | None = None
    urine_ph: float | None = None
    taking: tuple[str, ...] | None = None
    history: tuple[str, ...] | None = None
    pregnant: YesNo | None = None
    breast_feeding: YesNo | None = None
    hepatic: Literal["none", "mild", "moderate", "severe"] | None = None
    tolerated: YesNo = "no"

    def clearance(self) -> float | None:
        """Return creatinine clearance in mL/min, measured or after Cockcroft and Gault; None if unknown."""
        if self.creatinine_clearance is not None:
            return self.creatinine_clearance
        if self.serum_creatinine is None or self.age is None or self.weight is None or self.sex is None:
            return None
        return cockcroft_gault(self.age, self.weight, self.sex, self.serum_creatinine)

    def may_be_pregnant(self, until_age: float) -> bool:
        """Return whether the question of a pregnancy stands: not a man, and not known to be older."""
        return self.sex != "male" and (self.age is None or self.age < until_age)


def cockcroft_gault(age: float, weight: float, sex: str, serum_creatinine: float) -> float:
    """Return creatinine clearance in mL/min: (140 - age) weight / (72 creatinine), times 0.85 for women.

    Cockcroft & Gault 1976; years, kg, mg/dL.
    """
    p = patient_params.central()
    value = max(0.0, p.gault_age - age) * weight / (p.gault_scale * serum_creatinine)
    return value * p.gault_female if sex == "female" else value
