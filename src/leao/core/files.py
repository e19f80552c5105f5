"""The one reader of what a user names and the one writer: a file or folder is either whole at its place or absent.

Everything is written under a temporary name beside its target, flushed to the disk and renamed. Nothing is written
onto a file that was read, through links neither, nor onto a link, a pipe, a device or a folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leao.core import parts, system
from leao.core.errors import RunError, ScenarioError
from leao.core.limits import LARGEST_FILE

LARGEST = LARGEST_FILE  # bytes
PUBLIC, PRIVATE = 0o666, 0o600  # the first less the umask, the second whatever the umask is

_read: dict[tuple[int, int], Path] = {}  # by device and number: every file a user named, in this process

FILE_ENDINGS = frozenset({".html", ".htm", ".json", ".csv", ".md", ".pdf", ".png", ".svg", ".txt", ".xml", ".xlsx"})


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Return the bytes of a regular file: the one reader of what a user names.

    The path is taken as it is written: no pattern is expanded.

    Args:
        path: the file.
        largest: bytes beyond which it is not read.

    Raises:
        ScenarioError: no such file, a folder, a pipe or device, or one that is too large.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ScenarioError(f"{path}: a folder; give the path of a file")
        if not stat.S_ISREG(status.st_mode):
            raise ScenarioError(f"{path}: not a regular file (a pipe or a device); save it as a file first")
        if status.st_size > largest:
            size = f"{status.st_size // 10**6} MB, wanted at most {largest // 10**6}"
            raise ScenarioError(f"{path}: {size}; split the file")
        with path.open("rb") as file:
            content = file.read(largest + 1)  # never more than its limit, should it grow meanwhile
        if len(content) > largest:
            raise ScenarioError(f"{path}: grew while it was read, wanted at most {largest // 10**6} MB; split the file")
        _read[status.st_dev, status.st_ino] = path.absolute()
        return content
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: {reason}; give the path of a file that can be read") from None


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a regular UTF-8 file, with or without a byte order mark, as ``read_bytes`` reads it.

    Raises:
        ScenarioError: as ``read_bytes``, or another encoding.
    """
    try:
        return read_bytes(path, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: byte {error.start + 1} is no UTF-8; save the file as UTF-8 text") from None


def apart(out: Path | None, *inputs: str | Path | None) -> None:
    """Refuse an ``--out`` that is one of the files to read, or no place for a file; asked before anything is computed.

    Raises:
        ScenarioError: it is one of them, through links too.
        RunError: a folder, a link, a pipe or a device stands there.
    """
    if out is None:
        return
    for path in map(Path, (path for path in inputs if path is not None)):
        try:
            same = out.resolve() == path.resolve() or (out.exists() and path.exists() and out.samefile(path))
        except (OSError, ValueError, RuntimeError):  # a path that cannot be: its reader says so
            continue
        if same:
            raise ScenarioError(f"--out: {out} is the file that is read; choose another name")
    _target(out)


def write_bytes(path: Path, content: bytes, mode: int = PUBLIC) -> Path:
    """Write ``content`` to ``path`` atomically and return the path.

    Args:
        path: a new name, or a regular file that was not read.
        content: its bytes.
        mode: ``PUBLIC``, or ``PRIVATE`` for what holds a patient.

    Raises:
        RunError: the folder cannot be written, or something else than a file stands there.
        ScenarioError: the file was read before.
    """
    _target(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parts.sweep(path.parent, again=False)
        handle, part = parts.new_file(path.parent, mode)
        try:
            with os.fdopen(handle, "wb") as file:
                if mode == PRIVATE:
                    system.keep_private(handle, PRIVATE)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                if system.renames_open_files():
                    part.replace(path)  # under its lock
            if not system.renames_open_files():
                part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    return path


def forget(path: Path) -> Path:
    """Return ``path``, a file of our own that may be read and written again, such as a mapping kept under a name."""
    try:
        status = path.lstat()
    except OSError:
        return path
    _read.pop((status.st_dev, status.st_ino), None)
    return path


def write_text(path: Path, text: str, mode: int = PUBLIC) -> Path:
    """Write ``text`` to ``path`` as UTF-8, atomically, and return the path."""
    return write_bytes(path, text.encode("utf-8", "surrogatepass"), mode)


def sealed(page: str) -> str:
    """Return a page with its checksum as a comment behind it, by which ``is_sealed`` knows it whole."""
    return f"{page}<!-- sha256 {hashlib.sha256(page.encode()).hexdigest()} -->\n"


def is_sealed(path: Path) -> bool:
    """Return whether a page stands at ``path`` as it was written: not cut, not empty, not changed."""
    try:
        page, mark, seal = path.read_bytes().rpartition(b"<!-- sha256 ")
    except OSError:
        return False
    return bool(mark) and seal == f"{hashlib.sha256(page).hexdigest()} -->\n".encode()


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes ``path`` when the block ends well, replacing what stood there.

    Raises:
        RunError: the parent folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parts.sweep(path.parent, again=False)
        lock, temporary = parts.new_folder(path.parent)
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    try:
        yield temporary
        for part in temporary.rglob("*"):
            system.flush(part)
        parts.put(temporary, path)
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(temporary, ignore_errors=True)


def writable(path: Path) -> Path:
    """Return ``path`` as a folder that exists and can be written.

    Raises:
        RunError: it cannot, or its name is a file's.
    """
    if path.suffix.casefold() in FILE_ENDINGS and not path.is_dir():
        raise RunError(
            f"cannot write {path}: --out names a folder here, for several files, and found the name of a "
            f"{path.suffix} file; write --out {path.with_suffix('')}"
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except (OSError, ValueError) as error:
        raise RunError(_cannot(path, error)) from None


def _target(path: Path) -> None:
    """Refuse to write where something else than a regular file stands, or onto a file that was read."""
    try:
        status = path.lstat()
    except (OSError, ValueError) as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return  # a new name, or a folder that cannot be made, which the writer says
        raise RunError(_cannot(path, error)) from None
    kind = stat.S_IFMT(status.st_mode)
    if kind != stat.S_IFREG:
        what = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a link"}.get(kind, "a pipe or a device")
        raise RunError(f"cannot write {path}: {what} stands there; choose the name of a new file with --out")
    before = _read.get((status.st_dev, status.st_ino))
    if before is not None and before.exists() and before.samefile(path):
        raise ScenarioError(f"--out: {path} is the file that is read; choose another name")


def _cannot(path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    return f"cannot write {path}: {reason}; choose a folder you may write with --out"
