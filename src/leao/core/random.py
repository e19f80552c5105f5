"""Counter-based random streams: the same person has the same luck in every arm, chunk and worker.

A stream is keyed by (seed, scenario, purpose, trial); within it the counter is the person. A value depends on
these alone (Salmon et al. 2011, Philox), never on how the work was cut or on who else takes part.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_SEED

_EVERY = -1  # in place of a trial's index, where the trial is the counter
_BLOCK = 64  # bits of the counter that belong to the person; the place among a person's numbers stands above
_WORDS = 4  # doubles per counter step of numpy's Philox4x64


def checked_seed(seed: int, what: str = "--seed") -> int:
    """Return a seed that can be one.

    Raises:
        ScenarioError: below 0, or beyond what 64 bits hold.
    """
    if not 0 <= seed <= LARGEST_SEED:
        text = str(seed) if abs(seed) <= 10 * LARGEST_SEED else f"a number of {len(str(abs(seed)))} digits"
        raise ScenarioError(f"{what}: found {text}, wanted 0 to {LARGEST_SEED}; write for example 1")
    return seed


class Streams(NamedTuple):
    """The random streams of one run."""

    seed: int
    scenario: str

    def uniforms(self, purpose: str, trials: Sequence[int], subjects: range, n: int) -> NDArray[np.float64]:
        """Return U(0, 1) of shape (trial, subject, n).

        Args:
            purpose: what the numbers are for; another purpose is another stream.
            trials: indices of the trials.
            subjects: indices of the people.
            n: how many numbers each person needs.
        """
        out = np.empty((len(trials), len(subjects), n))
        for row, trial in enumerate(trials):
            out[row] = self._block(_digest(self, purpose, trial), subjects, n)
        return out

    def per_trial(self, purpose: str, trials: range, n: int = 1) -> NDArray[np.float64]:
        """Return ``n`` U(0, 1) for each trial, of shape (trial, n); here the trial is the counter."""
        return self._block(_digest(self, purpose, _EVERY), trials, n)

    def _block(self, key: NDArray[np.uint64], counters: range, n: int) -> NDArray[np.float64]:
        out = np.empty((len(counters), n))
        for first in range(0, n, _WORDS):
            bits = np.random.Philox(key=key, counter=(first << _BLOCK) + counters.start)
            out[:, first : first + _WORDS] = np.random.Generator(bits).random((len(counters), _WORDS))[:, : n - first]
        return np.maximum(out, np.finfo(np.float64).tiny)

    def key(self, purpose: str, trial: int) -> NDArray[np.uint32]:
        """Return the two 32-bit words that key the draws a kernel makes itself."""
        return _digest(self, purpose, trial).view(np.uint32)[:2].copy()


def _digest(streams: Streams, purpose: str, trial: int) -> NDArray[np.uint64]:
    text = f"{streams.seed}|{streams.scenario}|{purpose}|{trial}".encode()
    return np.frombuffer(hashlib.blake2b(text, digest_size=16).digest(), dtype=np.uint64)
