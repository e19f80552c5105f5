"""Diaries in six languages, as people keep them: the truth's counts exactly, whatever the words and the dates."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.diary import reading
from leao.diary.reading.mapping import Mapping

pytestmark = pytest.mark.worlds

TODAY = date(2026, 11, 26)
FIRST = date(2026, 1, 5)
LANGUAGES = {
    "en": {
        "header": ["Date", "Headache?", "Severity", "Duration", "Medication", "Nausea", "Comments"],
        "yes": ["Yes", "Y", "migraine", "Tension headache", "YES"], "no": ["No", "none", "no headache"],
        "grades": ["mild", "moderate", "severe"], "none": ["none", "-", ""],
        "triptan": ["Imitrex 50", "2x Maxalt MLT", "rizatriptan"], "other": ["Advil x2", "Excedrin", "Tylenol"],
        "when": "%b %d, %Y",
    },
    "de": {
        "header": ["Datum", "Kopfschmerzen", "Stärke", "Dauer", "Medikamente", "Übelkeit", "Bemerkungen"],
        "yes": ["Ja", "ja", "Migräne", "J", "Spannungskopfschmerz"], "no": ["Nein", "nein", "keine", "N"],
        "grades": ["leicht", "mittel", "stark"], "none": ["keine", "-", ""],
        "triptan": ["Sumatriptan 50 mg", "Maxalt", "Ascotop"], "other": ["Ibuprofen 600", "2 Novalgin", "Dolormin"],
        "when": "%d.%m.%Y",
    },
    "es": {
        "header": ["Fecha", "Dolor de cabeza", "Intensidad", "Duración", "Medicación", "Náuseas", "Observaciones"],
        "yes": ["Sí", "si", "SÍ", "migraña", "jaqueca"], "no": ["No", "no", "ninguno"],
        "grades": ["leve", "moderado", "fuerte"], "none": ["ninguno", "-", ""],
        "triptan": ["sumatriptán 50", "Maxalt", "rizatriptán"], "other": ["ibuprofeno 600", "Nolotil", "paracetamol"],
        "when": "%d/%m/%Y",
    },
    "fr": {
        "header": ["Date", "Mal de tête", "Intensité", "Durée", "Médicament", "Nausées", "Remarques"],
        "yes": ["Oui", "oui", "migraine", "crise", "céphalée"], "no": ["Non", "non", "aucun"],
        "grades": ["légère", "modérée", "sévère"], "none": ["aucune", "-", ""],
        "triptan": ["sumatriptan 50 mg", "Maxalt", "Zomig"], "other": ["Doliprane 1000", "ibuprofène", "Aspégic"],
        "when": "%d/%m/%Y",
    },
    "it": {
        "header": ["Data", "Mal di testa", "Intensità", "Durata", "Farmaci", "Nausea", "Note"],
        "yes": ["Sì", "si", "emicrania", "SI"], "no": ["No", "no", "nessuno"],
        "grades": ["lieve", "moderata", "forte"], "none": ["nessuna", "-", ""],
        "triptan": ["sumatriptan 50", "Maxalt", "almotriptan"], "other": ["Oki", "Tachipirina", "ibuprofene"],
        "when": "%d-%m-%Y",
    },
    "pt": {
        "header": ["Data", "Dor de cabeça", "Intensidade", "Duração", "Medicação", "Náuseas", "Observações"],
        "yes": ["Sim", "sim", "enxaqueca", "SIM"], "no": ["Não", "nao", "nenhuma"],
        "grades": ["ligeira", "moderada", "forte"], "none": ["nenhuma", "-", ""],
        "triptan": ["sumatriptano 50", "Zomig", "naratriptano"], "other": ["Ben-u-ron", "ibuprofeno", "Aspirina"],
        "when": "%d/%m/%Y",
    },
}  # fmt: skip
LENGTHS = {"4h": 4.0, "06h 00m": 6.0, "6h 30m": 6.5, "0:45": 0.75, "90 min": 1.5, "2,5 h": 2.5}


def diary(language, seed, n=90, separator=";"):
    """Return the text of a diary and its truth by day."""
    words, draw = LANGUAGES[language], random.Random(seed)
    truth = {"headache": [], "severe": [], "triptan": [], "acute": [], "hours": []}
    lines = [separator.join(words["header"])]
    for k in range(n):
        when = (FIRST + timedelta(k)).strftime(words["when"])
        ache = draw.random() < 0.35
        grade, length = draw.randrange(3), draw.choice(list(LENGTHS))
        kind = draw.choice(["triptan", "other", ""]) if ache else ""
        medicine = draw.choice(words[kind]) if kind else draw.choice(["-", ""])
        cells = [when, draw.choice(words["yes" if ache else "no"])]
        cells += [words["grades"][grade] if ache else draw.choice(words["none"]), length if ache else "", medicine]
        cells += [draw.choice([words["yes"][0], words["no"][0]]) if ache else "", ""]
        lines.append(separator.join(f'"{cell}"' if separator in cell else cell for cell in cells))
        truth["headache"].append(int(ache))
        truth["severe"].append(ache and grade == 2)
        truth["triptan"].append(kind == "triptan")
        truth["acute"].append(bool(kind))
        truth["hours"].append(LENGTHS[length] if ache else 0.0)
    return "\n".join(lines) + "\n", {name: np.array(values) for name, values in truth.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "cp1252")])
def test_the_truth_is_read(language, separator, encoding):
    text, truth = diary(language, seed=len(language) + len(separator + encoding), separator=separator)
    result = reading.read("diary.csv", text.encode(encoding), Mapping(today=TODAY))
    assert result.open == []
    diary_read = result.diary
    assert diary_read is not None
    assert diary_read.headache.tolist() == truth["headache"].tolist()
    assert (diary_read.severity == 3).tolist() == truth["severe"].tolist()
    assert diary_read.acute is not None
    assert diary_read.acute["triptan"].tolist() == truth["triptan"].tolist()
    assert np.logical_or.reduce(list(diary_read.acute.values())).tolist() == truth["acute"].tolist()
    assert diary_read.hours == pytest.approx(truth["hours"])
    assert diary_read.acute.keys() <= {"triptan", "nsaid", "paracetamol", "combination"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_accents_and_case_do_not_count(language):
    from leao.diary.reading.words import plain

    text, truth = diary(language, seed=7)
    for written in (text.upper(), plain(text.replace("\n", "|")).replace("|", "\n")):
        diary_read = reading.read("diary.csv", written.encode(), Mapping(today=TODAY)).whole()
        assert diary_read.headache.tolist() == truth["headache"].tolist()
        assert (diary_read.severity == 3).tolist() == truth["severe"].tolist()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("column", [1, 2, 3])
def test_one_strange_word_stops_the_run(language, column):
    text, _ = diary(language, seed=3)
    lines = text.splitlines()
    for row in (4, 9):
        cells = lines[row].split(";")
        cells[column] = "Quux"
        lines[row] = ";".join(cells)
    result = reading.read("diary.csv", "\n".join(lines).encode(), Mapping(today=TODAY))
    assert result.diary is None
    (question,) = result.questions
    assert (question.word, question.times, question.row) == ("Quux", 2, 5)
    assert question.column == LANGUAGES[language]["header"][column]
    assert "--say" in question.answer
    with pytest.raises(ScenarioError, match="1 open question"):
        result.whole()
