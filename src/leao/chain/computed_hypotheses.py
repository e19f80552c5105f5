"""The hypotheses beyond plain block as a screen offers them, and the size of each over its range.

A size is held in every draw with its hypothesis switched on, beside those that the scenario switches on; worlds, people
and plasma levels stay as they are, and all that follows is computed anew.
"""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from leao.chain import pipeline, quick, verdict
from leao.chain.answer_exposure import people
from leao.chain.computed_trials import AT_LEAST_HALF, RATIO
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario
from leao.core import bibliography
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.core.units import DAYS_PER_WEEK
from leao.exposure.options import ExposureOptions
from leao.receptor import hypotheses

STAGE = "hypotheses"


def listed() -> list[dict[str, Any]]:
    """Return every hypothesis: what it says, after which dosing, whose, its stage, and the numbers that size it."""
    in_blood = get_args(get_args(ExposureOptions.model_fields[STAGE].annotation)[0])
    return [
        {
            "name": name,
            "what": entry.what,
            "regimen": entry.regimen,
            "reference": bibliography.reference(entry.source) or entry.source,
            "stage": "exposure" if name in in_blood else "receptor",
            "sizes": [f"{STAGE}.{key}" for key in hypotheses.SIZED_BY[name]],
        }
        for name, entry in hypotheses.HYPOTHESES.items()
    ]


def number(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return the size of a hypothesis and the verdict over its range, with that hypothesis switched on.

    Raises:
        ScenarioError: no hypothesis is sized by it.
    """
    key = name.partition(".")[2]
    switch = next((each for each, keys in hypotheses.SIZED_BY.items() if key in keys), None)
    if switch is None:
        known = ", ".join(f"{STAGE}.{each}" for keys in hypotheses.SIZED_BY.values() for each in keys)
        raise ScenarioError(f"number: found {name!r}, wanted one of {known}")
    read = next(each for each in hypotheses.numbers(switch) if each.name == key)
    request, trials = chain(scenario, scenario.cortex.carry), range(quick.OVER_TRIALS)
    streams = Streams(scenario.seed, scenario.name)
    plain = people(streams, trials, request._replace(switches=()))
    plasma = pipeline.month_end(plain, request.plan, DAYS_PER_WEEK * scenario.trial.weeks)["plasma_concentration"]
    sizes, switches = pipeline.drawn_sizes(streams, trials), tuple(dict.fromkeys((*request.switches, switch)))
    empirical = quick.published(scenario, quick.OVER_TRIALS)[verdict.HEADLINE].draws
    values = [] if read.uncertainty is None else quantile(read.uncertainty, read.value, np.array(quick.OVER)).tolist()
    rows = []
    for place, value in zip(quick.OVER, values, strict=False):
        held = sizes._replace(**{key: np.full((len(trials), 1), value)})
        world = pipeline.assume(plain, held, switches)
        logs = pipeline.observed_log_ratio(world, pipeline.from_plasma(world, plasma))
        half, ratio = verdict.at_least_half(logs, empirical), verdict.distribution(np.exp(logs))
        rows.append({"quantile": place, "value": value, "rate_ratio": ratio, "p_at_least_half": half})
    stated = read._asdict() | {
        "key": name,
        "label": f"{key.replace('_', ' ')}: {hypotheses.HYPOTHESES[switch].what}",
        "over": key.replace("_", " "),
        "reference": bibliography.reference(read.source),
        "fixed": None,
    }
    return {"number": stated, "over": rows, "plots": [RATIO, AT_LEAST_HALF], "comes_from": []}
