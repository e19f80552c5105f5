"""Sobol indices of what block at clinical levels does to the threshold, and of the attack rate behind it.

    python -m validation.sobol_cortex

Which uncertain number, if better known, would narrow the answer? First-order and total indices (Saltelli's design,
package SALib) of ln(threshold) at fixed free levels, over the numbers of receptor, compound and cortex; and of
ln(rate ratio of attacks) at the steady state of the example's dose, over every uncertain number of the chain. Cortex,
members' weights, read-outs and potency are those of the verdict's headline. Writes docs/validation/cortex_sobol.toml, a
section of the verdict's page.
"""

from pathlib import Path

import numpy as np
from SALib.analyze import sobol as indices  # pyright: ignore[reportMissingImports]  (extra study)
from SALib.sample import sobol as design  # pyright: ignore[reportMissingImports]

import leao
from leao.chain import pipeline
from leao.core import files
from leao.core.units import DAYS_PER_WEEK

SEED = 20261124
N = 2048
LEVELS = (0.1, 0.2, 0.4)  # uM
SCENARIO = leao.load("noruzzadeh2016")
ASKED = pipeline.ChainRequest(pipeline.PlannedIntake.of(SCENARIO.arms["memantine"]), SCENARIO.cortex.carry)
CHOSEN = ("cortex.parameter_set", "cortex.read_out")  # drawn beside the ledgers' numbers; no count is in the mixture
Indices = dict[str, tuple[float, float, float]]
OUT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "cortex_sobol.toml"


def sample(names: list[str]) -> tuple[dict[str, object], np.ndarray]:
    """Return SALib's problem and its design of U(0, 1), (row, number)."""
    problem = {"num_vars": len(names), "names": names, "bounds": [[1e-6, 1.0 - 1e-6]] * len(names)}
    return problem, design.sample(problem, N, calc_second_order=False, seed=SEED)


def world(names: list[str], u: np.ndarray) -> pipeline.ParameterDraw:
    """Return the worlds of a design; numbers that are not in it stand at their medians."""
    columns = {name: u[:, [k]] for k, name in enumerate(names)}
    middle = np.full((len(u), 1), 0.5)
    return pipeline.world(lambda name: columns.get(name, middle), ASKED)


def analysed(problem: dict[str, object], y: np.ndarray) -> Indices:
    """Return first-order index, total index and its confidence half-width by number."""
    if not np.isfinite(y).all():
        raise ValueError(f"{(~np.isfinite(y)).sum()} of {y.size} answers are not finite: no variance to share out")
    answer = indices.analyze(problem, y, calc_second_order=False, seed=SEED)
    rows = zip(answer["S1"], answer["ST"], answer["ST_conf"], strict=True)
    return {name: (float(a), float(b), float(c)) for name, (a, b, c) in zip(problem["names"], rows, strict=True)}  # pyright: ignore


def threshold_indices() -> tuple[dict[float, Indices], dict[float, np.ndarray]]:
    """Return the indices at each level, and the quantiles of the rise of the threshold."""
    names = [name for name in pipeline.uncertain_numbers() if name.startswith(("receptor.", "compound."))]
    names += CHOSEN
    problem, u = sample(names)
    drawn = world(names, u)
    by_level, spread = {}, {}
    for level in LEVELS:
        state = pipeline.downstream(drawn, np.full((len(u), 1, 1), level))
        y = np.log(state["threshold_relative"][:, 0, 0])
        by_level[level] = analysed(problem, y)
        spread[level] = np.quantile(100.0 * np.expm1(y), (0.05, 0.5, 0.95))
    return by_level, spread


def rate_indices() -> Indices:
    """Return the indices of ln(-ln(rate ratio)) of attacks at the example's dose."""
    names = [*pipeline.uncertain_numbers(), *CHOSEN]
    problem, u = sample(names)
    drawn = world(names, u)
    days = DAYS_PER_WEEK * SCENARIO.trial.weeks
    logs = pipeline.observed_log_ratio(drawn, pipeline.month_end(drawn, ASKED.plan, days))
    return analysed(problem, np.log(np.maximum(-logs, 1e-9)))


def main() -> None:
    """Write the file."""
    by_level, spread = threshold_indices()
    lines = [f"seed = {SEED}", f"n = {N}", f'preset = "{ASKED.presets[0]}"', f"read_outs = {list(ASKED.mixed)}"]
    for level in LEVELS:
        low, middle, high = spread[level]
        lines += ["", f'[threshold."{level:g} uM"]', f"rise_percent = [{low:.3g}, {middle:.3g}, {high:.3g}]"]
        lines += [f'"{k}" = [{a:.3f}, {b:.3f}, {c:.3f}]' for k, (a, b, c) in by_total(by_level[level])]
    lines += ["", "[rate_ratio]"]
    lines += [f'"{k}" = [{a:.3f}, {b:.3f}, {c:.3f}]' for k, (a, b, c) in by_total(rate_indices())]
    files.write_text(OUT, "\n".join(lines) + "\n")


def by_total(table: Indices) -> list[tuple[str, tuple[float, float, float]]]:
    """Return numbers by falling total index."""
    return sorted(table.items(), key=lambda item: -item[1][1])


if __name__ == "__main__":
    main()
