"""Which column of the file is which of ours: by its name, then by its cells; a guess is shown, a doubt is asked.

The law of columns: one that can change the answer is read or stops the run; a known harmless one is listed; any other
is listed as not read, with its first values, and stops the run where its name is a word of the trade or its cells are
dates, lengths of time or flags by which rows are chosen.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.diary.reading import cells, combined, dates, words
from leao.diary.reading.column_names import medicine_of, role_of, says_milligrams, scale_of, unit_of
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.unread import are_clocks, are_dates, is_prose, likely, may_count
from leao.diary.reading.words import bare, name_of, shown

SEVERAL = ("acute_medication", "note", "side_effects", "symptoms", "tags")  # roles that several columns may have
FIRST_VALUES = 3
PATIENTS_LISTED = 12  # of a file with several, in its question


class Columns(NamedTuple):
    """Our columns with the places of the file's, and what became of the others."""

    places: dict[str, list[int]]
    medicine: dict[int, str]  # columns named after a medicine: its name
    scale: str | None  # of severity, by the column's name
    unit: str | None  # of lengths, by the column's name
    milligrams: bool  # whether the dose's column says mg
    guesses: list[str]
    harmless: list[str]
    empty: list[str]  # columns without a word
    not_read: list[dict[str, Any]]
    ignored: list[str]

    def has(self, role: str) -> bool:
        """Return whether the file has our column."""
        return bool(self.places.get(role))

    def name(self, sheet: Sheet, role: str) -> str:
        """Return the file's name of our column, as a question repeats it."""
        places = self.places.get(role)
        return sheet.header[places[0]] if places else role

    def cell(self, sheet: Sheet, role: str, texts: list[str]) -> tuple[str, str, str]:
        """Return our column, the file's name of it and what a row says there; nothing where no column has the role."""
        places = self.places.get(role)
        return role, self.name(sheet, role), texts[places[0]] if places else ""

    def as_json(self, sheet: Sheet) -> dict[str, Any]:
        """Return ``columns`` of ``--json``."""
        used = [sheet.header[k] for k in sorted(set(chain.from_iterable(self.places.values())))]
        read_as = {role: [sheet.header[k] for k in places] for role, places in self.places.items() if places}
        return {
            "used": used, "read_as": read_as, "harmless": self.harmless, "empty": self.empty,
            "not_read": self.not_read, "ignored": self.ignored,
        }  # fmt: skip


class _Sorting:
    """The work of ``sort``: every column gets one place."""

    def __init__(self, sheet: Sheet, mapping: Mapping, open_words: Words, today: date) -> None:
        self.sheet, self.mapping, self.open, self.today = sheet, mapping, open_words, today
        self.counts = [sheet.counts(k) for k in range(len(sheet.header))]
        self.places: dict[str, list[int]] = {}
        self.medicine: dict[int, str] = {}
        self.guesses: list[str] = []
        self.harmless: list[int] = []
        self.empty: list[int] = []
        self.ignored: list[int] = []
        self.rest: list[int] = []

    # --- what the user and the format say --------------------------------------------------------------------------

    def find(self, name: str, what: str) -> int:
        """Return the place of a column that the user names."""
        wanted = (bare(name), name_of(name), name_of(name.replace("_", " ")))
        for k, header in enumerate(self.sheet.header):
            if header == name or bare(header) in wanted[:1] or name_of(header) in wanted:
                return k
        names = [header for header in self.sheet.header if header]
        raise ScenarioError(
            f"{self.sheet.name}: no column {name!r}, which {what}{nearest(name, names)}; found {', '.join(names)[:160]}"
        )

    def explicit(self) -> None:
        """Place the columns that the mapping or the format names."""
        self.ignored = [self.find(name, "is to be ignored") for name in self.mapping.ignore]
        for role, name in self.mapping.columns.items():
            self.places[role] = [self.find(name, f"the mapping names for {role}")]
        for k, role in self.sheet.roles.items():
            if k not in self.ignored and role not in self.mapping.columns:
                (self.harmless if role == "harmless" else self.places.setdefault(role, [])).append(k)

    # --- names ----------------------------------------------------------------------------------------------------

    def by_name(self) -> None:
        """Place the other columns by their names."""
        placed = set(chain.from_iterable(self.places.values())) | {*self.ignored, *self.harmless}
        for k, header in enumerate(self.sheet.header):
            if k in placed:
                continue
            role = role_of(header)
            if not self.counts[k]:
                self.empty.append(k)
            elif role == "harmless":
                self.harmless.append(k)
            elif role is None or role in self.mapping.columns:
                self.rest.append(k)
            else:
                self.places.setdefault(role, []).append(k)
        self.by_medicine()

    def by_medicine(self) -> None:
        """Take columns named after a medicine as columns of acute medicine, or of the dose where it is memantine."""
        for k in [*self.rest, *self.places.get("acute_medication", [])]:
            named = medicine_of(self.sheet.header[k])
            if named is None:
                continue
            role = "dose_taken" if named == "memantine" else "acute_medication"
            if k in self.rest:
                self.rest.remove(k)
                self.places.setdefault(role, []).append(k)
            if role == "acute_medication":
                self.medicine[k] = self.sheet.header[k]

    def settle(self) -> None:
        """Decide what a name alone does not: the date, the headache, the start, and columns of one role."""
        self.settle_date()
        self.settle_headache()
        if self.places.get("time"):
            places = self.places.pop("time")
            if not self.places.get("start") and (self.places.get("end") or self.places.get("duration")):
                self.places["start"] = places[:1]
                self.guesses.append(f"{self.sheet.header[places[0]]} is taken for the start")
                places = places[1:]
            self.harmless += places
        self.harmless += self.places.pop("tags", [])
        for role in ("year", "month"):
            self.rest += self.places.pop(role, [])
        for role, places in self.places.items():
            if len(places) > 1 and role not in SEVERAL:
                self.one_of(role, places)

    def settle_date(self) -> None:
        places = self.places.get("date", [])
        if not places:
            start = [k for k in self.places.get("start", []) if are_dates(self.counts[k], self.today)]
            guessed = start or [k for k in self.rest if are_dates(self.counts[k], self.today)]
            if len(guessed) == 1:
                self.places["date"] = guessed
                self.rest = [k for k in self.rest if k not in guessed]
                self.guesses.append(
                    f"{self.sheet.header[guessed[0]] or 'a column without a name'} is taken for the date"
                )
            return
        if len(places) == 1 or "date" in self.mapping.columns:
            return
        whole = [k for k in places if are_dates(self.counts[k], self.today)]
        if len(whole) == 1 or (whole and len({tuple(self.days(k)) for k in whole}) == 1):
            self.harmless += [k for k in places if k != whole[0]]
            self.places["date"] = whole[:1]
            self.guesses.append(f"{self.sheet.header[whole[0]]} is taken for the date")

    def days(self, k: int) -> list[str]:
        return [dates.parted(text).day for text in self.sheet.texts(k)]

    def settle_headache(self) -> None:
        """Find the column that says headache: a kind, a migraine or a yes-or-no pain column where none is named so."""
        kind, severity = self.places.get("kind", []), self.places.get("severity", [])
        if not self.places.get("headache"):
            if self.places.get("migraine"):
                self.places["headache"] = self.places.pop("migraine")
            elif len(kind) == 1 and any(self.is_ache(text) for text in self.counts[kind[0]]):
                self.places["headache"] = self.places.pop("kind")
                self.guesses.append(f"{self.sheet.header[kind[0]]} is taken for the headache")
            elif len(severity) == 1 and self.is_yes_no(severity[0]):
                self.places["headache"] = self.places.pop("severity")
                self.guesses.append(f"{self.sheet.header[severity[0]]} holds yes and no: taken for the headache")

        headache = self.places.get("headache", [])
        if headache and not self.places.get("severity") and scale_of(self.sheet.header[headache[0]]):
            self.places["severity"] = headache[:1]
            self.guesses.append(f"{self.sheet.header[headache[0]]} is taken for the severity, too")

    def is_ache(self, text: str) -> bool:
        try:
            read = cells.headache(text)
        except cells.Unread:
            return False
        return read is not None and (read.migraine or bare(text) in words.group("headache", "headache"))

    def is_yes_no(self, k: int) -> bool:
        known = {bare(text) for text in self.counts[k]} - words.group("cells", "missing")
        flags = words.group("cells", "yes") | words.group("cells", "no")
        return bool(known) and known <= flags and not known <= {"0", "1"}

    def unread(self) -> list[dict[str, Any]]:
        """Return the columns that nothing reads with their first values; ask where one may count."""
        listed = []
        for k in self.rest:
            header, counts = self.sheet.header[k], self.counts[k]
            if not counts or bare(header) in {bare(name) for name in self.mapping.only}:
                self.harmless.append(k)
                continue
            why, role = may_count(header, counts, self.today), likely(counts, self.places, self.today)
            if why is None and are_clocks(counts) and (role := self.time_missing()):
                why = "a column of times of day is not read"
            if why is None and is_prose(counts):
                self.places.setdefault("note", []).append(k)
                self.guesses.append(f"{header} holds sentences: its cells are handed on as notes")
                continue
            values = [shown(value) for value in list(counts)[:FIRST_VALUES]]
            listed.append({"column": header, "first_values": values})
            if why is not None:
                answer = combined.answer(header, role)
                self.open.ask(Question(header, ", ".join(values), sum(counts.values()), why, answer))
        return listed

    def time_missing(self) -> str | None:
        """Return which time of an attack no column holds, in a file where each row may be an attack."""
        start, whole = self.places.get("start"), self.places.get("end") or self.places.get("duration")
        if start and whole:
            return None
        return "end" if start else "start"

    def one_of(self, role: str, places: list[int]) -> None:
        """Ask which of several columns of one role is meant."""
        names = [self.sheet.header[k] for k in places]
        count = sum(sum(self.counts[k].values()) for k in places)
        answer = " or ".join(f'--column "{role}={name}"' for name in names) + ', and --ignore "..." the others'
        self.open.ask(Question(", ".join(names), role, count, f"which of these columns is the {role}?", answer))


def sort(sheet: Sheet, mapping: Mapping, open_words: Words, today: date) -> Columns:
    """Return our columns of a file; doubts go to ``open_words``.

    Raises:
        ScenarioError: a column that the user names is not there, or no column holds dates.
    """
    work = _Sorting(sheet, mapping, open_words, today)
    work.explicit()
    work.by_name()
    work.settle()
    if not work.places.get("date"):
        names = ", ".join(header for header in sheet.header if header)[:160]
        raise ScenarioError(
            f'{sheet.name}: no column of dates; found {names}; say which it is with --column "date=..."'
        )
    not_read = work.unread()
    severity, length, dose = (work.places.get(role, []) for role in ("severity", "duration", "dose_taken"))
    return Columns(
        places={role: places for role, places in work.places.items() if places}, medicine=work.medicine,
        scale=scale_of(sheet.header[severity[0]]) if severity else None,
        unit=unit_of(sheet.header[length[0]]) if length else None,
        milligrams=bool(dose) and says_milligrams(sheet.header[dose[0]]),
        guesses=work.guesses, harmless=[sheet.header[k] or f"column {k + 1}" for k in work.harmless],
        empty=[sheet.header[k] for k in work.empty if sheet.header[k]],
        not_read=not_read, ignored=[sheet.header[k] for k in work.ignored],
    )  # fmt: skip


def several_patients(sheet: Sheet, columns: Columns, mapping: Mapping) -> Question | None:
    """Return the question of a file that holds more than one patient, where no rows are chosen by it."""
    for k in columns.places.get("patient", []):
        counts = sheet.counts(k)
        repeated = max(counts.values(), default=0) > 1
        days = Counter(zip(sheet.texts(columns.places["date"][0]), strict=True))
        if len(counts) > 1 and repeated and max(days.values()) > 1 and not mapping.only:
            first, *others = list(counts)[:PATIENTS_LISTED]
            asks = f"{len(counts)} patients in one file"
            answer = " or ".join([f'--only "{sheet.header[k]}={first}"', *(f'"{sheet.header[k]}={o}"' for o in others)])
            return Question(sheet.header[k], shown(first), sum(counts.values()), asks, answer)
    return None
