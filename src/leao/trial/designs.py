"""The design of a trial, with every choice settled: options first, ledger where the options are silent."""

from __future__ import annotations

from typing import NamedTuple

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.diary import frames
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers as Diary
from leao.trial import sequences as plans
from leao.trial.options import TrialOptions
from leao.trial.params import TrialNumbers
from leao.trial.sequences import Plan

TITRATED = "titrated"  # the shipped policy whose dose goes both ways with tolerability and response


class Design(NamedTuple):
    """A trial; counts are per 28 days. ``arms`` are the groups of its plan, of which the first is the control."""

    arms: tuple[str, ...]
    n_per_arm: int
    baseline_days: int
    treatment_days: int
    min_attacks: float
    max_attacks: float
    baseline_attacks: float
    placebo_change: float
    placebo_change_se: float
    dropout: tuple[float, ...]
    rules: TrialNumbers
    diary: Diary
    counting: DiaryOptions
    plan: Plan
    retrieved: float = 0.0  # share of those who stop that go on with the diary
    run_in_days: int = 0
    placebo_run_in: bool = False
    min_filled: float = 0.0  # share of the baseline's days
    stratify: bool = False
    covariates: tuple[str, ...] = ()  # that estimators adjust for, see ``baseline_covariates``
    policy: str | None = None  # that ships, by which a titrated design changes the dose

    @property
    def n(self) -> int:
        """Patients in all arms together."""
        return self.n_per_arm * len(self.arms)

    @property
    def start(self) -> int:
        """Day on which treatment starts: after run-in and baseline."""
        return self.run_in_days + self.baseline_days

    @property
    def shift_day(self) -> int:
        """Day from which patients believe they may be treated, so that placebo works."""
        return 0 if self.placebo_run_in else self.start

    @property
    def days(self) -> int:
        """Days of run-in, baseline and treatment."""
        return self.start + self.treatment_days

    @property
    def month(self) -> int:
        """Days to which counts are prorated."""
        return int(self.rules.month)


def settle(options: TrialOptions, arms: tuple[str, ...], counting: DiaryOptions) -> Design:
    """Return the design for the scenario's ``arms``, of which the first is placebo.

    Raises:
        ScenarioError: arms the design cannot use, a dropout for an arm that is not there, or limits that exclude
            the baseline asked for.
    """
    numbers = ledger.read("trial")
    rules = ledger.params(numbers, TrialNumbers)
    spread = numbers.numbers["placebo_change"].spread()
    plan = plans.build(options.design, arms, options.weeks, int(rules.month))
    design = Design(
        arms=plan.groups,
        n_per_arm=options.n_per_arm,
        baseline_days=options.baseline_days,
        treatment_days=plan.days,
        min_attacks=_or(options.min_attacks_per_28d, rules.min_attacks),
        max_attacks=_or(options.max_attacks_per_28d, rules.max_attacks),
        baseline_attacks=_or(options.baseline_attacks_per_28d, rules.baseline_attacks),
        placebo_change=_or(options.placebo_change, rules.placebo_change),
        placebo_change_se=_or(options.placebo_change_se, spread["sd"]),
        dropout=_dropout(options, plan.groups, rules),
        rules=rules,
        diary=frames.applied(ledger.params(ledger.read("diary"), Diary), frames.read(counting.frame)),
        counting=counting,
        plan=plan,
        retrieved=options.retrieved,
        run_in_days=options.run_in_days,
        placebo_run_in=options.placebo_run_in,
        min_filled=options.min_filled_percent / 100.0,
        stratify=options.stratify,
        covariates=options.covariates,
        policy=(options.design.policy or TITRATED) if options.design.kind == "titrated" else None,
    )
    if not design.min_attacks < design.baseline_attacks < design.max_attacks:
        raise ScenarioError(
            f"trial.baseline_attacks_per_28d: found {design.baseline_attacks:g}, wanted a mean within the eligibility "
            f"({design.min_attacks:g} to {design.max_attacks:g}); change one of them"
        )
    return design


def inputs(design: Design) -> list[str]:
    """Return the names of the published figures the trial is given, so that nobody takes them for predictions."""
    names = ["baseline_attacks_per_28d", "placebo_change"]
    if design.plan.paired:  # every sequence takes both treatments and loses as many
        return [*names, "dropout"]
    return names + [f"dropout.{arm}" for arm in design.arms]


def _dropout(options: TrialOptions, arms: tuple[str, ...], rules: TrialNumbers) -> tuple[float, ...]:
    given = {} if options.dropout is None else options.dropout
    if options.design.kind in ("crossover", "n_of_1"):  # every group takes both treatments
        return (max([*given.values(), 0.0]) if given else rules.dropout_active,) * len(arms)
    for arm in given:
        if arm not in arms:
            raise ScenarioError(f"trial.dropout.{arm}: no such arm; wanted one of {', '.join(arms)}")
    return tuple(
        given.get(arm, rules.dropout_control if place == 0 else rules.dropout_active) for place, arm in enumerate(arms)
    )


def _or(value: float | None, fallback: float) -> float:
    return fallback if value is None else value
