"""The tables as files: SAS transport (version 5), CDISC Dataset-JSON 1.1, define.xml."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leao.core import files
from leao.core.errors import ScenarioError
from leao.trial.standards import variables
from leao.trial.standards.define import define
from leao.trial.standards.variables import DATASETS, LONGEST_LABEL, LONGEST_NAME, LONGEST_TEXT

if TYPE_CHECKING:
    import polars as pl

DATA_TYPES = {"text": "string", "integer": "integer", "float": "double"}  # define.xml's word to Dataset-JSON's


class Study(NamedTuple):
    """What the files are of."""

    identifier: str
    what: str


def write(folder: Path, tables: Mapping[str, pl.DataFrame], study: Study) -> list[Path]:
    """Write every table as .xpt and .json, and define.xml; return their paths.

    Raises:
        ScenarioError: the library of SAS files is not there, or a text that a transport file cannot hold.
    """
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    written = []
    for name, table in tables.items():
        written.append(files.write_bytes(folder / f"{name}.xpt", transport(name, table)))
        written.append(files.write_text(folder / f"{name}.json", dataset_json(name, table, study, created)))
    text = define(tables, study.identifier, study.what, created)
    return [*written, files.write_text(folder / "define.xml", text)]


def transport(name: str, table: pl.DataFrame) -> bytes:
    """Return a table as a SAS transport file, version 5.

    Raises:
        ScenarioError: the library is not there, or a name, label or text is too long for it.
    """
    try:
        import pyreadstat
    except ImportError:
        raise ScenarioError(
            "SAS transport files want pyreadstat, which is not installed; write pip install 'leao[tables]'"
        ) from None
    rows = variables.of(name, table)
    for row in rows:
        too_long = row.kind == "text" and row.length > LONGEST_TEXT
        if len(row.name) > LONGEST_NAME or len(row.label) > LONGEST_LABEL or too_long:
            raise ScenarioError(
                f"{name}.xpt: {row.name} ({row.label}, {row.length} bytes): wanted at most {LONGEST_NAME} letters, a "
                f"label of {LONGEST_LABEL} and texts of {LONGEST_TEXT}; shorten the arms' names"
            )
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{name}.xpt"
        frame: Any = table  # its stub knows no polars by name
        pyreadstat.write_xport(
            frame, str(path), file_label=DATASETS[name].label, column_labels=[row.label for row in rows],
            table_name=name.upper(), file_format_version=5,
        )  # fmt: skip
        return path.read_bytes()


def dataset_json(name: str, table: pl.DataFrame, study: Study, created: str) -> str:
    """Return a table as CDISC Dataset-JSON 1.1."""
    upper = name.upper()
    columns: list[dict[str, Any]] = []
    for row in variables.of(name, table):
        column: dict[str, Any] = {
            "itemOID": f"IT.{upper}.{row.name}", "name": row.name, "label": row.label, "dataType": DATA_TYPES[row.kind]
        }  # fmt: skip
        column |= {"length": row.length} if row.kind == "text" else {}
        columns.append(column | ({} if row.key is None else {"keySequence": row.key}))
    head = {
        "datasetJSONCreationDateTime": created,
        "datasetJSONVersion": "1.1.0",
        "fileOID": f"{study.identifier}.{upper}",
        "originator": "Leao",
        "sourceSystem": {"name": "Leao", "version": version("leao")},
        "studyOID": f"STDY.{study.identifier}",
        "metaDataVersionOID": f"MDV.{study.identifier}",
        "metaDataRef": "define.xml",
        "itemGroupOID": f"IG.{upper}",
        "records": table.height,
        "name": upper,
        "label": DATASETS[name].label,
        "columns": columns,
    }
    body = ",\n".join(json.dumps(list(row), ensure_ascii=False, allow_nan=False) for row in table.iter_rows())
    whole = json.dumps(head, ensure_ascii=False, indent=1)
    return f'{whole[:-2]},\n "rows": [\n{body}\n ]\n}}\n'
