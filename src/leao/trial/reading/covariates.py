"""Covariates and strata of the models: numbers as they are, words as columns of 0 and 1 against the commonest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.decimal_marks import WHICH, marks
from leao.core.errors import ScenarioError
from leao.core.tables import is_missing, number
from leao.trial.reading.records import PERSON, ROW
from leao.trial.reading.table import Loaded

Array = NDArray[np.float64]


class Covariates(NamedTuple):
    """What the models adjust for beside the baseline."""

    columns: Array  # (subject, column)
    names: tuple[str, ...]
    known: NDArray[np.bool_]  # patients of whom all are known
    problems: list[str]


def covariates_of(name: str, loaded: Loaded, at: NDArray[np.int64], n: int) -> Covariates:
    """Return the covariates of every patient.

    Args:
        name: of the table.
        loaded: its records.
        at: whose each record is.
        n: patients.

    Raises:
        ScenarioError: a covariate that changes within a patient.
    """
    columns: list[Array] = []
    names: list[str] = []
    known, problems = np.ones(n, bool), []
    for column in dict.fromkeys([*loaded.covariates, *loaded.strata]):
        cells = _of_patients(name, loaded, column, at, n)
        there = np.array([not is_missing(cell) for cell in cells])
        if not there.all():
            problems.append(
                f"{column}: not known of {int((~there).sum())} patients, who are left out of every estimate"
            )
        known &= there
        if column not in loaded.strata:
            _all_or_none(name, loaded, column)
        made = _columns(cells, there, column, by_word=column in loaded.strata)
        if not made:
            problems.append(f"{column}: the same in all patients; it is not adjusted for")
        for title, values in made.items():
            names.append(title)
            columns.append(values)
    matrix = np.stack(columns, axis=-1) if columns else np.zeros((n, 0))
    matrix = np.where(known[:, None], matrix, 0.0)
    centre = matrix[known].mean(axis=0) if known.any() and columns else 0.0
    return Covariates(np.where(known[:, None], matrix - centre, 0.0), tuple(names), known, problems)


def _of_patients(name: str, loaded: Loaded, column: str, at: NDArray[np.int64], n: int) -> list[str]:
    """Return each patient's cell; a row without one is filled from the others."""
    cells: list[str] = [""] * n
    for place, cell, row in zip(at, loaded.frame[PERSON + column].to_list(), loaded.frame[ROW].to_list(), strict=True):
        if is_missing(cell):
            continue
        if cells[place] not in ("", cell):
            raise ScenarioError(
                f"{name}, row {row}: {column} is {cell!r}, before {cells[place]!r} for the same patient; a covariate "
                "is known at the baseline and does not change; mend the table"
            )
        cells[place] = cell
    return cells


def _all_or_none(name: str, loaded: Loaded, column: str) -> None:
    """Refuse words among numbers: the column would be taken for words, each with a term of its own.

    Raises:
        ScenarioError: the first word of a column of which half or more are numbers.
    """
    cells = loaded.frame[PERSON + column].to_list()
    known = [(row, cell) for row, cell in zip(loaded.frame[ROW].to_list(), cells, strict=True) if not is_missing(cell)]
    words = [(row, cell) for row, cell in known if number(cell, ",") is None]
    if words and 2 * len(words) <= len(known):
        row, cell = words[0]
        raise ScenarioError(
            f"{name}, row {row}: {column} is {cell[:40]!r}, a number in most rows; mend it, or name the column in "
            "--strata where its values are words"
        )


def _columns(cells: list[str], there: NDArray[np.bool_], title: str, *, by_word: bool) -> dict[str, Array]:
    """Return the columns of one covariate by their titles; none where all patients are alike."""
    points, commas = marks(cells)
    if points and commas and not by_word:
        beside = f"{cells[points[0]]!r} beside {cells[commas[0]]!r}"
        raise ScenarioError(f"{title}: found {beside}: {WHICH} write one mark throughout the column")
    rows = [number(cell, ",") for cell in cells]
    if not by_word and all(value is not None for value, known in zip(rows, there, strict=True) if known):
        values = np.array([np.nan if value is None else value for value in rows])
        return {title: values} if there.any() and np.ptp(values[there]) > 0.0 else {}
    words, counts = np.unique(np.array(cells)[there], return_counts=True)
    if len(words) < 2:
        return {}
    others = [word for word in words if word != words[counts.argmax()]]
    return {f"{title} {word}": np.array([float(cell == word) for cell in cells]) for word in others}
