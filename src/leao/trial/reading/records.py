"""The rows of a trial's table as records: who, when, in which arm, with which numbers, each with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import MISSING, Table, fold
from leao.trial.reading import vocabulary
from leao.trial.reading.request import KINDS, TableRequest, listed
from leao.trial.reading.roles import Roles

if TYPE_CHECKING:
    import polars as pl

ROW = "row of the file"
PERSON = "person: "  # before the name of a column that describes the patient
LARGEST = 1e7  # nobody has more attacks, days or points
_CODES = (77.0, 88.0, 99.0, 777.0, 888.0, 999.0, 9999.0, -1.0, -9.0, -99.0, -999.0, -9999.0)
_FAR = 3.0  # times the largest other value: such a code cannot be a value
_NOBODY = ("", ".", "na", "n/a", "nan", "null")  # no arm
_WORDS = {"arm": "arm", "label": "label", "phase": "phase", "flag": "flag", "visit": "visit text"}
_NUMBERS = ("day", "baseline", "count", "days", "start", "end", "visit days")
_WORDED = ("param", *vocabulary.UNITS)  # columns whose cells say what a value is
_JOIN = " / "  # between the columns that make up a subject


class Records(NamedTuple):
    """Records with columns by their role, and what the endpoint is."""

    frame: pl.DataFrame
    names: dict[str, str]  # of the file's columns by role
    endpoint: str
    kind: str


def collect(table: Table, roles: Roles, request: TableRequest, parameter: str) -> Records:
    """Return the records of a table.

    Raises:
        ScenarioError: a cell that cannot be, with its row.
    """
    import polars as pl

    table, names = _known_missing(table, roles, request), dict(roles.names)
    columns: dict[str, pl.Series] = {ROW: pl.Series(table.rows), "subject": _subject(table, roles)}
    columns |= {column: table.frame[names[role]] for role, column in _WORDS.items() if role in names}
    columns |= {role: pl.Series(table.numbers(names[role])) for role in _NUMBERS if role in names}
    described = [names[role] for role in ("age", "sex") if role in names]
    for name in dict.fromkeys([*roles.of_patients(), *described]):
        columns[PERSON + name] = table.frame[name]
    endpoint = (
        parameter if parameter and request.value is None else names.get("value", roles.wide[0] if roles.wide else "")
    )
    if not roles.wide:
        columns["value"] = pl.Series(_values(table, names["value"]))
    frame = pl.DataFrame(columns).with_columns(
        pl.when(~pl.col("arm").str.to_lowercase().is_in(_NOBODY)).then(pl.col("arm")).otherwise(pl.lit(""))
    )
    if roles.wide:
        frame = _long(table, frame, roles)
        endpoint = common_stem(roles.wide) or "value"
    kind = _kind(table, frame, endpoint, request)
    _possible(table, frame, names, kind, request)
    return Records(frame, names, endpoint, kind)


def common_stem(columns: tuple[str, ...]) -> str:
    """Return what the names of a wide table's columns begin with, without the number; empty where they differ."""
    stems = {fold(name).rstrip("0123456789").rpartition("_")[0] for name in columns}
    return stems.pop() if len(stems) == 1 else ""


def _subject(table: Table, roles: Roles) -> pl.Series:
    import polars as pl

    subject = table.frame.select(pl.concat_str(list(roles.subject), separator=_JOIN)).to_series()
    empty = np.zeros(table.height, bool)
    for name in roles.subject:
        empty |= (table.frame[name] == "").to_numpy()
    refuse(table.name, table.rows, empty, f"column {roles.subject[0]!r}: found '', wanted the subject in every row")
    _spelt_one_way(table.name, roles.subject[0], subject)
    return subject


def _spelt_one_way(name: str, column: str, subject: pl.Series) -> None:
    """Refuse subjects that differ by zeros in front, capitals or blanks alone: 001 and 1 would be two patients."""
    import polars as pl

    each = pl.DataFrame({"as it stands": subject.unique(maintain_order=True)})
    bare = pl.col("as it stands").str.to_lowercase().str.replace_all(r"\s+", "")
    same = each.with_columns(bare.str.replace_all(r"(^|[^\d.,])0+(\d)", "${1}${2}").alias("bare"))
    twice = same.filter(pl.col("bare").is_duplicated()).sort("bare", maintain_order=True)["as it stands"].to_list()
    if twice:
        raise ScenarioError(
            f"{name}: column {column!r}: found {twice[0]!r} and {twice[1]!r}, wanted each patient written one way; "
            f"write both alike if they are one patient, else tell them apart by more than zeros, capitals or blanks"
        )


def _values(table: Table, name: str) -> NDArray[np.float64]:
    """Return the column of values; yes and no are one and zero."""
    text = table.frame[name].str.to_lowercase()
    said = text.filter(~text.is_in(["", ".", "na", "n/a", "nan", "null", "none", "-"]))
    if said.len() and said.is_in([*vocabulary.YES, *vocabulary.NO]).all():
        values = text.is_in(vocabulary.YES).cast(float).to_numpy().copy()
        values[~text.is_in([*vocabulary.YES, *vocabulary.NO]).to_numpy()] = np.nan
        return values
    return table.numbers(name)


def _long(table: Table, frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """Return a row per patient and visit of a table that has a column a visit."""
    import polars as pl

    twice = (~frame["subject"].is_first_distinct()).to_numpy()
    refuse(table.name, table.rows, twice, "a second row for the same patient: found one, wanted a row per patient")
    parts = [
        frame.with_columns(
            pl.lit(name).alias("visit text"), pl.lit(float(k)).alias("visit"), pl.Series("value", values)
        )
        for k, name, values in (
            (k, name, table.numbers(name)) for k, name in enumerate([roles.names["baseline"], *roles.wide])
        )
    ]
    return pl.concat(parts).drop("baseline").sort(ROW, "visit")


def _known_missing(table: Table, roles: Roles, request: TableRequest) -> Table:
    """Return the table with codes of a missing value empty where numbers stand: those known, and the user's own.

    Subjects, arms and visits keep their cells: 99 is a code of a value, and a patient's number.
    """
    import dataclasses

    import polars as pl

    codes = [code.casefold() for code in listed(request.missing) if code.casefold() != "none"]
    codes += [code for code in vocabulary.SPECIAL_MISSING if request.missing is None]
    measured = [roles.names[role] for role in ("value", "baseline", "count", "days") if role in roles.names]
    columns = list(dict.fromkeys([*measured, *roles.wide, *roles.covariates]))
    cells = pl.col(columns)
    empty = cells.str.to_lowercase().is_in([*MISSING, *codes])
    frame = table.frame.with_columns(pl.when(empty).then(pl.lit("")).otherwise(cells).name.keep())
    words = pl.col([name for name in roles.of_patients() if name not in columns])
    special = words.str.to_lowercase().is_in(vocabulary.SPECIAL_MISSING)
    frame = frame.with_columns(pl.when(special).then(pl.lit("")).otherwise(words).name.keep())
    return dataclasses.replace(table, columns=frame)


def special_missing(table: Table, roles: Roles) -> list[str]:
    """Return how many numbers are missing by SAS's special codes, in words; none where there are none."""
    measured = [roles.names[role] for role in ("value", "baseline", "count", "days") if role in roles.names]
    said: dict[str, int] = {}
    for name in dict.fromkeys([*measured, *roles.wide]):
        cells = table.frame[name].str.to_lowercase().alias("code")
        for code, times in cells.filter(cells.is_in(vocabulary.SPECIAL_MISSING)).value_counts(sort=True).iter_rows():
            said[code] = said.get(code, 0) + times
    counted = ", ".join(f"{code.upper()} {times} times" for code, times in sorted(said.items()))
    return [f"missing by SAS's special codes: {counted}"] if said else []


def _kind(table: Table, frame: pl.DataFrame, endpoint: str, request: TableRequest) -> str:
    if request.kind is None:
        kind = vocabulary.kind_of(fold(endpoint))
        if kind not in ("change", "score"):
            _ask_of_a_share(table, endpoint, frame["value"].to_numpy())
        return kind
    if request.kind not in KINDS:
        raise ScenarioError(f"{table.name}: --kind: found {request.kind!r}, wanted one of {', '.join(KINDS)}")
    return request.kind


def _ask_of_a_share(table: Table, endpoint: str, values: NDArray[np.float64]) -> None:
    """Ask where a name, a label or a unit says per cent, or all values are parts of 1: a share has no rate."""
    there = values[np.isfinite(values)]
    shares = [endpoint] if "%" in endpoint or vocabulary.PERCENT.search(fold(endpoint)) else []
    for name in table.header:
        words = table.frame[name].unique(maintain_order=True).to_list() if fold(name) in _WORDED else []
        if fold(name) == "param":
            words = [word for word in words if vocabulary.PERCENT_LABEL.match(word.casefold())]
        else:
            words = [word for word in words if word.strip() == "%" or vocabulary.PERCENT.search(fold(word))]
        shares += [f"{name} is {word[:40]!r}" for word in words]
    if ((there >= 0.0) & (there <= 1.0)).all() and (there != np.rint(there)).any():
        shares.append(f"{endpoint} holds parts of 1 ({there[there != np.rint(there)][0]:g})")
    if shares:
        raise ScenarioError(
            f"{table.name}: {shares[0]}: a share or per cent, not a count? write --kind score to compare its points, "
            "or --kind count if its values are counts"
        )


def _possible(table: Table, frame: pl.DataFrame, names: dict[str, str], kind: str, request: TableRequest) -> None:
    """Refuse numbers that no patient can have, and ask about those that look like a code of a missing value."""
    rows = frame[ROW].to_numpy()
    _codes_of_covariates(table, frame, request)
    for role in ("value", "baseline", "count", "days", "start", "end", "day"):
        if role not in frame.columns:
            continue
        name, numbers = names.get(role, role), frame[role].to_numpy()
        refuse(
            table.name, rows, np.abs(numbers) > LARGEST, f"column {name!r}: found {{}}, wanted less than 1e7", numbers
        )
        if role in ("value", "baseline"):
            _codes(table, rows, numbers, name, request)
        if role in ("count", "days") or (role in ("value", "baseline") and kind not in ("score", "change")):
            remedy = "0 or more; for a scale write --kind score, for changes from the baseline --kind change"
            wanted = remedy if role == "value" else "0 or more"
            refuse(table.name, rows, numbers < 0.0, f"column {name!r}: found {{}}, wanted {wanted}", numbers)


def _codes_of_covariates(table: Table, frame: pl.DataFrame, request: TableRequest) -> None:
    """Ask about 999 and the like among the numbers of a covariate, as among those of the endpoint."""
    import polars as pl

    for given in listed(request.covariates):
        for column in frame.columns:
            if column.startswith(PERSON) and fold(column.removeprefix(PERSON)) == fold(given):
                numbers = frame[column].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
                _codes(table, frame[ROW].to_numpy(), numbers, column.removeprefix(PERSON), request)


def _codes(table: Table, rows: NDArray, numbers: NDArray, name: str, request: TableRequest) -> None:
    """Ask about 999, -99 and the like where every other value lies far away."""
    if request.missing is not None:
        return
    is_code = np.isin(numbers, _CODES)
    others = numbers[np.isfinite(numbers) & ~is_code]
    if not is_code.any() or not others.size:
        return
    low, high = float(others.min()), float(others.max())
    odd = is_code & ((numbers > _FAR * max(high, 1.0)) | ((numbers < 0.0) & (low >= 0.0)))
    few = odd & (numbers != -1.0)
    code = "" if not few.any() else f"{numbers[few][0]:g}"
    question = f"column {name!r}: found {{}}, far from all others ({low:g} to {high:g}): a code for missing? write "
    refuse(table.name, rows, few, f"{question}--missing {code}, or --missing none where it is a value", numbers)


def refuse(name: str, rows: NDArray, bad: NDArray[np.bool_], message: str, values: NDArray | None = None) -> None:
    """Refuse the first record that is bad, saying how many more are.

    Args:
        name: of the table.
        rows: of the file, of each record.
        bad: which records.
        message: with ``{}`` where the value goes.
        values: of the records.

    Raises:
        ScenarioError: where any record is bad.
    """
    if not bad.any():
        return
    first = int(np.flatnonzero(bad)[0])
    current = message if values is None else message.replace("{}", str(float(values[first])))
    more = f" (and {int(bad.sum()) - 1} more rows)" if bad.sum() > 1 else ""
    raise ScenarioError(f"{name}, row {int(rows[first])}: {current}{more}; mend the table")
