"""A finished run in the shape of ``leao.chain.quick.answer``: what the six boxes of a screen show of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.chain.verdict import distribution
from leao.core.runs import Run

SHOWN = 400  # draws of a picture


def of(run: Run) -> dict[str, Any]:
    """Return every box of a run and its verdict; the last box is what single simulated trials found."""
    said, verdict = run.summary, run["verdict"]
    ratio, trial = np.exp(verdict["mechanistic_log_rr"].values), said["trial"]["rate_ratio"]
    every = max(1, ratio.size // SHOWN)
    densities = {"mechanistic": ratio[::every].tolist()}
    for name, logs in zip(verdict["prior"].values.tolist(), verdict["empirical_log_rr"].values, strict=True):
        densities[str(name)] = np.exp(logs[::every]).tolist()
    share = said["regimen"]["share_taken"]
    fewer = {"median": "estimate", "p05": "high", "p95": "low"}
    return {
        "quick": False,
        "scenario": said["scenario"],
        "trials": said["trials"],
        "fixed": said["fixed"],
        "regimen": {
            "words": said["regimen"]["words"],
            "share_taken_percent": {key: 100.0 * value for key, value in share.items()},
        },
        "exposure": {key: said["exposure"][key] for key in ("plasma_ng_per_mL", "free_brain_uM")},
        "receptor": {"mixture_block_percent": said["receptor"]["mixture_block_percent"]},
        "cortex": {"threshold_relative": distribution(np.ravel(verdict["end_threshold"].values))},
        "headache": {
            "trigger_slope": distribution(verdict["trigger_slope"].values),
            "rate_ratio": said["verdict"]["mechanistic_rate_ratio"],
        },
        "trial": {
            "fewer_attacks_percent": {
                key: None if trial[end] is None else 100.0 * (1.0 - trial[end]) for key, end in fewer.items()
            },
            "interval_percent": 95,
        },
        "verdict": said["verdict"],
        "controls": {name: each["controls"] for name, each in said["cortex"].items()},
        "densities": densities,
    }
