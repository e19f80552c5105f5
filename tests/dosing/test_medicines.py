"""Medicines: names as people write them reach their substance, its class and its rules, and no other substance."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.dosing import medicines

pytestmark = pytest.mark.property

LINES = [
    line.split(" = ")
    for line in (Path(__file__).parent / "clinic_names.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
NAMES = st.sampled_from(sorted(medicines.table()))


def name(text):
    medicine = medicines.find(text)
    return None if medicine is None else medicine.name


def written():
    """Every name of the table, plain, with the substances it stands for."""
    substances = defaultdict(set)
    for group in medicines._data()["groups"].values():
        for substance, others in group["names"].items():
            for word in (substance, *others):
                substances[medicines.plain(word)].add(substance)
    return substances


def test_every_name_of_the_clinic_reaches_its_substance():
    assert len(LINES) >= 150
    wrong = [(text, name(text), wanted) for text, wanted in LINES if name(text) != wanted]
    assert wrong == []


def test_a_name_is_one_substance():
    assert {word: substances for word, substances in written().items() if len(substances) > 1} == {}
    assert [word for word, substances in written().items() if name(word) not in substances] == []


def test_two_substances_are_never_one_spelling():
    spelled = defaultdict(set)
    for substance in medicines.table():
        spelled[medicines.spelling(substance)].add(substance)
    assert [substances for substances in spelled.values() if len(substances) > 1] == []
    for word, substances in written().items():
        assert spelled.get(medicines.spelling(word), substances) & substances, word


@pytest.mark.parametrize(
    ("text", "wanted", "acute"),
    [
        ("Imitrex x2", "sumatriptan", "triptan"),
        ("2x Imitrex 50 mg", "sumatriptan", "triptan"),
        ("1x Sumatriptan", "sumatriptan", "triptan"),
        ("sumatriptán", "sumatriptan", "triptan"),
        ("Sumatriptan 50mg x 2 tablets", "sumatriptan", "triptan"),
        ("sumatriptan 6 mg s.c.", "sumatriptan", "triptan"),
        ("Imigran 10mg Nasenspray", "sumatriptan", "triptan"),
        ("sumatriptan @ 14:30", "sumatriptan", "triptan"),
        ("MAXALT-MLT 10", "rizatriptan", "triptan"),
        ("half a Maxalt", "rizatriptan", "triptan"),
        ("2 Maxalts", "rizatriptan", "triptan"),
        ("Maxalt lingua 10 mg", "rizatriptan", "triptan"),
        ("rizatriptan-benzoate", "rizatriptan", "triptan"),
        ("Gynergène caféine", "ergotamine", "ergot"),
        ("ibuprofeno 600 mg", "ibuprofen", "simple_analgesic"),
        ("Ibuprofène", "ibuprofen", "simple_analgesic"),
        ("Acide acétylsalicylique", "aspirin", "simple_analgesic"),
        ("Novalgin 40 Tropfen", "metamizole", "simple_analgesic"),
        ("Tylenol 3", "paracetamol/codeine", "combination_analgesic"),
        ("Tylenol x3", "paracetamol", "simple_analgesic"),
        ("codeine with paracetamol", "paracetamol/codeine", "combination_analgesic"),
        ("Paracetamol 500 mg / Codeine 30 mg", "paracetamol/codeine", "combination_analgesic"),
        ("aspirin + paracetamol + caffeine", "aspirin/paracetamol/caffeine", "combination_analgesic"),
        ("Nurtec ODT 75 mg", "rimegepant", "other_acute"),
        ("botox 155 units", "botulinum toxin", None),
        ("Valproinsäure", "valproate", None),
        ("ácido valproico", "valproate", None),
        ("Topiramato 25", "topiramate", None),
        ("sertralina", "sertraline", None),
        ("Amitriptylin", "amitriptyline", None),
        ("candesartana 8 mg", "candesartan", None),
        ("metoprolol succinate ER", "metoprolol", None),
        ("magnesium citrate 400 mg", "magnesium", None),
    ],
)
def test_names_as_people_write_them(text, wanted, acute):
    medicine = medicines.find(text)
    assert medicine is not None
    assert (medicine.name, medicine.acute_class) == (wanted, acute)


@pytest.mark.parametrize("text", ["-", "–", "—", "", " ", "none", "Keine", "ninguno", "aucun", "nessuno", "n/a"])
def test_no_medicine(text):
    assert medicines.is_nothing(text)
    assert medicines.read(text) == ()


def test_a_cell_with_several():
    cell = medicines.read("Imitrex x2 + ibuprofen 400; foo 5 mg")
    assert [(named.written, named.medicine and named.medicine.name) for named in cell] == [
        ("Imitrex x2", "sumatriptan"),
        ("ibuprofen 400", "ibuprofen"),
        ("foo 5 mg", None),
    ]
    assert [named.medicine.name for named in medicines.read("Sumatriptan und Ibuprofen") if named.medicine] == [
        "sumatriptan",
        "ibuprofen",
    ]


@pytest.mark.parametrize("text", ["ketamix", "amantidin", "sertalin", "foo", "no imitrex", "out of maxalt", "x" * 9999])
def test_an_unknown_name_is_unknown(text):
    """Nothing is guessed from what a name resembles; a sentence about a medicine is no medicine taken."""
    assert medicines.find(text) is None


@given(
    NAMES,
    st.integers(1, 4),
    st.sampled_from(["{n}x {m}", "{m} x{n}", "{m} ({n})", "{m} {n}0 mg", "{m} {n},5 mg tablets"]),
)
@settings(max_examples=200, deadline=None)
def test_counts_and_strengths_change_nothing(substance, count, form):
    assert name(form.format(m=substance, n=count)) == substance


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text):
    for named in medicines.read(text):
        assert named.written
        assert named.medicine is None or named.medicine.name in medicines.table()


@pytest.mark.parametrize("text", ["1", "2 tablets", "50 mg", "x2"])
def test_a_medicine_without_a_name_is_not_lost(text):
    assert medicines.read(text) == (medicines.Named(text, None),)


def test_a_strength_after_a_comma_belongs_to_the_name_before():
    (named,) = medicines.read("Imitrex, 50 mg")
    assert named.medicine.name == "sumatriptan"


def test_classes_and_rules_are_known_words():
    rules = set(medicines._data()["rules"])
    for substances in medicines._data()["rules"].values():
        assert set(substances) <= medicines.table().keys()
    for medicine in medicines.table().values():
        assert medicine.acute_class is None or medicine.acute_class in medicines.ACUTE_CLASSES
        assert (medicine.acute_class is None) == (medicine.ichd3 is None)
    assert rules


@pytest.mark.parametrize(
    ("word", "other", "letters"),
    [
        ("amantadin", "amantadine", 1),
        ("ketamin", "ketamine", 1),
        ("ketmaine", "ketamine", 1),
        ("sertraline", "ketamine", 3),
    ],
)
def test_letters_apart(word, other, letters):
    assert medicines.apart(word, other) == letters
