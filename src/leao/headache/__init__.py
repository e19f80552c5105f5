"""Headache: from a wave, or without one, to attacks, their pain, and what medicine does to it.

leao.headache.pathways()      # which outcome the drug reaches by which route, and what speaks for it

``link``: threshold of the wave -> hazard of attacks. ``pain``: one attack from wave to pain and its end.
``gtn``: headache and migraine after nitroglycerin. ``routes``: from the drug to each outcome.
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.headache.api import pathways

__all__ = ["pathways"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
