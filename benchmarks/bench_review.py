"""`leao review` from a cold start, page and JSON: 180 days, 2,000 days and 20 years; the inference alone.

CPU time counts; wall time is beside it. Wanted: 3, 8 and 25 CPU-s for the whole command. A start is cold as a user's
is: a new process, nothing compiled for it but Python's bytecode, which an installation writes (here the first command).
"""

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

FIRST = date(2006, 1, 2)
LONG = {"180 days": (180, 56, 3.0), "2,000 days": (2000, 600, 8.0), "20 years": (7305, 3000, 25.0)}


def diary(path: Path, days: int, before: int) -> Path:
    """Write a diary of so many days, 10 mg from day ``before`` on."""
    rng = np.random.default_rng(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["date", "headache", "severity", "dose_taken"])
        for k in range(days):
            ache = rng.random() < (0.45 if k < before else 0.28)
            taken = "yes" if k >= before else ""
            out.writerow([FIRST + timedelta(k), "yes" if ache else "no", 2 if ache else 0, taken])
    return path


def cold(path: Path, before: int, folder: str) -> tuple[float, float]:
    """Return wall and CPU seconds of one command from nothing."""
    start = (FIRST + timedelta(before)).isoformat()
    ask = ["review", str(path), "--start", start, "--dose", "10 mg daily", "--out", f"{folder}/review.html", "--json"]
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    caches = kept | {"NUMBA_CACHE_DIR": f"{folder}/numba", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
    if not Path(f"{folder}/bytecode").exists():
        subprocess.run([sys.executable, "-m", "leao.cli", *ask], env=caches, check=True, capture_output=True)
    earlier, begun = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "leao.cli", *ask], env=caches, check=True, capture_output=True)
    later = os.times()
    cpu = later.children_user + later.children_system - earlier.children_user - earlier.children_system
    return time.perf_counter() - begun, cpu


def inference(path: Path, before: int) -> tuple[float, float]:
    """Return wall and CPU seconds of the fastest of three fits."""
    from leao.diary import reading
    from leao.diary.reading import doses
    from leao.review import answer, drug_level, fit

    read = reading.read_file(path)
    taken = doses.treatment(read, [((FIRST + timedelta(before)).isoformat(), "10 mg daily")])
    assert taken is not None
    data = answer.observed(read, taken, drug_level.predict(taken.doses, taken.reference, None))
    times = []
    for seed in range(1, 4):
        wall, cpu = time.perf_counter(), time.process_time()
        assert fit.sample(data, seed).converged
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(times, key=lambda pair: pair[1])


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
        for name, (days, before, wanted) in LONG.items():
            path = diary(Path(folder) / f"{days}.csv", days, before)
            wall, cpu = cold(path, before, folder)
            print(f"page and JSON, {name:<10} cold {cpu:6.2f} CPU-s (wanted {wanted:g}), {wall:6.2f} s of wall time")
        wall, cpu = inference(Path(folder) / "180.csv", LONG["180 days"][1])
        print(f"inference of 180 days alone     {cpu:6.2f} CPU-s, {wall:6.2f} s of wall time")


if __name__ == "__main__":
    main()
