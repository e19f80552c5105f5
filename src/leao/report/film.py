"""A film of fields over a sheet, small enough for one page: levels of 8 bits, frame from frame, deflated, base64.

A few lines of script (``film.js``) unpack it and play it on canvases; the page's policy names the script's hash, so
that no other script runs. Frames are thinned, never the sheet's extent.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Levels = NDArray[np.uint8]

MOST_CELLS = 128  # of a side
MOST_FRAMES = 120
LARGEST = 2_600_000  # characters of all reels of a page, so that it stays below 3 MB
COLOURS = 64  # of the ramp that is sent


class Reel(NamedTuple):
    """One field of one run as the script takes it."""

    name: str
    case: str  # "with", "without" or "found"
    label: str
    unit: str
    low: float
    high: float
    data: str


class Film(NamedTuple):
    """What the script plays: frames' times, sides in cells, the reels."""

    times: list[float]
    width: int
    height: int
    reels: list[Reel]


def fields_film(runs: dict[str, Any], shown: tuple[tuple[str, str, str], ...]) -> Film:
    """Return the film of datasets (time, y, x) by case, each field on one scale over all cases.

    Args:
        runs: datasets by case.
        shown: name, label and unit of each field.
    """
    first = next(iter(runs.values()))
    frames, step = _thinned(first.sizes["time"], MOST_FRAMES), -(-max(first.sizes["y"], first.sizes["x"]) // MOST_CELLS)
    while True:
        reels, sides = [], (0, 0)
        for name, label, unit in shown:
            values = {case: _coarse(run[name].values[frames], step) for case, run in runs.items()}
            low = min(float(each.min()) for each in values.values())
            high = max(float(each.max()) for each in values.values())
            room = max(high - low, 1e-9)
            for case, each in values.items():
                levels = np.rint((each - low) / room * 255).astype(np.uint8)
                sides = levels.shape[1:]
                reels.append(Reel(name, case, label, unit, low, high, packed(levels)))
        if sum(len(reel.data) for reel in reels) <= LARGEST or len(frames) <= 2:  # noqa: PLR2004
            times = first["time"].values[frames].tolist()
            return Film(times, sides[1], sides[0], reels)
        frames = frames[::2]


def packed(levels: Levels) -> str:
    """Return frames (time, y, x) of 8 bits as differences from frame to frame, deflated, base64."""
    steps = np.diff(levels, axis=0, prepend=np.zeros((1, *levels.shape[1:]), dtype=np.uint8))
    return base64.b64encode(zlib.compress(steps.tobytes(), 9)).decode("ascii")


@cache
def script() -> str:
    """Return the script that plays the film of a page."""
    return player() + 'playFilm(JSON.parse(document.getElementById("film").textContent), document);\n'


@cache
def player() -> str:
    """Return the function ``playFilm`` of a film and the place of its canvases."""
    return (files("leao.report") / "film.js").read_text(encoding="utf-8").replace("\r\n", "\n")


def script_hash() -> str:
    """Return the script's hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script().encode("utf-8")).digest()).decode("ascii")


def ramp() -> str:
    """Return the colours of the scale as hexadecimal text, six characters each."""
    from matplotlib import colormaps

    colours = np.rint(colormaps["cividis"](np.linspace(0.0, 1.0, COLOURS))[:, :3] * 255).astype(int)
    return "".join(f"{r:02x}{g:02x}{b:02x}" for r, g, b in colours)


def _thinned(count: int, most: int) -> NDArray[np.int64]:
    return np.arange(0, count, -(-count // most), dtype=np.int64)


def _coarse(values: Array, step: int) -> Array:
    """Return the means over squares of ``step`` cells; what does not fill one at the end is left out."""
    if step == 1:
        return values
    t, y, x = values.shape[0], values.shape[1] // step, values.shape[2] // step
    return values[:, : y * step, : x * step].reshape(t, y, step, x, step).mean(axis=(2, 4))
