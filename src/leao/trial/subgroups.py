"""Subgroups with their interaction, and what adjusting for baseline and covariates gains, by least squares.

Change at the last visit on arm, level, arm x level, baseline and covariates; the effect in each level is a contrast of
that one fit, the interaction a Wald F of all arm x level terms. Gain: the error of the arm's coefficient without and
with the columns, on the same patients: (se0 / se1)^2 - 1 is the share of patients that it is worth.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import is_missing, number
from leao.trial.linear import LeastSquares, contrast, least_squares, wald
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.layout import Table, people
from leao.trial.reading.records import PERSON, ROW
from leao.trial.reading.request import listed

Array = NDArray[np.float64]
MOST_LEVELS, FEWEST = 5, 2  # numbers with more values are cut at their median; patients of an arm in a level


class Levels(NamedTuple):
    """A column cut into levels."""

    names: tuple[str, ...]
    of: NDArray[np.int64]  # (subject,), -1 not known
    cut: str | None  # how numbers were cut


def answer(table: Table, columns: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the effect in each level of each column with the interaction, and what stands against it.

    Raises:
        ScenarioError: a column that changes within a patient.
    """
    problems: list[str] = []
    parts = [part for column in columns if (part := _column(table, column, problems)) is not None]
    if parts:
        problems.append(
            f"subgroups: {len(parts)} column{'s' * (len(parts) > 1)}, levels not adjusted for their number; a level "
            "differs from another by the interaction alone"
        )
    return parts, problems


def precision(table: Table) -> list[dict[str, Any]]:
    """Return the error of the last arm's difference by what is adjusted for: nothing, baseline, covariates too."""
    y, keep = _outcome(table)
    models = [("nothing", np.zeros((len(y), 0)))]
    if table.data.based:
        models.append(("baseline", table.data.baseline[0][:, None]))
    if table.covariates.names:
        models.append(("baseline and covariates" if table.data.based else "covariates", _adjusted(table, ())))
    rows: list[dict[str, Any]] = []
    arms = _arms(table)
    for name, more in models:
        fit = least_squares(y[keep], np.column_stack([np.ones(len(y)), arms, more])[keep])
        se = None if fit is None else float(np.sqrt(fit.covariance[arms.shape[1], arms.shape[1]]))
        first = rows[0]["se"] if rows else se
        gain = 100.0 * ((first / se) ** 2 - 1.0) if se and first else None
        rows.append({"adjusted_for": name, "se": se, "gain_percent": gain, "patients": int(keep.sum())})
    return rows


def _column(table: Table, column: str, problems: list[str]) -> dict[str, Any] | None:
    levels = _levels(table, column)
    y, keep = _outcome(table)
    arm = table.data.arm[0]
    unknown = int((keep & (levels.of < 0)).sum())
    if unknown:
        problems.append(f"{column}: not known of {unknown} patients, who are in no subgroup")
    people_in = np.zeros((len(levels.names), len(table.arms)), np.int64)
    np.add.at(people_in, (levels.of[keep & (levels.of >= 0)], arm[keep & (levels.of >= 0)]), 1)
    enough = [level for level in range(len(levels.names)) if people_in[level].min() >= FEWEST]
    problems += [
        f"{column} {levels.names[level]}: fewer than {FEWEST} patients in an arm, no estimate"
        for level in range(len(levels.names))
        if level not in enough
    ]
    if len(enough) < 2:
        problems.append(f"{column}: fewer than two levels can be compared, left out")
        return None
    use = keep & np.isin(levels.of, enough)
    arms = _arms(table)
    level = np.stack([(levels.of == place).astype(float) for place in enough[1:]], axis=-1)
    product = (arms[:, :, None] * level[:, None, :]).reshape(len(y), -1)
    x = np.column_stack([np.ones(len(y)), arms, level, product, _adjusted(table, (column,))])
    fit = least_squares(y[use], x[use])
    first = 1 + arms.shape[1] + level.shape[1]
    tested = None if fit is None else wald(fit, list(range(first, first + product.shape[1])))
    return {
        "column": column,
        "cut": levels.cut,
        "interaction_f": None if tested is None else tested[0],
        "interaction_p": None if tested is None else tested[1],
        "levels": [
            {
                "level": levels.names[place],
                "patients": dict(zip(table.arms, people_in[place].tolist(), strict=True)),
                "comparisons": _effects(fit, x.shape[1], (k, level.shape[1], first), table),
            }
            for k, place in enumerate(enough)
        ],
    }


def _effects(fit: LeastSquares | None, columns: int, at: tuple[int, int, int], table: Table) -> dict[str, Any]:
    """Return each arm's effect in a level; ``at``: the level's place, levels beyond the first, first product."""
    k, levels, first = at
    confidence = trial_numbers().confidence
    rows: dict[str, Any] = {}
    for place, arm in enumerate(table.arms[1:]):
        weights = np.zeros(columns)
        weights[1 + place] = 1.0
        if k:
            weights[first + place * levels + k - 1] = 1.0
        keys = ("estimate", "low", "high", "se", "p", "degrees_of_freedom")
        rows[arm] = dict.fromkeys(keys) if fit is None else contrast(fit, weights, confidence)
    return rows


def _levels(table: Table, column: str) -> Levels:
    frame = table.loaded.frame
    subjects, at = people(frame)
    cells = [""] * len(subjects)
    for place, cell, row in zip(at, frame[PERSON + column].to_list(), frame[ROW].to_list(), strict=True):
        if is_missing(cell):
            continue
        if cells[place] not in ("", cell):
            raise ScenarioError(
                f"row {row}: {column} is {cell!r}, before {cells[place]!r} for the same patient; a subgroup is known "
                "at the baseline and does not change; mend the table"
            )
        cells[place] = cell
    numbers = [number(cell) for cell in cells]
    known = [value for value, cell in zip(numbers, cells, strict=True) if cell]
    if known and all(value is not None for value in known) and len(set(known)) > MOST_LEVELS:
        middle = float(np.median([value for value in known if value is not None]))
        of = np.array([-1 if value is None else int(value > middle) for value in numbers])
        return Levels((f"at most {middle:g}", f"above {middle:g}"), of, f"cut at the median, {middle:g}")
    names = tuple(dict.fromkeys(sorted(cell for cell in cells if cell)))
    return Levels(names, np.array([names.index(cell) if cell else -1 for cell in cells]), None)


def _outcome(table: Table) -> tuple[Array, NDArray[np.bool_]]:
    """Return the change at the last visit, and who has it."""
    y = table.data.visits[0][:, -1] - (table.data.baseline[0] if table.has_baseline else 0.0)
    return y, np.isfinite(y) & table.data.use[0]


def _arms(table: Table) -> Array:
    return np.stack([(table.data.arm[0] == k).astype(float) for k in range(1, len(table.arms))], axis=-1)


def _adjusted(table: Table, but: tuple[str, ...]) -> Array:
    """Return baseline and covariates but for some columns."""
    parts = [table.data.baseline[0][:, None]] if table.data.based else []
    kept = [
        k
        for k, name in enumerate(table.covariates.names)
        if not any(name == b or name.startswith(f"{b} ") for b in but)
    ]
    return np.column_stack([np.zeros((len(table.subjects), 0)), *parts, table.covariates.columns[:, kept]])


def asked(text: str | None) -> tuple[str, ...]:
    """Return the columns of ``--subgroup``."""
    return tuple(dict.fromkeys(listed(text)))
