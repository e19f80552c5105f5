"""``leao app``: the pages on this machine."""

from __future__ import annotations

from typing import Annotated

import typer


def app(
    port: Annotated[int | None, typer.Option(help="Of 127.0.0.1; else one that is free.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the address in your browser.")] = True,
) -> int:
    """Open the local pages in your browser, for everybody who does not type; nothing leaves this machine."""
    from leao.app.server import serve

    serve(port, browser)
    return 0
