"""The synthesis replayed in the order of publication: how the answer moved, and which study moved it.

Each study of memantine in headache is a step; only placebo-controlled trials of migraine enter the synthesis, the
others leave it as it stood and say why. The first row is the priors, before any trial.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from leao.core import sources
from leao.evidence import pooling, published_trials
from leao.evidence.mixture import Prior, posterior
from leao.evidence.published_trials import Trial

Z95 = 1.959963984540054
BEFORE = "priors, before any trial"


def rows(known: Sequence[Trial] | None = None) -> list[dict[str, Any]]:
    """Return a row for the priors and for every study in the order of publication.

    Args:
        known: the studies; by default all that ship.
    """
    ordered = sorted(
        published_trials.shipped() if known is None else known, key=lambda trial: (year(trial), trial.name)
    )
    table = [_row(None, None, _beliefs([]))]
    pooled: list[Trial] = []
    for trial in ordered:
        before = table[-1]
        if trial.pooled:
            pooled.append(trial)
        now = _row(trial, year(trial), _beliefs(pooled))
        table.append(now | {"moved": {name: _moved(before[name], now[name]) for name in pooling.PRIORS}})
    return table


def year(trial: Trial) -> int:
    """Return the year of publication of a study; its own name's last four digits where no source is known."""
    entry = sources.sources().get(trial.source)
    printed = sources.fields(entry).get("year") if entry else None
    digits = "".join(character for character in str(printed or trial.name) if character.isdigit())
    return int(digits[-4:]) if len(digits) >= 4 else 9999


def _beliefs(trials: Sequence[Trial]) -> dict[str, dict[str, dict[str, float]]]:
    """Return, under each prior, the difference per 28 days and the rate ratio with their 95 % intervals."""
    out = {}
    for name in pooling.PRIORS:
        change, ratio = pooling.prior("difference", name), pooling.prior("log_ratio", name)
        if trials:
            change_now = pooling.estimate(posterior(pooling.observed("difference", trials), change))
            ratio_now = pooling.ratio(posterior(pooling.observed("log_ratio", trials), ratio))
        else:
            change_now, ratio_now = _alone(change), {key: math.exp(value) for key, value in _alone(ratio).items()}
        out[name] = {"difference": change_now, "ratio": ratio_now}
    return out


def _alone(belief: Prior) -> dict[str, float]:
    half = Z95 * belief.sd
    return dict(zip(pooling.ENDS, (belief.mean, belief.mean - half, belief.mean + half), strict=True))


def _row(trial: Trial | None, date: int | None, beliefs: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any]:
    return {
        "date": None if date is None else str(date),
        "added": BEFORE if trial is None else trial.name,
        "entered": trial is not None and trial.pooled,
        "why_not": None if trial is None else trial.not_pooled_because,
        **{name: beliefs[name]["ratio"] for name in pooling.PRIORS},
        "difference_attacks_per_28d": {name: beliefs[name]["difference"] for name in pooling.PRIORS},
        "moved": dict.fromkeys(pooling.PRIORS, 0.0),
    }


def _moved(before: dict[str, float], now: dict[str, float]) -> float:
    """Return by how much the logarithm of the rate ratio moved."""
    return math.log(now["estimate"] / before["estimate"])
