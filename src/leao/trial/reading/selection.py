"""Which rows of a trial's table are analysed: parameter, the user's own choice, flags, derived rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.tables import Table, fold
from leao.trial.reading import vocabulary
from leao.trial.reading.request import TableRequest
from leao.trial.reading.roles import find

_SET = ("y", "yes", "1", "true")  # of a flag
_SHOWN = 6  # values of a column in a message


class Selection(NamedTuple):
    """The rows to analyse, the columns that chose them, the parameter, and what the reader should know."""

    table: Table
    used: list[str]
    parameter: str
    problems: list[str]


def select(table: Table, request: TableRequest) -> Selection:
    """Return the rows that are analysed; what is taken out is named in ``left_out``.

    Raises:
        ScenarioError: a choice that must be made, or one that leaves nothing.
    """
    selection = Selection(table, [], "", [])
    chosen = {fold(text.partition("=")[0]) for text in request.where}
    selection = _parameter(selection, request)
    for text in request.where:
        selection = _where(selection, text)
    for step in (_analysis_flags, _population, _derived):
        selection = step(selection, request, chosen | {fold(name) for name in request.ignore})
    if not selection.table.height:
        raise ScenarioError(f"{table.name}: no row is left ({_reasons(selection.table)}); choose otherwise")
    return selection


def _reasons(table: Table) -> str:
    return "; ".join(f"{len(part.rows)} rows: {part.why}" for part in table.left_out)


def _column(table: Table, folded: str) -> str | None:
    return next((name for name in table.header if fold(name) == folded), None)


def _values(table: Table, name: str) -> list[str]:
    return table.frame[name].unique(maintain_order=True).to_list()


def _is_set(table: Table, name: str) -> NDArray[np.bool_]:
    return table.frame[name].str.to_lowercase().is_in(_SET).to_numpy()


def _parameter(selection: Selection, request: TableRequest) -> Selection:
    table, name = selection.table, _column(selection.table, vocabulary.PARAMETER)
    if name is None:
        if request.parameter is not None:
            raise ScenarioError(f"{table.name}: --param {request.parameter}: there is no column PARAMCD")
        return selection
    there, wanted = _values(table, name), request.parameter
    if wanted is None and len(there) == 1:
        wanted = there[0]
    if wanted not in there:
        choice = "none chosen" if wanted is None else f"{wanted!r}"
        raise ScenarioError(
            f"{table.name}: {name}: found {choice}, wanted one of {', '.join(there)}; write --param NAME"
        )
    out = (table.frame[name] != wanted).to_numpy()
    table = table.leave_out(out, f"{name} is not {wanted}")
    return selection._replace(table=table, used=[*selection.used, name], parameter=str(wanted))


def _where(selection: Selection, text: str) -> Selection:
    table, (given, sign, wanted) = selection.table, text.partition("=")
    if not sign or not given:
        raise ScenarioError(f"--where {text!r}: wanted COLUMN=VALUE, for example SAFFL=Y")
    name, values = find(table, "where", given.strip()), wanted.strip().split("|")
    there = _values(table, name)
    for value in values:
        if value not in there:
            shown = ", ".join(there[:_SHOWN]) + (", ..." if len(there) > _SHOWN else "")
            raise ScenarioError(
                f"{table.name}: --where {text}: {name} is never {value!r}{nearest(value, there)}; there are {shown}"
            )
    out = ~table.frame[name].is_in(values).to_numpy()
    return selection._replace(table=table.leave_out(out, f"{name} is not {wanted}"), used=[*selection.used, name])


def _analysis_flags(selection: Selection, _request: TableRequest, chosen: set[str]) -> Selection:
    """Keep the analysis records (ANL01FL = Y); another flag of the kind is asked about."""
    table, problems, used = selection.table, list(selection.problems), list(selection.used)
    for name in table.header:
        flag = fold(name)
        if not vocabulary.ANALYSIS_FLAG.fullmatch(flag) or flag in chosen:
            continue
        is_set = _is_set(table, name)
        if not is_set.any() or is_set.all():
            used.append(name)
            continue
        if flag != vocabulary.RECORD_FLAG:
            raise ScenarioError(
                f"{table.name}: {name} marks {int(is_set.sum())} of {table.height} rows: does it choose the rows of "
                f"this analysis? write --where {name}=Y or --ignore {name}"
            )
        used.append(name)
        baseline = _column(table, vocabulary.KNOWN["flag"][0])
        kept = is_set if baseline is None else is_set | _is_set(table, baseline)
        problems.append(f"{int((~kept).sum())} rows are no analysis records ({name} is not Y) and are left out")
        table = table.leave_out(~kept, f"{name} is not Y: no analysis record")
    return selection._replace(table=table, used=used, problems=problems)


def _population(selection: Selection, request: TableRequest, chosen: set[str]) -> Selection:
    """Keep the patients of the analysis by intention to treat; another population is asked about."""
    table = selection.table
    there = {fold(name): name for name in table.header}
    first = [there[flag] for flag in vocabulary.POPULATIONS if flag in there and flag not in chosen]
    others = [there[flag] for flag in vocabulary.OTHER_POPULATIONS if flag in there and flag not in chosen]
    varying = [name for name in others if len(_values(table, name)) > 1]
    populations = {flag for flag in (*vocabulary.POPULATIONS, *vocabulary.OTHER_POPULATIONS) if flag in there} & {
        fold(text.partition("=")[0]) for text in request.where
    }
    if varying and not first and not populations:
        name = varying[0]
        raise ScenarioError(
            f"{table.name}: {name} is {' and '.join(map(repr, _values(table, name)[:2]))}: which patients are "
            f"analysed? write --where {name}=Y, or --ignore {name} for all of them"
        )
    problems = list(selection.problems)
    for name in first:
        out = ~_is_set(table, name)
        if out.all():
            raise ScenarioError(f"{table.name}: {name} is never Y; nobody is analysed; write --ignore {name}")
        if out.any():
            problems.append(f"{int(out.sum())} rows of patients outside the population ({name} is not Y) are left out")
            table = table.leave_out(out, f"{name} is not Y: outside the population")
    return selection._replace(table=table, used=[*selection.used, *first, *others], problems=problems)


def _derived(selection: Selection, request: TableRequest, chosen: set[str]) -> Selection:
    """Leave out values that were carried forward or imputed otherwise (DTYPE)."""
    table = selection.table
    name = _column(table, vocabulary.DERIVED)
    if name is None or vocabulary.DERIVED in chosen:
        return selection
    kinds = [kind for kind in _values(table, name) if kind]
    imputed = [kind for kind in kinds if vocabulary.IMPUTED.fullmatch(kind.casefold())]
    unknown = [kind for kind in kinds if kind not in imputed and kind.casefold() not in vocabulary.SUMMARISED]
    if unknown:
        raise ScenarioError(
            f"{table.name}: {name} is {unknown[0]!r}: was the value observed? write --where {name}={unknown[0]} to "
            f"keep such rows alone, or --ignore {name} to take all rows as observed"
        )
    out = table.frame[name].is_in(imputed).to_numpy() if imputed else np.zeros(table.height, bool)
    problems, named = list(selection.problems), ", ".join(imputed)
    if out.any() and request.keep_imputed:
        problems.append(f"{int(out.sum())} values were not observed ({name} {named}) and are kept, as you say")
    elif out.any():
        carried = "carried forward" if any(kind.casefold().endswith("ocf") for kind in imputed) else "imputed"
        problems.append(
            f"{int(out.sum())} values are {carried} ({name} {named}) and are left out: the models take months that are "
            "missing as missing; --keep-imputed keeps them"
        )
        table = table.leave_out(out, f"{name} {named}: not observed")
    return selection._replace(table=table, used=[*selection.used, name], problems=problems)
