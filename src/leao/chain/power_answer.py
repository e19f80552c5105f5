"""The answer of ``leao trial``: a scenario's design played many times, and what its estimators make of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc

from leao.chain import effects, policies
from leao.chain.link_chain import chain as chain_of
from leao.chain.pipeline import PlannedIntake
from leao.chain.scenario import Scenario
from leao.core.cache import Kept
from leao.core.chunks import Columns
from leao.core.errors import ScenarioError, each_once
from leao.core.limits import MOST_SIZES
from leao.core.random import Streams
from leao.dosing.policies import Rules
from leao.dosing.schedule import places
from leao.dosing.schedule import planned as scheduled
from leao.trial import (
    designs,
    error_rates,
    n_of_1_characteristics,
    placebo_response,
    power_and_size,
    simulation,
    titration,
)
from leao.trial import sequences as plans
from leao.trial.estimators import METHODS
from leao.trial.monthly_counts import ENDPOINTS
from leao.trial.sequential import boundaries, planning
from leao.trial.sequential import simulated as looked
from leao.trial.sequential.planning import BoundaryWords

Array = NDArray[np.float64]
CURVE = 7  # sizes on a curve, besides those asked for
LEAST = 6  # patients per group, the smallest size on a curve
MOST = 100_000
LONGEST_SIZE = 9  # digits
LARGEST = (
    "type_1_error", "type_1_error_se", "bias", "bias_se", "coverage", "coverage_se", "bias_staying", "coverage_staying",
)  # fmt: skip
NEEDED = ("n_for_80_percent", "n_for_80_percent_se", "n_for_80_percent_below")
FEW = 0.1  # share of trials without an estimate from which on an estimator's error rate says little
_UNLIKELY = 0.025
HEADLINE = ("negative_binomial", "paired")  # the estimator quoted where none was asked for, by kind of design


class PowerRequest(NamedTuple):
    """What the user asks beyond the scenario."""

    effect: str | float = "mechanistic"
    sizes: tuple[int, ...] | None = None  # patients per group; None: the scenario's
    methods: tuple[str, ...] | None = None
    endpoint: str = "attacks"
    policy: titration.Policy | None = None  # a callable, instead of the policies that ship
    looks: BoundaryWords | None = None  # at the largest size


def sizes_of(text: str) -> tuple[int, ...]:
    """Return the sizes written as ``20,60,150``.

    Raises:
        ScenarioError: not whole numbers of patients.
    """
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if not (part.isascii() and part.isdecimal() and len(part) <= LONGEST_SIZE) or not 2 <= int(part) <= MOST:
            raise ScenarioError(
                f"--n: found {part!r}, wanted patients per group, whole numbers from 2 to {MOST}; write for example "
                "--n 20,60,150"
            )
    sizes = tuple(sorted(int(part) for part in parts))
    each_once("--n", sizes)
    if len(sizes) > MOST_SIZES:
        raise ScenarioError(f"--n: found {len(sizes)} sizes, wanted at most {MOST_SIZES}; ask for fewer")
    return sizes


def setting(scenario: Scenario, wish: PowerRequest, kept: Kept | None = None) -> simulation.Setting:
    """Return everything an ensemble needs.

    Raises:
        ScenarioError: an endpoint, estimator, dose or design that cannot be.
    """
    if wish.endpoint not in ENDPOINTS:
        raise ScenarioError(f"--endpoint: found {wish.endpoint!r}, wanted one of {', '.join(ENDPOINTS)}")
    ask = ensemble(scenario, wish, kept)
    for arm, doses in zip(scenario.active_arms, ask.planned[1:], strict=True):
        if not doses.any():
            raise ScenarioError(
                f"arms.{arm}.dose: found 0 mg/day, wanted a dose; write for example --set "
                f"arms.{scenario.active_arm}.dose='10 mg'"
            )
    return ask


def ensemble(scenario: Scenario, wish: PowerRequest, kept: Kept | None = None) -> simulation.Setting:
    """Return everything an ensemble needs, for ``leao run`` and ``leao trial``; a dose of 0 mg is placebo."""
    asked = wish.sizes or (scenario.trial.n_per_arm,)
    arms = (scenario.placebo_arm, *scenario.active_arms)
    settled = designs.settle(scenario.trial.model_copy(update={"n_per_arm": max(asked)}), arms, scenario.diary)
    chosen = wish.policy or policies.chosen(scenario)
    methods = simulation.suitable(settled, wish.methods)
    table = kept.table("calibration", settled, lambda: placebo_response.calibrate(settled)._asdict()) if kept else None
    calibration = placebo_response.Calibration(**table) if table else placebo_response.calibrate(settled)
    schedules = [scenario.arms[arm].schedule for arm in arms]
    width = math.lcm(*(places(schedule) for schedule in schedules))
    intakes = np.stack([scheduled(schedule, settled.days, width) for schedule in schedules])
    planned, streams = intakes.sum(axis=-1), Streams(scenario.seed, scenario.name)
    shares = effects.as_planned(settled, intakes) if chosen is None else effects.at_once(settled)
    several = len(scenario.active_arms) > 1  # doses side by side: every arm takes them in its own way
    plans = tuple(PlannedIntake.of(scenario.arms[arm]) for arm in arms) if several else ()
    routes = effects.trigeminal(scenario.headache, wish.effect)
    chain = effects.Mechanistic(streams, chain_of(scenario, scenario.cortex.carry), shares, plans, routes)
    effect = effects.build(wish.effect, settled, calibration, chain, float(planned.max()), kept)
    if isinstance(chosen, Rules):
        settled = titration.without_published_dropout(settled)
        planned = np.stack([np.zeros(settled.days), titration.first_doses(chosen, settled.days)])
    return simulation.Setting(
        design=settled,
        calibration=calibration,
        effect=effect,
        planned=planned,
        streams=streams,
        methods=methods,
        sizes=tuple(sorted({*curve_sizes(asked), *look_sizes(wish, max(asked))})),
        endpoint=wish.endpoint,
        policy=chosen,
    )


def look_sizes(wish: PowerRequest, n: int) -> tuple[int, ...]:
    """Return the patients per group at each look of the largest trial; none without looks.

    Raises:
        ScenarioError: looks that cannot be.
    """
    if wish.looks is None:
        return ()
    _, request = planning.settled(wish.looks)
    if request.looks[-1] != 1.0:
        raise ScenarioError("--looks: wanted the last look at 1, when everybody is followed; write for example 0.5,1")
    return looked.sizes(n, request.looks)


def curve_sizes(asked: tuple[int, ...]) -> tuple[int, ...]:
    """Return the sizes asked for with others between a small one and the largest, evenly spaced in sqrt(n)."""
    most = max(asked)
    floor = LEAST if most > LEAST else max(2, most // 2)
    least = min(min(asked), max(floor, most // 8))
    grid = np.rint(np.linspace(np.sqrt(least), np.sqrt(most), CURVE) ** 2).astype(int)
    return tuple(sorted({*asked, *(int(n) for n in grid)}))


def answer(
    ask: simulation.Setting, wish: PowerRequest, rows: Columns, trials: Columns, scenario: Scenario
) -> dict[str, Any]:
    """Return the keys of contract ``leao trial``, the figures of every estimator and size beside them."""
    named = wish.methods[0] if wish.methods else next(name for name in HEADLINE if name in ask.methods)
    asked = wish.sizes or (scenario.trial.n_per_arm,)
    comparison = power_and_size.labels(ask, named)[-1]
    every = {name: power_and_size.by_comparison(ask, rows, trials, name) for name in ask.methods}
    repeats = len(trials["trial"])
    head = every[named][comparison]
    by_n = [row for row in head["by_n"] if row["n"] in asked]
    return {
        "scenario": scenario.name,
        "what": scenario.what,
        "seed": scenario.seed,
        "effect": wish.effect,
        "estimator": named,
        "comparison": comparison,
        "estimand": "treatment policy",
        "scale": METHODS[named].scale,
        "endpoint": simulation.endpoint_of(named, wish.endpoint),
        "repeats": repeats,
        "n_per_arm": [row["n"] for row in by_n],
        "power": [row["power"] for row in by_n],
        "power_se": [row["power_se"] for row in by_n],
        **{key: by_n[-1][key] for key in LARGEST},
        **{key: head[key] for key in NEEDED},
        "by_n": by_n,
        "estimators": every,
        "covariates": power_and_size.gained(ask, trials),
        "design": describe(ask, rows, trials),
        "sequential": sequential(ask, wish, trials, max(asked)),
        "individuals": n_of_1_characteristics.answer(ask, rows, trials),
        "recommendation": recommend(every, asked, repeats),
        "caution": caution(ask, (*asked, *look_sizes(wish, max(asked))), float(np.mean(rows["use"]))),
    }


def sequential(ask: simulation.Setting, wish: PowerRequest, trials: Columns, n: int) -> dict[str, Any] | None:
    """Return the looks and what every estimator makes of them; None where none were asked for."""
    if wish.looks is None:
        return None
    words, request = planning.settled(wish.looks)
    looks = looked.Looks(look_sizes(wish, n), boundaries.solve(request))
    every: dict[str, dict[str, Any]] = {name: {} for name in ask.methods}
    for name, by_label in every.items():
        sign = 1.0 if name == "responder" else -1.0
        for place, label in enumerate(power_and_size.labels(ask, name)):
            by_label[label] = looked.characteristics(trials, looks, name, place, sign)
    answer = planning.answer(words, None)
    return {
        "spending": words.spending,
        "gamma": words.gamma,
        "futility": words.futility,
        "alpha": answer["alpha"],
        "n_per_arm": list(looks.sizes),
        "looks": answer["looks"],
        "estimators": every,
    }


def caution(ask: simulation.Setting, asked: tuple[int, ...], share: float) -> str | None:
    """Return which estimators to mistrust at the sizes asked for, as measured once; None where all can be trusted.

    Args:
        ask: the ensemble.
        asked: patients per group who enter.
        share: of them, who is randomised in the end.
    """
    analysed = tuple(max(1, round(n * share)) for n in asked)
    return error_rates.caution(ask.methods, analysed, paired=ask.design.plan.paired)


def describe(ask: simulation.Setting, rows: Columns, trials: Columns) -> dict[str, Any]:
    """Return the design in numbers: who takes what when, washout and carry-over, eligibility, dropout."""
    plan, settled = ask.design.plan, ask.design
    left = plans.carry_over(plan)
    simulated = [f"dropout.{arm}" for arm in settled.arms[1:]] if isinstance(ask.policy, Rules) else []
    return {
        "kind": plan.kind,
        "groups": list(plan.groups),
        "treatments": {arm: float(ask.planned[place].max()) for place, arm in enumerate(plan.treatments)},
        "roles": {arm: "drug" if place else "control" for place, arm in enumerate(plan.treatments)},
        "segments": {
            group: [{"treatment": plan.treatments[place], "days": days} for place, days in parts]
            for group, parts in zip(plan.groups, plan.segments, strict=True)
        },
        "windows": [list(window) for window in plan.windows],
        "run_in_days": settled.run_in_days,
        "baseline_days": settled.baseline_days,
        "treatment_days": settled.treatment_days,
        "washout_days": plan.washout if plan.paired else None,
        "half_life_days": plans.half_life_days(),
        "carry_over_percent": None if left is None else 100.0 * left,
        "dropout_percent": 100.0 * float(np.mean(rows["stopped"])),
        "eligible_percent": 100.0 * ask.calibration.eligible,
        "screened_per_trial": float(np.mean(trials["screened"])),
        "analysed_percent": 100.0 * float(np.mean(rows["use"])),
        "stratified": settled.stratify,
        "inputs": [name for name in designs.inputs(settled) if name not in simulated],
        "policy": policies.answer(ask, rows),
    }


def recommend(every: Mapping[str, Any], asked: tuple[int, ...], repeats: int) -> str:
    """Return which estimators keep their error rate within 4 to 6 % in these trials, and which do not."""
    good, bad, none = [], [], []
    for name, by_label in every.items():
        rows = [row for figures in by_label.values() for row in figures["by_n"] if row["n"] in asked]
        lost = max(rows, key=lambda row: row["failed"])
        if lost["failed"] >= FEW:
            none.append(f"{name} (in {100 * lost['failed']:.0f} % of trials with {lost['n']} per group)")
            continue
        off = [row for row in rows if _is_off(row["type_1_error"], repeats)]
        if off:
            worst = max(off, key=lambda row: abs(row["type_1_error"] - 0.05))
            bad.append(f"{name} ({100 * worst['type_1_error']:.1f} % at {worst['n']} per group)")
        else:
            good.append(name)
    kept = f"within 4 to 6 %, or not to be told from it: {', '.join(good)}" if good else ""
    out = f"outside: {', '.join(bad)}; there prefer one that keeps it" if bad else ""
    sentence = "; ".join(part for part in (kept, out) if part)
    parts = [f"type I error in {repeats} simulated trial{'s' if repeats > 1 else ''} {sentence}" if sentence else ""]
    parts.append(f"no estimate: {', '.join(none)}" if none else "")
    return "; ".join(part for part in parts if part)


def _is_off(share: float, repeats: int) -> bool:
    """Return whether so few or so many errors are unlikely (2.5 %, exact binomial) at any rate of 4 to 6 %."""
    count = round(share * repeats)
    return bool(bdtr(count, repeats, 0.04) < _UNLIKELY or (count > 0 and bdtrc(count - 1, repeats, 0.06) < _UNLIKELY))
