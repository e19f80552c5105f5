"""``leao app``: the pages on this machine alone, until Ctrl-C."""

from __future__ import annotations

import socket
import sys
import webbrowser
from contextlib import suppress

from leao.core.errors import ScenarioError

LAST_PORT = 65_535
WAITING = 128  # connections that wait until the pages are ready
GRACE = 1  # seconds for open streams when the server ends


def serve(port: int | None = None, browser: bool = True) -> None:
    """Serve the pages of ``leao app`` on 127.0.0.1 until it is interrupted; nothing leaves this machine.

    Args:
        port: of 127.0.0.1; by default one that is free.
        browser: whether to open the address in the user's browser.

    Raises:
        ScenarioError: a port that is taken or none.
    """
    import uvicorn

    from leao.app.guard import HERE, Key
    from leao.app.routes import build

    listener = _listener(port, HERE)
    key = Key.new(listener.getsockname()[1])
    config = uvicorn.Config(
        build(key), log_level="error", access_log=False, server_header=False, date_header=False, ws="none",
        proxy_headers=False, timeout_graceful_shutdown=GRACE, loop="asyncio", http="h11",
    )  # fmt: skip

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            _ready(key.address, browser=browser)

    with suppress(KeyboardInterrupt):
        Server(config).run([listener])


def _listener(port: int | None, here: str) -> socket.socket:
    if port is not None and not 1 <= port <= LAST_PORT:
        raise ScenarioError(f"--port: found {port}, wanted 1 to {LAST_PORT}")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let a second program listen on the same port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((here, port or 0))
        listener.listen(WAITING)  # a port that is bound and does not listen yet can be had by a second program, too
    except OSError as error:
        listener.close()
        raise ScenarioError(f"--port: {port} cannot be had ({error.strerror}); leave it out for a free one") from None
    listener.set_inheritable(False)
    return listener


def _ready(address: str, *, browser: bool) -> None:
    sys.stdout.write(f"Leão is at {address}\nOn this machine alone; nothing is sent anywhere. Ctrl-C ends it.\n")
    sys.stdout.flush()
    if browser:
        webbrowser.open(address)
