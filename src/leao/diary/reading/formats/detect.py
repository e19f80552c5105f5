"""Which kind of file a diary is: by its first bytes, then by its words; each kind has its own reader.

A kind that is not known is refused with its name and the nearest way in.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from leao.core.errors import ScenarioError
from leao.core.table_dataset_json import is_dataset_json
from leao.diary.reading.formats import apple, bearable, grid, migralog, page
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.sheet import Sheet

LARGEST = 60_000_000  # bytes of anything but an Apple Health export
WAY_IN = "save it as CSV with a row a day (leao review --template diary.csv writes one)"
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods", ".html", ".htm", ".json", ".xml")
WORKBOOK = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
OTHERS = {
    b"%PDF": "a PDF document; export the diary as CSV or as a web page, or type it into a table",
    b"\x89PNG": "a picture; type the diary into a table",
    b"\xff\xd8\xff": "a picture; type the diary into a table",
    b"{\\rtf": "a text document (RTF); copy its table into a CSV file",
    b"BEGIN:VCALENDAR": "a calendar file (iCalendar); " + WAY_IN,
}


def sheet(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the cells of a diary's file, whatever kind of file it is.

    Raises:
        ScenarioError: a kind that is not known, or one that cannot be read.
    """
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content[:2] == b"PK":
        return _packed(name, content, mapping)
    _known_other(name, head)
    if apple.is_export(content):
        return apple.read(name, io.BytesIO(content))
    if len(content) > LARGEST:
        raise ScenarioError(f"{name}: {len(content) // 10**6} MB, wanted at most {LARGEST // 10**6}; is it a diary?")
    lowered = head[:1024].lower()
    if head[:1] in (b"{", b"[") and not is_dataset_json(content) and migralog.is_json(content):
        return migralog.read(name, content, mapping)
    if lowered.startswith(b"<"):
        return _markup(name, content, mapping)
    return bearable.gathered(grid.read(name, content, mapping))


def _known_other(name: str, head: bytes) -> None:
    """Refuse a kind of file that is known and holds no table."""
    for first, what in OTHERS.items():
        if head.startswith(first):
            raise ScenarioError(f"{name}: {what}")


def _markup(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the table of a page that begins as XML, or of a spreadsheet saved as XML."""
    lowered = content[:200_000].lower()
    if any(word in lowered for word in (b"<html", b"<table", b"office:spreadsheet")):
        return page.read(name, content, mapping)
    raise ScenarioError(f"{name}: XML of a kind that is not known (Apple Health's export is known); {WAY_IN}")


def _packed(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the diary in an archive: Apple Health's export, or the one file of a known kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _hidden(entry.filename)]
            if any(entry.filename in WORKBOOK for entry in entries):
                return bearable.gathered(grid.read(name, content, mapping))
            inner = _member(name, packed, entries)
            if inner is None:
                export = _export(name, packed, entries)
                with packed.open(export) as stream:
                    return apple.read(f"{name}/{export.filename}", stream)
            if inner.file_size > LARGEST:
                raise ScenarioError(f"{name}: {inner.filename} is larger than {LARGEST // 10**6} MB; is it a diary?")
            unpacked = packed.read(inner)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
        _zlib_error(),
    ) as error:
        reason = " ".join(str(error).split())[:60]
        raise ScenarioError(
            f"{name}: a packed file that cannot be read ({reason}); unpack it and give the file in it"
        ) from None
    if unpacked[:2] == b"PK" and not inner.filename.lower().endswith((".xlsx", ".xlsb", ".ods", ".xls")):
        raise ScenarioError(f"{name}: {inner.filename} is packed again; unpack it and give the file in it")
    return sheet(f"{name}/{inner.filename}", unpacked, mapping)


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _hidden(path: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePath(path).parts)


def _is_export(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    if not entry.filename.lower().endswith(".xml"):
        return False
    with packed.open(entry) as stream:
        return apple.is_export(stream.read(apple.HEAD))


def _member(name: str, packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    """Return the one file of a known kind, or None where the archive is an export of Apple Health."""
    if any(_is_export(packed, entry) for entry in entries):
        return None
    known = [entry for entry in entries if entry.filename.lower().endswith(KINDS)]
    if len(known) != 1:
        names = ", ".join(entry.filename for entry in (known or entries)[:4]) or "nothing"
        raise ScenarioError(
            f"{name}: a packed file with {len(known)} tables ({names}); unpack it and give the diary's file"
        )
    return known[0]


def _export(name: str, packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    exports = [entry for entry in entries if _is_export(packed, entry)]
    if len(exports) != 1:
        names = ", ".join(entry.filename for entry in exports)
        raise ScenarioError(f"{name}: more than one export of Apple Health ({names}); unpack it and give one")
    return exports[0]
