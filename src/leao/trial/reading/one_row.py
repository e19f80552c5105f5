"""Tables with a row per patient: a patient who stands in several rows would count as several."""

from __future__ import annotations

from leao.core.errors import ScenarioError
from leao.core.tables import Table, fold, is_missing
from leao.trial.reading import vocabulary


def one_row_each(table: Table) -> None:
    """Refuse a table in which a patient has several rows, by a column of patients or, without one, of visits.

    Raises:
        ScenarioError: naming the first row of a patient who had one.
    """
    names = {fold(name): name for name in table.header}
    subject = next((names[known] for known in vocabulary.KNOWN["subject"] if known in names), None)
    remedy = "wanted one row per patient: keep the visit that you mean"
    if subject is not None:
        first: dict[str, int] = {}
        for record, cell in enumerate(table.text(subject)):
            if not is_missing(cell) and first.setdefault(cell, record) != record:
                before = table.rows[first[cell]]
                raise table.error(record, f"{subject} is {cell[:40]!r} again (first in row {before}), {remedy}")
        return
    visit = next((names[known] for known in vocabulary.KNOWN["visit"] if known in names), None)
    if visit is not None:
        there = [cell for cell in dict.fromkeys(table.text(visit)) if not is_missing(cell)]
        if len(there) > 1:
            raise ScenarioError(f"{table.name}: {visit} is {there[0][:40]!r} and {there[1][:40]!r}, {remedy}")
