"""The law of a diary: whatever words stand in a counting column, either the count is right or the run stops."""

import csv
import io
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading import cells, words
from leao.diary.reading.mapping import COLUMNS, Mapping, completed

pytestmark = pytest.mark.property

TODAY = date(2026, 11, 26)
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
COUNTING = ("date", "headache", "severity", "start", "end", "duration", "dose_taken")
GOOD = {
    "date": "2026-01-05", "headache": "yes", "severity": "2", "start": "14:00", "end": "18:00", "duration": "4h",
    "dose_taken": "10 mg",
}  # fmt: skip
SAYS = {
    True: ["yes", "Yes", "SÍ", "oui", "Migräne", "x", "✓", "1", "7", "tension", "mild", "emicrania", "dor de cabeça"],
    False: ["no", "No", "NEIN", "não", "0", "none", "keine", "aucun", "FALSE", "headache-free"],
}
KNOWN = {word for group in ("yes", "no", "missing") for word in words.group("cells", group)}
KNOWN |= {word for group in ("free", "headache") for word in words.group("headache", group)}
KNOWN |= {word for name in cells.GRADES for word in words.group("severity", name)} | {"missing", "ignore"}
TEXT = st.characters(exclude_characters="\0", exclude_categories=("Cs",))
WORD = st.text(st.characters(categories=("L",), max_codepoint=0x24F), min_size=2, max_size=12)


def table(header, rows):
    """Return a table as the bytes of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue().encode()


def days(n, first=date(2026, 1, 5)):
    return [str(first + timedelta(k)) for k in range(n)]


def read(content, **how):
    return reading.read("diary.csv", content, Mapping(today=TODAY, **how))


@QUIET
@given(truth=st.lists(st.booleans(), min_size=20, max_size=40), draw=st.data())
def test_known_words_give_the_truth(truth, draw):
    said = [draw.draw(st.sampled_from(SAYS[ache])) for ache in truth]
    if "x" in said:  # x beside a spoken yes is asked about: it may be a no
        said = ["x" if word in ("yes", "Yes", "SÍ", "oui") else word for word in said]
    result = read(table(["date", "headache"], zip(days(len(truth)), said, strict=True)))
    if not any(truth) or not all(truth):
        assert result.diary is not None, result.questions
        assert result.diary.headache.tolist() == [int(ache) for ache in truth]


@QUIET
@given(word=WORD, column=st.sampled_from(COUNTING), at=st.integers(0, 29), times=st.integers(1, 3))
def test_an_unknown_word_stops_the_run_and_is_named_once(word, column, at, times):
    plain = words.bare(word)
    header = list(COUNTING)
    rows = [[day, *(GOOD[name] if k % 3 == 0 else "" for name in COUNTING[1:])] for k, day in enumerate(days(30))]
    for k, row in enumerate(rows):
        row[1], row[6] = ("yes" if k % 3 == 0 else "no"), "10 mg"
    for k in range(times):
        rows[(at + 3 * k) % 30][header.index(column)] = word
    result = read(table(header, rows))
    if plain in KNOWN or plain in words.group("dose", "taken") | words.group("dose", "missed"):
        return
    assert result.diary is None
    named = [question for question in result.questions if question.word == word]
    assert len(named) == 1
    assert named[0].times == times
    assert f"{word}=" in named[0].answer or "mend" in named[0].answer


@QUIET
@given(word=WORD, meaning=st.booleans(), others=st.lists(st.booleans(), min_size=20, max_size=30))
def test_what_is_said_of_a_word_counts(word, meaning, others):
    if words.bare(word) in KNOWN or not any(others) or all(others):
        return
    said = ["yes" if ache else "no" for ache in others] + [word]
    content = table(["date", "headache"], zip(days(len(said)), said, strict=True))
    mapping = completed(Mapping(today=TODAY), [f"{word}={'headache' if meaning else 'free'}"])
    diary = reading.read("diary.csv", content, mapping).whole()
    assert diary.headache.tolist() == [*map(int, others), int(meaning)]


@QUIET
@given(texts=st.lists(st.text(TEXT, max_size=8), min_size=15, max_size=25))
def test_any_cells_of_headache_are_read_whole_or_not_at_all(texts):
    result = read(table(["date", "headache"], zip(days(len(texts)), texts, strict=True)), unlisted="missing")
    if result.diary is None:
        assert result.open
        return
    for text, day in zip(texts, result.diary.headache, strict=False):
        value = cells.number(text)
        word = words.bare(text)
        if day == 1:
            assert (value is not None and value > 0) or word in KNOWN or any(sign in text for sign in " ,;/+&|()[]-:")
        elif day == 0:
            assert (
                value == 0
                or word in words.group("cells", "no") | words.group("headache", "free")
                or (word in words.group("severity", "none"))
            )


@QUIET
@given(content=st.binary(max_size=400))
def test_any_bytes(content):
    one_line(lambda: read(content))


@QUIET
@given(
    columns=st.lists(st.sampled_from([*COLUMNS, "other", "", "pain", "kind", "activities"]), max_size=8, unique=True),
    rows=st.lists(
        st.lists(st.one_of(st.text(max_size=12), st.sampled_from(list(GOOD.values()))), max_size=9), max_size=12
    ),
    cut=st.sampled_from([",", ";", "\t"]),
)
def test_any_table(columns, rows, cut):
    stream = io.StringIO()
    csv.writer(stream, delimiter=cut).writerows([["date", "headache", *columns], *rows])
    result = one_line(lambda: read(stream.getvalue().encode()))
    if result is not None and result.diary is not None:
        assert set(result.diary.headache.tolist()) <= {-1, 0, 1}
        assert result.diary.seen.size == result.diary.headache.size
    if result is not None and result.diary is None:
        assert all("\n" not in question.line for question in result.questions)


def one_line(work):
    """Return what ``work`` gives, or None where it refuses in one line."""
    try:
        return work()
    except ScenarioError as error:
        assert "\n" not in str(error)
        return None


def test_full_width_digits_are_digits_and_no_other_number_is():
    wide = unicodedata.normalize("NFKC", "０")
    assert wide == "0"
    rows = [[day.replace("2026", "２０２６"), "１" if k % 2 else "０"] for k, day in enumerate(days(20))]
    assert read(table(["date", "headache"], rows)).whole().headache.tolist() == [k % 2 for k in range(20)]
    for word in ("inf", "nan0", "1e3", "1_0", "-1", "9**9", "0x1", "NaN1"):
        rows[4][1] = word
        assert read(table(["date", "headache"], rows)).diary is None, word


def test_messages_are_grouped():
    rows = [[day, "meh" if k % 2 else "so so"] for k, day in enumerate(days(600, date(2024, 1, 1)))]
    result = read(table(["date", "headache"], rows))
    assert [(q.word, q.times) for q in result.questions] == [("so so", 300), ("meh", 300)]
    assert set(result.open[0]) == {"column", "word", "count", "asks", "answer", "row"}
