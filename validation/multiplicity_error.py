"""Family-wise error of the procedures and type I error of MCP-Mod, written to docs/validation/multiplicity.toml.

    python -m validation.multiplicity_error [trials]

Three doses of 30 against one placebo, normal values, one-sided p of the pooled t test; family-wise error of true
hypotheses at 5 %: no dose works, or the first alone (effect 0.8 SD). MCP-Mod: five doses of 25 without effect, its
four default shapes, alpha 2.5 % of one side. Kept, set before the first run: at most 5.5 % (MOST); MCP-Mod 2.0 to 3.0 %.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtr

from leao.core import files
from leao.trial.mcp_mod import contrasts
from leao.trial.mcp_mod.contrasts import Means
from leao.trial.mcp_mod.shapes import default
from leao.trial.multiplicity.procedures import PROCEDURES, Graph, adjusted

OUT = Path(__file__).resolve().parents[1] / "docs" / "validation"
TRIALS, SEED, N, ALPHA, EFFECT = 20_000, 2121, 30, 0.05, 0.8
MOST, WINDOW = 5.5, (2.0, 3.0)
DOSES, PER_DOSE = np.array([0.0, 5.0, 10.0, 20.0, 40.0]), 25
HALVES = Graph(np.array([0.5, 0.25, 0.25]), np.array([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))


def p_values(rng: np.random.Generator, effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one-sided p-values of three doses, (trial, dose)."""
    arms = rng.standard_normal((TRIALS, 4, N)) + np.concatenate([[0.0], effects])[:, None]
    mean, freedom = arms.mean(axis=2), 4 * (N - 1)
    variance = arms.var(axis=2, ddof=1).mean(axis=1)
    t = (mean[:, 1:] - mean[:, :1]) / np.sqrt(variance * 2.0 / N)[:, None]
    return stdtr(freedom, -t)


def family_wise(p: NDArray[np.float64], procedure: str, true: list[int]) -> float:
    """Return the share of trials that reject any of the true hypotheses."""
    graph = HALVES if procedure == "graph" else None
    return float(np.mean([(adjusted(row, procedure, graph)[true] <= ALPHA).any() for row in p]))


def mcp_mod(trials: int) -> float:
    """Return the share of trials without effect in which a dose response is shown."""
    k, freedom = len(DOSES), len(DOSES) * (PER_DOSE - 1)
    unit = Means(DOSES, np.zeros(k), np.eye(k) / PER_DOSE, freedom)
    tested = contrasts.test(unit, default(float(DOSES.max())))
    edge = brentq(lambda t: contrasts.adjusted(t, tested.correlation, freedom) - 0.025, 1.5, 4.0, xtol=1e-4)
    values = np.random.default_rng([SEED, 9]).standard_normal((trials, k, PER_DOSE))
    error = np.sqrt(values.var(axis=2, ddof=1).mean(axis=1) / PER_DOSE)
    t = values.mean(axis=2) @ tested.contrasts.T / error[:, None]
    return float(np.mean(t.max(axis=1) > edge))


def main(trials: int) -> None:
    """Write the table and its page."""
    rows = []
    for place, (name, effects, true) in enumerate(
        (("no dose works", np.zeros(3), [0, 1, 2]), ("the first alone works", np.array([EFFECT, 0.0, 0.0]), [1, 2]))
    ):
        p = p_values(np.random.default_rng([SEED, place]), effects)[:trials]
        rows += [(procedure, name, family_wise(p, procedure, true), MOST) for procedure in PROCEDURES]
    share = mcp_mod(trials)
    page = [
        "# Several hypotheses and dose response: error rates", "",
        f"Written by `python -m validation.multiplicity_error`: {trials:,} trials each, seed {SEED}. Family-wise error at",
        f"{100 * ALPHA:g} %, kept: at most {MOST:g} %; MCP-Mod at 2.5 % of one side, kept: {WINDOW[0]:g} to {WINDOW[1]:g} %;",
        "set before the first run.", "",
        "| procedure | truth | error, % | Monte Carlo error | |", "|---|---|---|---|---|",
    ]  # fmt: skip
    toml = ["# written by validation/multiplicity_error.py", f"seed = {SEED}", f"trials = {trials}", ""]
    for procedure, name, value, most in [*rows, ("MCP-Mod", "no dose works", share, WINDOW[1])]:
        error = 100 * math.sqrt(value * (1 - value) / trials)
        kept = 100 * value <= most and (procedure != "MCP-Mod" or 100 * value >= WINDOW[0])
        page.append(
            f"| {procedure.replace('_', ' ')} | {name} | {100 * value:.2f} | {error:.2f} | {'kept' if kept else 'NOT kept'} |"
        )
        toml += [
            "[[row]]",
            f'procedure = "{procedure}"',
            f'truth = "{name}"',
            f"percent = {100 * value:.3f}",
            f"se = {error:.3f}",
            "",
        ]
    print(files.write_text(OUT / "multiplicity.toml", "\n".join(toml)))
    print(files.write_text(OUT / "multiplicity.md", "\n".join(page) + "\n"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else TRIALS)
