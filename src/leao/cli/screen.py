"""The one printer: JSON on stdout, or lines and tables in whatever letters the terminal has."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

INDENT = 2
UNSTYLED: Mapping[str, str] = MappingProxyType({})
UNFINISHED = 3  # exit code where other shards must still compute their part


def print_json(value: Any) -> int:
    """Print one JSON value on stdout and nothing else; return 0, the exit code."""
    plain = not (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")  # then escaped
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=plain, allow_nan=False) + "\n")
    return 0


def in_ascii(text: str) -> str:
    """Return a text in ASCII: signs in words, letters without their accents, ``?`` for what is left."""
    from leao.report.words import ASCII

    signs = unicodedata.normalize("NFKD", text.replace("±", "+-").translate(ASCII))
    return "".join(letter for letter in signs if not unicodedata.combining(letter)).encode("ascii", "replace").decode()


def say(*lines: str) -> None:
    """Print plain lines on stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def warn(*lines: str) -> None:
    """Print plain lines on stderr."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def answer(summary: Any, show: Callable[[Any], None], *, as_json: bool, code: int = 0) -> int:
    """Print an answer as JSON, or let ``show`` print it; return the exit code."""
    if as_json:
        print_json(summary)
    else:
        show(summary)
    return code


class Screen:
    """The terminal: wraps at its width, and writes ASCII where it cannot show more."""

    def __init__(
        self,
        console: Console | None = None,
        *,
        styles: Mapping[str, str] = UNSTYLED,
        row_styles: Mapping[str, str] = UNSTYLED,
        indent: int = 0,
    ) -> None:
        """Print on ``console``, by default the terminal.

        Args:
            console: where to.
            styles: colours of cells by their text.
            row_styles: colours of rows by the text of their first cell.
            indent: of tables.
        """
        from rich.console import Console

        self.console = console or Console()
        self.styles = styles
        self.row_styles = row_styles
        self.indent = indent
        self.is_ascii = not (self.console.encoding or "").lower().replace("-", "").startswith("utf")

    def plain(self, text: str) -> str:
        """Return ``text`` in letters the stream can carry."""
        return in_ascii(text) if self.is_ascii else text

    def line(self, text: str | Text, style: str = "", indent: int = 0) -> None:
        """Print one paragraph."""
        from rich.padding import Padding
        from rich.text import Text

        shown = text if isinstance(text, Text) else Text(text, style=style)
        if self.is_ascii:
            shown = Text(self.plain(shown.plain), style=shown.style)
        self.console.print(Padding(shown, (0, 0, 0, indent), expand=False) if indent else shown, highlight=False)

    def path(self, text: str) -> None:
        """Print a line that ends in a path, never wrapped, so that it can be copied."""
        from rich.text import Text

        self.console.print(Text(self.plain(text)), soft_wrap=True, highlight=False)  # a name may hold [brackets]

    def heading(self, count: int, title: str, note: str = "") -> None:
        """Print the heading of one answer."""
        from rich.text import Text

        self.console.print(Text.assemble((f"{count} {title}", "bold"), ("  " + self.plain(note), "dim")))

    def whole_table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows in columns of which the first never wraps."""
        self.table(header, rows, first_wraps=False)

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        styles: Sequence[str] = (),
        *,
        first_wraps: bool = True,
    ) -> None:
        """Print rows in columns, without lines between them; ``styles`` colours whole rows."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_header=any(header))
        for place, column in enumerate(header):
            table.add_column(Text(self.plain(column)), overflow="fold", no_wrap=place == 0 and not first_wraps)
        for place, row in enumerate(rows):
            of_row = styles[place] if styles else self.row_styles.get(row[0], "")
            table.add_row(*(Text(self.plain(cell), style=of_row or self.styles.get(cell, "")) for cell in row))
        self.console.print(Padding(table, (0, 0, 0, self.indent), expand=False) if self.indent else table)
