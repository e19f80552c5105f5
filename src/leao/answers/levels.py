"""Answers 1 and 2: levels in plasma and brain, and what they block."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger, pipeline
from leao.results import Fields
from leao.scenario import Scenario
from leao.stages.cortex import threshold_map
from leao.stages.exposure import model as exposure
from leao.stages.receptor import model as receptor
from leao.stages.regimen import model as regimen
from leao.streams import Streams
from leao.trial.verdict import distribution

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
POINTS = (-66.0, -40.0, -20.0, 0.0)  # mV, where the block is printed
LEVELS = (-66.0, -20.0)  # mV, where the block is drawn against concentration
VOLTAGES = np.arange(-90.0, 21.0, 2.0)  # mV
CONCENTRATIONS = np.geomspace(0.01, 100.0, 61)  # uM
SHOWN = range(200)  # trials whose days are drawn
PEOPLE = 8  # people of each trial in the drawn days and at steady state
EXAMPLES = 5
HOURS = 14 * 24


class Steady(NamedTuple):
    """Stages 1 to 5 at steady state over worlds and people."""

    world: pipeline.World
    state: dict[str, Array]


def steady(scenario: Scenario, streams: Streams, trials: range, presets: tuple[str, ...]) -> Steady:
    """Return the chain at steady state under the active arm's dose, (trial, subject, 1)."""
    drawn = pipeline.drawn_world(streams, trials, presets)
    own = pipeline.persons(drawn, lambda name: streams.per_trial(f"steady.{name}", trials, PEOPLE))
    return Steady(own, pipeline.steady_state(own, scenario.arms[scenario.active_arm].dose_mg))


def regimen_answer(scenario: Scenario, found: Steady) -> dict[str, Any]:
    """Return ``regimen`` of the summary: the daily dose of the salt, and the share of tablets taken."""
    taken = np.broadcast_to(regimen.share_taken(found.world.regimen), found.state["free_brain"].shape[:2])
    return {"dose_mg_per_day": scenario.arms[scenario.active_arm].dose_mg, "share_taken": distribution(taken)}


def exposure_answer(found: Steady) -> dict[str, Any]:
    """Return ``exposure`` of the summary."""
    return {
        "plasma_ng_per_mL": distribution(found.state["plasma_concentration"]),
        "free_brain_uM": distribution(found.state["free_brain"]),
    }


def exposure_fields(scenario: Scenario, streams: Streams, found: Steady, presets: tuple[str, ...]) -> Fields:
    """Return the days and hours of the active arm, and the steady levels of all people."""
    days = scenario.trial.weeks * 7
    identity = np.broadcast_to(np.arange(PEOPLE), (len(SHOWN), PEOPLE))
    dose = np.full(identity.shape, scenario.arms[scenario.active_arm].dose_mg)
    drawn = pipeline.drawn_world(streams, SHOWN, presets)
    start = scenario.trial.baseline_days
    state = pipeline.treat(pipeline.People(identity, dose), drawn, streams, SHOWN, (start + days, start))
    state = {name: values[..., start:] for name, values in state.items()}
    return {
        "plasma_band": (("quantile", "day"), _bands(state["plasma_concentration"])),
        "free_brain_band": (("quantile", "day"), _bands(state["free_brain"])),
        "steady_plasma": (("person",), found.state["plasma_concentration"].ravel()),
        "steady_free_brain": (("person",), found.state["free_brain"].ravel()),
        "plasma_hourly": (("example", "hour"), _hourly(state["dose_taken"][0, :EXAMPLES], drawn, streams)),
        "quantile": (("quantile",), np.array(QUANTILES)),
        "day": (("day",), np.arange(days) + 1.0),
        "hour": (("hour",), np.arange(HOURS) + 1.0),
    }


def receptor_answer(found: Steady) -> dict[str, Any]:
    """Return ``receptor`` of the summary: the median block and its 90 % range."""
    central = ledger.params(ledger.read("receptor"), receptor.Params)
    blocks = {voltage: _block(found, voltage) for voltage in POINTS}
    bands = {
        subtype: {f"{voltage:g}mV": distribution(100.0 * blocks[voltage][subtype]) for voltage in POINTS}
        for subtype in receptor.SUBTYPES
    }
    medians = {subtype: {at: band["median"] for at, band in row.items()} for subtype, row in bands.items()}
    odds = found.state["block_odds"]
    return {
        "block_percent": medians,
        "block_percent_band": bands,
        "magnesium_mM": central.magnesium,
        "mixture_block_percent": distribution(100.0 * odds / (1.0 + odds)),
        "key_voltage_mV": threshold_map.shape().reference_voltage,
    }


def receptor_fields(found: Steady) -> Fields:
    """Return block against voltage at the steady level, and against concentration at two voltages."""
    central = ledger.params(ledger.read("receptor"), receptor.Params)
    compound = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
    quantiles = (0.05, 0.5, 0.95)
    by_voltage = np.empty((len(quantiles), len(receptor.SUBTYPES), VOLTAGES.size))
    for column, voltage in enumerate(VOLTAGES):
        for row, share in enumerate(_block(found, voltage).values()):
            by_voltage[:, row, column] = np.quantile(100.0 * share[:, 0], quantiles)  # one person of each world
    curves = [
        [100.0 * receptor.block(central, compound, CONCENTRATIONS, voltage)[subtype] for voltage in LEVELS]
        for subtype in receptor.SUBTYPES
    ]
    return {
        "block": (("quantile", "subtype", "voltage"), by_voltage),
        "block_curve": (("subtype", "level", "concentration"), np.array(curves)),
        "quantile": (("quantile",), np.array(quantiles)),
        "subtype": (("subtype",), np.array(receptor.SUBTYPES)),
        "voltage": (("voltage",), VOLTAGES),
        "level": (("level",), np.array([f"{voltage:g}mV" for voltage in LEVELS])),
        "concentration": (("concentration",), CONCENTRATIONS),
    }


def _block(found: Steady, voltage: float) -> dict[str, Array]:
    return receptor.block(found.world.receptor, found.world.compound, found.state["free_brain"][..., 0], voltage)


def _bands(values: Array) -> Array:
    return np.quantile(values.reshape(-1, values.shape[-1]), QUANTILES, axis=0)


def _hourly(dose: Array, drawn: pipeline.World, streams: Streams) -> Array:
    one = np.arange(EXAMPLES)[None]
    first = range(1)
    own = pipeline.persons(pipeline.first_of(drawn), pipeline.of_people(streams, first, one))
    by_hour = np.zeros((1, EXAMPLES, HOURS))
    by_hour[0, :, ::24] = dose[:, : HOURS // 24]
    return exposure.concentration(own.exposure, by_hour, 1.0)[0][0]
