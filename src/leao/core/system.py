"""What not every system has: locks, owners, folders that are flushed, open files that are renamed.

No other module calls any of it (tests/house/test_systems.py); what a system lacks is done without here, and said.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
OTHERS_MAY_WRITE = 0o022


def has_locks() -> bool:
    """Return whether a lock goes with the process that holds it."""
    return fcntl is not None


def renames_open_files() -> bool:
    """Return whether a file may be renamed while it is open; where there are no such locks, it may not."""
    return has_locks()


def lock(handle: int) -> None:
    """Lock an open file or folder, without waiting, where there are locks.

    Raises:
        BlockingIOError: another process holds it.
        OSError: this file system has no locks.
    """
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def open_folder(path: Path) -> int:
    """Return the handle of a folder, for its lock; only where there are locks."""
    return os.open(path, os.O_RDONLY)


def flush(path: Path) -> None:
    """Have a file on the disk; a folder too, where folders can be opened."""
    if path.is_dir() and not has_locks():
        return
    handle = os.open(path, os.O_RDONLY if has_locks() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_private(handle: int, mode: int) -> None:
    """Give an open file its mode whatever the umask is, where files have one."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)


def user() -> str:
    """Return what tells this user from others in a shared folder."""
    return str(os.getuid()) if hasattr(os, "getuid") else "user"


def is_mine(status: os.stat_result) -> bool:
    """Return whether something is a folder of this user's that nobody else may write, where there are owners."""
    mine = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & OTHERS_MAY_WRITE)
    return stat.S_ISDIR(status.st_mode) and mine
