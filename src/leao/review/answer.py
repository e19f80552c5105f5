"""The review of one diary: read, counted, flagged, and, with a dose, the change that the drug made.

``of(diary, ...)`` gives everything; ``Review.summary`` is the machine-readable side.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.diary import rules
from leao.diary.reading import Diary
from leao.diary.reading import doses as dosing
from leao.diary.reading.doses import Treatment
from leao.review import courses, describe, effect, exposure, fit, flags, model, simulate
from leao.review.flags import EARLIER, RECENT
from leao.review.priors import central

SEED = 1
BEFORE_DOSE = 700  # days before the first dose that the inference of a long diary reads at least
CHECKED = 200  # replicated diaries of the model check
LARGEST_CLEARANCE = 300.0  # mL/min
WEAK = "ln(rate ratio) ~ N(0, {sd:g}), centred on no effect (ledger review, effect_sd)"
ANSWERS = ("change_percent", *("p_better", *effect.FALLS), "synthesis_prior", "synthesis_prior_sceptical")
LATER = (
    "expected_without_drug_percent", "weeks_to_80_percent_clear", "what_would_settle",
    "headache_days_without_drug_per_28d",
)  # fmt: skip


class Review(NamedTuple):
    """A review: its machine-readable summary, and what the page draws."""

    summary: dict[str, Any]
    diary: Diary
    treatment: Treatment | None
    levels: exposure.Levels | None

    def __repr__(self) -> str:
        """Return the finding in a line; the numbers stand in ``summary``."""
        names = ("converged", "change_percent", "p_better", "weeks_to_80_percent_clear")
        return f"Review({', '.join(f'{name}={self.summary[name]}' for name in names)})"


class Window(NamedTuple):
    """The days of the diary that the inference reads: all, or the last years of a long one."""

    start: int
    stop: int
    data: model.Data
    block: int


def of(diary: Diary, steps: list[tuple[str, str]], creatinine_clearance: float | None = None) -> Review:
    """Return the review of a diary.

    Raises:
        ScenarioError: the diary cannot carry one, or a dose or a clearance that is not understood.
    """
    if diary.problem:
        raise ScenarioError(f"diary: {diary.problem}")
    if creatinine_clearance is not None and not 0.0 <= creatinine_clearance <= LARGEST_CLEARANCE:
        raise ScenarioError(f"--creatinine-clearance: found {creatinine_clearance:g}, wanted 0 to 300 mL/min")
    taken = dosing.treatment(diary, steps)
    levels = None if taken is None else exposure.predict(taken.doses, taken.reference, creatinine_clearance)
    view = window(diary, taken, levels)
    posterior = fit.sample(view.data, SEED)
    head = _described(diary, taken, view)
    said = _read(diary, taken, view)
    found = dict.fromkeys((*ANSWERS, *LATER, "headache_days_per_28d", "model_check"))
    raised: list[dict[str, Any]] = []
    if posterior.converged:
        found |= _model(posterior, view)
        raised = flags.rising(*_trend(posterior, view, diary.headache.size))
        if taken is not None:
            found |= _answers(posterior, taken, view)
            found |= _settled(posterior, taken, view, creatinine_clearance)
    flagged = [*flags.found(diary, taken, creatinine_clearance), *raised]
    summary = head | found | _checks(posterior) | {"flags": flagged, "red_flags": dict(flags.red_flags()), "read": said}
    summary |= {"notes": diary.notes_json(), "columns": diary.columns, "left_out": diary.left_out, "open": []}
    summary |= {"medicines": diary.medicines, "format": diary.format}
    summary |= {"not_checked": flags.unchecked(diary, taken, creatinine_clearance, view.stop)}
    return Review(summary, diary, taken, levels)


def _described(diary: Diary, taken: Treatment | None, view: Window) -> dict[str, Any]:
    everything = np.ones(diary.headache.size, dtype=bool)
    before = everything if taken is None else np.arange(everything.size) < taken.first
    after = None if taken is None else (~taken.on & ~before)
    last = diary.first + timedelta(everything.size - 1)
    baseline, stopped = describe.counts(diary, before), None if after is None else describe.counts(diary, after)
    without = [part["headache_days_per_28d"] > 0.0 for part in (baseline, stopped) if part]
    return {
        "days": {
            "recorded": int(diary.seen.sum()),
            "missing": int((~diary.seen).sum()),
            "first": None if diary.numbered else str(diary.first),
            "last": None if diary.numbered else str(last),
            "inferred": view.stop - view.start,
            "left_aside": everything.size - (view.stop - view.start),
        },
        "baseline": baseline,
        "on_treatment": None if taken is None else describe.counts(diary, taken.on),
        "after_stopping": stopped,
        "comparable": None if taken is None else any(without),
        "migraine_days_rule": describe.migraine_rule(diary),
        "doses": [{"from": diary.name(diary.day(when)), "dose": what} for when, what in taken.steps] if taken else [],
    }


def _read(diary: Diary, taken: Treatment | None, window: Window) -> dict[str, Any]:
    understood = list(diary.understood)
    oddities = list(diary.oddities)
    if taken is not None:
        understood += taken.understood
        oddities += [{"row": None, "what": what} for what in taken.oddities]
    if window.stop - window.start < diary.headache.size:
        understood.append(_left_aside(diary, window))
    return {"understood": understood, "oddities": oddities}


def _left_aside(diary: Diary, window: Window) -> str:
    """Return which days the inference does not read."""
    total = diary.headache.size
    ends = [(0, window.start), (window.stop, total)]
    spans = [f"{diary.name(first)} to {diary.name(stop - 1)}" for first, stop in ends if stop > first]
    aside = total - (window.stop - window.start)
    return (
        f"the inference reads {model.LONGEST} days at most and leaves {aside} of {total} aside: "
        f"{' and '.join(spans)}; the counts read all"
    )


def window(diary: Diary, taken: Treatment | None, levels: exposure.Levels | None) -> Window:
    """Return the padded days for the inference; a diary longer than ``model.LONGEST`` keeps the treatment in view."""
    total = diary.headache.size
    late = max(0, total - model.LONGEST)
    start = late if taken is None else min(late, max(0, taken.first - BEFORE_DOSE))
    stop = min(total, start + model.LONGEST)
    n_day = stop - start
    length, block = model.size(n_day)
    pad = length - n_day
    seen = diary.seen[start:stop]
    relative = np.zeros((len(model.SPEEDS), n_day))
    if taken is not None and levels is not None:
        relative = levels.relative[:, taken.lead + start : taken.lead + stop]
    weekday = (diary.first.toordinal() + start + np.arange(length)) % model.WEEK
    data = model.Data(
        headache=np.pad((diary.headache[start:stop] == 1).astype(float), (0, pad)),
        seen=np.pad(seen.astype(float), (0, pad)),
        inside=(np.arange(length) < n_day).astype(float),
        weekday=(np.arange(model.WEEK)[:, None] == weekday).astype(float),
        window=np.pad(_cycle(diary)[start:stop].astype(float), (0, pad)),
        exposure=np.pad(relative, ((0, 0), (0, pad))),
    )
    return Window(start, stop, data, block)


def _cycle(diary: Diary) -> NDArray[np.bool_]:
    """Return the days in a menstrual window; none where menses are not recorded."""
    bleeding = diary.flags.get("menses")
    if bleeding is None:
        return np.zeros(diary.headache.size, dtype=bool)
    first = rules.first_menstrual_days(bleeding == 1)
    return rules.in_menstrual_window(bleeding.size, first, rules.standard())


def _model(posterior: fit.Posterior, window: Window) -> dict[str, Any]:
    q = posterior.parameters
    few = model.Parameters(*(values[:: max(1, len(values) // CHECKED)] for values in q))
    checks = simulate.predictive_check(few, window.data, window.block, np.random.default_rng(0))
    return {"headache_days_per_28d": effect.spread(RECENT * _lately(posterior, window, RECENT)), "model_check": checks}


def _lately(posterior: fit.Posterior, window: Window, days: int, skipped: int = 0) -> NDArray[np.float64]:
    """Return the mean probability of headache over the last ``days`` before the last ``skipped`` (draw,)."""
    n_day = window.stop - window.start - skipped
    eta = model.log_rate(posterior.parameters, window.data, window.block)[:, max(0, n_day - days) : n_day]
    return model.chance(eta).mean(axis=1)


def _trend(posterior: fit.Posterior, window: Window, total: int) -> tuple[float | None, float, float]:
    """Return P(the diary's last 28 days above the 56 before), and both rates per 28 days; None where not read."""
    if window.stop < total or window.stop - window.start < RECENT + EARLIER:
        return None, 0.0, 0.0
    recent, before = _lately(posterior, window, RECENT), _lately(posterior, window, EARLIER, RECENT)
    return float(np.mean(recent > before)), RECENT * float(recent.mean()), RECENT * float(before.mean())


def _answers(posterior: fit.Posterior, taken: Treatment, window: Window) -> dict[str, Any]:
    q = posterior.parameters
    change = effect.change_percent(q)
    on = np.zeros(window.data.headache.size, dtype=bool)
    on[: window.stop - window.start] = taken.on[window.start : window.stop]
    found: dict[str, Any] = {"change_percent": effect.spread(change), **effect.probabilities(change)}
    for name, prior in (("synthesis_prior", "neutral"), ("synthesis_prior_sceptical", "sceptical")):
        mean, sd = effect.synthesis(prior)
        under = effect.under_synthesis(q.effect, change, mean, sd)
        head = {"prior": f"ln(rate ratio) ~ N({mean:.2f}, {sd:.2f}), {prior}"}
        head |= {"before_reading": effect.before_reading(mean, sd)}
        found[name] = None if under is None else under | head
    seen = window.data.seen.astype(bool)
    before = seen & (np.arange(on.size) < np.argmax(on))
    if (on & seen).any():
        expected = model.chance(model.log_rate(q, window.data, window.block, drug=0.0))[:, on & seen].mean(axis=1)
        found["headache_days_without_drug_per_28d"] = effect.spread(RECENT * expected)
        if window.data.headache[before].any():
            without = effect.without_drug_percent(q, window.data, window.block, on)
            found["expected_without_drug_percent"] = effect.spread(without)
    return found


def _settled(
    posterior: fit.Posterior, taken: Treatment, window: Window, creatinine_clearance: float | None
) -> dict[str, Any]:
    """Return what would settle the answer; nothing where the inference does not reach the diary's end."""
    if window.stop < taken.on.size:
        return {}
    found = courses.weigh(posterior.parameters, window.data, window.block, taken, creatinine_clearance, central())
    return {"weeks_to_80_percent_clear": found[0]["weeks_to_80_percent_clear"], "what_would_settle": found}


def _checks(posterior: fit.Posterior) -> dict[str, Any]:
    return {
        "converged": posterior.converged,
        "problem": posterior.problem,
        "prior": WEAK.format(sd=central().effect_sd),
        "diagnostics": {
            "r_hat": posterior.r_hat,
            "effective_draws": posterior.ess,
            "diverging": posterior.diverging,
        },
    }
