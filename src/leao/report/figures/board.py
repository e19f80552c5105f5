"""A picture of a page as one matplotlib figure, for notebooks and for who wants to draw on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from leao.report.figures import sheet, svg

FINE = 2.0  # pixels of a panel in a picture of several per pixel of the page
HEAD = 26  # pixels above each panel, for its title


def figures(draw: Callable[[], Any]) -> tuple[list[Figure], Any]:
    """Return the figures that ``draw`` writes, dressed as on the page, and what it returns."""
    with svg.styled(), svg.collected() as written:
        drawn = draw()
    if isinstance(drawn, Figure):
        return [drawn], drawn
    if isinstance(drawn, (sheet.Drawn, svg.Picture)):  # of pictures that are drawn together, the one that was wanted
        wanted = [drawn.svg] if isinstance(drawn, sheet.Drawn) else [panel.svg for panel in drawn.panels]
        written = [(figure, inline) for figure, inline in written if inline in wanted]
    with mpl.rc_context({"font.size": svg.STYLE["font.size"]}):
        return [sheet.dressed(figure, inline) for figure, inline in written], drawn


def together(panels: list[Figure], titles: list[str], columns: int) -> Figure:
    """Return several panels as one figure; one panel alone stays as it is, live."""
    if len(panels) == 1:
        return panels[0]
    images = [_pixels(panel) for panel in panels]
    columns = max(1, min(columns, len(images)))
    rows = -(-len(images) // columns)
    height, width = (max(image.shape[k] for image in images) / FINE for k in (0, 1))
    size = (columns * width, rows * (height + HEAD))
    whole = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72, facecolor="white")
    for place, (image, title) in enumerate(zip(images, titles, strict=True)):
        row, column = divmod(place, columns)
        top = 1.0 - (row * (height + HEAD) + HEAD) / size[1]
        high, wide = image.shape[0] / FINE, image.shape[1] / FINE
        axes = whole.add_axes((column * width / size[0], top - high / size[1], wide / size[0], high / size[1]))
        axes.imshow(image, aspect="auto")
        axes.set_axis_off()
        whole.text(column / columns + 4 / size[0], top + 6 / size[1], title, fontsize=11.5, parse_math=False)
    return whole


def _pixels(figure: Figure) -> np.ndarray:
    images: list[Any] = list(figure.images)
    for image in images:  # placed in pixels, which a finer canvas would leave behind
        image.ox, image.oy = image.ox * FINE, image.oy * FINE
        image.set_data(np.kron(np.asarray(image.get_array()), np.ones((int(FINE), int(FINE)))))
    figure.set_dpi(72 * FINE)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
