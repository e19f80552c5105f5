"""The tables of a web page as header and rows of text, with cells that cover several columns or rows."""

from __future__ import annotations

from html.parser import HTMLParser

from leao.core.errors import ScenarioError

LARGEST_SPAN = 400  # columns or rows that one cell may cover
MOST_CELLS = 2_000_000
BLOCKS = frozenset(("div", "p", "br", "li"))
ROWS, CELLS, HIDDEN = frozenset(("tr", "row")), frozenset(("td", "th", "cell")), frozenset(("style", "script"))
LaidOut = tuple[list[str], list[tuple[int, list[str]]]]


class Cell:
    """One cell: its text in pieces, how far it reaches, and whether it is a heading."""

    def __init__(self, attributes: dict[str, str | None], *, heading: bool) -> None:
        """Begin without text."""
        self.text: list[str] = []
        self.across, self.down = (_span(attributes.get(name)) for name in ("colspan", "rowspan"))
        self.across += _span(attributes.get("ss:mergeacross"), 0)  # a spreadsheet saved as XML
        self.heading = heading


def _span(text: str | None, least: int = 1) -> int:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else least
    return min(max(number, least), LARGEST_SPAN)


class _Tables(HTMLParser):
    """Collects the tables of a page with their cells, and all the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Cell]]] = []
        self.open: list[list[list[Cell]]] = []
        self.cell: list[Cell] = []
        self.hidden = self.count = 0
        self.text: list[str] = []
        self.head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what a tag opens."""
        tag = tag.rpartition(":")[2]
        if tag in CELLS:
            self.begin_cell(tag, dict(attrs))
        elif tag in ROWS and self.open:
            self.open[-1].append([])
        elif tag == "table":
            self.open.append([])
        elif tag in BLOCKS and self.cell:
            self.cell[-1].text.append("\n")
        elif tag in HIDDEN:
            self.hidden += 1
        self.head |= tag == "thead"

    def begin_cell(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Open a cell in the row that is open."""
        if not self.open:
            return
        self.count += 1
        if self.count > MOST_CELLS:
            raise ScenarioError("more cells than a diary has")
        if not self.open[-1]:
            self.open[-1].append([])
        for _ in range(len(self.open[-1][-1]) + 1, _span(attributes.get("ss:index"))):  # cells left out before it
            self.open[-1][-1].append(Cell({}, heading=False))
        cell = Cell(attributes, heading=tag == "th" or self.head)
        self.open[-1][-1].append(cell)
        self.cell.append(cell)

    def handle_endtag(self, tag: str) -> None:
        """Close what a tag closes."""
        tag = tag.rpartition(":")[2]
        if tag in CELLS and self.cell:
            self.cell.pop()
        elif tag == "table" and self.open:
            self.tables.append(self.open.pop())
            self.cell.clear()
        elif tag in BLOCKS and self.cell:
            self.cell[-1].text.append("\n")
        elif tag in HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        self.head &= tag != "thead"

    def handle_data(self, data: str) -> None:
        """Take text into the cell that is open."""
        if not self.hidden:
            self.text.append(data)
            if self.cell:
                self.cell[-1].text.append(data)


def read(text: str) -> tuple[list[LaidOut], str]:
    """Return the tables of a page, and all its words in one line.

    Raises:
        ScenarioError: more cells than a diary has.
    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [laid_out(table) for table in [*parser.tables, *parser.open]]
    return [table for table in tables if table is not None], " ".join(" ".join(parser.text).split())


def laid_out(table: list[list[Cell]]) -> LaidOut | None:
    """Return header and rows of a table, or None where it has no cells."""
    places, width = _places(table)
    filled = [r for r in range(len(table)) if table[r]]
    if not filled:
        return None
    heads = [r for r in filled if all(cell.heading for cell in table[r])] or filled[:1]
    heads = [r for r in heads if r - heads[0] < len(heads)]
    header = []
    for k in range(width):
        words = dict.fromkeys(" ".join("".join(places[r, k].text).split()) for r in heads if (r, k) in places)
        header.append(" ".join(word for word in words if word))
    rows = [(r + 1, [_text(places, r, k) for k in range(width)]) for r in filled if r > heads[-1]]
    return header, rows


def _places(table: list[list[Cell]]) -> tuple[dict[tuple[int, int], Cell], int]:
    """Return each cell by the rows and columns that it covers, and the width of the table."""
    places: dict[tuple[int, int], Cell] = {}
    width = 0
    for r, row in enumerate(table):
        k = 0
        for cell in row:
            while (r, k) in places:
                k += 1
            places |= {(r + down, k + across): cell for down in range(cell.down) for across in range(cell.across)}
            k += cell.across
        width = max(width, k)
        if len(places) > MOST_CELLS:
            raise ScenarioError("more cells than a diary has")
    return places, width


def _text(places: dict[tuple[int, int], Cell], r: int, k: int) -> str:
    """Return the text of a cell in the first column that it covers."""
    cell = places.get((r, k))
    return "" if cell is None or cell is places.get((r, k - 1)) else "".join(cell.text).strip()
