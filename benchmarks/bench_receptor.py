"""A kinetic receptor over 60 s in 100 pieces of constant conditions, read out at 0.1 ms; compilation excluded."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from leao.receptor import kinetic
from leao.receptor.kernels import gating as kernel

REPEATS = 5
PIECES = 100
SECONDS = 60.0
STEP = 1e-4
CELLS = 500
Array = NDArray[np.float64]
OPEN = kernel.FREE + kernel.OPEN
PEER_PIECES = 10  # the stiff solver is timed on a tenth and scaled


def main() -> None:
    """Print milliseconds for the protocol beside two peers, and for one tissue step of the reduced scheme."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    receptor = kinetic.load("memantine", "2A")
    rng = np.random.default_rng(1)
    durations = np.full(PIECES, SECONDS / PIECES)
    glutamate = rng.choice([0.0, 1.0, 10.0, 1000.0], PIECES)
    surround = kinetic.Surround(glutamate, rng.uniform(-80, 20, PIECES), 1.0, rng.choice([0.0, 1.0, 10.0], PIECES))
    rows = kinetic.conditions(receptor, surround)
    start = kinetic.equilibrium(receptor, kinetic.Surround(0.1, -66.0, 1.0, 1.0))
    model = receptor.gates, receptor.coupling
    ours, (share, _) = best(lambda: kernel.trace(start, *model, durations, rows, STEP))
    print(f"exact, {share.size} samples: {1e3 * ours:.0f} ms (to reach: 200)")

    peer, reference = best(lambda: stepped(start, model, durations, rows), repeats=1)
    print(f"scipy expm and a matrix-vector product per sample: {1e3 * peer:.0f} ms, ratio {peer / ours:.0f}")
    print(f"largest difference from it: {np.abs(share - reference[: share.size]).max():.1e}")

    stiff, solved = best(lambda: lsoda(start, model, durations[:PEER_PIECES], rows[:PEER_PIECES]), repeats=1)
    stiff *= PIECES / PEER_PIECES
    print(f"scipy LSODA, rtol 1e-8: {1e3 * stiff:.0f} ms, ratio {stiff / ours:.0f}")
    print(f"largest difference from it: {np.abs(share[: solved.size] - solved).max():.1e}")

    for name, theirs in (("scipy expm, a product per sample", peer), ("scipy LSODA, rtol 1e-8", stiff)):
        print(
            f"ratio {theirs / ours:.3g} | receptor states over {SECONDS:g} s | {ours:.3g} s | {name} | {theirs:.3g} s"
        )
    slow = kernel.reduce(start)
    cell, _ = best(lambda: kernel.reduced_trace(slow, *model, rows[np.arange(CELLS) % PIECES], 0.025))
    print(f"six slow states, {CELLS} cell-steps of 25 ms with assembly: {1e3 * cell:.2f} ms")


def best(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the shortest wall time in s and the answer; one call beforehand compiles."""
    answer = work() if repeats > 1 else None
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - begin)
    return min(times), answer


def stepped(start: Array, model: tuple[Array, Array], durations: Array, rows: Array) -> Array:
    """Return the open share by a matrix exponential for the step and a product per sample."""
    out, p = [], start
    for duration, row in zip(durations, rows, strict=True):
        e = expm(kernel.generator(*model, row) * STEP)
        for _ in range(round(duration / STEP)):
            out.append(p[OPEN])
            p = p @ e
    return np.array([*out, p[OPEN]])


def lsoda(start: Array, model: tuple[Array, Array], durations: Array, rows: Array) -> Array:
    """Return the open share by scipy's stiff solver."""
    out, p = [], start
    for duration, row in zip(durations, rows, strict=True):
        q = kernel.generator(*model, row)
        at = np.arange(round(duration / STEP) + 1) * STEP
        at[-1] = duration
        solved = solve_ivp(lambda _, y, q=q: y @ q, (0, duration), p, "LSODA", t_eval=at, rtol=1e-8, atol=1e-11)
        out.append(solved.y[OPEN, :-1])
        p = solved.y[:, -1]
    return np.concatenate(out)


if __name__ == "__main__":
    main()
