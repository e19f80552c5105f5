"""How the report tells one kind of result: its headline block, its page, its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from leao.report.figures import sheet

Tile = tuple[str, str, str]  # name, value, unit
Draw = Callable[[], Any]  # gives a Picture, a Drawn, a list of them or SVG text


class Head(NamedTuple):
    """The headline block: what was asked, the answer in a sentence, what stands against it, the figures."""

    title: str
    answer: str
    lines: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()


class Topic(NamedTuple):
    """How the report tells one kind of result; None for the plain way."""

    head: Callable[[Any], Head] | None = None
    page: Callable[[Any], str] | None = None
    pictures: Callable[[Any], Mapping[str, Draw]] | None = None


def drawn_by_name(make: Callable[[], list[sheet.Drawn]], names: list[str]) -> dict[str, Draw]:
    """Return drawings that come as one list, each by its name."""

    def alone(name: str) -> Draw:
        def draw() -> sheet.Drawn:
            return next(drawn for drawn in make() if drawn.name == name)

        return draw

    return {name: alone(name) for name in names}
