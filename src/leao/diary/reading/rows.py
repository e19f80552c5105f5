"""Rows of the file to entries: each cell of a counting column is understood, or its word is asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from leao.core.units import HOURS_PER_DAY
from leao.diary.reading import acute, cells, dates, words
from leao.diary.reading.cells import Ache, Unread
from leao.diary.reading.columns import Columns
from leao.diary.reading.entry import FLAGS, MEANINGS, SCORES, Entry
from leao.diary.reading.mapping import ANY, DATES, Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import TYPED, bare, shown, typed

ABOVE, IGNORE = "above", "ignore"
EMPTY_WORD = "(empty)"
LONGEST_DAYS = 10  # of an attack by its dates; beyond, they are asked about


class Reader:
    """Reads one row after another, and asks about each word that is not understood, once."""

    def __init__(self, sheet: Sheet, columns: Columns, mapping: Mapping, open_words: Words) -> None:
        """Keep what the cells are read by."""
        self.sheet, self.columns, self.mapping, self.open = sheet, columns, mapping, open_words
        self.notes: list[tuple[date | None, str]] = []
        self.medicines = acute.Listed()
        self.offsets: Counter[str] = Counter()
        self.without_date: list[int] = []
        self.used: set[tuple[str, str]] = set()
        self.missing: Counter[str] = Counter()
        self.when = dates.Dates("year first", {}, "")
        self.timed = False  # whether the date's cells hold times of day; midnight everywhere is none
        self._kept: dict[tuple[str, str], Any] = {}
        self._unit = mapping.length or columns.unit
        self._parsers: dict[str, Callable[[str], Any]] = {
            "headache": cells.headache, "migraine": cells.flag, "severity": cells.severity, "dose_taken": cells.dose,
            "disability": cells.disability, "duration": lambda text: cells.length(text, self._unit),
            **{name: partial(cells.flag, symptom=name) for name in FLAGS}, **dict.fromkeys(SCORES, cells.score),
        }  # fmt: skip
        self._letters, self._crosses = self._letter_flags()

    # --- words ----------------------------------------------------------------------------------------------------

    def _letter_flags(self) -> tuple[set[str], set[str]]:
        """Return the columns in which t and f are true and false (both are there), and those where x may be a no."""
        paired, crossed = set(), set()
        spoken = {word for word in words.group("cells", "yes") if len(word) > 1 and word != "xx"}
        for role, places in self.columns.places.items():
            letters = {bare(text) for text in self.sheet.counts(places[0])}
            if {"t", "f"} <= letters:
                paired.add(role)
            if "x" in letters and letters & spoken:
                crossed.add(role)
        return paired, crossed

    def meaning(self, role: str, text: str) -> str:
        """Return what a cell says after the mapping's words for its column, or for every column."""
        word = bare(text)
        for place in (role, ANY):
            meaning = self.mapping.values.get(place, {}).get(word)
            if meaning is not None:
                self.used.add((place, word))
                return meaning
        if word in ("t", "f") and role in self._letters:
            return "yes" if word == "t" else "no"
        if word == "x" and role in self._crosses:
            return "letter x beside a yes"
        if word in ("t", "f") and role in (*FLAGS, "headache", "migraine", "dose_taken"):
            return f"letter {word}"
        return text

    def ask(self, role: str, text: str, asks: str, row: int, answer: str | None = None) -> None:
        """Add the word of a cell to the questions."""
        if answer is None:
            hint = MEANINGS.get(role, f'"{role}:{{word}}=..."')
            too_long = len(" ".join(text.split())) > TYPED
            answer = "nothing, but mend the cell" if too_long else "--say " + hint.format(word=typed(text))
        self.open.ask(Question(self.columns.name(self.sheet, role), text, 1, asks, answer, row))

    def cell(self, texts: list[str], role: str, row: int) -> Any:
        """Return what the cell of one of our columns says, or None."""
        text = texts[self.columns.places[role][0]]
        if not text.strip():
            return None
        key = (role, text)
        if role == "severity" and cells.is_dash(text) and not self.columns.has("headache"):
            meant = self.meaning(role, text)
            if meant == text:
                self.ask(role, text, "none, or not recorded?", row)
        if key not in self._kept:
            try:
                self._kept[key] = self._parsers[role](self.meaning(role, text))
            except Unread as wanted:
                self._kept[key] = wanted
        value = self._kept[key]
        if isinstance(value, Unread):
            asks_unit = role == "duration" and str(value) == cells.WHICH_UNIT
            self.ask(role, text, str(value), row, "--length hours or --length minutes" if asks_unit else None)
            return None
        if value is None and role in ("headache", "severity"):
            self.missing[f"{role} {shown(text)}"] += 1
        return value

    # --- rows -----------------------------------------------------------------------------------------------------

    def read_dates(self, today: date) -> None:
        """Find out how the dates of the file read; doubts are asked."""
        place = self.columns.places["date"][0]
        counts: Counter[str] = Counter()
        said: dict[str, date] = {}
        for _, texts in self.sheet.rows:
            meant = self.meaning("date", texts[place])
            if meant != texts[place] and (day := dates.as_date(meant, "year first", today)) is not None:
                said[meant] = day  # in the user's own words, whatever the order of the file's dates
            elif not cells.is_missing(meant) and not cells.is_dash(meant) and bare(meant) != ABOVE:
                counts[meant] += 1
        wanted = None if self.mapping.dates is None else DATES.get(self.mapping.dates, self.mapping.dates)
        self.when, doubts = dates.read(counts, today, wanted, two_digits=self.sheet.two_digit_years)
        self.when.by_text.update(said)
        first = {texts[place]: row for row, texts in reversed(self.sheet.rows)}
        for text, count in counts.items():
            parted = dates.parted(text)
            self.timed |= bool(parted.hour)
            if parted.offset:
                self.offsets[parted.offset] += count
        for doubt in doubts:
            column = self.columns.name(self.sheet, "date")
            count = max(doubt.times, counts[doubt.text])
            self.open.ask(Question(column, doubt.text, count, doubt.asks, doubt.answer, first.get(doubt.text)))

    def entries(self) -> list[Entry]:
        """Return what the rows say."""
        entries: list[Entry] = []
        last: date | None = None
        for row, texts in self.sheet.rows:
            day = self.day(texts, row, last)
            if day is None:
                continue
            last = day
            entries.append(self.entry(row, day, texts))
        return entries

    def day(self, texts: list[str], row: int, last: date | None) -> date | None:
        """Return the day of a row, or None where it has none; a row without a date that says something is asked."""
        text = texts[self.columns.places["date"][0]]
        meant = self.meaning("date", text if text.strip() else EMPTY_WORD)
        if bare(meant) == ABOVE and last is not None:
            return last
        if bare(meant) == IGNORE:
            self.note(texts, None)
            self.without_date.append(row)
            return None
        day = self.when.by_text.get(meant)
        if day is None and (meant == EMPTY_WORD or cells.is_missing(meant) or cells.is_dash(meant)):
            counting = [role for role in self.columns.places if role not in ("date", "note", "patient", "tags")]
            if any(texts[k].strip() for role in counting for k in self.columns.places[role]):
                answer = f'--say "date:{EMPTY_WORD}=above" (the day of the row above) or "date:{EMPTY_WORD}=ignore"'
                self.ask("date", EMPTY_WORD, "a row that says something and has no date", row, answer)
            self.note(texts, None)
            self.without_date.append(row)
        return day

    def note(self, texts: list[str], day: date | None) -> None:
        """Keep the notes of a row word for word."""
        nothing = words.group("cells", "no") | words.group("cells", "missing") | words.group("cells", "dash")
        for k in self.columns.places.get("note", []):
            if texts[k].strip() and bare(texts[k]) not in nothing:
                self.notes.append((day, texts[k].strip()))

    def entry(self, row: int, day: date, texts: list[str]) -> Entry:
        """Return what a row says."""
        self.note(texts, day)
        has = self.columns.has
        read = {role: self.cell(texts, role, row) for role in self._parsers if has(role)}
        ache = read.pop("headache", None)
        start, end = (self.moment(texts, role, day, row) for role in ("start", "end"))
        length = read.pop("duration", None)
        if start is None and self.timed and not has("start") and (end is not None or length):
            start = dates.parted(texts[self.columns.places["date"][0]]).hour
        later = self.days_later(texts, day, row) if has("end_date") else 0
        end = None if end is None else end + HOURS_PER_DAY * later
        named = self.medicine(texts, row)
        self.kind(texts, read)
        self.symptoms(texts, read, ache)
        given = frozenset(
            role for role, places in self.columns.places.items() if any(not cells.is_missing(texts[k]) for k in places)
        )
        side, on = " / ".join(self.side_effects(texts)), 0 if end or length else later
        ending = self.columns.cell(self.sheet, "end" if has("end") else "duration", texts)
        return Entry(row, day, read, ache, start, end, length, named, given, side, on, ending)

    def side_effects(self, texts: list[str]) -> list[str]:
        """Return the side effects that a row writes down."""
        written = [texts[k].strip() for k in self.columns.places.get("side_effects", [])]
        nothing = words.group("cells", "no")
        return [
            text for text in written if not (cells.is_missing(text) or cells.is_dash(text) or bare(text) in nothing)
        ]

    def moment(self, texts: list[str], role: str, day: date, row: int) -> float | None:
        """Return hours after the midnight that begins ``day``, of a time or of a date with its time."""
        if not self.columns.has(role):
            return None
        text = texts[self.columns.places[role][0]]
        meant = self.meaning(role, text)
        if cells.is_missing(meant) or cells.is_dash(meant):
            return None
        parted = dates.parted(meant)
        other = self.when.by_text.get(meant) or dates.as_date(
            parted.day,
            self.when.order,
            dates.latest(day),
            two_digits=self.sheet.two_digit_years or self.mapping.dates is not None,
        )
        if other is not None and self.when.order not in ("day number", "spreadsheet number"):
            if parted.offset:
                self.offsets[parted.offset] += 1
            if parted.hour is None:
                return None if role == "start" else HOURS_PER_DAY * ((other - day).days + 1)
            return parted.hour + HOURS_PER_DAY * (other - day).days
        try:
            return cells.hour(meant)
        except Unread as wanted:
            self.ask(role, text, str(wanted), row)
            return None

    def days_later(self, texts: list[str], day: date, row: int) -> int:
        """Return how many days after ``day`` the end's own date lies."""
        text = self.meaning("end_date", texts[self.columns.places["end_date"][0]])
        if cells.is_missing(text):
            return 0
        other = self.when.by_text.get(text) or dates.as_date(text, self.when.order, dates.latest(day), two_digits=True)
        if other is None:
            self.ask("end_date", text, "not a date", row, f'--say "end_date:{typed(text)}=missing"')
            return 0
        later = (other - day).days
        if not 0 <= later <= LONGEST_DAYS:
            asks = "the end lies before the start" if later < 0 else f"an attack of {later} days"
            self.ask("end_date", text, asks, row, f'--say "end_date:{typed(text)}=missing", or mend it')
            return 0
        return later

    def kind(self, texts: list[str], read: dict[str, Any]) -> None:
        """Add the kind of headache that a column beside the headache's own names; a kind nobody knows adds nothing."""
        for k in self.columns.places.get("kind", []):
            try:
                named = cells.headache(self.meaning("kind", texts[k]))
            except Unread:
                continue
            if named is not None and named.headache:
                read["kind"] = True
                read["migraine"] = named.migraine or read.get("migraine")

    def medicine(self, texts: list[str], row: int) -> list[str]:
        """Return the classes of the acute medicines of a row."""
        classes: set[str] = set()
        for k in self.columns.places.get("acute_medication", []):
            text = texts[k]
            if not text.strip():
                continue
            named = self.named(text, k, row)
            self.medicines.add(named)
            classes |= {each.acute_class for each in named if each.acute_class is not None}
        return sorted(classes)

    def named(self, text: str, k: int, row: int) -> list[acute.Taken]:
        """Return the medicines of one cell; a text is looked up once."""
        key = (f"acute_medication {k}", text)
        if key not in self._kept:
            try:
                self._kept[key] = acute.taken(self.meaning("acute_medication", text), self.columns.medicine.get(k))
            except Unread as wanted:
                self._kept[key] = wanted
        value = self._kept[key]
        if isinstance(value, Unread):
            self.ask("acute_medication", text, str(value), row)
            return []
        return value

    def symptoms(self, texts: list[str], read: dict[str, Any], ache: Ache | None) -> None:
        """Add the flags that a list of symptoms holds; a symptom that a list does not name is not there that day."""
        if ache is not None and ache.aura and read.get("aura") is None:
            read["aura"] = True
        for k in self.columns.places.get("symptoms", []):
            text = texts[k]
            if cells.is_missing(text) or cells.is_dash(text):
                continue
            parts = {bare(part) for part in text.replace("|", ",").replace(";", ",").split(",")}
            for name in FLAGS:
                if name != "menses" and read.get(name) is None:
                    named = bool(parts & words.group("symptoms", name))
                    read[name] = named if named or name != "aura" else None
