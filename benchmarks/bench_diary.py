"""Seconds of processor time and peak memory of virtual diaries, and whether the cost is linear in patients.

python benchmarks/bench_diary.py

Each size runs in a process of its own, so that its peak memory is its own; compiled kernels come from the cache.
"""

import platform
import resource
import subprocess
import sys
import time

import numpy as np

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import disability, patient_traits, process, symptoms
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

SIZES = (1_000, 10_000, 100_000, 1_000_000)
DAYS, BLOCK = 112, 100_000  # a million patients go through in blocks: only sums are kept
RATE = -1.5  # median ln(attacks a day)


def block(first: int, n: int) -> tuple[float, float, int]:
    """Return processor seconds for drawing ``n`` people and for living their diaries, and their headache days."""
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(1, "bench")
    began = time.process_time()
    uniforms = streams.uniforms("people", range(1), range(first, first + n), patient_traits.LUCK)
    people = patient_traits.draw(params, RATE, uniforms, streams.key("days", 0)[None], first)
    drawn = time.process_time()
    upstream = process.DiaryInput(np.ones((1, n, DAYS)), people, np.zeros((1, n)), 28)
    days = process.run(params, upstream, DiaryOptions())
    return drawn - began, time.process_time() - drawn, int(days["headache"].sum(dtype=np.int64))


def lazy(n: int) -> float:
    """Return processor seconds for the episodes, symptoms, MIDAS and disability of ``n`` people."""
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(1, "bench")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(params, RATE, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, n, DAYS)), people, np.zeros((1, n)), 28)
    days = process.run(params, upstream, DiaryOptions())
    began = time.process_time()
    episodes = process.episodes(params, upstream, DiaryOptions())
    symptoms.of_episodes(symptoms.numbers(), episodes, people, aura=True)
    flat = days["headache"][0], days["severity"][0]
    disability.midas(symptoms.numbers(), symptoms.keys(people), *flat, window=0)
    disability.disability(symptoms.numbers(), symptoms.keys(people), *flat)
    return time.process_time() - began


def simulate_block(n: int) -> None:
    """Print the least seconds of three runs after one that loads the kernels, and peak memory in MB."""
    block(0, 1000)
    repeats = 3 if n <= BLOCK else 1
    best = (np.inf, np.inf)
    for _ in range(repeats):
        parts = [block(first, min(BLOCK, n - first)) for first in range(0, n, BLOCK)]
        drawn, attacks = (sum(part[k] for part in parts) for k in (0, 1))
        best = min(best, (drawn + attacks, attacks))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{n:>9,} patients x {DAYS} days  {best[0]:8.3f} s  of which simulating {best[1]:8.3f} s  {memory:6.0f} MB")


def main() -> None:
    """Print the table."""
    print(f"{platform.machine()}, Python {platform.python_version()}, processor seconds on one core, peak memory")
    for n in SIZES:
        subprocess.run([sys.executable, __file__, str(n)], check=True)
    lazy(1000)
    print(f"   10,000 patients: episodes, symptoms, MIDAS, disability  {lazy(10_000):8.3f} s")


if __name__ == "__main__":
    simulate_block(int(sys.argv[1])) if len(sys.argv) > 1 else main()
