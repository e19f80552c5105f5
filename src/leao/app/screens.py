"""The pages of the screens: one template each, filled with the words of a language; what moves is in ``static``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from leao import __version__
from leao.app import language, translated

STATIC = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Screen(NamedTuple):
    """One screen: its address, its template, whether it is of the clinic (translated, with the off-label block)."""

    path: str
    template: str
    key: str
    clinic: bool = False


SCREENS = (
    Screen("/diary", "diary.html.j2", "diary", clinic=True),
    Screen("/regimen", "regimen.html.j2", "regimen", clinic=True),
    Screen("/evidence", "evidence.html.j2", "evidence"),
    Screen("/chain", "chain.html.j2", "chain"),
    Screen("/trial", "trial.html.j2", "trial"),
    Screen("/wave", "wave.html.j2", "wave"),
    Screen("/cases", "cases.html.j2", "cases", clinic=True),
)
HOME = Screen("/", "home.html.j2", "home", clinic=True)
API = Screen("/api", "api.html.j2", "api")


def render(screen: Screen, lang: str, **context: Any) -> str:
    """Return a screen as a page."""
    from leao.report import off_label

    spoken = lang if screen.clinic else language.DEFAULT
    words = language.words(spoken)
    pages = _environment()
    block = pages.get_template("off_label.html.j2").render(off_label=off_label.block())
    return pages.get_template(screen.template).render(
        screen=screen,
        screens=SCREENS,
        lang=spoken,
        languages=language.LANGUAGES,
        t=words,
        words_json=json.dumps(words, ensure_ascii=False),
        off_label=translated.page(block, spoken),
        version=__version__,
        **context,
    )


@cache
def static(name: str) -> tuple[bytes, str] | None:
    """Return a file of ``static`` with its type; None where there is none of that name."""
    kind = next((kind for ending, kind in STATIC.items() if name.endswith(ending)), None)
    if kind is None or "/" in name or "\\" in name or name.startswith("."):
        return None
    if name == "report.css":
        return _environment().get_template("style.css.j2").render().encode(), kind
    if name == "film.js":  # the player of the pages, as a module
        player = (files("leao") / "report" / "film.js").read_text("utf-8")
        return f"{player}export {{ playFilm }};\n".encode(), kind
    file = files("leao") / "app" / "static" / name
    return (file.read_bytes(), kind) if file.is_file() else None


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("leao.app", "pages"), PackageLoader("leao.report", ".")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
