"""The one writer: a file or folder is either whole at its place or absent.

Everything is written under a temporary name beside its target, flushed to the disk and renamed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leao.core.errors import RunError


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
