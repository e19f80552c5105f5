"""Criteria of ICHD-3 that need months: medication overuse and its headache (8.2), chronic migraine (1.3).

Each is counted in months of 28 days that end with the diary, prorated to the recorded days, and tested over more than
three months where the diary is long enough; where it is not, or where the columns cannot tell, that is said. Criteria
are met by count: a diagnosis is a doctor's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary import counting
from leao.diary.reading import Diary
from leao.review import counts_and_response

SHOWN = 6  # months
MET, NOT_MET, POSSIBLE, NOT_TESTED = "met", "not met", "possible", "not tested"
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class Months(NamedTuple):
    """The months of a diary, the last to end with it; what does not fill a month at its beginning is left."""

    first: int  # first day of the first month
    days: int  # of a month
    missing: Flags  # (day,), from ``first`` on
    headache: Numbers  # (month,), prorated; NaN where nothing was recorded

    def per_month(self, flags: Flags) -> Numbers:
        """Return days per month (month,), prorated, of a flag of the whole diary."""
        return counting.per_month(flags[self.first :], self.missing, float(self.days))


def months(diary: Diary) -> Months:
    """Return the months of a diary."""
    days = int(counting.standard().month)
    first = diary.headache.size % days
    missing = ~diary.seen[first:]
    return Months(first, days, missing, counting.per_month(diary.headache[first:] == 1, missing, float(days)))


def tested(diary: Diary) -> list[dict[str, Any]]:
    """Return every criterion with its status and the months that were counted.

    ``lasting`` tells whether more than three months were tested, and with which result; ``status`` is that of the last
    month for overuse, and of the months together for chronic migraine.
    """
    return [*overuse(diary), chronic(diary)]


def overuse(diary: Diary) -> list[dict[str, Any]]:
    """Return medication overuse by class, classes without a day of intake left out."""
    p = counting.standard()
    if diary.acute is None:
        return [_untested("medication overuse", "the diary says nothing of acute medicine")]
    if diary.headache.size < int(p.month):
        why = f"needs {int(p.month)} days, the diary has {diary.headache.size}"
        return [_untested("medication overuse", why)]
    counted = months(diary)
    taken = {name: days for name, days in diary.acute.items() if name in (*counting.ACUTE_CLASSES, "unknown")}
    tail = {name: days[counted.first :] for name, days in taken.items()}
    unknown = taken.get("unknown", np.zeros(diary.headache.size, dtype=bool))
    criteria = []
    for name, meets in counting.overused(tail, counted.missing, p).items():
        days = np.logical_or.reduce(list(taken.values())) if name == counting.SEVERAL else taken[name]
        if not days.any():
            continue
        limit = counting.overuse_limit(name, p)
        least, most = counted.per_month(days), counted.per_month(days | unknown)
        status = NOT_MET
        if meets[-1]:
            status = MET
        elif most[-1] >= limit and name != counting.SEVERAL:
            status = POSSIBLE
        criteria.append({
            "criterion": "medication overuse", "what": name, "status": status, "limit": limit,
            "lasting": _lasting((counted.headache >= p.chronic_headache_days) & meets, p), "why": None,
            "months": _rows(diary, counted, {"days": least, "at_most": most}),
        })  # fmt: skip
    return criteria


def chronic(diary: Diary) -> dict[str, Any]:
    """Return chronic migraine by count; where migraine days cannot be told, its headache days alone."""
    p = counting.standard()
    if diary.headache.size < int(p.month):
        return _untested("chronic migraine", f"needs {int(p.month)} days, the diary has {diary.headache.size}")
    counted = months(diary)
    migraine = counts_and_response.migraine_days(diary)
    headache = np.nan_to_num(counted.headache)
    if migraine is None:
        meets, days = headache >= p.chronic_headache_days, None
        why = "migraine days cannot be told, headache days are counted"
    else:
        days, why = counted.per_month(migraine), None
        meets = counting.is_chronic_month(headache, np.nan_to_num(days), p)
    lasting = _lasting(meets, p)
    status = POSSIBLE if lasting == MET and migraine is None else lasting
    if status == NOT_TESTED:
        why = f"more than {p.chronic_months:g} months need {_wanted(p)} days, the diary has {diary.headache.size}"
    columns = {} if days is None else {"migraine_days": days}
    return {
        "criterion": "chronic migraine", "what": None, "status": status, "limit": p.chronic_headache_days,
        "lasting": lasting, "why": why, "months": _rows(diary, counted, columns),
    }  # fmt: skip


def _wanted(p: counting.Rules) -> int:
    return int(p.month) * (int(p.chronic_months) + 1)


def _lasting(meets: Flags, p: counting.Rules) -> str:
    """Return whether the last more than three months all meet a criterion, or that there are not so many."""
    if meets.size <= int(p.chronic_months):
        return NOT_TESTED
    return MET if bool(counting.lasts(meets, p)) else NOT_MET


def _rows(diary: Diary, counted: Months, columns: dict[str, Numbers]) -> list[dict[str, Any]]:
    """Return the last months, the oldest first."""
    many = counted.headache.size
    rows = []
    for month in range(max(0, many - SHOWN), many):
        first = counted.first + month * counted.days
        part = slice(first - counted.first, first - counted.first + counted.days)
        values = {"headache_days": counted.headache} | columns
        rows.append({
            "from": diary.name(first),
            "to": diary.name(first + counted.days - 1),
            "recorded_days": int((~counted.missing[part]).sum()),
            **{name: None if np.isnan(each[month]) else float(each[month]) for name, each in values.items()},
        })  # fmt: skip
    return rows


def _untested(criterion: str, why: str) -> dict[str, Any]:
    return {
        "criterion": criterion, "what": None, "status": NOT_TESTED, "limit": None, "lasting": NOT_TESTED, "why": why,
        "months": [],
    }  # fmt: skip
