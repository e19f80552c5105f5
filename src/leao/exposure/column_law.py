"""The law of columns for pharmacometric tables: what is used, what is harmless, what stops the run."""

from __future__ import annotations

from collections.abc import Sequence

from leao.core.columns import ColumnUse, Law, sort_columns
from leao.core.tables import fold, is_missing
from leao.exposure import vocabulary as words
from leao.exposure.columns import Columns

ORAL = frozenset({"oral", "po", "p.o.", "per os", "by mouth"})


def route_is_oral(columns: Columns) -> bool:
    """Return whether a column ROUTE says oral throughout."""
    return all(cell.casefold() in ORAL or is_missing(cell) for cell in columns.text("ROUTE"))


def use(
    columns: Columns, used_roles: Sequence[str], dropped: Sequence[str], without_effect: Sequence[str]
) -> ColumnUse:
    """Return what becomes of each column, by the law of columns.

    Args:
        columns: the table by roles.
        used_roles: the roles that were read.
        dropped: columns that the user told to leave out.
        without_effect: roles that change nothing where they are not used.

    Raises:
        ScenarioError: a column that can change the answer and is not read.
    """
    used = {columns.roles[role] for role in used_roles if role in columns.roles}
    harmless = set(words.HARMLESS) | {fold(header) for header in columns.same}
    if columns.has("ROUTE") and route_is_oral(columns):
        harmless.add(fold(columns.roles["ROUTE"]))
    by_unit = {
        fold(h): words.TRADE.get(fold(h.replace("[", "(").partition("(")[0]))
        for h in columns.table.header
        if h not in used
    }
    trade = words.TRADE | {name: reason for name, reason in by_unit.items() if reason is not None}
    if columns.has("ROUTE"):
        trade[fold(columns.roles["ROUTE"])] = words.TRADE["adm"]
    for role, header in columns.roles.items():
        if role in without_effect:
            harmless.add(words.without_unit(header))
            harmless.add(fold(header))
        elif header not in used and role not in ("ID", "ROUTE"):
            trade.setdefault(fold(header), "it is known and cannot be used here")
    told_out = {fold(name) for name in dropped}
    trade |= _by_cells(columns, used | {h for h in columns.table.header if fold(h) in told_out}, harmless)
    law = Law(frozenset(harmless), trade, "--ignore", columns.roles["ID"])
    return sort_columns(columns.table, used, law, dropped)


def _by_cells(columns: Columns, used: set[str], harmless: set[str]) -> dict[str, str]:
    """Return reasons to stop for columns whose cells say more than their name: flags, units, a second DVID."""
    reasons: dict[str, str] = {}
    known_units = words.LEVEL_UNITS.keys() | words.AMOUNT_UNITS.keys() | {u for u in words.MOLAR_UNITS if "/" in u}
    for header in columns.table.header:
        name = words.without_unit(header)
        if header in used or name in harmless:
            continue
        different = columns.table.frame[header].unique().to_list()
        cells = [cell for cell in different if not is_missing(cell)]
        if name in words.ROLES["DVID"]:
            if len(cells) > 1:
                reasons[name] = words.QUANTITY.format(columns.roles.get("DVID", "DVID"))
            else:
                harmless.add(name)
        elif name in words.FLAGS and len(different) > 1:
            reasons[name] = words.FLAG
        elif cells and all(words.plain_unit(cell) in known_units for cell in cells[:20]):
            reasons[name] = words.UNIT
    return reasons
