"""The mapping file: how a table with other columns, words or layouts reads as a diary (docs/review-mapping.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest

COLUMNS = (
    "date", "headache", "severity", "start", "end", "aura", "nausea", "photophobia", "phonophobia",
    "acute_medication", "disability", "dose_taken", "side_effects", "menses", "note",
)  # fmt: skip
REQUIRED = ("date", "headache")
SCALES = ("0-3", "0-10")
UNLISTED = ("missing", "free")
DATES = {"year-first": "year first", "day-first": "day first", "month-first": "month first", "day-number": "day number"}
_SECTIONS = {"columns", "values", "only", "read"}
_READ = {"dates", "separator", "encoding", "severity", "unlisted"}


class Mapping(NamedTuple):
    """How to read: our column to the file's, the file's words to ours, which rows, and the choices of reading."""

    columns: dict[str, str]
    values: dict[str, dict[str, str]]  # by our column: the file's word to ours
    only: dict[str, str]  # rows whose column says this
    dates: str | None = None
    separator: str | None = None
    encoding: str | None = None
    severity: str | None = None
    unlisted: str = "missing"


def plainly() -> Mapping:
    """Return the mapping of a diary with the default columns."""
    return Mapping({name: name for name in COLUMNS}, {}, {})


def read(path: Path) -> Mapping:
    """Return the mapping of a file.

    Raises:
        ScenarioError: the file is missing, not TOML, or says something unknown.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror or error}; name the mapping file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: not valid TOML ({error}); mend the line named") from None
    _known(path, "", table, _SECTIONS)
    for section, found in table.items():
        if not isinstance(found, dict):
            raise ScenarioError(f"{path}: [{section}] wants lines such as key = 'value'")
    columns = {name: _text(path, "columns", name, value) for name, value in table.get("columns", {}).items()}
    _known(path, "columns.", columns, set(COLUMNS))
    only = {str(key).lower(): _text(path, "only", key, value) for key, value in table.get("only", {}).items()}
    return Mapping({name: name for name in COLUMNS} | columns, _values(path, table), only, **_choices(path, table))


def _choices(path: Path, table: dict[str, Any]) -> dict[str, str]:
    found = {key: _text(path, "read", key, value) for key, value in table.get("read", {}).items()}
    _known(path, "read.", found, _READ)
    if "dates" in found:
        found["dates"] = _one_of(path, "dates", found["dates"], tuple(DATES))
    if "severity" in found:
        _one_of(path, "severity", found["severity"], SCALES)
    if "unlisted" in found:
        _one_of(path, "unlisted", found["unlisted"], UNLISTED)
    if "separator" in found and len(found["separator"]) != 1:
        raise ScenarioError(f"{path}, read.separator: found {found['separator']!r}, wanted one character")
    return found


def _values(path: Path, table: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return by our column the file's words with ours: [values.headache] yes = ["attack", "migraine"]."""
    _known(path, "values.", table.get("values", {}), set(COLUMNS))
    found: dict[str, dict[str, str]] = {}
    for column, words in table.get("values", {}).items():
        if not isinstance(words, dict):
            raise ScenarioError(f"{path}: [values.{column}] wants lines such as yes = ['attack']")
        found[column] = {}
        for ours, theirs in words.items():
            listed = theirs if isinstance(theirs, list) else [theirs]
            found[column] |= {" ".join(str(word).lower().split()): str(ours) for word in listed}
    return found


def _known(path: Path, place: str, found: dict[str, Any], wanted: set[str]) -> None:
    for key in found:
        if key not in wanted:
            options = ", ".join(sorted(wanted))
            raise ScenarioError(
                f"{path}: {place}{key} is unknown, wanted some of {options}{nearest(key, sorted(wanted))}"
            )


def _one_of(path: Path, key: str, found: str, wanted: tuple[str, ...]) -> str:
    if found not in wanted:
        raise ScenarioError(f"{path}, read.{key}: found {found!r}, wanted one of {', '.join(wanted)}")
    return found


def _text(path: Path, section: str, key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ScenarioError(f"{path}, {section}.{key}: found {value!r}, wanted a text")
    return str(value)
