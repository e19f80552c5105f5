"""The calls ``leao.n_of_1_start``, ``n_of_1_look`` and ``n_of_1_close``."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core.result import Result
from leao.plan.api import PatientAnswers

if TYPE_CHECKING:
    from leao.chain.n_of_1.folder import Trial
    from leao.diary.reading import Diary
    from leao.diary.reading import Mapping as DiaryMapping


def n_of_1_start(
    folder: str | PathLike[str],
    dose: str,
    begin: str,
    outcome: str = "headache_days",
    cycles: int = 3,
    weeks: int | None = None,
    patient: PatientAnswers | None = None,
    seed: int | None = None,
) -> Result[dict[str, Any]]:
    """Start a blinded trial of memantine in one patient: the regimen you enter is checked, never proposed.

    Writes to ``folder``: the plan, the allocation sealed for the pharmacist, a calendar and an empty diary.

    Args:
        folder: a new folder.
        dose: what is taken in a box of the drug, from its first day, ``"5 mg daily for 1 week, then 10 mg daily"``.
        begin: first day, year-month-day.
        outcome: headache_days or migraine_days, per 28 recorded days.
        cycles: pairs of boxes, 2 to 6.
        weeks: of a box; by default as few as the drug's washout and build-up leave 28 counted days.
        patient: what is known of the patient, as in ``leao.plan.check``.
        seed: for a rehearsal: the order can be drawn again; by default it cannot.

    Raises:
        ScenarioError: a folder that is there already, or what is not understood.
    """
    from leao.chain.n_of_1 import starting

    request = starting.StartRequest(Path(folder), dose, begin, outcome, cycles, weeks, patient, seed)
    return Result("n_of_1_start", starting.start(request))


def n_of_1_look(
    folder: str | PathLike[str],
    diary: str | PathLike[str],
    allocation: str | PathLike[str] | None = None,
    map: str | PathLike[str] | DiaryMapping | None = None,
    say: Sequence[str] = (),
    column: Sequence[str] = (),
    ignore: Sequence[str] = (),
    dates: str | None = None,
    unlisted: str | None = None,
    severity: str | None = None,
    length: str | None = None,
    utc: str | None = None,
    sheet: str | None = None,
    only: Sequence[str] = (),
) -> Result[dict[str, Any]]:
    """Look at an N-of-1 trial before its end: go on, or stop; nobody is unblinded.

    Args:
        folder: of the trial.
        diary: the patient's diary, read as ``leao.review.diary`` reads it.
        allocation: the sealed file, if it is not in the folder.
        map: as in ``leao.review.diary``; so are the others.
        say: what words mean.
        column: which column is which.
        ignore: columns to leave out.
        dates: year-first, day-first or month-first.
        unlisted: days without an entry: free or missing.
        severity: scale of the severity.
        length: unit of lengths without one.
        utc: times in UTC.
        sheet: of a workbook.
        only: rows to read.

    Raises:
        ScenarioError: no such trial, a broken seal, or a diary that cannot be used.
    """
    from leao.chain.n_of_1 import answers
    from leao.diary.reading.how_to_read import HowToRead

    how = HowToRead(None, dates, unlisted, severity, length, utc, sheet, only, say, column, ignore)
    return Result("n_of_1_look", answers.look(*_opened(folder, diary, allocation, map, how)))


def n_of_1_close(
    folder: str | PathLike[str],
    diary: str | PathLike[str],
    allocation: str | PathLike[str] | None = None,
    map: str | PathLike[str] | DiaryMapping | None = None,
    say: Sequence[str] = (),
    column: Sequence[str] = (),
    ignore: Sequence[str] = (),
    dates: str | None = None,
    unlisted: str | None = None,
    severity: str | None = None,
    length: str | None = None,
    utc: str | None = None,
    sheet: str | None = None,
    only: Sequence[str] = (),
) -> Result[dict[str, Any]]:
    """Close an N-of-1 trial: open the allocation, estimate the patient's own effect, write the closing page.

    Args:
        folder: of the trial.
        diary: the patient's diary, read as ``leao.review.diary`` reads it.
        allocation: the sealed file, if it is not in the folder.
        map: as in ``leao.review.diary``; so are the others.
        say: what words mean.
        column: which column is which.
        ignore: columns to leave out.
        dates: year-first, day-first or month-first.
        unlisted: days without an entry: free or missing.
        severity: scale of the severity.
        length: unit of lengths without one.
        utc: times in UTC.
        sheet: of a workbook.
        only: rows to read.

    Raises:
        ScenarioError: no such trial, a broken seal, or a diary that cannot be used.
    """
    from leao.chain.n_of_1 import answers
    from leao.chain.n_of_1.folder import PAGE
    from leao.diary.reading.how_to_read import HowToRead

    how = HowToRead(None, dates, unlisted, severity, length, utc, sheet, only, say, column, ignore)
    trial, read = _opened(folder, diary, allocation, map, how)
    result = Result("n_of_1_close", answers.close(trial, read))
    result.summary["page"] = str(result.report(trial.folder / PAGE))
    return result


def _opened(
    folder: str | PathLike[str],
    diary: str | PathLike[str],
    allocation: str | PathLike[str] | None,
    map: str | PathLike[str] | DiaryMapping | None,
    how: Any,
) -> tuple[Trial, Diary]:
    from leao.chain.n_of_1.folder import opened
    from leao.diary import reading
    from leao.diary.reading.how_to_read import asked

    trial = opened(Path(folder), None if allocation is None else Path(allocation))
    mapping = (
        map if isinstance(map, reading.Mapping) else asked(how._replace(mapping=None if map is None else Path(map)))
    )
    return trial, reading.read_file(Path(diary), mapping)
