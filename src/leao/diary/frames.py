"""Recruiting frames: whom a clinic, a registry, a headache centre, the population or a trial draws from.

Each frame is a ledger ``frames/<name>``: the rates of those who might be recruited, how often an attack is migraine,
and, for trials, what happens on placebo beyond regression to the mean. The dynamics of single patients (drift,
regularity, recurrence) are the same in all frames and stand in ledger ``diary``. Eligibility is not a frame's.
"""

from typing import Annotated, NamedTuple

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.diary.params import DiaryNumbers

NAMES = ("clinic", "registry", "leiden", "population", "strive", "migr", "primary_care", "waiting", "sham")


class Frame(NamedTuple):
    """Numbers of a recruiting frame; meanings and sources stand in its ledger."""

    log_rate: Annotated[float, "dimensionless"]
    log_rate_spread: Annotated[float, "dimensionless"]
    migraine_share: Annotated[float, "dimensionless"]
    migraine_share_precision: Annotated[float, "dimensionless"]
    every_day_share: Annotated[float, "dimensionless"]
    placebo_shift: Annotated[float, "dimensionless"]
    placebo_spread: Annotated[float, "dimensionless"]
    remitter_share: Annotated[float, "dimensionless"]


def read(name: str) -> Frame:
    """Return the frame ``name``.

    Raises:
        LedgerError: no such frame.
    """
    if name not in NAMES:
        hint = ledger.nearest(name, [*NAMES])
        raise LedgerError(f"frame {name!r}: not found; wanted one of {', '.join(NAMES)}{hint}")
    return ledger.params(ledger.read(f"frames/{name}"), Frame)


def applied(params: DiaryNumbers, frame: Frame) -> DiaryNumbers:
    """Return the diary's numbers for patients of ``frame``; its ``log_rate`` goes to ``population.draw`` apart."""
    numbers_of_frame = {name: value for name, value in frame._asdict().items() if name in DiaryNumbers._fields}
    return params._replace(**numbers_of_frame)
