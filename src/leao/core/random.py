"""Counter-based random streams: the same person has the same luck in every arm, chunk and worker.

A stream is keyed by (seed, scenario, purpose, trial); within it the counter is the person. A value depends on
these alone (Salmon et al. 2011, Philox), never on how the work was cut or on who else takes part.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_SEED

_EVERY = -1  # in place of a trial's index, where the trial is the counter
_WORDS = (
    4  # doubles per counter step of numpy's Philox4x64; its first word is the person, the second the place among them
)


def checked_seed(seed: int, what: str = "--seed") -> int:
    """Return a seed that can be one.

    Raises:
        ScenarioError: below 0, or beyond what 64 bits hold.
    """
    if not 0 <= seed <= LARGEST_SEED:
        text = str(seed) if abs(seed) <= 10 * LARGEST_SEED else f"a number of {len(str(abs(seed)))} digits"
        raise ScenarioError(f"{what}: found {text}, wanted 0 to {LARGEST_SEED}; write for example 1")
    return seed


class _Generator:
    """Numpy's Philox, set to one key and counter after another: to make a new one takes longer than its numbers."""

    def __init__(self) -> None:
        self.bits = np.random.Philox(key=0)
        self.fresh: Any = self.bits.state
        self.draw = np.random.Generator(self.bits)

    def fill(self, key: NDArray[np.uint64], counters: range, out: NDArray[np.float64]) -> None:
        """Fill ``out`` (counter, n) with U(0, 1), never 0."""
        n, state = out.shape[1], self.fresh["state"]
        state["key"][:] = key
        for first in range(0, n, _WORDS):
            state["counter"][:] = (counters.start, first, 0, 0)
            self.bits.state = self.fresh
            out[:, first : first + _WORDS] = self.draw.random((len(out), _WORDS))[:, : n - first]
        np.maximum(out, np.finfo(np.float64).tiny, out=out)


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
        generator = _Generator()
        for row, trial in enumerate(trials):
            generator.fill(_digest(self, purpose, trial), subjects, out[row])
        return out

    def per_trial(self, purpose: str, trials: range, n: int = 1) -> NDArray[np.float64]:
        """Return ``n`` U(0, 1) for each trial, of shape (trial, n); here the trial is the counter."""
        out = np.empty((len(trials), n))
        _Generator().fill(_digest(self, purpose, _EVERY), trials, out)
        return out

    def keys(self, purpose: str, trials: Sequence[int]) -> NDArray[np.uint64]:
        """Return what keys the ``uniforms`` of each trial, (trial, 2)."""
        return np.stack([_digest(self, purpose, trial) for trial in trials])

    def key(self, purpose: str, trial: int) -> NDArray[np.uint32]:
        """Return the two 32-bit words that key the draws a kernel makes itself."""
        return _digest(self, purpose, trial).view(np.uint32)[:2].copy()


def _digest(streams: Streams, purpose: str, trial: int) -> NDArray[np.uint64]:
    text = f"{streams.seed}|{streams.scenario}|{purpose}|{trial}".encode()
    return np.frombuffer(hashlib.blake2b(text, digest_size=16).digest(), dtype=np.uint64)
