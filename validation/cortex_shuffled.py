"""R6: sets that must be ruled out by the targets alone: each number shuffled among the members, and `tuttle2019`.

    python -m validation.cortex_shuffled

Some seven CPU-seconds a set; ``cortex_shuffled.csv`` keeps the implausibilities and goes on where it stopped.
"""

from __future__ import annotations

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import preset_table, solve
from validation import cortex_box, cortex_controls, cortex_members, cortex_targets, search_cortex
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


def main() -> None:
    """Compute the sets that are missing."""
    of = cortex_members.members()
    have = {row["set"] for row in search_cortex.kept(cortex_controls.SHUFFLED)}
    for name, compute in [
        (FIRST_MODEL, of_first_model),
        *((f"shuffled {k}", lambda k=k: implausibility(*shuffled(of, k))) for k in range(SETS)),
    ]:
        if name not in have:
            search_cortex.append(cortex_controls.SHUFFLED, {"set": name, "implausibility": f"{compute():.5g}"})


if __name__ == "__main__":
    main()
