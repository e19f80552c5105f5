"""N-of-1 of one patient: how often it says "helps" where nothing helps, and its coverage, to docs/validation/n_of_1.toml.

    python -m validation.n_of_1_error [patients] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Simulated patients keep diaries through all cycles, with drift, placebo response, missed days and dropout; the drug does
nothing, so that the truth is 0. Looks after the second cycle and each further one, alpha 2.5 % of one side over all of
them; a patient who stops is judged at that look. Kept, set before the first run: of the first 1,000 patients "helps" at
any look at most 5 % (MOST), the 95 % interval at the end holds the truth in 93 to 97 % (COVERAGE); the same of all
patients. Rows with an effect show how often it is seen; they have no rule.
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np

from leao.trial.params import numbers as trial_numbers
from leao.trial.single_patient import estimate
from leao.trial.single_patient.estimate import Windows
from validation import work
from validation.n_of_1_patients import BATCH, batch, design, windows
from validation.page import Page, table

PATIENTS, FIRST, SEED, ALPHA = 20_000, 1_000, 77, 0.025
MOST, COVERAGE = 5.0, (93.0, 97.0)  # per cent
CASES = ((3, 1.0), (6, 1.0), (3, 0.5), (6, 0.5))  # cycles, ratio of attack rates
WITH_EFFECT = 2_000  # patients


class Judged(NamedTuple):
    """What was said of each patient in the end, (patient,)."""

    helps: np.ndarray
    harms: np.ndarray
    held: np.ndarray  # the interval holds no effect
    known: np.ndarray  # there is an interval
    moderated: np.ndarray


def judged(counted: Windows, outcome: str, window: int) -> Judged:
    """Return what looks say, each patient until the first that stops."""
    rules = trial_numbers()
    noise, (patients, planned) = estimate.noise(outcome), counted.events.shape[:2]
    said = np.zeros(patients, np.int64)
    low, high = np.full((2, patients), np.nan)
    moderated = np.ones(patients, bool)
    made = np.zeros((patients, 0), np.int64)  # whole cycles at each look made
    for cycle in range(2, planned + 1):
        so_far = Windows(*(part[:, :cycle] for part in counted))
        answer = estimate.estimate(*estimate.differences(so_far, rules, window), noise)
        whole = answer.cycles.astype(np.int64)
        ends = estimate.interval(answer, rules.confidence)
        before = made[:, -1] if made.shape[1] else np.zeros(len(whole), np.int64)
        looking = (said == 0) & (whole >= 2) & (whole > before)
        made = np.column_stack([made, np.where(looking, whole, before)])
        for history in np.unique(made[looking], axis=0):
            who = looking & (made == history).all(axis=1)
            cycles = tuple(int(c) for c in np.unique(history[history > 0]))
            bound = float(estimate.nominal(cycles, planned, ALPHA)[-1])
            said[who] = estimate.verdict(answer, bound)[who]
            low[who], high[who], moderated[who] = ends[0][who], ends[1][who], answer.moderated[who]
    known = np.isfinite(low)
    return Judged(said > 0, said < 0, (low <= 0.0) & (high >= 0.0), known, moderated)


def row(part: Judged, names: dict[str, object]) -> dict[str, object]:
    """Return the figures of some patients, per cent."""
    n, known = len(part.helps), int(part.known.sum())
    helps, held = 100.0 * part.helps.mean(), 100.0 * part.held[part.known].mean()
    return names | {
        "patients": n,
        "with_two_cycles": known,
        "helps": helps,
        "helps_se": math.sqrt(helps * (100.0 - helps) / n),
        "harms": 100.0 * part.harms.mean(),
        "coverage": held,
        "coverage_se": math.sqrt(held * (100.0 - held) / known),
        "alone": 100.0 * (~part.moderated).mean(),
    }


def main() -> None:
    """Compute what is missing, and write the table and its page."""
    given = work.asked(__doc__, PATIENTS)
    sizes = {case: given.number if case[1] == 1.0 else min(given.number, WITH_EFFECT) for case in CASES}
    jobs = {
        str(case): [partial(batch, (case[0], BATCH), case[1], SEED, k) for k in range(-(-n // design(case[0]).n))]
        for case, n in sizes.items()
    }
    parts, rows = work.computed(given, jobs), []
    for (cycles, effect), n in sizes.items():
        of = design(cycles)
        for outcome, counted in windows(parts[str((cycles, effect))], n).items():
            names: dict[str, object] = {"outcome": outcome, "cycles": cycles, "effect": effect}
            whole = judged(counted, outcome, of.month)
            if effect == 1.0 and n > FIRST:
                rows.append(row(Judged(*(values[:FIRST] for values in whole)), names))
            rows.append(row(whole, names))
    write(rows)


def judged_by_rule(part: dict[str, object]) -> str:
    """Return whether a row keeps the rule."""
    if part["effect"] != 1.0:
        return ""
    holds = float(str(part["helps"])) <= MOST and COVERAGE[0] <= float(str(part["coverage"])) <= COVERAGE[1]
    return "kept" if holds else "NOT kept"


def write(rows: list[dict[str, object]]) -> None:
    """Write docs/validation/n_of_1.toml and n_of_1.md."""
    page = Page(
        "n_of_1",
        "N-of-1 of one patient: error and coverage",
        (
            f"Written by `python -m validation.n_of_1_error`, seed {SEED}. Looks after the second cycle and each further one;",
            f'alpha {100 * ALPHA:g} % of one side over all. Effect 1: the drug does nothing. Kept, set before the first run: "helps"',
            f"at any look at most {MOST:g} %, the 95 % interval holds the truth in {COVERAGE[0]:g} to {COVERAGE[1]:g} %, of the first {FIRST:,} and of all.",
        ),
    )
    shown = [
        (
            *(str(part["outcome"]).replace("_", " "), part["cycles"], part["effect"], f"{part['patients']:,}"),
            *(f"{part['helps']:.2f} ± {part['helps_se']:.2f}", f"{part['harms']:.2f}"),
            *(f"{part['coverage']:.2f} ± {part['coverage_se']:.2f}", f"{part['alone']:.2f}", judged_by_rule(part)),
        )
        for part in rows
    ]
    head = (
        *("outcome", "cycles", "ratio of attacks", "patients", "helps, %", "harms, %"),
        *("interval holds no effect, %", "judged alone, %", ""),
    )
    written = [{key: _toml(value) for key, value in part.items()} for part in rows]
    print(page.write_rows("n_of_1_error", written, seed=SEED))
    print(page.write(page.text(*table(head, shown))))


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    work.run("n_of_1_error")
