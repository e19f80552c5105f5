"""Search the cortex's free numbers for an NMDA-dependent, refractory wave that meets physiology and antagonists.

    python -m validation.calibrate_cortex 0 1 2 3 [--share 0.15] [--evaluations 400] [--rows calibration.csv]
        [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Independent starts (0 to 2: three earlier published-style sets, 3 and more: random) of CMA-ES (package ``cma``), each with
its seed and each a part; every evaluation that costs less than ``KEPT`` is added to the rows. Targets and windows stand
in ``TARGETS``; memantine is in none of them. ``validation/choose_cortex.py`` makes the preset and the ensemble of the
rows. The loss is the sum of squared distances outside each window, in units of its scale.
"""

import argparse
import csv
import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from leao.core import files, ledger
from leao.core.errors import ScenarioError, SolverError
from leao.cortex import kcl_waves, preset_table, solve, voltage_tables
from leao.cortex.ignition import threshold
from leao.cortex.ledger_numbers import TissueNumbers
from leao.cortex.wave_measures import Wave, wave
from validation import work

SEED = 20261124
KEPT = 30.0
LINE = solve.Grid(length=5.0, nodes=125, duration=150.0)  # 40 um
TWICE = solve.Grid(length=2.4, nodes=60, duration=340.0, record=0.5)
COARSE = solve.Grid(length=1.6, nodes=40, dt=0.05, record=0.5)
STRENGTHS = (0.6, 1.0, 1.6)
MINUTES = 30.0
SECOND = (60.0, 240.0)  # s, a second stimulus that must fail, one that must work
GATE = 6.0  # loss of a single wave above which nothing dearer is run
DEAR = 20.0  # what is added then


class Target(NamedTuple):
    """A window, the scale of missing it, and where it comes from."""

    low: float
    high: float
    scale: float
    source: str


TARGETS = {
    "speed_mm_per_min": Target(3.0, 4.6, 0.4, "human aura 3.5 +- 1.1; rats 2 to 5; 40 um nodes run some 6 % fast"),
    "k_peak_mM": Target(40.0, 62.0, 4.0, "Somjen 2001: 30 to 60, up to 80"),
    "log_glutamate_uM": Target(np.log(50.0), np.log(300.0), 0.3, "tens to hundreds of uM; no calibrated peak is known"),
    "dc_shift_mV": Target(-25.0, -10.0, 2.0, "rats -9 to -15, slices -20 to -25"),
    "dc_half_width_s": Target(30.0, 90.0, 8.0, "slices 35 +- 12; rats about 60"),
    "duration_s": Target(25.0, 80.0, 8.0, "single neurones to 112"),
    "ecs_min_fraction": Target(0.05, 0.10, 0.01, "Mazel 2002: 0.05 to 0.09"),
    "voltage_peak_mV": Target(-20.0, -5.0, 3.0, "about -7 to -10"),
    "end_mV": Target(-95.0, -66.0, 4.0, "recovered after 150 s"),
    "full_block_mm": Target(0.0, 1.6, 0.3, "Marrannes 1988: complete block at the highest doses"),
    "half_speed": Target(0.0, 0.85, 0.08, "Marrannes 1988: slower"),
    "half_duration": Target(0.0, 0.85, 0.08, "Marrannes 1988: shorter"),
    "half_threshold": Target(1.15, 3.0, 0.1, "Marrannes 1988: threshold raised"),
    "threshold_mM": Target(7.0, 15.0, 1.5, "K+ at ignition 10 to 12"),
    "early_mV": Target(-95.0, -50.0, 8.0, "a second stimulus after 60 s fails"),
    "late_mV": Target(-25.0, 0.0, 8.0, "a second stimulus after 240 s works"),
    "count_per_h": Target(5.0, 15.0, 2.0, "rats 5 to 15 per hour under continuous KCl"),
    "half_count": Target(0.0, 0.5, 0.15, "half block: the count at least halves"),
}

# name: low, high of the search; geometric except where the sign forbids it
BOX = {
    "nap": (2e-7, 6e-6),
    "nmda": (2e-5, 4e-4),
    "release": (5e-6, 60e-6),
    "release_sigmoid_half": (-35.0, -18.0),
    "release_sigmoid_slope": (3.0, 7.0),
    "pool_depletion": (0.005, 0.5),
    "pool_refill_time": (20.0, 400.0),
    "uptake_time": (3.0, 60.0),
    "desensitise_deep": (0.005, 0.4),
    "resensitise_deep": (0.0005, 0.02),
    "leak_potassium": (0.05, 0.25),
    "leak_chloride": (0.05, 0.3),
    "kir": (0.08, 1.0),
    "glial_coupling": (0.05, 0.5),
    "pump_sodium_neuron": (7.7e-3, 20e-3),
    "stiffness": (0.3e-3, 4e-3),
    "ecs_floor": (0.015, 0.05),
    "vascular_exchange": (0.002, 0.05),
    "water_permeability": (2e-5, 1.2e-4),
    "kdr": (2e-4, 3e-3),
    "nmda_sodium_share": (0.5, 0.667),
}
A = 38e-6
STARTS = [
    dict(zip(BOX, row, strict=True))
    for row in (
        (1e-6, 1.156e-4, .4416 * A, -25.34, 4.567, .02175, 68.9, 9.984, .06, .002383, .1023, .0956, .6, .3, 14.21e-3,
         .9314e-3, .03496, .0157, 6.22e-5, 6.854e-4, .6255),
        (3.084e-6, 9.1e-5, .3848 * A, -25.45, 4.703, .0462, 41.2, 8.989, .06, .00277, .1175, .0897, .4728, .2485,
         12.76e-3, .5373e-3, .03245, .01204, 4.97e-5, 9.627e-4, .6207),
        (3.275e-6, 1.34e-4, .5917 * A, -28.89, 4.0, .2779, 168.0, 36.92, .05, .007547, .1544, .1888, .1599, .1321,
         11.6e-3, 1.795e-3, .02431, .01933, 2.41e-5, 2.99e-3, .5387),
    )
]  # fmt: skip


def start(index: int, seeded: Path | None = None) -> np.ndarray:
    """Return the first point of a start in the unit box, or the best row of its earlier search."""
    if seeded is not None:
        with seeded.open(encoding="utf-8") as text:
            rows = [row for row in csv.DictReader(text) if int(row["start"]) == index]
        if not rows:
            raise ScenarioError(f"--seeded {seeded}: found no row of start {index}; leave out that start, or --seeded")
        best = min(rows, key=lambda row: float(row["loss"]))
        return np.clip(into_box({name: float(best[name]) for name in BOX}), 0.01, 0.99)
    if index < len(STARTS):
        return np.clip(into_box(STARTS[index]), 0.02, 0.98)
    return np.random.default_rng(SEED + index).uniform(0.2, 0.8, len(BOX))


def into_box(values: dict[str, float]) -> np.ndarray:
    """Return the unit-box place of named values."""
    out = []
    for name, (low, high) in BOX.items():
        out.append((values[name] - low) / (high - low) if low < 0 else np.log(values[name] / low) / np.log(high / low))
    return np.array(out)


def from_box(x: np.ndarray) -> dict[str, float]:
    """Return the named values of a place in the unit box, mirrored into it."""
    inside = 1.0 - np.abs(1.0 - np.mod(x, 2.0))
    out = {}
    for u, (name, (low, high)) in zip(inside, BOX.items(), strict=True):
        out[name] = float(low + u * (high - low) if low < 0 else low * (high / low) ** u)
    return out


def base() -> TissueNumbers:
    """Return the numbers that are not searched, from the ledger of the preset."""
    return ledger.params(ledger.read("cortex/leao"), TissueNumbers)


def measures(params: TissueNumbers) -> dict[str, float]:
    """Return everything the targets ask of one set; stops early where a single wave is far off."""
    cortex = preset_table.prepare("candidate", params)
    free, none, half = (preset_table.under(cortex, None, share) for share in (1.0, 0.0, 0.5))
    w = wave(free, solve.strong("kcl"), LINE)
    figures = single(w)
    if loss(figures) > GATE or not w.propagated:
        return figures
    figures["full_block_mm"] = reach(none)
    weak = wave(half, solve.strong("kcl"), LINE)
    figures["half_speed"] = weak.speed_mm_per_min / w.speed_mm_per_min if weak.propagated else 0.0
    figures["half_duration"] = weak.duration_s / w.duration_s
    low = threshold(free, "kcl", near=11.0, tolerance=3e-3)
    high = threshold(half, "kcl", near=1.3 * low, tolerance=3e-3)
    figures["threshold_mM"], figures["half_threshold"] = low, min(high / low, 10.0)
    if loss(figures) > 2.0 * GATE:
        return figures
    figures |= second(free)
    count = np.mean([rate(free, s) for s in STRENGTHS])
    figures["count_per_h"] = float(count)
    figures["half_count"] = float(np.mean([rate(half, s) for s in STRENGTHS]) / max(count, 1.0))
    return figures


def single(w: Wave) -> dict[str, float]:
    """Return the measures of one wave."""
    names = (
        *("speed_mm_per_min", "k_peak_mM", "dc_shift_mV", "dc_half_width_s", "duration_s", "ecs_min_fraction"),
        "voltage_peak_mV",
    )
    figures = {name: float(np.nan_to_num(getattr(w, name))) for name in names}
    glutamate, end = float(np.log(w.glutamate_peak_uM)), float(w.traces["voltage"][-1])
    return figures | {"log_glutamate_uM": glutamate, "end_mV": end}


def reach(piece: solve.TissueSlice) -> float:
    """Return how far from the left end neurones were depolarised, mm."""
    solved = solve.integrate(
        piece, solve.drive(piece.cortex, (solve.strong("kcl"),), LINE), LINE._replace(duration=90.0)
    )
    v = solved.seen[0].max(axis=0) * voltage_tables.thermal_voltage(piece.cortex.params)
    return float((v > solve.stimuli().ignition_voltage).sum() * LINE.dx)


def second(piece: solve.TissueSlice) -> dict[str, float]:
    """Return the largest voltage at 1.8 mm that a second strong stimulus evokes, early and late."""
    out = {}
    for name, after in zip(("early_mV", "late_mV"), SECOND, strict=True):
        both = (solve.strong("kcl"), solve.strong("kcl")._replace(start=after))
        grid = TWICE._replace(duration=after + 100.0)
        seen = solve.integrate(piece, solve.drive(piece.cortex, both, grid), grid).seen
        j = int(1.8 / grid.dx)
        v = seen[0, :, j] * voltage_tables.thermal_voltage(piece.cortex.params)
        later = v[int((after + 25.0) / 0.5) :] if name == "early_mV" else v[int(after / 0.5) :]
        out[name] = float(second_peak(v, int(after / 0.5), later))
    return out


def second_peak(v: np.ndarray, at: int, later: np.ndarray) -> float:
    """Return the peak after the second stimulus, of a rise that begins after it; rest where it is still the first."""
    if v[at] > solve.stimuli().recovered_voltage:
        falling = np.flatnonzero(v[at:] < solve.stimuli().recovered_voltage)
        return float(v[at + falling[0] :].max()) if falling.size else float(solve.stimuli().recovered_voltage)
    return float(later.max())


def rate(piece: solve.TissueSlice, strength: float) -> float:
    """Return waves per hour under continuous KCl."""
    return kcl_waves.train(piece, MINUTES, strength, COARSE).times.size * 60.0 / MINUTES


def loss(figures: dict[str, float]) -> float:
    """Return the sum of squared misses."""
    total = 0.0
    for name, value in figures.items():
        low, high, scale, _ = TARGETS[name]
        total += (max(low - value, value - high, 0.0) / scale) ** 2
    return total


def cost(
    x: np.ndarray, fixed: TissueNumbers, keep: Callable[[dict[str, float], dict[str, float], float], None]
) -> float:
    """Return the loss of a place in the unit box."""
    values = from_box(x)
    try:
        figures = measures(fixed._replace(**values))
    except SolverError:
        return 1e3
    total = loss(figures) + DEAR * (len(figures) < len(TARGETS)) + DEAR * (len(figures) < 10)
    if total < KEPT:
        keep(values, figures, total)
    return min(total, 1e3)


def searched(index: int, first: tuple[float, ...], share: float, evaluations: int, sigma: float) -> work.Columns:
    """Return the rows of a start, as lines of the file: every evaluation that costs less than ``KEPT``."""
    import cma

    fixed = base()._replace(share_2C_2D=share)
    rows: list[dict[str, str]] = []

    def keep(values: dict[str, float], figures: dict[str, float], total: float) -> None:
        row = {"start": str(index), "share_2C_2D": str(share), "loss": f"{total:.5g}"}
        rows.append(row | {k: f"{v:.6g}" for k, v in {**values, **figures}.items()})

    options = {"seed": SEED + index, "maxfevals": evaluations, "popsize": 12, "verbose": -9}
    search = cma.CMAEvolutionStrategy(np.array(first), sigma, options)
    while not search.stop():
        points = search.ask()
        values = [cost(x, fixed, keep) for x in points]
        search.tell(points, values)
        best = search.result
        print(index, search.countevals, f"{min(values):.3f}", f"{best.fbest:.3f}", file=sys.stderr, flush=True)
        if best.fbest < 0.02:
            break
    return {"lines": np.array(_lines(rows), dtype=str)}


def _lines(rows: list[dict[str, str]], *, head: bool = False) -> list[str]:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["start", "share_2C_2D", "loss", *BOX, *TARGETS], lineterminator="\n")
    if head:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().splitlines()


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("starts", type=int, nargs="+", help="numbers of the starts, from 0 on")
    ask.add_argument("--share", type=float, default=0.15, help="of GluN2C and 2D in the NMDA current")
    ask.add_argument("--seeded", type=Path, help="CSV of an earlier search of these starts, to go on from")
    ask.add_argument("--evaluations", type=int, default=400)
    ask.add_argument("--sigma", type=float, default=0.12)
    ask.add_argument("--rows", type=Path, default=Path("calibration.csv"), help="CSV to which the rows are added")


def main() -> None:
    """Search from every start, and add the rows that are not in the file."""
    given = work.asked(__doc__, more=_words)
    words, rows = given.words, Path(given.words.rows)
    starts = sorted(set(words.starts))
    if starts[0] < 0:
        raise ScenarioError(f"starts: found {starts[0]}, wanted numbers from 0 on")
    firsts = [tuple(start(k, words.seeded).tolist()) for k in starts]
    how = (words.share, words.evaluations, words.sigma)
    jobs = [partial(searched, k, first, *how) for k, first in zip(starts, firsts, strict=True)]
    parts = work.computed(given, {"starts": jobs})["starts"]
    there = rows.read_text(encoding="utf-8").splitlines() if rows.exists() else _lines([], head=True)
    before = set(there)  # a shard that ends at the same time adds the same rows
    added = [line for part in parts for line in part["lines"].tolist() if line not in before]
    files.write_text(rows, "\n".join([*there, *added]) + "\n")


if __name__ == "__main__":
    work.run("calibrate_cortex")
