"""Where compiled kernels are kept when neither the package's folder nor the user's cache can be written.

Numba keeps compiled code beside its source, else in the user's cache, and stops at the import where it can do neither
(a package installed by somebody else, a user without a home). Then a folder of this user in the system's temporary
place serves, and a line on stderr says so once, when the folder is made.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

NUMBA, MATPLOTLIB = "NUMBA_CACHE_DIR", "MPLCONFIGDIR"


def prepare(package: Path) -> None:
    """Name a place for compiled kernels, and for matplotlib's list of fonts, where there is none.

    Args:
        package: the folder of this package.
    """
    home = _home()
    beside = package / "cortex" / "kernels"
    try:
        if not os.environ.get(NUMBA) and not (_usable(beside) or _usable(home)):
            os.environ[NUMBA] = str(_place("kernels"))
            if (numba := sys.modules.get("numba")) is not None:  # imported before: it has read its settings
                numba.config.CACHE_DIR = os.environ[NUMBA]
        if not os.environ.get(MATPLOTLIB) and not _usable(home):
            os.environ[MATPLOTLIB] = str(_place("fonts"))
    except OSError:  # not even a temporary place: whoever compiles or draws says so
        return


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
    user = os.getuid() if hasattr(os, "getuid") else "user"
    path = Path(tempfile.gettempdir()) / f"leao-{kind}-{user}"
    try:
        if not path.exists():
            path.mkdir(mode=0o700)
            _tell(kind, path)
        status = path.lstat()
        mine = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
        if stat.S_ISDIR(status.st_mode) and mine:
            return path
    except OSError:
        pass
    path = Path(tempfile.mkdtemp(prefix=f"leao-{kind}-"))
    _tell(kind, path)
    return path


def _tell(kind: str, place: Path) -> None:
    if kind == "kernels":
        sys.stderr.write(f"leao: no folder for compiled kernels can be written; they are kept in {place}\n")
