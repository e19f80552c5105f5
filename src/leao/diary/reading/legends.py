"""What the name of a column says of its numbers (``Headache (0=yes, 1=no)``), and numbers that may be codes.

A legend that says the opposite of a number's plain reading (above 0 is yes, more is worse) is used where it names every
number of the column, and is asked about otherwise. Without a legend, 1 and 2 alone in a column of yes and no are asked
about: read as amounts, each day would be a yes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from leao.diary.reading import cells
from leao.diary.reading.column_names import legend_of
from leao.diary.reading.columns import Columns
from leao.diary.reading.entry import FLAGS
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown, typed

_PARSERS: dict[str, Callable[[str], Any]] = {
    "headache": cells.headache, "severity": cells.severity, "migraine": cells.flag,
    **dict.fromkeys(FLAGS, cells.flag),
}  # fmt: skip
_CODES = {1.0, 2.0}
ABOVE = "above the header row"
LAST_GRADE = 3.0


def applied(sheet: Sheet, ours: Columns, mapping: Mapping, open_words: Words) -> Mapping:
    """Return the mapping with the meanings that names of columns give their numbers; what is not sure is asked."""
    values, title = dict(mapping.values), _title(sheet)
    for role in _PARSERS:
        for k in ours.places.get(role, [])[:1]:
            counts = _unsaid(sheet.counts(k), role, mapping)
            by_name = legend_of(sheet.header[k])
            legend = by_name or (title if role == "severity" else {})
            if legend:
                meant = _meant(role, sheet.header[k], legend, counts, open_words)
                values[role] = meant | values.get(role, {})
                if meant:
                    place = "its name" if by_name else "the title"
                    spoken = ", ".join(f"{word} {meaning}" for word, meaning in sorted(meant.items()))
                    ours.guesses.append(f"the numbers of {shown(sheet.header[k])} read as {place} says: {spoken}")
            elif role not in ("headache", "severity"):
                _ask_codes(role, sheet.header[k], counts, open_words)
    return mapping._replace(values=values)


def _title(sheet: Sheet) -> dict[float, str]:
    """Return the word of each number that the rows above the header explain."""
    lines = [str(part["why"]) for part in sheet.left_out if str(part["why"]).startswith(ABOVE)]
    return {code: word.strip("' ") for line in lines for code, word in legend_of(line).items()}


def _unsaid(counts: Counter[str], role: str, mapping: Mapping) -> Counter[str]:
    """Return the cells of a column whose meaning the user has not said."""
    said = mapping.values.get(role, {}).keys() | mapping.values.get(ANY, {}).keys()
    return Counter({text: times for text, times in counts.items() if bare(text) not in said})


def _meant(role: str, header: str, legend: dict[float, str], counts: Counter[str], open_words: Words) -> dict[str, str]:
    """Return the word of each number of a column where its legend is needed; ask where it does not tell them all."""
    read = {code: value for code, word in legend.items() if (value := _read(role, word)) is not None}
    numbers = {text: value for text in counts if (value := cells.number(text)) is not None}
    if not numbers or not _differs(role, read):
        return {}
    plain_zero = {0.0} - legend.keys() if role == "severity" else set[float]()
    if set(numbers.values()) <= read.keys() | plain_zero:
        return {bare(text): legend[value] for text, value in numbers.items() if value in read}
    for text, value in numbers.items():
        asks = "the column's name explains its numbers, this one not, or in a word that is not known: what does it say?"
        words = ("none", "mild", "moderate", "severe") if role == "severity" else ("yes", "no")
        if role == "headache":
            words = ("headache", "free")
        if value not in read:
            answer = " or ".join(f'--say "{role}:{typed(text)}={word}"' for word in words)
            open_words.ask(Question(header, text, counts[text], asks, answer))
    return {bare(text): legend[value] for text, value in numbers.items() if value in read}


def _read(role: str, word: str) -> float | None:
    """Return the grade, or 1 for yes and 0 for no, that a word of a legend says; None where it is not known."""
    for form in (word, word.rpartition(" ")[2]):
        try:
            value = _PARSERS[role](form)
        except cells.Unread:
            continue
        if value is not None and not (role == "severity" and not isinstance(value, cells.Grade)):
            return float(value.headache) if isinstance(value, cells.Ache) else float(value)
    return None


def _differs(role: str, read: dict[float, float]) -> bool:
    """Return whether a legend says otherwise than the plain reading: above 0 is yes, a larger number is no milder."""
    if any((code > 0.0) != (value > 0.0) for code, value in read.items()):
        return True
    if role != "severity":
        return False
    graded = [value for _, value in sorted(read.items())]
    return graded != sorted(graded) or (max(read, default=0.0) <= LAST_GRADE and graded != sorted(read))


def _ask_codes(role: str, header: str, counts: Counter[str], open_words: Words) -> None:
    """Ask about 1 and 2 alone in a column of yes and no."""
    numbers = {text: cells.number(text) for text in counts if not cells.is_missing(text)}
    if set(numbers.values()) != _CODES:
        return
    for text in numbers:
        answer = f'--say "{role}:{shown(text)}=yes" or --say "{role}:{shown(text)}=no"'
        asks = "codes of yes and no, or amounts above none?"
        open_words.ask(Question(header, text, counts[text], asks, answer))
