"""The chain at once, for sliders: stages 1 to 5 from the shipped maps over the first draws of the ensemble.

It is the head of what ``leao run`` computes, with the same random numbers: the same stages, the same map, fewer draws;
no wave is solved, no diary written and no trial simulated. So it says "quick", and a run replaces it.

Fixed numbers hold for every draw and are not drawn any more. ``verdict_over`` puts one number through its own
uncertainty and recomputes all that follows from it, through map and link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline, preventives, verdict
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario
from leao.chain.sensitivity import LABELS
from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.core.units import convert
from leao.cortex import controls
from leao.dosing import adherence, regimen
from leao.evidence import pooling
from leao.exposure import person
from leao.headache import link as headache
from leao.receptor import hypotheses
from leao.receptor import model as receptor

Array = NDArray[np.float64]

TRIALS = 300  # draws of what is not known
PEOPLE = 8  # of each draw, as in a run
OVER = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)  # quantiles of a number's own uncertainty
OVER_TRIALS = 200
OF_PEOPLE = ("urine_ph", "creatinine_clearance")  # known of everybody, in place of healthy adults'
SLOPE = "link.slope"  # kappa times the slope of the read-out: the fall of ln(attacks) by ln(threshold)
INTERVALS = (0.95, 0.90)
MOVED = ("exposure.clearance", "exposure.free_brain_ratio", "receptor.magnesium")  # beside dose and adherence
Fixed = Mapping[str, float]


class Drawn(NamedTuple):
    """The draws and what the stages wrote for them."""

    world: pipeline.ParameterDraw
    state: dict[str, Array]


def answer(scenario: Scenario, fixed: Fixed, trials: int = TRIALS) -> dict[str, Any]:
    """Return every box of the chain and the verdict.

    Args:
        scenario: the question.
        fixed: numbers that are known, in their ledger's unit: ``{"exposure.clearance": 5.2, "urine_ph": 6.5}``.
        trials: draws of what is not known.

    Raises:
        ScenarioError: a number that the chain does not draw.
    """
    drawn = draw(scenario, fixed, trials)
    logs = pipeline.observed_log_ratio(drawn.world, drawn.state)
    empirical = published(scenario, trials)
    shipped = {name: list(controls.shipped(name)) for name in scenario.cortex.carry}
    rows = {name: list(listed["controls"]) for name, listed in _by_preset(shipped).items()}
    share = adherence.mean_share(drawn.world.taking, regimen.share_taken(drawn.world.regimen))
    odds = drawn.state["block_odds"]
    ratio = np.exp(logs)
    return {
        "quick": True,
        "scenario": scenario.name,
        "trials": trials,
        "fixed": dict(fixed),
        "regimen": {"words": scenario.asked, "share_taken_percent": _spread(100.0 * share)},
        "exposure": {
            "plasma_ng_per_mL": _spread(drawn.state["plasma_concentration"]),
            "free_brain_uM": _spread(drawn.state["free_brain"]),
        },
        "receptor": {"mixture_block_percent": _spread(100.0 * odds / (1.0 + odds)), "by_subtype": _subtypes(drawn)},
        "cortex": {"threshold_relative": _spread(drawn.state["threshold_relative"])},
        "headache": {
            "trigger_slope": _spread(pipeline.trigger_slope(drawn.world)),
            "rate_ratio": _spread(ratio),
        },
        "trial": {"fewer_attacks_percent": _spread(100.0 * (1.0 - ratio))},
        "verdict": verdict.judge(logs, {}, empirical, verdict.ends(rows, preventives.control_status())),
        "controls": rows,
        "densities": _densities(logs, empirical),
    }


def verdict_over(scenario: Scenario, fixed: Fixed, name: str) -> dict[str, Any]:
    """Return what a number is, and the verdict over the range of its own uncertainty, all else as it was.

    Raises:
        ScenarioError: a number that the chain does not draw.
    """
    number = _known(name)
    entry: dict[str, Any] = number._asdict() | {
        "reference": bibliography.reference(number.source),
        "key": name,
        "label": LABELS.get(name, number.name.replace("_", " ")),
    }
    rows = []
    if number.uncertainty is not None:
        values = quantile(number.uncertainty, number.value, np.array(OVER))
        for at, value in zip(OVER, values.tolist(), strict=True):
            rows.append({"quantile": at, "value": value} | _judged(scenario, {**fixed, name: value}))
    return {"number": entry, "over": rows, "now": _judged(scenario, fixed)}


def _judged(scenario: Scenario, fixed: Fixed) -> dict[str, Any]:
    drawn = draw(scenario, fixed, OVER_TRIALS)
    logs = pipeline.observed_log_ratio(drawn.world, drawn.state)
    head = published(scenario, OVER_TRIALS)[verdict.HEADLINE]
    return {"rate_ratio": _spread(np.exp(logs)), "p_at_least_half": verdict.at_least_half(logs, head.draws)}


def draw(scenario: Scenario, fixed: Fixed, trials: int) -> Drawn:
    """Return the first draws of the scenario's ensemble, with the fixed numbers in place of drawn ones."""
    asked = chain(scenario, scenario.cortex.carry)
    streams, places = Streams(scenario.seed, scenario.name), range(trials)

    def uniform(name: str) -> Array:
        return streams.per_trial(f"world.{name}", places)

    plain = _settled(pipeline.world(uniform, asked._replace(switches=())), fixed)
    sizes = hypotheses.sizes(lambda key: uniform(f"hypotheses.{key}")) if asked.switches else None
    world = pipeline.assume(plain, sizes, asked.switches)
    people = _people(world, lambda name: streams.per_trial(f"steady.{name}", places, PEOPLE), fixed)
    people = asked.plan.adopted(people)
    return Drawn(people, pipeline.month_end(people, asked.plan, 7 * scenario.trial.weeks))


def _people(world: pipeline.ParameterDraw, uniform: Callable[[str], Array], fixed: Fixed) -> pipeline.ParameterDraw:
    """Return people, their kidneys and urine as fixed where they are."""
    habits = ledger.individuals(ledger.read("regimen"), world.regimen, lambda key: uniform(f"regimen.{key}"))
    known = person.Known(**{name: fixed[name] for name in OF_PEOPLE if name in fixed})
    return world._replace(regimen=habits, exposure=person.draw(world.exposure, world.renal, uniform, known).levels)


def _settled(world: pipeline.ParameterDraw, fixed: Fixed) -> pipeline.ParameterDraw:
    for name, value in fixed.items():
        if name in OF_PEOPLE:
            continue
        if name == SLOPE:
            link = world.headache._replace(kappa=value)
            world = world._replace(headache=link, read_outs=headache.Slopes(1.0, 1.0))
            continue
        number, (stage, key) = _known(name), name.split(".", 1)
        params = getattr(world, stage)
        unit = get_args(get_type_hints(type(params), include_extras=True)[key])[1]
        settled = params._replace(**{key: convert(value, number.unit, unit)})
        world = world._replace(**{stage: settled})
    return world._replace(cortex=world.cortex._replace(share=world.receptor.share_2C_2D))


def _known(name: str) -> ledger.Number:
    stage, _, key = name.partition(".")
    if stage in pipeline.LEDGERS:
        numbers = ledger.read(pipeline.LEDGERS[stage][0]).numbers
        if key in numbers:
            return numbers[key]
    known = [f"{stage}.{key}" for stage, (led, _) in pipeline.LEDGERS.items() for key in ledger.read(led).numbers]
    raise ScenarioError(f"number: found {name!r}, wanted one of the chain's{ledger.nearest(name, known)}")


def numbers() -> dict[str, list[dict[str, Any]]]:
    """Return every number of the chain by stage, as the ledgers have it."""
    return {
        stage: [
            number._asdict() | {"key": f"{stage}.{key}", "label": LABELS.get(f"{stage}.{key}", key.replace("_", " "))}
            for key, number in ledger.read(name).numbers.items()
        ]
        for stage, (name, _) in pipeline.LEDGERS.items()
    }


def published(scenario: Scenario, draws: int) -> dict[str, verdict.Evidence]:
    """Return what the published trials say, in the draws that a run pairs with these."""
    streams = Streams(scenario.seed, scenario.name)
    out = {}
    for name, said in pooling.empirical().items():
        u = streams.per_trial(f"evidence.{name}", range(draws))[:, 0]
        out[name] = verdict.Evidence(said.draw(u), said.quantile(0.5), *(said.interval(share) for share in INTERVALS))
    return out


def _by_preset(shipped: Mapping[str, list[controls.Control]]) -> dict[str, Any]:
    return {row["preset"]: row for row in controls.rows(dict(shipped))}


def _subtypes(drawn: Drawn) -> dict[str, Any]:
    free, voltage = drawn.state["free_brain"][..., 0], -66.0
    blocks = receptor.block(drawn.world.receptor, drawn.world.compound, free, voltage)
    return {name: _spread(100.0 * blocks[name]) for name in receptor.SUBTYPES}


def _densities(logs: Array, empirical: Mapping[str, verdict.Evidence]) -> dict[str, list[float]]:
    """Return the draws of both answers as rate ratios, for a picture of them side by side."""
    return {"mechanistic": np.exp(logs).tolist()} | {
        name: np.exp(said.draws).tolist() for name, said in empirical.items()
    }


def _spread(values: Array) -> dict[str, float | None]:
    return verdict.distribution(np.ravel(np.asarray(values)))


def sliders(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the numbers that a screen lets somebody move, with the range of what is known of each."""
    rows = []
    for key in MOVED:
        number = _known(key)
        low, middle, high = quantile(number.uncertainty or {}, number.value, np.array([0.01, 0.5, 0.99])).tolist()
        label = LABELS.get(key, number.name.replace("_", " "))
        rows.append({"key": key, "label": label, "unit": number.unit, "low": low, "value": middle, "high": high})
    known = person.central()[1]
    rows.append(
        {"key": "urine_ph", "label": "urine pH of everybody", "unit": "", "low": known.acid_ph,
         "value": known.reference_ph, "high": known.alkaline_ph}
    )  # fmt: skip
    slope = pipeline.trigger_slope(draw(scenario, {}, OVER_TRIALS).world)
    low, middle, high = np.quantile(slope, [0.01, 0.5, 0.99]).tolist()
    label = "slope of the link: fall of ln(attacks) per rise of ln(threshold)"
    rows.append({"key": SLOPE, "label": label, "unit": "", "low": low, "value": middle, "high": 2.0 * high})
    return rows
