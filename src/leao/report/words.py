"""Numbers as people read them: sensible digits, true minus signs, and ``no data`` where there is none."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

WIDTH = 88  # characters of a line of a chart
NO_DATA = "no data"
NO_EFFECT = "no modelled effect"
NOT_RUN = "not run"
CONTROLS = {True: "all passed", False: "not all passed"}  # never "qualified": it sounds like approval
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"

ASCII = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MICRO SIGN}": "u",
        "\N{GREEK SMALL LETTER MU}": "u",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{SUPERSCRIPT PLUS SIGN}": "+",
        "\N{SUPERSCRIPT TWO}": "2",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{NO-BREAK SPACE}": " ",
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{MIDDLE DOT}": "|",
        "\N{INFINITY}": "inf",
        "\N{LATIN SMALL LETTER A WITH TILDE}": "a",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)
RESOLVED = 2.0  # tolerances by which a rise must stand out


def known(x: object) -> bool:
    """Return whether ``x`` is a number that can be printed: neither missing nor NaN."""
    return isinstance(x, (int, float)) and not isinstance(x, bool) and not math.isnan(x)


def decimals(x: float, digits: int) -> int:
    """Return how many decimals show ``digits`` significant digits of ``x``."""
    if x == 0 or not math.isfinite(x):
        return 0
    return max(0, digits - 1 - math.floor(math.log10(abs(x))))


def number(x: Any, digits: int = 2, places: int | None = None, sign: bool = False) -> str:
    """Return ``x`` with ``digits`` significant digits (or ``places`` decimals), or ``no data``."""
    if not known(x):
        return NO_DATA
    if math.isinf(x):
        return "\N{INFINITY}" if x > 0 else MINUS + "\N{INFINITY}"
    places = min(decimals(x, digits), 6) if places is None else places
    text = f"{abs(x):,.{places}f}".replace(",", NARROW)
    is_zero = not any(digit in text for digit in "123456789")
    if x < 0 and not is_zero:
        return MINUS + text
    return f"+{text}" if sign and not is_zero else text


class Parts(NamedTuple):
    """Centre and ends of a distribution or an estimate, None where there is none."""

    centre: Any = None
    low: Any = None
    high: Any = None


def parts(spread: Mapping[str, Any] | None) -> Parts:
    """Return centre, low and high of a distribution or an estimate."""
    if not spread:
        return Parts()
    if "estimate" in spread:
        return Parts(spread["estimate"], spread.get("low"), spread.get("high"))
    return Parts(spread.get("median"), spread.get("p05"), spread.get("p95"))


def bounded(least: float | None, most: float | None, places: int = 1) -> str:
    """Return a count, as ``at least 3, at most 6`` where a medicine of unknown class may belong to it."""
    low, high = number(least, places=places), number(most, places=places)
    return low if most is None or least is None or low == high else f"at least {low}, at most {high}"


def spread(values: Mapping[str, Any] | None, unit: str = "", digits: int = 2, sign: bool = False) -> str:
    """Return ``centre unit (low to high)`` of a distribution or an estimate, or ``no data``."""
    centre, low, high = parts(values)
    if not known(centre):
        return NO_DATA
    tail = f"{NO_BREAK}{unit}" if unit else ""
    if known(low) and high is None:
        high = math.inf  # beyond what the solver reaches
    if not (known(low) and known(high)):
        return number(centre, digits, sign=sign) + tail
    finite = [abs(x) for x in (centre, low, high) if math.isfinite(x) and x]
    places = min(decimals(min(max(finite), max(abs(centre), max(finite) / 10)), digits), 4) if finite else 0
    shown = [number(x, places=places, sign=sign) for x in (centre, low, high)]
    return f"{shown[0]}{tail} ({shown[1]} to {shown[2]})"


def ratio(values: Mapping[str, Any] | None) -> str:
    """Return a rate ratio with its interval: three decimals where it lies within 5 % of one."""
    centre, low, high = parts(values)
    if not known(centre):
        return NO_DATA
    places = 3 if abs(centre - 1) < 0.05 else 2
    if not (known(low) and known(high)):
        return number(centre, places=places)
    return f"{number(centre, places=places)} ({number(low, places=places)} to {number(high, places=places)})"


def percentages(shares: Mapping[str, Any] | None) -> dict[str, float] | None:
    """Return shares in per cent under the same names."""
    if not shares:
        return None
    return {key: 100 * x for key, x in shares.items() if known(x)} or None


def rise(values: Mapping[str, Any] | None) -> dict[str, float] | None:
    """Return a relative threshold (>= 1) as its rise in per cent, same quantiles."""
    if not values:
        return None
    return {key: 100 * (x - 1) for key, x in values.items() if known(x)} or None


def raised(values: Mapping[str, Any] | None, tolerance: Any = None, *, sign: bool = False) -> str:
    """Return a relative threshold as its rise in words; one within the solver's tolerance is not resolved."""
    percent = rise(values)
    if percent and known(tolerance) and max(percent.values()) < RESOLVED * 100 * tolerance:
        return f"none resolved (below {number(RESOLVED * 100 * tolerance)}{NO_BREAK}%)"
    return spread(percent, "%", sign=sign)


def percent(share: Any, digits: int = 2) -> str:
    """Return a share in 0 to 1 as per cent."""
    return f"{number(100 * share, digits)}{NO_BREAK}%" if known(share) else NO_DATA


def probability(p: Any) -> str:
    """Return a probability; beyond the resolution of the draws it reads below 0.001 or above 0.999."""
    if not known(p):
        return NO_DATA
    if p < 0.001:
        return "< 0.001"
    return "> 0.999" if p > 0.999 else number(p, places=3 if p < 0.1 or p > 0.9 else 2)


def listed(items: list[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *before, last = items or [""]
    return f"{', '.join(before)} and {last}" if before else last


def broken(lines: list[str]) -> str:
    """Return whole lines as text of the width of a chart; what follows a dash is drawn in."""
    rows = [textwrap.wrap(line, WIDTH, subsequent_indent=_indent(line), break_long_words=False) for line in lines]
    return "\n".join(part for row in rows for part in row or [""]).replace(NO_BREAK, " ") + "\n"


def _indent(line: str) -> str:
    return "  " if line.startswith("- ") else ""
