"""``leao preventives``: every drug with a known effect on the wave through the same link, left out of its own anchor.

Each drug enters by its fall of waves; the link that the *other* drugs gave predicts its attacks, on the layer that
trials observe, and the hazard that a diary needs to show it, which is lived in diaries and analysed as a trial would
(``preventive_trials``). Drugs that are only tested (memantine, ketamine) are predicted by the link of all. Fit,
calibration and power of the control: ``validation/fit_preventives.py``.
"""

from __future__ import annotations

import copy
import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.chain import preventive_trials
from leao.chain.verdict import distribution
from leao.core import ledger
from leao.core.random import Streams
from leao.evidence import preventive_control as clinical
from leao.evidence import preventive_link as link
from leao.evidence import preventives as drugs
from leao.evidence.preventives import Drug

Array = NDArray[np.float64]

SIZES = (0.1, 0.25, 0.5, 0.75, 0.9)  # nominal shares of the predictive intervals that the calibration counts


@cache
def streams() -> Streams:
    """Return the streams of the committed fit."""
    return Streams(link.SEED, "fit")


@cache
def fitted() -> link.Fit:
    """Return the model fitted to all drugs of the likelihood."""
    return link.fit()


@cache
def control() -> clinical.Control:
    """Return the clinical control under today's data."""
    own_falls = sum(drug.own_fall for drug in drugs.fitted())
    return clinical.control(fitted(), streams(), own_falls)


def control_status() -> str:
    """Return the status of the clinical control as committed beside the link's numbers."""
    return committed()["control"]["status"]


@cache
def committed() -> dict[str, Any]:
    """Return the committed result of the fit."""
    import tomllib
    from importlib.resources import files

    text = (files("leao") / "evidence" / "preventive_fit.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["fit"]


def answer() -> dict[str, Any]:
    """Return ``leao preventives``: a row for each drug, the calibration, and how the control came out."""
    return copy.deepcopy(_answer())


@cache
def _answer() -> dict[str, Any]:
    rows, result = clinical.left_out(fitted(), streams()), control()
    by_name = {row.name: row for row in rows}
    table = [_row(drug, by_name.get(drug.drug)) for drug in drugs.drugs()]
    correlations = clinical.rank_correlations(rows, streams())
    return {
        "drugs": table,
        "calibration": {
            "intervals": [{"nominal": size, "inside": _coverage(rows, size)} for size in SIZES],
            "rank_correlation": distribution(correlations),
            "p_rank_correlation_positive": result.test.ordered,
            "link": _link(),
            "link_without": {row.name: _link(place) for place, row in enumerate(rows)},
        },
        "control": {
            "status": result.status,
            "full": result.test._asdict() | {"passed": result.test.passed},
            "halved": result.halved._asdict() | {"passed": result.halved.passed},
            "rules": "docs/validation/verdict_rules.md, section 3",
        },
        "passed": result.status == "passed",
    }


def _row(drug: Drug, left_out: clinical.LeftOut | None) -> dict[str, Any]:
    observed = drug.observed()
    fall, by_wave, seen = (
        _predicted(drug) if left_out is None else (left_out.fall, left_out.by_wave, left_out.predicted)
    )
    saturation = ledger.read("headache").numbers["saturation"].value
    return {
        "drug": drug.drug,
        "role": drug.role,
        "worker": drug.worker,
        "regimen": drug.regimen,
        "csd_fall": distribution(-np.expm1(-fall)),
        "observed_rate_ratio": None if observed is None else _estimate(*observed),
        "predicted_rate_ratio": distribution(np.exp(seen)),
        "predicted_80": dict(zip(("low", "high"), np.exp(np.quantile(seen, [0.1, 0.9])).tolist(), strict=True)),
        "by_the_wave_alone": distribution(np.exp(by_wave)),
        "hazard_ratio": distribution(np.exp(by_wave / saturation)),
        "simulated_trial": preventive_trials.simulated(by_wave / saturation, drug.trial_size),
        "left_out": left_out is not None,
        "inside": None if left_out is None else left_out.inside,
        "falls": [fall.model_dump() for fall in drug.fall],
        "trials": [trial.model_dump(exclude_none=True) | _effect(trial) for trial in drug.trial],
        "note": drug.note,
    }


def _predicted(drug: Drug) -> tuple[Array, Array, Array]:
    """Return draws for a drug outside the fit: its fall, its effect by the wave, what a large trial would see."""
    drawn = link.draw(fitted(), streams())
    u = streams().per_trial(f"tested.{drug.drug}", range(link.DRAWS), 4)
    fall = link.falls(drug.ranges(), drawn.shared, u[:, :2])
    by_wave = link.route(link.through_the_wave(drawn, u[:, 3]), fall)
    return fall, by_wave, link.predicted(drawn, fall, u[:, 2])


def _coverage(rows: list[clinical.LeftOut], size: float) -> float:
    ends = [np.quantile(row.predicted, [0.5 - size / 2.0, 0.5 + size / 2.0]) for row in rows]
    return float(np.mean([low <= row.observed <= high for row, (low, high) in zip(rows, ends, strict=True)]))


def _link(without: int | None = None) -> dict[str, float | None]:
    """Return kappa of a drug outside the fit, optionally with one drug left out."""
    drawn = link.draw(fitted(), streams(), without=without)
    return distribution(link.through_the_wave(drawn, streams().per_trial("new drug", range(link.DRAWS))[:, 0]))


def _estimate(value: float, error: float) -> dict[str, float]:
    half = drugs.Z95 * error
    return {"estimate": math.exp(value), "low": math.exp(value - half), "high": math.exp(value + half)}


def _effect(trial: drugs.PreventiveTrial) -> dict[str, Any]:
    return {"rate_ratio": _estimate(*trial.effect())}
