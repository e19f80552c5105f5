"""Simulated patients of N-of-1 trials, as counted windows: for the noise (n_of_1_noise) and the error (n_of_1_error)."""

from __future__ import annotations

import numpy as np

from leao.diary.options import DiaryOptions
from leao.trial import simulated_trials, simulation
from leao.trial.data import ENDPOINTS
from leao.trial.designs import Design, settle
from leao.trial.options import NOf1, TrialOptions
from leao.trial.single_patient.estimate import Windows

ARMS = ("placebo", "memantine")
WEEKS = 7  # of a period: three weeks that are not counted, then 28 days
BATCH = 400  # patients


def design(cycles: int, patients: int = BATCH) -> Design:
    """Return the design of so many patients, periods back to back as ``leao trial n-of-1`` lays them."""
    kind = NOf1(cycles=cycles, washout_half_lives=0.0, washout_days=0)
    options = TrialOptions(n_per_arm=patients // 2**cycles, weeks=WEEKS, design=kind)
    return settle(options, ARMS, DiaryOptions())


def windows(of: Design, patients: int, seed: int, effect: float = 1.0) -> dict[str, Windows]:
    """Return the windows of simulated patients by outcome.

    Args:
        of: their design.
        patients: how many; whole batches are simulated.
        seed: of all random numbers.
        effect: ratio of attack rates at the steady level.
    """
    asked = simulated_trials.setting(of, effect, "10 mg", ((), "headache_days"), seed)
    parts: dict[str, list[Windows]] = {"headache_days": [], "migraine_days": []}
    for trial in range(-(-patients // of.n)):
        simulated = simulation.simulate_diaries(asked, range(trial, trial + 1), ("headache", "migraine", "missing"))
        for outcome, rows in parts.items():
            rows.append(_counted(of, simulated, ENDPOINTS[outcome]))
    return {
        outcome: Windows(*(np.concatenate(column)[:patients] for column in zip(*rows, strict=True)))
        for outcome, rows in parts.items()
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
