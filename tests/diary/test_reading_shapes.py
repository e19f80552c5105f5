"""Diaries in many shapes, one made-up patient: the counts known by hand, or a question that can be answered.

Eight weeks from Monday 5 January 2026; headache on 15 days, mild, moderate, severe by turns, so 5 of each; ibuprofen on
the moderate days, sumatriptan on the severe ones.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading.mapping import Mapping, completed

pytestmark = pytest.mark.worlds

TODAY = date(2026, 11, 26)
DAYS = [date(2026, 1, 5) + timedelta(k) for k in range(56)]
ACHES = [k for k in range(56) if k % 5 == 1 or k % 11 == 3]
SEVERITY = [0] * 56
for turn, place in enumerate(ACHES):
    SEVERITY[place] = turn % 3 + 1
WORDS = ["none", "mild", "moderate", "severe"]
MEDICINE = ["", "", "ibuprofen", "sumatriptan"]
ACHE = [severity > 0 for severity in SEVERITY]
YES = ["yes" if ache else "no" for ache in ACHE]
WEEKS = [DAYS[first : first + 7] for first in range(0, 56, 7)]


def table(header, cell, separator=",", days=range(56)):
    lines = [header, *(separator.join(str(text) for text in cell(k)) for k in days)]
    return "\n".join(lines) + "\n"


def iso(k):
    return DAYS[k].isoformat()


def german(k):
    return f"{DAYS[k]:%d.%m.%Y}"


def read(content, name="diary.csv", **how):
    say, column, ignore = (how.pop(key, []) for key in ("say", "column", "ignore"))
    content = content if isinstance(content, bytes) else content.encode()
    return reading.read(name, content, completed(Mapping(today=TODAY, **how), say, column, ignore))


def counted(diary):
    acute = diary.acute or {}
    days = np.logical_or.reduce(list(acute.values())) if acute else np.zeros(1)
    severe = None if diary.severity is None else int((diary.severity == 3).sum())
    triptan = int(acute["triptan"].sum()) if "triptan" in acute else 0
    return int((diary.headache == 1).sum()), int(diary.seen.sum()), severe, int(days.sum()), triptan


def calendar(months, cell):
    """Return a calendar with a month a row, empty where the diary has no day."""
    header = ",".join(["Month", *(str(day) for day in range(1, 32))])
    known = {when: k for k, when in enumerate(DAYS)}
    lines = [header]
    for label, month in months:
        days = [date(2026, month, 1) + timedelta(k) for k in range(31)]
        marks = [cell(known[day]) if day in known and day.month == month else "" for day in days]
        lines.append(",".join([label, *(str(mark) for mark in marks)]))
    return "\n".join(lines) + "\n"


MONTHS = [("January 2026", 1), ("February 2026", 2), ("March 2026", 3)]
WEEK = "Mon,Tue,Wed,Thu,Fri,Sat,Sun"
DE, ES, FR = "Mo,Di,Mi,Do,Fr,Sa,So", "lun,mar,mie,jue,vie,sab,dom", "lun,mar,mer,jeu,ven,sam,dim"


def week_table(header, label, cell):
    lines = [header]
    for n, week in enumerate(WEEKS):
        lines.append(",".join([label(week), *(str(cell(7 * n + k)) for k in range(7))]))
    return "\n".join(lines) + "\n"


def merged(month):
    return table("Month,Day,Headache,Severity", lambda k: (month(k), DAYS[k].day, YES[k], SEVERITY[k]))


HTML = "<html><body><table><tr><th>Legende</th></tr><tr><td>x</td></tr></table><table>{}</table></body></html>"
ROWS = "".join(f"<tr><td>{german(k)}</td><td>{'Oui' if ACHE[k] else 'Non'}</td></tr>" for k in range(56))
THREE = {"headache": 15, "seen": 56}
GRADED = THREE | {"severe": 5}
WHOLE = GRADED | {"acute": 10, "triptan": 5}

COUNTED = {
    "german words, decimal commas, weekdays": (
        table("Datum;Wochentag;Stärke (0-10);Medikament", lambda k: (
            german(k), "Montag", ["0", "2,5", "5,0", "8,5"][SEVERITY[k]], MEDICINE[SEVERITY[k]]
        ), ";"), WHOLE, {},
    ),
    "weekdays in the date, French": (
        table("Jour;Mal de tête;Intensité;Médicaments", lambda k: (
            f"lun. {DAYS[k].day} {['', 'janv.', 'févr.', 'mars'][DAYS[k].month]} 2026", "oui" if ACHE[k] else "non",
            ["aucune", "légère", "modérée", "sévère"][SEVERITY[k]], MEDICINE[SEVERITY[k]],
        ), ";"), WHOLE, {},
    ),
    "years of two digits, as said": (
        table("Fecha,Dolor de cabeza", lambda k: (f"{DAYS[k]:%d/%m/%y}", "Sí" if ACHE[k] else "No")),
        THREE, {"dates": "day-first"},
    ),
    "names of months and two digits": (
        table("Date,Headache", lambda k: (f"{DAYS[k]:%d-%b-%y}", YES[k])), THREE, {"dates": "day-first"},
    ),
    "totals and averages below": (
        table("Date,Headache,Severity", lambda k: (iso(k), YES[k], SEVERITY[k])) + "Total,15,\nAverage,0.3,1.2\n",
        GRADED, {},
    ),
    "a header in the third row": (
        "My headaches 2026,,\nDr. Miller,,\n" + table("Day,Attack,Intensity", lambda k: (
            german(k), int(ACHE[k]), SEVERITY[k]
        )), GRADED, {},
    ),
    "marks, free days said": (
        table("Date,Migraine,Triptan", lambda k: (iso(k), "✓" if ACHE[k] else "", "✓" if SEVERITY[k] == 3 else "")),
        THREE | {"acute": 5, "triptan": 5}, {"unlisted": "free"},
    ),
    "out of ten, lengths": (
        table("Date,Pain,Duration", lambda k: (iso(k), f"{[0, 2, 5, 8][SEVERITY[k]]}/10", "3 h" if ACHE[k] else "0 h")),
        GRADED, {},
    ),
    "columns of medicines with counts": (
        table("Date,Headache,Sumatriptan 50 mg,Ibuprofen 400", lambda k: (
            iso(k), YES[k], 2 * (SEVERITY[k] == 3), int(SEVERITY[k] == 2)
        )), THREE | {"acute": 10, "triptan": 5}, {},
    ),
    "remarks beside medicines": (
        table("Datum;Kopfschmerz;Medikament / Menge", lambda k: (
            german(k), "ja" if ACHE[k] else "nein",
            ["none taken", "keine Medikamente", "Ibu600 (half nicht)", "took Imigran 50, later Aspirin"][SEVERITY[k]],
        ), ";"), THREE | {"acute": 10, "triptan": 5}, {},
    ),
    "two rows a day": (
        "".join(table("Date,Time,Headache" if k == 0 else f"{iso(k)},am,no", lambda k: (iso(k), "pm", YES[k]), days=[k])
                for k in range(56)), THREE, {},
    ),
    "times with an offset": (
        table("timestamp,headache", lambda k: (f"{iso(k)}T21:30:00-05:00", str(ACHE[k]).lower())), THREE, {},
    ),
    "seconds since 1970": (
        table("timestamp,headache", lambda k: (
            int(datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()) + 86_400 * k, YES[k]
        )), THREE, {"utc": "Europe/Madrid"},
    ),
    "an apostrophe before the date": (table("Date,Headache", lambda k: (f"'{iso(k)}", YES[k])), THREE, {}),
    "number and word": (
        table("Date,Pain", lambda k: (iso(k), ["0 (none)", "2 (mild)", "5 - moderate", "9: severe"][SEVERITY[k]])),
        GRADED, {},
    ),
    "other pains beside": (
        table("Date,Neck pain,Back pain,Headache", lambda k: (iso(k), 5, 3, YES[k])), THREE, {},
    ),
    "two tables on a page": (
        HTML.format("<tr><th>Date</th><th>Céphalée</th></tr>" + ROWS), THREE, {"name": "page.html"},
    ),
    "a month a row, severities and totals": (
        calendar(MONTHS, lambda k: SEVERITY[k]), GRADED, {},
    ),
    "a month a row, x and dash, said": (
        calendar(MONTHS, lambda k: "x" if ACHE[k] else "-"), THREE, {"say": ["-=free"]},
    ),
    "a month written once": (
        merged(lambda k: MONTHS[DAYS[k].month - 1][0] if k == 0 or DAYS[k].day == 1 else ""), GRADED, {},
    ),
    "months as numbers, the year above": (
        "Kopfschmerztagebuch 2026,,,\n" + merged(lambda k: DAYS[k].month), GRADED, {},
    ),
    "a week a row": (
        week_table("Week of," + WEEK, lambda week: week[0].isoformat(), lambda k: SEVERITY[k]), GRADED, {},
    ),
    "a week a row, German, Monday tells the order": (
        week_table("Woche vom," + DE, lambda week: f"{week[0]:%d.%m.%y}", lambda k: "ja" if ACHE[k] else "nein"),
        THREE, {},
    ),
    "a week a row, Spanish, ending": (
        week_table("Semana hasta," + ES, lambda week: f"{week[6]:%d/%m/%Y}", lambda k: "sí" if ACHE[k] else "no"),
        THREE, {},
    ),
    "a week a row, weeks of ISO 8601": (
        week_table("KW," + DE, lambda week: f"2026-W{week[0].isocalendar()[1]:02d}", lambda k: SEVERITY[k]), GRADED, {},
    ),
    "a week a row, from Sunday": (
        "Week starting,Sun,Mon,Tue,Wed,Thu,Fri,Sat\n" + "".join(
            ",".join([(date(2026, 1, 4) + timedelta(7 * n)).isoformat(), *(
                str(SEVERITY[k]) if 0 <= (k := 7 * n + day - 1) < 56 else "" for day in range(7)
            )]) + "\n" for n in range(9)
        ), GRADED, {},
    ),
    "a week in three rows": (
        "Semaine du,Quoi," + FR + "\n" + "".join(
            ",".join([f"{week[0]:%d/%m/%Y}" if n == 0 else "", what, *(cell(7 * w + k) for k in range(7))]) + "\n"
            for w, week in enumerate(WEEKS)
            for n, (what, cell) in enumerate((
                ("Mal de tête", lambda k: "oui" if ACHE[k] else "non"),
                ("Intensité", lambda k: str(SEVERITY[k])),
                ("Médicament", lambda k: MEDICINE[SEVERITY[k]]),
            ))
        ), WHOLE, {},
    ),
    "kinds side by side": (
        table("Date,Tension headache,Migraine", lambda k: (
            iso(k), "x" if SEVERITY[k] in (1, 2) else "", "x" if SEVERITY[k] == 3 else ""
        )), THREE, {"unlisted": "free"},
    ),
    "headache in the morning and in the evening": (
        table("Date,Headache AM,Headache PM", lambda k: (iso(k), YES[k] if k % 2 else "no", "no" if k % 2 else YES[k])),
        THREE, {},
    ),
    "pain by the part of the day": (
        table("Datum,Schmerz morgens,Schmerz mittags,Schmerz abends", lambda k: (
            iso(k), SEVERITY[k] if k % 2 else 0, 0, 0 if k % 2 else SEVERITY[k]
        )), GRADED, {},
    ),
    "columns joined as said": (
        table("Date,Morning,Evening", lambda k: (iso(k), SEVERITY[k] if k % 2 else 0, 0 if k % 2 else SEVERITY[k])),
        GRADED, {"column": ["severity=Morning + Evening"]},
    ),
    "days without headache, turned round": (
        table("Date,Headache free", lambda k: (iso(k), "no" if ACHE[k] else "yes")), THREE, {},
    ),
    "a list of dates and medicines": (
        table("Date,Medicine", lambda k: (iso(k), MEDICINE[SEVERITY[k]] or "nothing"), days=ACHES),
        {"headache": 15, "seen": 51, "acute": 10, "triptan": 5}, {"say": ["every row=headache"], "unlisted": "free"},
    ),
    "attacks from date to date": (
        "Start date,End date,Severity\n2026-01-06,2026-01-08,severe\n2026-01-20,2026-01-20,mild\n"
        "2026-02-01,2026-02-02,moderate\n", {"headache": 6, "seen": 28}, {"unlisted": "free"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", COUNTED)
def test_shape_is_counted(shape):
    content, wanted, how = COUNTED[shape]
    result = read(content, **how)
    assert result.diary is not None, [question.line for question in result.questions]
    names = ("headache", "seen", "severe", "acute", "triptan")
    counts = dict(zip(names, counted(result.diary), strict=True))
    assert {name: counts[name] for name in wanted} == wanted, result.understood


ASKED = {
    "codes 1 and 2": (table("Date,Headache", lambda k: (iso(k), 1 if ACHE[k] else 2)), "headache:1=headache"),
    "9 among 0 and 1": (table("Date,Headache", lambda k: (iso(k), 9 if k % 10 == 0 else int(ACHE[k]))), "9=missing"),
    "9 above 0 to 3": (table("Date,Severity", lambda k: (iso(k), 9 if k % 10 == 0 else SEVERITY[k])), "9=missing"),
    "a scale from 1": (table("Date,Pain (1-5)", lambda k: (iso(k), [1, 2, 3, 5][SEVERITY[k]])), "severity:1=none"),
    "day numbers that begin again": (table("Day,Headache", lambda k: (DAYS[k].day, YES[k])), "date:first="),
    "a year that slipped": (
        table("Date,Headache", lambda k: (iso(k) if k != 20 else "2025-01-25", YES[k])), "2025-01-25=2026-01-25"
    ),
    "marks of free days": (table("Datum,Kopfschmerzfrei", lambda k: (iso(k), "" if ACHE[k] else "x")), "--ignore"),
    "free days beside severities": (
        table("Date,Pain-free day,Severity", lambda k: (iso(k), YES[k], SEVERITY[k])), "--ignore"
    ),
    "a list of dates alone": (table("Migraine dates,Comment", lambda k: (iso(k), "ok"), days=ACHES), "every row"),
    "names of months and two digits": (table("Date,Headache", lambda k: (f"{DAYS[k]:%d-%b-%y}", YES[k])), "day-first"),
    "an attack of twenty days": ("Start date,End date,Severity\n2026-01-06,2026-01-26,severe\n", "missing"),
    "parts of the day without a name": (
        table("Date,Morning,Evening", lambda k: (iso(k), SEVERITY[k], 0)), "headache=A + B"
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", ASKED)
def test_shape_is_asked_about_with_its_answer(shape):
    content, answer = ASKED[shape]
    result = read(content)
    assert result.diary is None, counted(result.diary)
    assert any(answer in question.answer for question in result.questions), [each.line for each in result.questions]


def test_days_of_months_are_counted_on_from_the_date_of_the_first_row():
    content, _ = ASKED["day numbers that begin again"]
    whole = read(table("Date,Headache", lambda k: (iso(k), YES[k])))
    counted_on = read(content, say=(f"date:first={iso(0)}",))
    assert counted_on.diary is not None, [each.line for each in counted_on.questions]
    assert counted_on.diary.first == whole.diary.first
    np.testing.assert_array_equal(counted_on.diary.headache, whole.diary.headache)
    assert any("as you said" in line for line in counted_on.understood)
    with pytest.raises(ScenarioError, match="first row"):
        read(content, say=(f"date:first={iso(3)}",))
    with pytest.raises(ScenarioError, match="no day of a month"):
        read(table("Date,Headache", lambda k: (iso(k), YES[k])), say=("date:first=2026-01-05",))


def test_an_end_before_its_start_is_answered_by_its_own_words():
    rows = "".join(f"2026-03-{d:02d} 08:00,2026-03-{d:02d} 20:00,yes\n" for d in range(1, 29) if d != 9)
    content = "Start,End,Headache\n" + rows + "2026-03-09 08:00,2026-02-09 20:00,yes\n"
    result = read(content)
    (question,) = result.questions
    assert (question.column, question.word) == ("End", "2026-02-09 20:00")
    again = read(content, say=("end:2026-02-09 20:00=missing",))
    assert again.diary is not None
    assert again.diary.headache.size == 28


REFUSED = {
    "days side by side": "Date," + ",".join(map(iso, range(56))) + "\nHeadache," + ",".join(YES) + "\n",
    "weeks by a bare number": week_table("Week," + WEEK, lambda week: str(week[0].isocalendar()[1]), lambda k: YES[k]),
    "weeks from another day": week_table(
        "Week of," + WEEK, lambda week: (week[0] + timedelta(1)).isoformat(), lambda k: YES[k]
    ),
    "weeks and a medicine of no day": "Week of,Medication," + WEEK + "\n2026-01-05,Maxalt,1,0,0,0,0,0,0\n",
    "two rows of a week without a name": "Week of,What,"
    + WEEK
    + "\n"
    + "".join(
        f"{week[0].isoformat()},{what},1,0,0,0,{last},0,0\n"
        for week in WEEKS
        for what, last in (("HA", 0), ("Pills", 2))
    ),
    "counts of days by week": "Week ending,Headache days\n2026-01-11,3\n2026-01-18,1\n",
    "months without a year": merged(lambda k: DAYS[k].month),
    "months over the turn of a year": "Winter 2025,,\n"
    + table("Month,Day,Headache", lambda k: (DAYS[k].month + 11 if k < 27 else DAYS[k].month - 1, DAYS[k].day, YES[k])),
    "every row beside a column of headache": None,
}


@pytest.mark.parametrize("shape", REFUSED)
def test_shape_is_refused_with_a_remedy(shape):
    content = REFUSED[shape]
    how = {}
    if content is None:
        content, how = table("Date,Headache", lambda k: (iso(k), YES[k])), {"say": ["every row=headache"]}
    with pytest.raises(ScenarioError, match="write|wanted|leave it out"):
        read(content, **how)


def test_the_year_of_a_folder_is_not_the_diary_s():
    content = merged(lambda k: DAYS[k].month)
    assert counted(read(content, "diary 2026.csv").whole())[:2] == (15, 56)
    with pytest.raises(ScenarioError, match="a month without a year"):
        read(content, "/home/me/2019/diary.csv")


def test_the_lowest_number_of_a_scale_from_one_is_said():
    content = table("Date,Pain (1-10)", lambda k: (iso(k), [1, 3, 6, 9][SEVERITY[k]]))
    assert counted(read(content, say=["severity:1=none"]).whole())[:3] == (15, 56, 5)
    assert counted(read(content, say=["severity:1=mild"]).whole())[0] == 56
    attacks = table("Date,Pain (0-10)", lambda k: (iso(k), SEVERITY[k]), days=ACHES)
    assert counted(read(attacks, unlisted="free").whole())[0] == 15, "a list of attacks alone has no 0"
