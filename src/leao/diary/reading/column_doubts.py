"""Columns that only their rows give away: rows of several symptoms, the dose of another medicine.

A table in long form has a row a day and symptom; where nothing says headache but a severity, a severe nausea would be
a headache day. A column ``dose`` beside an acute medicine may be the acute medicine's. Each is asked, never guessed.
"""

from __future__ import annotations

from collections import defaultdict

from leao.diary.reading import cells, words
from leao.diary.reading.column_names import medicine_of
from leao.diary.reading.columns import Columns
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown

LONG_SHARE, LONG_DAYS = 0.2, 3  # days with several rows that differ, from which a table may be in long form
MOST_KINDS, OFTEN = 60, 3  # different cells of a column of kinds, and rows of each on average
LISTED = 4


def ask(sheet: Sheet, ours: Columns, mapping: Mapping, open_words: Words) -> None:
    """Ask about columns whose names fit and whose rows do not."""
    if sheet.format != "table":
        return
    for question in (_several_things(sheet, ours, mapping), _dose_of_what(sheet, ours, mapping)):
        if question is not None:
            open_words.ask(question)


def _several_things(sheet: Sheet, ours: Columns, mapping: Mapping) -> Question | None:
    """Return the question of a table whose rows are not all of headache."""
    known = {bare(name) for name in (*mapping.only, *mapping.ignore, *mapping.columns.values())}
    unread = {each["column"] for each in ours.not_read}
    aches = words.group("headache", "headache")
    for k, header in enumerate(sheet.header):
        if bare(header) in known or not (header in unread or k in ours.places.get("symptoms", [])):
            continue
        kinds = sheet.counts(k)
        if all(cells.number(text) is not None for text in kinds):
            continue
        if not 1 < len(kinds) <= MOST_KINDS or sum(kinds.values()) < OFTEN * len(kinds):
            continue
        named = [text for text in kinds if bare(text) in aches]
        others = [text for text in kinds if not any(ache in bare(text) for ache in aches)]
        apart = bool(named and others) and not ours.has("headache")
        if apart or _differs_within_days(sheet, ours, k):
            first = (named or list(kinds))[0]
            listed = ", ".join(shown(text) for text in list(kinds)[:LISTED])
            asks = "rows of several things, and only some may speak of headache: which are to be read?"
            answer = f'--only "{header}={first}", or --ignore "{header}" if every row is a headache or a free day'
            return Question(header, listed, sum(kinds.values()), asks, answer)
    return None


def _differs_within_days(sheet: Sheet, ours: Columns, k: int) -> bool:
    """Return whether many days have several rows that differ in a column."""
    place = ours.places["date"][0]
    seen = defaultdict[str, set[str]](set)
    for _, texts in sheet.rows:
        if texts[k].strip():
            seen[texts[place]].add(bare(texts[k]))
    several = sum(len(kinds) > 1 for kinds in seen.values())
    return several >= LONG_DAYS and several >= LONG_SHARE * len(seen)


def _dose_of_what(sheet: Sheet, ours: Columns, mapping: Mapping) -> Question | None:
    """Return the question of a dose that stands only where an acute medicine stands."""
    places, acute = ours.places.get("dose_taken", []), ours.places.get("acute_medication", [])
    if not places or not acute or "dose_taken" in mapping.columns or medicine_of(sheet.header[places[0]]):
        return None
    free = words.group("cells", "no") | words.group("cells", "missing") | {"", "0"}
    dosed = [texts for _, texts in sheet.rows if bare(texts[places[0]]) not in free]
    beside = [texts for texts in dosed if any(bare(texts[k]) not in free for k in acute)]
    if not dosed or len(beside) < len(dosed) or len(dosed) == len(sheet.rows):
        return None
    header = sheet.header[places[0]]
    asks = (
        f"stands only beside {shown(sheet.header[acute[0]])}: the dose of that medicine, or of the drug that is judged?"
    )
    answer = f'--ignore "{header}" (of that medicine), or --column "dose_taken={header}"'
    return Question(header, shown(dosed[0][places[0]]), len(dosed), asks, answer)
