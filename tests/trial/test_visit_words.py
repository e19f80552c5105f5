"""What a visit's words say: planned, before, early, extra, after treatment, derived, or not to be told."""

import polars as pl
import pytest

from leao.trial.reading.arms import ordered
from leao.trial.reading.visit_words import parse

pytestmark = pytest.mark.analytic

SAID = {
    "Week 12": ("planned", 12.0), "Week 12/EOT": ("planned", 12.0),
    "Week 12 (End of Treatment)": ("planned", 12.0),
    "Month 3": ("planned", 3.0), "3 months": ("planned", 3.0), "Visit 4": ("planned", 4.0),
    "Month 1 (Day 28)": ("planned", 1.0),
    "2,5": ("planned", 2.5), "Weeks 9-12": ("planned", 12.0), "Baseline": ("before", 0.0),
    "Screening": ("before", -1.0),
    "Visit 1 (Baseline)": ("before", 0.0), "V0": ("before", 0.0), "Day 1": ("before", -0.5), "-1": ("before", -1.0),
    "ET": ("early termination", None), "Early Termination": ("early termination", None),
    "UNS 2.01": ("unscheduled", None),
    "Unscheduled 3": ("unscheduled", None), "Week 4 Follow-up": ("follow-up", None), "Washout": ("follow-up", None),
    "Week -4": ("before", -4.0), "Day -28 to -1": ("before", -1.0), "-2 weeks": ("before", -2.0),
    "Day \u22127": ("before", -7.0), "week-4": ("planned", 4.0),
    "Monat 1": ("planned", 1.0), "2. Monat": ("planned", 2.0), "Ausgangswert": ("before", 0.0),
    "Tag -7": ("before", -7.0), "línea de base": ("before", 0.0), "primer mes": ("planned", 1.0),
    "Semana 8": ("planned", 8.0), "J28": ("planned", 28.0), "J-7": ("before", -7.0), "2ème mois": ("planned", 2.0),
    "Visite 3": ("planned", 3.0), "visite initiale": ("before", 0.0), "mês 3": ("planned", 3.0),
    "Settimana 4": ("planned", 4.0), "Studienende": ("derived", None), "Nachbeobachtung": ("follow-up", None),
    "Week 12 (LOCF)": ("derived", None), "Endpoint": ("derived", None), "EOT": ("derived", None),
}  # fmt: skip


@pytest.mark.parametrize("word", SAID)
def test_what_a_visit_is(word):
    said = parse(word)
    assert said is not None
    assert (said.kind, said.at) == SAID[word]


def test_weeks_from_to_have_a_length():
    assert parse("Weeks 9-12").span == parse("Wochen 9-12").span == parse("Days -28 to -1").span == 28.0
    assert parse("Week -4 to 0").span is None  # whether there is a week 0 is not known


@pytest.mark.parametrize(
    "word", ["", "x", "Week 12/ET", "Week 12 - early withdrawal", "2026-01-05", "D-7", "W-4", "suivi"]
)
def test_what_is_asked(word):
    assert parse(word) is None


@pytest.mark.parametrize("control", ["Plazebo", "Kontrolle", "Scheinmedikament", "témoin", "Grupo control", "PBO"])
def test_a_control_by_its_name_in_another_language(control):
    assert ordered("t.csv", pl.DataFrame({"arm": ["Verum", control]}), None) == (control, "Verum")
