"""Draws the house from its imports: docs/house.svg, a room a science, an arrow where one imports another.

    python -m validation.house

Floors: a room stands one floor above the highest room it imports. The picture is made of nothing but imports, so that
it cannot go stale: a test draws it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import grimp

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "house.svg"
PACKAGE = "leao"
WIDTH, HEIGHT, ROOM, GAP = 900, 96, 132, 34
SAYS = {
    "core": "units, files, runs",
    "dosing": "schedule, medicines",
    "receptor": "NMDA block",
    "diary": "days as written",
    "headache": "wave to pain",
    "evidence": "published trials",
    "exposure": "plasma and brain",
    "cortex": "spreading depression",
    "trial": "design and analysis",
    "plan": "a regimen checked",
    "chain": "tablet to verdict",
    "review": "a diary judged",
    "report": "pages and figures",
    "app": "local pages",
    "cli": "commands",
}


class House(NamedTuple):
    """Rooms by floor, from the ground, and the arrows between them."""

    floors: list[list[str]]
    arrows: set[tuple[str, str]]

    @property
    def rooms(self) -> int:
        """How many packages there are."""
        return sum(len(floor) for floor in self.floors)


def house() -> House:
    """Return the house as its imports make it.

    Raises:
        ValueError: rooms import each other in a circle.
    """
    graph = grimp.build_graph(PACKAGE)
    arrows: set[tuple[str, str]] = set()
    rooms: set[str] = set()
    for module in graph.modules - {PACKAGE, f"{PACKAGE}.__main__"}:  # the latter is cli's door, and no room
        room = module.split(".")[1]
        rooms.add(room)
        for imported in graph.find_modules_directly_imported_by(module) - {PACKAGE}:
            other = imported.split(".")[1]
            if other != room:
                arrows.add((room, other))
    floors: list[list[str]] = []
    standing: set[str] = set()
    while standing != rooms:
        floor = sorted(room for room in rooms - standing if all(b in standing for a, b in arrows if a == room))
        if not floor:
            raise ValueError(f"a circle among {', '.join(sorted(rooms - standing))}")
        floors.append(floor)
        standing |= set(floor)
    return House(floors, arrows)


def draw(drawn: House) -> str:
    """Return the picture as SVG: the ground floor at the bottom."""
    top = len(drawn.floors)
    place: dict[str, tuple[float, float]] = {}
    for level, floor in enumerate(drawn.floors):
        left = (WIDTH - len(floor) * ROOM - (len(floor) - 1) * GAP) / 2
        for column, room in enumerate(floor):
            place[room] = (left + column * (ROOM + GAP), (top - 1 - level) * HEIGHT + 12)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top * HEIGHT}" font-family="sans-serif">',
        f"<title>{drawn.rooms} rooms on {top} floors, {len(drawn.arrows)} arrows</title>",
        f'<rect width="{WIDTH}" height="{top * HEIGHT}" fill="#fff"/>',
    ]
    for upper, lower in sorted(drawn.arrows):
        (x0, y0), (x1, y1) = place[upper], place[lower]
        lines.append(
            f'<path d="M{x0 + ROOM / 2:.0f} {y0 + 52:.0f} C{x0 + ROOM / 2:.0f} {y0 + 84:.0f} '
            f'{x1 + ROOM / 2:.0f} {y1 - 32:.0f} {x1 + ROOM / 2:.0f} {y1:.0f}" fill="none" stroke="#9ab" stroke-width="1"/>'
        )
    for room, (x, y) in sorted(place.items()):
        lines += [
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{ROOM}" height="52" rx="6" fill="#f4f7fa" stroke="#456"/>',
            f'<text x="{x + ROOM / 2:.0f}" y="{y + 22:.0f}" text-anchor="middle" font-size="16" fill="#123">{room}</text>',
            f'<text x="{x + ROOM / 2:.0f}" y="{y + 41:.0f}" text-anchor="middle" font-size="11" fill="#456">'
            f"{SAYS.get(room, '')}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Write the picture and print its counts."""
    rooms = house()
    PICTURE.write_text(draw(rooms), encoding="utf-8")
    print(f"{rooms.rooms} rooms, {len(rooms.floors)} floors, {len(rooms.arrows)} arrows")


if __name__ == "__main__":
    main()
