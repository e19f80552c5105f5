"""What ``leao pathways`` prints with ``--json``, and ``leao.headache.pathways`` gives as ``summary``."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.core.contract import Evidence


class Route(TypedDict):
    """One route from the drug to one outcome."""

    outcome: str
    route: str
    text: str
    default: bool
    supports: list[Evidence]
    against: list[Evidence]
    on: bool
