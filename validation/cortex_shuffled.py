"""R6: sets that must be ruled out by the targets alone: each number shuffled among the members, and `tuttle2019`.

    python -m validation.cortex_shuffled [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Some seven CPU-seconds a set; ``cortex_shuffled.csv`` keeps the implausibilities and goes on where it stopped.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import preset_table, solve
from validation import cortex_box, cortex_controls, cortex_members, cortex_targets, search_cortex, work
from validation.cortex_members import Judged

SETS = cortex_controls.RULED_OUT_OF - 1
FIRST_MODEL = "tuttle2019"


def shuffled(of: list[Judged], number: int) -> tuple[cortex_box.Lineage, dict[str, float]]:
    """Return a set each of whose numbers is some member's, drawn apart; its structure is that of most members."""
    draw = np.random.default_rng([cortex_box.SEED, 200, number])
    saturable = sum(member.saturable for member in of) * 2 >= len(of)
    alike = [member for member in of if member.saturable == saturable]

    def some(values: list[float]) -> float:
        return values[int(draw.integers(len(values)))]

    drawn = {name: some([member.drawn[name] for member in alike]) for name in cortex_members.DRAWN}
    lineage = cortex_box.Lineage(
        -1, saturable, drawn["transport_capacity"], drawn["glutamate_rest"], drawn["share_2C_2D"]
    )
    return lineage, {name: some([member.named[name] for member in alike]) for name in cortex_box.box(lineage)}


def implausibility(lineage: cortex_box.Lineage, named: dict[str, float]) -> float:
    """Return the largest miss of a set; inf where it has no rest."""
    try:
        figures = cortex_targets.figures(cortex_targets.tissues(*cortex_box.numbers(lineage, named)))
    except SolverError:
        return float("inf")
    return max(cortex_targets.misses(figures).values())


def of_first_model() -> float:
    """Return the largest miss of `tuttle2019` over the targets that the first model can be asked for."""
    cortex = preset_table.load(FIRST_MODEL)
    figures = cortex_targets.wave_of(preset_table.under(cortex))
    figures["full_block_reach_mm"] = cortex_targets.reach(preset_table.under(cortex, None, 0.0))
    figures["clearance_s"] = cortex_targets.clearance(preset_table.under(cortex))
    strong = solve.strong("kcl")
    figures["strong_early_mV"] = cortex_targets.second(preset_table.under(cortex), strong, 60.0)
    return max(cortex_targets.misses(figures).values())


def judged(number: int) -> work.Columns:
    """Return the row of a shuffled set, or of the first model (-1)."""
    value = of_first_model() if number < 0 else implausibility(*shuffled(cortex_members.members(), number))
    return {"set": np.array([_name(number)]), "implausibility": np.array([f"{value:.5g}"])}


def _name(number: int) -> str:
    return FIRST_MODEL if number < 0 else f"shuffled {number}"


def main() -> None:
    """Compute the sets that are missing and append them to the file."""
    given = work.asked(__doc__)
    have = {row["set"] for row in search_cortex.kept(cortex_controls.SHUFFLED)}
    jobs = [partial(judged, number) for number in range(-1, SETS) if _name(number) not in have]
    reads = (search_cortex.ROWS, search_cortex.CANDIDATES)  # from which the members are taken
    for row in work.rows(work.computed(given, {"sets": jobs}, reads)["sets"]):
        search_cortex.append(cortex_controls.SHUFFLED, row)


if __name__ == "__main__":
    work.run("cortex_shuffled")
