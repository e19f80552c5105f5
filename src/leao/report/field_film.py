"""The visual field over time as the film takes it: a picture of half the field, each point what its node is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leao.cortex import retinotopy, sheet_march, visual_field
from leao.cortex.aura_experiment import AuraResult
from leao.report.film import packed

HEIGHT = 220  # points from the lowest to the highest place shown
BESIDE = 0.08  # share of the window's half-height shown across fixation
ROOM = 1.2  # window over what the sheet covers
CROSS = visual_field.NOT_ON_SHEET + 1
ARM, THICK = 6, 1  # of the fixation cross, points
COLOURS = ("#9aa5b1", "#fff3b0", "#20242a", "#5f6b78", "#e9edf1", "#b3261e")  # by label
WORDS = (
    "seen",
    "bright edge",
    "blind",
    "repolarised: seen again or not is not modelled",
    "not on the sheet",
    "fixation",
)
KEY = tuple(zip(COLOURS, WORDS, strict=True))


def ramp() -> str:
    """Return the colours of the labels as the script takes them."""
    return "".join(colour.removeprefix("#") for colour in COLOURS)


def reels(done: AuraResult, times: list[float]) -> list[tuple[str, str, int, int]]:
    """Return case, packed frames, width and height of the field of each run."""
    places = nodes(done)
    marches = {"found": done.sheet.marched}
    if done.sheet.control is not None:
        marches = {"with": done.sheet.marched, "without": done.sheet.control}
    height, width = places.shape
    return [(case, packed(frames(each, places, times)), width, height) for case, each in marches.items()]


def frames(marched: sheet_march.Marched, places: NDArray[np.int64], times: list[float]) -> NDArray[np.uint8]:
    """Return what each point of the field is at each time, as levels that the ramp spreads over 0 to 255."""
    pictures = []
    for time in times:
        state = visual_field.states(marched, time).ravel()
        picture = np.where(places >= 0, state[np.maximum(places, 0)], visual_field.NOT_ON_SHEET)
        picture[places == -CROSS] = CROSS
        pictures.append(picture)
    return (np.stack(pictures) * (255 // CROSS)).astype(np.uint8)


def nodes(done: AuraResult) -> NDArray[np.int64]:
    """Return the node (row by row) at each point of the field (up, across); -1 off the sheet, -``CROSS`` fixation."""
    grid, low = done.sheet.asked.grid, done.ends[0]
    half = min(done.ends[1], ROOM * float(retinotopy.along(low, grid.width)))
    point = 2.0 * half / HEIGHT
    outward = np.arange(-round(BESIDE * HEIGHT / 2), HEIGHT // 2) * point + 0.5 * point
    up = (np.arange(HEIGHT) + 0.5) * point - half
    eccentricity = np.hypot(outward[None, :], up[:, None])
    angle = np.arctan2(-up[:, None], outward[None, :])
    x, y = retinotopy.on_cortex(eccentricity, angle)
    start, _ = retinotopy.on_cortex(low, 0.0)
    column = np.floor((x - start) / grid.node).astype(np.int64)
    row = np.floor((y + 0.5 * grid.height) / grid.node).astype(np.int64)
    inside = (column >= 0) & (column < grid.nx) & (row >= 0) & (row < grid.ny) & (outward[None, :] > 0.0)
    inside &= eccentricity <= done.ends[1]
    places = np.where(inside, row * grid.nx + column, -1)
    middle_x, middle_y = round(BESIDE * HEIGHT / 2), HEIGHT // 2
    places[middle_y - THICK : middle_y + THICK, max(0, middle_x - ARM) : middle_x + ARM] = -CROSS
    places[middle_y - ARM : middle_y + ARM, middle_x - THICK : middle_x + THICK] = -CROSS
    return places if done.answer["hemifield"] == "right" else places[:, ::-1]
