"""Numbers with a decimal point and with a decimal comma in one column of a diary: asked about, never guessed."""

from __future__ import annotations

from leao.core.decimal_marks import WHICH, in_words
from leao.diary.reading.questions import Question
from leao.diary.reading.rows import Reader
from leao.diary.reading.words import shown, typed

NUMBERED = ("severity", "duration", "disability", "dose_taken", "hit6", "midas")


def ask(reader: Reader) -> None:
    """Ask about the cells with the mark that fewer cells of their column have."""
    for role in NUMBERED:
        for k in reader.columns.places.get(role, []):
            counts = {reader.meaning(role, text): text for text in reader.sheet.counts(k)}
            marked = in_words(counts)
            if not (marked["."] and marked[","]):
                continue
            rarer, other = sorted(marked.values(), key=len)
            for meant in rarer:
                text = counts[meant]
                swapped = text.translate(str.maketrans(".,", ",."))
                asks = f"{WHICH} {shown(other[0])} stands in the same column"
                answer = f'--say "{role}:{typed(text)}={swapped}", or another number'
                rows = [row for row, texts in reader.sheet.rows if texts[k] == text]
                reader.open.ask(Question(reader.sheet.header[k], text, len(rows), asks, answer, rows[0]))
