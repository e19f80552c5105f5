"""``--workers``, ``--scheduler``, ``--shard`` and ``--out`` for a long validation, as at every command of leao.

A script cuts its ensemble into parts, partials of its own functions, each a pure function of its arguments; with a folder
they are kept one by one under the bytes of script and package, so that an interruption costs the parts under way, shards
of two versions never meet, and any number and kind of workers writes the same files. Workers of a Dask cluster need the
checkout as leao itself (``PYTHONPATH=. dask worker ...``) and are refused where their code or numbers differ.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import work
from leao.core.errors import LeaoError, ScenarioError, UnfinishedShard

UNFINISHED = 3  # exit code, as of the commands
Columns = Mapping[str, NDArray[Any]]
Job = partial[Any]  # of a function that returns Columns


class Asked(NamedTuple):
    """What was typed."""

    number: int
    work: work.Work
    out: Path | None
    words: argparse.Namespace


def asked(about: str | None, number: int = 0, more: Callable[[argparse.ArgumentParser], None] | None = None) -> Asked:
    """Read the command line.

    Args:
        about: what the script does.
        number: how many by default; 0: the script does not ask how many.
        more: adds what else the script understands.

    Raises:
        ScenarioError: work that cannot be done, or a shard without a folder that all shards share.
    """
    ask = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if number:
        ask.add_argument("number", type=_positive, nargs="?", default=number, help="how many (default: %(default)s)")
    if more is not None:
        more(ask)
    ask.add_argument("--out", type=Path, help="folder whose parts are kept and not computed again")
    ask.add_argument("--workers", type=int, help="how many compute at once, by default one per core")
    ask.add_argument("--scheduler", help="address of a Dask scheduler whose workers compute: tcp://host:8786")
    ask.add_argument("--shard", help="i/n: this part only, into the folder --out; exit 3 until all are done")
    given = ask.parse_args()
    if given.shard is not None and given.out is None:
        raise ScenarioError(f"--shard {given.shard}: found no --out, wanted the folder that all shards share")
    checked = work.checked(work.Work(given.workers, given.scheduler, given.shard))
    return Asked(given.number if number else 0, checked, given.out, given)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a number from 1 on")
    return int(text)


def computed(
    given: Asked, jobs: Mapping[str, Sequence[Job]], reads: Sequence[Path] = ()
) -> dict[str, list[dict[str, NDArray[Any]]]]:
    """Return the columns of every job, by the names of ``jobs``.

    Args:
        given: who computes, which part, where it is kept.
        jobs: partials of a module's functions.
        reads: files outside the package that they read: other bytes are another question.

    Raises:
        UnfinishedShard: other shards owe parts.
    """
    flat = [job for several in jobs.values() for job in several]
    if not flat:
        return {name: [] for name in jobs}
    read = [hashlib.sha256(path.read_bytes()).hexdigest() for path in reads]
    questions = [(job.func.__qualname__, job.args, sorted(job.keywords.items()), *read) for job in flat]
    name = flat[0].func.__module__.rpartition(".")[2]
    with work.parts_of(given.work, given.out, _shown, threads=1) as parts:
        answers = iter(parts.fill(name, questions, flat))
    return {name: [dict(next(answers)) for _ in several] for name, several in jobs.items()}


def joined(parts: Sequence[Columns]) -> dict[str, NDArray[Any]]:
    """Return the columns of parts one behind the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def rows(parts: Sequence[Columns]) -> list[dict[str, Any]]:
    """Return the rows of parts that hold tables, one behind the other, as plain numbers and words."""
    return [
        dict(zip(part, values, strict=True))
        for part in parts
        for values in zip(*(column.tolist() for column in part.values()), strict=True)
    ]


def run(name: str) -> None:
    """Run a script by its name, so that workers in other processes find what they compute.

    It ends as a command ends: 2 with one line for what a user can mend, 3 where other shards owe parts.
    """
    try:
        importlib.import_module(f"validation.{name}").main()
    except UnfinishedShard as error:
        sys.exit(_ended(error, UNFINISHED))
    except LeaoError as error:
        sys.exit(_ended(error, 2))


def _ended(error: LeaoError, code: int) -> int:
    print(f"leao: {error}", file=sys.stderr)
    return code


def _shown(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="" if done < of else "\n", file=sys.stderr, flush=True)
