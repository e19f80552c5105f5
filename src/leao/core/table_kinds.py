"""Which kind of file bytes are, told by their first bytes and never by the name; spreadsheets, Parquet, SAS to cells.

A packed file, a document or a picture is refused by its kind. Spreadsheets need the package ``python-calamine``, SAS
files ``pyreadstat`` (both come with ``pip install leao[tables]``).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from leao.core import table_workbook
from leao.core.errors import ScenarioError
from leao.core.table_cells import gathered
from leao.core.table_dataset_json import is_dataset_json
from leao.core.table_text import Grid, ReadOptions, header_index, titles

if TYPE_CHECKING:
    import polars as pl

LARGEST_UNPACKED = 1_000_000_000  # bytes of a spreadsheet without its packing
REFUSED = {
    b"\x1f\x8b": "packed with gzip; unpack it first (gunzip)",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first",
    b"7z\xbc\xaf\x27\x1c": "packed with 7z; unpack it first",
    b"Rar!": "packed with RAR; unpack it first",
    b"%PDF": "a PDF document; copy its table into a CSV file",
    b"{\\rtf": "a text document (RTF); copy its table into a CSV file",
    b"\x89PNG": "a picture (PNG); type its table into a CSV file",
    b"\xff\xd8\xff": "a picture (JPEG); type its table into a CSV file",
    b"GIF8": "a picture (GIF); type its table into a CSV file",
    b"SQLite format 3": "a database (SQLite); export the table as CSV",
    b"\x89HDF": "an HDF5 file; export the table as CSV",
    b"RDX": "an R data file; write it with write.csv(..., row.names = FALSE)",
    b"X\n\x00\x00": "an R data file; write it with write.csv(..., row.names = FALSE)",
    b"<stata_dta": "a Stata file; export it as CSV",
    b"$FL2": "an SPSS file; export it as CSV",
    b"\x7fELF": "a program, not a table",
    b"MZ\x90": "a program, not a table",
}
REFUSED |= dict.fromkeys(
    (b"<!doctype", b"<html", b"<?xml", b"<table"), "a web page or XML, not a table; save it as CSV"
)
REFUSED |= dict.fromkeys((b'{"', b"{\n", b"[{", b"[["), "JSON, not a table; save it as CSV")
SAS7BDAT = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
TABLES = {
    b"PAR1": "parquet",
    b"HEADER RECORD*******LIBRARY HEADER": "xport",
    b"HEADER RECORD*******LIBV8": "xport",
    SAS7BDAT: "sas7bdat",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "sheet",  # Excel before 2007
}
EXTRA = "pip install 'leao[tables]'"


def kind(name: str, content: bytes) -> str:
    """Return ``text``, ``sheet``, ``parquet``, ``xport``, ``sas7bdat`` or ``dataset-json``.

    Raises:
        ScenarioError: a packed file, a document, a picture.
    """
    head = content[:600]
    for first, table in TABLES.items():
        if head.startswith(first):
            return table
    if head[:2] == b"PK":
        return _zip(name, content)
    if is_dataset_json(content):
        return "dataset-json"
    words = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for first, what in REFUSED.items():
        if head.startswith(first) or words.startswith(first.lower()):
            raise ScenarioError(f"{name}: {what}")
    return "text"


def _zip(name: str, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise ScenarioError(f"{name}: a packed file that is damaged; save or unpack it again") from None
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        inside = ", ".join(sorted(names)[:3])
        raise ScenarioError(f"{name}: packed with zip ({inside}); unpack it first")
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise ScenarioError(f"{name}: a spreadsheet of more than {LARGEST_UNPACKED // 10**6} MB unpacked; save as CSV")
    return "sheet"


def sheets(name: str, content: bytes) -> list[str]:
    """Return the names of a workbook's sheets; none where the file is no workbook."""
    return list(_workbook(name, content).sheet_names) if kind(name, content) == "sheet" else []


def sheet_grid(name: str, content: bytes, options: ReadOptions) -> Grid:
    """Return the cells of one sheet of a workbook: the one named, the only one, or the only one with known names.

    Raises:
        ScenarioError: no such sheet, or more than one that could be meant.
    """
    book = _workbook(name, content)
    cells = {title: _cells(book, title) for title in book.sheet_names}
    title = _sheet(name, cells, options)
    known = table_workbook.facts(content, title)
    table_workbook.finished(name, title, known)
    for (row, column), word in known.errors.items():
        if row <= len(cells[title]) and column <= len(cells[title][row - 1]):
            cells[title][row - 1][column - 1] = word
    rows = [(k + 1, row) for k, row in enumerate(cells[title]) if any(row)]
    at = header_index([row for _, row in rows], options, [line for line, _ in rows], f"{name}, sheet {title!r}")
    header_row, header = rows[at]
    odd = table_workbook.filled(
        cells[title], known.merged or _merged(book, title), header_row + 1, numbers=options.lists
    )
    rows = [(k + 1, row) for k, row in enumerate(cells[title]) if any(row)]
    width = max((k + 1 for _, row in rows[at:] for k, cell in enumerate(row) if cell), default=1)
    body = rows[at + 1 :]
    columns = gathered([row[:width] for _, row in body], width, options.lists)
    others = [other for other, content in cells.items() if other != title and content]
    understood = [f"spreadsheet, sheet {title!r}"]
    if others:
        understood.append(f"other sheets are not read: {', '.join(others)}")
    numbers = np.array([line for line, _ in body], np.int64)
    names = [" ".join(cell.split()) for cell in header[:width]]
    odd += table_workbook.hidden(known, names, range(header_row + 1, int(numbers[-1]) + 1 if body else header_row + 1))
    return Grid(names, header_row, columns, numbers, titles(rows[:at]), odd, understood, None)


def _merged(book: Any, title: str) -> Any:
    try:
        return book.get_sheet_by_name(title).merged_cell_ranges or []
    except Exception:  # formats of which the reader knows no merged cells
        return []


def _workbook(name: str, content: bytes) -> Any:
    try:
        import python_calamine
    except ImportError:
        raise ScenarioError(f"{name}: a spreadsheet needs {EXTRA}; or save it as CSV") from None
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except Exception as error:  # the reader's own errors have no common class
        reason = " ".join(str(error).split())[:80]
        raise ScenarioError(f"{name}: a spreadsheet that cannot be read ({reason}); save it as CSV") from None


def _cells(book: Any, title: str) -> list[list[str]]:
    try:
        return [list(map(_text, row)) for row in book.get_sheet_by_name(title).to_python(skip_empty_area=False)]
    except Exception:  # a chart sheet has no cells
        return []


def _text(cell: Any) -> str:
    """Return what a spreadsheet's cell says: dates as 2026-01-31, times as 14:30:00, whole numbers without a point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell).strip()


def _sheet(name: str, cells: dict[str, list[list[str]]], options: ReadOptions) -> str:
    if options.sheet is not None:
        if options.sheet not in cells:
            raise ScenarioError(f"{name}: no sheet {options.sheet!r}; there are {', '.join(cells)}")
        return options.sheet
    full = [title for title, rows in cells.items() if any(map(any, rows))]
    named = [title for title in full if max(map(options.known_names, cells[title][:60])) > 1]
    likely = named or full
    if len(likely) == 1:
        return likely[0]
    if not likely:
        raise ScenarioError(f"{name}: no cells in any sheet; wanted a header row and rows below it")
    raise ScenarioError(f"{name}: {len(likely)} sheets, {', '.join(likely)}; say which one with --sheet")


def parquet_grid(name: str, content: bytes) -> Grid:
    """Return the cells of a Parquet file as text."""
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:80]
        raise ScenarioError(f"{name}: a Parquet file that cannot be read ({reason}); write it again") from None
    return _typed(name, frame, "Parquet")


def sas_grid(name: str, content: bytes, which: str) -> Grid:
    """Return the cells of a SAS transport file or data set (``which``: ``xport`` or ``sas7bdat``) as text."""
    import polars as pl

    try:
        import pyreadstat
    except ImportError:
        raise ScenarioError(f"{name}: a SAS file needs {EXTRA}; or save it as CSV") from None
    reader = pyreadstat.read_xport if which == "xport" else pyreadstat.read_sas7bdat
    try:
        columns, _ = reader(io.BytesIO(content), output_format="dict")
    except Exception as error:  # the reader's own errors have no common class
        reason = " ".join(str(error).split())[:80]
        raise ScenarioError(f"{name}: a SAS file that cannot be read ({reason}); write it again") from None
    frame = pl.DataFrame({title: list(values) for title, values in columns.items()}, strict=False)
    return _typed(name, frame, "SAS transport file" if which == "xport" else "SAS data set")


def _typed(name: str, frame: pl.DataFrame, what: str) -> Grid:
    columns = [_strings(name, frame[title]).alias(str(k)) for k, title in enumerate(frame.columns)]
    import polars as pl

    rows = np.arange(1, frame.height + 1, dtype=np.int64)
    return Grid(frame.columns, 0, pl.DataFrame(columns), rows, [], [], [what], None)


def _strings(name: str, column: pl.Series) -> pl.Series:
    import polars as pl

    kind = column.dtype
    if kind.is_nested() or kind == pl.Binary:
        raise ScenarioError(f"{name}: column {column.name} holds lists or bytes, not cells; leave it out")
    if kind.is_float():
        known = column.drop_nulls().drop_nans()
        whole = bool(((known.round(0) == known) & (known.abs() < 2.0**53)).all())
        column = column.fill_nan(None)
        column = column.cast(pl.Int64) if whole else column
    if kind == pl.Datetime:
        midnight = column.drop_nulls().dt.time().eq(dt.time()).all()
        column = column.dt.date().cast(pl.String) if midnight else column.dt.strftime("%Y-%m-%d %H:%M:%S")
    if kind == pl.Duration:
        column = column.dt.total_seconds() // 60
        hours, minutes = (column // 60).cast(pl.String), (column % 60).cast(pl.String).str.zfill(2)
        column = (hours + pl.Series([":"]) + minutes).alias(column.name)
    return column.cast(pl.String).fill_null("").str.strip_chars()
