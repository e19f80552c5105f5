"""``leao trial adjust``: hypotheses in words to adjusted p-values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.trial.multiplicity.procedures import PROCEDURES, Graph, adjusted

Array = NDArray[np.float64]
MOST = 100
_SLACK = 1e-9


def answer(text: str, procedure: str, alpha: float, weights: str | None, transfer: str | None) -> dict[str, Any]:
    """Return the answer of ``leao trial adjust``.

    Raises:
        ScenarioError: what cannot be.
    """
    names, p = _hypotheses(text)
    if procedure not in PROCEDURES:
        hint = nearest(procedure, list(PROCEDURES))
        raise ScenarioError(f"--procedure: found {procedure!r}, wanted one of {', '.join(PROCEDURES)}{hint}")
    if not 0.0 < alpha < 1.0:
        raise ScenarioError(f"--alpha: found {alpha:g}, wanted above 0 and below 1")
    graph = _graph(names, procedure, weights, transfer)
    values = adjusted(p, procedure, graph)
    rejected = values <= alpha + _SLACK * alpha
    rows = [
        {
            "name": name,
            "p": float(p[k]),
            "weight": None if graph is None else float(graph.weights[k]),
            "adjusted_p": float(values[k]),
            "rejected": bool(rejected[k]),
        }
        for k, name in enumerate(names)
    ]
    won = [name for name, yes in zip(names, rejected, strict=True) if yes]
    arrows = None if graph is None else _told(names, graph.transfer)
    text = f"{len(won)} of {len(names)} rejected at {alpha:g} by {procedure.replace('_', ' ')}" + (
        f": {', '.join(won)}" if won else ""
    )
    return {"procedure": procedure, "alpha": alpha, "hypotheses": rows, "transfer": arrows, "text": text}


def _told(names: list[str], transfer: Array) -> dict[str, dict[str, float]]:
    return {
        name: {other: float(transfer[i, j]) for j, other in enumerate(names) if transfer[i, j] > 0.0}
        for i, name in enumerate(names)
    }


def _hypotheses(text: str) -> tuple[list[str], Array]:
    names, values = [], []
    parts = text.split(",")
    if len(parts) > MOST:
        raise ScenarioError(f"found {len(parts)} hypotheses, wanted at most {MOST}")
    for part in parts:
        name, _, number = part.partition("=")
        value = _number(number)
        if not name.strip() or value is None or not 0.0 <= value <= 1.0:
            raise ScenarioError(f"found {part.strip()!r}, wanted NAME=P with 0 <= P <= 1, such as high=0.012,low=0.03")
        names.append(name.strip())
        values.append(value)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ScenarioError(f"{twice} stands twice; wanted every hypothesis once")
    return names, np.array(values)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _graph(names: list[str], procedure: str, weights: str | None, transfer: str | None) -> Graph | None:
    """Return the graph that was asked for: equal shares and equal arrows where nothing is said."""
    if procedure != "graph":
        for option, value in (("--weights", weights), ("--transfer", transfer)):
            if value is not None:
                raise ScenarioError(f"{option} goes with --procedure graph; leave it out")
        return None
    m = len(names)
    shares = np.full(m, 1.0 / m) if weights is None else _shares(names, weights)
    arrows = np.full((m, m), 1.0 / max(m - 1, 1)) if transfer is None else _arrows(names, transfer)
    np.fill_diagonal(arrows, 0.0)
    if (arrows.sum(axis=1) > 1.0 + _SLACK).any():
        k = int(arrows.sum(axis=1).argmax())
        raise ScenarioError(f"--transfer: {names[k]} hands on {arrows[k].sum():g}, wanted at most 1 in all")
    return Graph(shares, arrows)


def _shares(names: list[str], text: str) -> Array:
    values = [_number(part) for part in text.split(",")]
    if len(values) != len(names) or any(value is None or value < 0.0 for value in values):
        raise ScenarioError(f"--weights: found {text!r}, wanted {len(names)} shares of alpha of 0 or more, in order")
    shares = np.array([value or 0.0 for value in values])
    if not 0.0 < shares.sum() <= 1.0 + _SLACK:
        raise ScenarioError(f"--weights: found {shares.sum():g} in all, wanted above 0 and at most 1")
    return shares


def _arrows(names: list[str], text: str) -> Array:
    out = np.zeros((len(names), len(names)))
    for part in text.split(","):
        ends, _, number = part.partition(":")
        start, arrow, stop = (word.strip() for word in ends.partition(">"))
        value = _number(number)
        if arrow != ">" or value is None or not 0.0 <= value <= 1.0:
            raise ScenarioError(f"--transfer: found {part.strip()!r}, wanted FROM>TO:SHARE, such as high>low:0.5")
        for word in (start, stop):
            if word not in names:
                hint = nearest(word, names)
                raise ScenarioError(f"--transfer: no hypothesis {word!r}; there are {', '.join(names)}{hint}")
        if start == stop:
            raise ScenarioError(f"--transfer: {start} hands on to itself; wanted another hypothesis")
        out[names.index(start), names.index(stop)] = value
    return out
