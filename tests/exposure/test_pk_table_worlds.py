"""One table written in a thousand ways: the same records, every column and row accounted for, or one line that asks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leao.core.errors import LeaoError
from leao.exposure import records

pytestmark = pytest.mark.property
START = dt.datetime(2026, 2, 27)  # February ends on the way
HARMLESS = {
    "SEX": ["1", "2"],
    "AGE": ["40", "abc", ""],
    "VISIT": ["Week 1"],
    "RACE": ["WHITE"],
    "NOTE": ["a, b", 'say "x"'],
}
UNKNOWN = {"SITE2": ["A", "B"], "SMOKER": ["1"], "ALBUMIN": ["41.5", "38"]}
STOPS = {"DTYPE": ["LOCF", ""], "EGFR": ["60", "61"], "PKFL": ["Y", "N"], "DRAWN": ["2026-03-01", "2026-03-02"],
         "LAB": ["8:10", "9:20"], "CONC": ["3", "4"], "K12": ["0.1"], "SLEPT": ["2h", "30min"]}  # fmt: skip

event = st.tuples(st.integers(1, 48 * 60), st.booleans(), st.sampled_from([5, 10, 20]), st.integers(1, 90))
people = st.lists(st.lists(event, min_size=1, max_size=5), min_size=1, max_size=3)


@st.composite
def written(draw):
    """Rows of a table (minutes, dose or level) and one way to write them."""
    rows = []
    for person, events in enumerate(draw(people), start=1):
        clock = draw(st.integers(0, 23 * 60))
        rows.append((person, clock, True, 10, 0))
        for gap, is_dose, mg, level in events:
            clock += gap
            rows.append((person, clock, is_dose, mg, level))
    way = {
        "time": draw(st.sampled_from(["hours", "days", "TIMEU", "clock", "hhmm", "day", "stamp", "both"])),
        "names": draw(st.sampled_from(["nonmem", "adppk", "lower"])),
        "unit": draw(st.sampled_from(["none", "header", "column", "micro"])),
        "separator": draw(st.sampled_from([",", ";", "\t", "|"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        "end": draw(st.sampled_from(["\n", "\r\n"])),
        "missing": draw(st.sampled_from(["", ".", "NA"])),
        "comment": draw(st.sampled_from(["none", "#", "C", "EXCL"])),
        "title": draw(st.booleans()),
        "quoted": draw(st.booleans()),
        "packed": draw(st.booleans()),
        "harmless": draw(st.sets(st.sampled_from(sorted(HARMLESS)), max_size=3)),
        "unknown": draw(st.sets(st.sampled_from(sorted(UNKNOWN)), max_size=2)),
        "stops": draw(st.sets(st.sampled_from(sorted(STOPS)), max_size=1)) if draw(st.booleans()) else set(),
    }
    return rows, way


def times(rows, way):
    """Columns of time for every row, minutes of the day of the first record known."""
    first = {}
    for person, clock, *_ in rows:
        first.setdefault(person, clock)
    kind = way["time"]
    moments = [START + dt.timedelta(minutes=clock) for _, clock, *_ in rows]
    since = [clock - first[person] for person, clock, *_ in rows]
    if kind == "hours":
        return {"TIME": [repr(m / 60) for m in since]}
    if kind == "days":
        return {"TIME (day)": [repr(m / 1440) for m in since]}
    if kind == "TIMEU":
        return {"TIME": [str(m) for m in since], "TIMEU": ["min"] * len(rows)}
    dates = {"DATE": [m.date().isoformat() for m in moments]}
    hhmm = [m.strftime("%H:%M") for m in moments]
    if kind == "clock":
        return dates | {"TIME": [m.strftime("%I:%M %p") for m in moments]}
    if kind == "hhmm":
        return {"DATE": [m.strftime("%d.%m.%Y") for m in moments], "TIME": hhmm}
    if kind == "day":
        return {"DAY": [str((m - START).days + 1) for m in moments], "TIME": hhmm}
    if kind == "stamp":
        return {"ADTM": [m.isoformat(timespec="minutes") for m in moments]}
    return (
        {"TIME": [repr(m / 60) for m in since]} | dates
        if not ambiguous(rows, first)
        else {"TIME": [repr(m / 60) for m in since]}
    )


def ambiguous(rows, first):
    """Whether elapsed hours beside dates could be clock times, too: then the file is rightly asked."""
    return all(clock - first[person] <= 1440 for person, clock, *_ in rows)


def laid_out(rows, way):
    """The table's columns as text, in order."""
    missing, factor = way["missing"], 1e-3 if way["unit"] == "micro" else 1.0
    ident = "USUBJID" if way["names"] == "adppk" else "ID"
    columns = {ident: [f"P-{row[0]}" if way["names"] == "adppk" else str(row[0]) for row in rows]}
    timed = times(rows, way)
    if way["names"] == "adppk" and set(timed) == {"TIME"} and way["time"] == "hours":
        timed = {"AFRLT": timed["TIME"]}
    columns |= timed
    columns |= {
        "EVID": ["1" if row[2] else "0" for row in rows],
        "AMT": [str(row[3]) if row[2] else missing for row in rows],
        "MDV": ["1" if row[2] else "0" for row in rows],
    }
    level = [missing if row[2] else repr(row[4] * factor) for row in rows]
    columns["DV (ng/mL)" if way["unit"] == "header" else "DV"] = level
    if way["unit"] in ("column", "micro"):
        unit = "ug/mL" if way["unit"] == "micro" else "ng/mL"
        columns["AVALU" if way["names"] == "adppk" else "DVU"] = [unit] * len(rows)
    for source, names in ((HARMLESS, way["harmless"]), (UNKNOWN, way["unknown"]), (STOPS, way["stops"])):
        for name in sorted(names):
            columns[name] = [source[name][k % len(source[name])] for k in range(len(rows))]
    if way["names"] == "lower":
        columns = {name.lower(): cells for name, cells in columns.items()}
    return columns


def text_of(columns, way):
    """The table as a text file, with a row that a mark takes out."""
    out = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    mark = way["comment"]
    extra = out[1].copy()
    if mark == "#":
        out.insert(2, ["#" + extra[0], *extra[1:]])
    elif mark in ("C", "EXCL"):
        out = [
            [*row, cell] for row, cell in zip(out, [mark, *["." if mark == "C" else "N"] * (len(out) - 1)], strict=True)
        ]
        out.insert(2, [*extra, "C" if mark == "C" else "Y"])
    separator = way["separator"]

    def cell(text):
        odd = separator in text or '"' in text
        return '"' + text.replace('"', '""') + '"' if odd or (way["quoted"] and not text.startswith("#")) else text

    lines = [separator.join(map(cell, row)) for row in out]
    if way["title"]:
        lines.insert(0, "Levels of a study")
    return way["end"].join(lines) + way["end"]


def check(rows, way):
    columns = laid_out(rows, way)
    if way["packed"]:
        import io

        held = io.BytesIO()
        pl.DataFrame(columns).write_parquet(held)
        content, marked, titles = held.getvalue(), 0, 0
    else:
        content, marked, titles = (
            text_of(columns, way).encode(way["encoding"]),
            int(way["comment"] != "none"),
            int(way["title"]),
        )
    try:
        read = records.read("t", content, records.ReadChoices("salt"))
    except LeaoError as error:
        assert len(str(error).splitlines()) == 1
        if "parts of a day, or hours?" in str(error):  # a clock after midnight, beside day numbers
            return
        assert way["stops"], str(error)
        assert next(iter(way["stops"])).casefold() in str(error).casefold()
        stops = records.ReadChoices("salt", tuple(way["stops"]))
        read = records.read("t", content, stops)
        assert [name.casefold() for name in read.columns.dropped] == [name.casefold() for name in way["stops"]]
    else:
        silent = [name for name in way["stops"] if len(set(columns.get(name, columns.get(name.lower(), [])))) > 1]
        assert not silent, silent
    same(read, rows)
    use = read.columns
    named = [*use.used, *use.harmless, *use.dropped, *(part["column"] for part in use.not_read)]
    assert sorted(named) == sorted(read.table.header)
    assert {name.casefold() for name in way["unknown"]} == {str(p["column"]).casefold() for p in use.not_read} - {
        name.casefold() for name in way["stops"]
    }
    assert sum(len(part.rows) for part in read.left_out if "level" not in part.why) == marked + titles


def same(read, rows):
    """The records are those of the rows: people, minutes since the first record, doses, levels."""
    first, since = {}, []
    for person, clock, *_ in rows:
        first.setdefault(person, clock)
        since.append((clock - first[person]) / 60)
    order = np.repeat(np.arange(len(read.who)), np.diff(read.starts))
    assert (order + 1).tolist() == [row[0] for row in rows]
    np.testing.assert_allclose(
        read.time - np.repeat(read.time[read.starts[:-1]], np.diff(read.starts)), since, atol=1e-6
    )
    assert read.amt.tolist() == [row[3] if row[2] else 0 for row in rows]
    np.testing.assert_allclose(read.dv, [np.nan if row[2] else row[4] for row in rows], rtol=1e-12)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=written())
def test_a_table_means_the_same_however_it_is_written(case):
    check(*case)


@pytest.mark.long
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=written())
def test_two_thousand_ways_to_write_a_table(case):
    check(*case)
