"""CPU time of a wave: 1 cm, 250 nodes, 120 s at 25 ms, block included; compilation excluded."""

import platform

from leao.stages.cortex import solve
from leao.stages.cortex.threshold_map import plain_block
from leao.stages.cortex.wave import wave

REPEATS = 3
GRID = solve.Grid(length=10.0, nodes=250, dt=0.025, duration=120.0)


def main() -> None:
    """Print CPU seconds per preset, the best of three, and the speed with half the step and half the node."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    for preset in ("tuttle2019", "nmda_s4", "nmda_s2"):
        cortex = solve.load(preset)
        odds = plain_block(cortex.params.magnesium * 1e3, 0.02)
        stimulus = solve.strong("pulse" if preset == "tuttle2019" else "kcl")
        runs = [wave(cortex, odds, stimulus, GRID) for _ in range(REPEATS)]
        short = wave(cortex, odds, stimulus, GRID._replace(dt=0.0125))
        fine = wave(cortex, odds, stimulus, GRID._replace(nodes=500, dt=0.0125))
        print(
            f"{preset}: {min(run.cpu_s for run in runs):.2f} CPU-s, {runs[0].speed_mm_per_min:.3f} mm/min;"
            f" half the step {short.speed_mm_per_min:.3f}, half of both {fine.speed_mm_per_min:.3f}"
        )


if __name__ == "__main__":
    main()
