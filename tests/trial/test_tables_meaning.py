"""What a trial's table means: visits, lengths, flags, missing codes; each against least squares (statsmodels)."""

import json

import polars as pl
import pytest
from tests.trial.trial_tables import ARMS, csv, least_squares, months, wide

from leao.core.errors import ScenarioError
from leao.trial.analysis import analyse
from leao.trial.reading.request import TableRequest

pytestmark = pytest.mark.cross


@pytest.fixture
def answer(tmp_path):
    def run(text, name="t.csv", **request):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8") if isinstance(text, str) else path.write_bytes(text)
        return analyse(path, columns=TableRequest(**request))

    return run


def mmrm(summary, arm=ARMS[1]):
    row = summary["estimators"]["mmrm"]["comparisons"][arm]
    return row["estimate"], row["se"]


def said(summary, *words):
    return any(all(word in problem for word in words) for problem in summary["problems"])


def test_the_plain_table(answer):
    rows = months()
    analysis = answer(csv(rows))
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)  # complete data: REML is least squares
    assert analysis["unit"] == "per visit"
    assert said(analysis, "--visit-days")
    assert (analysis["left_out"], analysis["columns"]["not_read"]) == ([], [])
    assert analysis["columns"]["used"] == ["subject", "arm", "visit", "attacks"]


@pytest.mark.parametrize("code", ["99", "999", "ET", "Early Termination", "4"])
def test_an_early_termination_visit_is_not_the_endpoint(answer, code):
    """Six patients lack visit 3 and have another visit instead, with values that would turn the answer round."""
    rows = months()
    gone = {f"X{who:03d}" for who in range(6)}
    rest = [row for row in rows if not (row["subject"] in gone and row["visit"] == 3)]
    late = [
        {"subject": who, "arm": ARMS[k % 2], "visit": code, "attacks": 2 + 9 * (k % 2)}
        for k, who in enumerate(sorted(gone))
    ]
    text = csv([{**row, "visit": str(row["visit"])} for row in [*rest, *late]])
    without = answer(csv([{**row, "visit": str(row["visit"])} for row in rest]))
    analysis = answer(text)
    assert mmrm(analysis) == pytest.approx(mmrm(without))
    assert analysis["visits"] == ["visit 1", "visit 2", "visit 3"]
    assert said(analysis, f"visit {code}", "early termination", "left out")
    assert [len(part["rows"]) for part in analysis["left_out"]] == [6]
    for key in ("rate_ratio", "responders_50_percent"):
        assert analysis[key] == pytest.approx(without[key]) or analysis[key] == without[key]


def test_an_early_visit_can_be_mapped_to_the_next_planned_one(answer):
    rows = months()
    moved = [
        {**row, "visit": "99" if row["subject"] == "X003" and row["visit"] == 3 else str(row["visit"])} for row in rows
    ]
    assert mmrm(answer(csv(moved), move_visit=("99=next",))) == pytest.approx(least_squares(rows), rel=1e-6)
    assert mmrm(answer(csv(moved), move_visit=("99=3",))) == pytest.approx(least_squares(rows), rel=1e-6)


@pytest.mark.parametrize("code", ["1.1", "2.5", "UNS", "Unscheduled 2.01", "Follow-up", "Safety FU", "Endpoint (LOCF)"])
def test_visits_that_are_not_planned(answer, code):
    rows = months()
    extra = {"subject": "X001", "arm": ARMS[1], "visit": code, "attacks": 40}
    analysis = answer(csv([*({**row, "visit": str(row["visit"])} for row in rows), extra]))
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)
    assert analysis["rate_ratio"] == pytest.approx(answer(csv(rows))["rate_ratio"])
    assert said(analysis, code, "1 of 40 patients")


def test_fractions_that_everybody_has_are_visits(answer):
    rows = [{**row, "visit": row["visit"] / 2} for row in months()]
    assert answer(csv(rows))["visits"] == ["visit 0.5", "visit 1", "visit 1.5"]


def test_the_planned_visits_can_be_said(answer):
    rows = months()
    analysis = answer(csv(rows), visits="1,2")
    assert mmrm(analysis) == pytest.approx(least_squares(rows, last=2), rel=1e-6)
    assert said(analysis, "visit 3", "not among --visits")


def test_a_phase_after_treatment_is_not_the_endpoint(answer):
    rows = [{**row, "EPOCH": "FOLLOW-UP" if row["visit"] == 4 else "TREATMENT"} for row in months(visits=4)]
    analysis = answer(csv(rows))
    assert analysis["visits"][-1] == "visit 3"
    assert said(analysis, "visit 4", "follow-up")


def test_a_visit_of_one_arm_alone(answer):
    rows = months()
    analysis = answer(csv([row for row in rows if row["arm"] == ARMS[0] or row["visit"] != 2]))
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)
    assert said(analysis, "visit 2", "no patient of memantine")


def test_a_visit_where_all_values_are_alike(answer):
    rows = months()
    analysis = answer(csv([{**row, "attacks": 4 if row["visit"] == 2 else row["attacks"]} for row in rows]))
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)
    assert said(analysis, "visit 2", "every value is 4")
    analysis = answer(csv([{**row, "attacks": 4 if row["visit"] == 3 else row["attacks"]} for row in rows]))
    assert analysis["difference"] is None
    assert said(analysis, "mmrm", "every value at visit 3 is 4")


@pytest.mark.parametrize("code", ["", "NA", "N/A", ".", "nan", "null"])
def test_missing_codes_are_one(answer, code):
    rows = months()
    gaps = [(2, 1), (5, 3), (8, 2)]
    text = [
        {**row, "attacks": code if (int(row["subject"][1:]), row["visit"]) in gaps else str(row["attacks"])}
        for row in rows
    ]
    absent = [row for row in rows if (int(row["subject"][1:]), row["visit"]) not in gaps]
    assert mmrm(answer(csv(text))) == pytest.approx(mmrm(answer(csv(absent))))


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("inf", "finite"),
        ("-inf", "finite"),
        ("1e308", "1e7"),
        ("999", "--missing 999"),
        ("-3", "0 or more"),
        ("many", "number"),
        ("１２", "number"),
        ("1_000", "number"),
    ],
)
def test_cells_that_cannot_be_are_refused_by_row(answer, cell, words):
    rows = [{**row, "attacks": cell if k == 5 else str(row["attacks"])} for k, row in enumerate(months())]
    with pytest.raises(Exception, match="row 7") as refusal:
        answer(csv(rows))
    assert words in str(refusal.value)


def test_a_code_for_missing_can_be_said(answer):
    rows = months()
    coded = [{**row, "attacks": -9 if k == 6 else row["attacks"]} for k, row in enumerate(rows)]
    assert mmrm(answer(csv(coded), missing="-9")) == pytest.approx(
        mmrm(answer(csv([r for k, r in enumerate(rows) if k != 6])))
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(answer, separator, encoding):
    rows = [{**row, "arm": "Plácebo" if row["arm"] == ARMS[0] else row["arm"]} for row in months()]
    analysis = answer(csv(rows, separator).encode(encoding), control="Plácebo")
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)


def test_decimal_commas(answer):
    text = csv([{**row, "attacks": f"{row['attacks']},0"} for row in months()], ";")
    assert mmrm(answer(text)) == pytest.approx(least_squares(months()), rel=1e-6)


def test_a_wide_table(answer):
    table = wide(months()).rename({"0": "pre", "1": "m1", "2": "m2", "3": "m3", "subject": "id", "arm": "group"})
    analysis = answer(table.write_csv())
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)
    assert said(analysis, "pre is the baseline, then m1, m2, m3")
    odd = table.rename({"pre": "start_count", "m1": "first", "m2": "second", "m3": "third"})
    analysis = answer(odd.write_csv(), baseline="start_count", value="first,second,third")
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)
    with pytest.raises(Exception, match="several sets of columns"):
        answer(table.with_columns(pl.col("m1").alias("days_m1"), pl.col("m2").alias("days_m2")).write_csv())


def adam(rows):
    return [
        {"USUBJID": row["subject"], "TRTP": row["arm"], "PARAMCD": "ATTACKS", "AVISITN": row["visit"],
         "AVAL": row["attacks"],
         "ANL01FL": "Y", "DTYPE": "", "ITTFL": "Y"}
        for row in rows
    ]  # fmt: skip


def test_analysis_records_are_chosen(answer):
    rows = adam(months())
    second = [{**row, "ANL01FL": "", "AVAL": 50} for row in rows[4:12]]
    analysis = answer(csv([*rows, *second]))
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)
    assert said(analysis, "8 rows", "ANL01FL")
    assert analysis["left_out"][0]["rows"] == list(range(162, 170))


@pytest.mark.parametrize("flag", ["ANL02FL", "PPROTFL", "SAFFL"])
def test_another_flag_is_asked_about(answer, flag):
    rows = adam(months())
    for k, row in enumerate(rows):
        row.pop("ITTFL")
        row[flag] = "" if k // 4 == 1 else "Y"
    with pytest.raises(Exception, match=f"--where {flag}=Y"):
        answer(csv(rows))
    assert answer(csv(rows), where=(f"{flag}=Y",))["subjects"] == 39
    assert answer(csv(rows), ignore=(flag,))["subjects"] == 40


def test_patients_outside_the_population(answer):
    rows = adam(months())
    for row in rows[:4]:
        row["ITTFL"] = "N"
    analysis = answer(csv(rows))
    assert analysis["subjects"] == 39
    assert said(analysis, "ITTFL")


@pytest.mark.parametrize("kind", ["LOCF", "BOCF", "WOCF", "locf"])
def test_values_carried_forward_are_not_observed(answer, kind):
    rows = adam(months())
    for k, row in enumerate(rows):
        if row["AVISITN"] == 3 and k < 60:
            row["DTYPE"] = kind
    observed = [row for row in rows if not row["DTYPE"]]
    analysis = answer(csv(rows))
    assert mmrm(analysis) == pytest.approx(mmrm(answer(csv(observed))))
    assert said(analysis, "15 values are carried forward", kind)
    assert mmrm(answer(csv(rows), keep_imputed=True)) == pytest.approx(least_squares(months()), rel=1e-6)


def test_words_of_visits_with_a_flagged_baseline(answer):
    names = {0: "Screening", 1: "Baseline", 2: "Month 1", 3: "Month 2", 4: "Month 3"}
    base = {row["subject"]: row for row in months() if row["visit"] == 0}
    rows = []
    for row in months():
        at = row["visit"] + 1
        rows.append({"USUBJID": row["subject"], "TRT01P": row["arm"], "AVISITN": at + 1, "AVISIT": names[at],
                     "AVAL": row["attacks"], "ABLFL": "Y" if at == 1 else ""})  # fmt: skip
        if at == 1:
            rows.append(
                {**rows[-1], "AVISITN": 1, "AVISIT": names[0], "AVAL": base[row["subject"]]["attacks"] + 7, "ABLFL": ""}
            )
    analysis = answer(csv(rows))
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)
    assert analysis["visits"] == ["Month 1", "Month 2", "Month 3"]
    assert said(analysis, "40 rows before the baseline visit")


def test_sites_that_number_their_patients_alike(answer):
    rows = [
        {"site": "A" if int(r["subject"][1:]) < 20 else "B", **r, "subject": str(int(r["subject"][1:]) % 20)}
        for r in months()
    ]
    with pytest.raises(Exception, match="--subject site,subject"):
        answer(csv(rows))
    analysis = answer(csv(rows), subject="site,subject")
    assert (analysis["subjects"], mmrm(analysis)) == (40, pytest.approx(least_squares(months()), rel=1e-6))


def test_nobody_halves_nothing(answer):
    rows = [{**row, "attacks": 0 if int(row["subject"][1:]) < 20 else row["attacks"]} for row in months()]
    analysis = answer(csv(rows))
    table = wide(rows)
    for arm in ARMS:
        here = table.filter(pl.col("arm") == arm)
        fell = ((here["3"] <= 0.5 * here["0"]) & (here["0"] > 0)).sum()
        assert analysis["responders_50_percent"][arm] == pytest.approx(100.0 * fell / 20)


def test_zeros_where_people_left(answer):
    rows = months()
    gone = {"X002", "X005", "X009", "X014"}
    zero = [
        {**row, "attacks": 0 if row["subject"] in gone and row["visit"] >= 2 else row["attacks"] + (row["visit"] > 0)}
        for row in rows
    ]
    assert said(answer(csv(zero)), "a zero stays to the end")
    assert not said(answer(csv(rows)), "a zero stays")


def test_lengths_are_data(answer):
    """Visits of 14 days, the baseline counted over 56: per 28 days the last visit counts twice, the baseline half."""
    rows = months(visits=4)
    twice = [{**row, "attacks": row["attacks"] * 2 if row["visit"] == 0 else row["attacks"]} for row in rows]
    wanted = least_squares(
        [{**row, "attacks": row["attacks"] * (1 if row["visit"] == 0 else 2)} for row in rows], last=4
    )
    analysis = answer(csv(twice), visit_days="14", baseline_days=56.0)
    assert (analysis["unit"], mmrm(analysis)) == ("per 28 days", pytest.approx(wanted, rel=1e-6))
    with pytest.raises(Exception, match="--baseline-days"):
        answer(csv(twice), visit_days="14")
    columns = [{**row, "length": 56 if row["visit"] == 0 else 14} for row in twice]
    assert mmrm(answer(csv(columns), visit_days="length")) == pytest.approx(wanted, rel=1e-6)
    with pytest.raises(Exception, match="--visit-days COLUMN"):
        answer(csv(columns))
    windows = [
        {**row, "AWLO": -55 if row["visit"] == 0 else 14 * row["visit"] - 13, "AWHI": 14 * row["visit"]}
        for row in twice
    ]
    assert mmrm(answer(csv(windows))) == pytest.approx(wanted, rel=1e-6)


def test_weeks_are_pooled_to_months(answer):
    rows = months(visits=12)
    analysis = answer(csv(rows), visit_days="7", baseline_days=28.0)
    pooled = []
    for row in rows:
        if row["visit"] == 0:
            pooled += [row, *({**row, "visit": k, "attacks": 0} for k in (1, 2, 3))]
    at = {(row["subject"], row["visit"]): row for row in pooled}
    for row in rows:
        if row["visit"]:
            at[row["subject"], (row["visit"] + 3) // 4]["attacks"] += row["attacks"]
    assert analysis["visits"] == ["month 1", "month 2", "month 3"]
    assert mmrm(analysis) == pytest.approx(least_squares(pooled), rel=1e-6)
    by_count = answer(csv(rows), pool=4)
    assert by_count["visits"] == ["visit 1 to visit 4", "visit 5 to visit 8", "visit 9 to visit 12"]


def test_a_year_of_weeks_needs_no_table_of_patterns(answer):
    rows = months(n=30, visits=52)
    analysis = answer(csv(rows))
    assert said(analysis, "mmrm: left out", "52 visits", "--pool 4")
    assert analysis["estimator"] == "ancova"
    assert analysis["estimators"]["ancova"]["comparisons"][ARMS[1]]["estimate"] == pytest.approx(
        least_squares(rows, last=52)[0]
    )
    assert analysis["rate_ratio"]["estimate"] < 1.0


def test_a_control_that_falls_too_far_raises_a_doubt(answer):
    rows = [{**row, "attacks": row["attacks"] * 4 if row["visit"] == 0 else row["attacks"]} for row in months()]
    assert said(answer(csv(rows)), "was the baseline counted over as many days")


def test_scales_and_changes(answer):
    rows = months()
    base = {row["subject"]: row["attacks"] for row in rows if row["visit"] == 0}
    change = [
        {"subject": row["subject"], "arm": row["arm"], "visit": row["visit"],
         "CHG": row["attacks"] - base[row["subject"]],
         "BASE": base[row["subject"]]}
        for row in rows
        if row["visit"]
    ]  # fmt: skip
    analysis = answer(csv(change))
    assert (analysis["kind"], analysis["unit"]) == ("change", "change from baseline")
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)
    assert analysis["responders_50_percent"] is analysis["rate_ratio"] is None
    score = [{**row, "attacks": row["attacks"] - 8.5} for row in rows]
    with pytest.raises(Exception, match="--kind score"):
        answer(csv(score))
    analysis = answer(csv(score), kind="score", better="higher")
    assert mmrm(analysis) == pytest.approx(least_squares(rows), rel=1e-6)
    assert (analysis["unit"], analysis["better"], analysis["responders_50_percent"]) == ("points", "higher", None)
    assert "negative_binomial" not in analysis["estimators"]


def test_few_patients_are_warned_of_as_in_simulations(answer):
    analysis = answer(csv(months(n=3, seed=4)))
    assert "At such sizes not every estimator keeps its 5 %" in analysis["caution"]
    assert analysis["caution"] in analysis["problems"]


def test_a_file_is_read_by_the_name_it_has(tmp_path):
    (tmp_path / "trial2.csv").write_text(csv(months(seed=2)), encoding="utf-8")
    (tmp_path / "trial[2].csv").write_text(csv(months(seed=3)), encoding="utf-8")
    analysis = analyse(tmp_path / "trial[2].csv")
    assert mmrm(analysis) == pytest.approx(least_squares(months(seed=3)), rel=1e-6)
    for name in ("*", ""):
        with pytest.raises(Exception, match="."):
            analyse(tmp_path / name)


def test_the_answer_is_json(answer):
    json.dumps(answer(csv(months())), allow_nan=False)


def test_what_is_ignored_is_not_read(answer):
    rows = [{**row, "baseline": 3} for row in months()]
    assert answer(csv(rows))["baseline"][ARMS[0]]["baseline_mean"] == 3.0
    analysis = answer(csv(rows), ignore=("baseline",))
    assert mmrm(analysis) == pytest.approx(least_squares(months()), rel=1e-6)
    assert analysis["columns"]["dropped"] == ["baseline"]
    for request in ({"ignore": ("arm",), "arm": "arm"}, {"ignore": ("arm",)}, {"visits": "1,1"}, {"visits": ","}):
        with pytest.raises(Exception, match="."):
            answer(csv(rows), **request)


def test_a_code_for_missing_is_one_of_values_alone(answer):
    """Patient 99 and age 99 stay what they are where 99 is said to be a missing value."""
    rows = [{**row, "subject": str(int(row["subject"][1:]) + 80), "age": 40} for row in months()]
    coded = [{**row, "attacks": 99 if k == 6 else row["attacks"]} for k, row in enumerate(rows)]
    analysis = answer(csv(coded), missing="99")
    assert analysis["subjects"] == 40
    assert mmrm(analysis) == pytest.approx(mmrm(answer(csv([row for k, row in enumerate(rows) if k != 6]))))


def test_arms_that_differ_by_capitals_and_blanks_are_one(answer):
    rows = months()
    names = {ARMS[0]: ("Placebo", "placebo"), ARMS[1]: ("Memantine 10 mg", "memantine 10mg")}
    spelt = [{**row, "arm": names[row["arm"]][int(row["subject"][1:]) % 4 > 1]} for row in rows]
    analysis = answer(csv(spelt))
    assert len(analysis["arms"]) == 2
    assert mmrm(analysis, analysis["arms"][1]) == pytest.approx(least_squares(rows), rel=1e-6)
    assert said(analysis, "taken for")


@pytest.mark.parametrize(("known", "other"), [("004", "4"), ("p4", "P4"), ("A 07", "A7")])
def test_a_patient_written_two_ways_is_refused(tmp_path, known, other):
    people = [(who, k) for k, who in enumerate("abcdef")]
    lines = [f"{who},{ARMS[k % 2]},{visit},{5 + k + visit}" for who, k in people for visit in range(3)]
    lines += [f"{known},{ARMS[0]},0,7", f"{other},{ARMS[0]},1,6"]
    path = tmp_path / "t.csv"
    path.write_text("ID,ARM,VISIT,DAYS\n" + "\n".join(lines))
    with pytest.raises(ScenarioError, match="wanted each patient written one way"):
        analyse(path, columns=TableRequest(value="DAYS"))


@pytest.mark.parametrize(
    "name", ["PCTDAYS", "perc_days", "HDPCT", "prop_days", "Anteil", "Kopfschmerztage (%)", "pourcentage", "Porcentaje"]
)
def test_a_share_is_not_read_as_a_count(answer, name):
    rows = [{**{k: v for k, v in row.items() if k != "attacks"}, name: row["attacks"]} for row in months()]
    with pytest.raises(ScenarioError, match="--kind score"):
        answer(csv(rows), value=name)
    analysis = answer(csv(rows), value=name, kind="score")
    assert (analysis["unit"], mmrm(analysis)) == ("points", pytest.approx(least_squares(months()), rel=1e-6))


@pytest.mark.parametrize(("column", "cell"), [("PARAM", "Percent of days with headache"), ("AVALU", "%")])
def test_a_label_or_a_unit_that_says_per_cent(answer, column, cell):
    rows = adam(months())
    with pytest.raises(ScenarioError, match=f"{column} is '{cell}'"):
        answer(csv([{**row, column: cell} for row in rows]))
    assert answer(csv([{**row, column: cell} for row in rows]), kind="score")["unit"] == "points"
    assert answer(csv([{**row, "PARAM": "Days with headache, fall of 50 % or more counts"} for row in rows]))


@pytest.mark.parametrize("name", ["perceived_attacks", "percocet_days", "propranolol_days", "duration_count", "superb"])
def test_words_that_only_look_like_a_share(answer, name):
    rows = [{**{k: v for k, v in row.items() if k != "attacks"}, name: row["attacks"]} for row in months()]
    assert answer(csv(rows), value=name)["subjects"] == 40


def test_two_decimal_marks_in_one_column_are_asked_about(answer):
    rows = [{**row, "attacks": f"{row['attacks']}{'.,'[k % 2]}5"} for k, row in enumerate(months())]
    with pytest.raises(
        ScenarioError, match=r"row 2: attacks is '\d+\.5' beside '\d+,5' in row 3: which is the decimal"
    ):
        answer(csv(rows, ";"))
    rows = [{**row, "age": f"{30 + int(row['subject'][1:])}{'.,'[int(row['subject'][1:]) % 2]}5"} for row in months()]
    with pytest.raises(ScenarioError, match="age: found '30.5' beside '31,5': which is the decimal mark"):
        answer(csv(rows, ";"), covariates="age")


def test_months_that_hold_more_days_than_a_month(answer):
    names = {0: "baseline", 1: "month 1", 2: "month 2", 3: "month 3"}
    rows = [{**row, "visit": names[row["visit"]], "DAYS": 28 * max(1, row["visit"])} for row in months()]
    with pytest.raises(ScenarioError, match="--visit-days COLUMN"):
        answer(csv(rows))
    with pytest.raises(ScenarioError, match=r"row 4: column 'DAYS': found 56.0 days in 'month 2', 30 days after"):
        answer(csv(rows), visit_days="DAYS", kind="count")
    assert said(
        answer(csv(rows), ignore=("DAYS",), visit_days="56", baseline_days=56.0), "month 1: 56 days, as you say"
    )
    assert answer(csv([{**row, "DAYS": 31} for row in rows]), visit_days="DAYS", kind="count")["unit"] == "per 28 days"


def test_values_that_are_parts_of_one_are_a_share(answer):
    rows = [{**row, "attacks": row["attacks"] / 100} for row in months()]
    with pytest.raises(ScenarioError, match="attacks holds parts of 1"):
        answer(csv(rows))
    assert answer(csv(rows), kind="score")["unit"] == "points"


def test_a_covariate_of_numbers_and_a_few_words_is_no_column_of_words(answer):
    rows = [{**row, "age": str(30 + int(row["subject"][1:]))} for row in months()]
    odd = [{**row, "age": "33 years" if row["subject"] == "X003" else row["age"]} for row in rows]
    with pytest.raises(ScenarioError, match="row 14: age is '33 years', a number in most rows"):
        answer(csv(odd), covariates="age")
    code = [{**row, "age": "999" if row["subject"] == "X003" else row["age"]} for row in rows]
    with pytest.raises(ScenarioError, match="row 14: column 'age': found 999.0, far from all others"):
        answer(csv(code), covariates="age")
    assert said(answer(csv(code), covariates="age", missing="999"), "age: not known of 1 patients")
    assert answer(csv(code), covariates="age", missing="none")["subjects"] == 40
