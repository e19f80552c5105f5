"""The trial engine: trials simulated with the drug's effect, and what the same people would have had without it.

``simulate_diaries`` enrols, doses and lets live; the published trial's analysis (``completers``) and this module's
``chunk``, for power and error, both begin with it. ``chunk`` gives, for every trial, size and estimator, the estimate
under the effect and under none (the same diaries with a drug that does nothing), and the true difference, which the
paired diaries of the treated show without noise of sampling: what they had with the drug against what the same people
would have had without (common random numbers). The first n patients of a trial are the same people whatever the size,
so curves over n are smooth. All is keyed by trial and person: cutting, workers and order change nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.dosing.policies import Rules
from leao.trial import baseline_covariates as covariates
from leao.trial import effect as effects
from leao.trial import n_of_1, titration
from leao.trial.designs import Design
from leao.trial.diaries import Treatment, diaries, treated, treatment
from leao.trial.effect import Effect
from leao.trial.enrolment_dropout import EnrolledPatients, alone, enrol
from leao.trial.estimation import covariate_rows, estimates, see
from leao.trial.estimators import METHODS
from leao.trial.monthly_counts import DAY_COUNTS, ENDPOINTS, collect, observed
from leao.trial.placebo_response import Calibration

Array = NDArray[np.float64]
DAY_ENDPOINT = "migraine_days"  # where the endpoint counts attacks and a method wants days


class Setting(NamedTuple):
    """Everything that stays the same over the trials of an ensemble; plain data, any executor can carry it."""

    design: Design  # of the largest size
    calibration: Calibration
    effect: Effect
    planned: Array  # mg/day of each treatment by day since it began, (treatment, day)
    streams: Streams
    methods: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()  # patients per group
    endpoint: str = "attacks"
    policy: titration.Policy | Rules | None = None  # how doses are changed: shipped rules, or a callable


class SimulatedDiaries(NamedTuple):
    """Diaries of some trials under the effect."""

    randomised: EnrolledPatients  # before anybody left for intolerance
    dosed: titration.Dosed  # what was taken under the effect
    with_drug: dict[str, NDArray]
    missing: NDArray[np.bool_]  # days that nobody will see
    treatment: Treatment  # what the drug did to them

    @property
    def dose(self) -> Array:
        """Taken under the effect, mg/day, (trial, subject, day)."""
        return self.dosed.dose.dense()

    @property
    def enrolled(self) -> EnrolledPatients:
        """The patients, with the day on which each left."""
        return self.dosed.enrolled


class Unchanged(NamedTuple):
    """What the same people would have written otherwise, by the same random numbers."""

    without: dict[str, NDArray]  # a drug that does nothing
    control: dict[str, NDArray]  # everybody treated as the first group, with the effect
    silent: NDArray[np.bool_]  # missing where the drug does nothing


def simulate_diaries(setting: Setting, trials: range, columns: tuple[str, ...] | None = None) -> SimulatedDiaries:
    """Return the diaries of ``trials``.

    Args:
        setting: what stays the same over the ensemble.
        trials: which of it.
        columns: of the diaries, else all; a policy sees all in any case.

    Raises:
        SolverError: an effect that is no factor in (0, 1], or works without a dose.
    """
    enrolled = enrol(setting.design, setting.calibration, setting.streams, trials)
    dosed = _dosed(setting, _request(setting, enrolled))
    what = treatment(setting.effect, dosed.enrolled, dosed.dose, dosed.ratio)
    days = treated(setting.design, enrolled, what, columns)
    return SimulatedDiaries(enrolled, dosed, days, _missing(setting, days, dosed.enrolled), what)


def untreated(
    setting: Setting, simulated: SimulatedDiaries, columns: tuple[str, ...] | None = None
) -> dict[str, NDArray]:
    """Return the diaries that the same people would have kept had the drug done nothing.

    Whom the drug did nothing to has them already, bit for bit: only the others live again.
    """
    design, randomised, what = setting.design, simulated.randomised, simulated.treatment
    touched = (what.ratio.days != 1.0).any(axis=-1)[what.ratio.of]
    if what.on is not None:
        touched = touched | what.on.any(axis=-1)
    again = diaries(design, alone(randomised, touched), np.ones((1, 1, design.days)), columns)
    without = {name: simulated.with_drug[name].copy() for name in again}
    for name, days in again.items():
        without[name][touched] = days[:, 0]
    return without


def unchanged(setting: Setting, simulated: SimulatedDiaries, columns: tuple[str, ...] | None = None) -> Unchanged:
    """Return what the people of ``simulated`` would have written without the effect, or in the first group."""
    design, randomised = setting.design, simulated.randomised
    without = untreated(setting, simulated, columns)
    null = simulated.enrolled
    if isinstance(setting.policy, Rules) and setting.policy.looks_at_response:
        nothing = _request(setting, randomised)._replace(effect=effects.NoEffect())
        null = titration.by_rules(nothing, setting.policy).enrolled  # a dose that follows attacks follows others here
    control = without
    if design.plan.randomised:  # the first group has the drug before it is withdrawn
        alike = _staying(randomised)._replace(arm=np.zeros_like(randomised.arm))
        dose = effects.doses(design, alike, setting.planned)
        what = treatment(setting.effect, alike, dose, setting.effect.ratio(alike, dose))
        control = treated(design, randomised, what, columns)
    return Unchanged(without, control, _missing(setting, without, null))


def chunk(setting: Setting, trials: range) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Return the columns of patients and of trials of some trials of the ensemble.

    Trials: ``METHOD|SIZE|effect`` and ``...|null`` with value, se and degrees of freedom per comparison, and, where the
    estimators adjust for covariates, ``...|plain``: the effect without them.
    """
    needed = (*(ENDPOINTS[endpoint] for endpoint in endpoints_of(setting)), *covariates.columns(setting.design))
    columns = tuple(dict.fromkeys(("missing", *needed)))
    simulated = simulate_diaries(setting, trials, columns)
    otherwise = unchanged(setting, simulated, columns)
    design, enrolled = setting.design, simulated.enrolled
    doses = setting.planned.max(axis=1) if len(design.plan.treatments) > 2 else None
    tables: dict[str, NDArray] = {"trial": np.array(trials)}
    rows: dict[str, NDArray] = {}
    for endpoint in endpoints_of(setting):
        seen = {
            "effect": see(simulated.with_drug, design, enrolled, endpoint, simulated.missing, doses),
            "null": see(otherwise.without, design, enrolled, endpoint, otherwise.silent, doses),
        }
        for name in setting.methods:
            if endpoint_of(name, setting.endpoint) == endpoint:
                tables |= estimates(name, seen, setting.sizes, len(design.arms))
        rows |= _truth(setting, simulated, otherwise, endpoint)
        rows |= covariate_rows(seen["effect"], endpoint)
        if n_of_1.is_for(design.plan) and endpoint == setting.endpoint:
            entries = n_of_1.estimate(n_of_1.differences(seen["effect"].plain))._asdict()
            rows |= {name: entries[name] for name in n_of_1.COLUMNS}
            rows["own_truth"] = _own_truth(setting, enrolled, otherwise.without, endpoint)
            tables |= {name: entries[name] for name in n_of_1.TOGETHER}
    rows |= {
        "trial": np.repeat(np.array(trials), enrolled.arm.shape[1]),
        "arm": enrolled.arm,
        "effect_size": _strength(design, simulated.dosed),
        "stopped": np.isfinite(enrolled.last_day),
    }
    rows |= _changed_doses(setting, simulated.dosed)
    tables["screened"] = enrolled.screened
    return {name: _compact(value).reshape(enrolled.arm.size) for name, value in rows.items()}, tables


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


def _compact(values: NDArray) -> NDArray:
    """Return floats in single precision: they are counts, months of counts and mean ratios."""
    return np.ascontiguousarray(values, np.float32 if values.dtype == np.float64 else values.dtype)


def _strength(design: Design, dosed: titration.Dosed) -> Array:
    """Return each patient's mean -ln(hazard ratio) over the analysed windows: how much drug there was."""
    plan, start, arm = design.plan, design.start, dosed.enrolled.arm
    on = plan.on_drug()[arm] if plan.paired else np.ones((*arm.shape, len(plan.windows)))
    log = 0.0 - np.log(dosed.ratio.days)  # of a ratio of 1: 0, not -0
    spans = np.stack([log[:, start + a : start + b].mean(axis=-1) for a, b in plan.windows], axis=-1)[dosed.ratio.of]
    return (spans * on).sum(axis=-1) / on.sum(axis=-1)


def _truth(setting: Setting, simulated: SimulatedDiaries, otherwise: Unchanged, endpoint: str) -> dict[str, Array]:
    """Return each patient's months with and without the effect, everything filled in, nobody gone."""
    all_there = np.zeros(simulated.missing.shape, bool)
    forever = _staying(simulated.enrolled)
    rows = {}
    for world, days in (("drug", simulated.with_drug), ("none", otherwise.control)):
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


def _own_truth(setting: Setting, enrolled: EnrolledPatients, without: dict[str, NDArray], endpoint: str) -> Array:
    """Return what the drug does to each patient of an N-of-1 trial who stays, per month, (trial, subject).

    The mean over all months of life with the drug in that month less life without it, by the same random numbers: a
    month that the patient spends on placebo is lived again in the mirrored order. So the truth leans neither on the
    chances of the drug's months nor on those of placebo's, of which the estimates are made.
    """
    design, effect, stays = setting.design, setting.effect, _staying(enrolled)
    everything = np.zeros((*enrolled.arm.shape, design.days), bool)
    total = np.zeros(enrolled.arm.shape)
    silent = collect(without, design, stays, endpoint, everything).visits
    for arm in (enrolled.arm, (len(design.arms) - 1 - enrolled.arm).astype(enrolled.arm.dtype)):
        who = stays._replace(arm=arm)
        ratio = effect.ratio(who, effects.doses(design, who, setting.planned))
        days = diaries(design, who, ratio, ("missing", ENDPOINTS[endpoint]))
        data = collect(days, design, who, endpoint, everything)
        total += ((data.visits - silent) * data.drug[arm]).sum(axis=-1)
    return total / silent.shape[-1]


def _missing(setting: Setting, days: dict[str, NDArray], enrolled: EnrolledPatients) -> NDArray[np.bool_]:
    """Return which days nobody will see, (trial, subject, day); some who stop the drug go on with the diary."""
    uniforms = setting.streams.uniforms("trial.retrieved", enrolled.trials, range(setting.design.n), 1)[..., 0]
    return observed(days, setting.design, enrolled, uniforms < setting.design.retrieved)


def _changed_doses(setting: Setting, dosed: titration.Dosed) -> dict[str, NDArray]:
    """Return columns of what a policy did; none where nobody changes a dose."""
    if isinstance(setting.policy, Rules):
        return titration.columns(dosed, setting.design, setting.streams)
    return {} if setting.policy is None else titration.month_ends(dosed, setting.design)


def _staying(enrolled: EnrolledPatients) -> EnrolledPatients:
    """Return the patients as if nobody left."""
    return enrolled._replace(last_day=np.full(enrolled.last_day.shape, np.inf))


def _request(setting: Setting, enrolled: EnrolledPatients) -> titration.TitrationRequest:
    return titration.TitrationRequest(setting.design, enrolled, setting.effect, setting.streams)


def _dosed(setting: Setting, asked: titration.TitrationRequest) -> titration.Dosed:
    """Return what was taken under the effect."""
    if isinstance(setting.policy, Rules):
        return titration.by_rules(asked, setting.policy)
    dose = effects.doses(asked.design, asked.enrolled, setting.planned)
    if setting.policy is not None:
        return titration.by_callable(asked, setting.policy, dose.dense())
    return titration.fixed(asked, dose)
