"""The model of a typical person written for other tools: SBML, NONMEM, mrgsolve, or a model file for ``--model``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from leao.core import files
from leao.core.errors import ScenarioError
from leao.exposure import model_text, sbml
from leao.exposure.doses import molar_masses
from leao.exposure.other_drug import Drug
from leao.exposure.records import BASES

ENDINGS = {"sbml": ".xml", "nonmem": ".ctl", "mrgsolve": ".mod", "model": ".toml"}


class Export(NamedTuple):
    """What to write."""

    to: str = "sbml"
    out: Path | None = None  # None: memantine with the format's ending
    weight: float | None = None  # kg
    creatinine_clearance: float | None = None  # mL/min
    urine_ph: float | None = None
    basis: str = "salt"  # what the doses of the other tool's data count
    drug: Drug | None = None


def write(request: Export) -> dict[str, object]:
    """Write the model and return the parameters it holds.

    Raises:
        ScenarioError: another format, an impossible person, a person for another drug's model.
    """
    if request.to not in ENDINGS:
        raise ScenarioError(f"--to: found {request.to!r}, wanted {', '.join(ENDINGS)}")
    if request.basis not in BASES:
        raise ScenarioError(f"--basis: found {request.basis!r}, wanted {' or '.join(BASES)}")
    name = "memantine" if request.drug is None else "model"
    out = request.out or Path(f"{name}{ENDINGS[request.to]}")
    person = (request.weight, request.creatinine_clearance, request.urine_ph)
    if request.to == "sbml":
        if request.drug is not None:
            raise ScenarioError("--to sbml writes memantine; with --model write --to nonmem, mrgsolve or model")
        return sbml.write(out, *person)
    if request.drug is None:
        base, salt = molar_masses()
        counts_salt = request.basis == "salt" and request.to != "model"  # a model file's AMT counts what is measured
        text = model_text.of_memantine(sbml.checked(*person), base / salt if counts_salt else 1.0)
    elif person != (None, None, None):
        raise ScenarioError("--weight, --creatinine-clearance, --urine-ph belong to memantine; leave them out")
    else:
        text = model_text.of_drug(request.drug)
    files.write_text(out, model_text.WRITERS[request.to](text))
    return {"out": str(out), "parameters": text.values, "units": "h, L, mg; levels in ng/mL"}
