"""What the trials, their pool and the controls say, looked at like a number of a ledger.

A trial is put through its own error and pooled anew; a prior is put through its width, the spread of the next trial
through its range. The chain's answer stands as it is, so that what moves is the other side of the verdict.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.chain import pipeline, quick, verdict
from leao.chain.preventives import control_status
from leao.chain.scenario import Scenario
from leao.chain.verdict_numbers import CONTROLS, HALF, TRIALS
from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError
from leao.core.number_statement import BY_LEAO, entry
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.cortex import controls
from leao.evidence import effects, pooling, published_trials, scepticism
from leao.evidence.effects import Effect
from leao.evidence.mixture import Posterior, posterior

Array = NDArray[np.float64]

RATIO = {"key": "rate_ratio", "label": "ratio of attack rates by the chain, median and 90 %", "scale": 1.0}
AT_LEAST_HALF = {
    "key": "p_at_least_half",
    "label": "chance that it carries at least half of what the trials show, %",
    "scale": 100.0,
}
POOLED = {"key": "pooled", "label": "pooled ratio of attack rates, median and 95 %", "scale": 1.0}
FEWER = {"key": "p_fewer", "label": "chance of fewer attacks at all, %", "scale": 100.0}
NEXT = {"key": "p_next_trial", "label": "chance that the next trial succeeds, neutral prior, %", "scale": 100.0}
SCEPTIC = {"key": "p_next_sceptical", "label": "the same, sceptical prior, %", "scale": 100.0}
WIDTH, P_FEWER, DIFFERENCE, RATE, SD = (
    "prior.log_ratio_sd", "trials.p_fewer", "trials.difference", "trials.rate_ratio", "next_trial.sd_change",
)  # fmt: skip
NAMED = (WIDTH, P_FEWER, DIFFERENCE, RATE, SD, TRIALS, HALF, CONTROLS)
EVERY = 3  # of the widths of the prior that the slider has
WIDE = "width (SD) of the prior of ln(ratio): 1 is neutral, 0.2 sceptical"


class Sides(NamedTuple):
    """Both answers of the verdict in its draws: the chain's, and the uniforms of the trials'."""

    logs: Array
    uniforms: Array


def known(name: str) -> bool:
    """Return whether a name is of a number that this module looks at."""
    return name in NAMED or name.startswith("trials.")


def number(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return what a number of the trials, of a prior or of the controls is, and the verdict over its range.

    Raises:
        ScenarioError: no such trial.
    """
    if name == CONTROLS:
        return _controls(scenario)
    if name in (RATE, TRIALS):
        return _ratio(scenario, name)
    if name in (WIDTH, P_FEWER, HALF):
        return _prior(scenario, name)
    if name == SD:
        return _next_trial()
    return _difference() if name == DIFFERENCE else _trial(scenario, name.partition(".")[2])


def listed(names: tuple[str, ...]) -> list[dict[str, str]]:
    """Return numbers that another comes from, to be opened in their turn."""
    return [
        {"key": name, "label": LABELS.get(name, name.partition(".")[2].replace("_", " ") or name)} for name in names
    ]


LABELS = {
    "chain.free_brain_uM": "free memantine in brain",
    "chain.block_percent": "share of the current blocked",
    "chain.threshold_relative": "threshold of a wave over no drug",
    "chain.fewer_percent": "fewer attacks by way of the wave",
    "exposure.free_brain_ratio": "free in brain over plasma",
    "urine_ph": "urine pH",
    "receptor.magnesium": "Mg2+ at the channel",
    "link.slope": "slope of the link",
    WIDTH: "width of the prior",
    SD: "spread of the change between patients",
}


def _from_ledger(name: str, key: str, label: str) -> dict[str, Any]:
    read = ledger.read("evidence").numbers[name]
    return read._asdict() | {
        "reference": bibliography.reference(read.source),
        "key": key,
        "label": label,
        "fixed": None,
    }


def _sides(scenario: Scenario) -> Sides:
    drawn = quick.draw(scenario, quick.OVER_TRIALS)
    streams = Streams(scenario.seed, scenario.name)
    uniforms = streams.per_trial(f"evidence.{verdict.HEADLINE}", range(quick.OVER_TRIALS))[:, 0]
    return Sides(pipeline.observed_log_ratio(drawn.world, drawn.state), uniforms)


def _pool(sides: Sides, seen: list[Effect], sd: float | None = None) -> dict[str, Any]:
    """Return the pool of these effects, under the neutral prior or one of another width, and the verdict beside it."""
    belief = pooling.prior("log_ratio", verdict.HEADLINE)
    said = posterior(seen, belief if sd is None else belief._replace(sd=sd))
    ratio = pooling.ratio(said)
    return {
        "pooled": {"median": ratio["estimate"], "p05": ratio["low"], "p95": ratio["high"]},
        "p_fewer": float(said.below(np.array([0.0]))[0]),
        "p_at_least_half": verdict.at_least_half(sides.logs, said.draw(sides.uniforms)),
    }


def _trials() -> tuple[str, ...]:
    return tuple(f"trials.{effect.trial}" for effect in pooling.observed("log_ratio"))


def _trial(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return the ratio of one pooled trial, and pool and verdict over its own error."""
    pooled = {effect.trial: effect for effect in pooling.observed("log_ratio")}
    if name not in pooled:
        hint = ledger.nearest(name, sorted(pooled))
        raise ScenarioError(f"number: found 'trials.{name}', wanted one of the pooled trials{hint}")
    effect, trial, sides = pooled[name], published_trials.read(name), _sides(scenario)
    rows = []
    for place in quick.OVER:
        log_ratio = effect.estimate + effect.error * float(ndtri(place))
        seen = [each._replace(estimate=log_ratio) if each is effect else each for each in pooled.values()]
        rows.append({"quantile": place, "value": float(np.exp(log_ratio))} | _pool(sides, seen))
    carried, _, _ = effects.ends(trial)
    stated = entry(f"trials.{name}", f"ratio of attack rates in {name}", "", float(np.exp(effect.estimate))) | {
        "source": trial.source,
        "reference": bibliography.reference(trial.source),
        "where": "; ".join(part for part in (trial.where, carried.where) if part),
        "uncertainty": {"dist": "normal on the logarithm", "sd_log": effect.error},
        "note": "derived from what the trial printed: the equation stands in leao.evidence.effects",
    }
    return {"number": stated, "over": rows, "plots": [POOLED, AT_LEAST_HALF], "comes_from": []}


def _ratio(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return the pooled ratio, or the fall in percent, and the verdict if it were known."""
    said, sides, percent = pooling.empirical()[verdict.HEADLINE], _sides(scenario), name == TRIALS

    def shown(log_ratio: float) -> float:
        return float(-100.0 * np.expm1(log_ratio) if percent else np.exp(log_ratio))

    rows = []
    for place in quick.OVER:
        log_ratio = said.quantile(place)
        half = verdict.at_least_half(sides.logs, np.full(sides.logs.shape, log_ratio))
        rows.append({"quantile": place, "value": shown(log_ratio), "p_at_least_half": half})
    middle, *ends = (shown(log_ratio) for log_ratio in said.middle(0.95))
    label = "fewer attacks, as the pooled trials show" if percent else "ratio of attack rates, trials pooled"
    stated = entry(name, label, "%" if percent else "", middle) | {
        "source": f"{BY_LEAO} from the trials below",
        "where": "leao evidence synthesis: random effects, neutral prior",
        "uncertainty": {"dist": "posterior, 95 %", "low": min(ends), "high": max(ends)},
    }
    rows.sort(key=lambda row: row["value"])
    return {"number": stated, "over": rows, "plots": [AT_LEAST_HALF], "comes_from": listed((*_trials(), WIDTH))}


def _prior(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return the width of the prior, or a probability under it, over the widths from neutral to beyond sceptical."""
    seen, sides = pooling.observed("log_ratio"), _sides(scenario)
    widths = sorted(row["prior_sd_log_ratio"] for row in scepticism.rows()[::EVERY])
    rows = [{"quantile": None, "value": sd} | _pool(sides, seen, sd) for sd in widths]
    now = _pool(sides, seen)
    if name == WIDTH:
        stated, plots = _from_ledger("log_ratio_neutral_sd", name, WIDE), [POOLED, AT_LEAST_HALF]
    else:
        key, label = ("p_fewer", "chance of fewer attacks at all") if name == P_FEWER else (
            "p_at_least_half", "chance that the chain carries at least half of what the trials show",
        )  # fmt: skip
        where = "share of the draws of both answers" if name == HALF else "leao evidence synthesis: neutral prior"
        stated = entry(name, label, "%", 100.0 * now[key]) | {"where": where, "over": WIDE}
        plots = [FEWER] if name == P_FEWER else [AT_LEAST_HALF]
    rests_on = _trials() if name != HALF else (*_trials(), "chain.fewer_percent")
    return {"number": stated, "over": rows, "plots": plots, "comes_from": listed(rests_on)}


def _next_trial() -> dict[str, Any]:
    """Return the spread of the change in the next trial, and its chance over that spread."""
    stated = _from_ledger("next_trial_sd_change", SD, "SD between patients of the change in attacks per 28 days")
    values = quantile(stated["uncertainty"], stated["value"], np.array(quick.OVER)).tolist()
    said = {
        name: posterior(pooling.observed("difference"), pooling.prior("difference", name)) for name in pooling.PRIORS
    }
    rows = [
        {
            "quantile": place,
            "value": sd,
            "p_next_trial": pooling.success(said["neutral"], sd),
            "p_next_sceptical": pooling.success(said["sceptical"], sd),
        }
        for place, sd in zip(quick.OVER, values, strict=True)
    ]
    return {"number": stated, "over": rows, "plots": [NEXT, SCEPTIC], "comes_from": listed((DIFFERENCE,))}


def _difference() -> dict[str, Any]:
    """Return the pooled difference, and the chance of the next trial if it were known but for the spread of trials."""
    said = posterior(pooling.observed("difference"), pooling.prior("difference", verdict.HEADLINE))
    rows = []
    for place in quick.OVER:
        value = said.quantile(place)
        sure = Posterior(said.weight, np.full_like(said.centre, value), np.zeros_like(said.spread), said.tau)
        rows.append({"quantile": place, "value": value, "p_next_trial": pooling.success(sure)})
    middle, low, high = said.middle(0.95)
    stated = entry(DIFFERENCE, "difference in attacks per 28 days, trials pooled", "", middle) | {
        "where": "leao evidence synthesis: random effects, neutral prior",
        "uncertainty": {"dist": "posterior, 95 %", "low": low, "high": high},
    }
    return {"number": stated, "over": rows, "plots": [NEXT], "comes_from": listed((SD,))}


def _controls(scenario: Scenario) -> dict[str, Any]:
    """Return how the controls at both ends came out; the verdict's numbers do not depend on them, its trust does."""
    rows = controls.rows({name: list(controls.shipped(name)) for name in scenario.cortex.carry})
    cortex = [
        each | {"preset": row["preset"], "key": f"controls.{row['preset']}.{place}"}
        for row in rows
        for place, each in enumerate(row["controls"])
    ]
    counts = Counter(each["status"] for each in cortex)
    words = ", ".join(f"{counts[status]} {status}" for status in ("passed", *verdict.WORST) if counts[status])
    stated = entry(CONTROLS, "controls of the cortex", "", float(len(cortex))) | {
        "words": words,
        "where": "leao cortex qualify; the clinical end: leao preventives",
        "note": f"Clinical end, other preventives each left out in turn: {control_status()}. Where a control did not "
        "pass, the numbers are shown and not vouched for; no number of the verdict is computed from a control.",
    }
    return {"number": stated, "over": [], "plots": [], "comes_from": [], "controls": cortex}
