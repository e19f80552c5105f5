"""Every combination of the values of some keys: a run of its own, a row of one table."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from leao.chain.api import Changes
from leao.chain.contract import SweepRow
from leao.chain.scenario import Scenario
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_CELLS
from leao.core.result import Result

Over = Mapping[str, Sequence[Any]] | str | Sequence[str]  # {"trial.weeks": [12, 24]} or ["trial.weeks=12,24"]
OPEN, CLOSE = "[{(", "]})"


class Cell(NamedTuple):
    """One combination: its values by key, and the question they make."""

    values: dict[str, Any]
    scenario: Scenario


def keys(over: Over, set: Changes | None, named: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return the values of each key that is varied; ``named`` are those that an option of its own fixes.

    Raises:
        ScenarioError: no values, a key that is given twice or changed by ``set`` too, or too many combinations.
    """
    pairs = list(over.items()) if isinstance(over, Mapping) else [parsed(text) for text in _texts(over)]
    wanted: dict[str, list[Any]] = {}
    fixed = list(set) if isinstance(set, Mapping) else [text.partition("=")[0].strip() for text in set or ()]
    fixed += named
    for key, values in pairs:
        if key in wanted or key in fixed:
            raise ScenarioError(f"--over {key}: the key is given twice; list all its values once, after commas")
        wanted[key] = list(values)
        if not wanted[key]:
            raise ScenarioError(f"--over {key}: no values; write for example --over trial.weeks=12,24")
    if not wanted:
        raise ScenarioError("--over: nothing to vary; write for example --over arms.memantine.dose='10 mg,20 mg'")
    number = 1
    for values in wanted.values():
        number *= len(values)
    if number > MOST_CELLS:
        raise ScenarioError(f"--over: found {number} combinations, wanted at most {MOST_CELLS}; ask for fewer values")
    return wanted


def _texts(over: str | Sequence[str]) -> Sequence[str]:
    return (over,) if isinstance(over, str) else over


def parsed(text: str) -> tuple[str, list[Any]]:
    """Return key and values of ``key=a,b,c``, each value read as ``--set`` reads it.

    Raises:
        ScenarioError: another form.
    """
    from leao.chain.changes import parse_change

    key, equals, values = text.partition("=")
    parts = list(_split(values))
    if not equals or not key.strip() or not all(part.strip() for part in parts):
        raise ScenarioError(f"--over: found {text!r}, wanted key=a,b,c; write for example --over trial.weeks=12,24")
    return key.strip(), [value for _, value in (parse_change(f"{key}={part}") for part in parts)]


def _split(text: str) -> Iterator[str]:
    """Give the parts between commas, but for commas in quotes or brackets."""
    part, depth, quote = "", 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in OPEN) - (letter in CLOSE)
        if letter == "," and not quote and depth <= 0:
            yield part
            part = ""
        else:
            part += letter
    yield part


def combinations(base: Scenario, wanted: Mapping[str, Sequence[Any]]) -> Iterator[Cell]:
    """Give every combination of the values as a question of its own.

    Raises:
        ScenarioError: a value that cannot be used, or two combinations that are the same question.
    """
    from leao.chain.run import check
    from leao.chain.scenario import changed

    seen: dict[str, dict[str, Any]] = {}
    for chosen in product(*wanted.values()):
        values = dict(zip(wanted, chosen, strict=True))
        cell = Cell(values, changed(base, values))
        check(cell.scenario)
        question = cell.scenario.model_dump_json()
        if question in seen:
            raise ScenarioError(f"--over: {_said(values)} asks the same as {_said(seen[question])}; leave out one")
        seen[question] = values
        yield cell


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items())


def figures(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row of the table says of a run."""
    verdict = summary["verdict"]
    return {
        "plasma_ng_per_mL": summary["exposure"]["plasma_ng_per_mL"],
        "free_brain_uM": summary["exposure"]["free_brain_uM"],
        "difference_attacks_per_28d": summary["trial"]["difference_attacks_per_28d"],
        "rate_ratio": summary["trial"]["rate_ratio"],
        "mechanistic_rate_ratio": verdict["mechanistic_rate_ratio"],
        "p_at_least_half": verdict["p_at_least_half"],
        "qualified": verdict["qualified"],
        "run": summary["run"],
    }


def table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return the rows as a table, distributions and estimates a column for each of their figures."""
    import polars as pl

    return pl.DataFrame([dict(_flat(row)) for row in rows], infer_schema_length=None, strict=False)


def csv(result: Result[list[SweepRow]]) -> str:
    """Return the table of a sweep as CSV."""
    text = io.StringIO()
    result.data.write_csv(text)
    return text.getvalue()


def name(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what tells a sweep from any other: the hash of its runs' names, which bear those of their questions."""
    runs = "\n".join(Path(row["run"]).name for row in rows)
    return hashlib.sha256(runs.encode()).hexdigest()[:8]


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}_{part}", figure) for part, figure in value.items())
        else:
            yield name, value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
