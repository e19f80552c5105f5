"""A number as it is looked at: what it is, how it is computed, its unit, how sure it is, and from which source.

The shape is that of a ledger's number, so that a computed one opens like it: ``number`` says what it is, ``facts`` what
else there is to say, ``behind`` the numbers of ledgers that shape it, ``no_range`` why there is no range to look at.
"""

from __future__ import annotations

import math
from typing import Any

from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError

BY_LEAO = "computed by Leão"
OF_MEDIAN = math.sqrt(math.pi / 2.0) / (2.0 * 1.6448536269514722)
NO_RANGE = "No number of the verdict is computed from it, so there is no range to look at."


def entry(name: str, label: str, unit: str, value: float) -> dict[str, Any]:
    """Return a computed number in the shape of a ledger's."""
    return {
        "name": name.partition(".")[2] or name,
        "key": name,
        "label": label,
        "unit": unit,
        "value": value,
        "source": BY_LEAO,
        "reference": None,
        "where": "",
        "tier": "derived",
        "uncertainty": None,
        "between_subject": None,
        "note": "",
        "fixed": None,
    }


def result(stated: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a number in the shape in which numbers are looked at, without a range."""
    bare = {
        "number": stated,
        "over": [],
        "plots": [],
        "comes_from": [],
        "behind": [],
        "facts": [],
        "no_range": NO_RANGE,
    }
    return bare | more


def numbers_of(whole: str) -> list[dict[str, Any]]:
    """Return every number of a ledger, to be opened in its turn."""
    return [
        {
            "key": f"ledger.{whole}.{key}", "label": key.replace("_", " "), "value": each.value, "unit": each.unit,
            "tier": each.tier,
        }
        for key, each in ledger.read(whole).numbers.items()
    ]  # fmt: skip


def of_a_ledger(name: str) -> dict[str, Any]:
    """Return a number of any ledger, ``LEDGER.NAME``, as its ledger states it.

    Raises:
        ScenarioError: no such ledger or number.
    """
    where, _, key = name.rpartition(".")
    read = ledger.read(where).numbers.get(key) if where in ledger.names() else None
    if read is None:
        wanted = "ledger.LEDGER.NAME, such as ledger.exposure.clearance"
        raise ScenarioError(f"number: found 'ledger.{name}', wanted {wanted}")
    return read._asdict() | {
        "reference": bibliography.reference(read.source), "key": f"ledger.{name}", "fixed": None,
        "label": key.replace("_", " "),
    }  # fmt: skip


def error_of_median(width: float, draws: float) -> float:
    """Return the standard error of a median of independent draws, as if they were normal, from their 90 % width."""
    return OF_MEDIAN * width / math.sqrt(draws)


def one_digit(value: float) -> str:
    """Return an error with one significant digit, never as a power of ten: 0.6, 4, 10."""
    return f"{float(f'{value:.1g}'):g}"
