"""Folders of computations on their way: one for a server, in it one for each worker, so that nothing outlives a stop.

A worker that is stopped cannot clear up behind itself: the server removes its folder, and all of them at its end; a
worker whose server is gone removes its own. What a server left that was killed, or a machine that lost its power, is
removed at the next start: the folder's lock goes with the process that held it. Where a system has no such locks only
the first two hold.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

from leao.core import system

PREFIX = "leao-app-"
LOCK = "lock"
VARIABLE = "LEAO_APP_SCRATCH"  # tells a worker its folder


class Scratch:
    """The folder of one server, made when the first worker needs it."""

    def __init__(self) -> None:
        """Remove what servers that are gone left behind; make nothing yet."""
        sweep()
        self._root: Path | None = None
        self._lock = -1
        self._numbers = count()

    def worker(self) -> Path:
        """Return a new folder for one worker."""
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix=PREFIX))
            unnamed = (
                self._root / "new"
            )  # named once it is locked: a lock that nobody holds is of a server that is gone
            self._lock = os.open(unnamed, system.NEW_FILE, 0o600)
            with suppress(OSError):  # a file system without locks
                system.lock(self._lock)
            if system.renames_open_files():
                unnamed.rename(self._root / LOCK)
        folder = self._root / f"worker-{next(self._numbers)}"
        folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Remove all of it."""
        if self._root is None:
            return
        os.close(self._lock)
        remove(self._root)
        self._root = None


def remove(folder: Path) -> None:
    """Remove a folder and all in it; what cannot be removed stays for the next start."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove folders of this user's servers that are gone."""
    if not system.has_locks():
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if system.is_mine(folder.lstat()) and _is_left(folder / LOCK):
                remove(folder)


def _is_left(lock: Path) -> bool:
    """Return whether nobody holds a folder's lock."""
    handle = os.open(lock, os.O_RDWR)
    try:
        system.lock(handle)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def mine() -> Path | None:
    """Return the folder of this worker; None outside a server."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for one computation, gone when it ends, however it ends."""
    return tempfile.TemporaryDirectory(prefix="leao-", dir=mine())
