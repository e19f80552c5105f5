"""The call of ``leao.diary``: diaries of simulated people as they would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.random import Streams, checked_seed
from leao.core.result import Result
from leao.core.units import DAYS_PER_MONTH
from leao.diary import frames, patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

if TYPE_CHECKING:
    import polars as pl

MOST = 20_000_000  # days of all people
DAYS = ("headache", "migraine", "severity", "attacks", "rescue", "missing", "menses")


def simulate(
    frame: str = "migr",
    days: int = 84,
    n: int = 100,
    seed: int = 1,
    ratio: float = 1.0,
    options: DiaryOptions | None = None,
) -> Result[dict[str, Any]]:
    """Simulate the diaries of people drawn from a sampling frame: a clinic, a registry, the population, a trial.

    Args:
        frame: whom the people are drawn from: clinic, registry, leiden, population, strive, migr and others.
        days: how long.
        n: how many people.
        seed: of all random numbers; a person's diary depends on it and on their number alone.
        ratio: factor on the hazard of attacks, above 0 and at most 1, which does nothing.
        options: how days and attacks are counted; its frame does not count.

    Raises:
        LeaoError: no such frame, no people, no days, or a factor that is none.
    """
    if frame not in frames.NAMES:
        raise ScenarioError(
            f"frame: found {frame!r}, wanted one of {', '.join(frames.NAMES)}{nearest(frame, list(frames.NAMES))}"
        )
    if days < 1 or n < 1 or days * n > MOST:
        raise ScenarioError(f"days, n: found {days} and {n}, wanted 1 or more each and at most {MOST} days together")
    if days > process.LONGEST:
        raise ScenarioError(f"days: found {days}, wanted at most {process.LONGEST}")
    if not 0.0 < ratio <= 1.0:  # a drug thins the attacks that would have come; it cannot add any
        raise ScenarioError(f"ratio: found {ratio:g}, wanted above 0 and at most 1")
    drawn_from = frames.read(frame)
    params = frames.applied(ledger.params(ledger.read("diary"), DiaryNumbers), drawn_from)
    streams = Streams(checked_seed(seed), "diaries")
    uniforms = patient_traits.uniforms_of(streams, "people", range(1), range(n))
    people = patient_traits.draw(params, drawn_from.log_rate, uniforms, streams.key("diary", 0)[None])
    diary_input = process.DiaryInput(np.full((1, 1, days), ratio), people, np.zeros((1, n)), days)
    columns = process.run(params, diary_input, options or DiaryOptions.model_validate({}), DAYS)
    return Result("diaries", _summary(frame, columns, (days, n, seed)), lambda: _rows(columns))


def _summary(frame: str, columns: dict[str, Any], size: tuple[int, int, int]) -> dict[str, Any]:
    days, n, seed = size
    answer: dict[str, Any] = {"frame": frame, "n": n, "days": days, "seed": seed}
    for name, key in (("headache", "headache_days"), ("migraine", "migraine_days"), ("attacks", "attacks")):
        per_month = columns[name][0].sum(axis=-1) * (DAYS_PER_MONTH / days)
        low, middle, high = (float(value) for value in np.percentile(per_month, (5.0, 50.0, 95.0)))
        answer[f"{key}_per_28d"] = {"median": middle, "p05": low, "p95": high, "mean": float(per_month.mean())}
    answer["missing_percent"] = float(100.0 * columns["missing"].mean())
    return answer


def _rows(columns: dict[str, Any]) -> pl.DataFrame:
    """Return a row per person and day; what a patient left out is still here, marked as missing."""
    import polars as pl

    n, days = columns["headache"].shape[1:]
    place = {"person": np.repeat(np.arange(n), days), "day": np.tile(np.arange(days), n)}
    return pl.DataFrame(place | {name: np.ascontiguousarray(values[0]).ravel() for name, values in columns.items()})
