"""A number of a ledger, as its ledger states it: for screens whose answers need no chain."""

from __future__ import annotations

from typing import Any

from leao.app.calls.answers import Answer, Files, Say

NO_RANGE = "As its ledger states it; what the chain draws is looked at over its range on the screen of the chain."


def ledger(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return what a number is."""
    from leao.core import number_statement

    name = asked["number"].removeprefix("ledger.")
    return Answer(summary=number_statement.result(number_statement.of_a_ledger(name), no_range=NO_RANGE))
