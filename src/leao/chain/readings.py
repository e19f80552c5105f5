"""The verdict read otherwise: by one read-out alone, at the rat's own dose, by the arithmetic it had before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline, read_outs, verdict
from leao.chain.answer_exposure import Steady
from leao.core.random import Streams
from leao.cortex import readouts
from leao.evidence import preventives
from leao.headache import attack_rate

Array = NDArray[np.float64]
RAT = "memantine"
FIRST_MODEL = ("leao",)


def by_read_out(steady: Steady, empirical: Mapping[str, verdict.Evidence]) -> dict[str, dict[str, Any]]:
    """Return the answer by each read-out of the cortex alone, and which of them the verdict mixes."""
    rows = {}
    for status in read_outs.statuses(steady.world.cortex.presets):
        row: dict[str, Any] = {"mechanistic_rate_ratio": None, "p_at_least_half": dict.fromkeys(empirical)}
        if status.computed == readouts.COMPUTED:
            row = _answer(_alone(steady, steady.world, status.name), empirical)
        rows[status.name] = {
            "computed": status.computed,
            "control": status.control,
            "mixed": status.mixed,
            "effective_members": status.effective,
            **row,
        }
    return rows


def rat_logs(world: pipeline.ParameterDraw, streams: Streams, draws: int) -> Array:
    """Return the log rate ratios that the link makes of the fall that the rat's own dose gave, one for each draw."""
    low, high, _ = _rat().ranges()[0]
    falls = low + (high - low) * streams.per_trial("rat.fall", range(draws))[:, 0]
    return np.log(attack_rate.observed_ratio(falls, np.ravel(world.headache.kappa)))


def rat_dose(logs: Array, empirical: Mapping[str, verdict.Evidence]) -> dict[str, Any]:
    """Return the answer at the rat's own dose from ``rat_logs``: no cortex, no exposure of people in it."""
    fall = _rat().fall[0]
    return {
        "fall_percent": {"low": 100.0 * (fall.low or 0.0), "high": 100.0 * (fall.high or 0.0)},
        "rate_ratio": verdict.distribution(np.exp(logs)),
        "p_at_least_half": {prior: verdict.at_least_half(logs, said.draws) for prior, said in empirical.items()},
        "source": fall.source,
        "where": fall.where,
    }


def _rat() -> preventives.Drug:
    return next(drug for drug in preventives.drugs() if drug.drug == RAT)


def sensitivities(steady: Steady, empirical: Mapping[str, verdict.Evidence]) -> dict[str, dict[str, Any]]:
    """Return the answer under named other arithmetic; none of it is in the headline."""
    params = steady.world.headache
    kappa, share = (np.asarray(value)[..., None] for value in (params.kappa, params.wave_share))
    diluted = attack_rate.diluted_twice(steady.state["log_fall"], kappa, share)
    rows = {
        "wave share on top of a link to all attacks (dilutes twice)": _answer(
            np.log(np.maximum(diluted.mean(axis=(1, 2)), pipeline.NO_ATTACK)), empirical
        ),
    }
    if steady.world.cortex.presets != FIRST_MODEL:
        first = steady.world._replace(cortex=steady.world.cortex._replace(presets=FIRST_MODEL))
        rows["the first model of the cortex (preset leao, fifteen sets), by its KCl threshold"] = _answer(
            _alone(steady, first, read_outs.KCL), empirical
        )
    statuses = read_outs.statuses(steady.world.cortex.presets)
    held = [status.name for status in statuses if status.computed == readouts.COMPUTED]
    if held != list(read_outs.mixed(steady.world.cortex.presets)):
        logs = _mixed_evenly(steady, held)
        rows["every read-out that the map holds, mixed evenly, whatever its control and its members"] = _answer(
            logs, empirical
        )
    return rows


def _mixed_evenly(steady: Steady, names: list[str]) -> Array:
    """Return the answer with draw k read by the read-out k modulo their number: draws are in no order."""
    logs = [_alone(steady, steady.world, name) for name in names]
    draws = np.arange(logs[0].size)
    return np.stack(logs)[draws % len(names), draws]


def _alone(steady: Steady, world: pipeline.ParameterDraw, name: str) -> Array:
    """Return the log rate ratios of ``world`` by one read-out, at the steady levels."""
    world = pipeline.with_read_out(world, name)
    return pipeline.observed_log_ratio(world, pipeline.downstream(world, steady.state["free_brain"]))


def _answer(logs: Array, empirical: Mapping[str, verdict.Evidence]) -> dict[str, Any]:
    return {
        "mechanistic_rate_ratio": verdict.distribution(np.exp(logs)),
        "p_at_least_half": {prior: verdict.at_least_half(logs, said.draws) for prior, said in empirical.items()},
    }
