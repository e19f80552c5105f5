"""What identifies a question: the scenario, and the package's code, ledgers and maps, as one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

SKIPPED = (".pyc", ".nbi", ".nbc")


def question(asked: Any, chunk: int) -> str:
    """Return the hash of what is asked (JSON-ready), cut into chunks of ``chunk`` trials, by this code."""
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(f"{text}|{chunk}|{version('leao')}|{code()}".encode()).hexdigest()


@cache
def code() -> str:
    """Return the hash of every file of the package: its code, ledgers and maps."""
    digest = hashlib.sha256()
    for path, entry in sorted(_package(files("leao"), "")):
        digest.update(path.encode())
        digest.update(entry.read_bytes())
    return digest.hexdigest()


def _package(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _package(entry, f"{path}{entry.name}/")
        elif entry.is_file() and not entry.name.endswith(SKIPPED):
            yield path + entry.name, entry
