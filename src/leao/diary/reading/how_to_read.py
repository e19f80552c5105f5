"""What a user says of how a diary is to be read, as options; and how it is read, as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leao.core.errors import ScenarioError, each_once
from leao.diary.reading import mapping

if TYPE_CHECKING:
    from leao.diary.reading import Reading
    from leao.diary.reading.mapping import Mapping


class HowToRead(NamedTuple):
    """What a user says of how to read a diary, beside the file itself."""

    mapping: str | Path | None = None
    dates: str | None = None
    unlisted: str | None = None
    severity: str | None = None
    length: str | None = None
    utc: str | None = None
    sheet: str | None = None
    only: Sequence[str] = ()
    say: Sequence[str] = ()
    column: Sequence[str] = ()
    ignore: Sequence[str] = ()


def asked(how: HowToRead) -> Mapping:
    """Return the mapping of the options.

    Raises:
        ScenarioError: an option that is not understood.
    """
    whole = mapping.plainly() if how.mapping is None else mapping.read(Path(how.mapping))
    for name, wanted in mapping.CHOICES.items():
        given = getattr(how, name)
        if given is not None and given not in wanted:
            raise ScenarioError(f"--{name}: found {given!r}, wanted one of {', '.join(wanted)}")
    chosen = {name: getattr(how, name) for name in (*mapping.CHOICES, "utc", "sheet")}
    whole = whole._replace(**{name: value for name, value in chosen.items() if value is not None})
    rows = dict(whole.only)
    each_once("--only", (text.partition("=")[0].strip() for text in how.only))
    for text in how.only:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ScenarioError(f"--only: found {text!r}, wanted column=value, for example id=17")
        rows[name.strip()] = value.strip()
    return mapping.completed(whole._replace(only=rows), list(how.say), list(how.column), list(how.ignore))


def beside_check(**given: Any) -> list[str]:
    """Return which options of a review were given and are not used where the diary is only checked."""
    return [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None]


def check_summary(result: Reading, not_used: Sequence[str] = ()) -> dict[str, Any]:
    """Return how a diary is read and what is open, as ``leao review --check --json`` prints it.

    Args:
        result: the diary as it was read.
        not_used: options that stand beside ``--check`` and say nothing of how the diary is read.
    """
    diary = result.diary
    return {
        "understood": result.understood,
        "oddities": [] if diary is None else diary.oddities,
        "usable": diary is not None and diary.problem is None,
        "problem": "open questions" if diary is None else diary.problem,
        "open": result.open,
        "columns": result.columns,
        "left_out": [] if diary is None else diary.left_out,
        "notes": [] if diary is None else diary.notes_json(),
        "medicines": [] if diary is None else diary.medicines,
        "mapping": mapping.as_toml(result.mapping),
        "not_used": list(not_used),
    }
