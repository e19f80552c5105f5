"""CPU time of the cortex: a wave, a threshold, a dose curve, an hour of KCl; and CVODE on the same equations.

Compilation is excluded; CPU seconds of this process, best of several. CVODE (scikit-sundae, rtol 1e-6, banded
finite-difference Jacobian, the plain NumPy equations of tests/cross/test_cortex_cvode.py, one core) runs a shorter
span of the same line and is scaled to 120 s. NEURON's reaction-diffusion, where it is installed, runs a bistable K+
wave on the same nodes and span: one species and no receptors, so only comparable.
"""

import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from leao.cortex import kcl_waves, preset_table, solve
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ignition import threshold
from leao.cortex.wave_measures import spatial_error_percent, wave

REPEATS = 3
GRID = solve.Grid(length=10.0, nodes=250, dt=0.025, duration=120.0)
LEVELS = (0.0, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0)
PEER_SECONDS = 1.0


def best(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of several runs, the first (compiling) apart."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def curve(cortex: solve.Cortex) -> list[float]:
    """Return the thresholds of the dose curve on two threads."""
    low = threshold(preset_table.under(cortex), "kcl")
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(threshold, preset_table.under(cortex, Drug("memantine", c)), "kcl", near=low) for c in LEVELS
        ]
        return [job.result() for job in jobs]


def cvode() -> float:
    """Return CPU seconds of CVODE for the wave's line, scaled to its span."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from sksundae.cvode import CVODE
    from tests.cortex import test_cortex_cvode as peer

    from leao.cortex import tissue

    peer.NODES, peer.LENGTH = GRID.nodes, GRID.length
    cortex = preset_table.load("leao")
    piece = preset_table.under(cortex, Drug("memantine", peer.LEVEL))
    driven = solve.drive(cortex, (solve.Stimulus("pulse", 5.0, 0.4),), GRID)
    rhs = peer.right_hand_side(
        cortex, tissue.rest(cortex.params, cortex.gates, cortex.receptors), driven.events, driven.zone
    )
    start = np.tile(np.concatenate([cortex.rest, piece.gate.ravel()]), GRID.nodes)
    width = 2 * start.size // GRID.nodes - 1
    solver = CVODE(rhs, method="BDF", rtol=1e-6, atol=1e-6 * (np.abs(start) + 1e-7), linsolver="band",
                   lband=width, uband=width, max_num_steps=100_000)  # fmt: skip
    began = time.process_time()
    solver.solve(np.array([0.0, PEER_SECONDS]), start)
    return (time.process_time() - began) * GRID.duration / PEER_SECONDS


def neuron() -> float | None:
    """Return CPU seconds of NEURON for a bistable K+ wave, None where NEURON is not installed."""
    try:
        from neuron import h, rxd  # pyright: ignore[reportMissingImports]  (no dependency of ours)
    except ImportError:
        return None
    h.load_file("stdrun.hoc")
    line = h.Section(name="line")
    line.L, line.nseg, line.diam = GRID.length * 1e3, GRID.nodes, 1.0
    where = rxd.Region([line], nrn_region="i")
    k = rxd.Species(where, name="potassium", d=1.0, initial=lambda node: 40.0 if node.x < 0.05 else 3.0)
    rate = rxd.Rate(k, -1e-4 * (k - 3.0) * (k - 10.0) * (k - 60.0) / 100.0)
    h.finitialize(-65)
    h.dt = 1e3 * GRID.dt
    began = time.process_time()
    h.continuerun(1e3 * GRID.duration)
    del rate
    return time.process_time() - began


def main() -> None:
    """Print a line per figure."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    for preset, kind in (("leao", "kcl"), ("eaat", "kcl"), ("leao2", "kcl"), ("tuttle2019", "pulse")):
        piece = preset_table.under(preset_table.load(preset), Drug("memantine", 0.3))
        stimulus = solve.strong(kind)
        cpu = best(lambda piece=piece, stimulus=stimulus: wave(piece, stimulus, GRID))
        speed = wave(piece, stimulus, GRID).speed_mm_per_min
        short = wave(piece, stimulus, GRID._replace(dt=0.0125)).speed_mm_per_min
        error = spatial_error_percent(piece, stimulus, GRID)
        print(
            f"{preset}: wave of 1 cm, 250 nodes, 120 s, memantine: {cpu:.3f} CPU-s (wanted <= 0.15);"
            f" {speed:.3f} mm/min, half the step {short:.3f} ({100 * (speed / short - 1):+.2f} %), nodes twice as long"
            f" {error:+.1f} %"
        )
    cortex = preset_table.load("leao")
    free = preset_table.under(cortex)
    for preset in ("leao", "leao2"):
        alone = preset_table.under(preset_table.load(preset))
        cpu = best(lambda piece=alone: threshold(piece, "kcl"))
        print(f"{preset}: threshold to 0.1 %: {cpu:.2f} CPU-s (wanted <= 0.6)")
    start = time.perf_counter()
    curve(cortex)
    print(f"dose curve of 12 points, two threads: {time.perf_counter() - start:.1f} s (wanted <= 30)")
    print(f"60 min of continuous KCl: {best(lambda: kcl_waves.train(free, 60.0)):.2f} CPU-s (wanted <= 3)")
    ours, theirs = best(lambda: wave(free, solve.strong("kcl"), GRID)), cvode()
    print(
        f"ratio {theirs / ours:.3g} | a wave of 1 cm, 250 nodes, 120 s | {ours:.3g} CPU-s | CVODE, same equations | "
        f"{float(f'{theirs:.3g}'):,g} CPU-s"
    )
    peer = neuron()
    print("NEURON: not installed" if peer is None else f"NEURON, bistable K+ wave, same nodes and span: {peer:.2f}")


if __name__ == "__main__":
    main()
