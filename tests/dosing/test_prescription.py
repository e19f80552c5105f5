"""Prescriptions: a regimen as people write it is read as they mean it, or refused in one line."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.core.errors import LeaoError, ScenarioError
from leao.dosing import prescription, schedule
from leao.dosing.dose_words import OtherProduct
from leao.dosing.options import RegimenOptions
from leao.dosing.schedule import Step, planned, words

pytestmark = pytest.mark.property

WEEK = 7
READ = {
    "10 mg daily": [(0, 10, 0)],
    "10 mg/day": [(0, 10, 0)],
    "10 mg PO OD": [(0, 10, 0)],
    "memantine 10 mg tablets once a day": [(0, 10, 0)],
    "10 MG Q.D.": [(0, 10, 0)],
    "0.01 g q24h": [(0, 10, 0)],
    "7,5 mg daily": [(0, 7.5, 0)],
    "10 mg every morning": [(0, 10, 0)],
    "10 mg nightly": [(0, 0, 10)],
    "10 mg qhs": [(0, 0, 10)],
    "10 mg at bedtime": [(0, 0, 10)],
    "10 mg once daily in the evening": [(0, 0, 10)],
    "10 mg q12h": [(0, 10, 10)],
    "10 mg every 12 hours": [(0, 10, 10)],
    "10mg b.i.d.": [(0, 10, 10)],
    "20 mg/day in two divided doses": [(0, 10, 10)],
    "10 mg 1-0-1": [(0, 10, 10)],
    "5-0-10 mg": [(0, 5, 10)],
    "5 mg and 10 mg daily": [(0, 5, 10)],
    "5 mg in the morning and 10 mg at night": [(0, 5, 10)],
    "10 mg at night and 5 mg in the morning": [(0, 5, 10)],
    "5 mg qAM, 10 mg qPM": [(0, 5, 10)],
    "5 mg morning and evening": [(0, 5, 5)],
    "10 mg daily x 7 days": [(0, 10, 0), (7, 0, 0)],
    "10 mg PO q12h x 7 days": [(0, 10, 10), (7, 0, 0)],
    "10 mg daily for one week, nothing for 2 weeks, 10 mg daily": [(0, 10, 0), (7, 0, 0), (21, 10, 0)],
    "5 mg daily x1 week, 10 mg daily x1 week, 20 mg daily thereafter": [(0, 5, 0), (7, 10, 0), (14, 20, 0)],
    "weeks 1-2: 5 mg daily; weeks 3-4: 10 mg daily; week 5+: 10 mg bid": [(0, 5, 0), (14, 10, 0), (28, 10, 10)],
    "5 mg daily, increase by 5 mg weekly to 20 mg daily": [(0, 5, 0), (7, 10, 0), (14, 15, 0), (21, 20, 0)],
    "20 mg daily for 8 weeks, then taper by 10 mg every 2 weeks": [(0, 20, 0), (56, 10, 0), (70, 0, 0)],
}
REFUSED = {
    "20 mg percent daily": "unit 'mg percent'",
    "10 mg 9**9**9 daily": "unit 'mg 9",
    "10 mg": "how often",
    "10 daily": "without a unit",
    "5 mg tid at night": "two things",
    "10 mg three times a week": "not understood|unit",
    "10 mg prn": "set times",
    "10 mg once": "how often",
    "up to 20 mg daily": "what is taken",
    "about 10 mg daily": "what is taken",
    "10 mg iv daily": "by mouth",
    "1,000 mg daily": "comma",
    "10 mg twice daily at night": "two things",
    "10 mg in the morning 5 mg in the evening": "unit 'mg 5 mg'",
    "5 mg and 10 mg twice daily": "not understood",
    "5 mg daily for 1 month, then 10 mg daily": "28 to 31 days",
    "5 mg daily for 99999999999999999999 weeks": "wanted 1 to",
    "5 mg daily from day 99999999999": "wanted 1830 days",
    "5 mg daily, increase by 0.001 mg weekly to 20 mg daily": "larger steps",
    "10 mg daily, increase by 5 mg weekly to 5 mg daily": "wants a lower dose",
    "weeks 3-1: 5 mg daily": "in order",
    "1e400 mg daily": "more than 0 mg",
    "10 mg daily until I feel better": "not understood|unit",
    "10 mg daily unless dizzy": "not understood|unit",
}


@pytest.mark.parametrize("text", READ)
def test_as_people_write_it(text):
    assert prescription.parse(text) == tuple(Step(day, (early, late)) for day, early, late in READ[text])


MANY = {
    "5 mg tid": (5, 5, 5),
    "5 mg q8h": (5, 5, 5),
    "5 mg three times daily": (5, 5, 5),
    "15 mg daily in three divided doses": (5, 5, 5),
    "5 mg q6h": (5, 5, 5, 5),
    "5 mg 1-1-1-1": (5, 5, 5, 5),
    "10-5-10 mg": (10, 5, 10, 0),
    "5 mg in the morning, 5 mg at noon and 10 mg at night": (5, 5, 10, 0),
    "5 mg with breakfast, 5 mg with lunch, 10 mg at bedtime": (5, 5, 10, 0),
    "10 mg at lunch": (0, 10, 0, 0),
}


@pytest.mark.parametrize("text", MANY)
def test_three_intakes_a_day_and_more(text):
    assert prescription.parse(text) == (Step(0, MANY[text]),)


def test_intakes_of_unlike_days_stand_on_one_clock():
    steps = prescription.parse("5 mg tid for 1 day, then 10 mg bid")
    assert planned(steps, 2).tolist() == [[5, 0, 5, 0, 5, 0], [10, 0, 0, 10, 0, 0]]
    assert planned(prescription.parse("5 mg and 10 mg daily"), 1).tolist() == [[5, 10]]
    assert words(steps) == "5 mg 3 times daily, 10 mg twice daily from day 1"
    with pytest.raises(ValueError, match="one or two intakes a day"):
        RegimenOptions(dose="5 mg tid")


@pytest.mark.parametrize("text", REFUSED)
def test_refused_in_one_line(text):
    begun = time.perf_counter()
    with pytest.raises(ScenarioError, match=REFUSED[text]) as caught:
        prescription.parse(text)
    assert "\n" not in str(caught.value)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("text", ["28 mg XR daily", "Namenda XR 28 mg daily", "14 mg extended-release capsules daily"])
def test_extended_release_is_another_product(text):
    with pytest.raises(OtherProduct, match="another product"):
        prescription.parse(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("10 mg every other day", 2),
        ("10 mg on alternate days", 2),
        ("10 mg q48h", 2),
        ("10 mg every 3 days", 3),
        ("10 mg once a week", 7),
    ],
)
def test_an_interval_of_days(text, days):
    steps = prescription.parse(text)
    doses = schedule.planned(steps, 8).sum(axis=1)
    assert np.flatnonzero(doses).tolist() == list(range(0, 8, days))
    assert steps[0].mean_per_day == pytest.approx(10 / days)


AMOUNT = st.sampled_from([2.5, 5.0, 10.0])


@given(
    st.lists(st.tuples(st.integers(1, 4), AMOUNT | st.just(0.0), AMOUNT | st.just(0.0), st.integers(1, 3)), max_size=4),
    AMOUNT,
)
@settings(max_examples=200, deadline=None)
def test_the_words_of_a_schedule_are_read_back(parts, first):
    steps, day = [Step(0, (first, 0.0))], 0
    for weeks, early, late, every in parts:
        day += weeks * WEEK
        steps.append(Step(day, (early, late), every if early or late else 1))
    assert prescription.parse(schedule.words(tuple(steps))) == tuple(steps)


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered_in_one_line(text):
    try:
        prescription.parse(text)
    except LeaoError as error:
        assert str(error).startswith("dose: ")
        assert len(str(error)) < 600
