"""Members of the cortex ensemble: drawn parameter sets whose wave is physiological.

Each base preset is its own first member; further ones are draws of its fitted numbers' uncertainty, kept when
the wave has a speed within the ledger's window, the tissue recovers, and full NMDA block stops the wave.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.errors import SolverError
from leao.stages.cortex import solve, tables
from leao.stages.cortex.params import Params
from leao.stages.cortex.wave import unblocked, wave
from leao.streams import Streams

SCENARIO = "cortex ensemble"
GRID = solve.Grid(length=6.0, nodes=150, duration=150.0)


class Member(NamedTuple):
    """One parameter set of the ensemble; ``draw`` counts from 1, 0 is the base itself."""

    base: str
    draw: int
    cortex: solve.Cortex


def draw(base: str, index: int, seed: int) -> solve.Cortex:
    """Return the ``index``-th draw of ``base``; index 0 is the base itself."""
    if index == 0:
        return solve.load(base)
    streams = Streams(seed, SCENARIO)

    def uniform(name: str) -> NDArray[np.float64]:
        return streams.uniforms(f"{base} {name}", range(index, index + 1), range(1), 1)[0, 0]

    spread = ledger.draw(ledger.read(f"cortex/{base}"), Params, uniform)
    return solve.prepare(f"{base} draw {index}", Params(*(float(np.squeeze(value)) for value in spread)))


def members(base: str, wanted: int, seed: int) -> Iterator[tuple[int, Member | None]]:
    """Yield (draw, member or None) from 1 on until ``wanted`` draws were accepted; None: refused."""
    index = accepted = 0
    while accepted < wanted:
        index += 1
        member = _accepted(base, index, seed)
        accepted += member is not None
        yield index, member


def is_physiological(cortex: solve.Cortex) -> bool:
    """Return whether the wave has a plausible speed, ends, and needs NMDA receptors."""
    s = solve.stimuli()
    free = wave(cortex, unblocked(), solve.strong("kcl"), GRID)
    if not (free.propagated and free.recovered):
        return False
    if not s.accepted_speed_low <= free.speed_mm_per_min <= s.accepted_speed_high:
        return False
    return not wave(cortex, np.full_like(tables.VOLTAGES, np.inf), solve.strong("kcl"), GRID).propagated


def _accepted(base: str, index: int, seed: int) -> Member | None:
    try:
        cortex = draw(base, index, seed)
        return Member(base, index, cortex) if is_physiological(cortex) else None
    except SolverError:
        return None
