"""Reviews, plans, questions and refusals are said in every language of the screens; users' own words stay theirs."""

import html
import re
import time
from typing import Any

import pytest

from leao.app import asked, cases, language, translated
from leao.app.calls import diary, plan
from leao.core.errors import LeaoError

pytestmark = pytest.mark.property
OTHERS = [lang for lang in language.LANGUAGES if lang != language.DEFAULT]
ENGLISH = re.compile(r"\b(the|of|and|with|not|are|than|without|from|days|day|which|what|where|to|or|is|by)\b")
WORDS = "my <i>head</i> & no date, the worst of days"
PLANS = [
    {"dose": "10 mg daily"},
    {"dose": "40 mg daily", "age": "71", "sex": "female", "weight": "62", "serum_creatinine": "160 umol/L"},
    {
        "dose": "5 mg daily for 1 week, then 20 mg daily", "age": "30", "sex": "female", "weight": "60 kg",
        "creatinine_clearance": "40 mL/min", "pregnant": "no", "breast_feeding": "no", "hepatic": "moderate",
        "urine_ph": "7.4", "adherence": "80 %",
        "taking": "topiramate, valproate, metformin, levodopa, baclofen, warfarin, phenytoin, foobar, phenobarbital",
        "history": "epilepsy, depression, kidney stones, heart failure, high blood pressure, vegetarian, missed days",
    },
    {"dose": "10 mg daily", "pregnant": "yes"},
    {"dose": "10 mg daily", "creatinine_clearance": "3 mL/min", "hepatic": "severe", "taking": "memantine, ketamine"},
    {"dose": "7 mg daily", "history": "allergy to memantine", "age": "16"},
    {"preset": "us_label", "history": "none", "taking": "none", "hepatic": "none", "urine_ph": "6"},
]  # fmt: skip
REFUSED = [
    {"dose": "10 mg daily", "weight": "150"},
    {"dose": "10 mg daily", "weight": "abc"},
    {"dose": "10 mg daily", "serum_creatinine": "1.1"},
    {"dose": "10 mg daily", "age": "130"},
    {"dose": "10 mg daily", "history": "no epilepsy"},
    {"dose": "ten"},
    {"dose": "10 mg"},
]


def english(markup, lang, untranslated=()):
    """Return what of a page is still English, but for what is marked as somebody's own or as a title."""
    left, looked_up = [], translated._of

    def spy(part, spoken):
        said = looked_up(part, spoken)
        rest = said
        for words in untranslated:
            rest = rest.replace(words, "")
        if ENGLISH.search(rest):
            left.append(said)
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translated, "_of", spy)
        translated.page(markup, lang)
    return left


def answered(call, body, files) -> Any:
    return call(body.model_dump(), files, lambda *_: None)


@pytest.fixture(scope="module")
def reviews():
    entry = cases.shelf()["overuse"]
    held = {"file": ("overuse.csv", cases.diary("overuse"))}
    start, dose = entry["doses"][0]
    rows = "".join(f"2026-01-{d:02d},{'yes' if d % 3 else 'no'},{WORDS if d == 4 else ''}\n" for d in range(1, 29))
    diary_file = {"file": ("own.csv", f"date,headache,note\n{rows.replace(WORDS, chr(34) + WORDS + chr(34))}".encode())}
    return [
        answered(diary.review, asked.Review(file="f", start=start, dose=dose), held),
        answered(diary.review, asked.Review(file="f"), diary_file),
    ]


@pytest.mark.parametrize("lang", OTHERS)
def test_no_sentence_of_a_review_stays_english(reviews, lang):
    for answer in reviews:
        assert english(answer["page"], lang) == []
        lines = translated.chart(answer["lines"], lang).splitlines()
        assert [line for line in lines if ENGLISH.search(line.replace(WORDS, ""))] == []


@pytest.mark.parametrize("lang", OTHERS)
def test_a_patients_own_words_stay_as_they_are(reviews, lang):
    page = translated.page(reviews[1]["page"], lang)
    assert html.escape(WORDS, quote=False) in page
    assert WORDS in translated.chart(reviews[1]["lines"], lang).replace("\n  ", " ")
    assert f'<html lang="{lang}">' in page


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("given", PLANS, ids=lambda given: next(iter(given.values())))
def test_no_sentence_of_a_plan_stays_english(given, lang):
    answer = answered(plan.check, asked.Plan(**given), {})
    assert english(answer["page"], lang, [*given.values(), answer["summary"]["asked"]]) == []


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("given", REFUSED, ids=str)
def test_a_refusal_is_said_in_the_language(given, lang):
    with pytest.raises(LeaoError) as refused:
        answered(plan.check, asked.Plan(**given), {})
    line = " ".join(str(refused.value).split())
    said = translated.text(line, lang)
    assert said != line
    assert "found" not in said
    assert "wanted" not in said


@pytest.mark.parametrize("lang", OTHERS)
def test_every_case_and_the_reading_of_it_is_said(lang):
    for name, case in cases.shelf().items():
        texts = [case[key] for key in cases.TOLD]
        assert [line for line in texts if translated.text(line, lang) == line] == [], name
        answer = answered(diary.check, asked.Diary(file="f"), {"file": (f"{name}.csv", cases.diary(name))})
        lines = [*answer["summary"]["understood"], *(q["asks"] for q in answer["shown"]["questions"])]
        assert [line for line in lines if translated.text(line, lang) == line] == [], name


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_nobodys_sentence_is_left_alone_and_takes_no_time(lang):
    start = time.process_time()
    for line in (
        "x: ",
        "a and ",
        "....",
        "; ",
        "found, wanted 1 to 2 ",
        "no date. ",
        "(",
        "day 1 to day 2 ",
        "<b>",
        "",
    ):
        translated.text((line * 400)[:1000], lang)
        translated.page(f"<p>{html.escape(line * 400)}</p>", lang)
    assert time.process_time() - start < 5.0


def test_numbers_and_days_follow_the_language():
    assert translated.text("2026-03-02 to 2026-03-09", "de") == "02.03.2026 bis 09.03.2026"
    assert translated.text("3.4 (2.1 to 5.6)", "es") == "3,4 (2,1 a 5,6)"
    assert translated.text("Mon 5 Jan 2026: headache, 10 mg", "de") == "Mo. 5. Jan. 2026: Kopfschmerz, 10 mg"
    assert translated.page('<p translate="no">no <b>headache</b> 3.5</p><td>3.5</td>', "de") == (
        '<p translate="no">no <b>headache</b> 3.5</p><td>3,5</td>'
    )


def test_every_sentence_has_every_language_and_the_same_places():
    place = re.compile(r"\{\w+\}")
    for said, entry in language.sentences().items():
        for lang in OTHERS:
            assert set(place.findall(entry[lang])) <= set(place.findall(said)), said
    for key, entry in language.table().items():
        assert set(entry) == set(language.LANGUAGES), key


def test_every_screen_of_the_clinic_and_the_shelf_carries_the_plans_block():
    from leao.app import screens
    from leao.report import off_label

    block = off_label.block()
    clinic = [screen for screen in screens.SCREENS if screen.clinic]
    assert {screen.key for screen in clinic} == {"diary", "regimen", "cases"}
    for screen in clinic:
        english = html.unescape(screens.render(screen, "en"))
        for words in (block.status, "Report promptly", block.caution, *block.report):
            assert words in english, screen.key
        for lang in OTHERS:
            spoken = html.unescape(screens.render(screen, lang))
            assert 'class="offlabel"' in spoken
            assert block.status not in spoken
            assert translated.text(block.status, lang) in spoken
            assert [words for words in block.report if words in spoken] == []
