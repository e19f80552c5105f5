"""Rows of an answer: some of their keys, and all of them as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


def picked(row: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return some keys of a row."""
    return {key: row[key] for key in keys}


def frame(rows: Any) -> pl.DataFrame:
    """Return rows as a table, the types of its columns found from all of them."""
    import polars as pl

    return pl.DataFrame(rows, infer_schema_length=None)
