"""What the results of ``leao.core.result`` ask of the report, by the name of their topic: headline, page, pictures.

Any result without a topic of its own has a plain page of its summary.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.result import Result
from leao.report import page as pages
from leao.report import words
from leao.report.topic import Draw, Head, Topic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLACES = {  # the module of each topic that has a page, pictures or a headline of its own; imported when it is asked for
    "wave": "topic_cortex",
    "threshold": "topic_cortex",
    "kcl": "topic_cortex",
    "phase": "topic_cortex",
    "presets": "topic_cortex",
    "sheet": "topic_sheet",
    "aura": "topic_sheet",
    "run": "topic_run",
    "power": "topic_trial",
    "analysis": "topic_trial",
    "boundaries": "sequential",
    "grid": "topic_trial",
    "n_of_1_start": "n_of_1",
    "n_of_1_look": "n_of_1",
    "n_of_1_close": "n_of_1",
    "sweep": "topic_sweep",
    "dose_response": "dose_response",
    "protocol": "protocol",
    "curve": "topic_receptor",
    "pulse": "topic_receptor",
    "synthesis": "topic_evidence",
    "claims": "topic_evidence",
    "history": "topic_evidence",
    "number": "topic_evidence",
    "provocation": "topic_provocation",
    "preventives": "topic_preventives",
    "review": "topic_review",
    "plan": "topic_plan",
    "vpc": "topic_exposure",
    "fit": "topic_exposure",
    "forecast": "topic_exposure",
    "population": "topic_exposure",
}
ROWS = 500  # of a table on a plain page
NAMED_TILES = 8


class PlainTable(NamedTuple):
    """A part of a summary as a table."""

    title: str
    header: list[str]
    rows: list[list[str]]


def topic(result: Result[Any]) -> Topic:
    """Return how the report tells this result."""
    if result.topic not in PLACES:
        return Topic()
    return import_module(f"leao.report.{PLACES[result.topic]}").TOPICS[result.topic]


def headline(result: Result[Any]) -> str:
    """Return the headline block as a piece of HTML, for notebooks."""
    return pages.render("headline.html.j2", head=head(result))


def head(result: Result[Any]) -> Head:
    """Return the headline block in words."""
    return (topic(result).head or _plain_head)(result)


def page(result: Result[Any]) -> str:
    """Return the whole page of a result as text."""
    return (topic(result).page or _plain_page)(result)


def plots(result: Result[Any]) -> tuple[str, ...]:
    """Return the names of the pictures of a result."""
    return tuple(_pictures(result))


def plot(result: Result[Any], name: str | None = None) -> Figure:
    """Return one picture as a matplotlib figure; ``NAME.2`` is the second panel of a picture of several.

    Raises:
        ScenarioError: no such picture.
    """
    from leao.report.figures import board, svg

    known = _pictures(result)
    if not known:
        raise ScenarioError(f"plot: no picture of {result.topic}; its numbers stand in .summary and .data")
    wanted, _, number = (next(iter(known)) if name is None else name).partition(".")
    if wanted not in known:
        hint = nearest(wanted, list(known))
        raise ScenarioError(f"plot: found {wanted!r}, wanted one of {', '.join(known)}{hint}")
    panels, drawn = board.figures(known[wanted])
    if not panels:
        raise ScenarioError(f"plot: nothing to draw for {wanted!r} in this result")
    titles = [panel.title for panel in drawn.panels] if isinstance(drawn, svg.Picture) else [""] * len(panels)
    if number:
        if not number.isdigit() or not 1 <= int(number) <= len(panels):
            raise ScenarioError(f"plot: found {name!r}, wanted {wanted}.1 to {wanted}.{len(panels)}")
        return shown_in_notebooks(panels[int(number) - 1])
    return shown_in_notebooks(board.together(panels, titles, drawn.columns if isinstance(drawn, svg.Picture) else 1))


def shown_in_notebooks(figure: Figure) -> Figure:
    """Let a notebook show the figure as a picture also where pyplot, which would teach it to, is never imported."""
    vars(figure)["_repr_png_"] = partial(_png, figure)
    return figure


def _png(figure: Figure) -> bytes:
    """Return the figure as PNG on white, at twice the size of the page's pixels."""
    written = BytesIO()
    figure.savefig(written, format="png", dpi=2 * figure.dpi, facecolor="white")
    return written.getvalue()


def _pictures(result: Result[Any]) -> Mapping[str, Draw]:
    draw = topic(result).pictures
    return {} if draw is None else draw(result)


def _plain_head(result: Result[Any]) -> Head:
    summary = result.summary
    title = result.topic.replace("_", " ")
    if not isinstance(summary, Mapping):
        return Head(title, f"{len(summary)} {'entry' if len(summary) == 1 else 'entries'}")
    tiles = [(name.replace("_", " "), shown(value), "") for name, value in summary.items() if _is_figure(value)]
    return Head(title, str(summary.get("text") or title), (), tuple(tiles[:NAMED_TILES]))


def shown(value: Any) -> str:
    """Return a plain value, a distribution or an estimate in words."""
    if value is None:
        return words.NO_DATA
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return words.number(value, 3)
    if isinstance(value, Mapping):
        if {"median", "p05", "p95"} <= value.keys() or {"estimate", "low", "high"} <= value.keys():
            return words.spread(value)
        return "; ".join(f"{name}: {shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(shown(part) for part in value)
    return str(value)


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, Mapping) and bool({"median", "estimate"} & set(value)))


def _plain_page(result: Result[Any]) -> str:
    pictures = _pictures(result)
    drawn = _drawn(pictures) if pictures else []  # matplotlib is imported for a picture alone
    return pages.render("answer.html.j2", head=head(result), pictures=drawn, tables=_tables(result.summary))


def _drawn(pictures: Mapping[str, Draw]) -> list[dict[str, Any]]:
    from leao.report.figures import svg

    drawn = []
    for name, draw in pictures.items():
        with svg.styled(), svg.collected() as written:
            draw()
        drawn.append({"name": name, "panels": [inline for _, inline in written]})
    return drawn


def _tables(summary: Any) -> list[PlainTable]:
    """Return the summary as tables: its plain entries, then each list of rows."""
    if not isinstance(summary, Mapping):
        return [_rows_table("All entries", summary)]
    lists = {name: value for name, value in summary.items() if _is_rows(value)}
    plain = [[name.replace("_", " "), shown(value)] for name, value in summary.items() if name not in lists]
    return [PlainTable("The answer", ["", ""], plain), *(_rows_table(name, rows) for name, rows in lists.items())]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _rows_table(name: str, rows: Any) -> PlainTable:
    header = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[shown(row.get(key)) for key in header] for row in rows[:ROWS]]
    return PlainTable(name.replace("_", " "), [key.replace("_", " ") for key in header], cells)
