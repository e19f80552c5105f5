"""Doses, flags and counts of a review, on diaries whose answer can be written down."""

from datetime import date, timedelta

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.diary import counting, reading
from leao.diary.reading import acute, doses
from leao.review import assurance, counts_and_response, criteria, flags

pytestmark = pytest.mark.analytic


def kept(tmp_path, header, rows):
    path = tmp_path / "d.csv"
    path.write_text(header + "\n" + "\n".join(rows) + "\n")
    return reading.read_file(path)


def daily(n, line):
    return [f"{date(2026, 1, 1) + timedelta(k)},{line(k)}" for k in range(n)]


def test_on_off_cycles_and_missed_doses(tmp_path):
    read = kept(tmp_path, "date,headache,dose_taken", daily(120, lambda k: f"no,{'no' if k == 25 else ''}"))
    steps = doses.asked("2026-01-21", "10 mg daily", ["2026-02-20: 0 mg", "2026-03-22: 10 mg twice daily"], None)
    taken = doses.treatment(read, steps)
    per_day = taken.per_day
    assert per_day[:20].sum() == 0
    assert per_day[20:50].tolist() == [10.0] * 5 + [0.0] + [10.0] * 24
    assert per_day[50:80].sum() == 0
    assert per_day[80:].tolist() == [20.0] * 40
    assert taken.missed == 1
    assert taken.on[25]
    assert not taken.on[60]
    assert taken.reference == 20.0
    stopped = doses.treatment(read, doses.asked("2026-01-21", "10 mg daily", [], "2026-02-20"))
    assert stopped.per_day[50:].sum() == 0


def test_a_start_before_the_diary_is_lived_through(tmp_path):
    read = kept(tmp_path, "date,headache", daily(30, lambda _: "no"))
    taken = doses.treatment(read, doses.asked("2025-12-01", "10 mg daily"))
    assert taken.lead == 31
    assert taken.doses.shape == (61, 2)
    assert taken.on.all()


def test_a_diary_with_its_own_amounts_needs_no_dose(tmp_path):
    lines = daily(40, lambda k: "no," if k in (10, 25) else "no,10" if k > 19 else "no,0")
    read = kept(tmp_path, "date,headache,dose_taken", lines)
    taken = doses.treatment(read, [])
    assert taken.per_day[25] == 10.0
    assert taken.on.sum() == 20
    assert any("say nothing of the dose" in line for line in taken.understood)


def test_without_a_dose_there_is_no_treatment(tmp_path):
    assert doses.treatment(kept(tmp_path, "date,headache", daily(30, lambda _: "no")), []) is None


def test_day_numbers_start_by_number(tmp_path):
    read = kept(tmp_path, "date,headache", [f"{k},no" for k in range(-10, 30)])
    taken = doses.treatment(read, doses.asked("5", "10 mg daily"))
    assert read.numbered
    assert taken.first == 15


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([("2026-01-05", "10 mg daily"), ("2026-01-05", "20 mg daily")], "two prescriptions"),
        ([("2026-01-05", "0 mg")], "no day of the diary has a dose"),
        ([("1990-01-05", "10 mg daily")], "check the year"),
    ],
)
def test_impossible_doses(tmp_path, steps, says):
    with pytest.raises(ScenarioError, match=says):
        doses.treatment(kept(tmp_path, "date,headache", daily(30, lambda _: "no")), steps)


def test_overuse_and_chronic_migraine_need_more_than_three_months(tmp_path):
    def line(k):
        ache = k % 28 < 16
        taken = "rizatriptan" if k % 28 < 11 else "no"
        return f"yes,2,yes,{taken}" if ache else f"no,0,no,{taken}"

    header = "date,headache,severity,nausea,acute_medication"
    long = flags.raised(kept(tmp_path, header, daily(112, line)), None, None)
    says = {flag["what"].split(",")[0]: flag for flag in long}
    assert says["medication-overuse headache"]["days"] == 11
    assert says["chronic migraine"]["days"] == 16
    short = flags.raised(kept(tmp_path, header, daily(84, line)), None, None)
    assert [flag["what"].split(":")[0] for flag in short] == ["medication overuse in the last 28 days"]


@pytest.mark.parametrize(("clearance", "days"), [(None, 10), (90.0, 10), (20.0, 30)])
def test_dose_above_the_ceiling_is_flagged_by_the_plans_rules(tmp_path, clearance, days):
    read = kept(tmp_path, "date,headache", daily(60, lambda _: "no"))
    taken = doses.treatment(read, doses.asked("2026-01-31", "20 mg daily", ["2026-02-20: 40 mg daily"]))
    flag = flags.ceiling(read, taken, clearance)[0]
    assert flag["level"] == "stop"
    assert flag["days"] == days
    assert not flags.ceiling(read, doses.treatment(read, doses.asked("2026-01-31", "10 mg daily")), clearance)


def test_side_effects_are_words_of_their_own_column_only(tmp_path):
    header = "date,headache,side_effects,note"
    read = kept(tmp_path, header, daily(30, lambda k: f"no,{'peeling skin' if k == 3 else ''},swollen face"))
    raised = flags.side_effects(read)
    assert [flag["days"] for flag in raised] == [1]
    assert "peeling" in raised[0]["what"]


def test_counts_are_per_28_recorded_days(tmp_path):
    read = kept(tmp_path, "date,headache", daily(56, lambda k: "yes" if k % 4 == 0 else "" if k % 4 == 1 else "no"))
    counted = counts_and_response.counts(read, np.ones(56, dtype=bool))
    assert counted["recorded_days"] == 42
    assert counted["headache_days_per_28d"] == pytest.approx(14 / 42 * 28)
    assert counted["migraine_days_per_28d"] is None
    assert counted["attacks_per_28d"] == pytest.approx(14 / 42 * 28)
    assert counting.standard().month == 28.0


def test_the_rise_is_flagged_only_when_sure():
    assert flags.rising(0.97, 14.0, 8.0)[0]["days"] == 14
    assert flags.rising(0.9, 14.0, 8.0) == []
    assert flags.rising(None, 0.0, 0.0) == []


FULL = "date,headache,severity,nausea,aura,acute_medication,side_effects"


def test_columns_that_are_absent_or_empty_are_no_counts(tmp_path):
    """An empty column once counted as no days of acute medicine, of side effects, of migraine."""
    absent = kept(tmp_path, "date,headache", daily(40, lambda k: "yes" if k % 3 else "no"))
    empty = kept(tmp_path, FULL, daily(40, lambda k: f"{'yes' if k % 3 else 'no'},,,,,"))
    for read in (absent, empty):
        counted = counts_and_response.counts(read, read.seen)
        assert counted["headache_days_per_28d"] > 0
        for key, value in counted.items():
            assert (value is None) == (key not in ("recorded_days", "headache_days_per_28d", "attacks_per_28d")), key
    assert any("without a word, read as absent: severity" in line for line in empty.understood)
    some = kept(tmp_path, FULL, daily(40, lambda k: f"no,,,,{'no' if k else ''},{'none' if k > 9 else ''}"))
    assert counts_and_response.counts(some, some.seen)["acute_days_per_28d"] == 0.0
    assert any("side_effects is empty on 10 days" in line for line in some.understood)


def test_migraine_days_are_null_with_a_reason_or_told_with_their_rule(tmp_path):
    """Aura or a triptan alone would tell some of the migraine days, so they tell none."""
    triptan = kept(
        tmp_path, "date,headache,acute_medication", daily(40, lambda k: "yes,sumatriptan" if k < 9 else "no,no")
    )
    assert counts_and_response.migraine_days(triptan) is None
    rule = counts_and_response.migraine_rule(triptan)
    assert rule["told_by"] is None
    assert "severity and nausea" in rule["why_not"]
    lines = daily(
        40, lambda k: ("yes,2,yes,no,no,", "yes,2,,no,no,", "yes,,yes,no,no,", "yes,1,,no,no,", "no,0,no,no,no,")[k % 5]
    )
    whole = kept(tmp_path, FULL, lines)
    assert counts_and_response.migraine_days(whole).sum() == 8
    assert counts_and_response.migraine_rule(whole)["undecided_headache_days"] == 16, (
        "mild pain without companions is decided"
    )


def test_days_that_the_patient_calls_migraine_are_counted_and_no_criterion_rests_on_them(tmp_path):
    rows = daily(120, lambda k: ("yes,yes", "yes,no", "no,no", "yes,")[k % 4])
    called = kept(tmp_path, "date,headache,migraine", rows)
    assert counts_and_response.counts(called, called.seen)["migraine_days_per_28d"] == 7.0
    rule = counts_and_response.migraine_rule(called)
    assert rule == {"told_by": counts_and_response.BY_WORD, "why_not": None, "undecided_headache_days": 30}
    assert counts_and_response.migraine_days(called) is None
    assert criteria.chronic(called)["status"] == criteria.POSSIBLE


def test_what_could_not_be_checked(tmp_path):
    short = kept(tmp_path, "date,headache", daily(40, lambda _: "no"))
    said = " | ".join(flags.unchecked(short, None, None))
    for word in (
        "no dose",
        "nothing of side effects",
        "nothing of acute",
        "need 112 days, the diary has 40",
        "needs 84",
    ):
        assert word in said
    long = kept(tmp_path, FULL, daily(150, lambda _: "no,0,no,no,no,none"))
    taken = doses.treatment(long, doses.asked("2026-02-01", "10 mg daily"))
    assert flags.unchecked(long, taken, 90.0) == []
    assert flags.unchecked(long, taken, None) == ["lower ceilings of weak kidneys: no creatinine clearance"]


def test_words_of_severity_mean_the_same_beside_either_scale(tmp_path):
    """Beside a 7 of 10, severe once became 3 of 10: mild."""
    words = ("mild", "moderate", "severe", "7", "5")
    read = kept(tmp_path, "date,headache,severity", daily(20, lambda k: f"yes,{words[k % 5]}"))
    assert read.severity[:5].tolist() == [1.0, 2.0, 3.0, 3.0, 2.0]
    alone = kept(tmp_path, "date,headache,severity", daily(20, lambda k: f"yes,{words[k % 3]}"))
    assert alone.severity[:3].tolist() == [1.0, 2.0, 3.0]
    assert not any("no day is above 3" in line for line in alone.understood)


@pytest.mark.parametrize(("brand", "kind"), [("Zomig", "triptan"), ("Nurofen", "nsaid"), ("Cafergot", "ergot")])
def test_brands(brand, kind):
    assert [each.acute_class for each in acute.taken(brand)] == [kind]


def test_the_courses_that_are_weighed(tmp_path):
    read = kept(tmp_path, "date,headache", daily(120, lambda _: "no"))
    on = doses.treatment(read, doses.asked("2026-02-01", "10 mg twice daily"))
    weighed = assurance.courses(on.now, on.last_dose)
    assert list(weighed) == ["as now", "without the drug", "by turns"]
    assert weighed["as now"].sum(axis=1).tolist() == [20.0] * 364
    assert weighed["without the drug"].sum() == 0.0
    assert weighed["by turns"].sum(axis=1).tolist() == ([0.0] * 28 + [20.0] * 28) * 6 + [0.0] * 28
    off = doses.treatment(read, doses.asked("2026-02-01", "10 mg daily", [], "2026-03-15"))
    weighed = assurance.courses(off.now, off.last_dose)
    assert list(weighed) == ["as now", "with the last dose again", "by turns"]
    assert weighed["as now"].sum() == 0.0
    assert weighed["with the last dose again"].sum(axis=1).tolist() == [10.0] * 364


def test_a_treatment_that_begins_after_the_diary_is_said_and_changes_no_count(tmp_path):
    read = kept(tmp_path, "date,headache", daily(30, lambda k: "yes" if k % 3 else "no"))
    steps = doses.asked("2026-01-31", "10 mg daily")
    taken = doses.treatment(read, steps)
    assert taken is None
    assert any(
        "begins on 2026-01-31, after the diary's last day" in line
        for line in doses.remarked(read, steps, taken).understood
    )
    with pytest.raises(ScenarioError, match="no day on treatment"):
        doses.treatment(read, doses.asked("2027-01-31", "10 mg daily"))


def test_doses_said_twice_are_refused(tmp_path):
    import leao

    days = "\n".join(f"2026-03-{day:02d},{'yes' if day % 5 == 0 else 'no'}" for day in range(1, 29))
    path = tmp_path / "d.csv"
    path.write_text(f"date,headache\n{days}\n", encoding="utf-8")
    by_day = {"2026-03-10": "10 mg daily"}
    for more in ({"dose": "20 mg daily"}, {"start": "2026-03-11"}, {"change": ["2026-03-12: 20 mg daily"]}):
        with pytest.raises(leao.LeaoError, match=f"doses and {next(iter(more))}"):
            leao.review.diary(path, by_day, **more)
    with pytest.raises(leao.LeaoError, match="doses and dose"):
        leao.review.diary(path, "10 mg daily", start="2026-03-10", dose="20 mg daily")
