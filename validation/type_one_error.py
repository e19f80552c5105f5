"""Type I error of every estimator over many null trials, written to src/leao/trial/type_one_error.toml.

    python -m validation.type_one_error [trials] [--workers 8] [--out folder] [--shard 3/16]

The trials are those of scenario noruzzadeh2016 (28 + 84 days, its dropout, its rules) with a drug that does nothing,
at 2 x 10 to 2 x 150 patients; crossover trials of the same length for the paired estimator. Seed and number of
trials stand in the file. About 8 processor seconds per 1,000 trials; what the folder holds is not computed again. A part
is a pure function of the seed and its place, so that any number and kind of workers writes the same table.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import leao
from leao.chain import power
from leao.core import chunks, files
from leao.core.errors import UnfinishedShard
from leao.core.work import Work, pooled
from leao.trial.data import ENDPOINTS, collect, observed
from leao.trial.diaries import diaries
from leao.trial.enrolment import enrol
from leao.trial.estimation import estimate
from leao.trial.methods import METHODS
from leao.trial.operating_characteristics import share_error
from leao.trial.simulation import Setting, endpoint_of, endpoints_of
from validation.work import asked, keyed, run

OUT = Path(__file__).resolve().parents[1] / "src" / "leao" / "trial" / "type_one_error.toml"
SIZES = {"small": (10, 20), "large": (60, 150)}  # played apart, so that small trials cost little
TRIALS, CHUNK, SEED = 20_000, 50, 20_000
LEVEL = 0.05
COMPUTED_BY = (
    "leao.chain.power",
    "leao.trial.simulation",
    "leao.trial.diaries",
    "leao.trial.enrolment",
    "leao.trial.estimation",
)
DESIGNS = {
    "parallel": {},
    "crossover": {"trial.design": {"kind": "crossover"}},
}


def settings(name: str, sizes: str) -> Setting:
    """Return the null ensemble of a design, ``small`` or ``large``."""
    scenario = leao.load("noruzzadeh2016", DESIGNS[name] | {"seed": SEED})
    return power.setting(scenario, power.PowerRequest(effect=1.0, sizes=SIZES[sizes]))


def p_values(setting: Setting, trials: range) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return no columns of patients, and each estimator's p-value at each size for ``trials`` null trials."""
    design = setting.design
    enrolled = enrol(design, setting.calibration, setting.streams, trials)
    columns = ("missing", *(ENDPOINTS[endpoint] for endpoint in endpoints_of(setting)))
    days = diaries(design, enrolled, np.ones((1, 1, design.days)), columns)
    missing = observed(days, design, enrolled, np.zeros(enrolled.arm.shape, bool))
    found: dict[str, Any] = {"trial": np.array(trials)}
    for endpoint in endpoints_of(setting):
        data = collect(days, design, enrolled, endpoint, missing)
        for name in setting.methods:
            if endpoint_of(name, setting.endpoint) == endpoint:
                for size in _asked(setting):
                    found[f"{name}|{size}"] = estimate(name, data.first(size * len(design.arms))).p()[:, 0]
    return {"trial": np.array(trials)}, found


def ensemble(setting: Setting, trials: int, folder: Path, pool: Executor, shard: chunks.Shard) -> chunks.Ensemble:
    """Return the p-values of all trials; none, and how many parts are missing, where other shards must come first."""
    return chunks.ensemble(partial(p_values, setting), chunks.spans(trials, CHUNK), pool, path=folder, shard=shard)


def rejections(setting: Setting, p: chunks.Columns) -> dict[tuple[str, int], int]:
    """Return how many of the trials each estimator finds significant at each size; no estimate is no rejection."""
    return {
        (name, size): int((np.nan_to_num(p[f"{name}|{size}"], nan=1.0) < LEVEL).sum())
        for name in setting.methods
        for size in _asked(setting)
    }


def _asked(setting: Setting) -> tuple[int, ...]:
    return next(sizes for sizes in SIZES.values() if max(sizes) == setting.design.n_per_arm)


def counted(trials: int, folder: Path, work: Work) -> dict[str, dict[tuple[str, int], int]]:
    """Return the rejections by design, estimator and size.

    Raises:
        UnfinishedShard: other shards owe parts.
    """
    missing, rejected = 0, {design: {} for design in DESIGNS}
    with pooled(work.executor, work.workers) as pool:
        for design in DESIGNS:
            for sizes in SIZES:
                setting = settings(design, sizes)
                whole = ensemble(setting, trials, folder / design / sizes, pool, work.part)
                missing += whole.missing
                rejected[design] |= {} if whole.missing else rejections(setting, whole.trials)
    if missing:
        parts = len(DESIGNS) * len(SIZES) * len(chunks.spans(trials, CHUNK))
        raise UnfinishedShard((work.part.part, work.part.of), missing, parts, str(folder))
    return rejected


def write(trials: int, rejected: dict[str, dict[tuple[str, int], int]]) -> None:
    """Write the table."""
    lines = ["# written by validation/type_one_error.py", f"seed = {SEED}", f"trials = {trials}", ""]
    order = list(METHODS)
    for design in DESIGNS:
        for (name, size), count in sorted(rejected[design].items(), key=lambda item: order.index(item[0][0])):
            share = count / trials
            lines += [
                "[[row]]",
                f'design = "{design}"',
                f'estimator = "{name}"',
                f"n_per_group = {size}",
                f"percent = {100 * share:.3f}",
                f"se = {100 * float(share_error(share, trials)):.3f}",
                "",
            ]
    print(files.write_text(OUT, "\n".join(lines)))


def main() -> None:
    """Compute what is missing and write the table."""
    given = asked(str(__doc__), TRIALS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = keyed(given.out or Path(scratch), Path(__file__), COMPUTED_BY)
        write(given.trials, counted(given.trials, folder, given.work))


if __name__ == "__main__":
    from validation import type_one_error  # by its name, so that workers in other processes find what they compute

    run(type_one_error.main)
