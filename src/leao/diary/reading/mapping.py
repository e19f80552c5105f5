"""How a file reads as a diary: which column is which, words in our terms, and the choices only its writer can make.

A mapping file is TOML (docs/review-mapping.md); the command line's ``--say``, ``--column`` and ``--ignore`` add to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import toml
from leao.core.errors import ScenarioError, each_once
from leao.core.ledger import nearest
from leao.diary.reading.words import bare

COLUMNS = (
    "date", "headache", "severity", "start", "end", "duration", "aura", "nausea", "photophobia", "phonophobia",
    "acute_medication", "disability", "dose_taken", "side_effects", "menses", "note",
)  # fmt: skip
OTHER_COLUMNS = ("end_date", "kind", "migraine", "symptoms", "tags", "hit6", "midas", "patient")
ROLES = (*COLUMNS, *OTHER_COLUMNS)
REQUIRED = ("date", "headache")
SCALES = ("0-3", "0-4", "0-5", "0-10", "0-100")
UNLISTED = ("missing", "free")
UNITS = ("hours", "minutes", "days")
DATES = {
    "year-first": "year first", "day-first": "day first", "month-first": "month first", "day-number": "day number",
    "spreadsheet-number": "spreadsheet number",
}  # fmt: skip
ANY = ""  # the column of a word that holds for every column
_SECTIONS = {"columns", "values", "only", "read"}
CHOICES = {
    "dates": tuple(DATES), "severity": SCALES, "unlisted": UNLISTED, "length": UNITS,
}  # fmt: skip
_FREE = ("separator", "encoding", "sheet", "utc")
_READ = {*CHOICES, *_FREE, "ignore"}


class Mapping(NamedTuple):
    """How to read: our column to the file's, the file's words to ours, which rows, and the choices of reading."""

    columns: dict[str, str] = {}  # ours to the file's; what is not here is guessed from names and cells
    values: dict[str, dict[str, str]] = {}  # by our column (or ``ANY``): the file's word to ours
    only: dict[str, str] = {}  # rows whose column says this
    ignore: tuple[str, ...] = ()  # columns of the file that are left out
    dates: str | None = None
    separator: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    severity: str | None = None
    unlisted: str | None = None  # what a day without an entry was; None where nobody said
    length: str | None = None  # the unit of lengths without one
    utc: str | None = None  # for times with Z or +00:00: "local", or the patient's zone
    today: date | None = None  # for dates in the future; None for the clock's


def plainly() -> Mapping:
    """Return the mapping that leaves everything to the file's names and words."""
    return Mapping()


def read(path: Path) -> Mapping:
    """Return the mapping of a file.

    Raises:
        ScenarioError: the file is missing, not TOML, or says something unknown.
    """
    table = toml.read(path)
    _known(path, "", table, _SECTIONS)
    for section, lines in table.items():
        if not isinstance(lines, dict):
            raise ScenarioError(f"{path}: [{section}] wants lines such as key = 'value'")
    columns = {name: _text(path, "columns", name, value) for name, value in table.get("columns", {}).items()}
    _known(path, "columns.", columns, set(ROLES))
    only = {str(key): _text(path, "only", key, value) for key, value in table.get("only", {}).items()}
    return Mapping(columns=columns, values=_values(path, table), only=only, **_choices(path, table))


def _choices(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    given = dict(table.get("read", {}))
    _known(path, "read.", given, _READ)
    ignore = given.pop("ignore", [])
    listed = ignore if isinstance(ignore, list) else [ignore]
    choices: dict[str, Any] = {key: _text(path, "read", key, value) for key, value in given.items()}
    for key, wanted in CHOICES.items():
        if key in choices and choices[key] not in wanted:
            raise ScenarioError(f"{path}, read.{key}: found {choices[key]!r}, wanted one of {', '.join(wanted)}")
    if "separator" in choices and len(choices["separator"]) != 1:
        raise ScenarioError(f"{path}, read.separator: found {choices['separator']!r}, wanted one character")
    return choices | {"ignore": tuple(_text(path, "read", "ignore", name) for name in listed)}


def _values(path: Path, table: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return by our column the file's words with ours: [values.headache] yes = ["attack", "migraine"]."""
    _known(path, "values.", table.get("values", {}), {*ROLES, "any"})
    values: dict[str, dict[str, str]] = {}
    for column, words in table.get("values", {}).items():
        if not isinstance(words, dict):
            raise ScenarioError(f"{path}: [values.{column}] wants lines such as yes = ['attack']")
        values[ANY if column == "any" else column] = {
            bare(str(word)): str(ours)
            for ours, theirs in words.items()
            for word in (theirs if isinstance(theirs, list) else [theirs])
        }
    return values


def completed(
    mapping: Mapping, say: Sequence[str] = (), column: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Mapping:
    """Return the mapping with what the command line adds.

    Args:
        mapping: the mapping so far.
        say: ``word=meaning`` or ``column:word=meaning``.
        column: ``ours=theirs``, such as ``severity=Wie stark``.
        ignore: names of columns that are left out.

    Raises:
        ScenarioError: one of them is not of that form, or names no column of ours.
    """
    values = {name: dict(words) for name, words in mapping.values.items()}
    meant: list[tuple[str, str]] = []
    for text in say:
        head, equals, meaning = text.rpartition("=")
        place, colon, word = head.partition(":")
        if not colon or bare(place).replace(" ", "_") not in ROLES:
            place, word = ANY, head
        if not equals or not word.strip() or not meaning.strip():
            raise ScenarioError(f'--say: found {text!r}, wanted word=meaning, for example "Sí=headache"')
        meant.append((bare(place).replace(" ", "_"), bare(word)))
        values.setdefault(meant[-1][0], {})[meant[-1][1]] = meaning.strip()
    each_once("--say", (word if place == ANY else f"{place}:{word}" for place, word in meant))
    columns, roles = dict(mapping.columns), list[str]()
    for text in column:
        ours, equals, theirs = text.partition("=")
        role = bare(ours).replace(" ", "_").replace("-", "")
        if not equals or role not in ROLES or not theirs.strip():
            raise ScenarioError(
                f'--column: found {text!r}, wanted ours=theirs, for example "severity=Wie stark"; ours is one of '
                f"{', '.join(ROLES)}"
            )
        columns[role] = theirs.strip()
        roles.append(role)
    each_once("--column", roles)
    return mapping._replace(columns=columns, values=values, ignore=(*mapping.ignore, *ignore))


def as_toml(mapping: Mapping) -> str:
    """Return a mapping as the text of a mapping file."""
    lines = ["# How a diary reads: leao review DIARY --map THIS.toml (docs/review-mapping.md)", "", "[columns]"]
    lines += [f"{ours} = {_quoted(theirs)}" for ours, theirs in mapping.columns.items()]
    for name, words in mapping.values.items():
        by_meaning: dict[str, list[str]] = {}
        for word, meaning in words.items():
            by_meaning.setdefault(meaning, []).append(word)
        if by_meaning:
            lines += ["", f"[values.{name or 'any'}]"]
            lines += [f"{_quoted(ours)} = [{', '.join(map(_quoted, theirs))}]" for ours, theirs in by_meaning.items()]
    if mapping.only:
        lines += ["", "[only]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in mapping.only.items())]
    chosen = {key: getattr(mapping, key) for key in (*CHOICES, *_FREE)}
    lines += ["", "[read]", *(f"{key} = {_quoted(value)}" for key, value in chosen.items() if value is not None)]
    if mapping.ignore:
        lines.append(f"ignore = [{', '.join(map(_quoted, mapping.ignore))}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _known(path: Path, place: str, given: dict[str, Any], wanted: set[str]) -> None:
    for key in given:
        if key not in wanted:
            options = ", ".join(sorted(wanted))
            raise ScenarioError(
                f"{path}: {place}{key} is unknown, wanted some of {options}{nearest(key, sorted(wanted))}"
            )


def _text(path: Path, section: str, key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ScenarioError(f"{path}, {section}.{key}: found {value!r}, wanted a text")
    return str(value)
