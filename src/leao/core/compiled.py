"""Where compiled kernels are kept: in the user's cache, in a folder named by the bytes of all kernels.

Numba's own cache looks at the file of a kernel alone: where only a callee in another file has changed (an upgrade, a
pull), it runs the old code without a word. So the folder's name is the hash of every kernel's source, and a change of
any of them compiles anew; the folders of the last few states are kept. A user without a cache that can be written (no
home, somebody else's machine) gets a folder in the system's temporary place, and a line on stderr says so once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from leao.core import system

NUMBA, MATPLOTLIB = "NUMBA_CACHE_DIR", "MPLCONFIGDIR"
STATES = "leao-kernels"  # the folder that holds one folder for each state of the kernels
KEPT_STATES = 4  # the youngest of them


def prepare(package: Path) -> None:
    """Name the place for compiled kernels, and one for matplotlib's list of fonts where there is none.

    A place that the user named stands, with a folder of these kernels in it.

    Args:
        package: the folder of this package.
    """
    home = _home() if _usable(_home()) else None
    try:
        try:
            folder = _of_these_kernels(_states(home), package)
        except OSError:  # permissions promised what the file system then refused: only a try tells
            home, folder = None, _of_these_kernels(_place("kernels") / STATES, package)
        os.environ[NUMBA] = str(folder)
        if (numba := sys.modules.get("numba")) is not None:  # imported before: it has read its settings
            numba.config.CACHE_DIR = os.environ[NUMBA]
        if not os.environ.get(MATPLOTLIB) and home is None:
            os.environ[MATPLOTLIB] = str(_place("fonts"))
    except OSError:  # not even a temporary place: whoever compiles or draws says so
        return


def _states(home: Path | None) -> Path:
    """Return the folder of all states: where the user said, else in the user's cache, else in the temporary place."""
    if named := os.environ.get(NUMBA):
        path = Path(named)  # a process that this one started has the folder of a state already
        return path.parent if path.parent.name == STATES else path / STATES
    return (home or _place("kernels")) / STATES


def _of_these_kernels(states: Path, package: Path) -> Path:
    """Return the folder of kernels compiled from these sources; a new one takes the place of the oldest.

    Raises:
        OSError: nothing can be written there.
    """
    digest = hashlib.sha256()
    for path in sorted(package.glob("*/kernels/*.py")):
        digest.update(path.read_bytes())
    folder = states / digest.hexdigest()[:16]
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        by_age = sorted(states.iterdir(), key=lambda state: state.stat().st_mtime, reverse=True)
        for old in by_age[KEPT_STATES:]:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def _home() -> Path | None:
    """Return the user's cache folder; None where nothing is known of it."""
    named = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(named) if named else Path.home() / ".cache"
    except RuntimeError:
        return None


def _usable(folder: Path | None) -> bool:
    """Return whether the folder, or the nearest one above it that exists, can be written."""
    while folder is not None:
        try:
            if folder.exists():
                return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        except OSError:
            return False
        folder = folder.parent if folder.parent != folder else None
    return False


def _place(kind: str) -> Path:
    """Return this user's folder in the temporary place; a new one where that name is another's, or a link."""
    path = Path(tempfile.gettempdir()) / f"leao-{kind}-{system.user()}"
    try:
        if not path.exists():
            path.mkdir(mode=0o700)
            _tell(kind, path)
        if system.is_mine(path.lstat()):
            return path
    except OSError:
        pass
    path = Path(tempfile.mkdtemp(prefix=f"leao-{kind}-"))
    _tell(kind, path)
    return path


def _tell(kind: str, place: Path) -> None:
    if kind == "kernels":
        sys.stderr.write(f"leao: no folder for compiled kernels can be written; they are kept in {place}\n")
