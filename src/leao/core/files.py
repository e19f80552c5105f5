"""The one writer: a file or folder is either whole at its place or absent.

Everything is written under a temporary name beside its target, flushed to the disk and renamed.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leao.core.errors import RunError, ScenarioError

LARGEST = 500_000_000  # bytes


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
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: {reason}; give the path of a file that can be read") from None


def apart(out: Path, *inputs: Path | None) -> Path:
    """Return ``out`` where it is none of the files that were read, through links neither.

    Raises:
        ScenarioError: it is one of them.
    """
    for path in inputs:
        if path is None or not path.exists():
            continue
        if out.resolve() == path.resolve() or (out.exists() and out.samefile(path)):
            raise ScenarioError(f"--out: {out} is the file that is read; choose another name")
    return out


def write_bytes(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` atomically and return the path.

    Raises:
        RunError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    return path


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` to ``path`` as UTF-8, atomically, and return the path."""
    return write_bytes(path, text.encode("utf-8"))


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes ``path`` when the block ends well, replacing what stood there.

    Raises:
        RunError: the parent folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    try:
        yield temporary
        for part in temporary.rglob("*"):
            _flush(part)
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    except OSError as error:
        raise RunError(_cannot(path, error)) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def writable(path: Path) -> Path:
    """Return ``path`` as a folder that exists and can be written.

    Raises:
        RunError: it cannot.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise RunError(_cannot(path, error)) from None


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(path: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"cannot write {path}: {reason}; choose a folder you may write with --out"
