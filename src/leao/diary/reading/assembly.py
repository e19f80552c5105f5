"""Days from the entries of a file, and the questions that only all of them together raise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from leao.core.errors import ScenarioError
from leao.diary.reading import cells, codes, missing_columns, notes
from leao.diary.reading.cells import Dose
from leao.diary.reading.columns import Columns
from leao.diary.reading.diary import Diary
from leao.diary.reading.entries import Basis, Days, is_silent, merge
from leao.diary.reading.entry import FLAGS, Entry
from leao.diary.reading.questions import Question
from leao.diary.reading.rows import Reader
from leao.diary.reading.words import typed

LONGEST = 9_132  # days between the first and the last row: 25 years
LEAST_DAYS = 14  # recorded, for an inference: fewer say nothing of a month
MANY_UNLISTED = 1 / 3  # share of days without an entry from which a list that is mostly headache is asked about
MOSTLY = 0.5
BLANKS = 4  # empty cells for each that says free from which an empty one may be free, too
LEAST_MG = 2.5  # a bare number below it is a count of tablets or a yes as likely as milligrams
TIMES = ("start", "end", "duration")


class Assembly:
    """Days from entries, and what must be asked of them together."""

    def __init__(self, reader: Reader, entries: list[Entry]) -> None:
        """Keep the reader of the rows, whose table, columns and questions are used on."""
        self.sheet, self.ours, self.mapping, self.open = reader.sheet, reader.columns, reader.mapping, reader.open
        self.reader, self.entries = reader, entries
        self.remarks: list[str] = []

    def diary(self) -> Diary:
        """Return the diary, whole only where no question is open.

        Raises:
            ScenarioError: no row has a day, or the rows lie too far apart.
        """
        if not self.entries:
            raise ScenarioError(f"{self.sheet.name}: no row has a date that reads; write dates like 2026-03-02")
        first, last, n_day = self.span()
        basis = self.basis()
        days = merge(self.entries, first, n_day, basis, self.mapping, self.open)
        self.ask_unlisted(days, n_day, basis)
        numbered = self.reader.when.order == "day number"
        missing = int((days.headache < 0).sum())
        length = f"{n_day} days" if numbered else f"{first} to {last}, {n_day} days"
        recorded = f"{length}: {n_day - missing} recorded, {missing} missing"
        filled = frozenset().union(*(entry.given for entry in self.entries))
        if self.ours.has("symptoms") or self.ours.has("tags") or any(entry.read.get("aura") for entry in self.entries):
            filled |= {name for name in FLAGS if (days.flags[name] >= 0).any()}
        understood = [
            *self.sheet.understood, *self.ours.guesses, *self.counted(), self.reader.when.understood, *self.remarks,
            *days.understood, *self.reader.medicines.lines, recorded,
            *missing_columns.lines(self.entries, {*self.ours.places, *filled}, filled, self.ours.empty), *self.unread(),
        ]  # fmt: skip
        odd = sorted([*self.sheet.oddities, *days.oddities], key=lambda each: each[0])
        return Diary(
            first=first, numbered=numbered, headache=days.headache, hours=days.spans.hours, severity=days.severity,
            flags={name: days.flags[name] for name in FLAGS if name in filled},
            acute=days.acute if "acute_medication" in filled else None, disability=days.disability,
            taken=days.taken, taken_mg=days.taken_mg,
            side_effects=days.side_effects if "side_effects" in filled else None,
            understood=[line for line in understood if line],
            oddities=[{"row": row, "what": what} for row, what in odd], problem=_problem(days),
            notes=notes.ordered([*self.format_notes(), *self.reader.notes]), columns=self.ours.as_json(self.sheet),
            left_out=self.left_out(), medicines=self.reader.medicines.medicines, attacks=days.spans.attacks,
            migraine=days.migraine if (days.migraine >= 0).any() else None,
            scores={name: values for name, values in days.scores.items() if values}, format=self.sheet.format,
        )  # fmt: skip

    def span(self) -> tuple[date, date, int]:
        """Return the first and last day, by the rows or by what the file says it covers."""
        first, last = (edge(self.entries, key=lambda entry: entry.day) for edge in (min, max))
        n_day = (last.day - first.day).days + 1
        if n_day > LONGEST:
            raise ScenarioError(
                f"{self.sheet.name}: dates: row {first.row} says {first.day} and row {last.row} {last.day}, "
                f"{n_day} days apart, wanted {LONGEST} at most; mend the one that is wrong"
            )
        begin, end = first.day, max(entry.day + timedelta(entry.days_on) for entry in self.entries)
        if self.sheet.span is not None:
            begin, end = min(begin, self.sheet.span[0]), max(end, self.sheet.span[1])
        return begin, end, min((end - begin).days + 1, LONGEST)

    # --- what the rows are ----------------------------------------------------------------------------------------

    def basis(self) -> Basis:
        """Return what the rows are; scales and doses that can be read two ways are asked about."""
        has = self.ours.has
        by_column = has("headache")
        every_row = codes.every_row(self.mapping, self.sheet.name, by_column=by_column)
        if not by_column and every_row is None and not any(has(role) for role in ("severity", "end_date", *TIMES)):
            names = ", ".join(header for header in self.sheet.header if header)[:160]
            self.open.ask(Question(
                None, names, len(self.entries), "no column says whether there was a headache",
                '--column "headache=NAME" with the name of the column that does (several: "headache=A + B"), or, if '
                'each row is an attack, --say "every row=headache"',
            ))  # fmt: skip
        words = sum(entry.ache is not None and not entry.ache.headache for entry in self.entries)
        free = words if by_column else sum(entry.read.get("severity") == 0.0 for entry in self.entries)
        free += 0 if by_column else sum(entry.length == 0.0 for entry in self.entries)
        blank = sum(map(is_silent, self.entries))
        if not by_column:
            self.remarks.append(
                "no headache column: a row with a severity above none, a time or a length is a headache"
            )
        self.say_numbers(by_column)
        codes.ask(self.entries, self.sheet, self.ours, self.mapping, self.open)
        marks_only = every_row is not None or free * BLANKS <= blank
        return Basis(by_column, marks_only, self.scale(), self.bare_dose(), every_row)

    def say_numbers(self, by_column: bool) -> None:
        """Say where the headache's column holds numbers that are not read as a severity."""
        numbers = [
            e.ache.number for e in self.entries if by_column and e.ache is not None and e.ache.number is not None
        ]
        if max(numbers, default=0.0) > 1.0 and not self.ours.has("severity"):
            name = self.ours.name(self.sheet, "headache")
            self.remarks.append(
                f"{name} holds numbers up to {max(numbers):g}: above 0 is headache; if they are its severity, say "
                f'--column "severity={name}"'
            )

    def scale(self) -> str | None:
        """Return the scale of severity in numbers, by the option, the column's name or the numbers."""
        values = [entry.read.get("severity") for entry in self.entries]
        numbers = [value for value in values if value is not None and not isinstance(value, cells.Grade)]
        if any(isinstance(value, cells.Grade) for value in values):
            self.remarks.append("severity in words read as none, mild, moderate, severe")
        if not numbers:
            return None
        most = max(numbers)
        by_cells = self.scale_of_cells(most, len(numbers))
        scale = self.mapping.severity or self.ours.scale or by_cells
        if scale is not None:
            by = "by the column's name" if self.ours.scale else "by the cells that name it"
            by = "as you said" if self.mapping.severity else by
            if most > float(scale.partition("-")[2]):
                self.ask_scale(most, len(numbers), f"a number above the scale {scale}")
            self.remarks.append(f"severity read as {scale.replace('-', ' to ')}, {by}")
            return scale
        if most <= 3.0:
            self.remarks.append("severity read as 0 to 3, since no day is above 3; say --severity 0-10 if not")
            return "0-3"
        if most <= 5.0 or most > 10.0:
            self.ask_scale(most, len(numbers), "of which scale is the severity?")
            return "0-10"
        self.remarks.append("severity read as 0 to 10 (1-3 mild, 4-6 moderate, 7-10 severe)")
        return "0-10"

    def scale_of_cells(self, most: float, count: int) -> str | None:
        """Return the one scale that cells such as ``3/10`` name beside bare numbers; several are asked about."""
        texts = [text for k in self.ours.places.get("severity", []) for text in self.sheet.counts(k)]
        named = {scale for text in texts if (scale := cells.scale_in(self.reader.meaning("severity", text)))}
        if len(named) > 1 and not (self.mapping.severity or self.ours.scale):
            self.ask_scale(most, count, "cells name several scales: of which is a number without one?")
        return named.pop() if len(named) == 1 else None

    def ask_scale(self, most: float, count: int, asks: str) -> None:
        """Ask for the scale of severity."""
        name = self.ours.name(self.sheet, "severity")
        self.open.ask(Question(name, f"up to {most:g}", count, asks, "--severity 0-10, 0-5, 0-4, 0-3 or 0-100"))

    def bare_dose(self) -> str | None:
        """Return how bare numbers of the dose read."""
        if not self.ours.has("dose_taken"):
            return None
        how, remark = dose_unit(self.entries, self.ours)
        if how is None and remark is not None:
            for text, count in self.sheet.counts(self.ours.places["dose_taken"][0]).items():
                number = cells.number(text)
                if number is not None and 0.0 < number < LEAST_MG and self.reader.meaning("dose_taken", text) == text:
                    answer = f'--say "dose_taken:{typed(text)}=yes" or "dose_taken:{typed(text)}=10 mg"'
                    self.open.ask(Question(self.ours.name(self.sheet, "dose_taken"), text, count, remark, answer))
        elif remark is not None:
            self.remarks.append(remark)
        return how

    def ask_unlisted(self, days: Days, n_day: int, basis: Basis) -> None:
        """Ask what days without an entry were, where the answer decides the counts."""
        count = int(days.unlisted.sum())
        counting = {self.ours.name(self.sheet, role) for role in ("date", "headache", "severity")}
        if any(question.column is None or question.column in counting for question in self.open.questions):
            return  # which days say what is open itself
        if self.mapping.unlisted is not None or not count:
            return
        seen = days.headache >= 0
        headache = int((days.headache == 1).sum())
        free = int(seen.sum()) - headache
        if free and not (count > MANY_UNLISTED * n_day and headache > MOSTLY * seen.sum()):
            return
        asks = "days without an entry: were they free of headache, or not recorded?"
        self.open.ask(Question(None, "", count, asks, "--unlisted free or --unlisted missing"))

    # --- what is said ---------------------------------------------------------------------------------------------

    def counted(self) -> list[str]:
        """Return how many rows there are, and what was read without a word of its own."""
        lines = [f"{len(self.sheet.rows)} rows, {len(self.entries)} with a date"]
        if self.reader.missing:
            lines.append(f"cells that say nothing: {', '.join(f'{k} ({n})' for k, n in self.reader.missing.items())}")
        self.ask_offsets()
        if self.reader.offsets:
            named = ", ".join(self.reader.offsets)
            lines.append(
                f"times are taken as the patient's local time, as written; their offset from UTC ({named}) is not used"
            )
        return lines

    def ask_offsets(self) -> None:
        """Ask where all times are in UTC: the patient's day may then be another."""
        zero = {"z", "utc", "gmt", "+00:00", "+0000"}
        if self.reader.offsets and set(self.reader.offsets) <= zero and self.mapping.utc is None:
            asks = "are these times the patient's own, or in UTC?"
            count = sum(self.reader.offsets.values())
            answer = (
                "--utc local if they are the patient's own, else --utc with the zone, such as Europe/Berlin or +01:00"
            )
            self.open.ask(Question(None, next(iter(self.reader.offsets)), count, asks, answer))

    def unread(self) -> list[str]:
        """Return the columns that nothing reads, in lines."""
        parts = [f"{each['column']} ({', '.join(each['first_values'])})" for each in self.ours.not_read]
        lines = [f"columns not read: {'; '.join(parts)}"] if parts else []
        if self.ours.harmless:
            lines.append(f"columns without effect here: {', '.join(self.ours.harmless)}")
        if self.ours.ignored:
            lines.append(f"columns left out as asked: {', '.join(self.ours.ignored)}")
        return lines

    def left_out(self) -> list[dict[str, Any]]:
        """Return the rows that are not used, and why."""
        without = self.reader.without_date
        return [*self.sheet.left_out, *([{"rows": without, "why": "no date"}] if without else [])]

    def format_notes(self) -> list[tuple[date | None, str]]:
        """Return the notes that the format keeps apart from the rows."""
        return [(None if day is None else date.fromisoformat(day), text) for day, text in self.sheet.notes]


def _problem(days: Days) -> str | None:
    """Return why the days carry no inference, or None."""
    recorded = int((days.headache >= 0).sum())
    if recorded < LEAST_DAYS:
        say = "1 day says" if recorded == 1 else f"{recorded} days say"
        return f"{say} whether there was headache, wanted {LEAST_DAYS} at least"
    return None


def dose_unit(entries: list[Entry], columns: Columns) -> tuple[str | None, str | None]:
    """Return how bare numbers of the dose read ("flag", "mg" or None: ask), and what is said of it.

    A column of only 0 and 1 says whether the dose was taken, not milligrams.
    """
    doses: list[Dose] = [entry.read["dose_taken"] for entry in entries if entry.read.get("dose_taken") is not None]
    bare_numbers = {dose.mg for dose in doses if dose.mg is not None and not dose.unit}
    if not bare_numbers:
        return "mg", None
    if bare_numbers <= {0.0, 1.0}:
        if columns.milligrams and 1.0 in bare_numbers:
            return None, "milligrams, or yes and no?"
        return "flag", "dose_taken of 0 and 1 read as not taken and taken"
    small = {mg for mg in bare_numbers if 0.0 < mg < LEAST_MG}
    if small and not columns.milligrams:
        return None, "milligrams or tablets?"
    return "mg", "dose_taken in numbers read as mg"
