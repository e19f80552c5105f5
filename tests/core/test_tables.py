"""The table reader: every way the same cells can be written gives the same cells; what is no table is refused."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import zipfile
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.core.columns import Law, sort_columns
from leao.core.errors import ScenarioError
from leao.core.tables import ReadOptions, Table, number, read, sheets

ROWS = [["subject", "day", "dose"], ["a", "1", "5"], ["b", "2", "10"], ["c", "3", ""]]
PLAIN = "subject,day,dose\na,1,5\nb,2,10\nc,3,\n"


def cells(content: bytes, options: ReadOptions | None = None) -> list[list[str]]:
    table = read("t", content, options)
    assert as_lists(content, options or ReadOptions()) == outcome(table)
    return [list(table.header), *map(list, table.frame.rows())]


def outcome(table: Table) -> tuple[Any, ...]:
    texts = [table.text(column) for column in table.header]
    return table.header, texts, table.rows.tolist(), table.left_out, table.oddities, table.understood


def as_lists(content: bytes, options: ReadOptions) -> tuple[Any, ...]:
    """The same bytes read cell by cell, without polars, as a diary is."""
    return outcome(read("t", content, options._replace(lists=True)))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace("5", '"5"').encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        PLAIN.replace("a,1", "\n,,\na,1").encode(),
        ("A diary\n\n" + PLAIN).encode(),
        ("A diary,,\n" + PLAIN).encode(),
        PLAIN.removesuffix(",\n").encode(),
    ],
)
def test_the_same_cells_however_written(content: bytes) -> None:
    assert cells(content) == ROWS


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("x,y\n1,2\n3,4\n", [2, 3]),
        ("title\n\nx,y\n1,2\n\n\n3,4\n", [4, 7]),
        ('x,y\n"1\n1",2\n3,4\n', [2, 4]),
        ("x,y\n#1,2\n3,4\n", [3]),
    ],
)
def test_rows_are_those_of_the_file(content: str, rows: list[int]) -> None:
    assert read("t", content.encode(), ReadOptions(comments=("#",))).rows.tolist() == rows


def test_comments_and_titles_are_counted() -> None:
    table = read("t", b"My trial\nx,y\n#1,2\n3,4\n", ReadOptions(comments=("#",)))
    assert [part["rows"] for part in table.not_used()] == [[1], [3]]
    assert "My trial" in table.left_out[0].why


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(PLAIN.encode(), mtime=0), "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x00\x01\x02\x03" * 9, "not a text table"),
        (b"<html><table></table></html>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b"only one column\n1\n2\n", "one column"),
        (b"1,2,3\n4,5,6\n", "no header row"),
        (b"a,b\n1,2,3\n4,5\n", "row 2 has more cells"),
        (b"a,b\n1,2,3\n4,5,6\n", "every row has more cells"),
        (b'a,b\n1,"x\n2,3\n', "row 2: a quotation mark is not closed"),
        (b'a,"b\n1,x\n2,3\n', "row 1: a quotation mark is not closed"),
        (b"a,b,a\n1,2,3\n", "stands twice (columns 1 and 3)"),
        (b"PAR1garbagePAR1", "Parquet"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\x81\x8d,\x8f\n", "not a text table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(content: bytes, word: str) -> None:
    with pytest.raises(ScenarioError, match=r"^t") as caught:
        read("t", content)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_is_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("levels.csv", PLAIN)
    with pytest.raises(ScenarioError, match=r"zip \(levels.csv\)"):
        read("t.csv", packed.getvalue())


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1.5", ".", 1.5), ("1,5", ",", 1.5), ("1.5", ",", 1.5), (" -2e3 ", ".", -2000.0), (",5", ",", 0.5)]
    + [(text, ".", None) for text in ("inf", "nan", "1_000", "１２", "1e400", "0x10", "1,5", "5 mg", "")],  # noqa: RUF001
)
def test_what_counts_as_a_number(text: str, decimal: str, value: float | None) -> None:
    assert number(text, decimal) == value


def test_decimal_commas_are_read_and_thousands_are_asked() -> None:
    assert read("t", b"x;y\n1,5;2\n2,25;3\n").numbers("x").tolist() == [1.5, 2.25]
    assert read("t", b"x;y\n2,500;2\n").numbers("x").tolist() == [2.5]  # a semicolon: the comma is the decimal mark
    with pytest.raises(ScenarioError, match=r"row 2: x is '2,500': decimals or thousands"):
        read("t", b'x,y\n"2,500",2\n').numbers("x")


def test_missing_codes_and_slips() -> None:
    table = read("t", b"x,y\n1,a\n.,b\nNA,c\nnan,d\n,e\nN/A,f\nnull,g\n2,h\n")
    assert np.isnan(table.numbers("x")).tolist() == [False, *[True] * 6, False]
    with pytest.raises(ScenarioError, match=r"row 2: y is 'a', wanted a finite number"):
        table.numbers("y")


BOOK = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
 <sheet name="diary" sheetId="1" r:id="r1"/><sheet name="empty" sheetId="2" r:id="r2"/></sheets></workbook>"""
PART = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="r1" Type="{PART}/worksheet" Target="worksheets/sheet1.xml"/>
 <Relationship Id="r2" Type="{PART}/worksheet" Target="worksheets/sheet2.xml"/>
 <Relationship Id="r3" Type="{PART}/styles" Target="styles.xml"/></Relationships>"""
ROOT = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="r1" Type="{PART}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
STYLES = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3">
 <xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/></cellXfs></styleSheet>"""
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def workbook(cells: dict[str, str | tuple[float, int]]) -> bytes:
    """Return a workbook: texts, or numbers with a style (0 plain, 1 date, 2 time)."""
    rows: dict[int, str] = {}
    for place, cell in cells.items():
        if isinstance(cell, str):
            text = f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
        else:
            text = f'<c r="{place}" s="{cell[1]}"><v>{cell[0]}</v></c>'
        rows[int(place[1:])] = rows.get(int(place[1:]), "") + text
    body = "".join(f'<row r="{row}">{text}</row>' for row, text in rows.items())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(body))
        archive.writestr("xl/worksheets/sheet2.xml", SHEET.format(""))
    return packed.getvalue()


def test_a_spreadsheet_gives_its_cells() -> None:
    pytest.importorskip("python_calamine")
    serial = (dt.date(2026, 3, 1) - dt.date(1899, 12, 30)).days
    filled = {"A1": "A title", "A3": "date", "B3": "clock", "C3": "level", "A4": (serial, 1), "B4": (14.5 / 24, 2)}
    content = workbook(filled | {"C4": (5, 0), "C5": (5.25, 0)})
    table = read("t.csv", content)
    assert table.header == ("date", "clock", "level")
    assert table.rows.tolist() == [4, 5]
    assert table.text("date") == ["2026-03-01", ""]
    assert table.text("level") == ["5", "5.25"]
    assert table.text("clock") == ["14:30:00", ""]
    assert sheets("t.csv", content) == ["diary", "empty"]
    with pytest.raises(ScenarioError, match="no sheet 'other'; there are diary, empty"):
        read("t.csv", content, ReadOptions(sheet="other"))


def test_parquet_gives_the_cells_a_csv_gives() -> None:
    frame = pl.DataFrame({"id": [1.0, 2.0], "x": [0.5, None], "on": [dt.date(2026, 3, 1), None], "s": ["a", None]})
    content = io.BytesIO()
    frame.write_parquet(content)
    table = read("t", content.getvalue())
    assert table.text("id") == ["1", "2"]
    assert table.text("x") == ["0.5", ""]
    assert table.text("on") == ["2026-03-01", ""]


def test_a_sas_transport_file_is_read() -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adsl.xpt"
        frame = pl.DataFrame({"USUBJID": ["a", "b"], "AVAL": [1.5, 2.0]})
        pyreadstat.write_xport(frame, str(path))
        table = read("adsl.csv", path.read_bytes())
    assert table.text("USUBJID") == ["a", "b"]
    assert table.numbers("AVAL").tolist() == [1.5, 2.0]


def test_one_cell_of_100_kb_and_long_tables_are_fine() -> None:
    assert len(read("t", b"a,b\n1," + b"x" * 100_000 + b"\n").text("b")[0]) == 100_000
    assert read("t", b"a,b\n" + b"1,2\n" * 300_000).height == 300_000


LAW = Law(harmless=frozenset({"note"}), trade={"date": "count hours from the first dose"}, group="id")


@pytest.mark.parametrize(
    ("column", "values", "word"),
    [
        ("DATE", "5 6 7", "count hours"),
        ("when", "2026-03-01 2026-03-02 2026-03-03", "dates"),
        ("at", "8:00 9:30 23:15", "clock times"),
        ("lasted", "2h 30min 4h", "durations"),
        ("EXCL", "Y N Y", "flags"),
        ("bad", "0 1 0", "flags"),
    ],
)
def test_a_column_that_can_change_the_answer_stops(column: str, values: str, word: str) -> None:
    lines = [f"{k // 2},{value}" for k, value in enumerate(values.split())]
    table = read("t", f"id,{column}\n".encode() + "\n".join(lines).encode())
    with pytest.raises(ScenarioError, match=word) as caught:
        sort_columns(table, {"id"}, LAW)
    assert f"--ignore {column}" in str(caught.value)
    assert sort_columns(table, {"id"}, LAW, dropped=[column.lower()]).dropped == [column]


def test_what_is_not_used_is_named() -> None:
    table = read("t", b"id,note,site,smoker\n1,x,A,1\n1,y,B,1\n2,z,A,0\n")
    use = sort_columns(table, {"id"}, LAW)
    assert use.used == ["id"]
    assert use.harmless == ["note"]
    assert use.not_read == [
        {"column": "site", "first_values": ["A", "B"]},
        {"column": "smoker", "first_values": ["1", "0"]},
    ]
    assert "site (A, B)" in use.sentence()
    with pytest.raises(ScenarioError, match="no such column"):
        sort_columns(table, {"id"}, LAW, dropped=["sight"])


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_python_writes_is_read_back(rows: list[tuple[str, str, str]], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(("first", "second", "third"))
    writer.writerows(rows)
    kept = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    options = ReadOptions(known=frozenset({"first", "second", "third"}))
    got = read("t", out.getvalue().encode(), options)
    assert [list(row) for row in got.frame.rows()] == kept
    assert as_lists(out.getvalue().encode(), options) == outcome(got)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
def test_any_bytes_give_a_table_or_one_line(content: bytes) -> None:
    try:
        table = read("t", content)
    except ScenarioError as error:
        assert str(error).startswith("t")
        assert len(str(error).splitlines()) == 1
    else:
        assert table.height == len(table.rows)


@pytest.mark.parametrize(
    ("text", "column", "asked"),
    [
        ("a;b\n2.75;x\n2,75;y\n", "a", "row 2: a is '2.75' beside '2,75' in row 3: which is the decimal mark?"),
        ("a;b\n1,234;0.5\n2,500;0.25\n", "a", "row 2: a is '1,234': decimals or thousands?"),
        ("a\tb\n1.234\t0,5\n2\t0,25\n", "a", "row 2: a is '1.234': decimals or thousands? write 1,234 or 1234"),
    ],
)
def test_marks_that_may_mean_decimals_or_thousands(text, column, asked):
    with pytest.raises(ScenarioError, match=re.escape(asked)):
        read("t.csv", text.encode()).numbers(column)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a;b\n1,234;x\n2,500;y\n", [1.234, 2.5]),
        ("a;b\n1.234;0.5\n2;0.25\n", [1.234, 2.0]),
        ("a;b\n1,25;0.5\n2;0.25\n", [1.25, 2.0]),
    ],
)
def test_marks_that_mean_decimals(text, values):
    assert read("t.csv", text.encode()).numbers("a").tolist() == values
