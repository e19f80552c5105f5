"""Simulated patients of N-of-1 trials, as counted windows: for the noise (n_of_1_noise) and the error (n_of_1_error)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from leao.diary.options import DiaryOptions
from leao.trial import simulated_trials, simulation
from leao.trial.designs import Design, settle
from leao.trial.monthly_counts import ENDPOINTS
from leao.trial.options import NOf1, TrialOptions
from leao.trial.single_patient.estimate import Windows
from validation import work

ARMS = ("placebo", "memantine")
WEEKS = 7  # of a period: three weeks that are not counted, then 28 days
BATCH = 400  # patients
OUTCOMES = ("headache_days", "migraine_days")


@cache
def design(cycles: int, patients: int = BATCH) -> Design:
    """Return the design of so many patients, periods back to back as ``leao trial n-of-1`` lays them."""
    kind = NOf1(cycles=cycles, washout_half_lives=0.0, washout_days=0)
    options = TrialOptions(n_per_arm=patients // 2**cycles, weeks=WEEKS, design=kind)
    return settle(options, ARMS, DiaryOptions())


def batch(plan: tuple[int, int], effect: float, seed: int, place: int) -> work.Columns:
    """Return the windows of one batch of simulated patients, by ``outcome|part of Windows``.

    Args:
        plan: cycles and patients of a batch, as ``design`` takes them.
        effect: ratio of attack rates at the steady level.
        seed: of all random numbers.
        place: which batch.
    """
    of = design(*plan)
    asked = simulated_trials.setting(of, effect, "10 mg", ((), "headache_days"), seed)
    simulated = simulation.simulate_diaries(asked, range(place, place + 1), ("headache", "migraine", "missing"))
    counted = {outcome: _counted(of, simulated, ENDPOINTS[outcome]) for outcome in OUTCOMES}
    return {f"{outcome}|{name}": values for outcome, part in counted.items() for name, values in part._asdict().items()}


def windows(parts: Sequence[work.Columns], patients: int) -> dict[str, Windows]:
    """Return the windows of so many patients by outcome, from their batches."""
    whole = work.joined(parts)
    return {
        outcome: Windows(*(whole[f"{outcome}|{name}"][:patients] for name in Windows._fields)) for outcome in OUTCOMES
    }


def _counted(of: Design, simulated: simulation.SimulatedDiaries, column: str) -> Windows:
    seen = ~simulated.missing[0]
    daily = simulated.with_drug[column][0] * seen
    spans = [(of.start + start, of.start + stop) for start, stop in of.plan.windows]
    events = np.stack([daily[:, a:b].sum(axis=1) for a, b in spans], axis=-1).astype(float)
    recorded = np.stack([seen[:, a:b].sum(axis=1) for a, b in spans], axis=-1).astype(float)
    on = of.plan.on_drug()[simulated.enrolled.arm[0]]
    cycles = len(spans) // 2
    order = np.argsort(on.reshape(-1, cycles, 2), axis=-1)  # placebo, then drug
    return Windows(*(np.take_along_axis(part.reshape(-1, cycles, 2), order, axis=-1) for part in (events, recorded)))
