"""A drawn sheet as files of its own: an SVG that carries its style, and a PNG of the light one."""

from __future__ import annotations

import io
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from leao.report.figures import svg

SIZES = {"tick": 11.5, "name": 11.5, "label": 11.5}
SIDES = {"m": "center", "e": "right", "": "left"}
DRESSED = "dressed"  # mark of a figure whose rules, ticks and labels are drawn in


class Drawn(NamedTuple):
    """One picture: file name, title, inline SVG for a page, PNG."""

    name: str
    title: str
    caption: str
    svg: str
    png: bytes


def finish(name: str, title: str, caption: str, figure: Figure, alt: str) -> Drawn:
    """Return a figure of sheets in both forms, its text kept as text in the SVG."""
    inline = svg.write(figure, alt)
    return Drawn(name, title, caption, inline, _png(figure, inline))


def standalone(drawn: Drawn) -> str:
    """Return the inline SVG as a file of its own, with the page's colours, light and dark."""
    width, height = _size(drawn.svg)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    body = drawn.svg.replace("<svg", head, 1)
    start = body.index(">") + 1
    paper = f'<rect width="{width}" height="{height}" fill="var(--paper)"/>'
    return f"{body[:start]}<style>{_style()}</style>{paper}{body[start:]}\n"


@cache
def _style() -> str:
    """Return the colours and the rules for drawings of the page's style sheet."""
    text = (files("leao.report") / "style.css.j2").read_text(encoding="utf-8")
    start = text.index(":root")
    colours = text[start : text.index("* {")]
    rules = "\n".join(line for line in text.splitlines() if line.startswith("svg "))
    return f"{colours}svg {{ font-family: var(--sans); }}\n{rules}"


def _size(text: str) -> tuple[int, int]:
    match = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
    if match is None:
        raise ValueError("an SVG without a viewBox")
    return int(match[1]), int(match[2])


def dressed(figure: Figure, inline: str) -> Figure:
    """Return the figure with what its SVG has beyond matplotlib's own artists drawn in: rules, ticks and labels."""
    if figure.get_gid() == DRESSED:
        return figure
    width, height = _size(inline)
    extra = []
    for kind, d in re.findall(r'<path class="(rule|axis)" d="([^"]*)"/>', inline):
        x0, y0, x1, y1 = (float(part) for part in re.findall(r"-?[\d.]+", d))
        colour = svg.RULE if kind == "rule" else svg.MUTED
        extra.append(Line2D([x0 / width, x1 / width], [1 - y0 / height, 1 - y1 / height], color=colour, linewidth=0.7))
    for line in extra:
        line.set_zorder(0)
        figure.add_artist(line)
    colours = {variable: colour for colour, variable in svg.VARIABLES.items()}
    pattern = (
        r'<text class="(\w+) ?(\w?)" x="(-?[\d.]+)" y="(-?[\d.]+)"(?: style="fill: var\((--\w+)\)")?>([^<]*)</text>'
    )
    for kind, side, x, y, fill, text in re.findall(pattern, inline):
        figure.text(
            float(x) / width,
            1 - float(y) / height,
            _plain(text),
            ha=SIDES[side],
            va="baseline",
            fontsize=SIZES[kind] * 0.9,
            color=colours.get(fill, svg.MUTED if kind != "label" else svg.INK),
            parse_math=False,
        )
    figure.set_facecolor("white")
    figure.set_gid(DRESSED)
    return figure


def _png(figure: Figure, inline: str) -> bytes:
    """Return the figure as the page shows it, as PNG."""
    stream = io.BytesIO()
    dressed(figure, inline)
    FigureCanvasAgg(figure).print_png(stream, metadata={"Software": None})
    return stream.getvalue()


def _plain(text: str) -> str:
    from html import unescape

    return unescape(text)
