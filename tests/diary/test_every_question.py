"""Each place in the reader that asks is reached by a file here, and what it asks has a button or a field on the screen.

A new question without such a file fails: the places are those where the source builds a ``Question`` or a ``Doubt``.
"""

import ast
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest
from tests.diary.test_choices import FILES, file
from tests.diary.test_reading_shapes import ASKED

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading import choices, questions
from leao.diary.reading.how_to_read import HowToRead, asked
from leao.diary.reading.rows import MEANINGS

pytestmark = pytest.mark.property
BUILT = ("Question", "Doubt")
MODULES = [
    importlib.import_module(each.name)
    for each in pkgutil.iter_modules(reading.__path__, f"{reading.__name__}.")
    if not each.ispkg
]
SYMPTOMS = ("headache", "nausea")
WHOLE_DAYS = [f"2026-03-{d:02d}" for d in range(1, 29)]
DAYS = list(enumerate(WHOLE_DAYS))


def lines(header, rows):
    return ("\n".join([header, *rows]) + "\n").encode()


MORE = {
    "days of weeks": lines("week,day,headache", (f"{k // 7 + 1},{k % 7 + 1},{k % 3 % 2}" for k in range(84))),
    "days of weeks alone": lines("day,headache", (f"{k % 7 + 1},{k % 3 % 2}" for k in range(84))),
    "tablets": lines("date,headache,memantine", (f"{day},no,{1 + k % 2}" for k, day in DAYS)),
    "several symptoms": lines(
        "date,symptom,severity", (f"{day},{what},{k % 3}" for k, day in enumerate(WHOLE_DAYS) for what in SYMPTOMS)
    ),
    "dose of what": lines(
        "date,headache,medicine,dose",
        (f"{day},{'yes' if k % 3 else 'no'},{'ibuprofen' if k % 3 else ''},{400 if k % 3 else ''}" for k, day in DAYS),
    ),
    "two of one": lines("date,headache,headache today,note", (f"{day},{k % 2},{k % 3 % 2},a" for k, day in DAYS)),
    "a legend of some": lines("date,severity (1=severe - 3=mild)", (f"{day},{1 + k % 3}" for k, day in DAYS)),
    "codes of a symptom": lines("date,headache,nausea", (f"{day},no,{1 + k % 2}" for k, day in DAYS)),
    "both only": lines("date,headache", ("13/02/2026,no", "02/14/2026,yes", "15/02/2026,no", "02/16/2026,no")),
    "near": lines(
        "date,headache", (*(f"{day},no" for day in WHOLE_DAYS), "99 nonsense,yes", "4 march,yes", "14/03/2026,no")
    ),
    "years apart": lines("date,headache", (*(f"{day},no" for day in WHOLE_DAYS), "2091-01-01,yes", "31.12.26,no")),
    "a year short": lines("date,headache", (f"{d} March,no" for d in range(1, 29))),
    "tags": lines("full_date,activities,note", (f"{day},work | head thing | migraineur,x" for day in WHOLE_DAYS)),
    "a long attack": lines("start,end,headache", (f"{day} 08:00,{day} 20:00,yes" for day in WHOLE_DAYS[:9]))
    + (b"2026-03-12 08:00,2026-04-20 09:00,yes\n"),
    "an attack twice": lines("date,headache,duration", (f"{day},yes,4h" for day in [*WHOLE_DAYS, WHOLE_DAYS[3]])),
    "two decimal marks": lines(
        "date;headache;duration", (f"{day};yes;{1 + k % 3}{',' if k else '.'}5 h" for k, day in DAYS)
    ),
    "times in parts of an hour": lines("date,headache,start,end", (f"{day},yes,8.50,14.00" for day in WHOLE_DAYS)),
    "parts of a day": lines("date,headache,duration (h)", (f"{day},yes,0.10416{k % 10}" for k, day in DAYS)),
    "a medicine alone": lines("date,severity,medicine", (f"{day},{2 if k % 2 else ''},sumatriptan" for k, day in DAYS)),
}
HOW = {"wanted otherwise": (file(lambda d: f"{d:02d}.03.26,yes,,,,,,"), {"dates": "month-first"})}


def hint(role):
    return MEANINGS.get(role, '"{word}=..."')


def places():
    """Return every place (module, line) whose code builds a question."""
    wanted = set()
    for module in MODULES:
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT:
                wanted.add((Path(module.__file__).name, node.lineno))
    return wanted


@pytest.fixture(scope="module")
def seen():
    """Read every file; return the places that asked, and each reading."""
    reached, read = set(), {}
    patch = pytest.MonkeyPatch()

    def recording(build):
        def built(*given, **named):
            frame = sys._getframe(1)
            reached.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
            return build(*given, **named)

        return built

    for module in MODULES:
        for name in BUILT:
            build = vars(module).get(name)
            if build is not None and module is not questions:
                patch.setattr(module, name, recording(build))
    for name, content in (FILES | {name: given[0] for name, given in ASKED.items()} | MORE).items():
        content = content if isinstance(content, bytes) else content.encode()
        read[name] = (content, reading.read("a.csv", content))
    for name, (content, how) in HOW.items():
        read[name] = (content, reading.read("a.csv", content, asked(HowToRead(**how))))
    patch.undo()
    return reached, read


def test_every_place_that_asks_is_reached(seen):
    missing = sorted(places() - seen[0])
    assert not missing, missing


def test_every_question_has_a_button_or_a_field(seen):
    for name, (_, result) in seen[1].items():
        for question in result.questions:
            answers = choices.of(question, result.columns, result.header)
            assert answers.choices or answers.other is not None, (name, question)


@pytest.mark.parametrize("role", [None, *MEANINGS])
def test_a_word_of_any_column_has_one(role):
    name = role or "somewhere"
    question = questions.Question(name, "mumble", 1, "wanted something", "--say " + hint(role).format(word="mumble"))
    answers = choices.of(question, {"read_as": {name: [name]}}, [name])
    assert answers.choices or answers.other is not None


@pytest.mark.parametrize("header", ["week,day,headache", "day,headache", "KW,Tag,Kopfschmerz"])
def test_days_of_weeks_become_the_days_they_are(header):
    names = header.split(",")
    kept = [k for k in range(84) if names[0] == "day" or not 14 <= k < 21]  # a week left out, where weeks are numbered
    cells = {k: [str(k // 7 + 1)] * (len(names) - 2) + [str(k % 7 + 1), "yes" if k % 4 == 1 else "no"] for k in kept}
    content = lines(header, (",".join(cells[k]) for k in kept))
    (question,) = reading.read("a.csv", content).questions
    answers = choices.of(question, {}, names)
    assert answers.other == "date:first of weeks="
    said = asked(HowToRead(say=[f"{answers.other}2026-01-05"], ignore=names[:-2], unlisted="missing"))
    diary = reading.read("a.csv", content, said).diary
    assert diary is not None
    assert diary.name(0) == "2026-01-05"
    assert diary.headache.size == 84
    wanted = [int(k % 4 == 1) if k in kept else -1 for k in range(84)]
    assert diary.headache.tolist() == wanted


def test_days_of_weeks_that_are_none_stop_in_one_line():
    content = lines("date,headache", (f"{day},no" for day in WHOLE_DAYS))
    with pytest.raises(ScenarioError, match="no day of a week") as stopped:
        reading.read("a.csv", content, asked(HowToRead(say=["date:first of weeks=2026-01-05"])))
    assert "\n" not in str(stopped.value)
    weeks = lines("week,day,headache", (f"{12 - k // 7},{k % 7 + 1},no" for k in range(84)))
    with pytest.raises(ScenarioError, match="before the first row"):
        reading.read("a.csv", weeks, asked(HowToRead(say=["date:first of weeks=2026-01-05"], ignore=["week"])))
