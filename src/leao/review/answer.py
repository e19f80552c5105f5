"""The review of one diary: read, counted, flagged, and, with a dose, the change that the drug made.

``of(diary, ...)`` gives everything; ``Review.summary`` is the machine-readable side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.units import DAYS_PER_WEEK
from leao.diary import counting
from leao.diary.reading import Diary
from leao.diary.reading import doses as dosing
from leao.diary.reading.doses import Treatment
from leao.review import assurance, counts_and_response, criteria, daily_model, drug_level, effect, fit, flags, simulate
from leao.review.contract import ReviewSummary
from leao.review.flags import EARLIER, RECENT
from leao.review.priors import central

SEED = 1
CHECKED = 200  # replicated diaries of the model check
LEAST_CLEARANCE, LARGEST_CLEARANCE = 1.0, 300.0  # mL/min; at none the model's drug stays for ever
WEAK = "ln(rate ratio) ~ N(0, {sd:g}), centred on no effect (ledger review, effect_sd)"
ANSWERS = ("change_percent", *("p_better", *effect.FALLS), "synthesis_prior", "synthesis_prior_sceptical")
LATER = (
    "expected_without_drug_percent", "weeks_to_80_percent_clear", "what_would_settle",
    "headache_days_without_drug_per_28d",
)  # fmt: skip


class Review(NamedTuple):
    """A review: its machine-readable summary, and what the page draws."""

    summary: ReviewSummary
    diary: Diary
    treatment: Treatment | None
    levels: drug_level.Levels | None

    def __repr__(self) -> str:
        """Return the finding in a line; the numbers stand in ``summary``."""
        names = ("converged", "change_percent", "p_better", "weeks_to_80_percent_clear")
        return f"Review({', '.join(f'{name}={self.summary[name]}' for name in names)})"


def of(diary: Diary, steps: list[tuple[str, str]], creatinine_clearance: float | None = None) -> Review:
    """Return the review of a diary.

    Raises:
        ScenarioError: the diary cannot carry one, or a dose or a clearance that is not understood.
    """
    if diary.problem:
        raise ScenarioError(f"diary: {diary.problem}")
    if creatinine_clearance is not None and not LEAST_CLEARANCE <= creatinine_clearance <= LARGEST_CLEARANCE:
        wanted = f"{LEAST_CLEARANCE:g} to {LARGEST_CLEARANCE:g} mL/min"
        raise ScenarioError(f"--creatinine-clearance: found {creatinine_clearance:g}, wanted {wanted}")
    taken = dosing.treatment(diary, steps)
    diary = dosing.remarked(diary, steps, taken)
    levels = None if taken is None else drug_level.predict(taken.doses, taken.reference, creatinine_clearance)
    data = observed(diary, taken, levels)
    posterior = fit.sample(data, SEED)
    answers: dict[str, Any] = dict.fromkeys((*ANSWERS, *LATER, "headache_days_per_28d", "model_check"))
    raised: list[dict[str, Any]] = []
    if posterior.converged:
        answers |= _model(posterior, data)
        raised = flags.rising(*_trend(posterior, data))
        if taken is not None:
            answers |= _answers(posterior, taken, data)
            answers |= _settled(posterior, answers["p_better"], data, (taken, creatinine_clearance))
    flagged = [*flags.raised(diary, taken, creatinine_clearance), *raised]
    summary: Any = _described(diary, taken) | answers | _checks(posterior)
    summary |= {"flags": flagged, "red_flags": dict(flags.red_flags()), "read": _read(diary, taken)}
    summary |= {"notes": diary.notes_json(), "columns": diary.columns, "left_out": diary.left_out, "open": []}
    summary |= {"medicines": diary.medicines, "format": diary.format}
    summary |= {"not_checked": flags.unchecked(diary, taken, creatinine_clearance)}
    return Review(summary, diary, taken, levels)


def _described(diary: Diary, taken: Treatment | None) -> dict[str, Any]:
    everything = np.ones(diary.headache.size, dtype=bool)
    before = everything if taken is None else np.arange(everything.size) < taken.first
    after = None if taken is None else (~taken.on & ~before)
    last = diary.first + timedelta(everything.size - 1)
    baseline, stopped = (
        counts_and_response.counts(diary, before),
        None if after is None else counts_and_response.counts(diary, after),
    )
    now = counts_and_response.counts(diary, _now(everything if taken is None else taken.on))
    without = [part["headache_days_per_28d"] > 0.0 for part in (baseline, stopped) if part]
    return {
        "days": {
            "recorded": int(diary.seen.sum()),
            "missing": int((~diary.seen).sum()),
            "first": None if diary.numbered else str(diary.first),
            "last": None if diary.numbered else str(last),
        },
        "baseline": baseline,
        "on_treatment": None if taken is None else counts_and_response.counts(diary, taken.on),
        "after_stopping": stopped,
        "now": now,
        "responder": None if taken is None else counts_and_response.responder(baseline, now),
        "criteria": criteria.tested(diary),
        "side_effects": [{"date": diary.name(day), "text": text} for day, text in diary.side_effects or []],
        "comparable": None if taken is None else any(without),
        "migraine_days_rule": counts_and_response.migraine_rule(diary),
        "doses": [{"from": diary.name(diary.day(when)), "dose": what} for when, what in taken.steps] if taken else [],
    }


def _now(on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the last 28 days of the diary, or on treatment."""
    last = int(np.flatnonzero(on)[-1])
    days = np.arange(on.size)
    return on & (days > last - RECENT) & (days <= last)


def _read(diary: Diary, taken: Treatment | None) -> dict[str, Any]:
    understood = list(diary.understood)
    oddities = list(diary.oddities)
    if taken is not None:
        understood += taken.understood
        oddities += [{"row": None, "what": what} for what in taken.oddities]
    return {"understood": understood, "oddities": oddities}


def observed(diary: Diary, taken: Treatment | None = None, levels: drug_level.Levels | None = None) -> daily_model.Data:
    """Return the days as the inference reads them."""
    n_day = diary.headache.size
    relative = np.zeros((len(daily_model.SPEEDS), n_day))
    if taken is not None and levels is not None:
        relative = levels.relative[:, taken.lead :]
    return daily_model.Data(
        headache=diary.headache == 1,
        seen=diary.seen,
        weekday=(diary.first.toordinal() + np.arange(n_day)) % DAYS_PER_WEEK,
        window=_cycle(diary).astype(float),
        exposure=relative,
    )


def _cycle(diary: Diary) -> NDArray[np.bool_]:
    """Return the days in a menstrual window; none where menses are not recorded."""
    bleeding = diary.flags.get("menses")
    if bleeding is None:
        return np.zeros(diary.headache.size, dtype=bool)
    first = counting.first_menstrual_days(bleeding == 1)
    return counting.in_menstrual_window(bleeding.size, first, counting.standard())


def _model(posterior: fit.Posterior, data: daily_model.Data) -> dict[str, Any]:
    q = posterior.parameters
    few = daily_model.Parameters(*(values[:: max(1, len(values) // CHECKED)] for values in q))
    checks = simulate.predictive_check(few, data, np.random.default_rng(0))
    lately = effect.spread(RECENT * _share(posterior, data, RECENT))
    return {"headache_days_per_28d": lately, "model_check": checks}


def _share(posterior: fit.Posterior, data: daily_model.Data, days: int, skipped: int = 0) -> NDArray[np.float64]:
    """Return the mean probability of headache over the last ``days`` before the last ``skipped`` (draw,)."""
    stop = data.seen.size - skipped
    eta = daily_model.log_rate(posterior.parameters, data, days=slice(max(0, stop - days), stop))
    return daily_model.chance(eta).mean(axis=1)


def _trend(posterior: fit.Posterior, data: daily_model.Data) -> tuple[float | None, float, float]:
    """Return P(the last 28 days above the 56 before), and both rates per 28 days; None where the diary is shorter."""
    if data.seen.size < RECENT + EARLIER:
        return None, 0.0, 0.0
    recent, before = _share(posterior, data, RECENT), _share(posterior, data, EARLIER, RECENT)
    return float(np.mean(recent > before)), RECENT * float(recent.mean()), RECENT * float(before.mean())


def _answers(posterior: fit.Posterior, taken: Treatment, data: daily_model.Data) -> dict[str, Any]:
    q, weights = posterior.weighted, posterior.weights
    change = effect.change_percent(q)
    answers: dict[str, Any] = {
        "change_percent": effect.spread(change, weights), **effect.probabilities(change, weights)
    }  # fmt: skip
    for name, prior in (("synthesis_prior", "neutral"), ("synthesis_prior_sceptical", "sceptical")):
        mean, sd = effect.synthesis(prior)
        under = effect.under_synthesis(q.effect, change, weights, (mean, sd))
        head = {"prior": f"ln(rate ratio) ~ N({mean:.2f}, {sd:.2f}), {prior}"}
        head |= {"before_reading": effect.before_reading(mean, sd)}
        answers[name] = None if under is None else under | head
    on = taken.on
    if (on & data.seen).any():
        expected = effect.without_drug(posterior.parameters, data, on)
        answers["headache_days_without_drug_per_28d"] = effect.spread(RECENT * expected)
        if data.headache[: int(np.argmax(on))].any():
            without = effect.without_drug_percent(expected, data, on)
            answers["expected_without_drug_percent"] = effect.spread(without)
    return answers


def _settled(
    posterior: fit.Posterior, better: float, data: daily_model.Data, treated: tuple[Treatment, float | None]
) -> dict[str, Any]:
    """Return what would settle the answer."""
    weighed = assurance.weigh((posterior.parameters, better), data, *treated, central())
    return {"weeks_to_80_percent_clear": weighed[0]["weeks_to_80_percent_clear"], "what_would_settle": weighed}


def _checks(posterior: fit.Posterior) -> dict[str, Any]:
    return {
        "converged": posterior.converged,
        "problem": posterior.problem,
        "prior": WEAK.format(sd=central().effect_sd),
        "diagnostics": {
            "k_hat": posterior.k_hat,
            "effective_draws": posterior.effective_draws,
            "grid_error": posterior.grid_error,
        },
    }
