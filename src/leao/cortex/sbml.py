"""One node of the second model for other simulators: SBML, and our own run of it as a CSV to check against.

The node is closed and without space. It begins at rest, or with KCl or glutamate added outside at once.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
from numpy.typing import NDArray

from leao.core import files
from leao.core.errors import ScenarioError
from leao.cortex import mathml, node_formulas, request, solve, variations, voltage_tables
from leao.cortex.kernels import node

Array = NDArray[np.float64]

SBML = "http://www.sbml.org/sbml/level3/version2/core"
COLUMNS = ("time_s", "voltage_mV", "potassium_mM", "glutamate_uM", "extracellular_share", "reserve")
STEP, RECORD = 0.005, 0.1  # s, of our own run
ALONE = 0.1  # mm: one node, so that its length does not matter
_MM, _UM = 1e3, 1e6  # per mmol/cm3


def node_done(ask: request.ExperimentRequest, added: tuple[str | None, str | None], duration: str, out: Path) -> Any:
    """Write ``node.xml`` and ``node.csv`` into ``out`` and return the plain answer.

    Args:
        ask: the tissue and the drug.
        added: KCl (mM) and glutamate (uM) added outside at once, as texts; None for none.
        duration: of our own run.
        out: the folder.

    Raises:
        ScenarioError: a preset of the first model, or a value out of range.
        RunError: the folder cannot be written.
    """
    values, concentration = request.tissue(ask), request.level(ask)
    piece = request.slice_at(values, concentration)
    second = piece.cortex.second
    if second is None or second.homeostat.saturable == 0.0:
        raise ScenarioError(
            f"preset {ask.preset!r}: only a node with saturable transport can be exported; write --preset"
            f" {variations.SECOND_MODEL}"
        )
    potassium, glutamate = (
        0.0 if text is None else request.within(what, text, unit)
        for what, text, unit in (("add-kcl", added[0], "mM"), ("add-glutamate", added[1], "uM"))
    )
    lasts = request.within("duration", duration, "s", above=True)
    state = begin(piece, potassium, glutamate)
    files.writable(out)
    files.write_text(out / "node.xml", document(node_formulas.model(piece, state)))
    files.write_text(out / "node.csv", oracle(piece, state, lasts))
    return {
        "preset": ask.preset,
        **request.condition_answer(ask),
        "compound": values.compound,
        "concentration_uM": concentration,
        "added": {"potassium_mM": potassium, "glutamate_uM": glutamate},
        "duration_s": lasts,
        "columns": list(COLUMNS),
        "sbml": str(out / "node.xml"),
        "csv": str(out / "node.csv"),
        "out": str(out),
    }


def begin(piece: solve.TissueSlice, potassium: float, glutamate: float) -> Array:
    """Return the state (column,) of a node to which KCl (mM) and glutamate (uM) were added outside at once."""
    state = piece.cortex.rest.copy()
    outside = 1.0 - state[node.ALPHA_N] - state[node.ALPHA_G]
    state[node.K_E] += potassium / _MM * outside
    state[node.CL_E] += potassium / _MM * outside
    state[node.GLU_E] += glutamate / _UM * outside
    return state


def document(model: node_formulas.Model) -> str:
    """Return the SBML text: constants, formulas as assignment rules, states as rate rules; seconds."""
    root = Xml.Element("sbml", {"xmlns": SBML, "level": "3", "version": "2"})
    body = Xml.SubElement(root, "model", {"id": "node", "name": "one node of cortex, closed, without space"})
    listed = Xml.SubElement(body, "listOfParameters")
    for name, value in model.constants.items():
        Xml.SubElement(listed, "parameter", {"id": name, "value": repr(value), "constant": "true"})
    for name, value in model.start.items():
        Xml.SubElement(listed, "parameter", {"id": name, "value": repr(value), "constant": "false"})
    for name in model.formulas:
        Xml.SubElement(listed, "parameter", {"id": name, "constant": "false"})
    rules = Xml.SubElement(body, "listOfRules")
    for kind, entries in (("assignmentRule", model.formulas), ("rateRule", model.rates)):
        for name, formula in entries.items():
            mathml.append(Xml.SubElement(rules, kind, {"variable": name}), formula)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def oracle(piece: solve.TissueSlice, state: Array, duration: float) -> str:
    """Return our own run of the node as CSV text."""
    grid = solve.Grid(ALONE, 1, STEP, duration, RECORD)
    still = solve.drive(piece.cortex, (solve.Stimulus("kcl", 0.0, ALONE),), grid)
    seen = solve.integrate(piece, still, grid, start=(state[None, :], piece.gate[:, :, None])).seen[:, :, 0]
    scale = (voltage_tables.thermal_voltage(piece.cortex.params), _MM, _UM, 1.0, 1.0)
    fields = [seen[at] * factor for at, factor in zip((0, 1, 2, 4, 5), scale, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row, values in enumerate(zip(*fields, strict=True)):
        writer.writerow([f"{row * RECORD:.6g}", *(f"{value:.8g}" for value in values)])
    return text.getvalue()
