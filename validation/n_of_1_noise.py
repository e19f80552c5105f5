"""How cycles of patients without effect scatter: the numbers ``cycle_noise_*`` of ledger ``n_of_1``, printed.

    python -m validation.n_of_1_noise [patients] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Patients of six cycles; s^2 over the variance of independent days is fitted by a scaled F (its mean and its coefficient
of variation): mean = ratio f / (f - 2), cv^2 = 2 (d + f - 2) / (d (f - 4)), d = 5. The seed is not that of the error
run (n_of_1_error), whose patients are others.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from leao.trial.params import numbers as trial_numbers
from leao.trial.single_patient.estimate import Windows, differences
from validation import work
from validation.n_of_1_patients import batch, design, windows

PATIENTS, SEED, CYCLES = 2_000, 31, 6
PLAN = (CYCLES, 6 * 2**CYCLES)


def fitted(of: Windows, window: int) -> tuple[float, float, int]:
    """Return the ratio, its degrees of freedom and the patients with all cycles."""
    difference, variance = differences(of, trial_numbers(), window)
    whole = np.isfinite(difference).all(axis=-1)
    ratios = difference[whole].var(axis=-1, ddof=1) / variance[whole].mean(axis=-1)
    d, mean = CYCLES - 1.0, float(ratios.mean())
    cv = float(ratios.var()) / mean**2
    freedom = (2.0 * d - 4.0 + 4.0 * d * cv) / (d * cv - 2.0) if d * cv > 2.0 else np.inf
    return mean * (freedom - 2.0) / freedom, freedom, int(whole.sum())


def main() -> None:
    """Print the numbers."""
    given = work.asked(__doc__, PATIENTS)
    of = design(*PLAN)
    jobs = {"noise": [partial(batch, PLAN, 1.0, SEED, place) for place in range(-(-given.number // of.n))]}
    for outcome, part in windows(work.computed(given, jobs)["noise"], given.number).items():
        ratio, freedom, n = fitted(part, of.month)
        print(f"{outcome}: ratio {ratio:.3f}, freedom {freedom:.2f}, {n} patients with {CYCLES} whole cycles")


if __name__ == "__main__":
    work.run("n_of_1_noise")
