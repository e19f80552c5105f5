"""The table of a diary file: bytes to rows of text, with the line each stands on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.review.cells import plain

LARGEST = 50_000_000  # bytes
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


class Row(NamedTuple):
    """One line of the file: its number, as a spreadsheet counts, and its cells by column."""

    number: int
    cells: dict[str, str]


class Table(NamedTuple):
    """The rows, the columns in order, what was understood, and what was odd: (row, what)."""

    rows: list[Row]
    columns: list[str]
    understood: list[str]
    oddities: list[tuple[int, str]]


def read(path: Path, separator: str | None = None, encoding: str | None = None) -> Table:
    """Return the table of a file.

    Raises:
        ScenarioError: the file is missing, empty, too large or no table.
    """
    text, said = _text(path, encoding)
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    if not head:
        raise ScenarioError(f"{path}: found nothing in it; leao review --template {path.name} writes an example")
    cut = separator or max(DELIMITERS, key=head.count)
    if not head.count(cut):
        raise ScenarioError(f"{path}: found one column, {head.strip()[:60]!r}; wanted columns parted by , ; or tab")
    try:
        numbered = _numbered(text, cut)
    except csv.Error as error:
        raise ScenarioError(f"{path}: not a table ({error}); save it as CSV again") from None
    if not numbered:
        raise ScenarioError(f"{path}: found no word in it; leao review --template {path.name} writes an example")
    columns = [plain(cell).replace(" ", "_") for cell in numbered[0][1]]
    _distinct(path, columns)
    kind = DELIMITERS.get(cut, repr(cut))
    return _rows(numbered[1:], columns, [f"{said}, columns parted by {kind}"])


def _text(path: Path, encoding: str | None) -> tuple[str, str]:
    try:
        if path.stat().st_size > LARGEST:
            raise ScenarioError(f"{path}: larger than {LARGEST // 1_000_000} MB; is it a diary?")
        content = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}; name the diary's file") from None
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    tried = [encoding] if encoding else ["utf-16"] if wide else ["utf-8-sig", "cp1252", "latin-1"]
    for name in tried:
        try:
            text = content.decode(name)
        except LookupError:
            raise ScenarioError(f"mapping, encoding: {name!r} is unknown; write for example 'utf-8'") from None
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, ENCODINGS.get(name, name)
    raise ScenarioError(f"{path}: not a text table; save it as CSV, UTF-8")


def _numbered(text: str, cut: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=cut)
    return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]


def _distinct(path: Path, columns: list[str]) -> None:
    for name in columns:
        if name and columns.count(name) > 1:
            raise ScenarioError(f"{path}, row 1: column {name!r} stands twice; rename one")


def _rows(numbered: list[tuple[int, list[str]]], columns: list[str], understood: list[str]) -> Table:
    rows, oddities = [], []
    for line, cells in numbered:
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra:
            oddities.append((line, f"{len(extra)} more cells than columns: {extra[0][:40]!r} and on are not read"))
        padded = cells + [""] * (len(columns) - len(cells))
        rows.append(Row(line, dict(zip(columns, padded, strict=False))))
    return Table(rows, columns, understood, oddities)
