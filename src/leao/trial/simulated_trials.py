"""An ensemble of simulated trials of one design under one effect, answered as operating characteristics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core import chunks
from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.progress import Progress
from leao.core.random import Streams
from leao.core.units import parse
from leao.dosing import policies
from leao.trial import placebo_response, power_and_size, saturation, simulation, titration
from leao.trial.designs import Design
from leao.trial.effect import Assumed, Constant, Effect, Link
from leao.trial.estimators import METHODS
from leao.trial.monthly_counts import ENDPOINTS
from leao.trial.placebo_response import Calibration


def setting(
    design: Design,
    effect: float | Effect,
    dose: str | Mapping[str, str],
    asked: tuple[tuple[str, ...], str],
    seed: int,
) -> simulation.Setting:
    """Return everything an ensemble needs.

    Args:
        design: the trial.
        effect: a ratio of attack rates, or an object that gives the factor on the hazard.
        dose: once a day, of every active treatment or by its name.
        asked: names of estimators, none for all that fit, and the endpoint.
        seed: of all random numbers.

    Raises:
        ScenarioError: an effect, dose, estimator or endpoint that cannot be.
    """
    names, endpoint = asked
    if endpoint not in ENDPOINTS:
        raise ScenarioError(
            f"endpoint: found {endpoint!r}, wanted one of {', '.join(ENDPOINTS)}{nearest(endpoint, list(ENDPOINTS))}"
        )
    calibration = placebo_response.calibrate(design)
    planned, policy = _planned(design, dose), None if design.policy is None else policies.read(design.policy)
    acting = _effect(effect, design, calibration, float(planned.max()))
    if policy is not None:
        if planned[1:].min() != policy.start or planned.max() != policy.start:
            raise ScenarioError(
                f"dose: found {dose!r}, but policy {policy.name!r} starts with {policy.start:g} mg; write "
                f"dose='{policy.start:g} mg'"
            )
        planned = np.stack([np.zeros(design.days), titration.first_doses(policy, design.days)])
    return simulation.Setting(
        design=design,
        calibration=calibration,
        effect=acting,
        planned=planned,
        policy=policy,
        methods=simulation.suitable(design, names or None),
        sizes=(design.n_per_arm,),
        endpoint=endpoint,
        streams=Streams(seed, f"trial of {design.plan.kind}"),
    )


def answer(ask: simulation.Setting, repeats: int, progress: Progress) -> tuple[dict[str, Any], chunks.Columns]:
    """Return the operating characteristics of ``repeats`` trials, and the columns of their patients.

    Raises:
        ScenarioError: fewer than two trials.
    """
    if repeats < 2:
        raise ScenarioError(f"repeats: found {repeats}, wanted 2 or more simulated trials")
    with chunks.threads(None, 1) as pool:  # an effect may be anybody's object, which two threads might upset
        work, step = partial(simulation.chunk, ask), partial(progress, "simulated trials")
        rows, trials, _ = chunks.ensemble(work, chunks.spans(repeats), pool, step)
    estimators = {name: power_and_size.by_comparison(ask, rows, trials, name) for name in ask.methods}
    named = ask.methods[0]
    label, head = list(estimators[named].items())[-1]
    return {
        "kind": ask.design.plan.kind,
        "n_per_arm": ask.design.n_per_arm,
        "repeats": repeats,
        "seed": ask.streams.seed,
        "endpoint": simulation.endpoint_of(named, ask.endpoint),
        "estimator": named,
        "comparison": label,
        "scale": METHODS[named].scale,
        **{key: value for key, value in head["by_n"][0].items() if key != "n"},
        "estimators": estimators,
        "covariates": power_and_size.gained(ask, trials),
    }, rows


def _planned(design: Design, dose: str | Mapping[str, str]) -> NDArray[np.float64]:
    """Return mg of salt a day of each treatment, (treatment, day); the first treatment is placebo."""
    active = design.plan.treatments[1:]
    doses = dict.fromkeys(active, dose) if isinstance(dose, str) else dict(dose)
    for name in doses:
        if name not in active:
            raise ScenarioError(f"dose: found {name!r}, wanted {', '.join(active)}{nearest(name, list(active))}")
    amounts = [0.0]
    for name in active:
        if name not in doses:
            raise ScenarioError(f"dose: found none for {name}, wanted one; write {{'{name}': '10 mg'}}")
        amounts.append(parse(doses[name], "mg", what=f"dose of {name}"))
        if not 0.0 < amounts[-1] < math.inf:
            raise ScenarioError(f"dose: found {doses[name]!r} for {name}, wanted above 0 mg")
    return np.repeat(np.array(amounts)[:, None], design.days, axis=1)


def _effect(effect: float | Effect, design: Design, calibration: Calibration, reference: float) -> Effect:
    if not isinstance(effect, (int, float)):
        return effect
    if not 0.0 < effect <= 1.0:
        raise ScenarioError(f"effect: found {effect:g}, wanted a ratio of attack rates above 0 and at most 1")
    logs = saturation.logs(saturation.simplified(design), calibration)
    return Assumed(Constant(math.log(effect)), Link(tuple(logs["hazard"]), tuple(logs["observed"])), reference)
