"""The call of ``leao.review``: what a real diary shows of the drug.

Arguments bear the names of the options of ``leao review``; the summary is what it prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leao.core.result import Result

if TYPE_CHECKING:
    import polars as pl

    from leao.diary.reading import Diary
    from leao.diary.reading import Mapping as DiaryMapping
    from leao.review.answer import Review
    from leao.review.contract import DiaryCheck, ReviewSummary


class Doses(NamedTuple):
    """What was taken when: ``doses`` by the day from which they hold, or start, dose, changes and stop."""

    doses: str | Mapping[str, str] | None = None
    start: str | None = None
    dose: str | None = None
    change: Sequence[str] = ()
    stop: str | None = None


def diary(
    diary: str | PathLike[str],
    doses: str | Mapping[str, str] | None = None,
    start: str | None = None,
    dose: str | None = None,
    change: Sequence[str] = (),
    stop: str | None = None,
    creatinine_clearance: float | None = None,
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
    check: bool = False,
) -> Result[ReviewSummary] | Result[DiaryCheck]:
    """Read a diary and say what it shows of the drug: better, or a good month? It never says what to prescribe.

    Args:
        diary: a table or an app's export; a row a day or an attack.
        doses: prescriptions by the day from which they hold, ``{"2026-03-02": "10 mg daily"}``, "0 mg" stops; or one,
            with ``start``.
        start: first day of the drug, year-month-day.
        dose: the regimen, for example ``"10 mg daily"``.
        change: ``"2026-04-13: 20 mg daily"``.
        stop: first day without the drug.
        creatinine_clearance: mL/min; None where it is not known.
        map: a mapping file for another layout (docs/review-mapping.md), or ``leao.diary.reading.Mapping``.
        say: what words mean, ``"severity:ok=mild"``.
        column: which column is which, ``"severity=Wie stark"``.
        ignore: columns to leave out.
        dates: year-first, day-first, month-first or day-number.
        unlisted: days without an entry: free or missing.
        severity: scale of the severity: 0-3, 0-4, 0-5, 0-10 or 0-100.
        length: unit of lengths without one: hours, minutes or days.
        utc: times in UTC: local, or the patient's zone.
        sheet: of a workbook.
        only: rows to read, ``"id=17"``.
        check: say how the diary is read and what is open, and stop.

    Raises:
        ScenarioError: the file is no diary, or a dose or a date is not understood; ``OpenQuestions`` where a word that
            counts is not understood (its ``open`` says which, how often and what to say).
    """
    from leao.diary import reading
    from leao.diary.reading.how_to_read import HowToRead, asked, beside_check, check_summary

    if isinstance(map, reading.Mapping):
        how = map
    else:
        file = None if map is None else Path(map)
        how = asked(HowToRead(file, dates, unlisted, severity, length, utc, sheet, only, say, column, ignore))
    if check:
        idle = beside_check(
            doses=doses, start=start, dose=dose, change=change or None, stop=stop,
            creatinine_clearance=creatinine_clearance,
        )  # fmt: skip
        examined: Any = check_summary(reading.examine(Path(diary), how), idle)
        return Result("diary_check", examined)
    return of(reading.read_file(Path(diary), how), Doses(doses, start, dose, change, stop), creatinine_clearance)


def of(diary: Diary, doses: Doses, creatinine_clearance: float | None) -> Result[ReviewSummary]:
    """Return the review of a diary that has been read.

    Raises:
        ScenarioError: a dose or a date that is not understood.
    """
    from leao.diary.reading.doses import asked, of_doses
    from leao.review import answer

    step = (doses.start, doses.dose, list(doses.change), doses.stop)
    taken = asked(*step) if doses.doses is None else of_doses(doses.doses, *step)
    review = answer.of(diary, taken, creatinine_clearance)
    return Result("review", review.summary, lambda: _days(review), review)


def _days(review: Review) -> pl.DataFrame:
    """Return the diary as it was read: a row a day, with what was taken and the predicted level."""
    import polars as pl

    diary, treatment = review.diary, review.treatment
    columns: dict[str, Any] = {
        "day": [diary.name(day) for day in range(diary.headache.size)],
        "headache": [None if day < 0 else day == 1 for day in diary.headache.tolist()],
    }
    if diary.severity is not None:
        columns["severity"] = diary.severity
    if treatment is not None:
        columns["mg"] = treatment.per_day
        if review.levels is not None:
            columns["level_ng_per_mL"] = review.levels.plasma[1, treatment.lead :]
    frame = pl.DataFrame(columns, strict=False)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
