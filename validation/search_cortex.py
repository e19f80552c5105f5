"""Search the second model's free numbers from random starts, one lineage each, and go on where a search stopped.

    python -m validation.search_cortex [--lineages 16] [--evaluations 1500] [--seconds 3600]

CMA-ES (package ``cma``) on the objective of ``validation/cortex_targets.py``. A lineage draws, from its seed, what is
not fitted: resting glutamate, capacity of transport, share of GluN2C and 2D; every fourth takes up glutamate at first
order, the old structure. Lineages advance in turns of one generation, so that an interruption leaves all alike.

``docs/validation/cortex_search_losses.csv`` holds every evaluation's objective: a search is taken up again by asking
the optimiser for the same points and telling it what they gave. ``docs/validation/cortex_search.csv`` holds numbers and
raw figures of every evaluation below the rule's loss.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import preset_table
from leao.cortex.params import Homeostasis, Params
from validation import cortex_targets

SEED = 20261126
LOSSES = cortex_targets.DOCS / "cortex_search_losses.csv"
ROWS = cortex_targets.DOCS / "cortex_search.csv"
POPULATION = 14
SIGMA = 0.18
FAILED = 2e3
KEPT = 60.0
GOOD = 0.05
SHARES = (0.0, 0.15, 0.3)
FIRST_ORDER_EVERY = 4

# name: low, high of the search; geometric except where the sign or zero forbids it
BOX = {
    "nap": (3e-6, 2e-5),
    "nmda": (8e-6, 1.2e-4),
    "release_over_capacity": (0.4, 4.0),
    "release_sigmoid_half": (-32.0, -20.0),
    "release_sigmoid_slope": (3.5, 6.5),
    "pool_depletion": (0.1, 2.0),
    "pool_refill_time": (15.0, 90.0),
    "desensitise_deep": (0.01, 0.3),
    "resensitise_deep": (0.002, 0.03),
    "leak_potassium": (0.1, 0.35),
    "leak_chloride": (0.05, 0.3),
    "kir": (0.15, 1.0),
    "glial_coupling": (0.1, 0.5),
    "glia_chloride": (0.02, 0.1),
    "pump_sodium_neuron": (7e-3, 14e-3),
    "stiffness": (0.4e-3, 4e-3),
    "ecs_floor": (0.02, 0.055),
    "water_permeability": (1.5e-5, 8e-5),
    "water_permeability_glia": (1.5e-5, 8e-5),
    "kdr": (3e-4, 3e-3),
    "nmda_sodium_share": (0.5, 0.667),
    "transport_neuron_share": (0.02, 0.1),
    "transport_sensitivity": (0.0, 0.4),
    "pump_ceiling": (1.3, 2.2),
    "energy_store": (12.0, 45.0),
    "energy_half": (0.05, 0.4),
    "ca1_nap": (1.1, 1.25),
}
UPTAKE_TIME = (0.05, 60.0)  # s, in place of release_over_capacity's partner where uptake is first order
CAPACITY = (60e-6, 400e-6)  # mmol/cm3/s
REST = (25e-9, 90e-9)  # mmol/cm3, glutamate outside


class Lineage(NamedTuple):
    """A search and what it drew before it began."""

    number: int
    saturable: bool
    capacity: float
    glutamate_rest: float
    share: float


def lineage(number: int) -> Lineage:
    """Return what lineage ``number`` draws from its seed."""
    draw = np.random.default_rng([SEED, number])
    capacity, rest = (float(low * (high / low) ** draw.uniform()) for low, high in (CAPACITY, REST))
    return Lineage(number, number % FIRST_ORDER_EVERY != FIRST_ORDER_EVERY - 1, capacity, rest, SHARES[number % 3])


def box(of: Lineage) -> dict[str, tuple[float, float]]:
    """Return the search's box of a lineage."""
    return BOX if of.saturable else BOX | {"uptake_time": UPTAKE_TIME}


def values(of: Lineage, x: np.ndarray) -> dict[str, float]:
    """Return the named numbers of a place in the unit box, mirrored into it."""
    inside = 1.0 - np.abs(1.0 - np.mod(x, 2.0))
    return {
        name: float(low + u * (high - low) if low <= 0.0 else low * (high / low) ** u)
        for u, (name, (low, high)) in zip(inside, box(of).items(), strict=True)
    }


def numbers(of: Lineage, named: dict[str, float]) -> tuple[Params, Homeostasis, float]:
    """Return the model's numbers of a set, and the factor on persistent Na+ in CA1."""
    params, own = preset_table.numbers("eaat")
    if own is None:
        raise SolverError("search: the preset eaat is not of the second model")
    changed = dict(named)
    ca1 = changed.pop("ca1_nap")
    changed["release"] = changed.pop("release_over_capacity") * of.capacity
    changed |= {"share_2C_2D": of.share, "transport_capacity": of.capacity, "glutamate_rest": of.glutamate_rest}
    changed["uptake_saturable"] = float(of.saturable)
    added = {name: changed.pop(name) for name in list(changed) if name in Homeostasis._fields}
    return params._replace(**changed), own._replace(**added), ca1


def evaluate(of: Lineage, x: np.ndarray) -> tuple[dict[str, float], dict[str, float], float]:
    """Return the numbers, the figures and the objective of a place in the unit box."""
    named = values(of, x)
    try:
        figures = cortex_targets.figures(cortex_targets.tissues(*numbers(of, named)))
    except SolverError:
        return named, {}, FAILED
    return named, figures, min(cortex_targets.objective(figures), FAILED)


class Search:
    """One lineage under way; made from its seed and what was told before."""

    def __init__(self, number: int, told: dict[int, float]) -> None:
        import cma

        self.of = lineage(number)
        start = np.random.default_rng([SEED, number, 1]).uniform(0.15, 0.85, len(box(self.of)))
        options = {"seed": SEED + number, "popsize": POPULATION, "verbose": -9}
        self.optimiser = cma.CMAEvolutionStrategy(start, SIGMA, options)
        self.done, self.best, self.told = 0, float("inf"), told

    def generation(self) -> None:
        """Ask for a generation, evaluate what is not known, tell."""
        points = self.optimiser.ask()
        given = [self._one(self.done + k, x) for k, x in enumerate(points)]
        self.optimiser.tell(points, given)
        self.done += len(points)
        self.best = min(self.best, *given)

    def _one(self, place: int, x: np.ndarray) -> float:
        if place in self.told:
            return self.told[place]
        named, figures, value = evaluate(self.of, x)
        value = float(f"{value:.8g}")  # as it is kept, so that a search taken up again sees the same
        _append(LOSSES, {"lineage": self.of.number, "evaluation": place, "objective": f"{value:.8g}"})
        if value < KEPT:
            row: dict[str, Any] = {"lineage": self.of.number, "evaluation": place}
            row |= {"saturable": int(self.of.saturable), "share_2C_2D": self.of.share}
            row |= {"transport_capacity": f"{self.of.capacity:.6g}", "glutamate_rest": f"{self.of.glutamate_rest:.6g}"}
            row |= {"objective": f"{value:.6g}", "loss": f"{cortex_targets.loss(figures):.6g}"}
            row |= {name: f"{named[name]:.7g}" if name in named else "" for name in (*BOX, "uptake_time")}
            row |= {name: f"{figures[name]:.5g}" if name in figures else "" for name in cortex_targets.targets()}
            _append(ROWS, row)
        return value


def _append(path: Path, row: dict[str, Any]) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(row), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def known() -> dict[int, dict[int, float]]:
    """Return what was told before: lineage -> evaluation -> objective."""
    told: dict[int, dict[int, float]] = {}
    if LOSSES.exists():
        with LOSSES.open(encoding="utf-8") as text:
            for row in csv.DictReader(text):
                told.setdefault(int(row["lineage"]), {})[int(row["evaluation"])] = float(row["objective"])
    return told


def main() -> None:
    """Search until the evaluations or the seconds are used up."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--lineages", type=int, default=16)
    ask.add_argument("--first", type=int, default=0)
    ask.add_argument("--evaluations", type=int, default=1500, help="of each lineage")
    ask.add_argument("--seconds", type=float, default=float("inf"), help="of this process's own time")
    given = ask.parse_args()
    told = known()
    numbers_of = range(given.first, given.first + given.lineages)
    searches = [Search(number, told.get(number, {})) for number in numbers_of]
    while any(_going(each, given.evaluations) for each in searches):
        for each in searches:
            if not _going(each, given.evaluations):
                continue
            each.generation()
            if time.process_time() > given.seconds:
                return
            print(each.of.number, each.done, f"{each.best:.2f}", f"{time.process_time():.0f} s", file=sys.stderr)


def _going(search: Search, most: int) -> bool:
    return search.done < most and search.best > GOOD and not search.optimiser.stop()


if __name__ == "__main__":
    main()
