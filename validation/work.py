"""``--workers``, ``--shard`` and ``--out`` for a long validation, as at every command of leao.

No ``--scheduler``: a worker of a Dask cluster is asked whether its code is that of the process that asks, and the answer
covers the package alone, not these scripts. Parts are kept in a folder named by the bytes of script and package instead,
so that shards of two versions never meet.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from leao.core import cache, work
from leao.core.errors import LeaoError, ScenarioError, UnfinishedShard

UNFINISHED = 3  # exit code, as of the commands


class Asked(NamedTuple):
    """What was typed."""

    trials: int
    work: work.Work
    out: Path | None


def asked(about: str, trials: int) -> Asked:
    """Read the command line.

    Args:
        about: what the script does.
        trials: how many by default.

    Raises:
        ScenarioError: work that cannot be done, or a shard without a folder that all shards share.
    """
    ask = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("trials", type=int, nargs="?", default=trials)
    ask.add_argument("--out", type=Path, help="folder whose parts are kept and not computed again")
    ask.add_argument("--workers", type=int, help="how many compute at once, by default one per core")
    ask.add_argument("--shard", help="i/n: this part only, into the folder --out; exit 3 until all are done")
    given = ask.parse_args()
    if given.shard is not None and given.out is None:
        raise ScenarioError(f"--shard {given.shard}: found no --out, wanted the folder that all shards share")
    return Asked(given.trials, work.checked(work.Work(given.workers, None, given.shard)), given.out)


def keyed(out: Path, script: Path, modules: Sequence[str]) -> Path:
    """Return the folder of the parts that this code computes.

    Args:
        out: the folder that was asked for.
        script: the file that computes them.
        modules: modules of leao that it calls.
    """
    digest = hashlib.sha256(cache.normalised(script.read_bytes()))
    for module in modules:
        digest.update(cache.code(module).encode())
    return out / digest.hexdigest()[:12]


def run(main: Callable[[], None]) -> None:
    """Run a script; end as a command ends: 2 with one line for what a user can mend, 3 where other shards owe parts."""
    try:
        main()
    except UnfinishedShard as error:
        sys.exit(_ended(error, UNFINISHED))
    except LeaoError as error:
        sys.exit(_ended(error, 2))


def _ended(error: LeaoError, code: int) -> int:
    print(f"leao: {error}", file=sys.stderr)
    return code
