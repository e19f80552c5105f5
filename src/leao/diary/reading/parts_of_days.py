"""Times and lengths as parts of a day: what a spreadsheet writes where a cell is not formatted as a time."""

from __future__ import annotations

import re

from leao.core.errors import ScenarioError
from leao.diary.reading.questions import Question
from leao.diary.reading.rows import Reader

_PART = re.compile(r"0?[.,]\d{3,}")  # 0.354167 is 8:30; with fewer digits it is hours as likely


def ask(reader: Reader) -> None:
    """Ask whether lengths that are all less than an hour are parts of a day; refuse such times of day.

    Raises:
        ScenarioError: starts or ends below 1 with three decimals and more.
    """
    for role in ("start", "end", "duration"):
        for k in reader.columns.places.get(role, []):
            texts = [text.strip() for text in reader.sheet.counts(k) if reader.meaning(role, text) == text]
            parts = [text for text in texts if _PART.fullmatch(text)]
            if not parts or any(text not in parts and re.search(r"[1-9]", text) for text in texts):
                continue
            row = next(row for row, cells in reader.sheet.rows if cells[k].strip() == parts[0])
            header = reader.sheet.header[k]
            if role != "duration":
                raise ScenarioError(
                    f"{reader.sheet.name}, row {row}: {header} is {parts[0]}: a part of a day, or hours? write times "
                    "such as 08:30 (in the spreadsheet, format the cells as times)"
                )
            if reader.mapping.length is None and reader.columns.unit is not None:
                asks = f"parts of a day, or {reader.columns.unit} as the column's name says?"
                answer = f"--length days or --length {reader.columns.unit}"
                reader.open.ask(Question(header, parts[0], len(parts), asks, answer, row))
