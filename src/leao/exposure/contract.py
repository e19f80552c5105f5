"""What ``leao pk`` prints with ``--json``, ``leao.exposure`` gives as ``summary``, and a plan holds as its forecast."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.core.contract import Distribution, TableUse


class Simulated(TableUse):
    """``leao pk simulate``."""

    subjects: int
    rows: int
    out: str | None
    replicates: int | None
    taken_as_usual: list[str]
    ignored_columns: list[str]


class LevelAhead(TypedDict):
    """The forecast of one moment; the brain of another drug is not known."""

    time_h: float
    plasma_ng_per_mL: Distribution
    free_brain_uM: Distribution | None


class FutureDose(TypedDict):
    """One of the doses taken from now on."""

    first_h: float
    dose_mg: float
    every_h: float


class MeasuredLevel(TypedDict):
    """A measured level, or the limit it lies below, beside what the fit makes of it."""

    time_h: float
    measured_ng_per_mL: float | None
    below_ng_per_mL: float | None
    fitted: Distribution


class PersonFit(TableUse):
    """``leao pk forecast`` of one person."""

    id: str
    parameters: dict[str, Distribution]
    maximum: dict[str, float]
    units: dict[str, str]
    forecast: list[LevelAhead]
    dose_mg: float | None
    every_h: float | None
    doses: list[FutureDose]
    daily_dose_mg: float
    levels: list[MeasuredLevel]
    method: str
    effective_sample_size: float
    largest_weight: float
    converged: bool


class NoncompartmentalInterval(TableUse):
    """``leao pk nca`` of one person and dosing interval; null where the levels do not tell."""

    id: str
    dose_mg: float
    start_h: float
    tau_h: float | None
    steady_state: bool
    levels: int
    auc: float
    auc_infinity: float | None
    auc_tau: float | None
    cmax: float
    tmax: float
    clast: float
    tlast: float
    lambda_z: float | None
    lambda_z_points: int | None
    lambda_z_r2_adjusted: float | None
    half_life: float | None
    cl_f: float | None
    vz_f: float | None
    accumulation: float | None
    units: dict[str, str]


class VisualPredictiveCheck(TableUse):
    """``leao pk vpc``, lists over bins of time; percentiles 5, 50 and 95, each predicted one with its 90 % interval."""

    out: str | None
    corrected: bool
    time_h: list[float]
    levels: list[int]
    predicted: list[list[float]]
    predicted_interval: list[list[list[float]]]
    measured: list[list[float | None]]
    below_percent: list[float]
    predicted_below_percent: list[list[float | None]]


class PredictionError(TypedDict):
    """Where one level stands among those predicted for its person."""

    id: str
    time_h: float
    dv: float
    predicted: float
    npde: float


class PredictionErrors(TableUse):
    """``leao pk npde``; tests are null with fewer than three levels."""

    levels: list[PredictionError]
    replicates: int
    mean: float
    variance: float | None
    p_mean: float | None
    p_variance: float | None
    p_normal: float | None
    p_global: float | None
    censored_left_out: int


class ExportedModel(TypedDict):
    """``leao pk export``."""

    out: str
    parameters: dict[str, float]
    units: str


class PopulationBand(TypedDict):
    """``leao.exposure.population``: the level of the last day."""

    n: int
    seed: int
    dose_mg: float
    days: int
    plasma_ng_per_mL: Distribution


class OtherAssumption(TypedDict):
    """What a run takes otherwise, with the level it alone gives."""

    what: str
    plasma_ng_per_mL: Distribution


class AsInARun(TypedDict):
    """The level that a run would give for the same regimen."""

    plasma_ng_per_mL: Distribution
    differs: list[OtherAssumption]


class ForecastWeek(TypedDict):
    """The dose and the level of a week's last day."""

    week: int
    mg_per_day: float
    intakes_mg: list[float]
    plasma_ng_per_mL: Distribution


class DailyBand(TypedDict):
    """Three lists over days."""

    median: list[float]
    p05: list[float]
    p95: list[float]


class DailyLevels(TypedDict):
    """Daily mean levels."""

    plasma_ng_per_mL: DailyBand


class RegimenForecast(TypedDict):
    """``leao.exposure.forecast``, and ``forecast`` of ``leao plan``."""

    plasma_ng_per_mL: Distribution
    free_brain_uM: Distribution
    days_to_90_percent: Distribution
    washout_days: Distribution
    as_in_a_run: AsInARun
    weeks: list[ForecastWeek]
    days: DailyLevels
