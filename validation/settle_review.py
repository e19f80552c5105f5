"""Does "the answer is clear with 80 % probability after N more weeks" hold? Writes docs/validation/review_settle.csv.

Diaries of the calibration study `model` (28 days before, 84 on 10 mg daily, drawn from the inference model) whose
answer is not clear, by their P(better): `skewed`, within 0.07 of the rule, and `open`, the others. Futures under two
courses, `as now` and `by turns`, are lived by posterior draws as ``assurance`` lives them; diary and future together are
then read anew by the review's own inference, after 26 weeks and, where the review names N weeks, after N and N / 2.
After 28 days of baseline the same dose is never named a number of weeks; so besides, `long`: 350 days before and 10
on the drug, diaries in which headache moved visibly in those days, followed after N and N / 2 weeks of the same dose.
One line is one refit beside what ``assurance`` says of that very future, appended when it is finished; finished lines
are not done again.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.units import DAYS_PER_WEEK
from leao.review import assurance, exposure, fit, model
from leao.review.priors import central

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "docs" / "validation" / "review_settle.csv"
SEED = 20261202
STUDY = 500  # diaries of the study
WEEKS = 26
COURSES = (assurance.AS_NOW, assurance.BY_TURNS)
BANDS = {"skewed": (0.05, 0.12), "open": (0.12, 0.5)}  # of min(P, 1 - P)
EVERY = {"skewed": 6, "open": 60}  # every so many of them are followed for 26 weeks; those answered in weeks, all
FUTURES, AT_N, AT_HALF = 2, 6, 2
LONG = {"BEFORE": 350, "ON": 10, "DAYS": 360}
FIRST_LONG = 1000  # their numbers begin here
LOOKED_AT = 120  # of them at most
FELL, ROSE, BUILT_UP = 0.35, 2.0, 3  # share of headache days against before, from the third day on
FIELDS = (
    "diary", "band", "p_better", "course", "weeks", "days", "stated_share", "future", "p_stated", "p_refit",
    "converged",
)  # fmt: skip


def calibration() -> Any:
    """Return the script of the calibration study, whose diaries these are."""
    return importlib.import_module("validation.calibration_review")


def levels(made: Any) -> dict[str, NDArray[np.float64]]:
    """Return the predicted level of the coming year (speed, day) by course."""
    past = np.zeros((made.DAYS, 2))
    past[made.BEFORE :, 0] = made.DOSE
    found = assurance.courses(past[-1], past[-1])
    return {
        name: exposure.predict(np.concatenate([past, found[name]]), made.DOSE, None).relative[:, -assurance.YEAR :]
        for name in COURSES
    }


def moved(made: Any, headache: NDArray[np.bool_], seen: NDArray[np.bool_]) -> bool:
    """Return whether the recorded headache of a diary fell or rose visibly under the drug."""
    on = slice(made.BEFORE + BUILT_UP, None)
    before, after = (
        float((headache & seen)[part].sum() / max(int(seen[part].sum()), 1)) for part in (slice(0, made.BEFORE), on)
    )
    return after < FELL * before or after > ROSE * before > 0.0


def extended(data: model.Data, headache: NDArray[np.bool_], seen: NDArray[np.bool_], level: Any) -> model.Data:
    """Return a diary with the days of one future, and their level, behind it."""
    days = data.seen.size + seen.size
    return model.Data(
        headache=np.concatenate([data.headache, headache & seen]),
        seen=np.concatenate([data.seen, seen]),
        weekday=(data.weekday[0] + np.arange(days)) % DAYS_PER_WEEK,
        window=np.zeros(days),
        exposure=np.concatenate([data.exposure, level[:, : seen.size]], axis=1),
    )


def chosen(rows: list[dict[str, str]]) -> list[tuple[int, str, bool]]:
    """Return (diary, band, whether it is followed for 26 weeks) of the study's lines that are to be looked at."""
    found = []
    for band, (low, high) in BANDS.items():
        p = {int(row["diary"]): float(row["p_better"]) for row in rows if row["study"] == "model"}
        inside = [k for k in sorted(p) if low < min(p[k], 1.0 - p[k]) <= high]
        followed = set(inside[EVERY[band] // 2 :: EVERY[band]])
        found += [(k, band, k in followed) for k in inside if band == "skewed" or k in followed]
    return found


def refits(k: int, band: str, data: model.Data, level: dict[str, Any], *, followed: bool) -> list[dict[str, Any]]:
    """Return the refits of one diary that are to be done, each with its data and what ``assurance`` says of it."""
    p = central()
    q = fit.sample(data, SEED + k).parameters
    found = []
    for course, path in level.items():
        says = assurance.of_course(q, data, path, p)
        future = assurance.futures(q, data, path)
        horizons = {DAYS_PER_WEEK * WEEKS: FUTURES} if followed else {}
        if says.weeks:
            horizons |= {DAYS_PER_WEEK * says.weeks // 2: AT_HALF, DAYS_PER_WEEK * says.weeks: AT_N}
        draws = np.random.default_rng([SEED, k]).permutation(len(future.headache))
        for days, many in horizons.items():
            better = assurance.afterwards(q.effect, future, days)
            found += [
                {
                    "diary": k, "band": band, "p_better": float(np.mean(q.effect < 0.0)), "course": course,
                    "weeks": says.weeks or "", "days": days, "stated_share": assurance.share_clear(better, p),
                    "future": int(draw), "p_stated": float(better[draw]),
                    "data": extended(data, future.headache[draw, :days], future.seen[draw, :days], path),
                }
                for draw in draws[:many]
            ]  # fmt: skip
    return found


def refit(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with the answer of the review to diary and future."""
    found = fit.sample(line["data"], SEED + 1000 * line["diary"] + line["future"])
    return line | {"p_refit": float(np.mean(found.parameters.effect < 0)), "converged": int(found.converged)}


def main() -> None:
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="CPU time after which to stop")
    parser.add_argument("--long", action="store_true", help="the diaries with a long baseline instead of the others")
    parser.add_argument("--band", choices=list(BANDS), help="one kind of diary; else all, in order")
    asked = parser.parse_args()
    made = calibration()
    diaries, level = made.from_model(STUDY, made.taken()), levels(made)
    with made.OUT.open(encoding="utf-8") as file:
        looked_at = chosen(list(csv.DictReader(file)))
    todo = (
        refits(k, band, made.data(diaries.headache[k], diaries.seen[k], made.taken()), level, followed=followed)
        for k, band, followed in looked_at
        if asked.band in (None, band)
    )
    run(todo, 0.0 if asked.long else asked.minutes)
    run(long(), asked.minutes if asked.long else 0.0)


def long() -> Iterator[list[dict[str, Any]]]:
    """Yield the refits of the diaries with a long baseline, under the same dose."""
    made = calibration()
    made.__dict__.update(LONG)
    diaries = made.from_model(STUDY, made.taken())
    level = {assurance.AS_NOW: levels(made)[assurance.AS_NOW]}
    inside = [k for k in range(STUDY) if moved(made, diaries.headache[k], diaries.seen[k])]
    for k in inside[:LOOKED_AT]:
        data = made.data(diaries.headache[k], diaries.seen[k], made.taken())
        yield refits(FIRST_LONG + k, "long", data, level, followed=False)


def run(todo: Iterable[list[dict[str, Any]]], minutes: float) -> None:
    """Do the refits that have no line yet, until the CPU time is over."""
    done, start = finished(), time.process_time()
    if not minutes:
        return
    for lines in todo:
        for line in lines:
            if time.process_time() - start > 60.0 * minutes:
                print(f"stopped after {minutes:g} min of CPU time; run again to go on")
                return
            if _key(line) not in done:
                append(refit(line))


def finished() -> set[tuple[str, ...]]:
    """Return which refits have their line."""
    if not OUT.exists():
        OUT.write_text(",".join(FIELDS) + "\n", encoding="utf-8")
    with OUT.open(encoding="utf-8") as file:
        return {_key(row) for row in csv.DictReader(file)}


def _key(line: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in ("diary", "course", "days", "future"))


def append(row: dict[str, Any]) -> None:
    """Add one line."""
    cells = [f"{row[name]:.4g}" if isinstance(row[name], float) else str(row[name]) for name in FIELDS]
    with OUT.open("a", encoding="utf-8") as file:
        file.write(",".join(cells) + "\n")


if __name__ == "__main__":
    main()
