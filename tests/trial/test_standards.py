"""A simulated trial as SAS transport, Dataset-JSON and define.xml."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

import leao
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError
from leao.core.tables import read
from leao.trial.standards import variables
from leao.trial.standards.define import DEF, ODM

pytestmark = pytest.mark.cross
TABLES = ("adsl", "addiary", "admonth")


COVARIATES = "run_in,headache_days,migraine_days,rescue_days,severity,duration"
OF_THEM = ["RIATTACK", "RIMIGDAY", "RIHDDAY", "BLHDDAY", "BLMIGDAY", "BLRESCUE", "BLSEVER", "BLDURAT"]
CHANGES = {"trial.run_in_days": 28, "trial.covariates": COVARIATES}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("adam")
    result = leao.trial_export("noruzzadeh2016", n=4, effect=0.8, seed=3, set=CHANGES, out=out)
    return out, result


def test_the_contract_holds(exported):
    out, result = exported
    checked("trial-export", result.summary)
    assert {Path(path).name for path in result.summary["files"]} == {path.name for path in out.iterdir()}


def test_define_is_valid_by_the_schema_of_the_standard(exported):
    xmlschema = pytest.importorskip("xmlschema", reason="not compared: xmlschema is not installed")
    carrier = find_spec("odmlib")  # its files alone are wanted
    if carrier is None or carrier.origin is None:
        pytest.skip("not compared: odmlib, which carries the schema, is not installed")
    schema = Path(carrier.origin).parent / "schemas" / "define" / "2.1" / "define2-1-0.xsd"
    judge, text = xmlschema.XMLSchema(str(schema)), (exported[0] / "define.xml").read_text()
    assert [f"{error.path}: {error.reason}" for error in judge.iter_errors(text)] == []
    assert list(judge.iter_errors(text.replace(' Mandatory="Yes"', "", 1))) != []


def test_define_refers_to_what_it_defines(exported):
    root = ET.parse(exported[0] / "define.xml").getroot()
    named = {node.get("OID") for tag in ("ItemDef", "CodeList", "MethodDef") for node in root.iter(f"{{{ODM}}}{tag}")}
    for tag, key in (("ItemRef", "ItemOID"), ("ItemRef", "MethodOID"), ("CodeListRef", "CodeListOID")):
        assert {node.get(key) for node in root.iter(f"{{{ODM}}}{tag}")} - {None} <= named
    groups = [node.get("Name") for node in root.iter(f"{{{ODM}}}ItemGroupDef")]
    assert groups == [name.upper() for name in TABLES]
    assert len(list(root.iter(f"{{{DEF}}}leaf"))) == len(TABLES)


# What schema/dataset.schema.json of CDISC's DataExchange-DatasetJson says for version 1.1.0, restated: names that may
# stand, their types, names that must stand; no others may.
Moment = Annotated[
    str,
    StringConstraints(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
        r"([+-]([01]\d|2[0-3]):[0-5]\d|Z)?$"
    ),
]
Whole = Annotated[int, Field(ge=1)]
Kind = Literal["string", "integer", "decimal", "float", "double", "boolean", "datetime", "date", "time", "URI"]


class Closed(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _no_null(cls, entries):
        assert all(value is not None for value in entries.values()), "null"
        return entries


class SourceSystem(Closed):
    name: str
    version: str


class Column(Closed):
    itemOID: str
    name: str
    label: str
    dataType: Kind
    targetDataType: Literal["integer", "decimal"] | None = None
    length: Whole | None = None
    displayFormat: str | None = None
    keySequence: Whole | None = None


class Published(Closed):
    datasetJSONCreationDateTime: Moment
    datasetJSONVersion: Annotated[str, StringConstraints(pattern=r"^1.1(.(0|([1-9][0-9]*)))?$")]
    itemGroupOID: str
    records: Annotated[int, Field(ge=0)]
    name: str
    label: str
    columns: list[Column]
    rows: list[list] | None = None
    fileOID: str | None = None
    dbLastModifiedDateTime: Moment | None = None
    originator: str | None = None
    sourceSystem: SourceSystem | None = None
    studyOID: str | None = None
    metaDataVersionOID: str | None = None
    metaDataRef: str | None = None
    isReferenceData: bool | None = None


@pytest.mark.parametrize("name", TABLES)
def test_dataset_json_is_valid_by_the_schema_of_the_standard(exported, name):
    whole = json.loads((exported[0] / f"{name}.json").read_text())
    Published.model_validate(whole)
    assert {len(row) for row in whole["rows"]} == {len(whole["columns"])}
    for spoilt in ({"creationDateTime": "2026"}, {"records": -1}, {"columns": [{"name": "A"}]}, {"studyOID": None}):
        with pytest.raises(ValidationError):
            Published.model_validate(whole | spoilt)


@pytest.mark.parametrize("name", TABLES)
def test_dataset_json_is_read_by_another_implementation(exported, name):
    model = pytest.importorskip("odmlib.dataset_json_1_1.model", reason="not compared: odmlib is not installed")
    text = (exported[0] / f"{name}.json").read_text()
    whole = json.loads(text)
    read = model.DatasetJSON(**_objects(model, whole))
    again = read.to_dict()
    assert {key: again[key] for key in whole if key != "rows"} == {key: whole[key] for key in whole if key != "rows"}
    assert [list(row) for row in again["rows"]] == whole["rows"]


def _objects(model, whole):
    columns = [model.Column(**column) for column in whole["columns"]]
    return whole | {"columns": columns, "sourceSystem": model.SourceSystem(**whole["sourceSystem"])}


@pytest.mark.parametrize("name", TABLES)
def test_both_files_hold_the_table(exported, name):
    out, result = exported
    table = result.data[name]
    pyreadstat = pytest.importorskip("pyreadstat")
    read, meta = pyreadstat.read_xport(str(out / f"{name}.xpt"), output_format="polars")
    assert (meta.table_name, read.columns) == (name.upper(), table.columns)
    assert meta.column_labels == [variables.label(column) for column in table.columns]
    whole = json.loads((out / f"{name}.json").read_text())
    assert whole["records"] == len(whole["rows"]) == table.height == read.height
    assert [column["name"] for column in whole["columns"]] == table.columns
    assert [tuple(row) for row in whole["rows"]] == table.rows()
    for column in table.columns:
        ours, theirs = table[column].to_list(), read[column].to_list()
        if isinstance(ours[0], str):
            assert [value or "" for value in theirs] == ours
        else:
            assert [value is None for value in theirs] == [value is None for value in ours]
            known = [value is not None for value in ours]
            assert [v for v, k in zip(theirs, known, strict=True) if k] == pytest.approx(
                [v for v, k in zip(ours, known, strict=True) if k]
            )


def test_both_files_are_read_back_alike(exported):
    pytest.importorskip("pyreadstat")
    tables = [read(f"adsl.{kind}", (exported[0] / f"adsl.{kind}").read_bytes()) for kind in ("json", "xpt")]
    assert tables[0].header == tables[1].header
    for column in tables[0].header:
        assert tables[0].text(column) == tables[1].text(column) or [
            float(cell) if cell else None for cell in tables[0].text(column)
        ] == pytest.approx([float(cell) if cell else None for cell in tables[1].text(column)])


def test_covariates_are_those_the_diary_gives(exported):
    tables = exported[1].data
    people, days = tables["adsl"], tables["addiary"].filter(pl.col("ABLFL") == "Y")
    assert [name for name in people.columns if name in variables.METHODS] == OF_THEM
    for parameter, column in (("HDDAY", "BLHDDAY"), ("MIGDAY", "BLMIGDAY"), ("RESCDAY", "BLRESCUE")):
        means = days.filter(pl.col("PARAMCD") == parameter).group_by("USUBJID").agg(pl.col("AVAL").mean() * 28)
        both = people.join(means, on="USUBJID")
        assert both.height == 8
        assert both[column].to_list() == pytest.approx(both["AVAL"].to_list())
    assert people["BLSEVER"].drop_nulls().is_between(1.0, 3.0).all()
    assert (people["RIATTACK"] >= 0.0).all() and people["RIATTACK"].n_unique() > 1


def test_without_covariates_adsl_has_none(tmp_path):
    adsl = leao.trial_export("noruzzadeh2016", n=2, effect=0.8, seed=3, out=tmp_path).data["adsl"]
    assert not set(OF_THEM) & set(adsl.columns)


def test_what_was_written_is_read_back(exported):
    out, _ = exported
    answer = leao.trial.analyse(out / "admonth.xpt", param="ATTACKS", control="placebo").summary
    assert answer["subjects"] == 8


def test_a_text_too_long_for_transport_is_refused(exported):
    from leao.trial.standards.files import transport

    table = exported[1].data["adsl"].with_columns(ARM=pl.lit("m" * 210))
    with pytest.raises(ScenarioError, match="texts of 200"):
        transport("adsl", table)
