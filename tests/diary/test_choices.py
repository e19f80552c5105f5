"""Every open question says what may be answered, and each answer that a screen offers is one the reader takes."""

import pytest

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading import choices
from leao.diary.reading.how_to_read import HowToRead, asked

pytestmark = pytest.mark.property
WORD = 'm"é=h, <b>'
HEADS = "Date,Headache,Severity,Pill,Low,Start,Hours,Aura"


def file(row):
    return (HEADS + "\n" + "".join(row(d) + "\n" for d in range(1, 29))).encode()


FILES = {
    "words": file(lambda d: f"2026-03-{d:02d},{'hm' if d % 3 else 'no'},{'meh' if d % 3 else ''},,,,,"),
    "quoted": file(lambda d: f'2026-03-{d:02d},"{WORD.replace(chr(34), chr(34) * 2)}",,,,,,'),
    "both ways": file(lambda d: f"{min(12, 1 + d // 2):02d}/03/2026,{'yes' if d % 3 else 'no'},,,,,,"),
    "two digits": file(lambda d: f"{d:02d}.03.26,yes,,,,,,"),
    "scale": file(lambda d: f"2026-03-{d:02d},yes,{1 + d % 4},,,,,"),
    "times": file(lambda d: f"2026-03-{d:02d},yes,,,,soonish,{30 + d},q"),
    "conflict": file(lambda d: f"2026-03-{d:02d},{'no' if d % 2 else 'yes'},2,,,,,"),
    "unlisted": b"date,headache\n" + b"".join(b"2026-%02d-03,yes\n" % m for m in range(1, 12)),
    "dots": file(lambda d: f"{min(12, 1 + d // 2):02d}.03.26,yes,,,,,,"),
    "no headache": b"Day,Head,Foo\n" + b"".join(b"2026-03-%02d,%d,a\n" % (d, d % 2) for d in range(1, 29)),
    "not read": b"When,Ache?\n" + b"".join(b"2026-03-%02d,%s\n" % (d, (b"oje", b"no")[d % 2]) for d in range(1, 29)),
    "codes": file(lambda d: f"2026-03-{d:02d},{1 + d % 2},,,,,,"),
    "utc": b"start,headache\n" + b"".join(b"2026-03-%02dT23:30:00Z,yes\n" % d for d in range(1, 29)),
    "patients": b"patient,date,headache\n"
    + b"".join(b"p%d,2026-03-%02d,no\n" % (d % 3, 1 + d // 3) for d in range(84)),
    "column": file(lambda d: f"2026-03-{d:02d},yes,,,{'low' if d % 2 else 'high'},,,"),
}


def chosen(options):
    given = {}
    for option, value in options:
        if option in ("say", "column", "ignore", "only"):
            given[option] = [*given.get(option, []), value]
        else:
            given[option] = value
    return given


@pytest.mark.parametrize("name", FILES)
def test_what_is_offered_is_taken(name):
    result = reading.read("a.csv", FILES[name])
    for question in result.questions:
        answers = choices.of(question, result.columns, result.header)
        assert answers.choices or answers.other, question
        taken = []
        for choice in answers.choices:
            try:
                again = reading.read("a.csv", FILES[name], asked(HowToRead(**chosen(choice.options))))
            except ScenarioError:  # dates 25 years apart: a line, and another answer is given
                taken.append(False)
                continue
            still = [(each.column, each.word, each.asks) for each in again.questions]
            taken.append((question.column, question.word, question.asks) not in still)
        assert all(taken) or (answers.choices[0].options[0][0] == "dates" and any(taken)), (question, taken)


def test_do_not_know_is_an_answer_and_never_free():
    result = reading.read("a.csv", FILES["words"])
    question = next(each for each in result.questions if each.word == "hm")
    unknown = next(each for each in choices.of(question, result.columns).choices if each.means == choices.UNKNOWN)
    severity = next(each for each in result.questions if each.word == "meh")
    mild = next(each for each in choices.of(severity, result.columns).choices if each.means == "mild")
    how = asked(HowToRead(**chosen([*unknown.options, *mild.options])))
    again = reading.read("a.csv", FILES["words"], how)
    assert not any(each.word == "hm" for each in again.questions)
    unsure = [d - 1 for d in range(1, 29) if d % 3]
    assert again.diary is None or not (again.diary.headache[unsure] == 0).any()


def test_first_rows_and_the_telling_date():
    result = reading.read("a.csv", FILES["both ways"])
    assert result.header == HEADS.split(",")
    assert len(result.first_rows) == 6
    text, day = result.first_date
    assert str(day.year) == "2026"
    assert text.split("/")[0] != text.split("/")[1]


def pressed(content, pick, how=None, most=8):
    """Press the first button that ``pick`` wants, question after question; return what the diary then says."""
    how = how or {"say": [], "column": [], "ignore": [], "only": []}
    for _ in range(most):
        result = reading.read("a.csv", content, asked(HowToRead(**how)))
        if not result.questions:
            return result
        question = result.questions[0]
        offered = choices.of(question, result.columns, result.header).choices
        choice = next(each for wanted in pick for each in offered if each.means == wanted)
        for option, value in choice.options:
            how = how | {option: [*how[option], value] if option in ("say", "column", "ignore", "only") else value}
    raise AssertionError(how)


@pytest.mark.parametrize("order", ["day-first", "month-first"])
def test_the_order_of_dates_with_dots_is_taken_as_it_is_said(order):
    result = pressed(FILES["dots"], [order, "missing"])
    assert result.diary is not None
    days = sorted(result.diary.name(k) for k in range(result.diary.headache.size) if result.diary.headache[k] == 1)
    assert len(days) == 12
    assert {day[8:] for day in days} == {"03"} if order == "month-first" else {day[:7] for day in days} == {"2026-03"}


def test_an_order_that_does_not_fit_asks_again_with_those_that_do():
    content = file(lambda d: f"{d:02d}.03.26,yes,,,,,,")
    result = reading.read("a.csv", content, asked(HowToRead(dates="month-first")))
    (question,) = result.questions
    assert (question.word, question.times) == ("13.03.26", 16)
    assert "day-first" in [each.means for each in choices.of(question, result.columns, result.header).choices]
    assert pressed(content, ["day-first"]).diary.headache.sum() == 28


def test_codes_patients_and_columns_reach_what_is_meant_by_buttons():
    assert pressed(FILES["codes"], ["1: headache; 2: free"]).diary.headache.sum() == 14
    assert pressed(FILES["codes"], ["1: free; 2: headache"]).diary.headache.sum() == 14
    assert pressed(FILES["patients"], ["p2"]).diary.headache.size == 28
    assert pressed(FILES["no headache"], ["= headache: Head"]).diary.headache.sum() == 14
    assert pressed(FILES["not read"], ["= headache", "headache"]).diary.headache.sum() == 14
    assert pressed(FILES["utc"], ["Europe/Berlin", "missing"]).diary.headache.sum() == 28
