"""The written diary says what happened, reads back as a file, and keeps its bounds whatever is asked."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.random import Streams
from leao.diary import counting, disability, frames, patient_traits, process, rows, symptoms
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.property

DAYS = 56


def one_diary(seed, rate=-0.7, options=None):
    """One person's diary: days, columns."""
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(seed, "rows")
    uniforms = streams.uniforms("people", range(1), range(1), patient_traits.LUCK)
    people = patient_traits.draw(params, rate, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, 1, DAYS)), people, np.zeros((1, 1)), DAYS)
    options = options or DiaryOptions(aura="mixed")
    days = {name: value[0, 0] for name, value in process.run(params, upstream, options).items()}
    episodes = process.episodes(params, upstream, options)
    beside = symptoms.of_episodes(symptoms.numbers(), episodes, people, aura=True)
    lost = disability.disability(
        symptoms.numbers(), symptoms.keys(people), days["headache"][None], days["severity"][None]
    )
    return days, rows.written(days, episodes, np.full(DAYS, 10.0), rows.Around(beside, lost[0]))


def hours(text):
    """Read a clock time, or hours since midnight."""
    whole, _, rest = text.partition(":")
    return int(whole) + int(rest) / 60 if rest else float(text)


@given(st.integers(0, 10_000), st.floats(-4.0, 1.5))
@settings(max_examples=25, deadline=None)
def test_written_days_are_consistent(seed, rate):
    days, page = one_diary(seed, rate)
    assert tuple(page) == rows.COLUMNS
    assert {len(column) for column in page.values()} == {DAYS}
    for day in range(DAYS):
        line = {name: page[name][day] for name in rows.COLUMNS}
        if line["missing"]:
            assert all(value is None for name, value in line.items() if name not in ("day", "date", "missing"))
            continue
        assert line["headache"] == bool(days["headache"][day])
        assert (line["severity"] > 0) == line["headache"]
        assert line["missed_work"] == (line["disability"] == 3)
        assert (line["acute_medication"] in symptoms.CLASSES) or line["acute_medication"] in ("no", "yes")
        if not line["headache"]:
            silent = ("aura", "nausea", "photophobia", "phonophobia", "missed_work")
            assert not any(line[name] for name in silent)
            assert line["start"] is None
        if line["acute_time"] is not None:
            assert 0.0 <= line["acute_time"] < 24.0
        if line["start"] is not None:
            assert 0.0 <= line["start"] < 24.0
            assert line["end"] >= line["start"]


def test_the_last_seconds_of_a_day_are_that_day():
    _, page = one_diary(2399, 1.5)  # a headache begins 14 seconds before midnight
    assert page["start"][14] == 23.99


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_file_holds_the_written_days_under_the_reviews_names(seed):
    _, page = one_diary(seed)
    table = list(csv.DictReader(io.StringIO(rows.diary_csv(page))))
    assert len(table) == page["missing"].count(False)
    assert not table or tuple(table[0]) == rows.REVIEW
    kept = [day for day in range(DAYS) if not page["missing"][day]]
    for line, day in zip(table, kept, strict=True):
        assert line["date"] == page["date"][day]
        assert (line["headache"] == "yes") == page["headache"][day]
        if line["start"]:
            begun, ended = (hours(line[name]) for name in ("start", "end"))
            assert 0.0 <= begun < 24.0
            assert begun <= ended <= 96.0
            assert begun == pytest.approx(page["start"][day], abs=1 / 59)
            assert ended == pytest.approx(page["end"][day], abs=1 / 59)


def test_the_rules_read_the_written_diary_as_the_kernel_does():
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(3, "rules")
    uniforms = streams.uniforms("people", range(1), range(300), patient_traits.LUCK)
    people = patient_traits.draw(params, -1.0, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, 300, DAYS)), people, np.zeros((1, 300)), DAYS)
    whole = DiaryOptions(missing_entries=False)
    days = {name: value[0] for name, value in process.run(params, upstream, whole).items()}
    episodes = process.episodes(params, upstream, whole)
    E = process.EPISODE
    for person in range(0, 300, 10):
        migraines = episodes[(episodes[:, E.PERSON] == person) & (episodes[:, E.MIGRAINE] == 1)]
        begins = counting.attack_begins(migraines[:, E.START], migraines[:, E.END], counting.standard().attack_gap)
        counted = migraines[begins & (migraines[:, E.START] < 24.0 * DAYS), E.START]
        # the first attack of the diary may have begun, or been preceded, before it opened
        assert abs(int(days["attacks_free_gap"][person].sum()) - counted.size) <= 1
        by_day = counting.attack_begins_on_day(days["migraine"][person].astype(bool), 1).sum()
        assert by_day <= days["migraine"][person].sum()


@given(st.lists(st.booleans(), min_size=28, max_size=140), st.integers(1, 3), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_attacks_by_days_part_at_free_days(flags, free, seed):
    migraine = np.array(flags)
    begins = counting.attack_begins_on_day(migraine, free)
    assert np.all(migraine[begins])
    assert begins.any() == migraine.any()
    for day in np.flatnonzero(begins):
        assert not migraine[max(day - free, 0) : day].any()
    more = counting.attack_begins_on_day(migraine, free + 1)
    assert more.sum() <= begins.sum()
    missing = np.random.default_rng(seed).random(migraine.size) < 0.2
    assert np.all(counting.imputed(migraine, missing) >= (migraine & ~missing))


@given(st.integers(0, 10_000), st.floats(0.0, 28.0), st.floats(0.0, 28.0))
@settings(max_examples=40, deadline=None)
def test_scores_stay_in_their_range(seed, days, baseline):
    who = symptoms.Keys(np.array([[seed, 1]], dtype=np.uint32), np.array([7], dtype=np.uint32))
    score = disability.hit6(symptoms.numbers(), who, np.array([days]), np.array([baseline]), window=0)
    assert 36 <= score[0] <= 78
    pain = np.full((1, 84), 2)
    lost = disability.midas(symptoms.numbers(), who, (np.arange(84) < 3 * days)[None], pain, window=0)
    assert lost[0] >= 0
    assert 1 <= disability.grade(lost)[0] <= 4
    assert days > 0 or lost[0] == 0


@pytest.mark.parametrize("name", frames.NAMES)
def test_every_frame_is_a_ledger_the_diary_takes(name):
    params = ledger.params(ledger.read("diary"), DiaryNumbers)
    frame = frames.read(name)
    applied = frames.applied(params, frame)
    assert applied.log_rate_spread == frame.log_rate_spread
    assert applied.drift_time == params.drift_time


def test_an_unknown_frame_names_the_nearest():
    with pytest.raises(LedgerError, match="did you mean 'leiden'"):
        frames.read("leidn")


@given(st.integers(0, 10_000), st.floats(-3.0, 1.5))
@settings(max_examples=20, deadline=None)
def test_the_file_reads_back_as_the_days_that_were_written(seed, rate):
    from leao.diary import reading

    _, page = one_diary(seed, rate)
    kept = [day for day in range(DAYS) if not page["missing"][day]]
    if not kept:
        return
    result = reading.read("simulated.csv", rows.diary_csv(page).encode(), reading.Mapping(unlisted="missing"))
    assert result.open == []
    diary = result.whole()
    for day in kept:
        place = day - kept[0]
        assert diary.headache[place] == int(page["headache"][day])
        assert diary.taken_mg[place] == page["dose_taken"][day]
        if page["headache"][day]:
            assert diary.severity is not None
            assert diary.severity[place] == page["severity"][day]
    named = {page["acute_medication"][day] for day in kept} & set(symptoms.CLASSES)
    assert diary.acute is not None
    assert named <= set(diary.acute), "each class is read back as itself"
