"""Bearable's export, long form: a row a rating (mood, symptom, medication), to one row a day.

The app exports neither "nothing" nor 0: a day without a headache's row may be free, or not recorded; that is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from leao.diary.reading import cells, words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare

NAMES = {"date", "category", "detail", "rating/amount"}
MEDICINE = {"medication", "medications", "meds/supplements", "medication/supplement", "meds", "medicine", "supplement"}
_DETAIL = re.compile(r"(.*?)\s*(?:\(([^()]*)\))?")


def gathered(sheet: Sheet) -> Sheet:
    """Return a table as it is, or one row a day where it is an export of Bearable."""
    names = {bare(header): k for k, header in enumerate(sheet.header)}
    if not names.keys() >= NAMES:
        return sheet
    date, category, detail, rating = (names[name] for name in ("date", "category", "detail", "rating/amount"))
    note = names.get("notes")
    days: dict[str, _Day] = {}
    passed: Counter[str] = Counter()
    for row, texts in sheet.rows:
        day = days.setdefault(texts[date].strip(), _Day(row))
        if note is not None and texts[note].strip():
            day.notes.append(texts[note].strip())
        kind, named = bare(texts[category]), texts[detail].strip()
        if kind in MEDICINE:
            day.medicines.append(_DETAIL.sub(lambda match: f"{match[1]} {match[2] or ''}", named, count=1).strip())
        elif kind in ("symptom", "symptoms") and day.symptom(named, texts[rating].strip()):
            continue
        else:
            passed[texts[category] + (f": {named}" if kind.startswith("symptom") else "")] += 1
    rows = [(day.row, [when, *day.cells()]) for when, day in days.items()]
    header = ["date", "headache", "severity", "acute_medication", "symptoms", "note"]
    named = ", ".join(f"{kind} ({count})" for kind, count in passed.most_common(12))
    understood = [
        *sheet.understood,
        "Bearable's export, gathered by day",
        f"ratings not read: {named}" if named else "",
    ]
    return sheet._replace(
        header=header, rows=rows, understood=understood, format="bearable", roles=dict(enumerate(header))
    )


class _Day:
    """What one day's rows say."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.aches: list[str] = []
        self.grades: list[str] = []
        self.medicines: list[str] = []
        self.symptoms: list[str] = []
        self.notes: list[str] = []

    def symptom(self, text: str, rating: str) -> bool:
        """Take a symptom such as ``Headache (Mild)``; False where it is none that is counted.

        A headache without a word for its severity keeps its rating as a word, which is asked about.
        """
        match = _DETAIL.fullmatch(text)
        name, grade = (match[1], match[2] or "") if match else (text, "")
        if any(
            bare(name) in words.group("symptoms", kind) for kind in ("nausea", "photophobia", "phonophobia", "aura")
        ):
            self.symptoms.append(name)
            return True
        try:
            ache = cells.headache(name)
        except cells.Unread:
            ache = None
        if ache is None and not words.trade_word(name):
            return False
        self.aches.append(name)
        grade = grade or (f"rating {rating}" if rating else "")
        self.grades.append("severe" if bare(grade) == "unbearable" else grade)
        return True

    def cells(self) -> list[str]:
        """Return headache, severity, medicines, symptoms and notes of the day.

        A symptom whose name belongs to what is counted and is not understood stands in the headache cell as it is
        written, and is asked about there.
        """
        strange = (name for name in self.aches if not _is_ache(name))
        ache = next(chain(strange, self.aches), "")
        ranked = sorted(self.grades, key=lambda grade: cells.severity_word(bare(grade)) or 0.0)
        unread = (grade for grade in self.grades if grade and cells.severity_word(bare(grade)) is None)
        grade = next(chain(unread, reversed(ranked)), "")
        return [ache, grade, "; ".join(self.medicines), ", ".join(self.symptoms), " / ".join(self.notes)]


def _is_ache(name: str) -> bool:
    try:
        return cells.headache(name) is not None
    except cells.Unread:
        return False
