"""A row of units under the header of a level table: taken into the names of the columns, ``DV`` in ``DV (ng/mL)``."""

from __future__ import annotations

import numpy as np

from leao.core.tables import Table, fold, is_missing, number
from leao.exposure import vocabulary as words
from leao.exposure.columns import CONVERTED, FIXED_UNITS

_LEAST = 2  # cells with a unit that make a row one of units
_UNITS = frozenset(
    {*words.TIME_UNITS, *words.AMOUNT_UNITS, *words.LEVEL_UNITS, *words.MOLAR_UNITS}
    | {unit for units in FIXED_UNITS.values() for unit in units}
    | {unit for names, _ in CONVERTED.values() for unit in names}
)
_MEASURED = frozenset(
    name for role in ("TIME", "AMT", "DV", "LLOQ", *FIXED_UNITS, *CONVERTED) for name in words.ROLES[role]
)  # names of columns whose unit is read, or refused


def taken_in(table: Table) -> Table:
    """Return the table without a first row of units, its columns named with them.

    Raises:
        ScenarioError: a column whose name has another unit than the row.
    """
    first = {header: table.text(header)[0].strip("()[] ") for header in table.header}
    filled = {header: cell for header, cell in first.items() if not is_missing(cell)}
    units = {header: cell for header, cell in filled.items() if words.plain_unit(cell) in _UNITS}
    if len(units) < _LEAST or any(number(cell, ",") is not None for cell in filled.values()):
        return table
    names: dict[str, str] = {}
    for header, unit in filled.items():
        _, written = words.split_unit(header)
        if written is None and fold(header) in _MEASURED:
            names[header] = f"{header} ({unit})"
        elif header in units and written is not None and words.plain_unit(written) != words.plain_unit(unit):
            raise table.error(0, f"{header!r} in {unit}: two units of one column; leave one out")
    under = np.arange(table.height) == 0
    return table.leave_out(under, "units of the columns").rename(lambda header: names.get(header, header))
