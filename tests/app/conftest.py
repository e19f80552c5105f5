"""One server and one browser for all tests of the app; each test has its own tab."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import browser

STOPPING = 60.0  # seconds, on a machine that does much else
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)")


def until(page, expression, arg=None, seconds=60.0):
    """Wait until a JavaScript expression holds; Playwright's own way of it is forbidden by our policy of scripts."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


class Server:
    """A running ``leao app``, as a user starts it: it listens before it says where it is."""

    def __init__(self, home, **more):
        self.home = Path(home)
        environment = os.environ | {"XDG_DATA_HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1"}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (no pipe: one that nobody reads stops who writes to it)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leao.cli", "app", "--no-browser"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=environment | more,
            text=True,
            start_new_session=True,  # a signal to the group of these tests is not for it
        )
        self.address = ADDRESS.search(self.process.stdout.readline())
        if not self.address:
            self.process.wait(STOPPING)
            raise AssertionError(self.ended)
        self.port, self.token = int(self.address[1]), self.address[2]

    @property
    def here(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def ended(self):
        """How the process ended, and the last of what it said; nothing while it runs."""
        code = self.process.poll()
        if code is None:
            return ""
        self._said.seek(0)
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return f"leao app ended {how}; it said: {self._said.read().decode(errors='replace')[-4000:] or 'nothing'}"

    def stop(self):
        self.process.terminate()
        self.process.wait(STOPPING)
        self.process.stdout.close()
        self._said.close()


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """The running server in a list, so that one that ended can be followed by another."""
    running = [Server(tmp_path_factory.mktemp("home"))]
    yield running
    running[0].stop()


@pytest.fixture
def server(servers, tmp_path_factory):
    """The server of all tests. One that ends fails the test in which it ended, not every test after it."""
    yield servers[0]
    ended = servers[0].ended
    if ended:
        servers[0].stop()
        servers[0] = Server(tmp_path_factory.mktemp("home"))
        pytest.fail(ended)


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
