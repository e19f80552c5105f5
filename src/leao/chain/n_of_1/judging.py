"""Looks and the close: the diary's counted days by box, then by treatment, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from leao.chain.n_of_1.folder import Trial
from leao.core.errors import ScenarioError
from leao.core.rows import picked
from leao.diary.reading import Diary
from leao.trial.params import numbers as trial_numbers
from leao.trial.single_patient import estimate
from leao.trial.single_patient.estimate import CycleEstimate, Windows

LEAST_CYCLES = 2
NAMES = ("placebo", "drug")


class Counted(NamedTuple):
    """A trial's boxes as the diary fills them."""

    boxes: list[dict[str, Any]]
    windows: Windows  # (1, cycle, 2): placebo, drug; none of boxes that are not over
    window_days: int

    @property
    def rates(self) -> np.ndarray:
        """Days of the outcome per 28 recorded days, (cycle, 2): placebo, drug."""
        month = trial_numbers().month
        recorded = self.windows.recorded[0]
        share = np.divide(self.windows.events[0], recorded, out=np.full(recorded.shape, np.nan), where=recorded > 0.0)
        return month * share

    def differences(self, cycles: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return difference and variance, (1, cycle), of the first ``cycles``: a look knows nothing of later days."""
        seen = Windows(*(part[:, :cycles] for part in self.windows))
        return estimate.differences(seen, trial_numbers(), self.window_days)

    @property
    def whole(self) -> int:
        """Whole cycles."""
        difference, _ = self.differences()
        return int(np.isfinite(difference).sum())

    @property
    def ended(self) -> int:
        """Boxes that the diary covers to their last day."""
        return sum(box["ended"] for box in self.boxes)


class Decision(NamedTuple):
    """The answer of all looks together."""

    verdict: str
    answer: CycleEstimate | None  # of all whole cycles
    looks: list[dict[str, Any]]
    problems: list[str]


def count(trial: Trial, diary: Diary, *, closing: bool = False) -> Counted:
    """Return the boxes' counted days; a box is over once a later day is written down, and at the close.

    Raises:
        ScenarioError: a diary without dates, without the outcome, or wholly outside the trial.
    """
    values, seen = _outcome(trial, diary)
    written = int(np.flatnonzero(seen)[-1]) if seen.any() else -1  # the template holds days that are still to come
    boxes, events, recorded = [], [], []
    for number, (_, first, last) in enumerate(trial.calendar.boxes, start=1):
        cut = slice(max(diary.day(first), 0), max(min(diary.day(last) + 1, seen.size), 0))
        here = seen[cut]
        taken = diary.taken[cut]
        boxes.append(
            {
                "box": number,
                "first": str(first),
                "last": str(last),
                "ended": diary.day(last) <= written or (closing and bool(here.any())),
                "recorded": int(here.sum()),
                "days": int((values[cut] & here).sum()),
                "capsules_not_taken": int((taken == 0).sum()) if (taken >= 0).any() else None,
            }
        )
        events.append(boxes[-1]["days"] if boxes[-1]["ended"] else 0)
        recorded.append(boxes[-1]["recorded"] if boxes[-1]["ended"] else 0)
    if not any(box["recorded"] for box in boxes):
        raise ScenarioError(
            f"diary: no recorded day lies in a counted window ({boxes[0]['first']} to {boxes[-1]['last']}); is it this "
            "patient's, and are its dates right?"
        )
    side = np.argsort(np.array(trial.order).reshape(-1, 2), axis=-1)
    parts = [np.array(part, np.float64).reshape(-1, 2) for part in (events, recorded)]
    windows = Windows(*(np.take_along_axis(part, side, axis=-1)[None] for part in parts))
    return Counted(boxes, windows, trial.calendar.window)


def _outcome(trial: Trial, diary: Diary) -> tuple[np.ndarray, np.ndarray]:
    if diary.numbered:
        raise ScenarioError("diary: its days are numbered, wanted dates, by which the boxes are known")
    if trial.plan["outcome"] == "headache_days":
        return diary.headache == 1, diary.seen
    if diary.migraine is None:
        raise ScenarioError(
            "diary: no cell says which headache was migraine, and the trial counts migraine days; add a column "
            "migraine (yes or no)"
        )
    return diary.migraine == 1, diary.seen & (diary.migraine >= 0)


def problems(trial: Trial, counted: Counted, diary: Diary) -> list[str]:
    """Return what stands against the diary, without a word of what a box holds."""
    rules = trial_numbers()
    least = rules.least_filled * trial.calendar.window
    lines = [
        f"box {box['box']}: {box['recorded']} of {trial.calendar.window} counted days recorded, wanted {least:g}; "
        "its cycle does not count"
        for box in counted.boxes
        if box["ended"] and box["recorded"] < least
    ]
    lines += [
        f"box {box['box']}: on {box['capsules_not_taken']} counted days no capsule was taken"
        for box in counted.boxes
        if box["capsules_not_taken"]
    ]
    if trial.looks:
        before = trial.looks[-1]["boxes"]
        changed = [
            box["box"]
            for box, now in zip(before, counted.boxes, strict=True)
            if box["ended"] and (box["days"], box["recorded"]) != (now["days"], now["recorded"])
        ]
        if changed:
            where = ", ".join(map(str, changed))
            lines.append(f"written to since look {len(trial.looks)}: counted days of box {where} have changed")
    beyond = trial.calendar.last + timedelta(1)
    if 0 <= diary.day(beyond) < diary.seen.size and diary.seen[diary.day(beyond) :].any():
        lines.append(f"the diary goes on after {trial.calendar.last}, the trial's last day; those days are not used")
    if diary.day(trial.calendar.begin) > 0 and diary.seen[: diary.day(trial.calendar.begin)].any():
        lines.append(f"days before {trial.calendar.begin}, the trial's first, are not used")
    return lines


def judge(trial: Trial, counted: Counted, cycles: int, history: Sequence[int]) -> tuple[int, float]:
    """Return what a look says (``estimate.HELPS`` ...) and its one-sided bound.

    Args:
        trial: the trial.
        counted: its boxes.
        cycles: how many of its cycles the look sees.
        history: whole cycles at this look and those before.
    """
    answer = _estimate(trial, counted, cycles)
    bound = float(
        estimate.nominal(tuple(history), trial.plan["cycles"], trial.plan["alpha_one_sided"])[-1]
    )  # fmt: skip
    return int(estimate.verdict(answer, bound)[0]), bound


def decide(trial: Trial, counted: Counted) -> Decision:
    """Return the verdict at the close: of the look that stopped, or of a last look at all cycles."""
    history = [look["whole_cycles"] for look in trial.looks]
    looks = [picked(look, ("look", "whole_cycles", "nominal_p", "stopped")) for look in trial.looks]
    whole, lines = counted.whole, []
    answer = _estimate(trial, counted, trial.plan["cycles"]) if whole else None
    if trial.looks and trial.looks[-1]["stopped"]:
        code, _ = judge(trial, counted, trial.looks[-1]["boxes_ended"] // 2, history)
        if code == estimate.OPEN:
            lines.append("the look that stopped the trial does not stop it on this diary, which was changed since")
        return Decision(_word(code), answer, looks, lines)
    if whole < LEAST_CYCLES:
        lines.append(f"{whole} whole cycles, at least {LEAST_CYCLES} wanted: nothing is judged")
        return Decision("not_judged", answer, looks, lines)
    if history and whole <= history[-1]:
        return Decision("not_shown", answer, looks, lines)
    code, bound = judge(trial, counted, trial.plan["cycles"], [*history, whole])
    looks.append({"look": len(looks) + 1, "whole_cycles": whole, "nominal_p": bound, "stopped": code != estimate.OPEN})
    if whole < trial.plan["cycles"]:
        lines.append(f"closed after {whole} of {trial.plan['cycles']} cycles: what is left of the error is not spent")
    return Decision(_word(code), answer, looks, lines)


def _word(code: int) -> str:
    return {estimate.HELPS: "helps", estimate.HARMS: "harms", estimate.OPEN: "not_shown"}[code]


def _estimate(trial: Trial, counted: Counted, cycles: int) -> CycleEstimate:
    noise = estimate.noise(trial.plan["outcome"])
    return estimate.estimate(*counted.differences(cycles), noise)
