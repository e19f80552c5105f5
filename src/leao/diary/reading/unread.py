"""Columns whose names are not known: by their cells, whether they may count, hold notes, or can be named and left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from leao.diary.reading import cells, dates, lengths, notes, words
from leao.diary.reading.words import bare
from leao.dosing import medicines

MOST_VALUES = 200  # different cells by which an unknown column is judged
AMBIGUOUS = frozenset(
    [
        "low",
        "medium",
        "high",
        "middle",
        "light",
        "strong",
        "bad",
        "baja",
        "bajo",
        "alta",
        "alto",
        "media",
        "medio",
        "basso",
        "bassa",
    ]
)
_DOSE = re.compile(r"[\d\s.,/x+½¼¾×-]*[\d½¼¾][\d\s.,/x+½¼¾×-]*mg", re.I)
_CLOCK = r"(?:[01]?\d|2[0-4])[:h]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?"
PROSE_WORDS = 4  # words in the longest cell from which an unknown column of text is a note


def reads(counts: Counter[str], parse: Callable[[str], Any]) -> bool:
    """Return whether every cell of a column reads as something, one of them as more than nothing."""
    meaning = 0
    for text in counts:
        try:
            meaning += parse(text) is not None
        except cells.Unread:
            return False
    return meaning > 0


def are_dates(counts: Counter[str], today: date) -> bool:
    """Return whether every cell of a column reads as a date, in one of the orders of day, month and year."""
    if not counts:
        return False
    for order in dates.WRITTEN_ORDERS:
        if all(dates.as_date(text, order, today, two_digits=True) for text in counts):
            return True
    return False


def are_clocks(counts: Counter[str]) -> bool:
    """Return whether every cell of a column is a time of day such as 08:30."""
    return bool(counts) and all(re.fullmatch(_CLOCK, text.strip()) for text in counts)


def likely(counts: Counter[str], taken: dict[str, list[int]], today: date) -> str | None:
    """Return which of our columns a column resembles by its cells; ``taken`` are those that the file has."""
    parsers: dict[str, Callable[[str], Any]] = {
        "headache": lambda text: cells.headache(text) if cells.number(text) is None else None,
        "severity": cells.severity,
        "duration": lambda text: cells.length(text, None),
    }
    if are_dates(counts, today):
        return "date"
    resembled = [role for role, parse in parsers.items() if not taken.get(role) and reads(counts, parse)]
    if resembled:
        return resembled[0]
    return "acute_medication" if any(cells.number(text) is None and cells_speak(text) for text in counts) else None


def may_count(header: str, counts: Counter[str], today: date) -> str | None:
    """Return why a column that nothing reads may change what is counted, or None."""
    stem = words.trade_word(header)
    if stem is not None:
        return f"a column whose name holds {stem!r} is not read"
    if are_dates(counts, today):
        return "a column of dates is not read"
    if not are_clocks(counts) and all(lengths.has_unit(text) for text in counts):
        return "a column of lengths of time is not read"
    if all(_DOSE.fullmatch(text.strip()) for text in counts):
        return "a column of doses is not read"
    if any(map(_speaks, list(counts)[:MOST_VALUES])):
        return "a column whose cells name headaches, severities or medicines is not read"
    if words.selects(header) and reads(counts, cells.flag):
        return "a column by which rows may be chosen is not read (--only column=value reads some rows)"
    return None


def cells_speak(text: str) -> bool:
    """Return whether a cell names a medicine."""
    return len(text) <= medicines.LONGEST and medicines.find(text) is not None


def _speaks(text: str) -> bool:
    """Return whether a cell names a kind of headache, a severity or an acute medicine."""
    word = bare(text)
    if not word or cells.number(text) is not None or word in words.group("cells", "no"):
        return False
    if word in words.group("headache", "headache") or word in words.group("headache", "free"):
        return True
    if cells.severity_word(word) is not None and word not in AMBIGUOUS:
        return True
    medicine = medicines.find(text) if len(text) <= medicines.LONGEST else None
    return medicine is not None and medicine.acute_class is not None


def is_prose(counts: Counter[str]) -> bool:
    """Return whether a column holds sentences, as a note does, or a word of the list that sorts notes."""
    if any(notes.words_in(text) for text in list(counts)[:MOST_VALUES]):
        return True
    return len(counts) > 0.5 * sum(counts.values()) and max(len(text.split()) for text in counts) >= PROSE_WORDS
