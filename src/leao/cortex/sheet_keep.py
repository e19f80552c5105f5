"""The last snapshot of a march over a sheet, in the folder where its answer will lie: a killed run goes on from it.

It carries the hash of the question and of the code and numbers that compute it; another question's is left alone, and
one that is damaged is not used. It is taken away when the answer is written.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from leao.core import cache, files

MODULE = "leao.cortex.sheet_experiment"
HASH = 64  # characters of a SHA-256


class Keeper:
    """Where the snapshots of one march lie."""

    def __init__(self, folder: Path, name: str, question: Any) -> None:
        """Hold the place: ``name`` says which march of the experiment."""
        self._key = cache.key(question, MODULE)
        self._path = folder / f"{name}.snapshot"

    def keep(self, snapshot: dict[str, Any]) -> None:
        """Write a snapshot in the place of the last."""
        content = io.BytesIO()
        arrays: dict[str, Any] = {name: np.asarray(value) for name, value in snapshot.items()}
        np.savez(content, **arrays)
        body = content.getvalue()
        seal = hashlib.sha256(body).hexdigest()
        files.write_bytes(self._path, self._key.encode() + seal.encode() + body)

    def last(self) -> dict[str, Any] | None:
        """Return the last snapshot of this march; None where there is none that is whole."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        key, seal, body = content[:HASH], content[HASH : 2 * HASH], content[2 * HASH :]
        if key != self._key.encode() or seal != hashlib.sha256(body).hexdigest().encode():
            return None
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return {name: arrays[name] if arrays[name].ndim else arrays[name].item() for name in arrays.files}

    def drop(self) -> None:
        """Take the snapshot away."""
        self._path.unlink(missing_ok=True)
