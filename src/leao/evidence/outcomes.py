"""Beside the attacks: outcomes that one trial published, studies that are not pooled, priors and their sway."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from leao.core import ledger
from leao.core.special import ndtri, stdtrit
from leao.evidence import claim_table, effects, published_trials
from leao.evidence.consistency import standard_error
from leao.evidence.effects import Effect
from leao.evidence.mixture import Prior, posterior
from leao.evidence.pooling import PRIORS, Scale, estimate, numbers, observed, prior, ratio, success
from leao.evidence.published_trials import Outcome, Result, Trial

HALF = float(ndtri(0.975))
MONTHLY = (effects.ATTACKS, "headache days")
SCALES: tuple[tuple[Scale, str], ...] = (
    ("difference", "difference in attacks per 28 days"),
    ("log_ratio", "log rate ratio of attacks, and of uses of rescue medicine"),
    ("log_odds", "log odds ratio of responders"),
)


def beside(none: Sequence[Trial] | None = None) -> dict[str, Any]:
    """Return the rest of the synthesis: other outcomes, what is not pooled, priors, sensitivity, published pools."""
    every = list(published_trials.shipped() if none is None else none)
    return {
        "outcomes": {"responders_50_percent": responders(every), "rescue_medicine": rescue(every)},
        "arms": [row for trial in every for row in courses(trial)],
        "not_pooled": [_apart(trial) for trial in every if not trial.pooled],
        "priors": priors(),
        "sensitivity": sensitivity(every),
        "published_pools": published_pools(),
        "searched": claim_table.searched(),
    }


def responders(answer: Sequence[Trial]) -> dict[str, Any]:
    """Return the odds ratio of responders, 50 % fewer attacks or better, under both priors."""
    pairs = [(trial, effects.log_odds_ratio(trial)) for trial in published_trials.pooled(answer)]
    counted = [(trial, effect) for trial, effect in pairs if effect is not None]
    told_result = _told([trial for trial, _ in counted], "responders, 50 % fewer attacks or better")
    found_effects = [effect for _, effect in counted]
    shown = {"unit": "odds ratio", "log_effects": [effect._asdict() for effect in found_effects]}
    return told_result | shown | _by_prior(found_effects, "log_odds", "odds_ratio")


def rescue(answer: Sequence[Trial]) -> dict[str, Any]:
    """Return the rate ratio of uses of rescue medicine under both priors, and the difference as printed."""
    counted = [trial for trial in published_trials.pooled(answer) if effects.with_outcome(trial, effects.RESCUE, "end")]
    rates = [effects.log_ratio(trial, effects.RESCUE) for trial in counted]
    plain = [effects.difference(trial, effects.RESCUE) for trial in counted]
    return _told(counted, "uses of rescue medicine per 4 weeks") | {
        "unit": "rate ratio",
        "log_effects": [effect._asdict() for effect in rates],
        "difference_uses_per_28d": [_interval(effect) for effect in plain],
        "per_attack": [_per_attack(trial) for trial in counted],
        **_by_prior(rates, "log_ratio", "rate_ratio"),
    }


def _per_attack(trial: Trial) -> dict[str, Any]:
    """Return uses of rescue medicine per attack in each arm, and their ratio: the weaker reading of the claim."""
    uses, attacks = trial.find(effects.RESCUE, "end"), trial.find(effects.ATTACKS, "end")
    pairs = (
        {}
        if uses is None or attacks is None
        else {arm: _mean_of(uses, arm) / _mean_of(attacks, arm) for arm in (effects.TREATED, effects.CONTROL)}
    )
    ratio_per_attack = pairs[effects.TREATED] / pairs[effects.CONTROL] if pairs else None
    return {"trial": trial.name, "uses_per_attack": pairs, "ratio": ratio_per_attack}


def _mean_of(outcome: Any, arm: str) -> float:
    """Return the printed mean of an arm."""
    return float(next(result.value for result in outcome.results if result.arm == arm))


def courses(trial: Trial) -> list[dict[str, Any]]:
    """Return each arm's attacks (or headache days) per month: at baseline, and at the end with its 95 % interval.

    Where a trial prints changes with their per cent of baseline (Noruzzadeh 2016) both ends are derived from them,
    the baseline taken as fixed.
    """
    end = next((entry for name in MONTHLY if (entry := trial.find(name, "end")) is not None), None)
    if end is None and trial.find(effects.ATTACKS, "change") is not None and trial.pooled:
        entry, left, start = effects.ends(trial)
        sides = zip((effects.TREATED, effects.CONTROL), left, start, strict=True)
        by_arm = {result.arm: result for result in entry.results}
        return [_course(trial, by_arm[arm], entry, at, (before, True)) for arm, at, before in sides]
    if end is None:
        return []
    before = trial.find(end.outcome, "baseline")
    start = {result.arm: result.value for result in before.results} if before else {}
    return [
        _course(trial, result, end, result.value, (start.get(result.arm), False))
        for result in end.results
        if result.value is not None
    ]


def _course(
    trial: Trial, result: Result, outcome: Outcome, end: float, start: tuple[float | None, bool]
) -> dict[str, Any]:
    n = trial.arm(result.arm).analysed
    half = math.nan if n is None else float(stdtrit(n - 1, 0.975)) * standard_error(result, n)
    low, high = (None, None) if math.isnan(half) else (end - half, end + half)
    head = {
        "trial": trial.name,
        "arm": result.arm,
        "role": "control" if trial.arm(result.arm).treatment == effects.CONTROL else "drug",
        "outcome": outcome.outcome,
        "unit": "per month",
        "pooled": trial.pooled,
    }
    return head | {"baseline": start[0], "end": end, "low": low, "high": high, "derived": start[1]}


def priors() -> list[dict[str, Any]]:
    """Return every prior by name with its numbers, as the ledger holds them."""
    known, rows = ledger.read("evidence").numbers, []
    for scale, words in SCALES:
        for name in PRIORS:
            spread = known[f"{scale}_{name}_sd"]
            rows.append(
                {
                    "prior": name,
                    "scale": words,
                    "mean": 0.0,
                    "sd": spread.value,
                    "between_trial_sd_scale": known[f"{scale}_tau_sd"].value,
                    "tier": spread.tier,
                    "number": f"evidence.{scale}_{name}_sd",
                    "note": spread.note,
                }
            )
    return rows


def sensitivity(trial: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return the difference in attacks and the next trial's chance under other assumptions."""
    known, effect = numbers(), observed("difference", trial)
    neutral, sceptical = prior("difference", "neutral"), prior("difference", "sceptical")
    tau = known.difference_tau_sd
    others = [
        ("neutral prior", neutral),
        ("neutral prior, no spread between trials", neutral._replace(tau_sd=0.0)),
        ("neutral prior, twice the spread between trials", neutral._replace(tau_sd=2.0 * tau)),
        ("neutral prior, a bias both trials share", neutral._replace(shared_bias_sd=known.difference_shared_bias_sd)),
        ("prior after the class of preventives", Prior(known.difference_class_mean, known.difference_class_sd, tau)),
        ("sceptical prior", sceptical),
        ("sceptical prior, no spread between trials", sceptical._replace(tau_sd=0.0)),
        ("sceptical prior, twice the spread between trials", sceptical._replace(tau_sd=2.0 * tau)),
        (
            "sceptical prior, a bias both trials share",
            sceptical._replace(shared_bias_sd=known.difference_shared_bias_sd),
        ),
    ]
    rows = [(what, posterior(effect, belief)) for what, belief in others]
    rows += [
        (f"neutral prior, without {left}", posterior([item for item in effect if item.trial != left], neutral))
        for left in (item.trial for item in effect)
        if len(effect) > 1
    ]
    return [
        {"what": what, "difference_attacks_per_28d": estimate(said), "p_next_trial_2x150": success(said)}
        for what, said in rows
    ]


@cache
def published_pools() -> list[dict[str, Any]]:
    """Return what ``published_pools.toml`` holds, with the spread of a patient that their width implies."""
    path = files("leao") / "evidence" / "published_pools.toml"
    return [_pool(name, entry) for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()]


def _pool(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return one pool; its 95 % interval implies SD = half-width / 1.96 / sqrt(2 / (n / 2)) in two equal arms."""
    implied = None
    if "patients" in entry:
        implied = (entry["high"] - entry["low"]) / 2.0 / HALF / math.sqrt(4.0 / entry["patients"])
    keys = ("outcome", "unit", "estimate", "low", "high", "source", "where", "note")
    return {"pool": name, **{key: entry[key] for key in keys}, "implied_sd_of_a_patient": implied}


def _told(answer: Sequence[Trial], outcome: str) -> dict[str, Any]:
    """Return what is pooled, in words: a single trial is named as such."""
    names = [trial.name for trial in answer]
    count = {0: "no trial published it", 1: f"one trial published it: {names[0] if names else ''}"}
    return {
        "outcome": outcome,
        "trials": names,
        "rests_on": count.get(len(names), f"{len(names)} trials published it"),
        "as_printed": [_printed(trial, outcome) for trial in answer],
    }


def _printed(trial: Trial, outcome: str) -> dict[str, Any]:
    wanted = effects.RESCUE if outcome.startswith("uses") else effects.RESPONDERS
    first = next(item for item in trial.outcomes if item.outcome == wanted)
    return {result.arm: result.value for result in first.results}


def _by_prior(effect: Sequence[Effect], scale: Scale, key: str) -> dict[str, Any]:
    if not effect:
        return dict.fromkeys(PRIORS)
    return {name: {key: ratio(posterior(effect, prior(scale, name)))} for name in PRIORS}


def _interval(effect: Effect) -> dict[str, Any]:
    half = HALF * effect.error
    return {
        "trial": effect.trial,
        "estimate": effect.estimate,
        "low": effect.estimate - half,
        "high": effect.estimate + half,
    }


def _apart(trial: Trial) -> dict[str, Any]:
    """Return a study that is shown and not pooled: why, and its first outcome arm by arm from start to end."""
    outcome = trial.outcomes[0] if trial.outcomes else None
    return {
        "trial": trial.name,
        "design": trial.design,
        "blinding": trial.blinding,
        "because": trial.not_pooled_because,
        "same_patients_as": trial.same_patients_as,
        "outcome": outcome and outcome.outcome,
        "unit": outcome and outcome.unit,
        "arms": [_printed_course(trial, arm.arm, outcome) for arm in trial.arms] if outcome else [],
        "source": trial.source,
    }


def _printed_course(trial: Trial, arm: str, first: Outcome) -> dict[str, Any]:
    at = {}
    for kind in ("baseline", "end", "change", "share"):
        entry = trial.find(first.outcome, kind)
        at[kind] = next((result.value for result in entry.results if result.arm == arm), None) if entry else None
    return {"arm": arm, "analysed": trial.arm(arm).analysed, **at}
