"""One server and one browser for all tests of the app; each test has its own tab."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import browser

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)")


def until(page, expression, arg=None, seconds=60.0):
    """Wait until a JavaScript expression holds; Playwright's own way of it is forbidden by our policy of scripts."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


class Server:
    """A running ``leao app``, as a user starts it."""

    def __init__(self, home, **more):
        environment = os.environ | {"XDG_DATA_HOME": str(home), "PYTHONUNBUFFERED": "1"} | more
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leao.cli", "app", "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self.address = ADDRESS.search(self.process.stdout.readline())
        assert self.address, self.process.stderr.read()
        self.port, self.token = int(self.address[1]), self.address[2]
        self.home = Path(home)

    @property
    def here(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("home"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    with browser.started() as program:
        yield program


@pytest.fixture
def tab(server, chromium):
    """A function that opens a screen at a width: gives the page with its logs."""

    @contextmanager
    def opened(path="/", width=1200, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(60_000)
        page = context.new_page()
        seen = browser.Seen(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda m: seen.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (seen.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(f"{server.here}/?token={server.token}")
        page.goto(f"{server.here}{path}")
        yield seen
        context.close()
        alone = [url for url in seen.requests if not url.startswith((server.here, "data:", "blob:"))]
        assert alone == []

    return opened
