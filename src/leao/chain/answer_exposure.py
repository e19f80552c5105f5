"""Answers 1 and 2: levels in plasma and brain, and what they block."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline, stage_numbers
from leao.chain.link_chain import chain
from leao.chain.scenario import ASSUMED, Scenario, ceiling_mg_per_day
from leao.chain.verdict import distribution
from leao.core import ledger
from leao.core.random import Streams
from leao.core.runs import Fields
from leao.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK, HOURS_PER_DAY
from leao.cortex import threshold_map
from leao.dosing import adherence, regimen
from leao.dosing.schedule import Schedule, planned, preset, words
from leao.exposure import plasma_and_brain as exposure
from leao.plan import regimen_check
from leao.receptor import equilibrium_block as receptor
from leao.receptor import hypotheses

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
POINTS = (-66.0, -40.0, -20.0, 0.0)  # mV, where the block is printed
LEVELS = (-66.0, -20.0)  # mV, where the block is drawn against concentration
VOLTAGES = np.arange(-90.0, 21.0, 2.0)  # mV
CONCENTRATIONS = np.geomspace(0.01, 100.0, 61)  # uM
SHOWN = range(200)  # trials whose days are drawn
PEOPLE = 8  # people of each trial in the drawn days and at steady state
EXAMPLES = 5
HOURS = 14 * int(HOURS_PER_DAY)
SETTLED = 0.01  # of the level at steady state


class Steady(NamedTuple):
    """Stages 1 to 5 over worlds and people, at the end of treatment: the mean of its last 28 days."""

    world: pipeline.ParameterDraw
    state: dict[str, Array]


def steady(scenario: Scenario, streams: Streams, trials: range, presets: tuple[str, ...]) -> Steady:
    """Return the chain over the last 28 days under the active arm's schedule, (trial, subject, 1)."""
    asked = chain(scenario, presets)
    persons_drawn = people(streams, trials, asked)
    return Steady(persons_drawn, pipeline.month_end(persons_drawn, asked.plan, days(scenario)))


def people(streams: Streams, trials: range, asked: pipeline.ChainRequest) -> pipeline.ParameterDraw:
    """Return the worlds of ``trials`` with some people each, as the scenario has them."""
    drawn = pipeline.drawn_world(streams, trials, asked)
    persons_drawn = pipeline.persons(
        drawn, lambda name: streams.per_trial(f"steady.{name}", trials, PEOPLE), asked.fixed
    )
    return asked.plan.adopted(persons_drawn)


def regimen_answer(scenario: Scenario, answer: Steady) -> dict[str, Any]:
    """Return ``regimen`` of the summary: the schedule, the share of tablets taken, and what is to be said of them."""
    arm = scenario.arms[scenario.active_arm]
    shape = answer.state["free_brain"].shape[:2]
    share = np.broadcast_to(regimen.share_taken(answer.world.regimen), shape)
    last = planned(arm.schedule, days(scenario))[-DAYS_PER_MONTH:].sum(axis=1)
    return {
        "dose_mg_per_day": float(last.mean()),
        "share_taken": distribution(share),
        "schedule": [regimen_check.written(step) for step in arm.schedule],
        "words": words(arm.schedule),
        "preset": None if arm.preset is None else preset(arm.preset)._asdict(),
        "ceiling_mg_per_day": ceiling_mg_per_day(),
        "most_mg_per_day": arm.most_mg_per_day,
        "settled": bool(np.ptp(last) == 0.0 and _settled(answer, share, float(last[0]))),
        "notes": _notes(scenario, arm.schedule),
    }


def _settled(steady: Steady, share: Array, dose: float) -> bool:
    """Return whether the median person's mean level is within a hundredth of steady state."""
    taken = adherence.mean_share(steady.world.taking, share)
    steady_level = exposure.steady_mean(steady.world.exposure, dose) * taken
    left = np.median(np.abs(steady.state["plasma_concentration"][..., 0] - steady_level))
    return bool(left <= SETTLED * np.median(steady_level))


def _notes(scenario: Scenario, schedule: Schedule) -> list[dict[str, str]]:
    """Return what a reader must know of the schedule: titration skipped, beyond the ceiling, cut off by the trial."""
    rows = regimen_check.titration(schedule) if any(step.per_day for step in schedule) else []
    if any(step.per_day > ceiling_mg_per_day() for step in schedule):
        text = f"above {ceiling_mg_per_day():g} mg/day, the maximum of both labels: for simulation only"
        rows.insert(0, {"level": "stop", "what": text, "source": ledger.read("regimen").numbers["ceiling"].source})
    late = [step.from_day for step in schedule if step.from_day > days(scenario)]
    if late:
        text = f"the trial ends on day {days(scenario)}; steps of the schedule from day {late[0]} are not simulated"
        rows.append({"level": "note", "what": text, "source": ASSUMED})
    return rows


def days(scenario: Scenario) -> int:
    """Return the days of treatment."""
    return DAYS_PER_WEEK * scenario.trial.weeks


def exposure_answer(steady: Steady) -> dict[str, Any]:
    """Return ``exposure`` of the summary."""
    plasma = steady.state["plasma_concentration"]
    taken = adherence.mean_share(steady.world.taking, regimen.share_taken(steady.world.regimen))
    kidneys = ledger.read("renal").numbers["reference_creatinine_clearance"]
    people = f"healthy adults, creatinine clearance {kidneys.value:g} {kidneys.unit}"
    return {
        "plasma_ng_per_mL": distribution(plasma),
        "free_brain_uM": distribution(steady.state["free_brain"]),
        "as_in_a_plan": {
            "plasma_ng_per_mL": distribution(plasma / np.broadcast_to(taken, plasma.shape[:2])[..., None]),
            "what": f"every dose taken, as leao plan has it; {people}, where a plan whose kidneys were not answered "
            "takes anybody's",
        },
    }


def exposure_fields(scenario: Scenario, streams: Streams, answer: Steady, presets: tuple[str, ...]) -> Fields:
    """Return the days and hours of the active arm, and the steady levels of all people."""
    n_day, start, asked = days(scenario), scenario.trial.baseline_days, chain(scenario, presets)
    identity = np.broadcast_to(np.arange(PEOPLE), (len(SHOWN), PEOPLE))
    everybody = np.ones(identity.shape, bool)
    treated = pipeline.Cohort.scheduled(identity, everybody, asked.plan, (start + n_day, start))
    state = pipeline.treat(asked, treated, streams, SHOWN)
    state = {name: values[:, :, start:] for name, values in state.items()}
    return {
        "plasma_band": (("quantile", "day"), _bands(state["plasma_concentration"])),
        "free_brain_band": (("quantile", "day"), _bands(state["free_brain"])),
        "steady_plasma": (("person",), answer.state["plasma_concentration"].ravel()),
        "steady_free_brain": (("person",), answer.state["free_brain"].ravel()),
        "plasma_hourly": (("example", "hour"), _hourly(state["intakes_taken"][0, :EXAMPLES], asked, streams)),
        "quantile": (("quantile",), np.array(QUANTILES)),
        "day": (("day",), np.arange(n_day) + 1.0),
        "hour": (("hour",), np.arange(HOURS) + 1.0),
    }


def receptor_answer(steady: Steady) -> dict[str, Any]:
    """Return ``receptor`` of the summary: the median block and its 90 % range."""
    central = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)
    blocks = {voltage: _block(steady, voltage) for voltage in POINTS}
    bands = {
        subtype: {f"{voltage:g}mV": distribution(100.0 * blocks[voltage][subtype]) for voltage in POINTS}
        for subtype in receptor.SUBTYPES
    }
    medians = {subtype: {at: band["median"] for at, band in row.items()} for subtype, row in bands.items()}
    odds = steady.state["block_odds"]
    return {
        "block_percent": medians,
        "block_percent_band": bands,
        "magnesium_mM": central.magnesium,
        "mixture_block_percent": distribution(100.0 * odds / (1.0 + odds)),
        "key_voltage_mV": threshold_map.shape().reference_voltage,
    }


def receptor_fields(scenario: Scenario, answer: Steady) -> Fields:
    """Return block against voltage at the steady level, and against concentration at two voltages."""
    central = stage_numbers.with_fixed(
        ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers), "receptor", scenario.fixed
    )
    compound = ledger.params(ledger.read("receptor_posterior"), receptor.Compound)
    compound = stage_numbers.with_fixed(compound, "compound", scenario.fixed)
    central, compound = hypotheses.assume(central, compound, hypotheses.central(), scenario.switches)
    quantiles = (0.05, 0.5, 0.95)
    by_voltage = np.empty((len(quantiles), len(receptor.SUBTYPES), VOLTAGES.size))
    for column, voltage in enumerate(VOLTAGES):
        for row, share in enumerate(_block(answer, voltage).values()):
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


def _block(steady: Steady, voltage: float) -> dict[str, Array]:
    return receptor.block(steady.world.receptor, steady.world.compound, steady.state["free_brain"][..., 0], voltage)


def _bands(values: Array) -> Array:
    return np.quantile(values.reshape(-1, values.shape[-1]), QUANTILES, axis=0)


def _hourly(intakes: Array, asked: pipeline.ChainRequest, streams: Streams) -> Array:
    first = range(1)
    uniform = pipeline.of_people(streams, first, np.arange(EXAMPLES)[None])
    persons_drawn = pipeline.persons(pipeline.drawn_world(streams, first, asked), uniform, asked.fixed)
    n_day, n_intake = HOURS // int(HOURS_PER_DAY), intakes.shape[-1]
    by_hour = np.zeros((1, EXAMPLES, HOURS))
    by_hour[0, :, :: int(HOURS_PER_DAY) // n_intake] = intakes[:, :n_day].reshape(EXAMPLES, -1)
    at_end, _ = exposure.concentration(persons_drawn.exposure, by_hour, 1.0)
    return at_end[0]
