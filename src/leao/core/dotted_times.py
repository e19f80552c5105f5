"""Times written with a point or a comma (``8.30``): half past eight, or 8.3 hours? Told from all cells of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DOTTED = re.compile(r"(\d{1,2})[.,](\d{2})", re.ASCII)
_DECIMAL = re.compile(r"\d+[.,]\d+", re.ASCII)
_PARTS = (0, 25, 50)  # hundredths that hours with decimals have as likely
_MINUTES, _HOURS = 60, 24


def dotted(cells: Iterable[str]) -> dict[str, str]:
    """Return the cells with two digits behind their mark as clock times; none where any other cell has decimals."""
    times: dict[str, str] = {}
    for cell in cells:
        parts = _DOTTED.fullmatch(cell.strip())
        if parts is not None and int(parts[2]) < _MINUTES and int(parts[1]) <= _HOURS:
            times[cell] = f"{parts[1]}:{parts[2]}"
        elif _DECIMAL.fullmatch(cell.strip()):
            return {}
    return times


def has_minutes(times: Iterable[str]) -> bool:
    """Return whether clock times have minutes that hours with decimals seldom have."""
    return any(int(time[-2:]) not in _PARTS for time in times)


def differs(time: str) -> bool:
    """Return whether a clock time is another time than the same digits in decimals: at the full hour it is not."""
    return int(time[-2:]) > 0
