"""Trials played with and without the drug's effect, by the same people with the same luck, for power and error.

One chunk gives, for every trial, size and estimator, the estimate under the effect and under none (the same diaries
with a drug that does nothing), and the true difference, which the paired diaries of the treated show without noise
of sampling: what they had with the drug against what the same people would have had without. The first n patients
of a trial are the same people whatever the size, so curves over n are smooth. All is keyed by trial and person:
cutting, workers and order change nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.dosing.policies import Rules
from leao.trial import effect as effects
from leao.trial import n_of_1, titration
from leao.trial.calibrate import Calibration
from leao.trial.data import DAY_COUNTS, ENDPOINTS, Data, collect, observed
from leao.trial.designs import Design
from leao.trial.effect import Effect
from leao.trial.enrolment import EnrolledPatients, enrol
from leao.trial.ensemble import diaries
from leao.trial.methods import METHODS, MethodEstimate
from leao.trial.titration import Policy, checked

Array = NDArray[np.float64]
DAY_ENDPOINT = "migraine_days"  # where the endpoint counts attacks and a method wants days
__all__ = [
    "Policy",
    "Setting",
    "SimulatedDiaries",
    "chunk",
    "estimate",
    "simulate_diaries",
    "suitable",
]


class Setting(NamedTuple):
    """Everything that stays the same over the trials of an ensemble; plain data, any executor can carry it."""

    design: Design  # of the largest size
    calibration: Calibration
    effect: Effect
    planned: Array  # mg/day of each treatment by day since it began, (treatment, day)
    methods: tuple[str, ...]
    sizes: tuple[int, ...]  # patients per group
    endpoint: str
    streams: Streams
    policy: Policy | Rules | None = None  # how doses are changed: shipped rules, or a callable


class SimulatedDiaries(NamedTuple):
    """Diaries of some trials with and without the effect."""

    enrolled: EnrolledPatients
    dosed: titration.Dosed  # what was taken under the effect
    without: dict[str, NDArray]  # a drug that does nothing
    with_drug: dict[str, NDArray]
    control: dict[str, NDArray]  # everybody treated as the first group, with the effect
    missing: NDArray[np.bool_]  # under the effect
    silent: NDArray[np.bool_]  # missing where the drug does nothing

    @property
    def dose(self) -> Array:
        """Taken under the effect, mg/day, (trial, subject, day)."""
        return self.dosed.dose

    @property
    def ratio(self) -> Array:
        """The factor on the hazard of attacks, (trial, subject, day)."""
        return self.dosed.ratio


def simulate_diaries(setting: Setting, trials: range, columns: tuple[str, ...] | None = None) -> SimulatedDiaries:
    """Return the diaries of ``trials``.

    Args:
        setting: what stays the same over the ensemble.
        trials: which of it.
        columns: of the diaries, else all; a policy sees all in any case.

    Raises:
        SolverError: an effect that is no factor in (0, 1], or works without a dose.
    """
    design = setting.design
    enrolled = enrol(design, setting.calibration, setting.streams, trials)
    asked = titration.TitrationRequest(design, enrolled, setting.effect, setting.streams)
    without = diaries(design, enrolled, np.ones((1, 1, design.days)), columns)
    dosed, with_drug = _lived(setting, asked, columns)
    luck = setting.streams.uniforms("trial.retrieved", trials, range(design.n), 1)[..., 0]
    stays = luck < design.retrieved
    null = dosed.enrolled
    if isinstance(setting.policy, Rules) and setting.policy.looks_at_response:
        null = titration.without_effect(asked, setting.policy)  # a dose that follows attacks follows others here
    control = without
    if design.plan.randomised:  # the first group has the drug before it is withdrawn
        alike = enrolled._replace(arm=np.zeros_like(enrolled.arm), last_day=np.full(enrolled.last_day.shape, np.inf))
        ratio = setting.effect.ratio(alike, effects.doses(design, alike, setting.planned))
        control = diaries(design, enrolled, ratio, columns)
    missing, silent = (
        observed(days, design, who, stays) for days, who in ((with_drug, dosed.enrolled), (without, null))
    )
    return SimulatedDiaries(dosed.enrolled, dosed, without, with_drug, control, missing, silent)


def chunk(setting: Setting, trials: range) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Return the columns of patients and of trials of some trials of the ensemble.

    Trials: ``METHOD_SIZE_effect`` and ``..._null`` with value, se and degrees of freedom per comparison, ``truth_*``.
    """
    columns = ("missing", *(ENDPOINTS[endpoint] for endpoint in endpoints_of(setting)))
    played = simulate_diaries(setting, trials, columns)
    tables: dict[str, NDArray] = {"trial": np.array(trials)}
    rows: dict[str, NDArray] = {}
    for endpoint in endpoints_of(setting):
        pair = {
            "effect": collect(played.with_drug, setting.design, played.enrolled, endpoint, played.missing),
            "null": collect(played.without, setting.design, played.enrolled, endpoint, played.silent),
        }
        for name in setting.methods:
            if endpoint_of(name, setting.endpoint) == endpoint:
                for world, data in pair.items():
                    for size in setting.sizes:
                        entries = estimate(name, _weighed(setting, data).first(size * len(setting.design.arms)))
                        tables |= _columns(f"{name}|{size}|{world}", entries)
        rows |= _truth(setting, played, endpoint)
        if n_of_1.is_for(setting.design.plan) and endpoint == setting.endpoint:
            entries = n_of_1.estimate(n_of_1.differences(pair["effect"]))._asdict()
            rows |= {name: entries[name] for name in n_of_1.COLUMNS}
            rows["own_truth"] = _own_truth(setting, played, endpoint)
            tables |= {name: entries[name] for name in n_of_1.TOGETHER}
    size = played.enrolled.arm.size
    rows |= {
        "trial": np.repeat(np.array(trials), played.enrolled.arm.shape[1]),
        "arm": played.enrolled.arm.ravel(),
        "effect_size": _strength(setting, played).ravel(),
        "stopped": np.isfinite(played.enrolled.last_day).ravel(),
    }
    if setting.policy is not None:
        rows |= played.dosed.columns | titration.month_ends(played.dosed, setting.design)
    tables["screened"] = played.enrolled.screened
    return {name: _compact(value).reshape(size) for name, value in rows.items()}, tables


def estimate(name: str, data: Data) -> MethodEstimate:
    """Return what the estimator ``name`` says of ``data``."""
    return METHODS[name].estimate(data)


def endpoint_of(method: str, asked: str) -> str:
    """Return the endpoint a method is applied to: the one asked for, or days where it wants days."""
    return DAY_ENDPOINT if METHODS[method].day_counts and asked not in DAY_COUNTS else asked


def endpoints_of(setting: Setting) -> list[str]:
    """Return the endpoints the methods need, in order, each once."""
    return list(dict.fromkeys(endpoint_of(name, setting.endpoint) for name in setting.methods))


def suitable(design: Design, names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the methods asked for, or all that fit the design.

    Raises:
        ScenarioError: a method that is not there or does not fit.
    """
    paired, doses = design.plan.paired, len(design.plan.treatments) > 2
    fits = tuple(
        name for name, method in METHODS.items() if method.paired == paired and (doses or not method.doses)
    )  # fmt: skip
    for name in names or ():
        if name not in fits:
            what = "is not an estimator" if name not in METHODS else f"does not fit the design {design.plan.kind!r}"
            raise ScenarioError(f"--estimator: {name!r} {what}; wanted one of {', '.join(fits)}")
    return tuple(dict.fromkeys(names)) if names else tuple(name for name in fits if not METHODS[name].asked)


def _weighed(setting: Setting, data: Data) -> Data:
    if len(setting.design.plan.treatments) < 3:
        return data
    return data._replace(weights=setting.planned.max(axis=1))


def _compact(values: NDArray) -> NDArray:
    """Return floats in single precision: they are counts, months of counts and mean ratios."""
    return np.ascontiguousarray(values, np.float32 if values.dtype == np.float64 else values.dtype)


def _columns(name: str, estimates: MethodEstimate) -> dict[str, NDArray]:
    return {
        f"{name}|{part}|{place}": values[:, place]
        for part, values in estimates._asdict().items()
        for place in range(values.shape[1])
    }


def _strength(setting: Setting, played: SimulatedDiaries) -> Array:
    """Return each patient's mean -ln(hazard ratio) over the analysed windows: how much drug there was."""
    plan, start = setting.design.plan, setting.design.start
    log = -np.log(played.ratio)
    arm = played.enrolled.arm
    on = plan.on_drug()[arm] if plan.paired else np.ones((*arm.shape, len(plan.windows)))
    spans = np.stack([log[..., start + a : start + b].mean(axis=-1) for a, b in plan.windows], axis=-1)
    return (spans * on).sum(axis=-1) / on.sum(axis=-1)


def _truth(setting: Setting, played: SimulatedDiaries, endpoint: str) -> dict[str, Array]:
    """Return each patient's months with and without the effect, everything filled in, nobody gone."""
    all_there = np.zeros(played.missing.shape, bool)
    forever = played.enrolled._replace(last_day=np.full(played.enrolled.arm.shape, np.inf))
    rows = {}
    for world, days in (("drug", played.with_drug), ("none", played.control)):
        data = collect(days, setting.design, forever, endpoint, all_there)
        rows |= {
            "use": data.use,
            f"{endpoint}|{world}|last": data.visits[..., -1],
            f"{endpoint}|{world}|count": data.events,
            f"{endpoint}|{world}|baseline": data.baseline,
        }
        if setting.design.plan.paired:
            on = data.drug[data.arm]
            rows[f"{endpoint}|{world}|difference"] = (data.visits * on).sum(axis=-1) / on.sum(axis=-1)
    return rows


def _own_truth(setting: Setting, played: SimulatedDiaries, endpoint: str) -> Array:
    """Return what the drug does to each patient of an N-of-1 trial who stays, per month, (trial, subject).

    The mean over all months of life with the drug in that month less life without it, the same luck: a month that the
    patient spends on placebo is lived again in the mirrored order. So the truth leans neither on the luck of the drug's
    months nor on that of placebo's, of which the estimates are made.
    """
    design, effect, own = setting.design, setting.effect, played.enrolled
    everything = np.zeros(played.missing.shape, bool)
    stays = own._replace(last_day=np.full(own.arm.shape, np.inf))
    total = np.zeros(own.arm.shape)
    without = collect(played.without, design, stays, endpoint, everything).visits
    for arm in (own.arm, (len(design.arms) - 1 - own.arm).astype(own.arm.dtype)):
        who = stays._replace(arm=arm)
        ratio = effect.ratio(who, effects.doses(design, who, setting.planned))
        days = diaries(design, who, ratio, ("missing", ENDPOINTS[endpoint]))
        data = collect(days, design, who, endpoint, everything)
        total += ((data.visits - without) * data.drug[arm]).sum(axis=-1)
    return total / without.shape[-1]


def _lived(
    setting: Setting, asked: titration.TitrationRequest, columns: tuple[str, ...] | None
) -> tuple[titration.Dosed, dict[str, NDArray]]:
    """Return what was taken under the effect, and the diaries."""
    design, enrolled = asked.design, asked.enrolled
    if isinstance(setting.policy, Rules):
        dosed = titration.by_rules(asked, setting.policy)
        return dosed, diaries(design, enrolled, dosed.ratio, columns)
    dose = effects.doses(design, enrolled, setting.planned)
    if setting.policy is not None:
        return titration.by_callable(asked, setting.policy, dose)
    ratio = checked(setting.effect.ratio(enrolled, dose), dose)
    return titration.Dosed(enrolled, dose, dose, ratio, {}), diaries(design, enrolled, ratio, columns)
