"""Review: a real diary in, an honest answer out. ``leao.review(path, doses=...)`` calls this room as a function.

The room and the public function share a name, so the module itself can be called (Python data model, customising
module attribute access).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Return ``leao.review.answer.review`` of the same arguments."""
        from leao.review.answer import review

        return review(*positional, **named)


sys.modules[__name__].__class__ = _Room
