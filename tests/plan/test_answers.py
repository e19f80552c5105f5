"""Answers: names of a clinic never stop a plan, units are read or asked about, nothing is guessed."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao import plan
from leao.core.errors import LeaoError, ScenarioError
from leao.dosing import medicines, prescription
from leao.plan import label_rules, regimen_check
from leao.plan.patient_answers import ask
from leao.plan.patient_line import clearance_shown, line

pytestmark = pytest.mark.property

CLINIC = [
    row.split(" = ")
    for row in (Path(__file__).parents[1] / "dosing" / "clinic_names.txt").read_text("utf-8").splitlines()
    if not row.startswith("#")
]
SPELLINGS = [  # as a German, a Spanish, a French, an Italian or a Portuguese letter has them
    "Sumatriptán", "Rizatriptano", "Zolmitriptane", "Sertralin", "Sertralina", "Fluoxétine", "Venlafaxin", "Duloxetina",
    "Amitriptylin", "Amitriptilina", "Nortriptylin", "Topiramat", "Topiramato", "Valproat", "Valproinsäure",
    "ácido valproico", "Propanolol", "Metoprolol-Succinat", "Candésartan", "candesartana", "Lisinopril 5 mg",
    "Flunarizin", "Flunarizina", "Botulinumtoxin", "toxina botulínica", "Ibuprofeno 600", "Ibuprofène", "Naproxeno",
    "Diclofenaco", "Kétoprofène", "Paracétamol 1 g", "Paracetamolo", "Metamizol", "Novaminsulfon",
    "ASS 100", "Aspirine",
    "acide acétylsalicylique", "Codein", "Codeína", "Tramadolo", "Metoclopramid", "Domperidon", "Ondansetrón",
    "Levothyroxin", "Levotiroxina", "Pantoprazol", "Omeprazolo", "Metformina", "Antibabypille", "pilule", "píldora",
    "pillola", "pílula", "Magnesio", "Vitamine D", "Melatonina", "Lamotrigin", "Carbamazepina", "Gabapentina",
]  # fmt: skip


@pytest.fixture(scope="module")
def steps():
    return prescription.parse("10 mg daily")


@pytest.mark.parametrize("name", [row[0] for row in CLINIC] + SPELLINGS)
def test_no_name_of_the_clinic_stops_the_plan(name, steps):
    answers = ask({"taking": name})
    (companion,) = answers.companions
    assert companion.medicine is not None
    wanted = dict(CLINIC).get(name, companion.name)
    assert companion.name == wanted
    cautions = regimen_check.cautions(steps, answers)
    mine = [row for row in cautions if companion.name in row["what"] or companion.written in row["what"]]
    assert mine, "neither a rule nor the honest 'no rule'"
    other = {medicine.name for medicine in medicines.table().values()} - {
        companion.name,
        *re.split("/", companion.name),
    }
    said = " ".join(row["what"].split(":")[0] for row in mine)
    assert not [word for word in other if re.search(rf"\b{re.escape(word)}\b", said) and word not in name.lower()]


def test_a_medicine_without_a_rule_leaves_the_others_standing(steps):
    checked = regimen_check.check(
        steps, ask({"taking": "amantadine, Zoloft, quux", "history": "epilepsy, gout, quuux"})
    )
    assert checked["not_in_rules"] == ["Zoloft (sertraline)", "quux", "history: gout", "history: quuux"]
    levels = {row["what"].split(":")[0]: row["level"] for row in checked["cautions"]}
    assert levels["amantadine"] == "stop"
    assert levels["seizures"] == "caution"
    assert checked["refused"] is None
    assert checked["forecast"]
    assert [entry["known"] for entry in checked["patient"]["taking"]] == [True, True, False]


@pytest.mark.parametrize(
    "name", ["amantadin", "Amantadina", "amantidine", "ketamin", "Ketamina", "ketamime", "esketamin"]
)
def test_near_a_forbidden_name_is_a_question(name):
    with pytest.raises(ScenarioError, match="which must not be taken with memantine"):
        ask({"taking": f"sertraline, {name}"})
    (kept,) = ask({"taking": f"other: {name}"}).companions
    assert kept.medicine is None


@pytest.mark.parametrize(
    "name", ["amantadine", "Symmetrel 100 mg", "PK-Merz", "Ketanest", "Spravato", "Delsym", "Ebixa"]
)
def test_a_forbidden_medicine_is_red(name, steps):
    assert [row["level"] for row in regimen_check.cautions(steps, ask({"taking": name}))][0] == "stop"


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_list_is_read_or_asked_about(text):
    for name in ("taking", "history"):
        try:
            answers = ask({name: text})
        except LeaoError as error:
            assert "\n" not in str(error)
            continue
        entries = answers.companions if name == "taking" else answers.conditions
        assert entries or medicines.is_nothing(text.strip(" ,;|\n")) or not text.strip(" ,;|\n")


LINES = {
    "Man, 70, 75 kg; creatinine 1.8 mg/dL = clearance 41 mL/min, Cockcroft-Gault; takes amantadine; "
    "history not asked": {
        "sex": "man", "age": "70", "weight": "75 kg", "serum_creatinine": "1.8 mg/dL", "taking": "amantadine",
    },
    "Woman, 34, 62.5 kg; creatinine clearance 49.6 mL/min as entered; not pregnant; takes no other medicine; "
    "history: nothing of the kind": {
        "sex": "f", "age": 34, "weight": "62,5", "creatinine_clearance": "49,6 ml/min", "pregnant": "no", "taking": "-",
        "history": "none",
    },
    "Sex not asked, 50, weight not asked; creatinine 160 µmol/L, clearance not computed without weight and sex; "
    "pregnancy not asked; other medicines not asked; history not asked": {
        "age": "50 years", "serum_creatinine": "160 µmol/L",
    },
}  # fmt: skip


@pytest.mark.parametrize("said", LINES)
def test_the_patient_line(said):
    assert line(ask(LINES[said])) == said


@pytest.mark.parametrize("value", [4.99, 5.0, 29.96, 30.0, 49.96, 49.996, 50.0, 97.3])
def test_a_clearance_is_never_rounded_over_a_limit(value):
    shown = float(clearance_shown(value))
    for limit in (5, 30, 50):
        assert (shown >= limit) == (value >= limit)


@pytest.mark.parametrize("text", ["1.8 mg/dL", "1,8 mg/dl", "159.1 umol/L", "159,1 µmol/l", "0.1591 mmol/L"])
def test_creatinine_in_the_units_people_use(text):
    assert ask({"serum_creatinine": text}).patient.serum_creatinine == pytest.approx(1.8, rel=1e-3)


def test_every_medicine_and_word_of_a_rule_is_known():
    assert label_rules.forbidden() == {"nmda_blockers", "memantine"}
    keys = {key for medicine in medicines.table().values() for key in medicine.keys}
    assert label_rules.named("taking") <= keys


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"sex": "female", "age": 30, "taking": "topiramate"}, "Contraception? topiramate"),
        ({"sex": "female", "age": 30, "taking": "Depakote"}, "Contraception? valproate"),
        ({"history": "heart failure"}, "which NYHA class"),
        ({"history": "kidney stones"}, "renal tubular acidosis?"),
        ({"history": "depression"}, "Suicidal thoughts"),
        ({"history": "high blood pressure"}, "is it controlled?"),
        ({"taking": "acetazolamide"}, "Urine pH?"),
        ({"taking": "Robitussin"}, "does it hold dextromethorphan?"),
        ({}, "Pregnant?"),
    ],
)
def test_open_questions(answers, asked, steps):
    assert [question for question in regimen_check.ask_first(steps, ask(answers).patient) if asked in question]


def test_questions_that_do_not_stand(steps):
    man = regimen_check.ask_first(steps, ask({"sex": "male", "taking": "topiramate"}).patient)
    assert not [question for question in man if "Contraception" in question or "Pregnant" in question]
    measured = regimen_check.ask_first(steps, ask({"taking": "acetazolamide", "urine_ph": 6}).patient)
    assert not [question for question in measured if "Urine pH?" in question]


def test_a_strength_of_the_other_product_is_asked_about():
    asked = regimen_check.ask_first(prescription.parse("14 mg daily"), ask({}).patient)
    assert [question for question in asked if "Extended release meant?" in question]


@given(
    st.sampled_from(
        ["weight", "age", "sex", "creatinine_clearance", "serum_creatinine", "urine_ph", "hepatic", "pregnant"]
    ),
    st.text(max_size=30) | st.from_regex(r"-?\d{1,400}[.,]?\d{0,9}(e\d{1,3})? ?[a-zA-Z/%]{0,9}", fullmatch=True),
)
@settings(max_examples=300, deadline=None)
def test_any_answer_is_read_or_one_line(name, text):
    try:
        patient = ask({name: text}).patient
    except LeaoError as error:
        assert str(error).startswith("--")
        assert "\n" not in str(error)
        return
    assert getattr(patient, name) is not None


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ("pregnant", "--pregnant yes"),
        ("gout, embarazada", "--pregnant yes"),
        ("stillend", "--breast-feeding yes"),
        ("no epilepsy", "holds 'epilepsy'"),
        ("father has epilepsy", "holds 'epilepsy'"),
        ("MI in 2010", "holds 'mi'"),
        ("unknown", "leave --history out"),
        ("weiß nicht", "leave --history out"),
    ],
)
def test_a_history_that_a_rule_would_miss_is_a_question(history, says):
    with pytest.raises(ScenarioError, match=says):
        ask({"history": history})


def test_kidneys_and_liver_of_a_history_have_their_rule(steps):
    checked = regimen_check.check(steps, ask({"history": "CKD stage 3, Leberzirrhose"}))
    assert checked["not_in_rules"] == []
    said = {row["what"].split(":")[0]: row["level"] for row in checked["cautions"]}
    assert (said["kidney disease"], said["liver disease"]) == ("caution", "caution")


def test_a_list_of_medicines_keeps_its_decimal_commas_and_says_what_is_known():
    names = [companion.name for companion in ask({"taking": "almotriptan 12,5, aspirin 100,ibuprofen 400"}).companions]
    assert names == ["almotriptan", "aspirin", "ibuprofen"]
    for word in ("unknown", "I don't know", "varios", "inconnu"):
        with pytest.raises(ScenarioError, match="leave --taking out"):
            ask({"taking": word})


@pytest.mark.parametrize("word", ["weiblich", "femminile", "femenino", "Féminin"])
def test_sex_in_other_languages(word):
    assert ask({"sex": word}).patient.sex == "female"


@pytest.mark.parametrize("text", ["1 tablet daily", "half a tablet daily", "½ tablet twice daily", "2 tabs daily"])
def test_tablets_without_a_strength_are_asked_about_in_mg(text):
    with pytest.raises(ScenarioError, match="without a strength, wanted mg"):
        prescription.read(text)


def test_a_bare_weight_that_may_be_pounds_is_a_question():
    with pytest.raises(ScenarioError, match="kilograms or pounds"):
        plan.check("10 mg daily", {"weight": "150"})
    assert plan.check("10 mg daily", {"weight": "150 kg"}).summary["patient"]["weight_kg"] == 150.0
