"""Tables whose rows or names mislead: long form, two rows of names, the dose of another medicine, days of weeks.

Four weeks from Monday 5 January 2026, headache on seven days; each table is read as it is meant, or asked about.
"""

from datetime import date, timedelta

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading.mapping import Mapping, completed

pytestmark = pytest.mark.worlds

DAYS = [date(2026, 1, 5) + timedelta(k) for k in range(28)]
ACHES = {k: 1 + turn % 3 for turn, k in enumerate(range(1, 28, 4))}
WORDS = ["None", "Mild", "Moderate", "Severe"]
ILL = range(3, 28, 4)  # days of a severe nausea, none of them a day of headache


def read(content, only=None, column=(), **how):
    mapping = completed(Mapping(today=date(2026, 11, 26), only=only or {}, **how), [], list(column), [])
    return reading.read("diary.csv", content.encode(), mapping)


def long(header, ache, other, values):
    lines = [header]
    for k, day in enumerate(DAYS):
        lines.append(f"{day},{ache},{values[ACHES.get(k, 0)]}")
        lines += [f"{day},{other},{values[3]}"] if k in ILL else []
    return "\n".join(lines) + "\n"


LONG = {
    "words": long("Date,Symptom,Severity", "Headache", "Nausea", WORDS),
    "numbers": long("Date,Symptom,Value", "Headache", "Nausea", range(4)),
    "German": long("Datum,Symptom,Wert", "Kopfschmerzen", "Übelkeit", range(4)),
    "French": long("Date,Symptôme,Intensité", "Maux de tête", "Nausées", range(4)),
    "parts of the body": long("Date,Body part,Pain level", "Head", "Knee", range(4)),
    "complaints": long("Date,Complaint,Severity", "Head", "Back pain", range(4)),
}


@pytest.mark.parametrize("name", LONG)
def test_rows_of_several_symptoms_are_asked_about_and_then_read(name):
    content = LONG[name]
    header, first = content.splitlines()[0].split(",")[1], content.splitlines()[1].split(",")[1]
    asked = read(content)
    assert asked.diary is None
    assert any(f'--only "{header}={first}"' in question.answer for question in asked.questions)
    value = content.splitlines()[0].split(",")[2]
    answered = read(content, {header: first}, [f"severity={value}"])
    assert int((answered.diary.headache == 1).sum()) == len(ACHES)
    assert [int((answered.diary.severity == level).sum()) for level in (1, 2, 3)] == [3, 2, 2]


def test_the_value_of_another_symptom_is_no_headache_even_where_its_column_is_named():
    for role in ("headache", "severity"):
        assert read(LONG["numbers"], column=[f"{role}=Value"]).diary is None


def test_an_attack_list_with_a_column_of_places_is_no_long_form():
    lines = ["date,start,duration,severity,place"]
    lines += [f"{DAYS[k]},08:00,4h,{level},{('left', 'right')[k % 2]}" for k, level in ACHES.items()]
    diary = read("\n".join(lines), unlisted="free").diary
    assert int((diary.headache == 1).sum()) == len(ACHES)


def beside(header, medicine, dose, everywhere=""):
    lines = [header]
    for k, day in enumerate(DAYS):
        ache = k in ACHES
        said = dose if ache else everywhere
        lines.append(f"{day},{'yes' if ache else 'no'},{medicine if ache else ''},{said}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("header", ["date,headache,medicine,dose", "Datum,Kopfschmerz,Akutmedikament,Dosis"])
def test_a_dose_beside_the_acute_medicine_alone_is_asked_about(header):
    content = beside(header, "sumatriptan", "50 mg")
    asked = read(content)
    assert [question.column for question in asked.questions] == [header.split(",")[3]]
    name = header.split(",")[3]
    of_that = completed(Mapping(today=date(2026, 11, 26)), [], [], [name])
    diary = reading.read("diary.csv", content.encode(), of_that).diary
    assert not (diary.taken == 1).any()
    assert int(diary.acute["triptan"].sum()) == len(ACHES)
    assert int((read(content, column=[f"dose_taken={name}"]).diary.taken == 1).sum()) == len(ACHES)


def test_a_dose_on_every_day_is_the_drugs():
    diary = read(beside("date,headache,medicine,dose", "sumatriptan", "10 mg", "10 mg")).diary
    assert set(np.unique(diary.taken_mg)) == {10.0}


def test_a_column_of_doses_with_an_unknown_name_is_asked_about():
    asked = read(beside("date,headache,medicine,Einnahme", "", "5-0-5 mg", "5-0-5 mg"))
    assert [question.column for question in asked.questions] == ["Einnahme"]


@pytest.mark.parametrize(
    "header",
    [",Headache,,Medicine,\nDate,present,severity,name,dose", "Date,Headache,Headache,Medication,\n,AM,PM,,",
     "Date,Morning,,Evening,\n,Headache,Severity,Headache,Severity"],
)  # fmt: skip
def test_two_rows_of_names_stop_in_one_line(header):
    lines = [header, *(f"{day},{'yes' if k in ACHES else 'no'},1,," for k, day in enumerate(DAYS))]
    with pytest.raises(ScenarioError) as stopped:
        read("\n".join(lines))
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("header", ["week,day,headache", "day,headache"])
def test_days_of_weeks_are_no_day_numbers(header):
    lines = [header]
    for k in range(84):
        cells = {"week": k // 7 + 1, "day": k % 7 + 1, "headache": "yes" if k % 4 == 1 else "no"}
        lines.append(",".join(str(cells[name]) for name in header.split(",")))
    asked = read("\n".join(lines))
    assert asked.diary is None
    assert "days of weeks" in asked.questions[0].asks


@pytest.mark.parametrize("cell", ["1 Tablette", "media pastilla", "un demi-comprimé", "mezza compressa",
                                  "10 mg à noite", "zehn mg", "1-0-1", "1/2"])  # fmt: skip
def test_a_dose_in_words_is_asked_about_never_taken_for_ten(cell):
    lines = ["date;headache;memantine", *(f"{day};no;{cell if k > 13 else ''}" for k, day in enumerate(DAYS))]
    asked = read("\n".join(lines))
    assert [(question.column, question.word) for question in asked.questions] == [("memantine", cell)]
