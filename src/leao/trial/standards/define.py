"""define.xml (CDISC Define-XML 2.1): the tables, their variables, codelists and how values come about."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from leao.trial.standards import variables
from leao.trial.standards.variables import CODES, DATASETS, METHODS, Variable

if TYPE_CHECKING:
    import polars as pl

ODM, DEF, LINK = "http://www.cdisc.org/ns/odm/v1.3", "http://www.cdisc.org/ns/def/v2.1", "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
STANDARD = "STD.ADAM"
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
DIGITS = 6  # after the point, of floats


def define(tables: Mapping[str, pl.DataFrame], study: str, what: str, created: str) -> str:
    """Return the text of define.xml.

    Args:
        tables: by name.
        study: its identifier.
        what: it is, in a sentence.
        created: when, ISO 8601.
    """
    for prefix, uri in (("", ODM), ("def", DEF), ("xlink", LINK)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(
        f"{{{ODM}}}ODM",
        {
            "FileType": "Snapshot", "FileOID": f"{study}.define", "ODMVersion": "1.3.2", "CreationDateTime": created,
            "Originator": "Leao", "SourceSystem": "Leao", "SourceSystemVersion": metadata.version("leao"),
            f"{{{DEF}}}Context": "Other",
        },
    )  # fmt: skip
    parent = _add(root, "Study", {"OID": f"STDY.{study}"})
    globals_ = _add(parent, "GlobalVariables")
    for name, text in (("StudyName", study), ("StudyDescription", what), ("ProtocolName", study)):
        _add(globals_, name).text = text
    version = _add(
        parent, "MetaDataVersion",
        {"OID": f"MDV.{study}", "Name": f"{study}, simulated", "Description": what, f"{{{DEF}}}DefineVersion": "2.1.0"},
    )  # fmt: skip
    standards = _add(version, "Standards", space=DEF)
    _add(
        standards,
        "Standard",
        {"OID": STANDARD, "Name": "ADaMIG", "Type": "IG", "Version": "1.1", "Status": "Final"},
        DEF,
    )
    columns = {name: variables.of(name, table) for name, table in tables.items()}
    for name, rows in columns.items():
        _group(version, name, rows)
    for name, rows in columns.items():
        for row in rows:
            _item(version, name, row)
    used = {row.name for rows in columns.values() for row in rows}
    for name in (name for name in CODES if name in used):
        _codes(version, name)
    for name in (name for name in METHODS if name in used):
        method = _add(
            version, "MethodDef", {"OID": f"MT.{name}", "Name": f"Derivation of {name}", "Type": "Computation"}
        )
        _described(method, METHODS[name])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _group(version: ET.Element, name: str, rows: list[Variable]) -> None:
    dataset, upper = DATASETS[name], name.upper()
    group = _add(
        version, "ItemGroupDef",
        {
            "OID": f"IG.{upper}", "Name": upper, "SASDatasetName": upper, "Purpose": "Analysis",
            "Repeating": "No" if name == "adsl" else "Yes", "IsReferenceData": "No",
            f"{{{DEF}}}Structure": dataset.structure, f"{{{DEF}}}StandardOID": STANDARD,
            f"{{{DEF}}}ArchiveLocationID": f"LF.{upper}",
        },
    )  # fmt: skip
    _described(group, dataset.label)
    for place, row in enumerate(rows, start=1):
        more = {} if row.key is None else {"KeySequence": str(row.key)}
        more |= {"MethodOID": f"MT.{row.name}"} if row.name in METHODS else {}
        mandatory = "Yes" if row.key is not None else "No"
        _add(group, "ItemRef", {"ItemOID": _oid(name, row), "OrderNumber": str(place), "Mandatory": mandatory} | more)
    _add(group, "Class", {"Name": dataset.kind}, DEF)
    leaf = _add(group, "leaf", {"ID": f"LF.{upper}", f"{{{LINK}}}href": f"{name}.xpt"}, DEF)
    _add(leaf, "title", space=DEF).text = f"{name}.xpt"


def _item(version: ET.Element, name: str, row: Variable) -> None:
    more = {"SignificantDigits": str(DIGITS)} if row.kind == "float" else {}
    length = str(row.length + DIGITS + 1 if row.kind == "float" else row.length)
    names = {"OID": _oid(name, row), "Name": row.name, "SASFieldName": row.name}
    item = _add(version, "ItemDef", names | {"DataType": row.kind, "Length": length} | more)
    _described(item, row.label)
    if row.name in CODES:
        _add(item, "CodeListRef", {"CodeListOID": f"CL.{row.name}"})
    kind = "Derived" if row.name in METHODS else "Assigned"
    _add(item, "Origin", {"Type": kind, "Source": "Sponsor"}, DEF)


def _codes(version: ET.Element, name: str) -> None:
    named = {"OID": f"CL.{name}", "Name": variables.label(name), "DataType": "text"}
    codes = _add(version, "CodeList", named | {f"{{{DEF}}}IsNonStandard": "Yes"})
    for place, (code, text) in enumerate(CODES[name], start=1):
        item = _add(codes, "CodeListItem", {"CodedValue": code, "OrderNumber": str(place)})
        _text(_add(item, "Decode"), text)


def _oid(name: str, row: Variable) -> str:
    return f"IT.{name.upper()}.{row.name}"


def _described(parent: ET.Element, text: str) -> None:
    _text(_add(parent, "Description"), text)


def _text(parent: ET.Element, text: str) -> None:
    _add(parent, "TranslatedText", {f"{{{XML}}}lang": "en"}).text = text


def _add(parent: ET.Element, name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES, space: str = ODM) -> ET.Element:
    return ET.SubElement(parent, f"{{{space}}}{name}", dict(attributes))
