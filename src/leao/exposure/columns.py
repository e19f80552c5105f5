"""The columns of a pharmacometric table by their role, as checked numbers in hours, mg and ng/mL.

A second column of one role must agree with the first (ID, TIME, LLOQ), stops the run (CENS) or is listed as not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import Table, fold, is_missing
from leao.core.units import factor
from leao.exposure import vocabulary as words

SMALLEST, LARGEST = 1e-9, 1e9  # in size; beyond, an entry is a slip, and sums of such numbers mean nothing
FIXED_UNITS = {  # roles whose unit may stand in the header, and the only one that is read
    "II": ("h", "hr", "hours"),
    "TINF": ("h", "hr", "hours"),
    "ALAG": ("h", "hr", "hours"),
    "RATE": ("mg/h", "mg/hr"),
    "CL": ("l/h", "l/hr"),
    "Q": ("l/h", "l/hr"),
    "KA": ("1/h", "h-1", "/h", "1/hr"),
} | dict.fromkeys(("V", "V1", "V2", "V3"), ("l",))
CONVERTED = {  # roles in one of several units, by its name in ``core.units``, and leao's
    "WT": ({"kg": "kg", "g": "g", "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb"}, "kg"),
    "CRCL": ({"ml/min": "mL/min", "ml/s": "mL/s", "ml/sec": "mL/s", "l/h": "L/h", "l/hr": "L/h"}, "mL/min"),
}
SURFACE = re.compile(r"1[.,]73")  # m2 of body surface, to which a clearance is scaled
IN, OUT = frozenset({"n", "no", "0", "0.0", "false"}), frozenset({"y", "yes", "1", "1.0", "x", "true"})


class Columns(NamedTuple):
    """A table and which of its columns is what."""

    table: Table
    roles: dict[str, str]  # role: header
    units: dict[str, str]  # role: unit in the header
    same: tuple[str, ...]  # headers that say what a used column says

    def has(self, role: str) -> bool:
        """Return whether there is a column of this role."""
        return role in self.roles

    def text(self, role: str) -> list[str]:
        """Return the cells of a role; empty cells where there is no such column."""
        return self.table.text(self.roles[role]) if role in self.roles else [""] * self.table.height

    def numbers(self, role: str) -> NDArray[np.float64]:
        """Return a role as floats, NaN where missing; all NaN where there is no such column.

        Raises:
            ScenarioError: text that is no number, or a number that is too large or small to be meant.
        """
        if role not in self.roles:
            return np.broadcast_to(np.nan, self.table.height)
        header = self.roles[role]
        values = self.table.numbers(header) * self.converted(role)
        size = np.abs(values)
        bad = (size > LARGEST) | ((size < SMALLEST) & (size > 0))
        if bad.any():
            record = int(np.argmax(bad))
            wanted = f"0 or {SMALLEST:g} to {LARGEST:g} in size"
            cell = self.table.text(header)[record]
            raise self.table.error(record, f"{header} is {cell!r}, wanted {wanted}; check its unit")
        return values

    def converted(self, role: str) -> float:
        """Return by what a weight or a creatinine clearance is multiplied to be in leao's unit."""
        if role not in CONVERTED or role not in self.units:
            return 1.0
        names, ours = CONVERTED[role]
        unit = words.plain_unit(self.units[role])
        where = f"{self.table.name}: column {self.roles[role]!r}"
        if SURFACE.search(unit):
            remedy = "multiply it by the person's body surface in m2 / 1.73, and name the column CRCL (mL/min)"
            raise ScenarioError(f"{where}: per 1.73 m2 of body surface, wanted the person's own clearance; {remedy}")
        if unit not in names:
            raise ScenarioError(f"{where}: found unit {self.units[role]}, wanted one of {', '.join(names)}")
        return 1.0 if names[unit] == ours else factor(names[unit], ours)

    def whole(self, role: str, allowed: range, missing: NDArray[np.int64] | int = 0) -> NDArray[np.int64]:
        """Return a role as whole numbers within ``allowed``, ``missing`` where it is missing."""
        if role not in self.roles:
            return np.broadcast_to(np.asarray(missing, np.int64), self.table.height)
        values = self.numbers(role)
        filled = np.where(np.isnan(values), missing, values)
        rounded = filled.astype(np.int64)  # sizes are at most LARGEST
        if (rounded != filled).any() or rounded.min() < allowed[0] or rounded.max() > allowed[-1]:
            record = int(np.argmax((rounded != filled) | (filled < allowed[0]) | (filled > allowed[-1])))
            wanted = f"a whole number from {allowed[0]} to {allowed[-1]}"
            raise self.table.error(record, f"{self.roles.get(role, role)} is {filled[record]:g}, wanted {wanted}")
        return rounded

    def within(self, role: str, low: float, high: float, unit: str) -> NDArray[np.float64]:
        """Return a role as numbers, NaN where missing; refuse what lies outside ``low`` to ``high``."""
        values = self.numbers(role)
        if role not in self.roles:
            return values
        bad = (values < low) | (values > high)
        if bad.any():
            record = int(np.argmax(bad))
            wanted = f"{low:g} or more" if np.isinf(high) else f"{low:g} to {high:g}"
            message = f"{self.roles[role]} is {values[record]:g}, wanted {wanted} {unit}".rstrip()
            raise self.table.error(record, f"{message}; check its unit")
        return values

    def factors(self, role: str, unit_role: str, units: dict[str, float]) -> NDArray[np.float64] | float:
        """Return by what a role is multiplied to be in leao's unit: from its header or the column of units.

        Raises:
            ScenarioError: a unit that is not known.
        """
        if role in self.units:
            unit = words.plain_unit(self.units[role])
            if unit not in units:
                raise ScenarioError(
                    f"{self.table.name}: {self.roles[role]}: unit not known; wanted one of {', '.join(units)}"
                )
            return units[unit]
        if unit_role not in self.roles:
            return 1.0
        return self._by_record(role, unit_role, units)

    def _by_record(self, role: str, unit_role: str, units: dict[str, float]) -> NDArray[np.float64]:
        cells, filled = self.text(unit_role), [not is_missing(cell) for cell in self.text(role)]
        factor: dict[str, float] = {}
        for record, cell in enumerate(cells):
            if cell not in factor and filled[record]:
                unit = words.plain_unit(cell)
                if unit not in units and not is_missing(cell):
                    message = f"{self.roles[unit_role]} is {cell[:40]!r}, not a known unit of {self.roles[role]}"
                    raise self.table.error(record, f"{message}; wanted one of {', '.join(units)}")
                factor[cell] = units.get(unit, 1.0)
        return np.array([factor.get(cell, 1.0) for cell in cells])


def of(table: Table, dropped: Sequence[str]) -> Columns:
    """Return the columns by role.

    Args:
        table: the table.
        dropped: columns that the user told to leave out.

    Raises:
        ScenarioError: two columns of one name, a column that is wanted and not there, units that are not read.
    """
    out = {fold(name) for name in dropped}
    by_name: dict[str, str] = {}
    units: dict[str, str] = {}
    for header in table.header:
        name, unit = words.split_unit(header)
        if fold(header) in out or name in out:
            continue
        if name in by_name:
            raise ScenarioError(f"{table.name}: column {by_name[name]!r} stands twice ({header!r}); name each once")
        by_name[name] = header
        if unit is not None:
            units[header] = unit
    roles, same = _roles(table, by_name)
    by_role = {role: units[header] for role, header in roles.items() if header in units}
    _fixed_units(table, roles, by_role)
    return Columns(table, roles, by_role, same)


def _roles(table: Table, by_name: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    roles: dict[str, str] = {}
    same: list[str] = []
    for role, names in words.ROLES.items():
        there = [by_name[name] for name in names if name in by_name]
        if not there:
            continue
        roles[role] = there[0]
        if role == "CENS" and len(there) > 1:
            raise ScenarioError(f"{table.name}: columns {' and '.join(there)} say the same; leave one out")
        if role in words.AGREE:
            same += [other for other in there[1:] if _agree(table, role, roles, there[0], other)]
    for role in words.REQUIRED:
        if role not in roles:
            raise ScenarioError(f"{table.name}: no column {role}; wanted at least ID, TIME, AMT and EVID")
    return roles, tuple(same)


def _agree(table: Table, role: str, roles: dict[str, str], first: str, other: str) -> bool:
    """Return whether a second column of one role says the same.

    Raises:
        ScenarioError: it does not.
    """
    if role == "ID":
        pairs = len(set(zip(table.text(first), table.text(other), strict=True)))
        fine = pairs == len(set(table.text(first))) == len(set(table.text(other)))
    elif role == "TIME":  # one may count from another zero, which may differ from subject to subject
        try:
            values, two = table.numbers(first), table.numbers(other)
        except ScenarioError:
            return False  # one holds clock times: the other is judged as a column of its own
        fine = _apart_alike(values, two, table.text(roles["ID"]) if "ID" in roles else [])
    else:
        given = table.numbers(first), table.numbers(other)
        fine = bool((np.isnan(given[0]) | np.isnan(given[1]) | np.isclose(*given)).all())
    if not fine:
        raise ScenarioError(f"{table.name}: {first} and {other} do not agree; leave one out with --ignore {other}")
    return True


def _apart_alike(values: NDArray[np.float64], two: NDArray[np.float64], ids: list[str]) -> bool:
    """Return whether two columns of time differ by a constant within each subject, anew where one starts again."""
    names = np.array(ids)
    new = np.ones(values.size, bool)
    new[1:] = (names[1:] != names[:-1]) | (np.diff(values) < 0) | (np.diff(two) < 0)
    firsts = np.flatnonzero(new)
    apart = values - two
    widest = np.maximum.reduceat(apart, firsts) - np.minimum.reduceat(apart, firsts) if values.size else np.zeros(1)
    return bool((widest < 0.02).all())


def _fixed_units(table: Table, roles: dict[str, str], units: dict[str, str]) -> None:
    for role, unit in units.items():
        allowed = FIXED_UNITS.get(role)
        if allowed and words.plain_unit(unit) not in allowed:
            raise ScenarioError(f"{table.name}: column {roles[role]!r}: found unit {unit}, wanted {allowed[0]}")


def volumes(columns: Columns) -> tuple[str | None, str | None]:
    """Return the roles of the central and the peripheral volume: V (V1) with V2, or V2 with V3 as in ADVAN4/TRANS4.

    Raises:
        ScenarioError: volumes that may mean more than one thing.
    """
    there = [role for role in ("V", "V1", "V2", "V3") if columns.has(role)]
    with_q = columns.has("Q")
    readings: dict[tuple[str, ...], tuple[str | None, str | None]] = {
        (): (None, None),
        ("V",): ("V", None),
        ("V1",): ("V1", None),
    }
    if with_q:
        readings = {(): (None, None), ("V", "V2"): ("V", "V2"), ("V1", "V2"): ("V1", "V2"), ("V2", "V3"): ("V2", "V3")}
    if tuple(there) in readings:
        return readings[tuple(there)]
    headers = ", ".join(columns.roles[role] for role in there)
    wanted = (
        "V and V2 (peripheral), or V2 (central) and V3 (peripheral) as in ADVAN4" if with_q else "V, or Q with both"
    )
    quoted = f"with{'' if with_q else 'out'} Q, volumes {headers}"
    raise ScenarioError(f"{columns.table.name}: {quoted}: which is the central one? wanted {wanted}")


def without_marked(columns: Columns) -> Columns:
    """Return the columns without the rows that a comment mark (C) or an exclusion flag (EXCL) takes out.

    Raises:
        ScenarioError: cells that are no marks.
    """
    table = columns.table
    for role, out, kept in (("C", frozenset({"c"}), IN), ("EXCL", OUT, IN)):
        if role not in columns.roles:
            continue
        header = columns.roles[role]
        cells = [cell.casefold() for cell in table.text(header)]
        for record, cell in enumerate(cells):
            if cell not in out and cell not in kept and not is_missing(cell):
                remedy = f"leave the column out with --ignore {header}, or rename it"
                what = "a comment mark (C or .)" if role == "C" else "a flag (Y or N, 1 or 0)"
                raise table.error(record, f"{header} is {cell[:40]!r}, wanted {what}; {remedy}")
        marked = np.array([cell in out for cell in cells], bool)
        table = table.leave_out(marked, f"marked in column {header}")
    return columns._replace(table=table)
