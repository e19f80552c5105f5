"""What an ensemble costs: processor seconds of 1,000 trials and of a member of the cortex, memory of one worker.

    python -m validation.cluster_costs

Each is measured in a process of its own, kernels compiled before; the figures of docs/beyond-one-machine.md.
"""

from __future__ import annotations

import json
import subprocess
import sys

REPEATS = 100
FRAME = """
import json, resource, sys, time
from pathlib import Path
from tempfile import TemporaryDirectory
import leao
{prepare}
start = time.process_time()
{work}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.process_time() - start, peak]))
"""
TRIAL = """
folder = TemporaryDirectory()
def play(repeats):
    leao.power("noruzzadeh2016", repeats, n="150", effect=0.7, estimator="negative_binomial", out=folder.name, workers=1)
play(25)
"""
MEMBER = """
from leao.cortex import build_map, ensemble, preset_table
from leao.cortex.ignition import threshold
member = ensemble.members()[0]
threshold(preset_table.under(member.cortex), "kcl")
"""
WAVE = """
from leao.cortex import kcl_waves, preset_table
piece = preset_table.under(preset_table.load("leao"), None)
kcl_waves.train(piece, 1.0)
"""
COSTS = {  # what, what comes before the clock, what is measured, factor to the unit
    "1,000 trials of 2 x 150, negative binomial": (TRIAL, f"play({REPEATS + 25})", 1000 / REPEATS),
    "a member of the cortex, one stimulus: 16 thresholds": (MEMBER, 'build_map.curve(member.cortex, "kcl")', 1.0),
    "an hour of continuous KCl on one line": (WAVE, "kcl_waves.train(piece, 12.0)", 5.0),
}


def measured(prepare: str, work: str) -> tuple[float, float]:
    """Return processor seconds and peak memory (MB) of a piece of work in a process of its own."""
    code = FRAME.format(prepare=prepare, work=work)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def main() -> None:
    """Print the table."""
    print("| work | CPU-s | memory of the worker, MB |\n|---|---|---|")
    for what, (prepare, work, factor) in COSTS.items():
        seconds, peak = measured(prepare, work)
        print(f"| {what} | {factor * seconds:.3g} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
