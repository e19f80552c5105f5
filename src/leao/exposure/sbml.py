"""The model as SBML, level 3 version 2, for one typical person: gut, central and effect compartment."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np

from leao.core import files
from leao.core.errors import ScenarioError
from leao.exposure import solve
from leao.exposure.records import params

SBML = "http://www.sbml.org/sbml/level3/version2/core"
MATH = "http://www.w3.org/1998/Math/MathML"


def write(
    out: Path, weight: float | None = None, crcl: float | None = None, ph: float | None = None
) -> dict[str, object]:
    """Write the SBML file and return the parameters it holds.

    Args:
        out: the file.
        weight: kg; None takes the usual.
        crcl: creatinine clearance, mL/min.
        ph: pH of the urine.

    Raises:
        ScenarioError: an impossible person.
    """
    values = checked(weight, crcl, ph)
    files.write_text(out, document(values))
    return {"out": str(out), "parameters": values, "units": "h, L, mg of base; brain in uM"}


def checked(weight: float | None, crcl: float | None, ph: float | None) -> dict[str, float]:
    """Return the parameters of a person who can be.

    Raises:
        ScenarioError: an impossible person.
    """
    _possible(weight, crcl, ph)
    return parameters(weight, crcl, ph)


def _possible(weight: float | None, crcl: float | None, ph: float | None) -> None:
    p = params()
    limits = {
        "--weight": (weight, p.lowest_weight, p.highest_weight, "kg"),
        "--creatinine-clearance": (crcl, p.lowest_creatinine_clearance, p.highest_creatinine_clearance, "mL/min"),
        "--urine-ph": (ph, p.lowest_ph, p.highest_ph, ""),
    }
    for name, (value, low, high, unit) in limits.items():
        if value is not None and not low <= value <= high:
            raise ScenarioError(f"{name}: found {value:g}, wanted {low:g} to {high:g} {unit}".rstrip())


def parameters(weight: float | None, crcl: float | None, ph: float | None) -> dict[str, float]:
    """Return the typical person's parameters by their names in the file."""
    pop, nan = solve.population(), float("nan")
    weight = pop.weight if weight is None else weight
    scale = (weight / pop.reference_weight) ** pop.allometric_exponent
    relative = solve.relative_clearance(nan if crcl is None else crcl, nan if ph is None else ph)
    return {
        "KA": pop.absorption_rate,
        "CL": float(pop.clearance * scale * relative),
        "V": pop.volume_per_weight * weight,
        "KE0": params().brain_rate,
        "free_uM_per_mg_L": float(solve.brain(np.ones(1))[0]),
    }


def document(values: dict[str, float]) -> str:
    """Return the SBML text: dGut, dCentral (mg of base) and dEffect (mg/L) as rate rules, levels as assignments."""
    root = Xml.Element("sbml", {"xmlns": SBML, "level": "3", "version": "2"})
    body = Xml.SubElement(root, "model", {"id": "memantine", "name": "memantine, one compartment, oral"})
    listed = Xml.SubElement(body, "listOfParameters")
    for name, value in values.items():
        Xml.SubElement(listed, "parameter", {"id": name, "value": repr(value), "constant": "true"})
    for name in ("Gut", "Central", "Effect"):
        Xml.SubElement(listed, "parameter", {"id": name, "value": "0", "constant": "false"})
    for name in ("plasma_ng_per_mL", "free_brain_uM"):
        Xml.SubElement(listed, "parameter", {"id": name, "constant": "false"})
    ng_per_ml = repr(solve.NG_PER_ML)
    rules = Xml.SubElement(body, "listOfRules")
    _rule(rules, "rateRule", "Gut", ("times", ("minus", "KA"), "Gut"))
    falls = ("divide", ("times", "CL", "Central"), "V")
    _rule(rules, "rateRule", "Central", ("minus", ("times", "KA", "Gut"), falls))
    _rule(rules, "rateRule", "Effect", ("times", "KE0", ("minus", ("divide", "Central", "V"), "Effect")))
    plasma = ("divide", ("times", ng_per_ml, "Central"), "V")
    _rule(rules, "assignmentRule", "plasma_ng_per_mL", plasma)
    _rule(rules, "assignmentRule", "free_brain_uM", ("times", "free_uM_per_mg_L", "Effect"))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


Expression = str | tuple["Expression", ...]


def _rule(rules: Xml.Element, kind: str, variable: str, expression: Expression) -> None:
    rule = Xml.SubElement(rules, kind, {"variable": variable})
    _math(Xml.SubElement(rule, "math", {"xmlns": MATH}), expression)


def _math(parent: Xml.Element, expression: Expression) -> None:
    """Append MathML: a tuple is an operator with its arguments, a text a number or a name."""
    if isinstance(expression, tuple):
        applied = Xml.SubElement(parent, "apply")
        Xml.SubElement(applied, str(expression[0]))
        for argument in expression[1:]:
            _math(applied, argument)
    else:
        kind = "cn" if expression[0].isdigit() else "ci"
        Xml.SubElement(parent, kind).text = expression
