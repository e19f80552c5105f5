"""Colours of cells by what they say."""

from leao.report.words import CONTROLS, NO_DATA, NO_EFFECT

CELLS = {
    NO_DATA: "dim",
    NO_EFFECT: "dim",
    "input": "dim",
    "predicted": "green",
    CONTROLS[False]: "yellow",
    CONTROLS[True]: "green",
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
