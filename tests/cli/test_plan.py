"""``leao plan``: every rule of the regimen check, and every bad input."""

import json
import subprocess
import sys

import numpy as np
import pytest

from leao.core import sources
from leao.dosing import schedule as regimen
from leao.exposure.patient import cockcroft_gault
from leao.plan import label_rules
from leao.plan.patient_answers import serum_creatinine

WELL = {
    "weight": 70,
    "age": 40,
    "sex": "female",
    "creatinine-clearance": 90,
    "urine-ph": 6.2,
    "taking": "none",
    "pregnant": "no",
    "breast-feeding": "no",
    "hepatic": "none",
    "history": "none",
}


@pytest.fixture
def plan(leao):
    """Call ``leao plan --json`` for a well person, with some answers changed or (None) left out."""

    def run(dose="10 mg daily", **changes):
        answers = WELL | {name.replace("_", "-"): value for name, value in changes.items()}
        options = [f"--{name}={value}" for name, value in answers.items() if value is not None]
        chosen = [f"--preset={dose}"] if dose in regimen.presets() else ["--dose", dose]
        said = leao("plan", *chosen, *options, "--json")
        return said.code, json.loads(said.out)

    return run


def levels(answer, words):
    return [row["level"] for row in answer["cautions"] if words in row["what"]]


def test_everything_answered(plan):
    code, answer = plan()
    assert code == 0
    assert answer["unknown"] == []
    assert answer["refused"] is None
    assert answer["ceiling_mg_per_day"] == {"EU": 20, "US": 20}
    assert answer["schedule"][0] | {"dose_mg": 10, "times_per_day": 1, "from_day": 0} == answer["schedule"][0]
    for key in ("plasma_ng_per_mL", "free_brain_uM", "days_to_90_percent", "washout_days"):
        row = answer["forecast"][key]
        assert 0 < row["p05"] < row["median"] < row["p95"]
    assert levels(answer, "stop memantine and seek care at once") == ["note"]
    assert levels(answer, "never doubled") == ["note"]
    assert [row["level"] for row in answer["cautions"] if row["level"] == "stop"] == []
    assert answer["ask_first"] == answer["not_in_rules"] == []
    assert levels(answer, "skips the labelled titration") == ["note"]
    assert "off-label" in answer["basis"]
    assert "prescriber" in answer["basis"]


def test_the_course_is_daily_and_weeks_are_read_off_it(plan):
    forecast = plan("ten_then_twenty")[1]["forecast"]
    days = forecast["days"]["plasma_ng_per_mL"]
    assert {len(values) for values in days.values()} == {7 * len(forecast["weeks"])}
    for week in forecast["weeks"]:
        at = 7 * week["week"] - 1
        assert week["plasma_ng_per_mL"] == {key: days[key][at] for key in ("median", "p05", "p95")}
    median = np.array(days["median"])
    assert (np.diff(median[:28]) >= 0).all()
    assert np.abs(np.diff(median[:28], 2)).max() < 0.25 * median[0]  # no corners on the way up


def test_no_compiler_is_loaded_for_one_patient():
    script = "import sys; from leao.cli import call; call(sys.argv[1:]); sys.exit('numba' in sys.modules)"
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script, "plan", "--dose", "10 mg daily", "--json"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pregnant": "yes"}, "pregnancy"),
        ({"breast_feeding": "yes"}, "breast-feeding"),
        ({"age": 17}, "under 18"),
        ({"history": "hypersensitivity"}, "hypersensitivity"),
    ],
)
def test_no_schedule_and_no_forecast(plan, changes, words):
    code, answer = plan(**changes)
    assert code == 1
    assert words in answer["refused"]
    assert answer["schedule"] is None
    assert answer["forecast"] is None
    assert answer["adverse_events"] is None
    assert [row["level"] for row in answer["cautions"]] == ["stop"]


@pytest.mark.parametrize(
    ("dose", "changes", "words"),
    [
        ("25 mg daily", {}, "EU ceiling of 20"),
        ("15 mg twice daily", {}, "US ceiling of 20"),
        ("20 mg daily for 1 week, then 21 mg daily", {}, "21 mg/day"),
        ("25 mg daily", {"creatinine_clearance": None}, "20 mg/day, the maximum"),
        ("20 mg daily", {"creatinine_clearance": 40}, "moderate renal impairment"),
        ("15 mg daily", {"creatinine_clearance": 20}, "US ceiling of 10"),
        ("eu_label", {"creatinine_clearance": 20, "tolerated_10mg": "yes"}, "EU ceiling of 10"),
        ("5 mg daily", {"creatinine_clearance": 4}, "neither label covers"),
        ("5 mg daily", {"hepatic": "severe"}, "hepatic"),
        ("5 mg daily", {"hepatic": "severe", "creatinine_clearance": None}, "hepatic"),
    ],
)
def test_over_either_ceiling_is_refused_and_names_the_rule(plan, dose, changes, words):
    code, answer = plan(dose, **changes)
    assert code == 1
    assert words in answer["refused"]
    assert answer["forecast"] is None
    assert answer["schedule"]
    assert answer["cautions"]


@pytest.mark.parametrize(
    ("clearance", "tolerated", "eu", "us"),
    [
        (90, None, 20, 20),
        (50, None, 20, 20),
        (49, None, 10, 20),
        (49, "yes", 20, 20),
        (30, "no", 10, 20),
        (29, "yes", 10, 10),
        (5, None, 10, 10),
        (4.9, None, None, None),
        (None, None, None, None),
    ],
)
def test_ceilings_side_by_side(plan, clearance, tolerated, eu, us):
    answer = plan("5 mg daily", creatinine_clearance=clearance, tolerated_10mg=tolerated)[1]
    assert answer["ceiling_mg_per_day"] == {"EU": eu, "US": us}


def test_unknown_renal_function_has_no_ceiling(plan):
    code, answer = plan("20 mg daily", creatinine_clearance=None)
    assert code == 0
    assert "creatinine_clearance" in answer["unknown"]
    assert all("ceiling unknown" in reason for reason in answer["ceiling_reason"].values())
    assert levels(answer, "ceiling unknown") == ["caution"]


def test_serum_creatinine_needs_age_weight_and_sex(plan):
    answer = plan(creatinine_clearance=None, serum_creatinine="0.9 mg/dL")[1]
    assert answer["creatinine_clearance_mL_min"] == pytest.approx(100 * 70 / (72 * 0.9) * 0.85)
    assert "creatinine_clearance" not in answer["unknown"]
    for missing in ("age", "weight", "sex"):
        answer = plan(creatinine_clearance=None, serum_creatinine="0.9 mg/dL", **{missing: None})[1]
        assert answer["ceiling_mg_per_day"] == {"EU": None, "US": None}
        assert {"creatinine_clearance", missing} <= set(answer["unknown"])


def test_cockcroft_and_gault():
    assert cockcroft_gault(60, 72, "male", 1.0) == pytest.approx(80)
    assert cockcroft_gault(60, 72, "female", 1.0) == pytest.approx(68)
    assert serum_creatinine("88.4 umol/L") == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("sex", ["female", None])
def test_an_unanswered_pregnancy_is_asked_first(plan, sex):
    code, answer = plan(sex=sex, pregnant=None, breast_feeding=None)
    assert code == 0
    assert levels(answer, "pregnant? not answered") == ["caution"]
    assert answer["ask_first"][0].startswith("Pregnant?")
    assert {"pregnant", "breast_feeding"} <= set(answer["unknown"])


def test_a_man_is_not_asked_about_pregnancy(plan):
    answer = plan(sex="male", pregnant=None, breast_feeding=None)[1]
    assert levels(answer, "pregnant?") == []
    assert answer["unknown"] == []


@pytest.mark.parametrize(
    ("changes", "words", "level"),
    [
        ({"taking": "amantadine"}, "another NMDA-receptor blocker", "stop"),
        ({"taking": "Ketamine"}, "another NMDA-receptor blocker", "stop"),
        ({"taking": "dextromethorphan,topiramate"}, "another NMDA-receptor blocker", "stop"),
        ({"taking": "acetazolamide"}, "raises the urine pH", "caution"),
        ({"taking": "sodium bicarbonate"}, "raises the urine pH", "caution"),
        ({"taking": "topiramate"}, "hypothesis", "caution"),
        ({"taking": "cimetidine"}, "OCT2", "caution"),
        ({"taking": "propranolol"}, "no rule of either label", "note"),
        ({"taking": "an unknown thing"}, "not known here", "caution"),
        ({"taking": "Symmetrel"}, "another NMDA-receptor blocker", "stop"),
        ({"taking": "Ebixa"}, "memantine is taken already", "stop"),
        ({"taking": "Sintrom"}, "INR", "caution"),
        ({"taking": "acetazolamide for altitude"}, "raises the urine pH", "caution"),
        ({"history": "seizures"}, "seizures: caution", "caution"),
        ({"history": "cardiac"}, "close supervision", "caution"),
        ({"history": "renal_tubular_acidosis"}, "raise the urine pH", "caution"),
        ({"history": "epilepsy"}, "seizures: caution", "caution"),
        ({"history": "depression"}, "suicidal thoughts were reported", "caution"),
        ({"history": "heart failure"}, "close supervision", "caution"),
        ({"history": "kidney stones"}, "neither label names them", "caution"),
        ({"history": "swelling"}, "under memantine: stop and seek care", "stop"),
        ({"history": "skin_reaction"}, "under memantine: stop and seek care", "stop"),
        ({"history": "missed_days"}, "several days missed: do not resume", "caution"),
        ({"urine_ph": 8}, "alkaline urine", "caution"),
        ({"age": None}, "age? not answered", "caution"),
        ({"history": None}, "history? not answered", "caution"),
        ({"hepatic": None}, "liver? not answered", "caution"),
        ({"hepatic": "moderate"}, "half-life about 16 % longer", "note"),
        ({"creatinine_clearance": 40}, "exposure 60 % higher", "caution"),
        ({"creatinine_clearance": 20}, "exposure 115 % higher", "caution"),
        ({"taking": None}, "other medicines? not answered", "caution"),
    ],
)
def test_cautions(plan, changes, words, level):
    code, answer = plan(**changes)
    assert code == 0
    assert levels(answer, words) == [level]


def test_topiramate_is_a_hypothesis_with_its_size(plan):
    alone, with_topiramate = plan()[1], plan(taking="topiramate")[1]
    assert with_topiramate["forecast"] == alone["forecast"]
    row = with_topiramate["hypotheses"][0]
    rise = row["plasma_ng_per_mL"]["median"] / alone["forecast"]["plasma_ng_per_mL"]["median"]
    assert 1.1 < rise < 1.3
    assert levels(with_topiramate, "predicted, if the urine pH rises by 0.5: exposure") == ["caution"]


def test_a_rise_beyond_the_label_is_noted(plan):
    answer = plan("ten_then_twenty")[1]
    assert levels(answer, "from day 28: 10 to 20 mg/day is faster") == ["note"]
    assert levels(plan("eu_label")[1], "faster") == []
    assert levels(plan("eu_label")[1], "skips") == []
    assert levels(plan("us_label")[1], "two intakes") == []


def test_every_rule_and_event_has_a_source():
    table, events = label_rules.read(), label_rules.adverse_events()
    keys = {rule["source"] for kind in ("refusals", "ceilings", "cautions", "questions") for rule in table[kind]}
    keys |= {table["titration"]["source"], table["titration"]["us_source"], table["highest"]["source"]}
    keys |= {group["source"] for group in [*events["labelled"], *events["without_rate"]]}
    keys |= {preset.source for preset in regimen.presets().values()}
    assert keys <= sources.sources().keys()
    assert all("drug" not in group for group in events["without_rate"])
    assert any(row["event"] == "headache" for group in events["labelled"] for row in group["rows"])


BAD = {
    "no dose": ([], "no dose"),
    "dose and preset": (["--dose", "10 mg daily", "--preset", "eu_label"], "both"),
    "unknown preset": (["--preset", "eu_labl"], "did you mean 'eu_label'"),
    "no unit": (["--dose", "10 daily"], "without a unit"),
    "no frequency": (["--dose", "10 mg"], "how often"),
    "percent": (["--dose", "20 mg percent daily"], "unit 'mg percent'"),
    "power": (["--dose", "10 mg 9**9**9 daily"], "unit 'mg 9**9**9'"),
    "huge": (["--dose", "5 mg daily, " * 10_000], "wanted 600 at most"),
    "three times": (["--dose", "5 mg tid at night"], "two things"),
    "as needed": (["--dose", "5 mg prn"], "set times"),
    "infusion": (["--dose", "5 mg iv daily"], "by mouth"),
    "thousands": (["--dose", "1,000 mg daily"], "is the comma a decimal one"),
    "month": (["--dose", "5 mg daily for 1 month, then 10 mg daily"], "28 to 31 days"),
    "age full width": (["--dose", "10 mg daily", "--age", "\uff14\uff10"], "wanted years"),
    "two forms": (["--dose", "10 mg daily", "--text", "--json"], "give one of the two"),
    "negative": (["--dose", "-10 mg daily"], "more than 0 mg"),
    "nothing": (["--dose", "stop"], "wanted a dose"),
    "empty": (["--dose", ""], "wanted a dose"),
    "no end": (["--dose", "5 mg daily, then 10 mg daily"], "no end"),
    "overlap": (["--dose", "5 mg daily for 4 weeks, then 10 mg daily from day 14"], "day 28"),
    "too long": (["--dose", "5 mg daily for 900 weeks"], "wanted 1 to"),
    "misspelt history": (["--dose", "10 mg daily", "--history", "epilepsi"], "write 'epilepsy'"),
    "none and more": (["--dose", "10 mg daily", "--history", "none,seizures"], "none alone"),
    "amantadin": (["--dose", "10 mg daily", "--taking", "amantadin"], "is 'amantadine' meant"),
    "ketamin": (["--dose", "10 mg daily", "--taking", "topiramate, ketamin"], "is 'ketamine' meant"),
    "ketamine in a sentence": (["--dose", "10 mg daily", "--taking", "was on ketamine once"], "is 'ketamine' meant"),
    "a list without end": (["--dose", "10 mg daily", "--taking", "x" * 10_000], "wanted 4000 at most"),
    "none and a medicine": (["--dose", "10 mg daily", "--taking", "none, topiramate"], "none alone"),
    "weight": (["--dose", "10 mg daily", "--weight", "7000"], "wanted 20 to 400 kg"),
    "weight nan": (["--dose", "10 mg daily", "--weight", "nan"], "wanted kg"),
    "weight text": (["--dose", "10 mg daily", "--weight", "heavy"], "wanted kg"),
    "pounds": (["--dose", "10 mg daily", "--weight", "165 lb"], "write --weight '74.8 kg'"),
    "pounds perhaps": (["--dose", "10 mg daily", "--weight", "180"], "kilograms or pounds?"),
    "age": (["--dose", "10 mg daily", "--age", "-1"], "wanted 0 to 120"),
    "clearance": (["--dose", "10 mg daily", "--creatinine-clearance", "-5"], "wanted 0 to 300 mL/min"),
    "creatinine": (["--dose", "10 mg daily", "--serum-creatinine", "900 mg/dL"], "wanted 0.1 to 30 mg/dL"),
    "creatinine unit": (["--dose", "10 mg daily", "--serum-creatinine", "0.9"], "write '0.9 mg/dL'"),
    "micromoles": (["--dose", "10 mg daily", "--serum-creatinine", "180"], "write '180 umol/L'"),
    "micromoles as mg": (["--dose", "10 mg daily", "--serum-creatinine", "180 mg/dL"], "is '180 umol/L' meant?"),
    "either unit": (["--dose", "10 mg daily", "--serum-creatinine", "9"], "'9 mg/dL' or '9 umol/L'"),
    "eGFR": (["--dose", "10 mg daily", "--creatinine-clearance", "60 mL/min/1.73m2"], "per 1.73 m2"),
    "both kidneys": (
        ["--dose", "10 mg daily", "--serum-creatinine", "1 mg/dL", "--creatinine-clearance", "90"],
        "give one of the two",
    ),
    "urine pH": (["--dose", "10 mg daily", "--urine-ph", "12"], "wanted 4 to 9"),
    "sex": (["--dose", "10 mg daily", "--sex", "perhaps"], "'female' or 'male'"),
    "pregnant": (["--dose", "10 mg daily", "--pregnant", "perhaps"], "'yes' or 'no'"),
    "tolerated": (["--dose", "10 mg daily", "--tolerated-10mg", "perhaps"], "--tolerated-10mg"),
    "hepatic": (["--dose", "10 mg daily", "--hepatic", "bad"], "--hepatic"),
    "adherence": (["--dose", "10 mg daily", "--adherence", "80"], "wanted a share"),
    "contradiction": (["--dose", "10 mg daily", "--sex", "male", "--pregnant", "yes"], "mend one"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says = BAD[case]
    said = leao("plan", *arguments, "--out", tmp_path / "plan.html")
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.startswith("leao: ")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_terminal_and_page(leao, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    page = tmp_path / "plan.html"
    options = ["--adherence", "0.8", "--out", page]
    said = leao("plan", "--preset", "ten_then_twenty", "--age", "40", "--taking", "topiramate", *options)
    assert said.code == 0
    for words in (
        "not asked",
        "week",
        "20",
        "plasma at steady state",
        "headache",
        "topiramate",
        "of the days are taken",
    ):
        assert words in said.out
    text = page.read_text("utf-8")
    assert text.count("<svg") == 1
    assert "--" not in text.split("</style>")[1].replace("<!--", "").replace("var(--", "")  # no option of the command
    assert "<code>memantine_smpc</code>" in text
    assert "(--pregnant yes or no)" in said.out
    assert "http" not in text.replace("http://www.w3.org", "").replace("http-equiv", "")
    refused = leao("plan", "--dose", "40 mg daily", "--out", page)
    assert refused.code == 1
    assert "REFUSED" in refused.out
    assert "Refused" in page.read_text("utf-8")
