"""What the commands print that read a table, a regimen or a diary is what their contract says."""

from datetime import date, timedelta

import pytest
from tests.trial.trial_tables import ARMS, csv, months

import leao
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.command

LEVELS = """ID,TIME,EVID,AMT,II,ADDL,MDV,DV,CENS,LLOQ,WT,CRCL,PH,COLOUR
1,0,1,10,24,20,1,.,0,1,70,90,6.2,red
1,340,0,0,0,0,0,38,0,1,70,90,6.2,red
1,500,0,0,0,0,0,1,1,1,70,90,6.2,red
2,0,1,10,0,0,1,.,0,1,.,90,6.2,red
2,4,0,0,0,0,0,12,0,1,.,90,6.2,red
2,30,0,0,0,0,0,9,0,1,.,90,6.2,red
2,60,0,0,0,0,0,7,0,1,.,90,6.2,red
2,90,0,0,0,0,0,5.5,0,1,.,90,6.2,red
"""


@pytest.fixture
def levels(tmp_path):
    path = tmp_path / "levels.csv"
    path.write_text(LEVELS, encoding="utf-8")
    return path


PK = {
    "pk-simulate": lambda path: leao.exposure.simulate(path, "salt"),
    "pk-forecast": lambda path: leao.exposure.fit(path, "salt", "10 mg", "24 h", days=2),
    "pk-nca": lambda path: leao.exposure.nca(path, "salt"),
    "pk-npde": lambda path: leao.exposure.npde(path, "salt"),
    "pk-vpc": lambda path: leao.exposure.vpc(path, "salt"),
    "pk-export": lambda path: leao.exposure.export(path.with_suffix(".xml")),
}


@pytest.mark.parametrize("name", PK)
def test_levels(name, levels):
    checked(name, PK[name](levels).summary)


@pytest.mark.parametrize("name", ["pk-forecast", "pk-nca"])
def test_one_person_is_one_object(name, levels):
    head, *rows = LEVELS.splitlines()
    levels.write_text("\n".join([head, *(row for row in rows if row.startswith("2"))]) + "\n", encoding="utf-8")
    summary = PK[name](levels).summary
    assert isinstance(summary, dict)
    checked(name, summary)


PLANS = {
    "with everything answered": {
        "dose": "5 mg daily for 1 week, then 10 mg twice daily",
        "adherence": 0.8,
        "patient": {
            "weight": 70, "age": 40, "sex": "female", "serum_creatinine": "1.8 mg/dL", "urine_ph": 7.5,
            "taking": "topiramate, quux", "pregnant": "no", "breast_feeding": "no", "hepatic": "none",
            "history": "epilepsy, gout", "tolerated_10mg": "yes",
        },
    },
    "with nothing answered": {"dose": "10 mg daily"},
    "a preset": {"preset": "eu_label"},
    "above the ceiling": {"dose": "40 mg daily"},
    "forbidden": {"dose": "10 mg daily", "patient": {"pregnant": "yes", "taking": "amantadine"}},
    "another product": {"dose": "28 mg XR daily"},
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_plan(case):
    checked("plan", leao.plan.check(**PLANS[case]).summary)


def groups():
    return months(8, 2)


def one_arm():
    return [row for row in groups() if row["arm"] == ARMS[0]]


def changing(visits):
    rows = []
    for row in months(8, visits):
        order = ARMS if int(row["subject"][1:]) % 2 else ARMS[::-1]
        rows.append({**row, "arm": "" if row["visit"] == 0 else order[(row["visit"] - 1) % 2], "age": 40, "sex": "F"})
    return rows


TABLES = {
    "groups": groups,
    "groups with people": lambda: [{**row, "age": 30 + int(row["subject"][1:]), "sex": "f"} for row in groups()],
    "one arm": one_arm,
    "a crossover": lambda: changing(2),
    "trials of single patients": lambda: changing(4),
    "nothing to fit": lambda: months(2, 1),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_trials_table(case, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(csv(TABLES[case]()), encoding="utf-8")
    checked("trial-analyse", leao.trial.analyse(path).summary)


def test_a_trials_table_with_imputation(tmp_path):
    rows = [row for row in months(12, 3) if not (row["visit"] == 3 and int(row["subject"][1:]) % 5 == 0)]
    path = tmp_path / "t.csv"
    path.write_text(csv(rows), encoding="utf-8")
    answer = leao.trial.analyse(path, imputation="jump_to_reference", imputations=20, delta="3")
    checked("trial-analyse", answer.summary)
    assert answer.summary["sensitivity"]["tipping"]


def diary(path, head, rows, first=date(2026, 1, 5)):
    lines = [f"{first + timedelta(k)},{row}" for k, row in enumerate(rows)]
    path.write_text("\n".join([f"date,{head}", *lines]) + "\n", encoding="utf-8")
    return path


def full(path):
    rows = [
        f"{'yes' if k % 3 else 'no'},{k % 3},{4 * (k % 3)}h,{'sumatriptan' if k % 3 else 'none'},"
        f"{'' if k < 56 else '40 mg' if k == 90 else 'yes'},{'swollen face' if k == 100 else ''},"
        f"{'thunderclap' if k == 30 else ''},{60 if k == 120 else ''},brown"
        for k in range(126)
    ]
    return diary(path, "headache,severity,duration,acute_medication,dose_taken,side_effects,notes,HIT-6,hair", rows)


def test_a_review(tmp_path):
    path = full(tmp_path / "d.csv")
    answer = leao.review.diary(path, start="2026-03-02", dose="10 mg daily", creatinine_clearance=90.0)
    assert answer.summary["converged"]
    checked("review", answer.summary)
    checked("review-check", leao.review.diary(path, check=True).summary)


def test_a_review_without_a_drug(tmp_path):
    path = diary(tmp_path / "d.csv", "headache", ["yes" if k % 4 == 0 else "no" for k in range(40)])
    checked("review", leao.review.diary(path).summary)


def test_a_diary_with_a_question(tmp_path):
    path = diary(tmp_path / "d.csv", "headache,severity", ["yes,odd", "no,", "perhaps,mild"] * 10)
    with pytest.raises(ScenarioError):
        leao.review.diary(path)
    check = leao.review.diary(path, check=True).summary
    assert check["open"]
    checked("review-check", check)
