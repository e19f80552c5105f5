"""What the cells of a workbook do not say: merged and hidden ones, errors, formulas without a result."""

from __future__ import annotations

import io
import zipfile

import pytest

from leao.core.errors import ScenarioError
from leao.core.tables import ReadOptions, read

pytest.importorskip("python_calamine")
pytestmark = pytest.mark.worlds

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def packed(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return stream.getvalue()


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def value(place: str, number: str, more: str = "") -> str:
    return f'<c r="{place}"{more}><v>{number}</v></c>'


def xlsx(rows: list[str], columns: str = "", merged: str = "", title: str = "Peter&apos;s") -> bytes:
    """Return a workbook of one sheet; a row is its cells, with ``hidden`` in front where it is."""
    body = ""
    for k, row in enumerate(rows, 1):
        hidden = row.startswith("hidden")
        body += (
            f'<row r="{k}"{" hidden=" + chr(34) + "1" + chr(34) if hidden else ""}>{row.removeprefix("hidden")}</row>'
        )
    ranges = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    return packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="{title}" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{body}</sheetData>{ranges}'
            "</worksheet>",
        }
    )


HEADER = text("A1", "id") + text("B1", "arm") + text("C1", "n")
ROWS = [
    HEADER,
    text("A2", "p1") + text("B2", "placebo") + value("C2", "4"),
    '<c r="A3" s="0"/><c r="B3"/>' + value("C3", "5"),
    text("A4", "p2") + text("B4", "drug") + value("C4", "6"),
]


def test_a_merged_text_stands_in_every_row_it_covers():
    content = xlsx(ROWS, merged='<mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/>')
    table = read("t.xlsx", content)
    assert (table.text("id"), table.text("arm")) == (["p1", "p1", "p2"], ["placebo", "placebo", "drug"])
    assert table.remarks() == [
        "row 2: cell A2 is merged down to row 3: read in each row",
        "row 2: cell B2 is merged down to row 3: read in each row",
    ]


def test_a_merged_number_may_be_of_all_its_rows_together():
    rows = [*ROWS[:2], text("A3", "p1") + text("B3", "placebo"), ROWS[3]]
    content = xlsx(rows, merged='<mergeCell ref="C2:C3"/>')
    table = read("t.xlsx", content)
    assert table.text("n") == ["4", "", "6"]
    assert table.remarks() == ["row 2: cell C2 is merged down to row 3: a number, read in its first row alone"]
    assert read("t.xlsx", content, ReadOptions(lists=True)).text("n") == ["4", "4", "6"], "a diary's days"


def test_hidden_rows_and_columns_are_read_and_named():
    rows = [ROWS[0], ROWS[1], "hidden" + ROWS[3].replace("4", "3"), "hidden" + ROWS[3]]
    table = read("t.xlsx", xlsx(rows, columns='<cols><col min="2" max="3" hidden="1"/></cols>'))
    assert table.height == 3
    assert table.remarks() == [
        "row 3: rows 3 to 4 are hidden in the spreadsheet and read all the same",
        "row 2: column 'arm' is hidden in the spreadsheet and read all the same",
        "row 2: column 'n' is hidden in the spreadsheet and read all the same",
    ]


@pytest.mark.parametrize("empty", ["", "<v></v>", "<v/>"])
def test_a_formula_without_a_result_is_no_empty_cell(empty):
    rows = [*ROWS[:2], text("A3", "p1") + text("B3", "drug") + f'<c r="C3"><f>C2&gt;1</f>{empty}</c>', ROWS[3]]
    with pytest.raises(ScenarioError, match=r"sheet \"Peter's\", cell C3: a formula without its result \(=C2>1\)"):
        read("t.xlsx", xlsx(rows))
    rows[2] = text("A3", "p1") + text("B3", "drug") + "<c r='C3'><f>C2+1</f><v>5</v></c>"
    assert read("t.xlsx", xlsx(rows)).text("n") == ["4", "5", "6"]
    rows[2] = text("A3", "p1") + text("B3", "drug") + f'<c r="C3" t="str"><f>T(A1)</f>{empty}</c>'
    assert read("t.xlsx", xlsx(rows)).text("n") == ["4", "", "6"], "a text without letters is a result"


def test_an_error_is_no_empty_cell():
    rows = [*ROWS[:2], text("A3", "p1") + text("B3", "drug") + value("C3", "#DIV/0!", ' t="e"'), ROWS[3]]
    table = read("t.xlsx", xlsx(rows))
    with pytest.raises(ScenarioError, match="row 3: n is '#DIV/0!', wanted a finite number"):
        table.numbers("n")
    assert read("t.xlsx", xlsx([row.replace("#DIV/0!", "#N/A") for row in rows])).numbers("n")[0] == 4.0


def ods(rows: list[str], columns: str = "") -> bytes:
    body = "".join(row if row.startswith("<") else f"<table:table-row>{row}</table:table-row>" for row in rows)
    spaces = " ".join(f'xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text"))
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{OPEN}:manifest:1.0"/>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="One">{columns}{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def cell(words: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{words}</text:p></table:table-cell>'


def number(amount: int) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{amount}"/>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def test_an_opendocument_sheet_says_the_same():
    covered = "<table:covered-table-cell/>"
    rows = [
        row(cell("id"), cell("arm"), cell("n")),
        row(cell("p1", ' table:number-rows-spanned="2"'), cell("placebo"), number(4)),
        row(covered, cell("placebo"), number(5)),
        row(cell("p2"), cell("drug"), number(6), more=' table:visibility="filter"'),
    ]
    table = read("t.ods", ods(rows, '<table:table-column table:number-columns-repeated="3"/>'))
    assert (table.text("id"), table.text("n")) == (["p1", "p1", "p2"], ["4", "5", "6"])
    assert table.remarks() == [
        "row 2: cell A2 is merged down to row 3: read in each row",
        "row 4: row 4 is hidden in the spreadsheet and read all the same",
    ]
    formula = '<table:table-cell table:formula="of:=[.C2]+1"/>'
    with pytest.raises(ScenarioError, match=r"cell C4: a formula without its result \(=\[.C2\]\+1\)"):
        read("t.ods", ods([*rows[:3], row(cell("p2"), cell("drug"), formula)]))
