"""What ``leao trial analyse`` prints with ``--json``, ``leao.trial.analyse`` gives as ``summary``, its page reads."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from leao.core.contract import ColumnsUsed, Estimate, RowsLeftOut
from leao.trial.imputation.contract import Sensitivity


class MeanInterval(TypedDict):
    """A mean with its t interval; null where there are too few."""

    estimate: float | None
    low: float | None
    high: float | None


class MaybeEstimate(TypedDict):
    """An estimate with its interval, all null where the data give no number."""

    estimate: float | None
    low: float | None
    high: float | None


class KenwardRoger(TypedDict):
    """Error, degrees of freedom, interval and p-value by Kenward and Roger."""

    se: float
    degrees_of_freedom: float
    low: float
    high: float
    p: float


class Comparison(TypedDict):
    """One arm against the control by one estimator; all null where the data give no number."""

    estimate: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    degrees_of_freedom: float | None
    kenward_roger: NotRequired[KenwardRoger | None]  # of the MMRM


class EstimatorAnswer(TypedDict):
    """One estimator: its scale, what it estimates, and its comparisons by arm."""

    scale: str
    what: str
    estimand: str
    comparisons: dict[str, Comparison]
    marginal: NotRequired[dict[str, MaybeEstimate]]  # of the negative binomial


class BaselineRow(TypedDict):
    """An arm at the baseline, as far as the table tells."""

    n: int
    baseline_mean: float | None
    baseline_sd: float | None
    age_mean: NotRequired[float | None]  # where the table has such a column
    female_percent: NotRequired[float]


class VisitMean(TypedDict):
    """An arm's mean at one visit."""

    visit: str
    n: int
    estimate: float | None
    low: float | None
    high: float | None


class MissingPattern(TypedDict):
    """Which visits patients have (1) and lack (0), and how many of each arm."""

    pattern: str
    patients: dict[str, int]


class MissingVisits(TypedDict):
    """The patterns, the commonest first; ``others`` are those not shown."""

    visits: list[str]
    patterns: list[MissingPattern]
    others: dict[str, int] | None


class Residuals(TypedDict):
    """Fitted values and residuals of the ANCOVA at the last visit, of at most 2,000 patients."""

    visit: str
    of: int
    arm: list[str]
    fitted: list[float]
    residual: list[float]


class PatientEffect(TypedDict):
    """One patient's effect in a trial of single patients, alone and drawn towards the others."""

    patient: str
    cycles: int
    own: MaybeEstimate
    shrunken: MaybeEstimate


class MeanEffect(TypedDict):
    """The mean of the patients' effects, its error, and how patients differ."""

    mean: float | None
    mean_se: float | None
    between: float | None
    within: float | None


class SinglePatients(TypedDict):
    """A trial of single patients: all together, and each."""

    mean: MeanEffect
    patients: list[PatientEffect]


class EstimandRow(TypedDict):
    """One strategy for patients who stopped, by one estimator."""

    strategy: str
    estimand: str
    estimator: str
    scale: str
    visit: str
    patients: dict[str, int]
    comparisons: dict[str, Comparison]


class Estimands(TypedDict):
    """Treatment policy, hypothetical, composite and while on treatment, side by side."""

    column: str
    stopped: dict[str, int]
    recorded_after: int  # values after a stop
    rows: list[EstimandRow]


class SubgroupLevel(TypedDict):
    """One level of a subgroup."""

    level: str
    patients: dict[str, int]
    comparisons: dict[str, Comparison]


class Subgroup(TypedDict):
    """A column's levels with the interaction."""

    column: str
    cut: str | None
    interaction_f: float | None
    interaction_p: float | None
    levels: list[SubgroupLevel]


class PrecisionRow(TypedDict):
    """The error of the last arm's difference by what is adjusted for; the gain in patients."""

    adjusted_for: str
    se: float | None
    gain_percent: float | None
    patients: int


class Analysis(TypedDict):
    """``leao trial analyse``: what the table or its design cannot tell is null."""

    file: str
    estimator: str | None
    endpoint: str
    kind: str
    unit: str
    better: str
    arms: list[str]
    subjects: int
    rows: int
    visits: list[str]
    covariates: list[str]
    comparison: str | None
    difference: Estimate | None
    rate_ratio: Estimate | None
    marginal_rate_ratio: Estimate | None
    responders_50_percent: dict[str, float | None] | None
    change: dict[str, MeanInterval] | None
    mean_by_arm: dict[str, float | None] | None
    means: dict[str, list[VisitMean]] | None
    missing: MissingVisits | None
    residuals: Residuals | None
    estimators: dict[str, EstimatorAnswer]
    sensitivity: Sensitivity | None
    estimands: Estimands | None
    subgroups: list[Subgroup] | None
    precision: list[PrecisionRow] | None
    individuals: SinglePatients | None
    baseline: dict[str, BaselineRow]
    flow: dict[str, dict[str, int]]
    estimand: str
    caution: str | None
    columns: ColumnsUsed
    left_out: list[RowsLeftOut]
    problems: list[str]
    page: str | None


class ExportedTable(TypedDict):
    """One table of ``leao trial export``."""

    name: str
    label: str
    records: int
    variables: int


class Exported(TypedDict):
    """``leao trial export``."""

    scenario: str
    trial: int
    seed: int
    datasets: list[ExportedTable]
    define_version: str
    dataset_json_version: str
    checked: str
    files: list[str]
