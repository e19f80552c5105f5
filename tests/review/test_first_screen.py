"""The first screen of a review: order, plain words, criteria over months, notes word for word, phone and print."""

import json
from datetime import date, timedelta

import numpy as np
import pytest
from tests import browser

from leao.diary import reading
from leao.report import review_first
from leao.report.figures import months as paper
from leao.review import counts_and_response, criteria, flags

pytestmark = pytest.mark.command
FIRST = date(2026, 1, 5)


def written(tmp_path, header, rows):
    path = tmp_path / "d.csv"
    lines = [f"{FIRST + timedelta(k)},{row}" for k, row in enumerate(rows)]
    path.write_text("\n".join([f"date,{header}", *lines]) + "\n", encoding="utf-8")
    return path


def diary(tmp_path, header, rows):
    return reading.read_file(written(tmp_path, header, rows))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A diary with everything on it: overuse, a dose too high, side effects, notes, lengths, HIT-6."""
    from leao.cli import call

    folder = tmp_path_factory.mktemp("first")
    rng = np.random.default_rng(5)
    rows = []
    for k in range(126):
        ache = rng.random() < (0.7 if k < 56 else 0.5)
        pain = f"yes,{1 + k % 3},{4 + k % 9}h,yes,sumatriptan" if ache else "no,0,,no,none"
        dose = "" if k < 56 else "40 mg" if k == 90 else "yes"
        side = "swollen face" if k == 100 else "dizzy" if k in (60, 61) else ""
        note = "thunderclap <b>at noon</b>" if k == 30 else "holiday" if k == 80 else ""
        rows.append(f"{pain},{dose},{side},{note},{64 if k == 3 else 58 if k == 120 else ''}")
    header = "headache,severity,duration,nausea,acute_medication,dose_taken,side_effects,notes,HIT-6"
    path = written(folder, header, rows)
    code = call([
        "review", str(path), "--start", "2026-03-02", "--dose", "10 mg daily", "--out", str(folder / "p.html"),
    ])  # fmt: skip
    assert code == 0
    return folder / "p.html"


def test_the_order_of_the_first_screen(page):
    text = page.read_text(encoding="utf-8")
    first = text.split('<div class="folds">')[0]
    order = [
        "126 days, 126 written, none missing. Memantine 10 mg daily from 2026-03-02",
        "thunderclap &lt;b&gt;at noon&lt;/b&gt;", "holiday", "Dose above the ceiling", "2026-04-05",
        "Side effect to report at once", "2026-04-15", "Medication overuse in the last 28 days: triptan",
        "Before and now", "Hours per attack",
        "HIT-6, last", "Responder:", "Of 100 patients with a diary like this one", "April 2026", "Off-label",
    ]  # fmt: skip
    places = [first.index(words) for words in order]
    assert places == sorted(places)
    for jargon in ("P(", "prior", "posterior", "ln(", "rate ratio", "90 %"):
        assert jargon not in first.split("</style>")[1].split("Off-label")[0], jargon
    assert "before your diary, from two small trials" in text


@pytest.mark.parametrize("width", browser.WIDTHS)
def test_no_sideways_scrolling(page, width):
    with browser.started() as program, browser.opened(program, page, width) as seen:
        assert seen.outside == []
        assert seen.complaints == []
        assert seen.sideways <= 0


def test_the_first_page_of_the_print_is_whole(page):
    with browser.started() as program, browser.opened(program, page, 1200) as seen:
        seen.page.emulate_media(media="print")
        seen.page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins, 96 dots per inch
        end = seen.page.evaluate("document.querySelector('.limits').getBoundingClientRect().bottom")
        assert end < 279 / 25.4 * 96


def four_months(treated, ache=lambda _: True, days=112):
    drugs = ["sumatriptan" if treated(k) else "none" for k in range(days)]
    return [f"yes,2,yes,{drug}" if ache(k) else "no,0,no,none" for k, drug in enumerate(drugs)]


HEADER = "headache,severity,nausea,acute_medication"
CASES = {
    # days with triptan in each 28, headache every day: status in the last month, and over more than 3 months
    "all four months": (lambda k: k % 28 < 10, 112, "met", "met"),
    "three of them": (lambda k: k >= 28 and k % 28 < 10, 112, "met", "not met"),
    "too short": (lambda k: k % 28 < 12, 100, "met", "not tested"),
    "nine days": (lambda k: k % 28 < 9, 112, "not met", "not met"),
    "long ago": (lambda k: k < 84, 112, "not met", "not met"),
}


@pytest.mark.parametrize("case", CASES)
def test_overuse_is_tested_over_more_than_three_months(tmp_path, case):
    treated, days, status, lasting = CASES[case]
    first = days % 28
    row = criteria.overuse(diary(tmp_path, HEADER, four_months(lambda k: treated(k - first), days=days)))[0]
    assert (row["what"], row["status"], row["lasting"]) == ("triptan", status, lasting)
    assert len(row["months"]) == days // 28


def test_overuse_without_headache_on_fifteen_days_is_no_overuse_headache(tmp_path):
    row = criteria.overuse(diary(tmp_path, HEADER, four_months(lambda _: True, lambda k: k % 28 < 14)))[0]
    assert (row["status"], row["lasting"]) == ("met", "not met")
    assert [month["days"] for month in row["months"]] == [14.0] * 4


def test_a_medicine_of_unknown_class_makes_overuse_possible(tmp_path):
    rows = [f"yes,{'sumatriptan' if k % 28 < 6 else 'mystery' if k % 28 < 12 else 'none'}" for k in range(56)]
    read = diary(tmp_path, "headache,acute_medication", rows)
    row = next(row for row in criteria.overuse(read) if row["what"] == "triptan")
    assert (row["status"], row["months"][-1]["days"], row["months"][-1]["at_most"]) == ("possible", 6.0, 12.0)
    said = [action["said"] for action in review_first.actions({"flags": flags.overuse(read)})]
    assert any("at least 6, at most 12" in text for text in said)


@pytest.mark.parametrize(
    ("nausea", "days", "status"), [("yes", 112, "met"), ("no", 112, "not met"), ("yes", 80, "not tested")]
)
def test_chronic_migraine_is_tested(tmp_path, nausea, days, status):
    read = diary(
        tmp_path,
        "headache,severity,nausea",
        [f"{'yes,2' if k % 2 == 0 or k % 28 > 20 else 'no,0'},{nausea}" for k in range(days)],
    )
    row = criteria.chronic(read)
    assert row["status"] == status
    assert (row["why"] is not None) == (status == "not tested")


def test_chronic_migraine_where_migraine_days_cannot_be_told(tmp_path):
    row = criteria.chronic(diary(tmp_path, "headache", ["yes"] * 112))
    assert (row["status"], row["lasting"]) == ("possible", "met")
    assert "cannot be told" in row["why"]


def test_responders(tmp_path):
    read = diary(tmp_path, "headache", ["yes" if k < 28 or k % 7 < 3 else "no" for k in range(56)])
    day = np.arange(56)
    before, now = (counts_and_response.counts(read, part) for part in (day < 28, day >= 28))
    assert counts_and_response.responder(before, now) == {
        "of": "headache_days", "fall_percent": pytest.approx(100 * 4 / 7), "half": True, "thirty": True,
    }  # fmt: skip
    few = counts_and_response.counts(read, day >= 50)
    assert counts_and_response.responder(before, few) is None, "six days tell nothing of a month"


@pytest.mark.parametrize(
    ("p", "said"), [(0.27, "about 27"), (0.004, "fewer than 1"), (0.999, "more than 99"), (1.0, "more than 99")]
)
def test_of_a_hundred_patients(p, said):
    assert review_first._of_hundred(p) == said


def test_the_calendar_is_that_on_paper(tmp_path):
    """28 February 2026 is a Saturday in the fifth row, 1 March a Sunday alone in its first."""
    read = diary(tmp_path, "headache,severity", [f"{'yes,3' if k == 54 else 'no,0'}" for k in range(60)])
    none = np.zeros(60, bool)
    days = paper.Days(read.first, False, [], read.headache, read.severity, none, None, none, none, None)
    january, february, march = paper.draw(days)
    assert january.startswith('<svg viewBox="0 0 182')
    assert "February 2026: 1 headache days, 0 missing" in february
    assert f'<path class="ache s3" d="M{5 * paper.SIDE} {paper.HEAD + 4 * paper.SIDE}h' in february
    assert f'x="{6 * paper.SIDE + 3}" y="{paper.HEAD + 10}">1</text>' in march


def test_a_numbered_diary_has_blocks_of_28_days(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("date,headache\n" + "".join(f"{k},yes\n" for k in range(40)))
    read = reading.read_file(path)
    none = np.zeros(40, bool)
    names = [read.name(day) for day in range(40)]
    days = paper.Days(read.first, True, names, read.headache, np.full(40, np.nan), none, None, none, none, None)
    first, second = paper.draw(days)
    assert "day 0 to 27" in first
    assert "day 28 to 39" in second
    assert "2001" not in first + second


def test_notes_beyond_a_dozen_follow_in_a_fold_above_the_counts(tmp_path):
    from leao.cli import call

    rows = [f"{'yes' if k % 3 else 'no'},remark number {k}" for k in range(60)]
    path = written(tmp_path, "headache,notes", rows)
    assert call(["review", str(path), "--out", str(tmp_path / "p.html"), "--json"]) == 0
    text = (tmp_path / "p.html").read_text(encoding="utf-8")
    for k in range(60):
        assert text.index(f"remark number {k}<") < text.index("<main>")
    assert "48 more notes, word for word" in text


def test_the_screen_begins_with_the_patient_and_the_json_has_the_same_facts(tmp_path, capsys):
    from leao.cli import call

    path = str(written(tmp_path, HEADER, four_months(lambda _: True)))
    call(["review", path])
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Headache diary, 2026-01-05 to 2026-04-26: 112 days")
    assert "Medication-overuse headache, criteria met: triptan." in said
    call(["review", path, "--json"])
    answer = json.loads(capsys.readouterr().out)
    lasting = {row["criterion"]: row["lasting"] for row in answer["criteria"]}
    assert lasting == {"medication overuse": "met", "chronic migraine": "met"}
    assert answer["now"]["recorded_days"] == 28
    assert answer["responder"] is None


def test_a_dose_taken_without_an_amount_is_asked_about(tmp_path, capsys):
    """One day of 40 mg among days of yes was once 40 mg from there on, and no drug before."""
    from leao.cli import call

    rows = [f"no,{'40 mg' if k == 50 else 'yes' if k > 28 else ''}" for k in range(80)]
    path = str(written(tmp_path, "headache,dose_taken", rows))
    assert call(["review", path]) == 2
    assert "says taken on 50 days without an amount" in capsys.readouterr().err
    assert call(["review", path, "--start", "2026-02-03", "--dose", "10 mg daily", "--json"]) == 0


def test_what_was_not_tested_stands_once(tmp_path):
    read = diary(tmp_path, "headache", ["no"] * 60)
    rows = review_first.not_met({"criteria": criteria.tested(read)})
    assert rows == []
    assert any("chronic migraine" in line for line in flags.unchecked(read, None, None))


def test_what_is_not_read_is_named_on_screen_and_page(tmp_path, capsys):
    from leao.cli import call

    path = written(tmp_path, "headache,Barometer", [f"{'yes' if k % 3 else 'no'},{1000 + k}" for k in range(40)])
    path.write_text(path.read_text(encoding="utf-8") + "total,,\n", encoding="utf-8")
    page = tmp_path / "p.html"
    assert call(["review", str(path), "--say", "total=ignore", "--out", str(page)]) == 0
    for text in (" ".join(capsys.readouterr().out.split()), page.read_text(encoding="utf-8")):
        assert "Not read: column Barometer; row 42 (no date)." in text
