"""The chain at once, for sliders: stages 1 to 5 from the shipped maps over the first draws of the ensemble.

It is the head of what ``leao run`` computes, with the same random numbers: the same stages, the same map, fewer draws;
no wave is solved, no diary written and no trial simulated. So it says "quick", and a run replaces it.

Numbers that the scenario holds fixed hold for every draw. ``verdict_over`` puts one number through its own
uncertainty and recomputes all that follows from it, through map and link.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain import fixed, pipeline, preventives, readings, verdict
from leao.chain.answer_exposure import people
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario, ceiling_mg_per_day, changed
from leao.chain.sensitivity import LABELS
from leao.core import bibliography, ledger
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.core.units import DAYS_PER_WEEK
from leao.cortex import controls
from leao.dosing import adherence, regimen
from leao.evidence import pooling
from leao.exposure import person
from leao.receptor import equilibrium_block as receptor

Array = NDArray[np.float64]

TRIALS = 300  # draws of what is not known
OVER = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)  # quantiles of a number's own uncertainty
OVER_TRIALS = 200
SLOPE = fixed.SLOPE  # kappa times the slope of the read-out: the fall of ln(attacks) by ln(threshold)
LINK = "slope of the link: fall of ln(attacks) per rise of ln(threshold)"
STANDS_FOR = {  # the number of a ledger that says where it comes from
    "urine_ph": "renal.reference_ph", "creatinine_clearance": "renal.reference_creatinine_clearance",
    SLOPE: "headache.kappa", "adherence": "regimen.adherence", "dose": "regimen.ceiling",
}  # fmt: skip
DOSES, ADHERENCE, POINTS = (1.0, 40.0), 0.3, 9  # ends of the sliders, and values in between that are judged
INTERVALS = (0.95, 0.90)
MOVED = ("exposure.clearance", "exposure.free_brain_ratio", "receptor.magnesium")  # beside dose and adherence


class Drawn(NamedTuple):
    """The draws and what the stages wrote for them."""

    world: pipeline.ParameterDraw
    state: dict[str, Array]


def answer(scenario: Scenario, trials: int = TRIALS) -> dict[str, Any]:
    """Return every box of the chain and the verdict.

    Args:
        scenario: the question, with the numbers that it holds fixed.
        trials: draws of what is not known.

    Raises:
        ScenarioError: a number that the chain does not read.
    """
    drawn = draw(scenario, trials)
    logs = pipeline.observed_log_ratio(drawn.world, drawn.state)
    empirical = published(scenario, trials)
    shipped = {name: list(controls.shipped(name)) for name in scenario.cortex.carry}
    rows = {name: list(listed["controls"]) for name, listed in _by_preset(shipped).items()}
    share = adherence.mean_share(drawn.world.taking, regimen.share_taken(drawn.world.regimen))
    odds = drawn.state["block_odds"]
    ratio = np.exp(logs)
    rat = readings.rat_logs(drawn.world, Streams(scenario.seed, scenario.name), logs.size)
    return {
        "quick": True,
        "scenario": scenario.name,
        "trials": trials,
        "fixed": dict(scenario.fixed),
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
        "verdict": verdict.judge(logs, {}, empirical, verdict.ends(rows, preventives.control_status()), rat),
        "controls": rows,
        "densities": _densities(logs, empirical),
    }


def verdict_over(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return what a number is, and the verdict over the range of its own uncertainty, all else as it was.

    Args:
        scenario: the question.
        name: ``exposure.clearance``; ``urine_ph``, ``link.slope``, ``dose`` or ``adherence``, over the slider's range.

    Raises:
        ScenarioError: a number that the chain does not draw.
    """
    arm, ends = f"arms.{scenario.active_arm}", _ends(scenario)
    number = fixed.number(STANDS_FOR.get(name, name))
    entry: dict[str, Any] = number._asdict() | {
        "reference": bibliography.reference(number.source),
        "key": name,
        "label": LABELS.get(name, name.partition(".")[2].replace("_", " ") or name),
        "fixed": scenario.fixed.get(name),
    }
    if name in ends:
        low, middle, high, label, unit = ends[name]
        entry |= {"value": middle, "label": label, "unit": unit}
        at, values = [None] * POINTS, np.linspace(low, high, POINTS).tolist()
    else:
        spread = number.uncertainty
        at = [] if spread is None else list(OVER)
        values = [] if spread is None else quantile(spread, number.value, np.array(OVER)).tolist()
    rows = []
    for place, value in zip(at, values, strict=True):
        asked = _with(scenario, name, value, arm)
        rows.append({"quantile": place, "value": value} | _judged(asked))
    return {"number": entry, "over": rows, "now": _judged(scenario)}


def _with(scenario: Scenario, name: str, value: float, arm: str) -> Scenario:
    """Return the scenario with one number at a value."""
    if name == "dose":
        research = {"setting": "research"} if value > ceiling_mg_per_day() else {}
        return changed(scenario, {f"{arm}.dose": f"{value:.6g} mg"} | research)
    if name == "adherence":
        return changed(scenario, {f"{arm}.adherence": value})
    return scenario.model_copy(update={"fixed": {**scenario.fixed, name: value}})


def _judged(scenario: Scenario) -> dict[str, Any]:
    drawn = draw(scenario, OVER_TRIALS)
    logs = pipeline.observed_log_ratio(drawn.world, drawn.state)
    head = published(scenario, OVER_TRIALS)[verdict.HEADLINE]
    return {"rate_ratio": _spread(np.exp(logs)), "p_at_least_half": verdict.at_least_half(logs, head.draws)}


def draw(scenario: Scenario, trials: int) -> Drawn:
    """Return the first draws of the scenario's ensemble."""
    asked = chain(scenario, scenario.cortex.carry)
    streams, places = Streams(scenario.seed, scenario.name), range(trials)
    drawn_people = people(streams, places, asked)
    return Drawn(drawn_people, pipeline.month_end(drawn_people, asked.plan, DAYS_PER_WEEK * scenario.trial.weeks))


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
    return _published(scenario.seed, scenario.name, draws)


@lru_cache(8)  # a slider asks for the same again and again
def _published(seed: int, name_of_run: str, draws: int) -> dict[str, verdict.Evidence]:
    streams = Streams(seed, name_of_run)
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
        number = fixed.number(key)
        low, middle, high = quantile(number.spread(), number.value, np.array([0.01, 0.5, 0.99])).tolist()
        label = LABELS.get(key, number.name.replace("_", " "))
        rows.append({"key": key, "label": label, "unit": number.unit, "low": low, "value": middle, "high": high})
    for key, (low, middle, high, label, unit) in _ends(scenario).items():
        if key in (*fixed.OF_PEOPLE, SLOPE):
            rows.append({"key": key, "label": label, "unit": unit, "low": low, "value": middle, "high": high})
    return rows


def _ends(scenario: Scenario) -> dict[str, tuple[float, float, float, str, str]]:
    """Return low, usual and high value, label and unit of the numbers whose range is no ledger's."""
    _, known = person.central()
    arm = scenario.arms[scenario.active_arm]
    free = scenario.model_copy(update={"fixed": {}})
    slope = np.quantile(pipeline.trigger_slope(draw(free, OVER_TRIALS).world), [0.01, 0.5, 0.99]).tolist()
    usual = fixed.number("regimen.adherence").value if arm.adherence is None else arm.adherence
    most = DOSES[1] if scenario.setting == "research" else ceiling_mg_per_day()
    return {
        "urine_ph": (known.acid_ph, known.reference_ph, known.alkaline_ph, "urine pH of everybody", ""),
        SLOPE: (slope[0], slope[1], 2.0 * slope[2], LINK, ""),
        "dose": (DOSES[0], arm.most_mg_per_day, most, "dose, once daily", "mg"),
        "adherence": (ADHERENCE, usual, 1.0, "share of tablets taken", ""),
    }
