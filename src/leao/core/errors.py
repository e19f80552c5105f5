"""The errors a user may meet: each message is one line naming place, found, wanted and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

EXTRAS = {  # what a plain install leaves out, by the extra that brings it
    "simulate": ("scipy", "polars", "numba", "llvmlite", "xarray", "pandas", "zarr", "numcodecs"),
    "dask": ("dask", "distributed"),
}


class LeaoError(Exception):
    """Something a user can mend; the command line prints it in one line and exits with 2."""


class ScenarioError(LeaoError):
    """A scenario, an option or a value on the command line that cannot be used."""


class LedgerError(LeaoError):
    """A number without a unit, source or tier, of the wrong dimension, or with a misspelt key."""


class SolverError(LeaoError):
    """A computation that failed at a named time, node or subject."""


class RunError(LeaoError):
    """A run folder that is missing, broken or cannot be written."""


def each_once(option: str, names: Iterable[Any]) -> None:
    """Refuse a list in which something stands twice: of two values one would win, or one be left out, without a word.

    Raises:
        ScenarioError: something does.
    """
    seen: list[Any] = []
    for name in names:
        if name in seen:
            raise ScenarioError(f"{option}: {name} stands twice; leave one out")
        seen.append(name)


class UnfinishedShard(LeaoError):
    """A shard is done and other shards still owe their parts; the command line exits with 3."""

    def __init__(self, shard: tuple[int, int], missing: int, of: int, run: str) -> None:
        """Hold what is done and what is owed.

        Args:
            shard: which part of how many.
            missing: parts of the ensemble that other shards owe.
            of: parts of the whole ensemble.
            run: the folder that all shards share.
        """
        super().__init__(
            f"shard {shard[0]}/{shard[1]} is done; {missing} of {of} parts in {run} are left to the other shards; the "
            "last of them, or the same command without --shard, gives the answer"
        )
        self.summary: dict[str, Any] = {"shard": list(shard), "missing_chunks": missing, "chunks": of, "run": run}

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes with all that it holds."""
        held = self.summary
        return UnfinishedShard, (tuple(held["shard"]), held["missing_chunks"], held["chunks"], held["run"])


def left_out(error: ImportError) -> str | None:
    """Return one line on how to get what a plain install leaves out; None where something else is missing."""
    name = (error.name or "").partition(".")[0]
    for extra, packages in EXTRAS.items():
        if name in packages:
            return f"this needs {name}, which a plain install leaves out; type: pip install 'leao[{extra}]'"
    return None
