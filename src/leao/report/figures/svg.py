"""The drawing room: one axes per small SVG, in colours that follow the page into the dark.

Matplotlib writes plain colours; each becomes a variable of the page's style sheet, so that a figure changes
with it. Text stays text, numbers keep two decimals, and no date or random name enters: same input, same bytes.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from html import escape
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike, NDArray

from leao.report.words import number

INK, MUTED, RULE = "#1b2430", "#5d6875", "#d6dce3"
DRUG, CONTROL = "#c2490f", "#6a7f99"
BLUE, TEAL = "#2a5d8f", "#0f7f72"
PAPER = "#fefefe"
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    RULE: "--rule",
    DRUG: "--drug",
    CONTROL: "--control",
    BLUE: "--blue",
    TEAL: "--teal",
    PAPER: "--paper",
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "leao",
    "font.size": 11.5,
    "text.color": INK,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "path.simplify_threshold": 0.4,
}
LETTER = 7.8  # pixels of a letter of a tick, where the page makes it larger on a phone
TITLE, EDGE = 26, 8  # pixels above and around a figure that stands alone
THIRD, HALF, FIFTH = (344, 250), (528, 290), (344, 170)
LONE = (400, 280)  # alone on its page: its letters stay readable on a phone


class Panel(NamedTuple):
    """One drawn axes: what it shows, in a few words, and its SVG text."""

    title: str
    svg: str


class Picture(NamedTuple):
    """A figure of the page: the finding, its panels, what they show, and the numbers behind them."""

    name: str
    title: str
    caption: str
    panels: Sequence[Panel]
    columns: int
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def missing(name: str, title: str) -> Picture:
    """Return a picture that says plainly that there is nothing to draw."""
    return Picture(name, title, "", (), 1, (), ())


class Mark(NamedTuple):
    """A direct label: where in the data, what, in which colour, and on which side of the place."""

    place: tuple[float, float]
    text: str
    colour: str
    align: str


class Sheet(Axes):
    """Axes whose ticks, level lines and labels are written straight as SVG: half of the drawing time."""

    rules: str = ""
    x_label: str = ""
    y_label: str = ""
    marks: tuple[Mark, ...] = ()
    notes: tuple[tuple[float, float, str], ...] = ()


def canvas(size: tuple[int, int], left: int = 44, right: int = 16, bottom: int = 42) -> tuple[Figure, Sheet]:
    """Return an empty figure of ``size`` pixels with one axes, its margins in pixels."""
    width, height = size
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")
    top = 26
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    axes = Sheet(figure, box)
    figure.add_axes(axes)
    axes.set_axis_off()
    return figure, axes


def room(names: Sequence[str]) -> int:
    """Return the margin, in pixels, beside which the longest name of a y axis is whole."""
    return round(LETTER * max(len(name) for name in names)) + 16


def label(axes: Sheet, x: str, y: str) -> None:
    """Write the unit of x under the axis and the unit of y level above it."""
    axes.x_label, axes.y_label = x, y


def grid(axes: Sheet, xticks: int = 5, yticks: int = 5, rules: str = "y") -> None:
    """Draw quiet lines across ``rules`` ("x" or "y") and ask for about so many ticks."""
    axes.rules = rules
    for axis, count in ((axes.xaxis, xticks), (axes.yaxis, yticks)):
        axis.set_major_locator(MaxNLocator(count, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(_tick))


def ticks(axes: Sheet, which: str, places: ArrayLike, texts: Sequence[str] | None = None) -> None:
    """Put ticks at ``places`` of the "x" or "y" axis, with their own texts if given."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(np.asarray(places, dtype=float).tolist()))
    axis.set_major_formatter(FuncFormatter(_tick) if texts is None else FixedFormatter(list(texts)))


def _tick(x: float, _: int | None = None) -> str:
    text = f"{x:.6f}".rstrip("0")
    return number(x, places=len(text) - text.index(".") - 1)


def log_ticks(axes: Sheet, which: str, places: Sequence[float]) -> None:
    """Make the "x" or "y" axis logarithmic with the given ticks, printed as plain numbers."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    ticks(axes, which, places)


def decades(low: float, high: float) -> list[float]:
    """Return the powers of ten from ``low`` to ``high``."""
    return [10.0**k for k in range(int(np.ceil(np.log10(low))), int(np.floor(np.log10(high))) + 1)]


def band(axes: Sheet, x: ArrayLike, quantiles: NDArray[np.float64], colour: str) -> None:
    """Draw the outer band, the inner band if there is one, and the median; quantiles are (quantile, x)."""
    half = len(quantiles) // 2
    for k in range(half):
        axes.fill_between(
            np.asarray(x), quantiles[k], quantiles[-1 - k], color=colour, alpha=0.16 + 0.12 * k, linewidth=0
        )
    axes.plot(np.asarray(x), quantiles[half], color=colour)


def mark(axes: Sheet, place: tuple[float, float], text: str, colour: str, align: str = "left") -> None:
    """Write a direct label beside what it names; ``align`` also moves it clear by a few pixels."""
    axes.marks = (*axes.marks, Mark(place, text, colour, align))


def note(axes: Sheet, place: tuple[float, float], text: str) -> None:
    """Write ``text`` at ``place``, in pixels from the upper left corner of the figure."""
    axes.notes = (*axes.notes, (*place, text))


def apart(values: Sequence[float], gap: float, least: float = -np.inf) -> list[float]:
    """Return positions near ``values``, ``gap`` apart and not below ``least``, so that labels do not collide."""
    order = np.argsort(values)
    placed = np.asarray(values, dtype=float)
    for _ in range(20 * len(placed)):
        for lower, upper in zip(order[:-1], order[1:], strict=True):
            short = gap - (placed[upper] - placed[lower])
            if short > 0:
                placed[upper] += short / 2
                placed[lower] -= short / 2
    return (placed + max(0.0, least - placed.min())).tolist() if len(placed) else []


_WRITTEN: ContextVar[list[tuple[Figure, str]] | None] = ContextVar("written", default=None)


@contextmanager
def collected() -> Iterator[list[tuple[Figure, str]]]:
    """Give the list into which ``write`` puts each figure with its inline SVG while the context is open."""
    written: list[tuple[Figure, str]] = []
    token = _WRITTEN.set(written)
    try:
        yield written
    finally:
        _WRITTEN.reset(token)


def write(figure: Figure, alt: str) -> str:
    """Return ``figure`` as inline SVG with its alternative text."""
    stream = io.StringIO()
    FigureCanvasSVG(figure).print_svg(stream, metadata={"Date": None})
    text = stream.getvalue()
    body = _clean(text[text.index("</metadata>") + len("</metadata>") : text.rindex("</svg>")])
    prefix = f"{zlib.crc32(alt.encode()):08x}-"
    body = re.sub(r'((?<!\w)id="|href="#|url\(#)', lambda answer: answer.group(1) + prefix, body)
    width, height = (int(round(inches * figure.dpi)) for inches in figure.get_size_inches())
    under, over = zip(*(_frame(axes, height) for axes in figure.axes if isinstance(axes, Sheet)), strict=True)
    inside = "".join([*under, body, *over])
    inline = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(alt)}">{inside}</svg>'
    written = _WRITTEN.get()
    if written is not None:
        written.append((figure, inline))
    return inline


def standalone(drawn: str, title: str) -> str:
    """Return an inline figure of ``write`` as a whole SVG file: its colours fixed, on paper, with a title."""
    for colour, variable in VARIABLES.items():
        drawn = drawn.replace(f"var({variable})", colour)
    width, height = re.findall(r"[\d.]+", drawn[: drawn.index(">")])[2:4]
    style = (
        f"<style>text {{ font: 11.5px sans-serif; }} .rule {{ stroke: {RULE}; stroke-width: .7; fill: none; }} "
        f".axis {{ stroke: {MUTED}; stroke-width: .8; fill: none; }} .tick, .name {{ fill: {MUTED}; }} "
        f".m {{ text-anchor: middle; }} .e {{ text-anchor: end; }} .title {{ font-weight: 600; fill: {INK}; }}</style>"
    )
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    size = f"{float(width) + 2 * EDGE:g}", f"{float(height) + TITLE + EDGE:g}"
    whole = f'<svg {spaces} width="{size[0]}" height="{size[1]}" viewBox="{-EDGE} {-TITLE} {size[0]} {size[1]}"'
    ground = f'<rect x="{-EDGE}" y="{-TITLE}" width="100%" height="100%" fill="{PAPER}"/>'
    head = _text(0.0, -8.0, title, "title")
    rest = drawn[drawn.index(" role=") :]
    cut = rest.index(">") + 1
    return f"{whole}{rest[:cut]}{style}{ground}{head}{rest[cut:]}\n"


def _frame(axes: Sheet, height: int) -> tuple[str, str]:
    """Return what lies under the curves (rules) and over them (ticks and labels), in pixels of the page."""
    box = axes.bbox
    left, right, top, bottom = box.x0, box.x1, height - box.y1, height - box.y0
    places = {name: _places(axes, name) for name in "xy"}
    under = [_line(left, right, height - y, height - y) for y, _ in places["y"] if axes.rules == "y"]
    under += [_line(x, x, top, bottom) for x, _ in places["x"] if axes.rules == "x"]
    over = [_line(left, right, bottom, bottom, "axis")] if axes.rules else []
    over += [_line(x, x, bottom, bottom + 3, "axis") for x, _ in places["x"] if axes.rules]
    over += [_text(x, bottom + 15, text, "tick m") for x, text in places["x"]]
    over += [_text(left - 7, height - y + 3.5, text, "tick e") for y, text in places["y"]]
    over.append(_text((left + right) / 2, height - 6, axes.x_label, "name m"))
    over.append(_text(0, 10, axes.y_label, "name"))
    over += [_text(x, y, text, "tick") for x, y, text in axes.notes]
    over += [_label(axes, mark, height) for mark in axes.marks]
    return "".join(under), "".join(over)


def _places(axes: Sheet, name: str) -> list[tuple[float, str]]:
    """Return the pixel and the text of every tick inside the axes."""
    axis = axes.xaxis if name == "x" else axes.yaxis
    limits = sorted(axes.get_xlim() if name == "x" else axes.get_ylim())
    slack = 1e-9 * limits[0] if limits[0] > 0 else 1e-9 * (limits[1] - limits[0])
    ticks = [float(place) for place in axis.get_major_locator()()]
    texts = axis.get_major_formatter().format_ticks(ticks)
    kept = [(t, text) for t, text in zip(ticks, texts, strict=True) if limits[0] - slack <= t <= limits[1] + slack]
    bottom, start = axes.get_ylim()[0], axes.get_xlim()[0]
    column = "xy".index(name)
    return [(axes.transData.transform((t, bottom) if name == "x" else (start, t))[column], text) for t, text in kept]


def _label(axes: Sheet, mark: Mark, height: int) -> str:
    shift, kind = {"left": (5, "label"), "right": (-5, "label e"), "center": (0, "label m")}[mark.align]
    x, y = axes.transData.transform(mark.place)
    return _text(x + shift, height - y + 4, mark.text, kind, f' style="fill: var({VARIABLES[mark.colour]})"')


def _line(x0: float, x1: float, y0: float, y1: float, kind: str = "rule") -> str:
    return f'<path class="{kind}" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str, style: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{style}>{escape(text)}</text>' if text else ""


def _clean(body: str) -> str:
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*font-family: [^;\"]*;?", "", body)
    body = re.sub(r"(\d\.\d\d)\d+", r"\1", body)
    body = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    body = body.replace("xlink:href", "href")
    return re.sub(r"\s*\n\s*", " ", body)


def styled() -> AbstractContextManager[None]:
    """Return the context in which every figure is drawn."""
    return mpl.rc_context(STYLE)
