"""What one run computed and later runs share: kept beside the runs under the hash of the code that made it.

A file that is missing or cannot be read is computed again; nothing here can change an answer.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao import files
from leao.question import code


class Kept:
    """A folder of results that depend on the code, its ledgers and a given question alone."""

    def __init__(self, folder: Path) -> None:
        """Keep results in ``folder``, which need not exist."""
        self._folder = folder

    def table(self, name: str, question: Any, compute: Callable[[], Any]) -> Any:
        """Return the JSON-ready answer to ``question``, computed by ``compute`` where it is not kept."""
        path = self._path(name, question, "json")
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = compute()
        files.write_text(path, json.dumps(found, ensure_ascii=False))
        return found

    def arrays(self, name: str, question: Any, compute: Callable[[], Mapping[str, Any]]) -> Mapping[str, NDArray[Any]]:
        """Return the arrays that answer ``question``, computed by ``compute`` where they are not kept."""
        path = self._path(name, question, "npz")
        try:
            with np.load(path, allow_pickle=False) as archive:
                return dict(archive)
        except (OSError, ValueError, zipfile.BadZipFile):
            found = {key: np.asarray(value) for key, value in compute().items()}
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **found)
        files.write_bytes(path, buffer.getvalue())
        return found

    def _path(self, name: str, question: Any, ending: str) -> Path:
        asked = hashlib.sha256(f"{question!r}|{code()}".encode()).hexdigest()
        return self._folder / f"{name}-{asked[:16]}.{ending}"
