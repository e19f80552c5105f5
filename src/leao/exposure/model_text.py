"""The model as text for other tools: a NONMEM control stream, an mrgsolve model, a model file for ``--model``.

One or two compartments with first-order absorption; levels in ng/mL, amounts in mg as the doses are written. What
differs between people is lognormal; NONMEM's OMEGA and mrgsolve's $OMEGA hold the variances.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np

from leao.exposure import person, priors, solve
from leao.exposure.other_drug import UNITS, Drug


class Text(NamedTuple):
    """What the texts hold."""

    name: str
    values: dict[str, float]  # CL, V, KA, (Q, V2), ALAG, F1
    variances: dict[str, float]  # between people, log scale
    residual: float  # log-scale SD
    comment: str
    share: float = 1.0  # mg of what is measured per mg as the doses are written; F1 holds it, too


def of_drug(drug: Drug) -> Text:
    """Return what the texts of another drug hold."""
    variances = {name: drug.between.get(name, 0.0) ** 2 for name in solve.NAMES if name in drug.typical}
    values = {"ALAG": 0.0, "F1": 1.0} | drug.typical
    weight = drug.reference_weight
    comment = "" if weight is None else f"typical of {weight:g} kg; scaled: CL, Q by weight^0.75, V, V2 by weight"
    return Text(drug.name, values, variances, drug.residual_error, comment)


def of_memantine(values: dict[str, float], salt_share: float) -> Text:
    """Return what the texts of memantine hold.

    Args:
        values: CL, V and KA of the person.
        salt_share: mg of base per mg as doses are written (1: doses count base).
    """
    names = solve.NAMES[: len(person.FACTORS)]
    weight = person.Known(weight=solve.population().weight)  # the person's own; body size is not among the etas
    people = person.population(range(4000), 1, weight)
    logs = np.log(person.factors(people, person.typical(*person.central(), weight)))
    variances = {name: float(column.var()) for name, column in zip(names, logs.T, strict=True)}
    comment = "F1 and F2 turn mg of memantine hydrochloride into mg of base" if salt_share < 1.0 else "doses count base"
    every = {name: values[name] for name in names} | {"ALAG": 0.0, "F1": salt_share}
    return Text("memantine", every, variances, priors.residual(None), comment, salt_share)


def nonmem(text: Text) -> str:
    """Return a NONMEM 7 control stream: ADVAN2 TRANS2 or ADVAN4 TRANS4, lognormal errors."""
    two = "Q" in text.values
    order = ["CL", "V", "KA", *(["Q", "V2"] if two else [])]
    renamed = {"V": "V2", "V2": "V3"} if two else {}
    lines = [f"$PROBLEM {text.name}: written by leao; mg, h, ng/mL"]
    lines += [f"; {text.comment}"] if text.comment else []
    lines += [
        "$INPUT ID TIME EVID CMT AMT RATE II ADDL SS MDV DV",
        "$DATA data.csv IGNORE=@",
        f"$SUBROUTINES {'ADVAN4 TRANS4' if two else 'ADVAN2 TRANS2'}",
        "$PK",
    ]
    for k, name in enumerate(order, start=1):
        lines.append(f"{renamed.get(name, name)} = THETA({k}) * EXP(ETA({k}))")
    central = renamed.get("V", "V")
    lines += [
        f"ALAG1 = THETA({len(order) + 1})",
        f"F1 = THETA({len(order) + 2})",
        *([f"F2 = {text.share:.10g}"] if text.share != 1.0 else []),
        f"S2 = {central} / {solve.NG_PER_ML:.0f}",
        "$ERROR",
        "IPRED = F",
        "Y = F * EXP(EPS(1))",
        "$THETA",
    ]
    for name in (*order, "ALAG", "F1"):
        fixed = " FIX" if name in ("ALAG", "F1") else ""
        lower = "" if fixed else "0, "
        lines.append(f"({lower}{text.values[name]:.10g}{fixed}) ; {renamed.get(name, name)}")
    lines.append("$OMEGA")
    for name in order:
        variance = text.variances.get(name, 0.0)
        lines.append(f"{variance:.10g}{'' if variance > 0 else ' FIX'} ; {renamed.get(name, name)}")
    lines += ["$SIGMA", f"{text.residual**2:.10g}", "$ESTIMATION METHOD=1 INTERACTION MAXEVAL=9999"]
    lines.append("$TABLE ID TIME EVID DV IPRED NOPRINT ONEHEADER FILE=sdtab")
    return "\n".join(lines) + "\n"


def mrgsolve(text: Text) -> str:
    """Return an mrgsolve model with its equations written out."""
    two = "Q" in text.values
    order = ["CL", "V", "KA", *(["Q", "V2"] if two else [])]
    values = ", ".join(f"TV{name} = {text.values[name]:.10g}" for name in order)
    lines = ["$PROB", f"{text.name}: written by leao; mg, h, ng/mL. {text.comment}".rstrip(), "", "$PARAM"]
    lines += [f"{values}, ALAG1 = {text.values['ALAG']:.10g}, BIO = {text.values['F1']:.10g}", "", "$CMT"]
    lines += ["GUT CENT PERI" if two else "GUT CENT", "", "$MAIN"]
    lines += [f"double {name} = TV{name} * exp(ETA({k}));" for k, name in enumerate(order, start=1)]
    lines += ["ALAG_GUT = ALAG1;", "F_GUT = BIO;"]
    lines += [f"F_CENT = {text.share:.10g};"] if text.share != 1.0 else []
    lines += ["", "$ODE", "dxdt_GUT = -KA*GUT;"]
    if two:
        lines.append("dxdt_CENT = KA*GUT - (CL/V)*CENT - (Q/V)*CENT + (Q/V2)*PERI;")
        lines.append("dxdt_PERI = (Q/V)*CENT - (Q/V2)*PERI;")
    else:
        lines.append("dxdt_CENT = KA*GUT - (CL/V)*CENT;")
    lines += ["", "$OMEGA", " ".join(f"{text.variances.get(name, 0.0):.10g}" for name in order)]
    lines += ["", "$SIGMA", f"{text.residual**2:.10g}", "", "$TABLE"]
    lines += [f"double IPRED = {solve.NG_PER_ML:.0f} * CENT / V;", "double DV = IPRED * exp(EPS(1));"]
    lines += ["", "$CAPTURE", "IPRED DV"]
    return "\n".join(lines) + "\n"


def model_file(text: Text) -> str:
    """Return a model file that ``--model`` reads."""
    lines = [f"# {text.comment}"] if text.comment else []
    lines += [
        f"name = {json.dumps(text.name, ensure_ascii=False)}",
        f"residual_error = {{ sd_log = {text.residual:.10g} }}",
        "",
    ]
    for name, value in text.values.items():
        lines += [f"[{name}]", f"value = {value:.10g}", f'unit = "{UNITS[name]}"']
        if text.variances.get(name, 0.0) > 0:
            sd = np.sqrt(text.variances[name])
            lines.append(f'between_subject = {{ dist = "lognormal", sd_log = {sd:.10g} }}')
        lines.append("")
    return "\n".join(lines)


WRITERS = {"nonmem": nonmem, "mrgsolve": mrgsolve, "model": model_file}
