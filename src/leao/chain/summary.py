"""The seven answers of a run: begun, then put together."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain import (
    also_occupied,
    answer_attack,
    answer_exposure,
    answer_trial,
    answer_wave,
    pipeline,
    preventives,
    readings,
    sensitivity,
    tolerability,
    verdict,
)
from leao.chain import hypotheses as beyond
from leao.chain.scenario import ASSUMED, Scenario
from leao.core import ledger
from leao.core import sources as cite
from leao.core.cache import Kept
from leao.core.chunks import Ensemble
from leao.core.random import Streams
from leao.core.runs import Content, Fields
from leao.diary import labels
from leao.evidence import pooling, published_trials
from leao.evidence import preventives as drugs
from leao.headache import routes
from leao.receptor import equilibrium_block as receptor
from leao.receptor import hypotheses

Array = NDArray[np.float64]

WORLDS = 4000  # draws of every uncertain number behind answers 1 to 3 and the verdict
INTERVALS = (0.95, 0.90)


class PendingRun(NamedTuple):
    """What is under way: the trials' design, the steady state, and the waves of every preset."""

    asked: answer_trial.RunRequest
    steady: answer_exposure.Steady
    waves: list[answer_wave.PendingWave]


def begin(pool: Executor, scenario: Scenario, waves: answer_wave.Waves, kept: Kept) -> PendingRun:
    """Start the waves with drug in ``pool``, calibrate the trials meanwhile, and return what the rest needs.

    Args:
        pool: where the waves run.
        scenario: the question.
        waves: those without drug, under way.
        kept: what earlier runs computed.
    """
    steady = answer_exposure.steady(
        scenario, Streams(scenario.seed, scenario.name), range(WORLDS), scenario.cortex.carry
    )
    treated = waves.treat(pool, float(np.median(steady.state["free_brain"])))
    return PendingRun(answer_trial.run_request(scenario, kept), steady, treated)


def assemble(begun: PendingRun, ensemble: Ensemble) -> Content:
    """Return everything a run saves.

    Args:
        begun: design, steady state and waves.
        ensemble: columns of the patients and of the trials simulated.
    """
    asked, values, rows = begun.asked, begun.steady, ensemble.rows
    scenario, streams = asked.scenario, asked.setting.streams
    presets = [item.result() for item in begun.waves]
    diary, days = answer_trial.example_diaries(asked)
    empirical = published_effect(scenario)
    beyond_plain = beyond.answer(scenario, streams, values, empirical[verdict.HEADLINE])
    judged, judged_fields = judge(scenario, values, presets, empirical)
    summary = {
        **_head(scenario),
        "regimen": answer_exposure.regimen_answer(scenario, values),
        "exposure": answer_exposure.exposure_answer(values),
        "receptor": answer_exposure.receptor_answer(values),
        "hypotheses": beyond_plain,
        "also_occupied": also_occupied.table(float(np.median(values.state["free_brain"]))),
        "cortex": {
            item.name: answer_wave.answer(item, values.world.cortex, values.state["block_odds"]) for item in presets
        },
        "headache": answer_attack.attack_answer(scenario, values, streams),
        "diary": answer_trial.diary_answer(asked, rows, days),
        "diary_pathways": answer_trial.pathways(scenario),
        "policy": tolerability.policy_answer(scenario.policy, asked.design.arms, rows),
        "pathways": routes.table(scenario.headache.on),
        "trial": answer_trial.trial_answer(asked, ensemble.trials, len(rows["arm"])),
        "verdict": judged,
        "moved": sensitivity.moved(scenario, scenario.cortex.carry, empirical),
        **used(scenario),
    }
    groups: dict[str, Fields] = {
        "exposure": answer_exposure.exposure_fields(scenario, streams, values, scenario.cortex.carry),
        "receptor": answer_exposure.receptor_fields(scenario, values),
        "hypotheses": beyond.fields(beyond_plain),
        **{f"cortex/{item.name}": answer_wave.fields(item) for item in presets},
        "headache": answer_trial.link_fields(values.world),
        **answer_trial.fields(asked, ensemble.trials, rows),
        "verdict": judged_fields,
    }
    return Content(summary, groups, diary)


def published_effect(scenario: Scenario) -> dict[str, verdict.Evidence]:
    """Return what the published trials say of the log rate ratio under each prior."""
    streams = Streams(scenario.seed, scenario.name)
    out = {}
    for name, said in pooling.empirical().items():
        u = streams.per_trial(f"evidence.{name}", range(WORLDS))[:, 0]
        out[name] = verdict.Evidence(said.draw(u), said.quantile(0.5), *(said.interval(share) for share in INTERVALS))
    return out


def judge(
    scenario: Scenario,
    steady: answer_exposure.Steady,
    presets: list[answer_wave.Preset],
    empirical: dict[str, verdict.Evidence],
) -> tuple[dict[str, Any], Fields]:
    """Return the verdict and its fields; presets that do not carry it stand beside."""
    streams = Streams(scenario.seed, scenario.name)
    logs = pipeline.observed_log_ratio(steady.world, steady.state)
    beside = {preset.name: _with_preset(steady, preset.name) for preset in presets}
    carrying = answer_wave.failed([preset for preset in presets if preset.name in scenario.cortex.carry])
    rat = readings.rat_logs(steady.world, streams, logs.size)
    said = verdict.judge(logs, beside, empirical, verdict.ends(carrying, preventives.control_status()), rat)
    said["read_outs"] = readings.by_read_out(steady, empirical)
    said["rat_dose"] = readings.rat_dose(rat, empirical)
    said["sensitivities"] = readings.sensitivities(steady, empirical)
    head = empirical[verdict.HEADLINE]
    slope = pipeline.trigger_slope(steady.world)
    fields: Fields = {
        "mechanistic_log_rr": (("draw",), logs),
        "empirical_log_rr": (("prior", "draw"), np.stack([preset.draws for preset in empirical.values()])),
        "kappa": (("draw",), np.ravel(steady.world.headache.kappa)),
        "trigger_slope": (("draw",), np.ravel(slope)),
        "end_threshold": (("draw", "person"), steady.state["threshold_relative"][..., 0]),
        "share": (("draw",), logs / head.draws),
        "prior": (("prior",), np.array(list(empirical))),
    }
    return said, fields


def used(scenario: Scenario) -> dict[str, Any]:
    """Return every number behind the run and the sources they cite."""
    names = [name for name, _ in pipeline.LEDGERS.values()]
    names += [
        "preventives_model",
        "hypotheses",
        also_occupied.LEDGER,
        "blockers/memantine",
        *(f"gating/{subtype}" for subtype in receptor.SUBTYPES),
        "diary",
        "symptoms",
        f"frames/{scenario.diary.frame}",
        "trial",
        "evidence",
        "tolerability",
        "headache/attack",
        "headache/acute",
        "headache/function",
        "cortex/gates",
        "cortex/stimuli",
        "cortex/bath",
        "cortex/controls",
        "cortex/shape",
    ]
    names += [f"cortex/{preset}" for preset in scenario.cortex.presets]
    numbers: dict[tuple[str, str], ledger.Number] = {}
    for name in names:
        for number in ledger.read(name).numbers.values():
            numbers[number.ledger, number.name] = number
    numbers |= {(number.ledger, number.name): number for number in hypotheses.numbers(*hypotheses.HYPOTHESES)}
    sources = {number.source for number in numbers.values() if number.tier != "assumed"} | {scenario.source}
    sources |= beyond.cited(scenario)
    sources |= {trial.source for trial in published_trials.pooled()} | drugs.sources()
    sources |= routes.sources() | {labels.simulated().source}
    sources |= {scenario.policy.source} if scenario.policy else set()
    sources.discard(ASSUMED)
    return {
        "numbers": [number._asdict() for number in numbers.values()],
        "bibliography": cite.bibtex(sorted(sources)),
    }


def _with_preset(steady: answer_exposure.Steady, preset: str) -> Array:
    """Return the log rate ratios with the cortex drawn from one preset alone, all else as it was."""
    world = steady.world._replace(cortex=steady.world.cortex._replace(presets=(preset,)))
    return pipeline.observed_log_ratio(world, pipeline.downstream(world, steady.state["free_brain"]))


def _head(scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "what": f"{scenario.what}: {scenario.asked}",
        "source": scenario.source,
        "setting": scenario.setting,
        "seed": scenario.seed,
        "run": None,
        "trials": scenario.trials,
        "n_per_arm": scenario.trial.n_per_arm,
        "weeks": scenario.trial.weeks,
        "roles": scenario.roles,
        "fixed": scenario.fixed,
    }
