"""Diary: from the hazard of attacks to the days a patient writes down.

leao.diary.simulate("registry", days=84, n=1000, seed=1).data      # a row per person and day
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.diary.api import simulate

__all__ = ["simulate"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
