"""Pages for people: a run as one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leao.core import files

if TYPE_CHECKING:
    from leao.core.runs import Run


def write(run: Run, path: str | Path | None = None) -> Path:
    """Write the report of ``run`` and return its path; by default ``report.html`` in the run folder.

    Raises:
        RunError: the place cannot be written.
    """
    from leao.report.run import render

    target = run.path / "report.html" if path is None else Path(path)
    summary = run.summary | {"run": str(run.path), "manifest": run.manifest}
    return files.write_text(target, render(summary, run.groups, run.diary))
