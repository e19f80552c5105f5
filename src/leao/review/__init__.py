"""Review: a real diary in, an honest answer out. ``leao.review(path, doses=...)`` calls this room as a function.

    found = leao.review("diary.csv", doses={"2026-03-02": "10 mg daily", "2026-04-13": "20 mg daily"})
    found.summary["p_better"], found.summary["change_percent"]   # the keys of ``leao review --json``

The room and the public function share a name, so the module itself can be called (Python data model, customising
module attribute access).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leao.diary.reading import Mapping as Options
    from leao.review.answer import Review


class Room(ModuleType):
    """The module, as a function."""

    def __call__(
        self,
        path: str | Path,
        doses: str | Mapping[str, str] | None = None,
        *,
        start: str | None = None,
        creatinine_clearance: float | None = None,
        map: str | Path | Options | None = None,  # noqa: A002
    ) -> Review:
        """Return the review of the diary in ``path``; its ``summary`` has the keys of ``leao review --json``.

        Args:
            path: the diary's file.
            doses: a prescription with ``start``, or prescriptions by the day from which they hold; "0 mg" stops.
            start: the first day of a single prescription.
            creatinine_clearance: mL/min; None where it is not known.
            map: a mapping file for another layout (docs/review-mapping.md), or ``leao.diary.reading.Mapping``.

        Raises:
            ScenarioError: the file is no diary, or a dose or a date is not understood; ``OpenQuestions`` where a word
                that counts is not understood (its ``open`` says which, how often and what to say).
        """
        from leao.diary import reading
        from leao.diary.reading import mapping
        from leao.diary.reading.doses import of_doses
        from leao.review import answer

        how = map if map is None or isinstance(map, reading.Mapping) else mapping.read(Path(map))
        diary = reading.read_file(Path(path), how)
        return answer.of(diary, of_doses(doses, start), creatinine_clearance)


sys.modules[__name__].__class__ = Room
