"""Web pages with a table: Migraine Buddy's page "for my doctor" (a row an attack, a length and no end), and others."""

from __future__ import annotations

import re
from datetime import date, timedelta

from leao.core import table_encoding, tables
from leao.core.errors import ScenarioError
from leao.diary.reading import dates, words
from leao.diary.reading.columns import role_of
from leao.diary.reading.formats import bearable, grid, html_tables, months
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.sheet import Sheet

_DATE_TIME = re.compile(
    r"\s*(.{4,32}?\s\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?:\s+(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_PERIOD = re.compile(
    r"time period:?\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4})\s*(?:-|–|to)\s*(\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4})", re.IGNORECASE
)  # noqa: RUF001
_MENSES = re.compile(r"menstruation\s*:\s*(yes|no)\b[,;\s]*", re.IGNORECASE)
_NOTE = re.compile(r"^\s*notes?\s*:\s*", re.IGNORECASE)


def read(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the table of a page that names a date and what is counted.

    Raises:
        ScenarioError: no such table, or more than one.
    """
    text, _ = table_encoding.decode(name, content, mapping.encoding)
    try:
        laid_out, words_of_page = html_tables.read(text)
    except (ScenarioError, AssertionError) as error:
        raise ScenarioError(f"{name}: {error}; save the table as CSV") from None
    likely = [each for each in laid_out if _is_diary(each[0])]
    if len(likely) != 1:
        what = (
            "no table with a date and a headache, a severity or a length"
            if not likely
            else f"{len(likely)} such tables"
        )
        raise ScenarioError(f"{name}: a web page with {what}; save the diary's table as CSV")
    header, rows = likely[0]
    if any(role_of(column) == "duration" for column in header) and not any(
        role_of(column) == "end" for column in header
    ):
        return _attacks(name, header, rows, words_of_page)
    cells = [(row, [" ".join(text.split()) for text in texts]) for row, texts in rows]
    known = grid.known_names()
    if not any(tables.fold(column) in known for column in header):
        raise ScenarioError(f"{name}: a table whose columns have no known names; save it as CSV and name them")
    return bearable.gathered(months.unfolded(Sheet(name, header, cells, ["a table of a web page"], [], [], "table")))


def _is_diary(header: list[str]) -> bool:
    roles = {role_of(column) for column in header}
    dated = (
        "date" in roles
        or "start" in roles
        or len({column for column in header if column.isdigit()}) >= months.LEAST_DAYS
    )
    return dated and (bool(roles & {"headache", "migraine", "severity", "duration", "kind"}) or "date" not in roles)


def _attacks(name: str, header: list[str], rows: list[tuple[int, list[str]]], text: str) -> Sheet:
    """Return a list of attacks as Migraine Buddy prints it: notes in a row of their own, date and place in one cell."""
    roles = [role_of(column) for column in header]
    place = next(k for k, role in enumerate(roles) if role in ("date", "start"))
    attacks: list[tuple[int, list[str]]] = []
    notes: list[str] = []
    for row, texts in rows:
        filled = [each for each in texts if each.strip()]
        if len(filled) == 1 and attacks and (_NOTE.match(filled[0]) or not texts[place].strip()):
            note = _NOTE.sub("", filled[0]).strip()
            notes[-1] = "\n".join(part for part in (notes[-1], note) if part)
            continue
        match = _DATE_TIME.fullmatch(" ".join(texts[place].split()))
        when, where = (match[1], match[2] or "") if match else (" ".join(texts[place].split()), "")
        menses = next((match_[1] for each in texts if (match_ := _MENSES.search(each))), "")
        cells = [_joined(each, roles[k]) for k, each in enumerate(texts)]
        cells[place] = when
        attacks.append((row, [*cells, where, menses]))
        notes.append("")
    named = {words.roles().get(words.name_of(column)) for column in header}
    columns = [
        *header,
        "place",
        "menstruation" if "menses" not in named else "menstruation of triggers",
        "note of the attack",
    ]
    fixed = {
        place: "date",
        len(header): "harmless",
        len(header) + 1: "harmless" if "menses" in named else "menses",
        len(header) + 2: "note",
    }
    whole = [(row, [*cells, note]) for (row, cells), note in zip(attacks, notes, strict=True)]
    return Sheet(
        name, columns, whole, ["a web page with a list of attacks, as Migraine Buddy prints it"], [], [],
        "migraine_buddy", fixed, two_digit_years=True, span=_period(text, [cells[place] for _, cells in whole]),
    )  # fmt: skip


def _joined(text: str, role: str | None) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    return ("; " if role == "acute_medication" else " ").join(lines)


def _period(text: str, written: list[str]) -> tuple[date, date] | None:
    """Return the days that the page covers, where it says so and its dates read in the one order of the attacks."""
    match = _PERIOD.search(text)
    if not match:
        return None
    today = date.today() + timedelta(1)  # noqa: DTZ011  (the reader's own day)
    read, doubts = dates.read(dict.fromkeys([*written, match[1], match[2]], 1), today, two_digits=True)
    if doubts:
        return None
    first, last = read.by_text[match[1]], read.by_text[match[2]]
    return (first, last) if first <= last else None
