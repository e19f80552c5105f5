"""The one door: the bytes of a diary's file to a ``Reading``, which is a diary or the questions it leaves open."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import files
from leao.core.errors import ScenarioError
from leao.diary.reading import (
    codes,
    column_doubts,
    columns,
    combined,
    date_doubts,
    decimal_doubts,
    dotted_clocks,
    entries,
    legends,
    parts_of_days,
    rows,
    spans,
    tags,
    week_days,
    zones,
)
from leao.diary.reading.assembly import Assembly
from leao.diary.reading.columns import Columns
from leao.diary.reading.diary import Diary
from leao.diary.reading.formats import detect
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.questions import OpenQuestions, Question, Words
from leao.diary.reading.rows import Reader
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare

FIRST_ROWS = 6  # that a screen shows
MONTHS = 12


class Reading(NamedTuple):
    """What a file says: a diary, or None with the questions that must be answered first."""

    name: str
    diary: Diary | None
    questions: list[Question]
    columns: dict[str, Any]
    mapping: Mapping  # the whole mapping, guesses among it
    understood: list[str]
    header: list[str] = []
    first_rows: list[list[str]] = []  # as they stand in the file
    first_date: tuple[str, date] | None = None  # a text of the date column and the day it is read as

    @property
    def open(self) -> list[dict[str, Any]]:
        """The questions as the contract's ``open``."""
        return OpenQuestions(self.name, self.questions).open

    def whole(self) -> Diary:
        """Return the diary.

        Raises:
            OpenQuestions: something that counts is not understood.
        """
        if self.diary is None:
            raise OpenQuestions(self.name, self.questions, self.columns)
        return self.diary


def read_file(path: Path, mapping: Mapping | None = None) -> Diary:
    """Return the diary of a file.

    Raises:
        ScenarioError: it is no diary; ``OpenQuestions`` where something that counts is not understood.
    """
    return examine(path, mapping).whole()


def examine(path: Path, mapping: Mapping | None = None) -> Reading:
    """Return what a file says, or the questions it leaves open.

    Raises:
        ScenarioError: it is no diary: no table, no dates, no column of headache.
    """
    return read(str(path), files.read_bytes(path), mapping)


def read(name: str, content: bytes, options: Mapping | None = None) -> Reading:
    """Return what the bytes of a diary's file say, or the questions they leave open.

    Args:
        name: what messages call the file; its ending only breaks a tie between kinds of file.
        content: its bytes.
        options: how to read; None leaves everything to the file's names and words.

    Raises:
        ScenarioError: it is no diary: no table, no dates, no column of headache.
    """
    mapping = options or Mapping()
    today = mapping.today or datetime.now().date()  # noqa: DTZ005  (the reader's own day)
    open_words = Words()
    sheet = _chosen(detect.sheet(name, content, mapping), mapping)
    whole = mapping
    sheet = date_doubts.without_totals(zones.localised(date_doubts.moments(sheet, mapping), mapping), mapping)
    sheet = week_days.dated(date_doubts.days_of_months(sheet, mapping), mapping)
    sheet, mapping = combined.joined(sheet, mapping)
    sheet, mapping = tags.spread(sheet, mapping, open_words)
    ours = columns.sort(sheet, mapping, open_words, today)
    several = columns.several_patients(sheet, ours, mapping)
    if several is not None:
        open_words.ask(several)
    column_doubts.ask(sheet, ours, mapping, open_words)
    mapping = legends.applied(sheet, ours, mapping, open_words)
    mapping = dotted_clocks.applied(sheet, ours, mapping, open_words)
    reader = Reader(sheet, ours, mapping, open_words)
    reader.read_dates(today)
    date_doubts.ask(sheet, ours, reader.when, mapping, open_words)
    week_days.ask(sheet, ours, reader.when, open_words)
    listed = reader.entries()
    decimal_doubts.ask(reader)
    parts_of_days.ask(reader)
    diary = Assembly(reader, listed).diary() if listed or not open_words else None
    _all_words_stand(mapping, reader, sheet)
    guessed = _whole(whole, ours, sheet)
    understood = [*sheet.understood, *ours.guesses, reader.when.understood]
    seen = Reading(name, None, open_words.questions, ours.as_json(sheet), guessed, understood, *_looks(reader))
    if open_words or diary is None:
        return seen
    return seen._replace(diary=diary._replace(mapping=guessed), questions=[], understood=diary.understood)


def _looks(reader: Reader) -> tuple[list[str], list[list[str]], tuple[str, date] | None]:
    """Return the header, the first rows, and a date whose order shows: one that reads in several orders, if any."""
    read = [(text, day) for text, day in reader.when.by_text.items() if text.strip()]
    telling = [(text, day) for text, day in read if day.day != day.month and day.day <= MONTHS]
    first_rows = [list(texts) for _, texts in reader.sheet.rows[:FIRST_ROWS]]
    return list(reader.sheet.header), first_rows, next(iter([*telling, *read]), None)


def _chosen(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the rows the mapping asks for."""
    kept, remarks = sheet.rows, list(sheet.understood)
    for name, wanted in mapping.only.items():
        place = next((k for k, header in enumerate(sheet.header) if bare(header) == bare(name)), None)
        if place is None:
            place = next((k for k, head in enumerate(sheet.header) if bare(head) == bare(name.replace("_", " "))), None)
        if place is None:
            raise ScenarioError(f"{sheet.name}: no column {name!r}, by which rows are chosen")
        kept = [row for row in kept if bare(row[1][place]) == bare(wanted)]
        remarks.append(f"rows whose {name} is {wanted}: {len(kept)} of {len(sheet.rows)}")
    if not kept:
        raise ScenarioError(f"{sheet.name}: no rows to read{' (' + remarks[-1] + ')' if mapping.only else ''}")
    return sheet._replace(rows=kept, understood=remarks)


def _whole(mapping: Mapping, ours: Columns, sheet: Sheet) -> Mapping:
    """Return the mapping with what was guessed written out."""
    guessed = {role: sheet.header[places[0]] for role, places in ours.places.items() if len(places) == 1}
    written = {name for name in sheet.header if name}
    kept = {
        role: name for role, name in guessed.items() if name in written and sheet.format == "table" and ": " not in name
    }
    return mapping._replace(columns=kept | mapping.columns)


def _all_words_stand(mapping: Mapping, reader: Reader, sheet: Sheet) -> None:
    """Refuse a word of ``--say`` that stands nowhere: it would answer a question that nobody asked."""
    everywhere = {bare(text) for _, texts in sheet.rows for text in texts}
    parts = {bare(part) for text in everywhere for part in text.replace("|", ";").replace(",", ";").split(";")}
    special = {entries.CONFLICT, entries.ALONE, spans.TWICE, codes.EVERY_ROW, bare(rows.EMPTY_WORD)}
    for place, meanings in mapping.values.items():
        for word in meanings:
            if place == ANY and word not in everywhere | parts | special:
                raise ScenarioError(
                    f"{sheet.name}: --say {word!r}: no cell says it; write the word as it stands in the file"
                )
