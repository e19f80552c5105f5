"""Any table: an answer, or one line that says what is wrong; no traceback, no column passed over in silence."""

import json
import random

import pytest
from tests.trial.trial_tables import csv, months

from leao.core.errors import LeaoError
from leao.trial.analysis import analyse
from leao.trial.reading.request import TableRequest

pytestmark = pytest.mark.property

CELLS = [
    "", "NA", ".", "N/A", "nan", "inf", "-inf", "-1", "0", "1", "99", "999", "1e308", "1,5", "1.5", "abc", "３", "1_0",
    "Y", "N", "2026-01-05", "40h 00m", "20:00", "<b>x</b>", "[red]x", "=1+1", "é", "\u202e", "x" * 300, '"', "null",
    "None", "TRUE",
]  # fmt: skip
NAMES = [
    "subject", "arm", "visit", "attacks", "USUBJID", "TRTP", "AVISITN", "AVISIT", "AVAL", "BASE", "CHG", "ANL01FL",
    "ANL02FL", "DTYPE", "ITTFL", "SAFFL", "ABLFL", "NDAYS", "NEVENT", "ASTDY", "AENDY", "AWLO", "AWHI", "day", "date",
    "duration", "site", "age", "sex", "EPOCH", "m1", "m2", "pre", "unit", "locf", "", " arm ", "ARM", "score",
    "headache",     "x", "[x]", "a,b",
]  # fmt: skip
VISITS = [
    "0",
    "1",
    "2",
    "3",
    "4",
    "99",
    "1.1",
    "2.5",
    "-1",
    "ET",
    "UNS",
    "Baseline",
    "Week 4",
    "Month 1",
    "Follow-up",
    "?",
]


def any_table(seed):
    """Return a table that began as a good one and was damaged in some ways, and what a user says of it."""
    rng = random.Random(seed)
    rows = [
        {key: str(value) for key, value in row.items()} for row in months(rng.randint(1, 6), rng.randint(1, 4), seed)
    ]
    for _ in range(rng.randint(0, 4)):
        damage = rng.randrange(8)
        row = rng.choice(rows)
        if damage == 0:
            row[rng.choice(list(row))] = rng.choice(CELLS)
        elif damage == 1:
            name, cell = rng.choice(NAMES), rng.choice(CELLS)
            for other in rows:
                other[name] = cell if rng.random() < 0.5 else rng.choice(CELLS[:20])
        elif damage == 2:
            old, new = rng.choice(list(rows[0])), rng.choice(NAMES)
            rows = [{(new if key == old else key): value for key, value in other.items()} for other in rows]
        elif damage == 3:
            rows.append(dict(row))
        elif damage == 4:
            rows = [other for other in rows if rng.random() > 0.2] or rows
        elif damage == 5 and "visit" in rows[0]:
            row["visit"] = rng.choice(VISITS)
        elif damage == 6 and "arm" in rows[0]:
            names = rng.sample(["a", "b", "control", "Placebo", "placebo ", "0", "1", "[b]"], 2)
            rows = [{**other, "arm": names[k % 2]} for k, other in enumerate(rows)]
        else:
            rng.shuffle(rows)
    keys = dict.fromkeys(key for other in rows for key in other)
    rows = [{key: other.get(key, "") for key in keys} for other in rows]
    request = TableRequest(
        visit_days=rng.choice([None, None, None, "28", "7", "14", "28,28"]),
        baseline_days=rng.choice([None, None, 28.0, 56.0]),
        kind=rng.choice([None, None, None, "count", "score", "change", "rate", "days"]),
        control=rng.choice([None, None, None, "a", "placebo"]),
        pool=rng.choice([None, None, None, 2]),
        missing=rng.choice([None, None, "-1,999", "none"]),
    )
    return csv(rows, rng.choice(",,,;\t|")), tuple(keys), request


def check(tmp_path, seed):
    text, header, request = any_table(seed)
    path = tmp_path / f"{seed}.csv"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        answer = analyse(path, columns=request)
    except LeaoError as error:
        message = str(error)
        assert message.strip(), seed
        assert "\n" not in message, seed
        return False
    finally:
        path.unlink()
    json.dumps(answer, allow_nan=False)
    columns = answer["columns"]
    named = [
        *columns["used"],
        *columns["harmless"],
        *columns["dropped"],
        *(part["column"] for part in columns["not_read"]),
    ]
    written = {name.strip() for name in header if name.strip()}
    assert written <= {name.strip() for name in named}, (seed, written - set(named))
    assert all(part["why"] and part["rows"] for part in answer["left_out"]), seed
    return True


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_some_tables(tmp_path, start):
    answered = sum(check(tmp_path, seed) for seed in range(start, start + 50))
    assert answered > 0


@pytest.mark.long
@pytest.mark.parametrize("start", range(300, 3300, 500))
def test_many_tables(tmp_path, start):
    for seed in range(start, start + 500):
        check(tmp_path, seed)


NAMES_OF_ARMS = [
    ("placebo", "drug"),
    ("control", "memantine"),
    ("zzz", "aaa"),
    ("drug", "placebo"),
    ("1", "0"),
    ("A", "B"),
    ("b", "B2"),
]


@pytest.mark.parametrize("names", NAMES_OF_ARMS)
@pytest.mark.parametrize("order", range(3))
def test_a_role_is_what_is_said_not_a_name_or_a_place(tmp_path, names, order):
    """Whatever the arms are called and in whichever order they stand, the control's numbers stay the control's."""
    rows = months(8)
    plain = tmp_path / "plain.csv"
    plain.write_text(csv(rows), encoding="utf-8")
    wanted = analyse(plain)
    called = dict(zip(("placebo", "memantine"), names, strict=True))
    renamed = [{**row, "arm": called[row["arm"]]} for row in rows]
    random.Random(order).shuffle(renamed)
    path = tmp_path / "t.csv"
    path.write_text(csv(renamed), encoding="utf-8")
    answer = analyse(path, columns=TableRequest(control=names[0]))
    assert answer["arms"] == list(names)
    for key in ("difference", "rate_ratio"):
        for part, value in wanted[key].items():
            assert answer[key][part] == pytest.approx(value, rel=1e-6)
    for old, new in called.items():
        for key in ("flow", "change", "responders_50_percent", "means"):
            got, had = answer[key][new], wanted[key][old]
            assert json.dumps(got, sort_keys=True)[:40] == json.dumps(had, sort_keys=True)[:40] or got == pytest.approx(
                had
            )
        assert answer["baseline"][new]["baseline_mean"] == pytest.approx(wanted["baseline"][old]["baseline_mean"])
