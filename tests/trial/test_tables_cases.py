"""Right values of made-up trial tables (``cases/``, numpy draws), computed in R 4.2.2 on 26 November 2026.

MMRM: nlme::gls, REML, unstructured; counts: MASS::glm.nb with offset; ANCOVA: lm. Tolerances beside each.
"""

from pathlib import Path

import pytest

from leao.trial.analysis import analyse
from leao.trial.reading.request import TableRequest

pytestmark = pytest.mark.cross
CASES = Path(__file__).parent / "cases"


def answered(name, **request):
    return analyse(CASES / f"{name}.csv", columns=TableRequest(**request))


def row(answer, name):
    return answer["estimators"][name]["comparisons"]["memantine"]


MMRM = {  # estimate, standard error or None, tolerance, words of a problem
    "scheduled_only": (-1.461, 0.660, 0.01, ""),
    "unscheduled_visit": (-1.461, 0.660, 0.01, "visit 1.1 (1 of 40 patients)"),
    "early_termination_99": (-1.26, 0.70, 0.05, "visit 99 (6 of 40 patients)"),
    "visit_in_one_arm_only": (-1.46, None, 0.05, "visit 2: no patient of memantine"),
    "adam_anl01fl": (-1.461, 0.660, 0.01, "8 rows are no analysis records"),
    "adam_locf": (-1.27, None, 0.02, "20 values are carried forward"),
    "wide": (-1.461, 0.660, 0.01, "pre is the baseline, then m1, m2, m3"),
    "weekly_ndays7": (-2.48, 0.58, 0.1, "12 visits are pooled to 3 months"),
}


@pytest.mark.parametrize("name", MMRM)
def test_mmrm_of_the_last_planned_visit(name):
    estimate, se, tolerance, words = MMRM[name]
    answer = answered(name)
    assert answer["estimator"] == "mmrm"
    assert row(answer, "mmrm")["estimate"] == pytest.approx(estimate, abs=tolerance)
    assert se is None or row(answer, "mmrm")["se"] == pytest.approx(se, abs=tolerance)
    assert any(words in problem for problem in answer["problems"])


def test_a_last_visit_carried_forward_has_the_interval_of_the_observed():
    interval = answered("adam_locf")["difference"]
    assert [interval["low"], interval["high"]] == pytest.approx([-2.46, -0.07], abs=0.02)


def test_values_carried_forward_without_a_flag_raise_a_doubt(tmp_path):
    text = (CASES / "adam_locf.csv").read_text(encoding="utf-8").replace(",LOCF", ",").replace(",DTYPE", ",note")
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    problems = analyse(tmp_path / "t.csv")["problems"]
    assert any("the last value repeats the one before" in problem for problem in problems)
    assert not any("repeats the one before" in problem for problem in answered("scheduled_only")["problems"])


def test_weeks_with_their_days():
    ratio = answered("weekly_ndays7")["rate_ratio"]
    assert [ratio[key] for key in ("estimate", "low", "high")] == pytest.approx([0.6236, 0.511, 0.760], abs=0.005)


def test_visits_of_two_weeks_and_a_baseline_of_eight():
    answer = answered("two_week_visits", visit_days="14", baseline_days=56.0)
    assert answer["responders_50_percent"] == pytest.approx({"placebo": 45.0, "memantine": 80.0}, abs=1.0)
    interval = row(answer, "ancova")
    assert [interval[k] for k in ("estimate", "low", "high")] == pytest.approx([-2.06, -3.78, -0.34], abs=0.05)
    untold = answered("two_week_visits")
    assert any("was the baseline counted over as many days" in problem for problem in untold["problems"])


def test_a_baseline_of_nothing_does_not_halve():
    assert answered("zero_baseline")["responders_50_percent"] == {"placebo": 0.0, "memantine": 0.0}


def test_three_patients_an_arm_are_few():
    answer = answered("six_patients")
    assert "negative_binomial " in answer["caution"]
