"""A CSV file as columns of numbers, every slip named by its row: the door of ``leao pk``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leao.core.errors import ScenarioError

MISSING = ("", ".", "NA")
DOUBLED = "_DUPLICATED_"  # polars marks the second column of one name so
SMALLEST, LARGEST = 1e-9, 1e9  # in size; beyond, an entry is a slip, and sums of such numbers mean nothing
HEADER = 1  # the first row of numbers is row 2 of the file


class Table(NamedTuple):
    """Text columns of a file, with upper-case names."""

    name: str
    columns: dict[str, list[str]]
    rows: int

    def fail(self, row: int, message: str) -> ScenarioError:
        """Return the error for the record ``row`` (from 0), with the row of the file."""
        return ScenarioError(f"{self.name}, row {row + 1 + HEADER}: {message}")

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column as floats, NaN where it is missing; all NaN when there is no such column.

        Raises:
            ScenarioError: text that is no finite number.
        """
        values = np.full(self.rows, np.nan)
        for row, text in enumerate(self.columns.get(column, [])):
            if text in MISSING:
                continue
            try:
                values[row] = float(text)
            except ValueError:
                values[row] = np.inf
            if not np.isfinite(values[row]):
                raise self.fail(row, f"{column} is {text!r}, wanted a finite number; a missing value is written '.'")
            if values[row] and not SMALLEST <= abs(values[row]) <= LARGEST:
                wanted = f"0 or {SMALLEST:g} to {LARGEST:g} in size"
                raise self.fail(row, f"{column} is {text!r}, wanted {wanted}; check its unit")
        return values

    def whole(self, column: str, allowed: range, missing: NDArray[np.int64] | int = 0) -> NDArray[np.int64]:
        """Return a column as whole numbers within ``allowed``, ``missing`` where it is missing."""
        values = self.numbers(column)
        filled = np.where(np.isnan(values), missing, values)
        bad = (filled != np.round(filled)) | (filled < allowed[0]) | (filled > allowed[-1])
        if bad.any():
            row = int(np.argmax(bad))
            wanted = f"a whole number from {allowed[0]} to {allowed[-1]}"
            raise self.fail(row, f"{column} is {filled[row]:g}, wanted {wanted}")
        return filled.astype(np.int64)

    def within(self, column: str, low: float, high: float, unit: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where missing; refuse what lies outside ``low`` to ``high``."""
        values = self.numbers(column)
        bad = (values < low) | (values > high)
        if bad.any():
            row = int(np.argmax(bad))
            raise self.fail(row, f"{column} is {values[row]:g}, wanted {low:g} to {high:g} {unit}; check its unit")
        return values


def read(path: Path) -> Table:
    """Return the columns of a CSV file as text.

    Raises:
        ScenarioError: the file is missing, empty, not a table, or lacks ID or TIME.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}; give the path of a CSV file") from None
    try:
        frame = pl.read_csv(BytesIO(content), infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError) as error:  # OSError: packed, and broken off
        reason = str(error).splitlines()[0] if str(error) else "empty"
        raise ScenarioError(f"{path}: not a CSV table ({reason}); separate columns by commas, one header row") from None
    names = [name.strip().upper() for name in frame.columns]
    if any(len(name.splitlines()) > 1 for name in names):
        raise ScenarioError(f"{path}: a column's name goes over several lines; close the quotation mark in the header")
    if len(set(names)) < len(names) or any(DOUBLED in name for name in names):
        raise ScenarioError(
            f"{path}: a column stands twice in {', '.join(names)}; name each once".replace(DOUBLED, " ")
        )
    for wanted in ("ID", "TIME"):
        if wanted not in names:
            raise ScenarioError(f"{path}: no column {wanted}; wanted at least ID, TIME, AMT and EVID")
    if not frame.height:
        raise ScenarioError(f"{path}: no rows below the header; give at least one dose")
    columns = {
        name: [str(text or "").strip() for text in frame[old].to_list()]
        for name, old in zip(names, frame.columns, strict=True)
    }
    return Table(str(path), columns, frame.height)
