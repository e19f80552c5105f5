"""What ``leao review`` prints with ``--json``, ``leao.review.diary`` gives as ``summary`` and its page reads."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from leao.core.contract import Distribution, RowsLeftOut, UnreadColumn


class DiaryDays(TypedDict):
    """Which days there are; dates are null where the file numbers its days."""

    recorded: int
    missing: int
    first: str | None
    last: str | None


class Counts(TypedDict):
    """What the recorded days of a part of the diary show, per 28; null where no column tells."""

    recorded_days: int
    headache_days_per_28d: float
    migraine_days_per_28d: float | None
    attacks_per_28d: float
    hours_per_attack: float | None
    severe_days_per_28d: float | None
    acute_days_per_28d: float | None
    acute_days_by_class_per_28d: dict[str, float] | None
    acute_days_by_class_at_most_per_28d: dict[str, float] | None
    disability_mean: float | None
    disability_days_per_28d: float | None
    side_effect_days_per_28d: float | None
    hit6: float | None
    midas: float | None


class Responder(TypedDict):
    """By how much days have fallen from before to now, and whether by a half or by thirty per cent."""

    of: str
    fall_percent: float
    half: bool
    thirty: bool


Month = TypedDict(
    "Month",
    {
        "from": str,
        "to": str,
        "recorded_days": int,
        "headache_days": float | None,
        "migraine_days": NotRequired[float | None],  # of chronic migraine
        "days": NotRequired[float | None],  # of medication overuse
        "at_most": NotRequired[float | None],
    },
)
DoseStep = TypedDict("DoseStep", {"from": str, "dose": str})
Medicine = TypedDict("Medicine", {"name": str, "class": str | None, "count": int})


class Criterion(TypedDict):
    """A criterion of ICHD-3 counted by months."""

    criterion: str
    what: str | None
    status: str
    limit: float | None
    lasting: str
    why: str | None
    months: list[Month]


class SideEffect(TypedDict):
    """What the diary says of a side effect."""

    date: str
    text: str


class MigraineRule(TypedDict):
    """By what migraine days are told, or why they cannot be."""

    told_by: str | None
    why_not: str | None
    undecided_headache_days: int | None


class Chances(TypedDict):
    """The change and the chances of a fall."""

    change_percent: Distribution
    p_better: float
    p_30: float
    p_50: float
    p_75: float


class UnderSynthesis(Chances):
    """The answer under the synthesis of the trials as prior."""

    prior: str
    before_reading: Chances


class Course(TypedDict):
    """What a year under one course of doses would settle."""

    course: str
    weeks_to_80_percent_clear: int | None
    clear_within_a_year: float


class CheckedStatistic(TypedDict):
    """A statistic of the diary and its place among replicated diaries."""

    observed: float | None
    p: float | None


class ModelCheck(TypedDict):
    """Every statistic of the predictive check."""

    after_free: CheckedStatistic
    after_headache: CheckedStatistic
    headache_run: CheckedStatistic
    free_run: CheckedStatistic


class Diagnostics(TypedDict):
    """Whether the sampler can be trusted; null where it gave nothing."""

    k_hat: float | None
    effective_draws: float | None
    grid_error: float | None


class Flag(TypedDict):
    """What a reader should look at, with the days counted and the rule."""

    level: Literal["stop", "caution", "note"]
    what: str
    days: int
    rule: str
    source: str | None
    limit: NotRequired[float]  # of a dose
    dates: NotRequired[list[str]]
    months: NotRequired[list[Month]]  # of a criterion
    lasting: NotRequired[str]
    limit_days: NotRequired[float]


class AlarmWords(TypedDict):
    """Words of side effects to be reported at once."""

    source: str
    words: list[str]


class RedFlags(TypedDict):
    """The fixed list shown with every review."""

    source: str
    before: str
    items: list[str]
    side_effects: AlarmWords


class Oddity(TypedDict):
    """What is odd, and in which row of the file."""

    row: int | None
    what: str


class Understood(TypedDict):
    """How the diary was read."""

    understood: list[str]
    oddities: list[Oddity]


class NoteShown(TypedDict):
    """A note word for word, with the words of the alarm list in it."""

    date: str | None
    text: str
    words: list[str]


class DiaryColumns(TypedDict):
    """What became of the columns of the file."""

    used: list[str]
    read_as: dict[str, list[str]]
    harmless: list[str]
    empty: list[str]
    not_read: list[UnreadColumn]
    ignored: list[str]


class OpenQuestion(TypedDict):
    """A question that must be answered first."""

    column: str | None
    word: str
    count: int
    asks: str
    answer: str
    row: int | None


class ReviewSummary(TypedDict):
    """``leao review``: without a dose, or where the fit is not to be trusted, what rests on it is null."""

    days: DiaryDays
    baseline: Counts | None
    on_treatment: Counts | None
    after_stopping: Counts | None
    now: Counts | None
    responder: Responder | None
    criteria: list[Criterion]
    side_effects: list[SideEffect]
    comparable: bool | None
    migraine_days_rule: MigraineRule
    doses: list[DoseStep]
    change_percent: Distribution | None
    p_better: float | None
    p_30: float | None
    p_50: float | None
    p_75: float | None
    synthesis_prior: UnderSynthesis | None
    synthesis_prior_sceptical: UnderSynthesis | None
    expected_without_drug_percent: Distribution | None
    weeks_to_80_percent_clear: int | None
    what_would_settle: list[Course] | None
    headache_days_without_drug_per_28d: Distribution | None
    headache_days_per_28d: Distribution | None
    model_check: ModelCheck | None
    converged: bool
    problem: str | None
    prior: str
    diagnostics: Diagnostics
    flags: list[Flag]
    red_flags: RedFlags
    read: Understood
    notes: list[NoteShown]
    columns: DiaryColumns
    left_out: list[RowsLeftOut]
    open: list[OpenQuestion]
    medicines: list[Medicine]
    format: str
    not_checked: list[str]


class DiaryCheck(TypedDict):
    """``leao review --check``: how the diary is read and what is open."""

    understood: list[str]
    oddities: list[Oddity]
    usable: bool
    problem: str | None
    open: list[OpenQuestion]
    columns: DiaryColumns
    left_out: list[RowsLeftOut]
    notes: list[NoteShown]
    medicines: list[Medicine]
    mapping: str
    not_used: list[str]  # options beside --check that say nothing of how the diary is read
