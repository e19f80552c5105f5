"""Receptors of a laboratory not seen: draws of the posterior over published numbers and of all else that is not known.

The blocker's IC50 of memantine, ketamine and amantadine come from the posterior (``receptor_posterior``); memantine's and
ketamine's off rates scale the ledgers' rates of unblock, memantine's release scales its superficial share and time.
Presets other than P0 keep their couplings, which were fitted to something else, and take the IC50 alone. Everything
else is drawn from the ledgers' own spreads.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.receptor import equilibrium_block, kinetic, protocols, uncertainty
from leao.receptor.kinetic import Receptor, Surround
from validation import receptor_posterior

Array = NDArray[np.float64]
SEED, DRAWS = 18, 60
AT = receptor_posterior.RATES_AT
BLOCKED_BY = 10.0  # uM of memantine before release, as in the experiments
MOST_SHARE = 0.9  # of the superficial site


def receptors(row: dict[str, Any]) -> list[Receptor]:
    """Return the draws of the receptor that a row of ``receptor.toml`` is about."""
    choice = kinetic.ReceptorRequest(row.get("compound", "memantine"), row["subtype"], row.get("preset", "P0"))
    drawn = uncertainty.receptors(choice, DRAWS, SEED)
    changes = _changes(choice.compound, choice.preset)
    return [_with(receptor, {name: values[k] for name, values in changes.items()}) for k, receptor in enumerate(drawn)]


@cache
def _unseen() -> dict[str, Array]:
    posterior = receptor_posterior.fit(receptor_posterior.rows(), draws=DRAWS)
    return receptor_posterior.new_laboratory(posterior, "page")


def _changes(compound: str, preset: str) -> dict[str, Array]:
    """Return what the posterior says of a blocker's numbers; a name that begins with ``*`` is a factor."""
    unseen = _unseen()
    if f"{compound}.2A" not in unseen:
        return {}
    volts = kinetic.load(compound, "2A").blocker.ic50_voltage
    shift = receptor_posterior.depth(compound, receptor_posterior.AT, volts)
    values = {f"ic50_{s}": np.exp(unseen[f"{compound}.{s}"] + shift) for s in equilibrium_block.SUBTYPES}
    values["potency"] = np.ones(DRAWS)
    if preset != "P0":
        return values
    if f"off.{compound}" in unseen:
        scale = np.exp(unseen[f"off.{compound}"]) / _off_rate(compound)
        values |= {f"*unblock_{s}": scale for s in equilibrium_block.SUBTYPES}
    if compound == "memantine":
        share = 1.0 / (1.0 + np.exp(-unseen["share"]))
        values["*superficial_share"] = share / _released(compound)
        values["superficial_unblock"] = np.exp(-unseen["time"])
    return values


def _with(receptor: Receptor, changes: dict[str, float]) -> Receptor:
    blocker = receptor.blocker._asdict()
    for name, value in changes.items():
        key = name.removeprefix("*")
        blocker[key] = float(blocker[key] * value if name.startswith("*") else value)
    blocker["superficial_share"] = min(blocker["superficial_share"], MOST_SHARE)
    gates = kinetic.Gating(*receptor.gates.tolist())
    return kinetic.assemble(receptor.subtype, gates, kinetic.Blocker(**blocker), receptor.magnesium)


def _off_rate(compound: str) -> float:
    """Return the off rate that the ledger's rate of unblock gives: GluN2A at -70 mV."""
    receptor = kinetic.load(compound, "2A")
    surround = Surround(protocols.numbers().ic50_glutamate, AT, 0.0)
    return kinetic.rates(receptor, surround, kinetic.ic50(receptor, surround))[1]


def _released(compound: str) -> float:
    """Return the share set free that the ledger's superficial share gives."""
    numbers = protocols.numbers()
    surround = Surround(numbers.ic50_glutamate, numbers.rest_voltage, 0.0, BLOCKED_BY)
    return kinetic.escape_fraction(kinetic.load(compound, "2A"), surround, numbers.release_time)
