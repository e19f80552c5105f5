"""NMDA receptor subtypes under a pore blocker, at equilibrium and over time.

leao.receptor.curve("memantine", "2B").summary["ic50_uM"]
leao.receptor.pulse("1 uM", protocol="tonic").plot()
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.receptor.api import curve, pulse

__all__ = ["curve", "pulse"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
