"""A headless browser for pages: what it drew, what it asked the network for, what it complained of.

Debian's Chromium, driven by Playwright's Python package. Where either is missing the tests are skipped, and say so;
``LEAO_NEED_BROWSER=1`` makes that a failure.
"""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

WIDTHS = (1200, 390)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@dataclass
class Seen:
    """A page as the browser has it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Everything asked for but the page itself and what it carries."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "about:", "blob:"))]

    @property
    def sideways(self) -> int:
        """How many pixels wider than the window the page is."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def missing(reason: str) -> NoReturn:
    """Skip a test that needs a browser; fail it where one must be there."""
    if os.environ.get("LEAO_NEED_BROWSER") == "1":
        pytest.fail(f"a browser is needed: {reason}")
    pytest.skip(reason)


_RUNNING: list[Any] = []  # Playwright runs once in a process: who comes second shares the first one's browser


@contextmanager
def started():
    """Give a headless Chromium, the running one where there is one."""
    if _RUNNING:
        yield _RUNNING[0]
        return
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium on this machine")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=list(FLAGS), headless=True)
        _RUNNING.append(chromium)
        try:
            yield chromium
        finally:
            _RUNNING.clear()
            chromium.close()


@contextmanager
def opened(chromium, page: Path | str, width: int):
    """Give a page at a width, with its network and console logs."""
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    seen = Seen(tab)
    tab.on("request", lambda request: seen.requests.append(request.url))
    tab.on("console", lambda message: seen.complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: seen.complaints.append(str(error)))
    tab.on("dialog", lambda dialog: (seen.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    tab.goto(page if isinstance(page, str) else page.resolve().as_uri())
    yield seen
    tab.close()
