"""A run folder that another version wrote: refused where its answers lack what pages and tables read."""

from __future__ import annotations

from pathlib import Path

from leao.core import runs
from leao.core.errors import RunError


def opened(path: Path) -> runs.Run:
    """Return the finished run in ``path``, whole by the contract of its answers.

    Raises:
        RunError: no run there, an unfinished or damaged one, or one whose answers are those of another version.
    """
    run = runs.load(path)
    if lacking := missing(run.summary):
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise RunError(
            f"run folder {path}: found no {lacking[0]}{more} in summary.json, wanted the answers of this version of "
            "leao; repeat 'leao run'"
        )
    return run


def missing(summary: object) -> list[str]:
    """Return the keys, dotted, that the contract of a run asks for and ``summary`` lacks."""
    from pydantic import TypeAdapter, ValidationError

    from leao.chain.run_contract import RunSummary

    try:
        TypeAdapter(RunSummary).validate_python(summary)
    except ValidationError as error:  # a number that is none is not a key that is missing
        return [".".join(map(str, row["loc"])) for row in error.errors() if row["type"] == "missing"]
    return []
