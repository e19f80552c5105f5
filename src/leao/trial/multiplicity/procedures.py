"""Adjusted p-values: the smallest family-wise error at which each hypothesis would be rejected.

bonferroni, holm (1979, Scand J Stat 6:65), hochberg (1988, Biometrika 75:800; wants p-values that are not negatively
dependent), fixed_sequence (in the order given), graph (Bretz et al. 2009, Stat Med 28:586): hypotheses hold shares of
alpha; a rejected one hands its share on along the arrows, whose weights are then renewed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PROCEDURES = ("bonferroni", "holm", "hochberg", "fixed_sequence", "graph")
_TINY = 1e-12


class Graph(NamedTuple):
    """Shares of alpha (hypothesis,) and where they go (from, to), each row at most 1 in all."""

    weights: Array
    transfer: Array


def adjusted(p: Array, procedure: str, graph: Graph | None = None) -> Array:
    """Return the adjusted p-values, in the order given.

    Args:
        p: p-values, (hypothesis,).
        procedure: one of ``PROCEDURES``.
        graph: of the procedure ``graph``.
    """
    m, order = len(p), np.argsort(p, kind="stable")
    out = np.empty(m)
    if procedure == "bonferroni":
        return np.minimum(m * p, 1.0)
    if procedure == "holm":
        out[order] = np.maximum.accumulate((m - np.arange(m)) * p[order])
    elif procedure == "hochberg":
        out[order] = np.minimum.accumulate(((m - np.arange(m)) * p[order])[::-1])[::-1]
    elif procedure == "fixed_sequence":
        out = np.maximum.accumulate(p)
    elif graph is None:
        raise ValueError("the graph lacks")
    else:
        out = _along(p, graph)
    return np.minimum(out, 1.0)


def without(graph: Graph, j: int) -> Graph:
    """Return the graph after hypothesis ``j`` is rejected: its share and its arrows are handed on."""
    weights, g = graph.weights + graph.weights[j] * graph.transfer[j], graph.transfer
    weights[j] = 0.0
    loop = g[:, j] * g[j]
    renewed = np.where(
        (1.0 - loop > _TINY)[:, None],
        (g + np.outer(g[:, j], g[j])) / np.maximum(1.0 - loop, _TINY)[:, None],
        0.0,
    )
    np.fill_diagonal(renewed, 0.0)
    renewed[j] = 0.0
    renewed[:, j] = 0.0
    return Graph(weights, renewed)


def _along(p: Array, graph: Graph) -> Array:
    left, out, largest = list(range(len(p))), np.ones(len(p)), 0.0
    while left:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.array([p[j] / graph.weights[j] if graph.weights[j] > _TINY else np.inf for j in left])
        k = int(ratio.argmin())
        j, largest = left[k], max(largest, float(ratio[k]))
        out[j] = largest
        graph = without(graph, j)
        left.pop(k)
    return out
