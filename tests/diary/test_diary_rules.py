"""The rules of counting against cases worked by hand."""

import numpy as np
import pytest

from leao.core import ledger
from leao.diary import counting

pytestmark = pytest.mark.analytic

R = counting.standard()


def flags(text):
    """Read x as yes and . as no, one character a day."""
    return np.array([mark == "x" for mark in text])


def days(n_of):
    """Whole months with the given number of days each, at their start."""
    return np.concatenate([np.arange(28) < n for n in n_of])


def text(days_marked):
    return "".join("x" if marked else "." for marked in days_marked)


def test_headache_day_by_length_or_medicine():
    hours = np.array([0.0, 0.5, 1.0, 6.0])
    assert text(counting.is_headache_day(hours, R.headache_hours)) == "..xx"
    assert text(counting.is_headache_day(hours, R.headache_hours, flags(".x.."))) == ".xxx"


def signs(**changes):
    base = {
        "hours": np.full(6, 5.0), "pain_features": np.full(6, 2), "nausea": flags("......"),
        "photophobia": flags("......"), "phonophobia": flags("......"),
    }  # fmt: skip
    return counting.Signs(**base | changes)


HEADACHE = flags("xxxxxx")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, "......"),
        ({"nausea": flags("x.....")}, "x....."),
        ({"photophobia": flags("xx...."), "phonophobia": flags("x.x...")}, "x....."),
        ({"nausea": flags("xx...."), "pain_features": np.array([2, 1, 2, 2, 2, 2])}, "x....."),
        ({"nausea": flags("xxx..."), "hours": np.array([0.4, 0.5, 3.9, 5, 5, 5])}, ".xx..."),
        ({"specific": flags("...x..")}, "...x.."),
        ({"aura_minutes": np.array([0, 4.0, 5.0, 60.0, 61.0, 0])}, "..xx.."),
    ],
)
def test_migraine_day_of_leiden(changes, wanted):
    assert text(counting.is_migraine_day(HEADACHE, signs(**changes), R)) == wanted


def test_classic_migraine_day_asks_for_four_hours():
    seen = signs(nausea=flags("xxxxxx"), hours=np.array([0.5, 3.9, 4.0, 72, 0, 4]), specific=flags("x....."))
    assert text(counting.is_migraine_day_classic(HEADACHE, seen, R)) == "x.xx.x"


def test_aura_alone_makes_a_migraine_day_and_a_drug_without_headache_does_not():
    none = flags("......")
    seen = signs(aura_minutes=np.array([20.0, 0, 0, 0, 0, 0]), specific=flags(".x...."), nausea=flags("xxxxxx"))
    assert text(counting.is_migraine_day(none, seen, R)) == "x....."


def test_severity_stands_for_pain_features_where_those_are_not_kept():
    seen = counting.Signs(severity=np.array([0, 1, 2, 3, 3, 2]), nausea=flags("xxxx.."))
    assert text(counting.is_migraine_day(flags(".xxxxx"), seen, R)) == "..xx.."


def test_a_single_missing_day_between_migraine_days_is_one():
    migraine, missing = flags("x.x..x...x"), flags(".x.x...x..")
    assert text(counting.imputed(migraine, missing)) == "xxx..x...x"
    assert text(counting.imputed(flags("x..x"), flags(".xx."))) == "x..x"


def test_attacks_of_hours():
    # ends at 10 h; 33.9 is 23.9 h later: same attack; 58 is 24 h after its end at 34: a new one
    start, end = np.array([0.0, 33.9, 58.0]), np.array([10.0, 34.0, 60.0])
    assert text(counting.attack_begins(start, end, R.attack_gap)) == "x.x"


def test_relapse_within_48_hours_of_the_onset():
    assert (
        text(counting.attack_begins_after_relapse(np.array([0.0, 30.0, 47.9, 48.0, 95.9]), R.relapse_window)) == "x..x."
    )


@pytest.mark.parametrize(
    ("migraine", "whole_free_day", "locked"),
    [
        ("xx.x..x", "x..x..x", "x.....x"),
        (".x.x.x.", ".x.x.x.", ".x....."),
        ("x..x..x", "x..x..x", "x..x..x"),
        ("xxxxxxx", "x......", "x......"),
        (".......", ".......", "......."),
    ],
)
def test_attacks_of_days(migraine, whole_free_day, locked):
    assert text(counting.attack_begins_on_day(flags(migraine), 1)) == whole_free_day
    assert text(counting.attack_begins_on_day(flags(migraine), 1 + int(R.locked_days))) == locked


def test_periods_of_24_hours():
    assert counting.period_starts(np.array([0.0, 20.0, 100.0]), np.array([10.0, 30.0, 150.0]), 24.0).tolist() == [
        0.0, 24.0, 100.0, 124.0, 148.0,
    ]  # fmt: skip


def test_months_are_prorated_to_28_filled_days():
    missing = np.zeros(60, bool)
    missing[:14] = True
    prorated = counting.per_month(days([28, 7, 0])[:60], missing, R.month)
    assert prorated.tolist() == [28.0, 7.0]
    assert np.isnan(counting.per_month(np.ones(28), np.ones(28, bool), R.month)).all()


@pytest.mark.parametrize(("fall", "wanted"), [(0.3, "xxx."), (0.5, "xx.."), (0.75, "x..."), (1.0, "x...")])
def test_responders(fall, wanted):
    end = np.array([0.0, 4.0, 5.0, 7.0])
    assert text(counting.is_responder(np.full(4, 8.0), end, fall)) == wanted


def test_chronic_migraine_needs_15_and_8_days_for_more_than_three_months():
    headache, migraine = np.array([15, 20, 15, 16.0]), np.array([8, 9, 8, 8.0])
    assert counting.is_chronic_migraine(headache, migraine, R)
    assert not counting.is_chronic_migraine(headache[:3], migraine[:3], R)
    assert not counting.is_chronic_migraine(np.array([15, 14.9, 15, 16]), migraine, R)
    assert not counting.is_chronic_migraine(headache, np.array([8, 8, 7.9, 8]), R)
    # an early bad month is forgiven when the last four all meet it
    assert counting.is_chronic_migraine(np.append(3.0, headache), np.append(0.0, migraine), R)
    assert counting.is_chronic_migraine(np.stack([headache, 0 * headache]), migraine, R).tolist() == [True, False]


def test_overuse_by_class():
    none = np.zeros(28, bool)
    overused = counting.overused({"triptan": days([10]), "nsaid": days([14]), "paracetamol": none}, none, R)
    assert {drug: bool(month[0]) for drug, month in overused.items()} == {
        "triptan": True, "nsaid": False, "paracetamol": False, "several": False,
    }  # fmt: skip
    # 6 days of triptan and 6 others of an NSAID: neither alone, both together on 12 days
    apart = counting.overused({"triptan": days([6]), "nsaid": days([12]) & ~days([6])}, none, R)
    assert [bool(apart[drug][0]) for drug in ("triptan", "nsaid", "several")] == [False, False, True]
    # the two simple analgesics share their limit of 15
    simple = counting.overused({"paracetamol": days([7]), "nsaid": days([14]) & ~days([7])}, none, R)
    assert not simple["several"][0]


def test_overuse_is_prorated_over_missing_days():
    missing = np.arange(28) >= 14
    assert counting.overused({"triptan": days([5])}, missing, R)["triptan"][0]  # 5 of 14 days: 10 of 28


def test_overuse_headache_needs_both_for_more_than_three_months():
    headache, yes = np.full(4, 16.0), np.ones(4, bool)
    assert counting.is_overuse_headache(headache, yes, R)
    assert not counting.is_overuse_headache(headache - 2, yes, R)
    assert not counting.is_overuse_headache(headache, np.array([True, False, True, True]), R)
    assert not counting.is_overuse_headache(headache[:3], yes[:3], R)


def test_menstrual_window_has_five_days_and_no_day_zero():
    first = counting.first_menstrual_days(flags("...xxxx...xx"))
    assert first.tolist() == [3, 10]
    assert text(counting.in_menstrual_window(12, first, R)) == ".xxxxx..xxxx"


def test_menstrual_migraine_by_two_of_three_cycles():
    first = np.array([10, 38, 66])
    attack = np.zeros(90, bool)
    attack[[8, 68]] = True  # day -2 of the first, day 3 of the third
    assert counting.menstrual_migraine(attack, first, R) == "pure"
    attack[50] = True
    assert counting.menstrual_migraine(attack, first, R) == "related"
    attack[8] = False
    assert counting.menstrual_migraine(attack, first, R) == "none"
    assert counting.menstrual_migraine(attack, first[:2], R) == "unknown"


def test_the_diarys_own_thresholds_are_the_rules():
    diary = ledger.read("diary").numbers
    assert diary["shortest"].value == R.migraine_hours
    assert diary["attack_gap"].value == R.attack_gap
