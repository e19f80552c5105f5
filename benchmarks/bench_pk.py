"""Subjects per second of processor time, 84 daily doses with hourly output; scipy and libroadrunner in the same run.

python benchmarks/bench_pk.py
"""

import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

from leao.exposure import sbml
from leao.exposure.kernels import compartments, records
from leao.exposure.kernels import regular as pk_regular

DAYS, HOURS = 84, 2016
BASE = 8.31
WANTED = 25_000  # subjects per second on arbitrary records
SUMMARIES = """
import sys, time
from pathlib import Path
import numpy as np
from leao.exposure import regular_population
start = time.process_time()
regular_population.bands(np.full(84, 10.0), int(sys.argv[1]), 1)
peak = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(time.process_time() - start, float(peak[0]) / 1024)
"""


def seconds(work: Callable[[], object], repeats: int = 7) -> float:
    """Return the least processor time of some runs, after one that compiles."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def people(n: int) -> np.ndarray:
    """Return parameter sets (n, 8) of one-compartment people with an effect compartment."""
    rng = np.random.default_rng(1)
    sets = np.zeros((n, compartments.N_SET))
    sets[:, records.KA] = rng.lognormal(np.log(0.45), 0.3, n)
    sets[:, records.CL] = rng.lognormal(np.log(8.5), 0.3, n)
    sets[:, records.V] = rng.lognormal(np.log(700), 0.2, n)
    sets[:, compartments.KE0] = 0.3
    sets[:, records.F] = 1.0
    return sets


def table(n: int, jitter: float, *, irregular: bool = False) -> tuple:
    """Return the kernel's arguments: a dose record a day, moved by up to ``jitter`` hours, 2,016 observations.

    The observations stand on the hour or, if ``irregular``, anywhere: then no two intervals are equal.
    """
    rng = np.random.default_rng(2)
    times, events = [], []
    for _ in range(n):
        doses = np.maximum(24.0 * np.arange(DAYS) + jitter * rng.uniform(-1, 1, DAYS), 0.0)
        seen = np.sort(rng.uniform(0, HOURS, HOURS)) if irregular else np.arange(HOURS)
        both = np.concatenate([doses, seen])
        event = np.repeat([1, 0], [DAYS, HOURS])
        order = np.lexsort((1 - event, both))
        times.append(both[order])
        events.append(event[order])
    time_, evid = np.concatenate(times), np.concatenate(events).astype(np.int8)
    zero = np.zeros(evid.size, np.int8)
    starts = np.arange(n + 1) * (DAYS + HOURS)
    which = np.repeat(np.arange(n), DAYS + HOURS)
    return (
        starts,
        (time_, BASE * evid, 0.0 * time_, 0.0 * time_),
        evid,
        zero + np.int8(1),
        zero.astype(np.int32),
        zero,
        which.astype(np.int32),
    )


def regular(n: int) -> Callable[[], object]:
    """Return the work of the regular-day path."""
    sets = people(n)
    dose, out = np.full((n, DAYS), BASE, np.float32), np.empty((n, DAYS, 24), np.float32)
    ka, ke = sets[:, records.KA].copy(), sets[:, records.CL] / sets[:, records.V]
    return lambda: pk_regular.grid(dose, ka, ke, 1e3 / sets[:, records.V], out)


def by_scipy() -> None:
    """One subject by LSODA, restarted at every dose."""
    ka, cl, v = people(1)[0, :3]
    y = np.zeros(2)
    for day in range(DAYS):
        y = y + [BASE, 0.0]
        solved = solve_ivp(
            lambda _, x: [-ka * x[0], ka * x[0] - cl / v * x[1]],
            (24.0 * day, 24.0 * day + 24.0), y, method="LSODA", rtol=1e-8, atol=1e-10,
            t_eval=24.0 * day + np.arange(1.0, 25.0),
        )  # fmt: skip
        y = solved.y[:, -1]


def by_roadrunner() -> Callable[[], object]:
    """Return the work of one subject in libroadrunner, stepped from dose to dose."""
    import roadrunner

    with tempfile.TemporaryDirectory() as folder:
        sbml.write(Path(folder) / "m.xml")
        runner = roadrunner.RoadRunner(str(Path(folder) / "m.xml"))

    def work() -> None:
        runner.reset()
        for day in range(DAYS):
            runner.setValue("Gut", runner.getValue("Gut") + BASE)
            runner.simulate(24.0 * day, 24.0 * day + 24.0, 25)

    return work


def summaries() -> None:
    """Print time and peak memory of daily summaries, each number of people in a process of its own."""
    for people_ in (10_000, 100_000, 1_000_000):
        said = subprocess.run(
            [sys.executable, "-c", SUMMARIES, str(people_)], capture_output=True, text=True, check=True
        )  # noqa: S603
        taken, peak = (float(x) for x in said.stdout.split())
        print(f"{people_:9,d} subjects x {DAYS} days, daily summaries: {taken:5.1f} s, peak memory {peak:4.0f} MB")


def reading() -> None:
    """Print processor time to read, check and solve 200 people's 48,200 records, pandas' bare reading beside it."""
    import io

    import pandas as pd

    from leao.exposure import records as tables
    from leao.exposure import solve

    rows = "".join(
        f"{i // 241},{i % 241 * 12},{int(i % 241 == 0)},{'10' if i % 241 == 0 else '.'},1,0,0,.,70.5,95\n"
        for i in range(48_200)
    )
    content = ("ID,TIME,EVID,AMT,CMT,II,ADDL,DV,WT,CRCL\n" + rows).encode()
    choices = tables.ReadChoices("salt")
    read = tables.read("table", content, choices)
    for name, work in (
        ("read and checked", lambda: tables.read("table", content, choices)),
        ("solved", lambda: solve.solve(read)),
        ("pandas.read_csv alone", lambda: pd.read_csv(io.BytesIO(content), na_values=["."])),
    ):
        print(f"200 people, 48,200 records, {name:24s} {seconds(work, 15):8.4f} CPU-s")


def main() -> None:
    """Print the tables."""
    n = 1000
    sets = people(n)
    two = sets.copy()
    two[:, records.CL_D], two[:, compartments.V_P] = 20.0, 200.0
    rates = {"regular day grid, float32": n / seconds(regular(n), 30)}
    out = np.empty((2, n * (DAYS + HOURS)))  # used again, as on the regular path: no time goes into fresh memory
    for name, parameters, arguments in (
        ("records, doses on the hour", sets, table(n, 0.0)),
        ("records, doses at any time", sets, table(n, 2.0)),
        ("records, everything at any time", sets, table(n, 2.0, irregular=True)),
        ("records, everything at any time, two compartments", two, table(n, 2.0, irregular=True)),
    ):
        rates[name] = n / seconds(partial(records.population_into, *arguments, parameters, out))
    rates["scipy LSODA, dose by dose"] = 1 / seconds(by_scipy, 1)
    if find_spec("roadrunner"):
        rates["libroadrunner, dose by dose"] = 1 / seconds(by_roadrunner(), 3)
    print(f"{platform.machine()}, Python {platform.python_version()}; subjects per second of processor time, best of 7")
    print(
        f"{n:,d} subjects x {DAYS} daily doses, {HOURS:,d} levels each, effect compartment included; wanted {WANTED:,d}"
    )
    peer = max(rate for name, rate in rates.items() if "dose by dose" in name)
    for name, rate in rates.items():
        print(f"{name:52s} {rate:12,.0f}   {rate / peer:10,.0f} x the best peer")
    for theirs in (name for name in rates if "dose by dose" in name):
        for ours in ("regular day grid, float32", "records, everything at any time"):
            print(
                f"ratio {rates[ours] / rates[theirs]:.3g} | plasma of {DAYS} daily doses, {ours} | "
                f"{rates[ours]:,.0f} subjects/CPU-s | {theirs} | {rates[theirs]:,.3g} subjects/CPU-s"
            )
    reading()
    summaries()


if __name__ == "__main__":
    main()
