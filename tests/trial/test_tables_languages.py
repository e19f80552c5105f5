"""Names, visits, missing codes and files of other houses: each gives what the plain table gives."""

import json

import pytest
from tests.trial.trial_tables import csv, months

from leao.core.errors import ScenarioError
from leao.trial.analysis import analyse
from leao.trial.reading import visit_words
from leao.trial.reading.other_languages import women_of
from leao.trial.reading.request import TableRequest
from leao.trial.reading.table import load

pytestmark = pytest.mark.worlds
NAMES = ("subject", "arm", "visit", "attacks")


@pytest.fixture
def loaded(tmp_path):
    def run(text, **request):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        return load(path, TableRequest(**request))

    return run


def renamed(names, rows=None):
    keys: dict[str, str] = dict(zip(NAMES, names.split("/"), strict=True))
    return csv([{keys[key]: value for key, value in row.items()} for row in rows or months()])


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("Paciente/Brazo/Visita/Ataques", "count"),
        ("ID Paciente/Grupo de tratamiento/Mes/Días de migraña", "days"),
        ("Patient/Bras/Mois/Jours de migraine", "days"),
        ("Sujet/Traitement/Visite/Crises de migraine", "count"),
        ("Paziente/Braccio/Mese/Attacchi", "count"),
        ("Paziente/Gruppo/Visita/Giorni di emicrania", "days"),
        ("Paciente/Braço/Mês/Crises de enxaqueca", "count"),
        ("Patientennummer/Gruppe/Monat/Attacken", "count"),
        ("Patienten-ID/Behandlung/Visite/Migränetage", "days"),
    ],
)
def test_columns_named_in_other_languages(loaded, names, kind):
    plain, other = loaded(csv(months())), loaded(renamed(names))
    columns = ["subject", "arm", "visit", "value"]
    assert other.frame[columns].equals(plain.frame[columns])
    assert (other.kind, other.columns.not_read) == (kind, [])


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("Visit I", 1.0),
        ("visita II", 2.0),
        ("Visite IV", 4.0),
        ("III", 3.0),
        ("month vi", 6.0),
        ("IX", 9.0),
        ("week XII", 12.0),
    ],
)
def test_visits_in_roman_numerals(word, at):
    parsed = visit_words.parse(word)
    assert parsed is not None
    assert (parsed.kind, parsed.at) == (visit_words.PLANNED, at)


@pytest.mark.parametrize("word", ["Visit IIII", "V III", "IIV", "XIV.", "mix"])
def test_what_is_no_roman_numeral_is_asked_about(word):
    assert visit_words.parse(word) is None


def test_special_codes_in_a_column_called_count(loaded):
    rows = [{("count" if key == "attacks" else key): value for key, value in row.items()} for row in months()]
    rows[1] = {**rows[1], "count": ".D"}
    assert "missing by SAS's special codes: .D 1 times" in loaded(csv(rows)).problems


def test_special_codes_of_sas_are_missing_and_named(loaded):
    codes = {3: ".A", 7: ".a", 11: ".Z", 13: "._"}
    table = loaded(csv([{**row, "attacks": codes.get(k, str(row["attacks"]))} for k, row in enumerate(months())]))
    plain = loaded(
        csv([{**row, "attacks": "" if k in codes else str(row["attacks"])} for k, row in enumerate(months())])
    )
    assert table.frame.equals(plain.frame)
    assert "missing by SAS's special codes: ._ 1 times, .A 2 times, .Z 1 times" in table.problems


@pytest.mark.parametrize(
    ("cells", "women"),
    [
        ("Mujer Hombre Mujer", (2, 3)), ("M H M", (2, 3)), ("F H F", (2, 3)), ("M F M", (1, 3)),
        ("Female Male .", (1, 2)),
        ("weiblich männlich divers", (1, 2)), ("Donna Uomo Donna", (2, 3)), ("1 2 1", (0, 0)),
    ],
)  # fmt: skip
def test_women_are_counted_in_any_language(cells, women):
    assert women_of(cells.split(), cells.split()) == women


def dataset_json(rows, spoilt=None):
    """Return rows as CDISC Dataset-JSON 1.1."""
    columns = [{"itemOID": f"IT.AD.{name}", "name": name, "label": name, "dataType": "string"} for name in rows[0]]
    head = {"datasetJSONVersion": "1.1.0", "records": len(rows), "name": "AD", "columns": columns}
    return head | {"rows": [list(row.values()) for row in rows]} | (spoilt or {})


def test_dataset_json_is_read_as_the_same_text(tmp_path):
    rows = [{**row, "attacks": None if k == 6 else row["attacks"] + 0.5} for k, row in enumerate(months())]
    (tmp_path / "t.csv").write_text(csv(rows), encoding="utf-8")
    wanted = analyse(tmp_path / "t.csv", columns=TableRequest())
    whole = dataset_json(rows)
    head = {key: value for key, value in whole.items() if key != "rows"}
    lines = "\n".join([json.dumps(head), *map(json.dumps, whole["rows"])])
    for text in (json.dumps(whole), json.dumps(whole, indent=1), lines):
        (tmp_path / "t.json").write_text(text, encoding="utf-8")
        answer = analyse(tmp_path / "t.json", columns=TableRequest())
        assert answer["estimators"] == wanted["estimators"]
        assert answer["columns"] == wanted["columns"]


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"records": 9}, "160 rows, its head says 9; was it cut off"),
        ({"datasetJSONVersion": "1.0.0"}, "Dataset-JSON 1.0.0, wanted 1.1"),
        ({"rows": [["a"]], "records": 1}, "row 1: 1 cells, wanted 4"),
        ({"rows": [[["a"], 1, 2, 3]], "records": 1}, "row 1: a cell that holds several"),
        ({"columns": None}, "without the names of its columns"),
        ({"rows": [[float("nan"), 1, 2, 3]], "records": 1}, "cannot be read"),
    ],
)
def test_dataset_json_that_does_not_hold_is_refused(tmp_path, spoilt, says):
    (tmp_path / "t.json").write_text(json.dumps(dataset_json(months(), spoilt)), encoding="utf-8")
    with pytest.raises(ScenarioError, match=says):
        load(tmp_path / "t.json", TableRequest())
