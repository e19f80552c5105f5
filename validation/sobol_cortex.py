"""Sobol indices of what block at clinical levels does to the threshold, and of the attack rate behind it.

    python -m validation.sobol_cortex

Which uncertain number, if better known, would narrow the answer? First-order and total indices (Saltelli's design,
package SALib) of ln(threshold) at fixed free levels, over the numbers of receptor, compound and cortex; and of
ln(rate ratio of attacks) at the steady state of the example's dose, over every uncertain number of the chain. What the
shipped map does not carry (speed of the receptors, Mg2+ of the tissue) is moved one at a time in the solver itself.
Writes docs/validation/cortex_sobol.toml.
"""

from pathlib import Path

import numpy as np
from SALib.analyze import sobol as indices  # pyright: ignore[reportMissingImports]  (extra study)
from SALib.sample import sobol as design  # pyright: ignore[reportMissingImports]

import leao
from leao.chain import pipeline
from leao.core import files
from leao.cortex import preset_table
from leao.cortex.ignition import threshold
from leao.cortex.treated import Drug

SEED = 20261124
N = 2048
LEVELS = (0.1, 0.2, 0.4)  # uM
ASKED = pipeline.ChainRequest(pipeline.PlannedIntake.of(leao.load("noruzzadeh2016").arms["memantine"]), ("leao",))
MOVED = {"gating_speed": (1.5, 6.0), "magnesium": (0.8e-3, 1.2e-3)}
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
    found = indices.analyze(problem, y, calc_second_order=False, seed=SEED)
    rows = zip(found["S1"], found["ST"], found["ST_conf"], strict=True)
    return {name: (float(a), float(b), float(c)) for name, (a, b, c) in zip(problem["names"], rows, strict=True)}  # pyright: ignore


def threshold_indices() -> tuple[dict[float, Indices], dict[float, np.ndarray]]:
    """Return the indices at each level, and the quantiles of the rise of the threshold."""
    names = [name for name in pipeline.uncertain_numbers() if name.startswith(("receptor.", "compound."))]
    names += ["cortex.parameter_set", "cortex.stimulus"]
    problem, u = sample(names)
    drawn = world(names, u)
    found, spread = {}, {}
    for level in LEVELS:
        state = pipeline.downstream(drawn, np.full((len(u), 1, 1), level))
        y = np.log(state["threshold_relative"][:, 0, 0])
        found[level] = analysed(problem, y)
        spread[level] = np.quantile(100.0 * np.expm1(y), (0.05, 0.5, 0.95))
    return found, spread


def rate_indices() -> Indices:
    """Return the indices of ln(-ln(rate ratio)) of attacks at the example's dose."""
    names = [*pipeline.uncertain_numbers(), "cortex.parameter_set", "cortex.stimulus"]
    problem, u = sample(names)
    drawn = world(names, u)
    days = 7 * leao.load("noruzzadeh2016").trial.weeks
    logs = pipeline.observed_log_ratio(drawn, pipeline.month_end(drawn, ASKED.plan, days))
    return analysed(problem, np.log(np.maximum(-logs, 1e-9)))


def moved() -> dict[str, list[float]]:
    """Return the rise of the KCl threshold (%) at 0.2 uM with each number at its low and high end."""
    base = preset_table.load("leao")
    out = {}
    for name, ends in MOVED.items():
        rises = []
        for value in ends:
            cortex = preset_table.prepare(name, base.params._replace(**{name: value}))
            low = threshold(preset_table.under(cortex), "kcl", tolerance=2e-4)
            high = threshold(preset_table.under(cortex, Drug("memantine", 0.2)), "kcl", near=low, tolerance=2e-4)
            rises.append(100.0 * (high / low - 1.0))
        out[name] = rises
    return out


def main() -> None:
    """Write the file."""
    found, spread = threshold_indices()
    lines = [f"seed = {SEED}", f"n = {N}"]
    for level in LEVELS:
        low, middle, high = spread[level]
        lines += ["", f'[threshold."{level:g} uM"]', f"rise_percent = [{low:.3g}, {middle:.3g}, {high:.3g}]"]
        lines += [f'"{k}" = [{a:.3f}, {b:.3f}, {c:.3f}]' for k, (a, b, c) in by_total(found[level])]
    lines += ["", "[rate_ratio]"]
    lines += [f'"{k}" = [{a:.3f}, {b:.3f}, {c:.3f}]' for k, (a, b, c) in by_total(rate_indices())]
    lines += ["", "[moved]"] + [f"{name} = [{a:.3f}, {b:.3f}]" for name, (a, b) in moved().items()]
    files.write_text(OUT, "\n".join(lines) + "\n")


def by_total(found: Indices) -> list[tuple[str, tuple[float, float, float]]]:
    """Return numbers by falling total index."""
    return sorted(found.items(), key=lambda item: -item[1][1])


if __name__ == "__main__":
    main()
