"""Answers 4 and 5: what patients write down, and what the trial makes of it."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leao.chain import answer_attack, effects, pipeline, power_answer, published_figures, tolerability
from leao.chain.scenario import Scenario
from leao.chain.verdict import distribution
from leao.core.cache import Kept
from leao.core.chunks import Columns
from leao.core.runs import Fields
from leao.diary import disability, symptoms
from leao.headache import routes
from leao.trial import completers, example
from leao.trial import designs as design
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.simulation import Setting, simulate_diaries

Array = NDArray[np.float64]

COUNTED = ("attacks", "migraine_days", "headache_days", "rescue_days")
SEVERITIES = ("mild", "moderate", "severe")
EXAMPLE_TRIALS = range(20)  # trials lived again, day by day, for the severity mix and the example diary
RISES = np.geomspace(0.1, 30.0, 31)  # percent
ENDS = (0.025, 0.975)


class RunRequest(NamedTuple):
    """A scenario and the ensemble of its trials."""

    scenario: Scenario
    setting: Setting

    @property
    def design(self) -> design.Design:
        """The trial."""
        return self.setting.design


def run_request(scenario: Scenario, kept: Kept | None = None) -> RunRequest:
    """Return the scenario with the ensemble that a run simulates: its drug, its doses, its size."""
    return RunRequest(scenario, power_answer.ensemble(scenario, power_answer.PowerRequest(), kept))


def diary_answer(asked: RunRequest, rows: Columns, days: dict[str, NDArray]) -> dict[str, Any]:
    """Return ``diary`` of the summary: each arm's last 28 days, over all trials' completers."""
    out = {}
    for place, arm in enumerate(asked.design.arms):
        randomised = {name: values[rows["arm"] == place] for name, values in rows.items()}
        stayed = {name: values[randomised["completed"]] for name, values in randomised.items()}
        member = (days["arm"] == place) & days["completed"]
        last = {f"{name}_per_28d": _spread(stayed[f"end_{name}"]) for name in COUNTED}
        first = {f"{name}_per_28d": _spread(stayed[f"baseline_{name}"]) for name in COUNTED[:3]}
        out[arm] = last | {
            "severity": _severity(days, member, asked.design.month),
            "duration_h": _spread(stayed["end_duration"]),
            "midas": _midas(days, member) if asked.scenario.headache.function != "none" else None,
            "adverse_events_percent": tolerability.adverse_answer(randomised),
            "baseline": first,
        }
    return out


def pathways(scenario: Scenario | None = None) -> dict[str, str | None]:
    """Return each outcome's modelled pathway from the drug in the diary, None where there is none.

    The route from milder pain to medicine moves the single attack (``headache`` of the summary), not the diary's days.
    """
    modelled = routes.modelled(scenario.headache.on if scenario else ())
    return modelled | dict.fromkeys(answer_attack.SINGLE)


def trial_answer(asked: RunRequest, answer: Columns, patients: int) -> dict[str, Any]:
    """Return ``trial`` of the summary; an interval is that of a single trial of this size."""
    arms = asked.design.arms
    difference = answer["difference_attacks"][:, 0]
    changes = {arm: _interval(answer["change_attacks"][:, place]) for place, arm in enumerate(arms)}
    responders = {arm: float(100.0 * np.nanmean(answer["responders"][:, place])) for place, arm in enumerate(arms)}
    return {
        "difference_attacks_per_28d": _interval(difference),
        "rate_ratio": _ratio_interval(answer["rate_ratio"][:, 0]),
        "responders_50_percent": responders,
        "change_attacks_per_28d": changes,
        "baseline_attacks_per_28d": {
            arm: float(np.nanmean(answer["baseline_attacks"][:, place])) for place, arm in enumerate(arms)
        },
        "completers": {arm: float(answer["n"][:, place].mean()) for place, arm in enumerate(arms)},
        "published": published_figures.of(asked.scenario),
        "inputs": _inputs(asked),
        "regression_to_the_mean": asked.setting.calibration.regression_to_the_mean,
        "monte_carlo_se": float(np.nanstd(difference, ddof=1) / np.sqrt(np.isfinite(difference).sum())),
        "power": float(np.mean(answer["difference_attacks_high"][:, 0] < 0.0)),
        "paired_rate_ratio": _ratio_interval(answer["paired_rate_ratio"][:, 0]),
        "trials": int(difference.size),
        "patients": patients,
    }


def _inputs(asked: RunRequest) -> list[str]:
    """Return the published figures put in; under a policy the active arm's dropout is simulated instead."""
    simulated = {f"dropout.{asked.scenario.active_arm}"} if asked.setting.policy else set()
    return [name for name in design.inputs(asked.design) if name not in simulated]


def fields(asked: RunRequest, answer: Columns, rows: Columns) -> dict[str, Fields]:
    """Return the groups ``diary`` and ``trial``."""
    arms, months = np.array(asked.design.arms), answer["monthly_attacks"]
    spread = np.quantile(months, [0.05, 0.5, 0.95], axis=0)
    few = rows["trial"] < len(EXAMPLE_TRIALS)
    people = [
        [rows[f"{phase}_attacks"][few & (rows["arm"] == place)] for phase in ("baseline", "end")]
        for place in range(arms.size)
    ]
    least = min(item.size for pair in people for item in pair)
    return {
        "diary": {
            "attacks": (("arm", "phase", "person"), np.array([[item[:least] for item in pair] for pair in people])),
            "monthly_attacks": (("arm", "month", "quantile"), np.moveaxis(spread, 0, -1)),
            "arm": (("arm",), arms),
            "phase": (("phase",), np.array(["baseline", "last 28 days"])),
            "month": (("month",), np.arange(months.shape[-1], dtype=np.float64)),
            "quantile": (("quantile",), np.array([0.05, 0.5, 0.95])),
        },
        "trial": {
            "difference": (("trial",), answer["difference_attacks"][:, 0]),
            "rate_ratio": (("trial",), answer["rate_ratio"][:, 0]),
            "change": (("arm", "trial"), answer["change_attacks"].T),
            "arm": (("arm",), arms),
        },
    }


def link_fields(world: pipeline.ParameterDraw) -> Fields:
    """Return the rate of attacks against the rise of the threshold, over the worlds."""
    ratio = (1.0 + RISES / 100.0) ** -pipeline.trigger_slope(world)
    quantiles = np.array([0.05, 0.5, 0.95])
    return {
        "attack_ratio": (("quantile", "rise"), np.quantile(ratio, quantiles, axis=0)),
        "quantile": (("quantile",), quantiles),
        "rise": (("rise",), RISES),
    }


def example_diaries(asked: RunRequest) -> tuple[pl.DataFrame, dict[str, NDArray]]:
    """Return the diary of the first trial as patients wrote it, and the days of the first trials with their arms."""
    simulated = simulate_diaries(asked.setting, range(min(len(EXAMPLE_TRIALS), asked.scenario.trials)))
    enrolled, days = simulated.enrolled, simulated.with_drug
    treatment = cast(effects.Mechanistic, asked.setting.effect)
    taken = treatment.states(enrolled, simulated.dose)["dose_taken"]
    written = example.diary_table(asked.setting, simulated, taken)
    use = completers.completers(asked.design, simulated).use
    return pl.DataFrame(written), days | {"arm": enrolled.arm, "completed": use, "midas": _scores(enrolled, days)}


def _scores(enrolled: EnrolledPatients, days: dict[str, NDArray]) -> NDArray[np.int64]:
    """Return MIDAS of the last three months, (trial, subject)."""
    numbers, shape = symptoms.numbers(), enrolled.arm.shape
    window = int(numbers.midas_days)
    last = [
        days[name][..., -window:].reshape(-1, min(window, days[name].shape[-1])) for name in ("headache", "severity")
    ]
    return disability.midas(numbers, symptoms.keys(enrolled.people), *last, window=1).reshape(shape)


def _midas(days: dict[str, NDArray], member: NDArray[np.bool_]) -> dict[str, float | None] | None:
    scores = days["midas"][member].astype(np.float64)
    return distribution(scores) | {"mean": float(scores.mean())} if scores.size else None


def _severity(days: dict[str, NDArray], member: NDArray[np.bool_], month: int) -> dict[str, float] | None:
    last = {name: days[name][member][:, -month:] for name in ("severity", "migraine", "missing")}
    worst = last["severity"][last["migraine"].astype(bool) & ~last["missing"].astype(bool)]
    if not worst.size:
        return None
    return {name: float(np.mean(worst == level)) for level, name in enumerate(SEVERITIES, start=1)}


def _spread(values: Array) -> dict[str, float | None] | None:
    values = values[np.isfinite(values)]
    return distribution(values) | {"mean": float(values.mean())} if values.size else None


def _interval(values: Array) -> dict[str, float | None]:
    """Return the mean over trials and the range of 95 % of single trials; None where no trial gave an estimate."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"estimate": None, "low": None, "high": None}
    low, high = np.quantile(known, ENDS)
    return {"estimate": float(known.mean()), "low": float(low), "high": float(high)}


def _ratio_interval(values: Array) -> dict[str, float | None]:
    """Return the geometric mean of ratios over trials and the range of 95 % of single trials."""
    logs = _interval(np.log(values[values > 0.0]))
    return {name: None if log is None else float(np.exp(log)) for name, log in logs.items()}
