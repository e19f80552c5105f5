"""Type I error of every estimator over many null trials, written to src/leao/trial/type_one_error.toml.

    python -m validation.type_one_error [trials] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

The trials are those of scenario noruzzadeh2016 (28 + 84 days, its dropout, its rules) with a drug that does nothing,
at 2 x 10 to 2 x 150 patients; crossover trials of the same length for the paired estimator. Seed and number of
trials stand in the file. About 8 processor seconds per 1,000 trials; what the folder holds is not computed again. A part
is a pure function of the seed and its place, so that any number and kind of workers writes the same table.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import leao
from leao.chain import power_answer
from leao.core import chunks, files
from leao.trial.diaries import diaries
from leao.trial.enrolment_dropout import enrol
from leao.trial.estimation import estimate
from leao.trial.estimators import METHODS
from leao.trial.monthly_counts import ENDPOINTS, collect, observed
from leao.trial.power_and_size import share_error
from leao.trial.simulation import Setting, endpoint_of, endpoints_of
from validation import work

OUT = Path(__file__).resolve().parents[1] / "src" / "leao" / "trial" / "type_one_error.toml"
SIZES = {"small": (10, 20), "large": (60, 150)}  # played apart, so that small trials cost little
TRIALS, CHUNK, SEED = 20_000, 50, 20_000
LEVEL = 0.05
DESIGNS = {
    "parallel": {},
    "crossover": {"trial.design": {"kind": "crossover"}},
}


@cache
def settings(name: str, sizes: str) -> Setting:
    """Return the null ensemble of a design, ``small`` or ``large``."""
    scenario = leao.load("noruzzadeh2016", DESIGNS[name] | {"seed": SEED})
    return power_answer.setting(scenario, power_answer.PowerRequest(effect=1.0, sizes=SIZES[sizes]))


def p_values(name: str, sizes: str, trials: range) -> dict[str, NDArray[np.float64]]:
    """Return each estimator's p-value at each size for ``trials`` null trials of a design, ``small`` or ``large``."""
    setting = settings(name, sizes)
    design = setting.design
    enrolled = enrol(design, setting.calibration, setting.streams, trials)
    columns = ("missing", *(ENDPOINTS[endpoint] for endpoint in endpoints_of(setting)))
    days = diaries(design, enrolled, np.ones((1, 1, design.days)), columns)
    missing = observed(days, design, enrolled, np.zeros(enrolled.arm.shape, bool))
    p: dict[str, NDArray[np.float64]] = {}
    for endpoint in endpoints_of(setting):
        data = collect(days, design, enrolled, endpoint, missing)
        for method in setting.methods:
            if endpoint_of(method, setting.endpoint) == endpoint:
                for size in SIZES[sizes]:
                    p[f"{method}|{size}"] = estimate(method, data.first(size * len(design.arms))).p()[:, 0]
    return p


def rejections(p: work.Columns) -> dict[tuple[str, int], int]:
    """Return how many of the trials each estimator finds significant at each size; no estimate is no rejection."""
    places = {tuple(name.split("|")): values for name, values in p.items()}
    return {
        (method, int(size)): int((np.nan_to_num(values, nan=1.0) < LEVEL).sum())
        for (method, size), values in places.items()
    }


def counted(given: work.Asked) -> dict[str, dict[tuple[str, int], int]]:
    """Return the rejections by design, estimator and size.

    Raises:
        UnfinishedShard: other shards owe parts.
    """
    cuts = chunks.spans(given.number, CHUNK)
    jobs = {
        f"{design}|{sizes}": [partial(p_values, design, sizes, cut) for cut in cuts]
        for design in DESIGNS
        for sizes in SIZES
    }
    rejected: dict[str, dict[tuple[str, int], int]] = {design: {} for design in DESIGNS}
    for name, parts in work.computed(given, jobs).items():
        rejected[name.partition("|")[0]] |= rejections(work.joined(parts))
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
    given = work.asked(__doc__, TRIALS)
    write(given.number, counted(given))


if __name__ == "__main__":
    work.run("type_one_error")
