"""Family-wise error of the procedures and type I error of MCP-Mod, written to docs/validation/multiplicity.toml.

    python -m validation.multiplicity_error [trials] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Three doses of 30 against one placebo, normal values, one-sided p of the pooled t test; family-wise error of true
hypotheses at 5 %: no dose works, or the first alone (effect 0.8 SD). MCP-Mod: five doses of 25 without effect, its
four default shapes, alpha 2.5 % of one side. Kept, set before the first run: at most 5.5 % (MOST); MCP-Mod 2.0 to 3.0 %.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtr

from leao.core.errors import ScenarioError
from leao.trial.mcp_mod import contrasts
from leao.trial.mcp_mod.contrasts import Means
from leao.trial.mcp_mod.shapes import default
from leao.trial.multiplicity.procedures import PROCEDURES, Graph, adjusted
from validation import work
from validation.page import Page, kept, table

TRIALS, SEED, N, ALPHA, EFFECT = 20_000, 2121, 30, 0.05, 0.8
MOST, WINDOW = 5.5, (2.0, 3.0)
DOSES, PER_DOSE = np.array([0.0, 5.0, 10.0, 20.0, 40.0]), 25
HALVES = Graph(np.array([0.5, 0.25, 0.25]), np.array([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
TRUTHS = (  # name, effects of the three doses (SD), hypotheses that are true
    ("no dose works", (0.0, 0.0, 0.0), (0, 1, 2)),
    ("the first alone works", (EFFECT, 0.0, 0.0), (1, 2)),
)


def p_values(rng: np.random.Generator, effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one-sided p-values of three doses, (trial, dose)."""
    arms = rng.standard_normal((TRIALS, 4, N)) + np.concatenate([[0.0], effects])[:, None]
    mean, freedom = arms.mean(axis=2), 4 * (N - 1)
    variance = arms.var(axis=2, ddof=1).mean(axis=1)
    t = (mean[:, 1:] - mean[:, :1]) / np.sqrt(variance * 2.0 / N)[:, None]
    return stdtr(freedom, -t)


def family_wise(place: int, procedure: str, trials: int) -> dict[str, NDArray[np.bool_]]:
    """Return which trials reject any of the true hypotheses of a truth."""
    _, effects, true = TRUTHS[place]
    graph = HALVES if procedure == "graph" else None
    p = p_values(np.random.default_rng([SEED, place]), np.array(effects))[:trials]
    return {"rejects": np.array([(adjusted(row, procedure, graph)[list(true)] <= ALPHA).any() for row in p])}


def mcp_mod(trials: int) -> dict[str, NDArray[np.bool_]]:
    """Return in which trials without effect a dose response is shown."""
    k, freedom = len(DOSES), len(DOSES) * (PER_DOSE - 1)
    unit = Means(DOSES, np.zeros(k), np.eye(k) / PER_DOSE, freedom)
    tested = contrasts.test(unit, default(float(DOSES.max())))
    edge = brentq(lambda t: contrasts.adjusted(t, tested.correlation, freedom) - 0.025, 1.5, 4.0, xtol=1e-4)
    values = np.random.default_rng([SEED, 9]).standard_normal((trials, k, PER_DOSE))
    error = np.sqrt(values.var(axis=2, ddof=1).mean(axis=1) / PER_DOSE)
    t = values.mean(axis=2) @ tested.contrasts.T / error[:, None]
    return {"rejects": t.max(axis=1) > edge}


def main() -> None:
    """Compute what is missing, and write the table and its page."""
    given = work.asked(__doc__, TRIALS)
    if given.number > TRIALS:
        raise ScenarioError(f"found {given.number} trials, wanted at most {TRIALS}, which are drawn at once")
    jobs = {
        f"{procedure}|{place}": [partial(family_wise, place, procedure, given.number)]
        for place in range(len(TRUTHS))
        for procedure in PROCEDURES
    } | {"MCP-Mod|0": [partial(mcp_mod, given.number)]}
    rows = []
    for name, (part,) in work.computed(given, jobs).items():
        procedure, _, place = name.partition("|")
        most = WINDOW[1] if procedure == "MCP-Mod" else MOST
        rows.append((procedure, TRUTHS[int(place)][0], float(np.mean(part["rejects"])), most))
    write(given.number, rows)


def write(trials: int, rows: list[tuple[str, str, float, float]]) -> None:
    """Write docs/validation/multiplicity.toml and multiplicity.md."""
    page = Page(
        "multiplicity",
        "Several hypotheses and dose response: error rates",
        (
            f"Written by `python -m validation.multiplicity_error`: {trials:,} trials each, seed {SEED}. Family-wise error at",
            f"{100 * ALPHA:g} %, kept: at most {MOST:g} %; MCP-Mod at 2.5 % of one side, kept: {WINDOW[0]:g} to {WINDOW[1]:g} %;",
            "set before the first run.",
        ),
    )
    shown, written = [], []
    for procedure, name, value, most in rows:
        percent, error = 100 * value, 100 * math.sqrt(value * (1 - value) / trials)
        least = WINDOW[0] if procedure == "MCP-Mod" else 0.0
        shown.append(
            (procedure.replace("_", " "), name, f"{percent:.2f}", f"{error:.2f}", kept(percent, (least, most)))
        )
        about = {"procedure": f'"{procedure}"', "truth": f'"{name}"'}
        written.append(about | {"percent": f"{percent:.3f}", "se": f"{error:.3f}"})
    print(page.write_rows("multiplicity_error", written, seed=SEED, trials=trials))
    print(page.write(page.text(*table(("procedure", "truth", "error, %", "Monte Carlo error", ""), shown))))


if __name__ == "__main__":
    work.run("multiplicity_error")
