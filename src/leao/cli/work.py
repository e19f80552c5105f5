"""``--workers``, ``--scheduler`` and ``--shard``: the same three options at every command that computes an ensemble."""

from __future__ import annotations

from typing import Annotated

import typer

Workers = Annotated[
    int | None,
    typer.Option(min=1, help="How many compute at once, by default one per core; any number gives the same result."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler whose workers compute: tcp://host:8786 (docs: beyond one machine)."),
]
Shard = Annotated[
    str | None,
    typer.Option(help="i/n: compute this part only, into a folder that all shards share; exit 3 until all are done."),
]
