"""Type I error of every estimator over many null trials, written to src/leao/trial/type_one_error.toml.

    python -m validation.type_one_error [trials] [folder]

The trials are those of scenario noruzzadeh2016 (28 + 84 days, its dropout, its rules) with a drug that does nothing,
at 2 x 10 to 2 x 150 patients; crossover trials of the same length for the paired estimator. Seed and number of
trials stand in the file. About 8 processor seconds per 1,000 trials; what the folder holds is not computed again.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import leao
from leao.chain import power
from leao.core import chunks, files
from leao.trial.data import ENDPOINTS, collect, observed
from leao.trial.diaries import diaries
from leao.trial.enrolment import enrol
from leao.trial.estimation import estimate
from leao.trial.methods import METHODS
from leao.trial.operating_characteristics import share_error
from leao.trial.simulation import Setting, endpoint_of, endpoints_of

OUT = Path(__file__).resolve().parents[1] / "src" / "leao" / "trial" / "type_one_error.toml"
SIZES = {"small": (10, 20), "large": (60, 150)}  # played apart, so that small trials cost little
TRIALS, CHUNK, SEED = 20_000, 50, 20_000
LEVEL = 0.05
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


def rejections(setting: Setting, trials: int, folder: Path) -> dict[tuple[str, int], int]:
    """Return how many of the trials each estimator finds significant at each size; no estimate is no rejection."""
    work = partial(p_values, setting)
    with ThreadPoolExecutor(2) as pool:
        p = chunks.ensemble(work, chunks.spans(trials, CHUNK), pool, path=folder).trials
    return {
        (name, size): int((np.nan_to_num(p[f"{name}|{size}"], nan=1.0) < LEVEL).sum())
        for name in setting.methods
        for size in _asked(setting)
    }


def _asked(setting: Setting) -> tuple[int, ...]:
    return next(sizes for sizes in SIZES.values() if max(sizes) == setting.design.n_per_arm)


def main(trials: int, folder: Path) -> None:
    """Write the table."""
    lines = ["# written by validation/type_one_error.py", f"seed = {SEED}", f"trials = {trials}", ""]
    order = list(METHODS)
    for design in DESIGNS:
        found: dict[tuple[str, int], int] = {}
        for sizes in SIZES:
            found |= rejections(settings(design, sizes), trials, folder / design / sizes)
        for (name, size), count in sorted(found.items(), key=lambda one: order.index(one[0][0])):
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


if __name__ == "__main__":
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        main(int(asked[0]) if asked else TRIALS, Path(asked[1] if len(asked) > 1 else scratch))
