"""Answers 4 and 5: what patients write down, and what the trial makes of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leao.chain import attack, pipeline, published_figures, tolerability
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario
from leao.chain.verdict import distribution
from leao.core.cache import Kept
from leao.core.random import Streams
from leao.core.runs import Fields
from leao.diary import burden, symptoms
from leao.dosing.policies import Rules
from leao.dosing.schedule import INTAKES
from leao.dosing.schedule import planned as planned_doses
from leao.headache import routes
from leao.trial import as_tolerated, calibrate, enrolment, ensemble, example
from leao.trial import designs as design

Array = NDArray[np.float64]

COUNTED = ("attacks", "migraine_days", "headache_days", "rescue_days")
SEVERITIES = ("mild", "moderate", "severe")
EXAMPLE_TRIALS = range(20)  # trials lived again, day by day, for the severity mix and the example diary
RISES = np.geomspace(0.1, 30.0, 31)  # percent
ENDS = (0.025, 0.975)


class RunRequest(NamedTuple):
    """Everything a chunk of trials needs; plain data, so that any executor can carry it."""

    scenario: Scenario
    design: design.Design
    calibration: calibrate.Calibration
    chain: pipeline.ChainRequest

    @property
    def rules(self) -> Rules | None:
        """How the dose follows tolerability and response; None: nobody changes it."""
        return self.scenario.policy

    @property
    def streams(self) -> Streams:
        """The run's random streams."""
        return Streams(self.scenario.seed, self.scenario.name)


class Treatment(NamedTuple):
    """The chain from the tablet to the rate of attacks, as the trial calls it."""

    asked: RunRequest

    def __call__(self, enrolled: enrolment.EnrolledPatients, dose: Array) -> Array:
        """Return ``attack_rate_ratio`` (trial, subject, day) under ``dose`` of that shape, 1 without drug."""
        return self.states(enrolled, dose)["attack_rate_ratio"]

    def states(self, enrolled: enrolment.EnrolledPatients, dose: Array) -> dict[str, Array]:
        """Return what stages 1 to 5 write for the enrolled under ``dose`` (trial, subject, day), mg per day."""
        intakes = dose[..., None] * self.split(dose.shape[-1])
        people = pipeline.Cohort(enrolled.people.identity.astype(np.intp), intakes)
        return pipeline.treat(self.asked.chain, people, self.asked.streams, enrolled.trials)

    def doses(self) -> Array:
        """Return the scheduled doses of the active arm, (day, intake), mg; nothing in the baseline."""
        design = self.asked.design
        doses = np.zeros((design.days, INTAKES))
        doses[design.start :] = planned_doses(self.asked.chain.plan.schedule, design.days - design.start)
        return doses

    def prescribed(self, enrolled: enrolment.EnrolledPatients) -> Array:
        """Return the scheduled tablets, drug in them or not, (trial, subject, day), mg per day."""
        return np.broadcast_to(self.doses().sum(axis=1), (*enrolled.arm.shape, self.asked.design.days))

    def split(self, n_day: int) -> Array:
        """Return the shares of a day's dose by intake, (day, intake); a policy's dose is taken at once."""
        once = np.eye(INTAKES)[:1]
        if self.asked.rules is not None:
            return np.broadcast_to(once, (n_day, INTAKES))
        doses = self.doses()[:n_day]
        total = doses.sum(axis=1, keepdims=True)
        return np.where(total > 0.0, doses / np.where(total > 0.0, total, 1.0), once)

    def follow(self, trials: range) -> as_tolerated.FollowedTrials:
        """Return the trials lived under the scenario's policy, or under its dose where it has none."""
        plan, streams, rules = self.asked.design, self.asked.streams, self.asked.rules
        enrolled = enrolment.enrol(plan, self.asked.calibration, streams, trials)
        if rules is not None:
            return as_tolerated.follow(plan, enrolled, self, rules, streams)
        nominal = np.where((enrolled.arm > 0)[..., None], self.prescribed(enrolled), 0.0)
        return as_tolerated.observe(plan, enrolled, self, nominal, streams)


def run_request(scenario: Scenario, presets: tuple[str, ...], kept: Kept | None = None) -> RunRequest:
    """Return the settled design with its calibration to the published baseline and placebo change."""
    settled = design.settle(scenario.trial, (scenario.placebo_arm, scenario.active_arm), scenario.diary)

    def compute() -> dict[str, Any]:
        return calibrate.calibrate(settled)._asdict()

    table = kept.table("calibration", settled, compute) if kept else compute()
    if scenario.policy is not None:
        settled = as_tolerated.without_published_dropout(settled)
    return RunRequest(scenario, settled, calibrate.Calibration(**table), chain(scenario, presets))


def chunk(asked: RunRequest, trials: range) -> ensemble.ChunkResult:
    """Return the patients and estimates of some simulated trials: a pure function of its arguments."""
    followed = Treatment(asked).follow(trials)
    analysed = ensemble.analyse(asked.design, followed.enrolled, followed.ratio)
    return analysed._replace(rows=analysed.rows | as_tolerated.rows(followed, asked.design))


def diary_answer(asked: RunRequest, rows: pl.DataFrame, days: dict[str, NDArray]) -> dict[str, Any]:
    """Return ``diary`` of the summary: each arm's last 28 days, over all trials' completers."""
    out = {}
    for place, arm in enumerate(asked.design.arms):
        own = rows.filter((pl.col("arm") == place) & pl.col("completed"))
        last = {f"{name}_per_28d": _spread(own, f"end_{name}") for name in COUNTED}
        first = {f"{name}_per_28d": _spread(own, f"baseline_{name}") for name in COUNTED[:3]}
        out[arm] = last | {
            "severity": _severity(days, days["arm"] == place, asked.design.month),
            "duration_h": _spread(own, "end_duration"),
            "midas": _midas(days, days["arm"] == place) if asked.scenario.headache.function != "none" else None,
            "adverse_events_percent": tolerability.adverse_answer(rows.filter(pl.col("arm") == place)),
            "baseline": first,
        }
    return out


def pathways(scenario: Scenario | None = None) -> dict[str, str | None]:
    """Return each outcome's modelled pathway from the drug in the diary, None where there is none.

    Routes to the pain of a single attack move that attack (``headache`` of the summary), not the diary's days.
    """
    modelled = routes.modelled(scenario.headache.on if scenario else ())
    return modelled | dict.fromkeys(attack.SINGLE)


def trial_answer(asked: RunRequest, answer: dict[str, NDArray], rows: pl.DataFrame) -> dict[str, Any]:
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
        "regression_to_the_mean": asked.calibration.regression_to_the_mean,
        "monte_carlo_se": float(np.nanstd(difference, ddof=1) / np.sqrt(np.isfinite(difference).sum())),
        "power": float(np.mean(answer["difference_attacks_high"][:, 0] < 0.0)),
        "paired_rate_ratio": _ratio_interval(answer["paired_rate_ratio"][:, 0]),
        "trials": int(difference.size),
        "patients": rows.height,
    }


def _inputs(asked: RunRequest) -> list[str]:
    """Return the published figures put in; under a policy the active arm's dropout is simulated instead."""
    simulated = {f"dropout.{asked.scenario.active_arm}"} if asked.rules else set()
    return [name for name in design.inputs(asked.design) if name not in simulated]


def fields(asked: RunRequest, answer: dict[str, NDArray], rows: pl.DataFrame) -> dict[str, Fields]:
    """Return the groups ``diary`` and ``trial``."""
    arms, months = np.array(asked.design.arms), answer["monthly_attacks"]
    spread = np.quantile(months, [0.05, 0.5, 0.95], axis=0)
    few = rows.filter(pl.col("trial") < len(EXAMPLE_TRIALS))
    people = [
        [few.filter(pl.col("arm") == place)[f"{phase}_attacks"].to_numpy() for phase in ("baseline", "end")]
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
    trials = range(min(len(EXAMPLE_TRIALS), asked.scenario.trials))
    treatment = Treatment(asked)
    followed = treatment.follow(trials)
    enrolled = followed.enrolled
    taken = treatment.states(enrolled, followed.dose)["dose_taken"]
    written = example.diary_table(asked.design, enrolled, followed.ratio, taken)
    written["side_effects"] = as_tolerated.felt(followed, asked.design)
    days = ensemble.diaries(asked.design, enrolled, followed.ratio)
    return pl.DataFrame(written), days | {"arm": enrolled.arm, "midas": _scores(enrolled, days)}


def _scores(enrolled: enrolment.EnrolledPatients, days: dict[str, NDArray]) -> NDArray[np.int64]:
    """Return MIDAS of the last three months, (trial, subject)."""
    numbers, shape = symptoms.numbers(), enrolled.arm.shape
    window = int(numbers.midas_days)
    last = [
        days[name][..., -window:].reshape(-1, min(window, days[name].shape[-1])) for name in ("headache", "severity")
    ]
    return burden.midas(numbers, symptoms.keys(enrolled.people), *last, window=1).reshape(shape)


def _midas(days: dict[str, NDArray], member: NDArray[np.bool_]) -> dict[str, float | None] | None:
    scores = days["midas"][member].astype(np.float64)
    return distribution(scores) | {"mean": float(scores.mean())} if scores.size else None


def _severity(days: dict[str, NDArray], member: NDArray[np.bool_], month: int) -> dict[str, float] | None:
    last = {name: days[name][member][:, -month:] for name in ("severity", "migraine", "missing")}
    worst = last["severity"][last["migraine"].astype(bool) & ~last["missing"].astype(bool)]
    if not worst.size:
        return None
    return {name: float(np.mean(worst == level)) for level, name in enumerate(SEVERITIES, start=1)}


def _spread(rows: pl.DataFrame, column: str) -> dict[str, float | None] | None:
    values = rows[column].to_numpy()
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
