"""Apple Health's export: headaches are samples of a category with a severity; every other record is passed over.

Read as a stream: an export has hundreds of megabytes and a few hundred headaches. The values are those of Apple's
``HKCategoryValueSeverity`` (HealthKit, HKCategoryValues.h): 0 unspecified, 1 not present, 2 mild, 3 moderate, 4 severe.
"""

from __future__ import annotations

from collections import Counter
from typing import IO
from xml.parsers import expat

from leao.core.errors import ScenarioError
from leao.diary.reading.sheet import Sheet

HEAD = 200_000  # bytes in which the root element stands, after its document type
CHUNK = 1 << 20
HEADACHE = "HKCategoryTypeIdentifierHeadache"
SYMPTOM = "HKCategoryTypeIdentifier"
PREFIX = "HKCategoryValueSeverity"
SEVERITY = {
    "Unspecified": ("headache", ""), "NotPresent": ("free", ""), "Mild": ("headache", "mild"),
    "Moderate": ("headache", "moderate"), "Severe": ("headache", "severe"),
}  # fmt: skip
BY_NUMBER = ("Unspecified", "NotPresent", "Mild", "Moderate", "Severe")


def is_export(content: bytes) -> bool:
    """Return whether bytes are an export of Apple Health, by its root element."""
    head = content[:HEAD]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and (
        b"<HealthData" in head or b"<!DOCTYPE HealthData" in head
    )


class _Records:
    """Takes the headaches out of the stream of elements."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.others: Counter[str] = Counter()
        self.records = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""
        if tag != "Record":
            return
        self.records += 1
        kind = attributes.get("type", "")
        if kind != HEADACHE:
            if kind.startswith(SYMPTOM):
                self.others[kind.removeprefix(SYMPTOM)] += 1
            return
        value = attributes.get("value", "")
        name = value.removeprefix(PREFIX)
        if name.isdigit() and int(name) < len(BY_NUMBER):
            name = BY_NUMBER[int(name)]
        headache, severity = SEVERITY.get(name, (value or "no value", ""))
        begin, end = attributes.get("startDate", ""), attributes.get("endDate", "")
        timed = headache != "free" and begin != end
        times = [begin, end] if timed else ["", ""]
        self.rows.append((self.records, [begin, headache, severity, *times]))

    @staticmethod
    def entity(*_: object) -> None:
        """Refuse a document that declares entities: none of Apple's does, and they can grow without end."""
        raise ScenarioError("an export that declares entities is not Apple Health's")


def read(name: str, stream: IO[bytes]) -> Sheet:
    """Return the headaches of an export.

    Raises:
        ScenarioError: broken XML, or an export without a headache.
    """
    records = _Records()
    parser = expat.ParserCreate()
    parser.StartElementHandler = records.start
    parser.EntityDeclHandler = records.entity
    parser.buffer_text = True
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ScenarioError(f"{name}: broken XML ({error}); export it from Health again") from None
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None
    if not records.rows:
        raise ScenarioError(
            f"{name}: {records.records} records and no headache among them; enter headaches under Symptoms in Health"
        )
    passed = records.records - len(records.rows)
    understood = [f"Apple Health: {len(records.rows)} records of headache; {passed} of other kinds passed over"]
    if records.others:
        named = ", ".join(f"{kind} ({count})" for kind, count in records.others.most_common(8))
        understood.append(f"symptoms and other categories not read: {named}")
    header = ["date", "headache", "severity", "start", "end"]
    return Sheet(name, header, records.rows, understood, [], [], "apple_health", dict(enumerate(header)))
