"""Estimands for patients who stopped, subgroups with interaction, and what covariates gain."""

import csv

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import leao
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.cross
N = 120


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(8)
    arm = np.arange(N) % 2
    base, age = rng.normal(20.0, 4.0, N), rng.normal(40.0, 9.0, N)
    sex = np.where(rng.random(N) < 0.6, "F", "M")
    course = (
        rng.normal(0.0, 3.0, N)[:, None] + rng.normal(0.0, 2.0, (N, 3)).cumsum(axis=1) + 0.2 * (age - 40.0)[:, None]
    )
    values = base[:, None] - 2.0 - 2.5 * (arm * (sex == "F"))[:, None] + course
    stop = np.where(rng.random(N) < 0.2, rng.integers(0, 3, N), 9)
    return arm, base, age, sex, np.round(values, 3), stop


def write(path, people, stop_cell, seen=lambda who, visit, stop: True):
    arm, base, age, sex, values, stop = people
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["subject", "arm", "visit", "score", "age", "sex", "off"])
        for k in range(N):
            name = "drug" if arm[k] else "placebo"
            for visit in range(4):
                if visit and not seen(k, visit, stop[k]):
                    continue
                value = base[k] if visit == 0 else values[k, visit - 1]
                out.writerow([k, name, visit, value, round(age[k], 2), sex[k], stop_cell(stop[k], visit)])
    return path


def analysed(path, **more):
    return leao.trial.analyse(path, kind="score", stopped="off", ignore=("age", "sex"), **more).summary


def number(stop, visit):
    return "" if stop == 9 else str(stop)


def rows(answer):
    return {(row["strategy"], row["estimator"]): row for row in answer["estimands"]["rows"]}


def test_each_estimand_is_the_estimator_on_the_table_it_means(people, tmp_path):
    arm, base, _, _, values, stop = people
    answer = analysed(write(tmp_path / "a.csv", people, number))
    checked("trial-analyse", answer)
    got = rows(answer)
    whole = answer["estimators"]["mmrm"]["comparisons"]["drug"]["estimate"]
    assert got["treatment_policy", "mmrm"]["comparisons"]["drug"]["estimate"] == pytest.approx(whole)
    put_aside = write(tmp_path / "b.csv", people, lambda *_: "", lambda k, visit, stop: visit <= stop)
    alone = leao.trial.analyse(put_aside, kind="score", ignore=("age", "sex", "off")).summary
    expected = alone["estimators"]["mmrm"]["comparisons"]["drug"]["estimate"]
    assert got["hypothetical", "mmrm"]["comparisons"]["drug"]["estimate"] == pytest.approx(expected)
    last = np.where(stop == 9, values[:, 2], np.take_along_axis(values, np.clip(stop - 1, 0, 2)[:, None], 1)[:, 0])
    keep = stop > 0
    x = sm.add_constant(np.column_stack([arm, base])[keep])
    fit = sm.OLS((last - base)[keep], x).fit()
    mine = got["while_on_treatment", "ancova"]["comparisons"]["drug"]
    assert mine["estimate"] == pytest.approx(fit.params[1])
    assert mine["p"] == pytest.approx(fit.pvalues[1])
    counts = {name: int((keep & (arm == k)).sum()) for k, name in enumerate(("placebo", "drug"))}
    assert got["while_on_treatment", "ancova"]["patients"] == counts
    worst = [(values[k, v - 1] if v <= stop[k] else base[k]) for k in range(N) for v in (1, 2, 3)]
    composite = (arm, base, people[2], people[3], np.array(worst).reshape(N, 3), stop)
    alone = leao.trial.analyse(
        write(tmp_path / "c.csv", composite, lambda *_: ""), kind="score", ignore=("age", "sex", "off")
    )
    expected = alone.summary["estimators"]["mmrm"]["comparisons"]["drug"]["estimate"]
    assert got["composite", "mmrm"]["comparisons"]["drug"]["estimate"] == pytest.approx(expected)


def test_flags_and_visits_say_the_same(people, tmp_path):
    flags = write(tmp_path / "f.csv", people, lambda stop, visit: "yes" if visit > stop else "no")
    visits = write(tmp_path / "v.csv", people, number)
    assert analysed(flags)["estimands"]["rows"] == analysed(visits)["estimands"]["rows"]


def test_nothing_recorded_after_a_stop_is_said(people, tmp_path):
    answer = analysed(write(tmp_path / "a.csv", people, number, lambda k, visit, stop: visit <= stop))
    assert answer["estimands"]["recorded_after"] == 0
    assert any("missing at random alone" in line for line in answer["problems"])
    got = rows(answer)
    same = [got[s, "mmrm"]["comparisons"]["drug"]["estimate"] for s in ("treatment_policy", "hypothetical")]
    assert same[0] == pytest.approx(same[1])


@pytest.mark.parametrize(
    ("cell", "match"),
    [
        (lambda stop, visit: "", "nobody stopped"),
        (lambda stop, visit: str(int(visit > stop)), "0 and 1 alone"),
        (lambda stop, visit: "yes" if stop < 9 else "no", "who stopped, not when"),
        (lambda stop, visit: "yes" if visit == stop + 1 < 3 else "no", "taken again"),
        (lambda stop, visit: "soon" if stop < 9 else "", "wanted the last visit"),
        (lambda stop, visit: str(visit) if stop < 9 else "", "differs within a patient"),
    ],
)
def test_a_column_that_is_no_stop_is_refused(people, tmp_path, cell, match):
    with pytest.raises(ScenarioError, match=match):
        analysed(write(tmp_path / "a.csv", people, cell))


def test_subgroups_and_their_interaction_are_those_of_one_model(people, tmp_path):
    arm, base, age, sex, values, _ = people
    path = write(tmp_path / "a.csv", people, number)
    answer = leao.trial.analyse(path, kind="score", subgroup="sex,age", ignore=("off",)).summary
    checked("trial-analyse", answer)
    by_sex, by_age = answer["subgroups"]
    male = (sex == "M").astype(float)
    x = sm.add_constant(np.column_stack([arm, male, arm * male, base]))
    fit = sm.OLS(values[:, 2] - base, x).fit()
    assert by_sex["interaction_p"] == pytest.approx(fit.pvalues[3])
    female, males = (level["comparisons"]["drug"] for level in by_sex["levels"])
    assert female["estimate"] == pytest.approx(fit.params[1])
    other = fit.t_test([0, 1, 0, 1, 0])
    assert (males["estimate"], males["se"]) == pytest.approx((other.effect[0], other.sd[0, 0]))
    assert by_age["cut"].startswith("cut at the median")
    assert any("not adjusted for their number" in line for line in answer["problems"])


def test_what_covariates_gain_is_shown(people, tmp_path):
    arm, base, age, _, values, _ = people
    path = write(tmp_path / "a.csv", people, number)
    answer = leao.trial.analyse(path, kind="score", covariates="age", ignore=("off", "sex")).summary
    plain, based, both = answer["precision"]
    y = values[:, 2] - base
    for row, columns in ((plain, [arm]), (based, [arm, base]), (both, [arm, base, np.round(age, 2)])):
        assert row["se"] == pytest.approx(sm.OLS(y, sm.add_constant(np.column_stack(columns))).fit().bse[1])
    assert both["gain_percent"] == pytest.approx(100.0 * ((plain["se"] / both["se"]) ** 2 - 1.0))
    assert both["gain_percent"] > based["gain_percent"]


def test_counts_have_responders_and_rates_on_treatment(tmp_path):
    rng = np.random.default_rng(3)
    n = 80
    arm = np.arange(n) % 2
    records = [
        (
            k,
            "drug" if arm[k] else "placebo",
            visit,
            int(rng.poisson(8 - 2 * arm[k] * (visit > 0))),
            28,
            "2" * (k % 7 == 0),
        )
        for k in range(n)
        for visit in range(4)
    ]
    frame = pl.DataFrame(records, schema=["subject", "arm", "visit", "count", "days", "off"], orient="row")
    path = tmp_path / "c.csv"
    frame.write_csv(path)
    answer = leao.trial.analyse(path, value="count", kind="count", stopped="off", visit_days="days").summary
    got = rows(answer)
    assert {("composite", "responder"), ("while_on_treatment", "negative_binomial")} <= got.keys()
    kept = frame.filter((pl.col("off") == "") | (pl.col("visit") <= 2))
    kept.drop("off").write_csv(tmp_path / "k.csv")
    alone = leao.trial.analyse(tmp_path / "k.csv", value="count", kind="count", visit_days="days").summary
    expected = alone["estimators"]["negative_binomial"]["comparisons"]["drug"]["estimate"]
    assert got["while_on_treatment", "negative_binomial"]["comparisons"]["drug"]["estimate"] == pytest.approx(expected)
