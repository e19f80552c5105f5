"""`leao review` on a 180-day diary: the page from a cold start, and the inference once compiled. CPU time and wall."""

import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np


def diary(path: Path) -> Path:
    """Write a diary of 180 days, 10 mg from day 56 on."""
    rng = np.random.default_rng(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["date", "headache", "severity", "dose_taken"])
        for k in range(180):
            ache = rng.random() < (0.45 if k < 56 else 0.28)
            taken = "yes" if k >= 56 else ""
            out.writerow([date(2026, 1, 5) + timedelta(k), "yes" if ache else "no", 2 if ache else 0, taken])
    return path


def cold(path: Path, folder: str) -> tuple[float, float]:
    """Return wall and CPU seconds of one command from nothing."""
    ask = ["review", str(path), "--start", "2026-03-02", "--dose", "10 mg daily", "--out", f"{folder}/review.html"]
    caches = os.environ | {"NUMBA_CACHE_DIR": f"{folder}/numba"}
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "leao.cli", *ask], env=caches, check=True, capture_output=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cpu


def warm(path: Path) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of three fits once compiled."""
    from leao.review import answer, fit, reading

    found = reading.read(path)
    data = answer.window(found, None, None).data
    fit.sample(data, 0)
    times = []
    for seed in range(1, 4):
        wall, cpu = time.perf_counter(), time.process_time()
        assert fit.sample(data, seed).converged
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return times


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = diary(Path(folder) / "diary.csv")
        print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
        wall, cpu = cold(path, folder)
        print(f"page of 180 days, cold    {cpu:6.2f} CPU-s, {wall:6.2f} s of wall time (wanted 20)")
        wall, cpu = min(warm(path), key=lambda pair: pair[1])
        print(f"inference, once compiled  {cpu:6.2f} CPU-s, {wall:6.2f} s of wall time (wanted 4)")


if __name__ == "__main__":
    main()
