"""Daily levels of a large population on one dose a day, in memory that does not grow with the number of people.

People as in person.py; levels by kernels/regular.py, chunk by chunk.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from leao.exposure import person
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.kernels import regular
from leao.exposure.solve import NG_PER_ML, population

CHUNK = 20_000
BINS = 4000  # of the logarithm: 0.6 % wide over ten decades
DECADES = (-4.0, 6.0)


def daily(dose_mg: NDArray[np.float64], subjects: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """Give (subject, day, 2) mean and end-of-day plasma levels, ng/mL, for one chunk of people after another.

    A person's levels depend on the seed and their number only, never on the chunk. The array is used again for
    the next chunk: copy what is to be kept.

    Args:
        dose_mg: (day,), mg of salt taken at the start of each day.
        subjects: how many people.
        seed: seed of the people.
    """
    base = float(exposure.absorbed_share(population()))
    doses = np.ascontiguousarray(np.broadcast_to(dose_mg * base, (CHUNK, dose_mg.size)), dtype=np.float32)
    out = np.empty((CHUNK, dose_mg.size, 2), np.float32)
    for first in range(0, subjects, CHUNK):
        who = range(first, min(first + CHUNK, subjects))
        people = person.population(who, seed).levels
        n = len(who)
        ka, ke = (
            np.array(np.broadcast_to(rate, n), dtype=float)  # a copy, writable: Numba compiles anew for what is not
            for rate in (people.absorption_rate, exposure.elimination_rate(people))
        )
        scale = NG_PER_ML / np.broadcast_to(exposure.volume(people), n)
        regular.daily(doses[:n], ka, ke, np.ascontiguousarray(scale), out[:n])
        yield out[:n]


def bands(dose_mg: NDArray[np.float64], subjects: int, seed: int) -> NDArray[np.float64]:
    """Return (day, 3) the 5th, 50th and 95th percentile of people's daily mean level, ng/mL, to 0.6 %."""
    counts = np.zeros((dose_mg.size, BINS), np.int64)
    low, high = DECADES
    for levels in daily(dose_mg, subjects, seed):
        for day in range(dose_mg.size):
            at = (np.log10(np.maximum(levels[:, day, 0], 10.0**low)) - low) * (BINS / (high - low))
            counts[day] += np.bincount(np.minimum(at.astype(np.int64), BINS - 1), minlength=BINS)
    share = np.cumsum(counts, axis=1) / subjects
    edge = low + (np.arange(BINS) + 0.5) * (high - low) / BINS
    return np.stack([10.0 ** edge[np.argmax(share >= p, axis=1)] for p in (0.05, 0.5, 0.95)], axis=1)
