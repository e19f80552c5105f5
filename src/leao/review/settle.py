"""How many more weeks would settle the answer, by simulating them and updating the effect approximately.

Each posterior draw lives through the coming weeks under today's dose; what those weeks would teach is approximated
by the linear update of the effect on their counts (linear Bayes: Gaussian posterior with the regression's mean and
residual variance), not by a new fit for every future. Not checked against refits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from leao.review import model, simulate
from leao.review.priors import Params

WEEKS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 26, 39, 52)
FUTURES = 1000
Array = NDArray[np.float64]


def weeks(q: model.Parameters, data: model.Data, block: int, p: Params) -> int | None:
    """Return the weeks after which the answer is clear with ``clear_power``; 0 if it is, None if not within a year."""
    better = float(np.mean(q.effect < 0.0))
    if not 1.0 - p.clear_above < better < p.clear_above:
        return 0
    days = coming(q, data, block)
    for n in WEEKS:
        if _clear(q.effect, days[:, : 7 * n], p.clear_above) >= p.clear_power:
            return n
    return None


def coming(q: model.Parameters, data: model.Data, block: int) -> NDArray[np.bool_]:
    """Return the headache days of the coming year (draw, day), one future per draw."""
    rng = np.random.default_rng(0)
    last = int(data.inside.sum()) - 1
    n_draw, n_day = q.level.shape[0], 7 * WEEKS[-1]
    now = model.drift(q, block)[:, last // block]
    moving = np.empty((n_draw, n_day))
    memory = np.exp(-1.0 / q.drift_time)
    for day in range(n_day):
        now = memory * now + q.drift_sd * np.sqrt(1.0 - memory**2) * rng.standard_normal(n_draw)
        moving[:, day] = now
    weekday = np.argmax(data.weekday[:, last])
    week = q.weekday[:, (weekday + 1 + np.arange(n_day)) % model.WEEK]
    drug = q.effect[:, None] * model.exposure(q, data)[:, last, None]
    eta = q.level[:, None] + moving + week + drug
    return simulate.states(q, eta, rng.random(eta.shape))


def _clear(effect: Array, days: NDArray[np.bool_], above: float) -> float:
    """Return the share of futures whose counts make P(better) clear."""
    middle = days.shape[1] // 2
    parts = [days[:, :middle], days[:, middle:]] if middle >= 14 else [days]
    features: Any = np.stack([np.ones(len(days)), *(part.mean(axis=1) for part in parts)], axis=1)
    weights, *_ = np.linalg.lstsq(features, effect, rcond=None)
    expected = features @ weights
    left = float(np.std(effect - expected))
    better = ndtr(-expected / max(left, 1e-9))
    return float(np.mean((better > above) | (better < 1.0 - above)))
