"""How a diary is read, at the command line: the mapping asked for, the check, the open questions, the template."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.cli import screen

if TYPE_CHECKING:
    from leao.diary.reading import Reading

LISTED = 40  # questions on the screen; the JSON has all
SHOWN = 8  # rows named in a line


def check(result: Reading, not_used: Sequence[str] = (), *, as_json: bool) -> int:
    """Say how a diary is read and what is open; return 0 usable, 1 not enough for a review, 2 something is open."""
    from leao.diary.reading.how_to_read import check_summary

    summary = check_summary(result, not_used)
    if as_json:
        screen.print_json(summary)
    else:
        _say_check(summary, result)
    return 2 if result.diary is None else 0 if summary["usable"] else 1


def _say_check(summary: Dict[str, Any], result: Reading) -> None:
    lines = [f"understood: {line}" for line in summary["understood"]]
    lines += [f"left out: rows {_rows(part['rows'])}: {part['why']}" for part in summary["left_out"]]
    lines += [f"row {odd['row']}: {odd['what']}" for odd in summary["oddities"]] or ["no oddities"]
    lines += [
        f"medicine: {each['name']}: {each['class'] or 'no acute headache medicine'}, {each['count']} cells"
        for each in summary["medicines"]
    ]
    if summary["notes"]:
        lines.append(f"notes: {len(summary['notes'])}, handed on word for word")
    lines += ["", "the mapping that is used (--save-map FILE writes it):"]
    lines += [f"  {line}" for line in summary["mapping"].splitlines()]
    lines += [f"open: {line}" for line in _listed(result)]
    if summary["not_used"]:
        lines.append(f"not used: {', '.join(summary['not_used'])}; --check reads the diary and computes nothing")
    lines.append(f"usable: {'yes' if summary['usable'] else 'no, ' + str(summary['problem'])}")
    screen.say(*lines)


def _rows(rows: list[int]) -> str:
    return ", ".join(map(str, rows[:SHOWN])) + (" ..." if len(rows) > SHOWN else "")


def _listed(result: Reading) -> list[str]:
    """Return the questions in lines, the last of which says how many are not shown."""
    more = len(result.questions) - LISTED
    lines = [question.line for question in result.questions[:LISTED]]
    return [*lines, f"and {more} more; --json lists all"] if more > 0 else lines


def ask(result: Reading, *, as_json: bool) -> int:
    """Say which questions must be answered first, on stderr or as JSON; return 2."""
    if as_json:
        understood = {"understood": result.understood, "oddities": []}
        screen.print_json({"open": result.open, "columns": result.columns, "read": understood, "usable": False})
        return 2
    number = len(result.questions)
    questions = f"{number} open question{'' if number == 1 else 's'}"
    first = f"leao: {result.name}: {questions}; nothing is computed before the answers"
    screen.warn(first, *(f"  {line}" for line in _listed(result)))
    return 2


def save_map(path: Path, result: Reading) -> None:
    """Write how the diary is read as a mapping file; nothing is overwritten.

    Raises:
        ScenarioError: the file is there already.
    """
    from leao.core.errors import ScenarioError
    from leao.core.files import PRIVATE, write_text
    from leao.diary.reading import mapping

    if path.exists() or path.is_symlink():
        raise ScenarioError(f"--save-map: {path} is there already; name a file that is not")
    write_text(path, mapping.as_toml(result.mapping), PRIVATE)


def alone(check: bool, others: Sequence[Any]) -> None:
    """Refuse ``--template`` beside an option that it would not use.

    Raises:
        ScenarioError: there is one.
    """
    from leao.core.errors import ScenarioError

    if check or any(value is not None for value in others):
        raise ScenarioError(
            "--template: writes an empty diary and reads nothing; leave out every other option but --json"
        )


def template(path: Path, *, as_json: bool) -> int:
    """Write an empty diary with one example row, and say what the columns mean."""
    from leao.core.errors import ScenarioError
    from leao.core.files import write_text
    from leao.diary.reading import template as blank

    if path.exists():
        raise ScenarioError(f"{path}: is there already; name a file that is not, the template overwrites nothing")
    write_text(path, blank.text())
    if as_json:
        screen.print_json({"out": str(path), "columns": dict(blank.meanings())})
        return 0
    meanings = (f"  {name:17s} {meaning}" for name, meaning in blank.meanings())
    screen.say(f"{path}: an empty diary with one example row; the columns:", *meanings)
    return 0
