"""Does "the answer is clear with 80 % probability after N more weeks" hold? Writes docs/validation/review_settle.csv.

Diaries of the calibration study `model` (28 days before, 84 on 10 mg daily, drawn from the inference model) whose
answer is not clear, by their P(better): `skewed`, within 0.07 of the rule, and `open`, the others. Futures under two
courses, `as now` and `by turns`, are lived by posterior draws as ``assurance`` lives them; diary and future together are
then read anew by the review's own inference, after 26 weeks and, where the review names N weeks, after N and N / 2.
After 28 days of baseline the same dose is never named a number of weeks; so besides, `long`: 350 days before and 10
on the drug, diaries in which headache moved visibly in those days, followed after N and N / 2 weeks of the same dose.
One line is one refit beside what ``assurance`` says of that very future; lines that stand in the file are not done again.

    python -m validation.settle_review [--long] [--band open] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

A part is one diary with all its futures.
"""

from __future__ import annotations

import argparse
import csv
from functools import cache, partial
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.units import DAYS_PER_WEEK
from leao.review import assurance, daily_model, drug_level, fit
from leao.review.priors import central
from validation import work

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


@cache
def calibration(*, long: bool = False) -> Any:
    """Return the script of the calibration study, whose diaries these are; ``long``: a copy with the long baseline."""
    spec = util.find_spec("validation.calibration_review")
    assert spec is not None
    assert spec.loader is not None
    script = util.module_from_spec(spec)
    spec.loader.exec_module(script)
    if long:
        script.__dict__.update(LONG)
    return script


@cache
def study(*, long: bool = False) -> Any:
    """Return the diaries of the study, all of them."""
    script = calibration(long=long)
    return script.from_model(STUDY, script.taken())


def levels(made: Any) -> dict[str, NDArray[np.float64]]:
    """Return the predicted level of the coming year (speed, day) by course."""
    past = np.zeros((made.DAYS, 2))
    past[made.BEFORE :, 0] = made.DOSE
    coming = assurance.courses(past[-1], past[-1])
    return {
        name: drug_level.predict(np.concatenate([past, coming[name]]), made.DOSE, None).relative[:, -assurance.YEAR :]
        for name in COURSES
    }


def moved(made: Any, headache: NDArray[np.bool_], seen: NDArray[np.bool_]) -> bool:
    """Return whether the recorded headache of a diary fell or rose visibly under the drug."""
    on = slice(made.BEFORE + BUILT_UP, None)
    before, after = (
        float((headache & seen)[part].sum() / max(int(seen[part].sum()), 1)) for part in (slice(0, made.BEFORE), on)
    )
    return after < FELL * before or after > ROSE * before > 0.0


def extended(
    data: daily_model.Data, headache: NDArray[np.bool_], seen: NDArray[np.bool_], level: Any
) -> daily_model.Data:
    """Return a diary with the days of one future, and their level, behind it."""
    days = data.seen.size + seen.size
    return daily_model.Data(
        headache=np.concatenate([data.headache, headache & seen]),
        seen=np.concatenate([data.seen, seen]),
        weekday=(data.weekday[0] + np.arange(days)) % DAYS_PER_WEEK,
        window=np.zeros(days),
        exposure=np.concatenate([data.exposure, level[:, : seen.size]], axis=1),
    )


def chosen(rows: list[dict[str, str]]) -> list[tuple[int, str, bool]]:
    """Return (diary, band, whether it is followed for 26 weeks) of the study's lines that are to be looked at."""
    diaries = []
    for band, (low, high) in BANDS.items():
        p = {int(row["diary"]): float(row["p_better"]) for row in rows if row["study"] == "model"}
        inside = [k for k in sorted(p) if low < min(p[k], 1.0 - p[k]) <= high]
        followed = set(inside[EVERY[band] // 2 :: EVERY[band]])
        diaries += [(k, band, k in followed) for k in inside if band == "skewed" or k in followed]
    return diaries


def refits(k: int, band: str, data: daily_model.Data, level: dict[str, Any], *, followed: bool) -> list[dict[str, Any]]:
    """Return the refits of one diary that are to be done, each with its data and what ``assurance`` says of it."""
    p = central()
    q = fit.sample(data, SEED + k).parameters
    lines = []
    for course, path in level.items():
        says = assurance.of_course(q, data, path, p)
        future = assurance.futures(q, data, path)
        horizons = {DAYS_PER_WEEK * WEEKS: FUTURES} if followed else {}
        if says.weeks:
            horizons |= {DAYS_PER_WEEK * says.weeks // 2: AT_HALF, DAYS_PER_WEEK * says.weeks: AT_N}
        draws = np.random.default_rng([SEED, k]).permutation(len(future.headache))
        for days, many in horizons.items():
            better = assurance.afterwards(q.effect, future, days)
            lines += [
                {
                    "diary": k, "band": band, "p_better": float(np.mean(q.effect < 0.0)), "course": course,
                    "weeks": says.weeks or "", "days": days, "stated_share": assurance.share_clear(better, p),
                    "future": int(draw), "p_stated": float(better[draw]),
                    "data": extended(data, future.headache[draw, :days], future.seen[draw, :days], path),
                }
                for draw in draws[:many]
            ]  # fmt: skip
    return lines


def refit(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with the answer of the review to diary and future."""
    posterior = fit.sample(line["data"], SEED + 1000 * line["diary"] + line["future"])
    return line | {"p_refit": float(np.mean(posterior.parameters.effect < 0)), "converged": int(posterior.converged)}


def long() -> list[tuple[int, str, bool]]:
    """Return the diaries with a long baseline that are to be looked at, as ``chosen`` returns the others."""
    script, diaries = calibration(long=True), study(long=True)
    inside = [k for k in range(STUDY) if moved(script, diaries.headache[k], diaries.seen[k])]
    return [(k, "long", False) for k in inside[:LOOKED_AT]]


def answered(k: int, band: str, *, followed: bool, done: tuple[tuple[str, ...], ...]) -> dict[str, NDArray[Any]]:
    """Return the columns of the refits of one diary, but for those that have their line."""
    script, diaries = calibration(long=band == "long"), study(long=band == "long")
    level = levels(script) if band != "long" else {assurance.AS_NOW: levels(script)[assurance.AS_NOW]}
    data = script.data(diaries.headache[k], diaries.seen[k], script.taken())
    number = FIRST_LONG + k if band == "long" else k
    owed = [line for line in refits(number, band, data, level, followed=followed) if _key(line) not in done]
    rows = [refit(line) for line in owed]
    return {name: np.array([row[name] for row in rows]) for name in FIELDS}


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--long", action="store_true", help="the diaries with a long baseline instead of the others")
    ask.add_argument("--band", choices=list(BANDS), help="one kind of diary; else all, in order")


def main() -> None:
    """Compute what is missing and append it to the file."""
    given = work.asked(__doc__, more=_words)
    if given.words.long:
        looked_at = long()
    else:
        with calibration().OUT.open(encoding="utf-8") as file:
            looked_at = chosen(list(csv.DictReader(file)))
    done = finished()
    jobs = []
    for k, band, followed in looked_at:
        if given.words.band in (None, band) or given.words.long:
            number = str(FIRST_LONG + k if band == "long" else k)
            replicates = tuple(sorted(key for key in done if key[0] == number))
            jobs.append(partial(answered, k, band, followed=followed, done=replicates))
    for row in work.rows(work.computed(given, {"diaries": jobs})["diaries"]):
        append(row)


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
    work.run("settle_review")
