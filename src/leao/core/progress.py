"""How far a long computation is, where there is somebody to look: in a notebook a line that is written over."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Progress = Callable[[str, int, int], None]  # step, parts done, parts in all

_WIDTH = 30


def shown(progress: Progress | None = None) -> Progress:
    """Return ``progress``, else a line in the notebook that this runs in, else nothing."""
    if progress is not None:
        return progress
    return _NotebookLine() if in_notebook() else lambda *_: None


def in_notebook() -> bool:
    """Return whether this process serves a notebook: asks IPython only where it is loaded already."""
    module = sys.modules.get("IPython")
    shell: Any = module.get_ipython() if module is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None


class _NotebookLine:
    """One line under the cell for each step, written over as parts are done."""

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}

    def __call__(self, step: str, done: int, of: int) -> None:
        from importlib import import_module

        display: Any = import_module("IPython.display")
        full = _WIDTH * done // max(of, 1)
        line = {"text/plain": f"{step}: {'#' * full}{'.' * (_WIDTH - full)} {done} of {of}"}
        if step in self._handles:
            self._handles[step].update(line, raw=True)
        else:
            self._handles[step] = display.display(line, raw=True, display_id=True)
