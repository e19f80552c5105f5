"""Tables: text with separators, and workbooks, by the one reader of tables (``leao.core.tables``)."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from itertools import chain

from leao.core import tables
from leao.core.errors import ScenarioError
from leao.diary.reading import dates, words
from leao.diary.reading.column_names import role_of
from leao.diary.reading.formats import months, weeks
from leao.diary.reading.mapping import ROLES, Mapping
from leao.diary.reading.sheet import Sheet

MOST_ROWS = 200_000  # rows of a diary: 25 years of twenty entries a day
EVERY = "all"  # the name of a sheet that stands for every sheet
BUDDY = frozenset(("started", "lasted", "pain level"))  # Migraine Buddy's list of attacks, which writes 01/31/26
SAMPLE, FIRST_LINES, MOST_DATES_OF_A_ROW = 100_000, 10, 8  # bytes and lines looked at for days side by side
DAYS = frozenset(str(day) for day in range(1, 32))


@cache
def known_names() -> frozenset[str]:
    """Return the names of columns that tell a header row, as the reader of tables folds them."""
    names = {*ROLES, *words.roles(), *words.harmless()}
    return frozenset(tables.fold(name) for name in names if not name.isdigit()) - {""}


def read(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the cells of a table.

    Raises:
        ScenarioError: no table, or one that cannot be read.
    """
    lines = content.count(b"\n")
    if lines > 2 * MOST_ROWS:  # before anything is parsed; a note may go over several lines
        raise ScenarioError(f"{name}: {lines} lines, wanted at most {MOST_ROWS} rows; is it the diary of one patient?")
    extra = frozenset(tables.fold(text) for text in (*mapping.columns.values(), *mapping.only))
    options = tables.ReadOptions(
        mapping.separator, mapping.encoding, mapping.sheet, known=known_names() | extra, lists=True
    )
    if mapping.sheet is not None and not tables.sheets(name, content):
        raise ScenarioError(f"--sheet: found {mapping.sheet!r}, but {name} is no workbook; leave --sheet out")
    if mapping.sheet == EVERY:
        return _every(name, content, options, mapping)
    return _unfolded(_sheet(name, content, options), mapping)


def _unfolded(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return a calendar as one row a day; another table comes back as it is."""
    today = mapping.today or date.today()  # noqa: DTZ011  (the reader's own day)
    return months.unfolded(weeks.unfolded(sheet, mapping, today))


def _sheet(name: str, content: bytes, options: tables.ReadOptions) -> Sheet:
    try:
        table = tables.read(name, content, options)
    except ScenarioError as error:
        _not_turned(name, content)
        if str(error).endswith("with --sheet"):
            raise ScenarioError(f"{error}, or --sheet {EVERY} where they follow each other") from None
        table = _calendar(name, content, options, error)
    if table.height > MOST_ROWS:
        raise ScenarioError(f"{name}: {table.height} rows, wanted at most {MOST_ROWS}; is it the diary of one patient?")
    _not_turned(name, content)
    _one_header(name, table)
    _no_dates(name, table)
    columns = [table.text(column) for column in table.header]
    rows = [(int(row), list(texts)) for row, texts in zip(table.rows, zip(*columns, strict=True), strict=True)]
    names = {words.name_of(header) for header in table.header}
    sheet = Sheet(name, list(table.header), rows, list(table.understood), list(table.oddities), table.not_used())
    if names >= BUDDY:
        return sheet._replace(
            two_digit_years=True, understood=[*sheet.understood, "a list of attacks of Migraine Buddy"]
        )
    return sheet


def _one_header(name: str, table: tables.Table) -> None:
    """Refuse a table whose columns are named by two rows, one above the other: the lower names say half of it.

    Raises:
        ScenarioError: the row above the header names columns as well.
    """
    for part in table.left_out:
        names = [cell.strip() for cell in part.cells if cell.strip()]
        if sum(role_of(each) not in (None, "harmless") for each in names) > 1:
            below = " | ".join(table.header)[:80]
            raise ScenarioError(
                f"{name}: two rows name the columns, {' | '.join(names)[:80]!r} above {below!r}; write one row of "
                "names there, such as date,headache,severity,acute medication"
            )


def _not_turned(name: str, content: bytes) -> None:
    """Refuse a table whose days stand side by side, a column each, by what mends it.

    Raises:
        ScenarioError: one of its first rows holds dates alone.
    """
    today = date.today()  # noqa: DTZ011  (the reader's own day)
    for line in content[:SAMPLE].decode("latin-1").splitlines()[:FIRST_LINES]:
        texts = [text.strip(' "') for text in re.split(r"[,;\t|]", line)]
        dated = [text for text in texts if dates.is_date(text, today, two_digits=False)]
        if len(dated) >= MOST_DATES_OF_A_ROW:
            raise ScenarioError(
                f"{name}: the days stand side by side, from {dated[0]} on; wanted a row a day: turn the table round "
                "(transpose it in the spreadsheet) and save it again"
            )


def _every(name: str, content: bytes, options: tables.ReadOptions, mapping: Mapping) -> Sheet:
    """Return the sheets of a workbook, one below the other; all must have the same columns.

    Raises:
        ScenarioError: no workbook, or sheets with different columns.
    """
    parts: list[tuple[str, Sheet]] = []
    for title in tables.sheets(name, content):
        try:
            sheet = _sheet(f"{name}, sheet {title!r}", content, options._replace(sheet=title))
        except ScenarioError as error:
            if "no words in it" in str(error):
                continue
            raise
        parts.append((title, _unfolded(sheet, mapping)))
    if not parts:
        raise ScenarioError(f"{name}: no cells in any sheet; wanted a header row and rows below it")
    header = parts[0][1].header
    for title, sheet in parts:
        if sheet.header != header:
            raise ScenarioError(
                f"{name}: sheets {parts[0][0]!r} and {title!r} have different columns; name one with --sheet"
            )
    return parts[0][1]._replace(
        name=name,
        rows=[*chain.from_iterable(sheet.rows for _, sheet in parts)],
        understood=[f"spreadsheet, sheets {', '.join(title for title, _ in parts)} one below the other"],
        oddities=[*chain.from_iterable(sheet.oddities for _, sheet in parts)],
        left_out=[*chain.from_iterable(sheet.left_out for _, sheet in parts)],
    )


def _no_dates(name: str, table: tables.Table) -> None:
    """Refuse a header row with a date in it: it is a day of the diary, and would be lost."""
    today = date.today()  # noqa: DTZ011  (the reader's own day)
    for header in table.header:
        if dates.is_date(header, today):
            raise ScenarioError(
                f"{name}: no row names the columns, found {header!r} there; put a row such as date,headache above"
            )


def _calendar(name: str, content: bytes, options: tables.ReadOptions, error: ScenarioError) -> tables.Table:
    """Return the table whose header row is the days of a month, or raise the error again."""
    try:
        table = tables.read(name, content, options._replace(known=DAYS))
    except ScenarioError:
        raise error from None
    if len(DAYS & set(table.header)) < months.LEAST_DAYS:
        raise error
    return table
