"""CDISC Dataset-JSON 1.1 to cells: an object with columns and rows, or lines (NDJSON), the first of them its head."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from leao.core.errors import ScenarioError
from leao.core.table_cells import gathered
from leao.core.table_text import Grid, ReadOptions

_VERSION = "datasetJSONVersion"
_READ = "1.1"
_HEAD = 100_000  # bytes within which a file names its version


def is_dataset_json(content: bytes) -> bool:
    """Return whether bytes begin as a Dataset-JSON file."""
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and f'"{_VERSION}"'.encode() in head


def grid(name: str, content: bytes, options: ReadOptions) -> Grid:
    """Return the cells of a Dataset-JSON file, each as the file writes it; null is an empty cell.

    Raises:
        ScenarioError: a damaged file, another version, rows that do not fit the columns or the number of records.
    """
    head, rows = _loaded(name, content)
    version = str(head.get(_VERSION))
    if not version.startswith(_READ):
        raise ScenarioError(f"{name}: Dataset-JSON {version[:20]}, wanted {_READ}; write it again in that version")
    columns = head.get("columns")
    named = columns if isinstance(columns, list) else []
    names = [str(column["name"]) for column in named if isinstance(column, dict) and "name" in column]
    if not names or len(names) < len(named):
        raise ScenarioError(f"{name}: Dataset-JSON without the names of its columns; write it again")
    wanted = head.get("records")
    if wanted is not None and str(wanted) != str(len(rows)):
        raise ScenarioError(f"{name}: Dataset-JSON with {len(rows)} rows, its head says {wanted}; was it cut off?")
    cells = [_row(name, k, row, len(names)) for k, row in enumerate(rows, 1)]
    numbers = np.arange(1, len(cells) + 1, dtype=np.int64)
    return Grid(names, 0, gathered(cells, len(names), options.lists), numbers, [], [], ["CDISC Dataset-JSON"], None)


def _loaded(name: str, content: bytes) -> tuple[dict[str, Any], list[Any]]:
    """Return the head and the rows of a file, one object or a line each."""
    try:
        text = content.decode("utf-8-sig")
        lines = text.strip().split("\n")
        try:
            head, rows = json.loads(lines[0], **_AS_WRITTEN), lines[1:]
        except ValueError:
            head = json.loads(text, **_AS_WRITTEN)
            return head, head.get("rows") or []
        if "rows" in head:
            return head, head.get("rows") or []
        return head, [json.loads(line, **_AS_WRITTEN) for line in rows if line.strip()]
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        reason = " ".join(str(error).split())[:80]
        raise ScenarioError(f"{name}: Dataset-JSON that cannot be read ({reason}); write it again") from None


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


_AS_WRITTEN: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": _no_number}


def _row(name: str, k: int, row: Any, width: int) -> list[str]:
    if not isinstance(row, list) or len(row) != width:
        cells = len(row) if isinstance(row, list) else "no"
        raise ScenarioError(f"{name}, row {k}: {cells} cells, wanted {width}, one a column; write it again")
    for cell in row:
        if isinstance(cell, (dict, list)):
            raise ScenarioError(f"{name}, row {k}: a cell that holds several; write it again")
    return [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
