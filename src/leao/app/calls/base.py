"""What every question needs, loaded before anybody asks: by the worker that is begun after the first page."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from leao.app.calls.answers import Answer, Files, Say

WARM = ("numpy", "pydantic", "jinja2", "leao.core.tables", "leao.core.ledger")


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Import it; no kernel, and nothing of a patient."""
    for module in WARM:
        import_module(module)
    return Answer(summary=None)
