"""Colours of cells by what they say."""

from leao.report.words import NO_DATA, NO_EFFECT

CELLS = {
    NO_DATA: "dim",
    NO_EFFECT: "dim",
    "input": "dim",
    "predicted": "green",
    "not qualified": "yellow",
    "qualified": "green",
    "assumed": "yellow",
    "supported": "green",
    "partly": "yellow",
    "contradicted": "red",
    "untested": "dim",
    "not computed": "dim",
    "consistent": "green",
    "contradicts itself": "red",
    "not checkable": "dim",
}
