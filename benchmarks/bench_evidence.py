"""CPU time of the ``leao evidence`` commands from a cold start, best of several; to reach: 1.5 s each.

CPU time (user and system of the child), since wall time says little on a shared machine. The synthesis is a
quadrature: nothing is sampled, so that the 10 s allowed for sampling are not needed.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time

from leao.evidence import mixture, pooling

REPEATS = 5
COMMANDS = (
    ("evidence", "trials"),
    ("evidence", "trials", "--json"),
    ("evidence", "synthesis"),
    ("evidence", "synthesis", "--json"),
    ("evidence", "claims"),
    ("evidence", "claims", "dizziness"),
    ("evidence", "synthesis", "--out", "evidence.html"),
)


def spent() -> float:
    """Return the CPU seconds of all children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the CPU seconds of each command, and of one synthesis inside a running process."""
    print(f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores; CPU s, best of {REPEATS}")
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            times = []
            for _ in range(REPEATS):
                before = spent()
                line = [sys.executable, "-m", "leao.cli", *command]
                subprocess.run(line, cwd=folder, check=True, capture_output=True)
                times.append(spent() - before)
            print(f"leao {' '.join(command):40s} {min(times):5.2f}")
    trials, belief = pooling.observed("difference"), pooling.prior("difference", "sceptical")
    mixture.posterior(trials, belief).interval(0.95)
    start = time.process_time()
    mixture.posterior(trials, belief).interval(0.95)
    print(f"one posterior with its interval: {1e3 * (time.process_time() - start):.2f} ms")


if __name__ == "__main__":
    main()
