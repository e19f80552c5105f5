"""Half-written files and folders: each under a name of its own, locked by the process that writes it.

A process that is killed leaves its part behind and its lock is gone: whoever writes next to it removes it. A part
whose lock is held belongs to a process at work and is left alone.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from pathlib import Path

from leao.core import system

_NAME = re.compile(r"\.leao-[0-9a-f]{16}\.part")
_OLD = 86_400.0  # s, from which a part that cannot be locked counts as left behind
_TRIES = 20
_swept: set[Path] = set()


def new_file(folder: Path, mode: int) -> tuple[int, Path]:
    """Create a part in ``folder``, with ``mode`` less the umask; return its open handle, locked, and its path."""
    for _ in range(_TRIES):
        part = _fresh(folder)
        handle = os.open(part, system.NEW_FILE, mode)
        if _locked(handle) and _stands(handle, part):
            return handle, part
        os.close(handle)  # swept between its creation and its lock
    raise OSError(f"no temporary file could be kept in {folder}")


def new_folder(folder: Path) -> tuple[int | None, Path]:
    """Create a part that is a folder; return the handle of its lock and its path."""
    for _ in range(_TRIES):
        part = _fresh(folder)
        part.mkdir()
        if not system.has_locks():
            return None, part
        handle = system.open_folder(part)
        if _locked(handle) and _stands(handle, part):
            return handle, part
        os.close(handle)
    raise OSError(f"no temporary folder could be kept in {folder}")


def sweep(folder: Path, *, again: bool = True) -> None:
    """Remove what killed processes left in ``folder``; with ``again`` false only at this process's first visit."""
    if not again and folder in _swept:
        return
    _swept.add(folder)
    try:
        left = [Path(entry.path) for entry in os.scandir(folder) if _NAME.fullmatch(entry.name)]
    except OSError:
        return
    for part in left:
        if _is_left(part):
            discard(part)


def discard(path: Path) -> None:
    """Remove whatever stands at a place of our own: a file, a link (never what it points to) or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def put(part: Path, path: Path) -> None:
    """Give a finished folder its name, in the place of whatever stands there; what is the same already stays.

    Another process may put its folder there at the same moment: what stands is moved aside, which is one step, never
    emptied where it stands.
    """
    for _ in range(_TRIES):
        if _same(part, path):
            return
        aside = _fresh(path.parent)
        try:
            path.replace(aside)  # whatever it is, a link too
        except FileNotFoundError:  # nothing stands there, or another process moved it
            pass
        else:
            discard(aside)
        try:
            part.replace(path)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):  # put there by another process
                raise
    raise OSError(f"other processes write {path} without end")


def _same(part: Path, other: Path) -> bool:
    """Return whether two folders hold the same files with the same bytes."""
    try:
        names = [sorted(file.relative_to(each) for file in each.rglob("*")) for each in (part, other)]
        if names[0] != names[1] or not other.is_dir() or other.is_symlink():
            return False
        pairs = [(part / name, other / name) for name in names[0]]
        return all(a.is_dir() and b.is_dir() or a.read_bytes() == b.read_bytes() for a, b in pairs)
    except OSError:  # of another kind, or moved meanwhile
        return False


def make_room(folder: Path) -> None:
    """Remove what stands where a folder of our own belongs and is none."""
    if not folder.is_dir():
        discard(folder)


def clear(*places: Path) -> None:
    """Remove what stands where files of our own belong and is none: a folder, a link, a pipe."""
    for place in places:
        if place.is_symlink() or (place.exists() and not place.is_file()):
            discard(place)


def _fresh(folder: Path) -> Path:
    return folder / f".leao-{secrets.token_hex(8)}.part"


def _is_left(part: Path) -> bool:
    try:
        if not system.has_locks() or part.is_symlink():  # without locks a part is a leftover once it is old
            return time.time() - part.lstat().st_mtime > _OLD
        handle = system.open_folder(part)
    except OSError:  # another user's, or gone by now
        return False
    try:
        return _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        system.lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: its parts are never taken for leftovers
        return os.fstat(handle).st_size == 0 and time.time() - os.fstat(handle).st_mtime < _OLD
    return True


def _stands(handle: int, part: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), part.lstat())
    except OSError:
        return False
