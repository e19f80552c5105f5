"""What else the drug occupies at a free level: subtypes of the NMDA receptor and targets of other kinds.

Reads: ledgers ``receptor``, ``compounds/memantine``, ``off_targets``; no stage reads the last.
Equation: occupied = C / (C + half-blocking concentration), Hill slope 1, at equilibrium.
"""

from __future__ import annotations

from typing import Any

from leao.core import ledger
from leao.receptor import equilibrium_block as receptor

LEDGER = "off_targets"


def table(free_uM: float) -> list[dict[str, Any]]:
    """Return a row for each target, the subtypes at rest in the Mg2+ of the ledger first.

    Args:
        free_uM: free drug around neurons.
    """
    return [*_subtypes(free_uM), *(_other(number, free_uM) for number in ledger.read(LEDGER).numbers.values())]


def _subtypes(free_uM: float) -> list[dict[str, Any]]:
    numbers = ledger.read("compounds/memantine").numbers
    params = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)
    drug = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
    rows = []
    for subtype in receptor.SUBTYPES:
        half = float(receptor.ic50(params, drug, subtype, drug.ic50_voltage))
        printed = numbers[f"ic50_{subtype}"]
        what = f"GluN{subtype}, {params.magnesium:g} mM Mg2+, {drug.ic50_voltage:g} mV"
        rows.append(_row(what, (half, half), free_uM) | _said(printed))
    return rows


def _other(number: ledger.Number, free_uM: float) -> dict[str, Any]:
    ends = (number.value, number.value)
    if number.uncertainty is not None:
        ends = (number.uncertainty.get("low", number.value), number.uncertainty.get("high", number.value))
    return _row(number.name.replace("_", " "), ends, free_uM) | _said(number)


def _row(target: str, half: tuple[float, float], free_uM: float) -> dict[str, Any]:
    low, high = (100.0 * free_uM / (free_uM + at) for at in reversed(half))
    return {
        "target": target,
        "half_blocked_uM": dict(zip(("low", "high"), half, strict=True)),
        "occupied_percent": {"low": low, "high": high},
    }


def _said(number: ledger.Number) -> dict[str, str]:
    return {"tier": number.tier, "source": number.source, "where": number.where or "", "note": number.note or ""}
