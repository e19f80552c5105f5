"""The log posterior density of the daily model, with the days left out and the drift summed over.

Given the drift, the diary is a hidden Markov chain of two states. The standardised drift is given a grid of nodes, so
that (state of yesterday, node of the block) is one larger chain, whose forward filter gives the likelihood and whose
backward pass draws drift paths. Between blocks the nodes pass to each other as the Ornstein-Uhlenbeck process does,
each row made to sum to 1. All arrays end in the draws, so that numpy works on many draws in one call.

A grid too coarse for the data's say on the drift gives a wrong density; ``fit`` compares it with one twice as fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.review import daily_model
from leao.review.priors import DailyModelPriors

CHUNK = 256  # draws at a time: enough to hide numpy's overhead, few enough for the processor's cache
PRECISION = np.float32  # of the filter; its logarithms are summed in 64 bits
REACH = 3.6  # SD of the drift that the grid spans to either side
LARGEST = 1e18  # of a rate or a factor: far beyond ``model.MOST_RATE``, and its square is a number in 32 bits
IMPOSSIBLE = np.float32(1e-37)  # what a week has at least, so that a draw far out has a density and no weight
Array = NDArray[np.float64]
Single = NDArray[Any]  # of PRECISION


class _Filter(NamedTuple):
    """What the filter knows at the end of a block: P(headache), P(free), both (node, draw), and today's margin."""

    ache: Single
    free: Single
    margin: Single


class _Draws(NamedTuple):
    """What the draws of one chunk need, each ending in the draw."""

    rate: Single  # (day, draw), headache rate without drift
    shift: Single  # (node, draw), what a node multiplies it by
    ratio: Single  # (draw,), odds ratio of neighbouring days
    written_free: Single  # (kind of day, draw), P(what was written | free)
    written_ache: Single  # (kind of day, draw), P(what was written | headache)
    move: Single  # (node before, node, draw), P(node of the next block | node)


class DriftGrid:
    """One diary and a grid of drift nodes."""

    def __init__(self, data: daily_model.Data, p: DailyModelPriors, nodes: int, reach: float = REACH) -> None:
        self.data = data._replace(window=data.window.astype(PRECISION), exposure=data.exposure.astype(PRECISION))
        self.p = p
        written = np.where(data.seen, np.where(data.headache, 2, 1), 0)
        self.kind = 2 * written + np.concatenate([[0], ~data.seen[:-1]])
        self.nodes = np.linspace(-reach, reach, nodes)
        weight = np.exp(-0.5 * self.nodes**2)
        self.start = (weight / weight.sum()).astype(PRECISION)[:, None]

    def log_density(self, z: Array) -> Array:
        """Return the log posterior density (draw,) of standard normals ``z`` (draw, HEAD), up to a constant."""
        likelihoods = [likelihood for likelihood, _ in (self._forward(self._prepare(part)) for part in _chunks(z))]
        return np.concatenate(likelihoods) - 0.5 * (z * z).sum(axis=1)

    def drift_paths(self, z: Array, rng: np.random.Generator) -> Array:
        """Return one draw of the standardised drift (draw, block) given the diary and each ``z`` (draw, HEAD)."""
        paths = []
        for part in _chunks(z):
            draws = self._prepare(part)
            _, filtered = self._forward(draws, keep=True)
            paths.append(self._backward(draws, filtered, rng))
        return self.nodes[np.concatenate(paths)]

    def _prepare(self, z: Array) -> _Draws:
        q = daily_model.Parameters(*(values.astype(PRECISION) for values in daily_model.parameters(z, self.p)))
        rho, kick = daily_model.correlation(q)
        distance = (self.nodes[None, :, None] - rho * self.nodes[:, None, None]) / kick
        move = np.exp(-0.5 * distance * distance)
        # kinds of day: not filled in, free, headache, each after a day that was filled in or was not
        free, ache = (daily_model.left_out(q, np.array([0.0, 1.0], PRECISION), state).T for state in (0.0, 1.0))
        never = np.zeros_like(free)
        draws = _Draws(
            rate=np.exp(daily_model.undrifted(q, self.data)).T,
            shift=np.exp(q.drift_sd * self.nodes[:, None]),
            ratio=np.exp(q.persistence),
            written_free=np.concatenate([free, 1.0 - free, never]),
            written_ache=np.concatenate([ache, never, 1.0 - ache]),
            move=move / move.sum(axis=1, keepdims=True),
        )
        return _Draws(*(np.ascontiguousarray(np.minimum(values, LARGEST), PRECISION) for values in draws))

    def _forward(self, draws: _Draws, *, keep: bool = False) -> tuple[Array, list[_Filter]]:
        """Return the log-likelihood (draw,) and, if they are kept, the filter at the end of each block."""
        log_likelihood = np.zeros(draws.ratio.size)
        last: _Filter | None = None
        filtered: list[_Filter] = []
        for first, stop in self._blocks():
            pi = daily_model.chance_at(draws.rate[first:stop, None] * draws.shift)
            if last is None:
                ache, free = self.start * pi[0], self.start * (1.0 - pi[0])
            else:
                ache, free = _next_block(last, pi[0], draws)
            ache, free = ache * draws.written_ache[self.kind[first]], free * draws.written_free[self.kind[first]]
            after_free, after_ache = daily_model.transitions(pi[:-1], pi[1:], draws.ratio)
            for day in range(first + 1, stop):
                total = ache + free
                ache *= after_ache[day - first - 1]
                free *= after_free[day - first - 1]
                ache += free
                free = np.subtract(total, ache, out=total)
                ache *= draws.written_ache[self.kind[day]]
                free *= draws.written_free[self.kind[day]]
            total = np.maximum((ache + free).sum(axis=0), IMPOSSIBLE)
            log_likelihood += np.log(total, dtype=np.float64)
            last = _Filter(ache / total, free / total, pi[-1])
            if keep:
                filtered.append(last)
        return log_likelihood, filtered if keep or last is None else [last]

    def _backward(self, draws: _Draws, filtered: list[_Filter], rng: np.random.Generator) -> NDArray[np.intp]:
        """Return the nodes of one path for each draw (draw, block), drawn from the last block to the first.

        Going back through a block whose node is chosen, what its days say of the state before them is kept as two
        numbers per draw, ``say_ache`` and ``say_free``; with the filter they weigh the nodes of the block before.
        """
        n = draws.ratio.size
        at = np.arange(n)
        kind, spans = self.kind, list(self._blocks())
        path = np.empty((n, len(spans)), dtype=np.intp)
        node = path[:, -1] = _pick(filtered[-1].ache + filtered[-1].free, rng)
        say_ache = say_free = np.ones(n)
        for block in range(len(spans) - 1, 0, -1):
            first, stop = spans[block]
            pi = daily_model.chance_at(draws.rate[first:stop] * draws.shift[node, at])
            after_free, after_ache = daily_model.transitions(pi[:-1], pi[1:], draws.ratio)
            for day in range(stop - 1, first, -1):
                ache, free = draws.written_ache[kind[day]] * say_ache, draws.written_free[kind[day]] * say_free
                to_ache, to_free = after_ache[day - first - 1], after_free[day - first - 1]
                say_ache, say_free = to_ache * ache + (1.0 - to_ache) * free, to_free * ache + (1.0 - to_free) * free
            before = filtered[block - 1]
            to_free, to_ache = daily_model.transitions(before.margin, pi[0], draws.ratio)
            ache, free = draws.written_ache[kind[first]] * say_ache, draws.written_free[kind[first]] * say_free
            by_ache, by_free = to_ache * ache + (1.0 - to_ache) * free, to_free * ache + (1.0 - to_free) * free
            weight = draws.move[:, node, at] * (before.ache * by_ache + before.free * by_free)
            node = path[:, block - 1] = _pick(weight, rng)
            scale = by_ache[node, at] + by_free[node, at]
            say_ache, say_free = by_ache[node, at] / scale, by_free[node, at] / scale
        return path

    def _blocks(self) -> Iterator[tuple[int, int]]:
        days = self.data.seen.size
        return ((first, min(first + daily_model.BLOCK, days)) for first in range(0, days, daily_model.BLOCK))


def _next_block(last: _Filter, pi: Array, draws: _Draws) -> tuple[Array, Array]:
    """Return P(headache) and P(free) of the first day of a block (node, draw), before what was written on it.

    With free_to = (pi - before stay) / (1 - before) the sum over yesterday's state leaves one array per pair of nodes,
    ``stay``: ache stay + free free_to = stay (ache - before share) + pi share, where share = free / (1 - before).
    """
    share = last.free / (1.0 - last.margin)
    rest = last.ache - last.margin * share
    stay = daily_model.stay(last.margin[:, None], pi[None], draws.ratio)
    stay *= draws.move
    from_stay = np.einsum("ijn,in->jn", stay, rest)
    total, shares = (np.einsum("ijn,in->jn", draws.move, each) for each in (last.ache + last.free, share))
    least = daily_model.LEAST_CHANCE * total
    ache = np.clip(from_stay + pi * shares, least, total - least)
    return ache, total - ache


def _pick(weight: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return one node per draw (draw,), with probability proportional to its weight (node, draw)."""
    below = np.cumsum(weight, axis=0)
    return np.minimum((below < rng.random(weight.shape[1]) * below[-1]).sum(axis=0), len(weight) - 1)


def _chunks(z: Array) -> Iterator[Array]:
    return (z[first : first + CHUNK] for first in range(0, len(z), CHUNK))
