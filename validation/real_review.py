"""Every real diary of KosteckiDillon with 28 recorded days or more: does the fit converge, and does the model fit?

Writes docs/validation/review_real.csv, one line per patient: diagnostics, and the place of the diary's transitions
and run lengths among 400 diaries replicated by the posterior. No dates and no memantine there: no effect is asked.

    python -m validation.real_review [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]
"""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leao.diary import reading
from leao.diary.reading import mapping
from leao.review import answer, fit, simulate
from validation import work

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "kosteckidillon" / "KosteckiDillon.csv"
MAP = ROOT / "docs" / "mapping" / "kosteckidillon.toml"
OUT = ROOT / "docs" / "validation" / "review_real.csv"
LEAST = 28  # recorded days
REPLICATES = 400
STATISTICS = ("after_free", "after_headache", "headache_run", "free_run")
DIAGNOSTICS = ("k_hat", "effective_draws", "grid_error", "converged")
FIELDS = ("id", "recorded", "missing", "headache_days", *DIAGNOSTICS, *STATISTICS)


def patients(data: Path = DATA) -> list[str]:
    """Return the patients with enough rows, in order."""
    with data.open(encoding="utf-8") as file:
        days: dict[str, set[str]] = {}
        for row in csv.DictReader(file):
            days.setdefault(row["id"], set()).add(row["time"])
    return [patient for patient, times in days.items() if len(times) >= LEAST]


def review_patient(patient: str, data: Path = DATA) -> dict[str, str]:
    """Return the line of one patient."""
    diary = reading.read_file(data, mapping.read(MAP)._replace(only={"id": patient}))
    observed = answer.observed(diary)
    posterior = fit.sample(observed, int(patient))
    q = posterior.parameters
    few = type(q)(*(values[:: max(1, len(values) // REPLICATES)] for values in q))
    checks = simulate.predictive_check(few, observed, np.random.default_rng(int(patient)))
    places = {name: "" if row["p"] is None else f"{row['p']:.4f}" for name, row in checks.items()}
    return {
        "id": patient, "recorded": str(int(diary.seen.sum())), "missing": str(int((~diary.seen).sum())),
        "headache_days": str(int((diary.headache == 1).sum())), "k_hat": f"{posterior.k_hat:.3f}",
        "effective_draws": f"{posterior.effective_draws:.0f}", "grid_error": f"{posterior.grid_error:.4f}",
        "converged": "yes" if posterior.converged else str(posterior.problem), **places,
    }  # fmt: skip


def line(patient: str) -> dict[str, NDArray[np.str_]]:
    """Return the line of one patient as columns."""
    return {name: np.array([value]) for name, value in review_patient(patient).items()}


def main() -> None:
    """Compute the patients that have no line yet and append them to the file."""
    given = work.asked(__doc__)
    done = set()
    if OUT.exists():
        with OUT.open(encoding="utf-8") as file:
            done = {row["id"] for row in csv.DictReader(file)}
    else:
        OUT.write_text(",".join(FIELDS) + "\n", encoding="utf-8")
    jobs = [partial(line, patient) for patient in patients() if patient not in done]
    rows = work.rows(work.computed(given, {"patients": jobs}, reads=(DATA, MAP))["patients"])
    with OUT.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter[str](file, FIELDS, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    work.run("real_review")
