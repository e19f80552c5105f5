"""Random and broken diaries never give a traceback, and every row is a day, an oddity or a refusal."""

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leao.core.errors import ScenarioError
from leao.review import cells, dates, mapping, reading

pytestmark = pytest.mark.property

QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
CELL = st.one_of(
    st.sampled_from(["", "yes", "no", "0", "2", "7", "mild", "08:30", "25:00", "2026-03-02", "3/4/2026", "x", "?"]),
    st.text(max_size=12),
)


def read(path, content, **how):
    path.write_bytes(content)
    try:
        return reading.read(path, mapping.plainly()._replace(**how))
    except ScenarioError as error:
        assert "\n" not in str(error)
        return None


@QUIET
@given(content=st.binary(max_size=400))
def test_any_bytes(tmp_path, content):
    read(tmp_path / "d.csv", content)


@QUIET
@given(
    columns=st.lists(st.sampled_from([*mapping.COLUMNS, "other", ""]), min_size=1, max_size=8, unique=True),
    rows=st.lists(st.lists(CELL, max_size=9), max_size=12),
    cut=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table(tmp_path, columns, rows, cut, encoding):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=cut)
    writer.writerow(["date", "headache", *[name for name in columns if name not in ("date", "headache")]])
    writer.writerows(rows)
    found = read(tmp_path / "d.csv", stream.getvalue().encode(encoding))
    if found is not None:
        assert set(np.unique(found.headache)) <= {-1, 0, 1}
        assert all(set(odd) == {"row", "what"} for odd in found.oddities)


@QUIET
@given(
    truth=st.lists(st.sampled_from(["yes", "no", None]), min_size=2, max_size=40),
    style=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d"]),
    order=st.randoms(use_true_random=False),
)
def test_days_come_back_whatever_their_order(tmp_path, truth, style, order):
    rows = [(date(2026, 1, 20) + timedelta(k), said) for k, said in enumerate(truth)]
    order.shuffle(rows)
    text = "date,headache\n" + "\n".join(f"{day.strftime(style)},{said or ''}" for day, said in rows)
    found = read(tmp_path / "d.csv", text.encode())
    assert found is not None
    assert found.headache.tolist() == [{"yes": 1, "no": 0, None: -1}[said] for said in truth]
    silent = truth.count(None)
    assert sum("missing, not free" in odd["what"] for odd in found.oddities) == silent


@given(day=st.dates(date(1991, 1, 1), date(2099, 12, 31)))
def test_two_readings_are_never_guessed(day):
    text = f"{day.day:02d}/{day.month:02d}/{day.year}"
    same = day.day == day.month
    if day.day > 12 or same:
        assert dates.read([(2, text)]).found[text] == day
    else:
        with pytest.raises(ScenarioError, match="--dates day-first or --dates month-first"):
            dates.read([(2, text)])
    assert dates.read([(2, text)], "day first").found[text] == day


def test_gaps_are_missing_and_never_free(tmp_path):
    text = "date,headache\n2026-01-01,yes\n2026-01-05,no\n"
    found = read(tmp_path / "d.csv", text.encode())
    assert found.headache.tolist() == [1, -1, -1, -1, 0]
    freed = read(tmp_path / "d.csv", text.encode(), unlisted="free")
    assert freed.headache.tolist() == [1, 0, 0, 0, 0]


def test_attacks_over_midnight_and_duplicates(tmp_path):
    text = (
        "date,headache,start,end,severity\n2026-01-01,yes,22:00,07:00,8\n2026-01-03,no,,,\n2026-01-03,yes,,,3\n"
        "2026-01-04,no,,,\n2026-01-05,yes,23:50,00:10,5\n2026-01-06,no,,,\n"
    )
    found = read(tmp_path / "d.csv", text.encode())
    assert found.headache.tolist() == [1, 1, 1, 0, 1, 0]  # the second day belongs to the attack of the first
    assert found.hours[:2] == pytest.approx([2.0, 7.0])
    assert found.severity[[0, 2, 4]].tolist() == [3.0, 1.0, 2.0]
    assert [odd["row"] for odd in found.oddities] == [4]


def test_a_long_diary(tmp_path):
    rows = [f"{date(2004, 1, 1) + timedelta(k)},{k % 3 % 2}" for k in range(7305)]
    found = read(tmp_path / "d.csv", ("date,headache\n" + "\n".join(rows)).encode())
    assert found.headache.size == 7305
    assert found.problem is None


@pytest.mark.parametrize(
    ("text", "kinds", "strange"),
    [
        ("Sumatriptan 50 mg; ibuprofen 400mg", ["nsaid", "triptan"], []),
        ("2 paracetamol (500 mg) + codeine", ["opioid", "paracetamol"], []),
        ("no", [], []),
        ("yes", ["unknown"], []),
        ("triptans", ["triptan"], []),
        ("mystery", ["unknown"], ["mystery"]),
    ],
)
def test_medicines_by_class(text, kinds, strange):
    assert cells.medicines(text) == (kinds, strange)


@pytest.mark.parametrize(
    ("text", "hour"), [("08:30", 8.5), ("8.30 pm", 20.5), ("12 am", 0.0), ("8.5", 8.5), ("30", 30.0), ("", None)]
)
def test_hours(text, hour):
    assert cells.hour(text) == hour
