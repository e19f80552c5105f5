"""A table that is wrong anywhere gives one line with its row, never a traceback, and nothing is written."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leao.core.errors import LeaoError
from leao.exposure import level_fit, posterior, predictive_check, record_simulation, records

pytestmark = pytest.mark.property

GOOD = "ID,TIME,EVID,AMT,II,ADDL,MDV,DV,WT,CRCL,PH\n1,0,1,10,24,20,1,.,70,90,6.2\n1,500,0,0,0,0,0,30,70,90,6.2\n"


def run(tmp_path, text, basis="salt"):
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    return record_simulation.simulate(records.load(data, basis), tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1,500,0", "1,-5,0", "row 3: TIME -5 comes after 0"),
        ("1,500,0", "1,500,7", "row 3: EVID is 7"),
        (",70,90,6.2\n1,500", ",7000,90,6.2\n1,500", "row 2: WT is 7000, wanted 20 to 300 kg"),
        ("0,30,70", "0,<5,70", None),
        ("0,30,70", "0,BLQ,70", "row 3: below quantification, but the limit is not given; set CENS 1 with the limit"),
        ("0,30,70", "0,<-5,70", "row 3: below quantification, but the limit is not given"),
        ("0,30,70", "0,0,70", "row 3: DV is not above 0, so below quantification; set CENS 1"),
        ("0,30,70", "0,nan,70", None),
        ("0,30,70", "0,inf,70", "row 3: DV is 'inf', wanted a finite number"),
        (",10,24,", ",-10,24,", "row 2: AMT is -10"),
        (",10,24,", ",ten,24,", "row 2: AMT is 'ten'"),
        (",10,24,20,", ",10,0,20,", "row 2: ADDL without II"),
        (",10,24,20,", ",10,0.01,20,", "row 2: II is below 0.1 h"),
        (",10,24,20,", ",10,1e-320,20,", "row 2: II is '1e-320', wanted 0 or 1e-09 to 1e"),
        ("1,500,0", "1,1e300,0", "row 3: TIME is '1e300'"),
        (",10,24,20,", ",10,24,2.5,", "row 2: ADDL is 2.5, wanted a whole number"),
        ("1,500,0,0", "1,500,0,10", "row 3: AMT without a dose event"),
        ("1,0,1,10", "1,0,1,0", "row 2: a dose event without AMT"),
        ("ID,", "WHO,", "no column ID"),
        ("TIME,", "ID,", "stands twice"),
        ("6.2\n1,500", "62\n1,500", "row 2: PH is 62"),
        ("WT,", "CL,", None),
        ("WT,CRCL,PH\n1,0,1,10,24,20,1,.,70", "CL,CRCL,PH\n1,0,1,10,24,20,1,.,-8", "row 2: CL is -8"),
    ],
)
def test_one_line_with_the_row(tmp_path, old, new, says):
    assert old in GOOD
    if says is None:
        assert run(tmp_path, GOOD.replace(old, new))["rows"] == 2
        return
    with pytest.raises(LeaoError, match=says) as caught:
        run(tmp_path, GOOD.replace(old, new))
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out.parquet").exists()


def test_salt_or_base_must_be_said(tmp_path):
    with pytest.raises(LeaoError, match="salt or base"):
        run(tmp_path, GOOD, None)


def test_subjects_stand_together(tmp_path):
    with pytest.raises(LeaoError, match="row 5: ID '1' comes back"):
        run(tmp_path, GOOD + "2,0,1,10,24,0,1,.,70,90,6\n1,600,0,0,0,0,1,.,70,90,6\n")


def test_salt_holds_less_drug_than_base_and_order_of_subjects_is_irrelevant(tmp_path):
    second = GOOD.splitlines(keepends=True)[1:]
    other = [line.replace("1,", "2,", 1).replace("70,90", "55,40") for line in second]
    head = GOOD.splitlines(keepends=True)[0]
    levels = {}
    for name, text, basis in (
        ("ab", head + "".join(second + other), "salt"),
        ("ba", head + "".join(other + second), "salt"),
        ("base", head + "".join(second + other), "base"),
    ):
        run(tmp_path, text, basis)
        levels[name] = pl.read_parquet(tmp_path / "out.parquet")["IPRED"].to_numpy()
    np.testing.assert_array_equal(levels["ab"], levels["ba"][[2, 3, 0, 1]])
    np.testing.assert_allclose(levels["ab"][1] / levels["base"][1], 0.831, rtol=1e-3)
    assert levels["ab"][3] > 1.5 * levels["ab"][1]  # lighter, with impaired kidneys


CENSORED = "ID,TIME,EVID,AMT,II,ADDL,DV,CENS,LLOQ\n1,0,1,10,24,20,.,0,.\n1,500,0,0,0,0,{}\n"


@pytest.mark.parametrize(
    ("cells", "level", "censored"),
    [
        ("5,1,.", 5, True),
        ("0,1,5", 5, True),
        ("2.5,1,5", 5, True),
        (".,1,5", 5, True),
        ("BLQ,0,5", 5, True),
        ("<5,0,.", 5, True),
        ("<5,1,5", 5, True),
        ("7,0,5", 7, False),
    ],
)
def test_a_level_below_its_limit_is_censored(tmp_path, cells, level, censored):
    data = tmp_path / "data.csv"
    for text in (CENSORED, CENSORED.replace("CENS", "BLQ")):
        data.write_text(text.format(cells))
        read = records.load(data, "salt")
        assert (read.dv[1], read.censored[1]) == (level, censored)
        assert not read.censored[0]
    frame = record_simulation.table(read)
    assert ("LLOQ" in frame.columns) == censored


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (".,1,.", "limit is not given; set CENS 1 with the limit in DV or in a column LLOQ"),
        ("0,1,.", "limit is not given"),
        ("BLQ,1,.", "limit is not given"),
        ("8,1,5", "CENS 1, but DV is above LLOQ"),
        ("3,0,5", "DV is below LLOQ without CENS 1"),
        ("<4,0,5", "two limits"),
        ("5,2,5", "CENS is 2, wanted a whole number from 0 to 1"),
        ("5,-1,5", "CENS is -1"),
        ("5,1,-5", "LLOQ is -5"),
    ],
)
def test_a_censored_level_without_a_clear_limit_is_refused(tmp_path, cells, says):
    data = tmp_path / "data.csv"
    data.write_text(CENSORED.format(cells))
    with pytest.raises(LeaoError, match=says) as caught:
        records.load(data, "salt")
    assert "row 3: " in str(caught.value)


cell = st.one_of(
    st.sampled_from(
        ["", ".", "0", "1", "2", "3", "4", "24", "-1", "1e300", "inf", "nan", "x", "<5", "é", "1e-320", '"']
    ),
    st.floats(allow_nan=True).map(str),
    st.text(max_size=4),
)
names = [
    "ID",
    "TIME",
    "EVID",
    "AMT",
    "CMT",
    "RATE",
    "II",
    "ADDL",
    "SS",
    "MDV",
    "DV",
    "WT",
    "CRCL",
    "PH",
    "KA",
    "Q",
    "V2",
    "CENS",
    "BLQ",
    "LLOQ",
    "ALAG",
    "SEX",
    "AGE",
    "X",
]
plausible = st.sampled_from(["0", "1", "2", "10", "24", "."])


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """A malformed table needs no fine posterior and no fine check."""
    monkeypatch.setattr(posterior, "DRAWS", 60)
    monkeypatch.setattr(posterior, "KEPT", 20)
    monkeypatch.setattr(predictive_check, "REPLICATES", 2)


def answered(folder, content):
    """Every command on these bytes either computes or says one line, and writes nothing but its answer."""
    data, out = folder / "data.csv", folder / "out.csv"
    data.write_bytes(content)
    out.unlink(missing_ok=True)
    commands = (
        lambda read: record_simulation.simulate(read, out),
        lambda read: level_fit.forecast(read, level_fit.Plan(days=1.0)),
        lambda read: predictive_check.check(read, 1),
    )
    for place, compute in enumerate(commands):
        try:
            compute(records.load(data, None if b"BASIS" in content else "salt"))
        except LeaoError as error:
            assert str(error)
            assert "\n" not in str(error)
            assert place or not out.exists()


def test_an_open_quotation_mark_in_the_header_is_told_in_a_line(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text(',,",AMT\n1,2,3,4\n1",2,3,4\n')
    with pytest.raises(LeaoError, match="close the quotation mark") as caught:
        records.load(data, "salt")
    assert "\n" not in str(caught.value)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(st.sampled_from(names), min_size=1, max_size=10),
    rows=st.lists(st.lists(st.one_of(plausible, plausible, cell), min_size=0, max_size=11), max_size=5),
    whole=st.booleans(),
)
def test_malformed_tables_never_give_a_traceback(tmp_path, header, rows, whole):
    if whole:
        header = ["ID", "TIME", *[name for name in dict.fromkeys(header) if name not in ("ID", "TIME")]]
        rows = [["1", str(k), *(row + ["0"] * 12)][: len(header)] for k, row in enumerate(rows)]
    text = ",".join(header) + "\n" + "".join(",".join(row) + "\n" for row in rows)
    answered(tmp_path, text.encode("utf-8", "surrogatepass"))


WHOLE = [
    line.split(",")
    for line in """\
ID,TIME,EVID,AMT,CMT,RATE,II,ADDL,SS,MDV,DV,CENS,LLOQ,WT,CRCL,PH,SEX,AGE,KA,CL,V,Q,V2,ALAG,BASIS
1,0,1,10,1,0,24,5,0,1,.,0,1,70,90,6.2,f,40,.4,8,600,3,90,.5,salt
1,200,0,0,2,0,0,0,0,0,30,0,1,70,90,6.2,f,40,.4,8,600,3,90,.5,salt
1,700,0,0,2,0,0,0,0,0,1,1,1,70,40,7.0,f,40,.4,8,600,3,90,.5,salt
b,0,4,10,2,5,12,0,1,1,.,0,1,80,90,6.2,m,50,.4,8,600,0,90,0,base
b,9,3,0,2,0,0,0,0,1,.,0,1,80,90,6.2,m,50,.4,8,600,0,90,0,base
b,10,1,10,1,0,0,0,0,1,.,0,1,80,90,6.2,m,50,.4,8,600,0,90,0,base
b,30,0,0,2,0,0,0,0,0,9,0,1,80,90,6.2,m,50,.4,8,600,0,90,0,base
""".splitlines()
]
HUGE = ["1e308", "-1e308", "1e17", "99999999999999999999", "0x10", "1_0", "½", "٣", "1e-308", "NaN", "Infinity"]
place = st.integers(0, 10_000)
change = st.tuples(
    st.sampled_from(["cell", "cell", "cell", "swap", "drop", "twice", "cut", "blank", "rename"]),
    place, place, cell | st.sampled_from(HUGE),
)  # fmt: skip


def changed(table, changes):
    """A good table after some slips: a cell, rows out of order, a column dropped or doubled, a row cut short."""
    rows = [row.copy() for row in table]
    for kind, first, second, text in changes:
        row, other = first % len(rows), second % len(rows)
        column = second % max(len(rows[0]), 1)
        if kind == "cell":
            rows[row][column : column + 1] = [text]
        elif kind == "swap":
            rows[row], rows[other] = rows[other], rows[row]
        elif kind == "drop":
            rows = [[*each[:column], *each[column + 1 :]] for each in rows]
        elif kind == "twice":
            rows = [[*each, *each[column : column + 1]] for each in rows]
        elif kind == "cut":
            rows[row] = rows[row][:column]
        elif kind == "blank":
            rows.insert(row, [])
        else:
            rows[0][column : column + 1] = [text]
    return rows


def test_the_good_table_is_good(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("\n".join(map(",".join, WHOLE)))
    read = records.load(data)
    assert record_simulation.table(read).height == len(WHOLE) - 1
    assert len(level_fit.forecast(read, level_fit.Plan(days=1.0, every_h=24.0))) == 2
    assert predictive_check.check(read, 1).levels.sum() == 3


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(change, min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from([",", ",", ",", ";", "\t"]),
    mark=st.sampled_from(["", "", "\ufeff"]),
)
def test_a_good_table_with_slips_never_gives_a_traceback(tmp_path, changes, end, separator, mark):
    text = mark + end.join(separator.join(row) for row in changed(WHOLE, changes)) + end
    answered(tmp_path, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60),
    head=st.sampled_from([b"", b"", b"ID,TIME,AMT\n", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PAR1", b"PK\x03\x04"]),
)
@example(content=b"", head=b"")
@example(content=b"\n\n\n", head=b"")
@example(content=b"\x00" * 40, head=b"ID,TIME,AMT\n")
def test_any_bytes_are_answered(tmp_path, content, head):
    answered(tmp_path, head + content)
    if not head:
        with pytest.raises(LeaoError):
            records.load(tmp_path / "data.csv", "salt")


@pytest.mark.parametrize(
    "content", [b"", b"ID,TIME,AMT\n", b"\n", b"ID,TIME,TIME\n1,0,0\n", b"PAR1\x15\x04\xff\x00PAR1"]
)
def test_no_table_is_one_line(tmp_path, content):
    data = tmp_path / "data.csv"
    data.write_bytes(content)
    with pytest.raises(LeaoError) as caught:
        records.load(data, "salt")
    assert "\n" not in str(caught.value)
    assert "data.csv" in str(caught.value)


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(LeaoError, match="a folder; give the path of a file"):
        records.load(tmp_path, "salt")


@pytest.mark.long
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(change, min_size=1, max_size=6),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    mark=st.sampled_from(["", "\ufeff", "A title\n", "# said\n"]),
)
def test_many_good_tables_with_slips(tmp_path, changes, separator, mark):
    text = mark + "\n".join(separator.join(row) for row in changed(WHOLE, changes)) + "\n"
    answered(tmp_path, text.encode("utf-8", "surrogatepass"))
