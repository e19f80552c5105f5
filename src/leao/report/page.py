"""Pages: one Jinja environment, one base template; every page is one self-contained HTML file that asks nobody."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from leao import __version__
from leao.report.stacking import stacked


def render(template: str, **context: Any) -> str:
    """Return the page of a template in this folder, which extends ``base.html.j2``; user's words are escaped."""
    return stacked(_environment().get_template(template).render(context))


def ready(template: str) -> None:
    """Compile a template, so that the first page of it is quick."""
    _environment().get_template(template)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("leao.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["version"] = __version__
    return environment
