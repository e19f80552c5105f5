"""What is not known of a blocker and its receptor, carried through: IC50, rates and currents with their 90 % bands.

Reads: the spreads ``uncertainty`` of the ledgers ``blockers/*``, ``gating/*``, ``receptor`` (Mg2+); memantine's
potency, that of a laboratory not seen, of ``receptor_posterior``.
Rule: every uncertain number is drawn by itself, seeded; the scheme is solved anew for each draw. What the
experimenter sets (drug, Mg2+, voltage, glutamate) is not drawn. Numbers without a spread count as known.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.receptor import equilibrium_block, kinetic, protocols
from leao.receptor.kinetic import Receptor, Surround

Array = NDArray[np.float64]
P = TypeVar("P", bound=tuple[Any, ...])
BAND = (5.0, 50.0, 95.0)
POSTERIORS = {"memantine": ("receptor_posterior", ("potency",))}  # compound: ledger of the fit, and what it spreads


class Curve(NamedTuple):
    """Draws of what a dose-response experiment shows: (draw,) and (draw, level)."""

    ic50: Array
    hill: Array
    on_rate: Array
    off_rate: Array
    escape: Array
    current: Array


def receptors(choice: kinetic.ReceptorRequest, draws: int, seed: int) -> list[Receptor]:
    """Return the receptor of ``kinetic.load`` once for each draw of everything that is not known."""
    streams = Streams(seed, "receptor")

    def uniform(name: str) -> Array:
        return streams.per_trial(name, range(draws))[:, 0]

    blocker = ledger.draw(spread_ledger(choice.compound, choice.preset), kinetic.Blocker, uniform)
    gating = ledger.draw(kinetic.gating_ledger(choice.subtype, choice.scheme), kinetic.Gating, uniform)
    numbers = ledger.draw(ledger.read("receptor"), equilibrium_block.ReceptorNumbers, uniform)
    return [kinetic.assemble(choice.subtype, _one(gating, k), _one(blocker, k), _one(numbers, k)) for k in range(draws)]


def spread_ledger(compound: str, preset: str) -> ledger.Ledger:
    """Return the blocker's numbers, those that the posterior over published figures spreads from the posterior."""
    printed = kinetic.blocker_ledger(compound, preset)
    if compound not in POSTERIORS:
        return printed
    name, keys = POSTERIORS[compound]
    fitted = ledger.read(name).numbers
    return ledger.Ledger(printed.name, {**printed.numbers, **{key: fitted[key] for key in keys}})


def drawn(choice: kinetic.ReceptorRequest) -> list[str]:
    """Return the names of the numbers that ``receptors`` draws and that bear on this subtype."""
    others = tuple(f"_{k}" for k in equilibrium_block.SUBTYPES if k != choice.subtype)
    ledgers = (
        spread_ledger(choice.compound, choice.preset),
        kinetic.gating_ledger(choice.subtype, choice.scheme),
        ledger.read("receptor"),
    )
    names = {
        f"{number.ledger}.{number.name}"
        for led in ledgers
        for number in led.numbers.values()
        if number.uncertainty is not None and not number.name.endswith(others)
    }
    return sorted(name for name in names if not name.startswith("receptor.share") and name != "receptor.magnesium")


def curve(many: list[Receptor], surround: Surround, levels: list[float], n: protocols.Numbers) -> Curve:
    """Return what each receptor shows in ``surround``.

    Args:
        many: draws of the receptor.
        surround: glutamate, voltage and Mg2+.
        levels: free drug, uM.
        n: numbers of the protocols, for the escape from the trap.
    """
    rows = []
    for receptor in many:
        half = kinetic.ic50(receptor, surround)
        blocked = surround._replace(concentration=n.release_concentration)
        escape = kinetic.escape_fraction(receptor, blocked, n.release_time)
        current = kinetic.relative_current(receptor, surround, levels)
        rows.append(
            (half, kinetic.hill(receptor, surround, half), *kinetic.rates(receptor, surround, half), escape, current)
        )
    return Curve(*(np.array(column) for column in zip(*rows, strict=True)))


def traces(
    many: list[Receptor], protocol: str, bath: protocols.RecordingConditions, at: NDArray[np.int64], step: float
) -> Array:
    """Return the current with drug, each relative to its own largest without, at samples ``at``: (draw, sample)."""
    n = protocols.numbers()
    return np.array([protocols.trace(receptor, protocol, bath, n, step).drug[at] for receptor in many])


def band(values: Array) -> dict[str, Any]:
    """Return median and 90 % band over draws; lists where each draw is a curve."""
    low, middle, high = np.percentile(values, BAND, axis=0)
    return {"median": middle.tolist(), "p05": low.tolist(), "p95": high.tolist()}


def _one(numbers: P, k: int) -> P:
    made: Any = type(numbers)
    return made(*(float(value[k]) if np.ndim(value) else value for value in numbers))
