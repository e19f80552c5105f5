"""The empirical effect of memantine: a normal random-effects synthesis of the placebo-controlled trials.

Attacks as a difference per 28 days and as a rate ratio, under a neutral and a sceptical prior side by side
(Spiegelhalter's sceptical prior is the model of the second). Priors: ``ledgers/evidence/evidence.toml``; model:
``evidence/mixture.py``. What rests on one trial, and what is not pooled, stands in ``evidence/outcomes.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from leao.core import ledger
from leao.core.special import ndtri, stdtrit
from leao.evidence import effects, published_trials
from leao.evidence.effects import Effect
from leao.evidence.mixture import Posterior, Prior, posterior
from leao.evidence.published_trials import Trial

Scale = Literal["difference", "log_ratio", "log_odds"]
PRIORS = ("neutral", "sceptical")
HEADLINE = "sceptical"
ENDS = ("estimate", "low", "high")


class Numbers(NamedTuple):
    """The priors of ``ledgers/evidence/evidence.toml``, and the next trial."""

    difference_neutral_sd: Annotated[float, "dimensionless"]
    difference_sceptical_sd: Annotated[float, "dimensionless"]
    difference_tau_sd: Annotated[float, "dimensionless"]
    difference_class_mean: Annotated[float, "dimensionless"]
    difference_class_sd: Annotated[float, "dimensionless"]
    difference_shared_bias_sd: Annotated[float, "dimensionless"]
    log_ratio_neutral_sd: Annotated[float, "dimensionless"]
    log_ratio_sceptical_sd: Annotated[float, "dimensionless"]
    log_ratio_tau_sd: Annotated[float, "dimensionless"]
    log_odds_neutral_sd: Annotated[float, "dimensionless"]
    log_odds_sceptical_sd: Annotated[float, "dimensionless"]
    log_odds_tau_sd: Annotated[float, "dimensionless"]
    next_trial_per_arm: Annotated[float, "dimensionless"]
    next_trial_level: Annotated[float, "dimensionless"]
    next_trial_sd_change: Annotated[float, "dimensionless"]


def numbers() -> Numbers:
    """Return the priors of the ledger."""
    return ledger.params(ledger.read("evidence"), Numbers)


def prior(scale: Scale, name: str) -> Prior:
    """Return the ``neutral`` or ``sceptical`` prior of a scale."""
    of = numbers()._asdict()
    return Prior(0.0, of[f"{scale}_{name}_sd"], of[f"{scale}_tau_sd"])


def observed(scale: Scale, none: Sequence[Trial] | None = None, *, misread: bool = False) -> list[Effect]:
    """Return the pooled trials' effects on attacks; ``misread`` takes standard errors for standard deviations."""
    derive = effects.difference if scale == "difference" else effects.log_ratio
    return [derive(trial, misread=misread) for trial in published_trials.pooled(none)]


def empirical(scale: Scale = "log_ratio", *, misread: bool = False) -> dict[str, Posterior]:
    """Return the posterior of the effect under each prior; the verdict draws from it with ``draw``."""
    observed_result = observed(scale, misread=misread)
    return {name: posterior(observed_result, prior(scale, name)) for name in PRIORS}


def fixed_effect(answer: Sequence[Effect]) -> dict[str, float]:
    """Return the inverse-variance mean with its 95 % interval: no prior, no spread between trials."""
    share = weights(answer)
    mean = sum(share[effect.trial] * effect.estimate for effect in answer)
    half = float(ndtri(0.975)) / math.sqrt(sum(effect.error**-2 for effect in answer))
    return {"estimate": mean, "low": mean - half, "high": mean + half}


def weights(answer: Sequence[Effect]) -> dict[str, float]:
    """Return the share of each trial in the inverse-variance mean."""
    total = sum(effect.error**-2 for effect in answer)
    return {effect.trial: effect.error**-2 / total for effect in answer}


def estimate(said: Posterior) -> dict[str, float]:
    """Return the median of mu with its central 95 % interval."""
    return dict(zip(ENDS, said.middle(0.95), strict=True))


def ratio(said: Posterior, share: float = 0.95) -> dict[str, float]:
    """Return the median of exp(mu) with its central interval."""
    return {name: math.exp(value) for name, value in zip(ENDS, said.middle(share), strict=True)}


def next_trial_error(sd: float) -> tuple[float, float]:
    """Return the standard error of the difference in the next trial, and the critical t of its test."""
    known = numbers()
    freedom = 2.0 * (known.next_trial_per_arm - 1.0)
    critical = float(stdtrit(freedom, 1.0 - known.next_trial_level / 2.0))
    return sd * math.sqrt(2.0 / known.next_trial_per_arm), critical


def success(said: Posterior, sd: float | None = None) -> float:
    """Return the chance that the next trial succeeds, the spread between trials included.

    Success: two-sided p below ``next_trial_level`` in favour of memantine, Welch's t-test of the change with the
    standard deviation ``sd`` in each arm, by default the ledger's.
    """
    return said.success(*next_trial_error(numbers().next_trial_sd_change if sd is None else sd))


def summary(none: Sequence[Trial] | None = None) -> dict[str, Any]:
    """Return the synthesis of attacks as the machine-readable contract words it.

    ``p_next_trial_2x150`` at the top is the sceptical one; each prior carries its own.
    """
    right, wrong = observed("difference", none), observed("difference", none, misread=True)
    blocks = {name: block(name, none) for name in PRIORS}
    misread = {name: block(name, none, misread=True) for name in PRIORS}
    return {
        **blocks,
        "se_read_as_sd": {
            **misread["neutral"],
            "prior": "neutral",
            "sceptical": misread["sceptical"],
            "weights": weights(wrong),
        },
        "fixed_effect_check": fixed_effect(right),
        "fixed_effect_se_read_as_sd": fixed_effect(wrong),
        "weights": weights(right),
        "p_next_trial_2x150": blocks[HEADLINE]["p_next_trial_2x150"],
        "next_trial": next_trial(none),
        "trials": [effect._asdict() for effect in right],
        "trials_se_read_as_sd": [effect._asdict() for effect in wrong],
        "trials_log_ratio": [effect._asdict() for effect in observed("log_ratio", none)],
    }


def block(name: str, none: Sequence[Trial] | None = None, *, misread: bool = False) -> dict[str, Any]:
    """Return the answers on attacks under one prior."""
    change = posterior(observed("difference", none, misread=misread), prior("difference", name))
    rate = posterior(observed("log_ratio", none, misread=misread), prior("log_ratio", name))
    inner = ratio(rate, 0.90)
    return {
        "difference_attacks_per_28d": estimate(change),
        "rate_ratio": ratio(rate),
        "rate_ratio_90": {"low": inner["low"], "high": inner["high"]},
        "between_trial_sd": change.mean_tau,
        "effect_in_a_new_trial": estimate(change.in_a_new_trial()),
        "p_next_trial_2x150": success(change),
    }


def next_trial(none: Sequence[Trial] | None = None) -> dict[str, Any]:
    """Return what the next trial is, what success means, and its chance at three standard deviations."""
    known, entry = numbers(), ledger.read("evidence").numbers["next_trial_sd_change"]
    spread = entry.spread()
    sds = [spread["low"], known.next_trial_sd_change, spread["high"]]
    said = {name: posterior(observed("difference", none), prior("difference", name)) for name in PRIORS}
    level = f"{known.next_trial_level:g}"
    return {
        "per_arm": int(known.next_trial_per_arm),
        "success": f"two-sided p < {level} in favour of memantine, t-test of the change in attacks per 28 days",
        "sd_of_change": {"value": sds[1], "low": sds[0], "high": sds[2], "tier": entry.tier, "source": entry.source},
        "by_prior": {name: [{"sd_of_change": sd, "p": success(item, sd)} for sd in sds] for name, item in said.items()},
    }
