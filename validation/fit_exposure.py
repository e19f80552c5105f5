"""Fit the exposure's numbers to published figures: docs/validation/exposure_studies.toml -> exposure_fit.json.

Three fits, each on the rows whose role is ``input``:

levels    The mean of each study s is that of a typical person: ln CL_s, ln V_s, ln ka_s ~ Normal around the
          population's, with b_s common to CL and V (what moves the levels of a whole study alike: assay, salt or base,
          formulation) and a rest for each. A printed mean is log-normal around the form of closed_forms.py, with the
          standard error of its own spread and size and of the study's weight.
kidneys   Secretion, its exponent, reabsorption by pH, non-renal clearance and its exponent, from areas over the normal
          group's, urinary amounts, renal clearance in acid and alkaline urine and the share unchanged; a control group
          is shared by its study, a rest is estimated.
spread    How healthy people differ in clearance, volume and absorption once weight, kidneys and urine pH are told
          apart, from the printed standard deviations.

Study figures are close to linear in the logarithms, so that what differs between studies is integrated out in closed
form; what remains (at most seven numbers) is sampled by adaptive Metropolis from four seeded starts. Each study of the
first two fits is also left out once and predicted by the others.
Source: sampling.py; Gelman 2006, Bayesian Analysis 1:515 (half-normal prior of a spread between few groups).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import files, ledger
from leao.exposure import clearance as renal
from validation.exposure_table import (
    VOLUNTEERS_WEIGHT_SPREAD,
    Data,
    base_share,
    error_of_spread,
    log_figure,
    printed,
    standard_error,
    table,
    typical,
)
from validation.fit_kidneys import KIDNEYS, columns, fit_kidneys, kidney_figures, kidney_rows, renal_of
from validation.sampling import PRIOR_SD, SEED, STEP, log_normal_density, sample

Array = NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "docs" / "validation" / "exposure_fit.json"
ORDER_OF_LEVELS = ("clearance", "volume", "absorption")
KIDNEYS_OF_STUDY = ("creatinine_clearance", "creatinine_clearance_sd")


class Study(NamedTuple):
    """One study's figures, linear in its own logarithms around ``centre``."""

    name: str
    figures: Array  # (row,) logarithms as printed
    at_centre: Array  # (row,)
    slope: Array  # (row, 3) by ln CL, ln V, ln ka
    noise: Array  # (row, row) of the means and of the weight
    centre: Array  # (3,)


def linear(name: str, data: Data, rows: list[dict[str, Any]], centre: Array) -> Study:
    """Return a study's figures linearised at ``centre``."""
    study, share = data.studies[name], base_share()
    here = np.append(centre, np.log(study["weight"]))
    value = np.array([float(log_figure(row, here, share)) for row in rows])
    moved = here + STEP * np.eye(4)
    slope = np.array([(log_figure(row, moved, share) - at) / STEP for row, at in zip(rows, value, strict=True)])
    by_weight = slope[:, 3] * study["weight_sd"] / study["weight"]
    errors = np.array([standard_error(row, study) for row in rows])
    noise = np.diag(errors**2) + np.outer(by_weight, by_weight)
    return Study(name, np.array([typical(row) for row in rows]), value, slope[:, :3], noise, centre)


def level_rows(data: Data) -> dict[str, list[dict[str, Any]]]:
    """Return the input rows of the levels by study."""
    wanted = {"area", "peak", "peak_time", "half_life", "steady_peak", "steady_peak_time", "clearance"}
    out: dict[str, list[dict[str, Any]]] = {}
    for row in data.rows:
        healthy = row.get("study", "").startswith(("be20", "zhang", "periclou_normal", "label_volunteers"))
        if row["role"] == "input" and healthy and row["figure"] in wanted | {"volume_per_weight"}:
            out.setdefault(row["study"], []).append(row)
    return out


def between(log_spreads: Array) -> Array:
    """Return the covariance between studies of ln CL, ln V, ln ka from the logs of the spreads b, CL, V, ka."""
    common, cleared, volume, absorbed = np.exp(2.0 * log_spreads)
    return np.array([[common + cleared, common, 0.0], [common, common + volume, 0.0], [0.0, 0.0, absorbed]])


def fit_levels(data: Data, leave_out: str | None = None, start: Array | None = None) -> Array:
    """Return draws (draw, 7): ln CL, ln V, ln ka of the population, logs of the spreads between studies."""
    rows = {name: of_study for name, of_study in level_rows(data).items() if name != leave_out}
    centre = np.log([8.5, 10.0, 0.6]) if start is None else start
    draws, r_hat = np.empty((0, 7)), np.inf
    for _ in range(3 if start is None else 1):  # linearised again where the fit has moved to
        studies = [linear(name, data, of_study, centre) for name, of_study in rows.items()]

        def log_density(x: Array, studies: list[Study] = studies) -> float:
            if (x[3:] < np.log(0.005)).any() or (x[3:] > np.log(2.0)).any():
                return -np.inf
            covariance = between(x[3:])
            total = 0.0
            for study in studies:
                spread = study.slope @ covariance @ study.slope.T + study.noise
                total += log_normal_density(
                    study.figures - study.at_centre - study.slope @ (x[:3] - study.centre), spread
                )
            scale = np.array([PRIOR_SD["between"]] * 3 + [PRIOR_SD["absorption"]])
            spreads = np.exp(x[3:])
            return total - 0.5 * np.square(spreads / scale).sum() + x[3:].sum()  # half-normal on the spread itself

        draws, r_hat = sample(log_density, np.append(centre, np.log([0.15, 0.1, 0.1, 0.3])), SEED, 0)
        centre = np.median(draws[:, :3], axis=0)
    print(f"levels without {leave_out}: r-hat {r_hat:.3f}")
    return draws


def new_study(draws: Array, seed: int) -> Array:
    """Return ln CL, ln V, ln ka of a study not seen yet, (draw, 3)."""
    z = np.random.default_rng([SEED, seed]).standard_normal((len(draws), 4))
    common, cleared, volume, absorbed = (np.exp(draws[:, 3:]) * z).T
    return draws[:, :3] + np.stack([common + cleared, common + volume, absorbed], axis=1)


def fit_spread(data: Data, healthy: Array, p: renal.Renal) -> tuple[Array, list[dict[str, Any]]]:
    """Return the log-scale SD between people of clearance, volume and absorption, and each printed SD beside it.

    Root mean squares over the posterior under the printed SD over mean, each with its sampling error and a quarter for what differs
    between studies, and half-normal priors as wide as ``PRIOR_SD``.
    """
    rows = [row | {"n": data.studies[row["study"]]["n"]} for of_study in level_rows(data).values() for row in of_study]
    rows = [row for row in rows if "spread" in row and row["study"] != "label_volunteers"]
    known = known_spread(p)
    slopes = []
    for row in rows:
        here = np.append(healthy, np.log(data.studies[row["study"]]["weight"]))
        value = log_figure(row, here, base_share())
        slopes.append((log_figure(row, here + STEP * np.eye(4), base_share()) - value) / STEP)
    slope = np.array(slopes)
    weight = (slope[:, 3] * known["weight"]) ** 2
    cleared = slope[:, 0] ** 2 * (known["urine_ph"] ** 2 + known["creatinine_clearance"] ** 2)
    observed = np.log([row["spread"] for row in rows])
    error = error_of_spread(np.array([row["n"] for row in rows]))

    def predicted(log_sd: Array) -> Array:
        return np.sqrt(np.expm1(weight + cleared + slope[:, :3] ** 2 @ np.exp(2.0 * log_sd)))

    def log_density(log_sd: Array) -> float:
        if (log_sd < np.log(1e-3)).any() or (log_sd > np.log(2.0)).any():
            return -np.inf
        prior = np.exp(log_sd) / np.array([PRIOR_SD["between"]] * 2 + [PRIOR_SD["absorption"]])
        misfit = (observed - np.log(predicted(log_sd))) / error
        return float(-0.5 * (np.square(misfit).sum() + np.square(prior).sum()) + log_sd.sum())

    draws, _ = sample(log_density, np.log([0.1, 0.15, 0.4]), SEED, 2)
    spread = np.sqrt(np.exp(2.0 * draws).mean(axis=0))  # what adds up between people is the variance
    pairs = zip(rows, predicted(np.log(spread)), strict=True)
    beside = [
        {"study": r["study"], "figure": r["figure"], "printed": r["spread"], "fitted": float(f)} for r, f in pairs
    ]
    return spread, beside


def known_spread(p: renal.Renal) -> dict[str, float]:
    """Return the log-scale SD of clearance through urine pH and kidneys, and of volunteers' weight."""
    numbers = ledger.read("renal").numbers
    ph, kidneys = (numbers[name].between_subject or {} for name in ("reference_ph", "reference_creatinine_clearance"))
    usual = p.reference_creatinine_clearance, p.reference_ph
    by_ph = np.log(renal.relative(p, usual[0], usual[1] + STEP)) / STEP
    by_kidneys = np.log(renal.relative(p, usual[0] * (1 + STEP), usual[1])) / (STEP * usual[0])
    return {
        "urine_ph": abs(float(by_ph)) * ph["sd"],
        "creatinine_clearance": abs(float(by_kidneys)) * kidneys["sd"],
        "weight": VOLUNTEERS_WEIGHT_SPREAD,
    }


def summary(values: Array) -> dict[str, float]:
    """Return mean and SD of draws."""
    return {"mean": float(values.mean()), "sd": float(values.std())}


def fit() -> dict[str, Any]:
    """Return what the ledgers take over, the fit beside the data, and each study predicted without itself."""
    data = table()
    reference = ledger.params(ledger.read("renal"), renal.Renal)
    draws = fit_levels(data)
    healthy = np.median(draws[:, :3], axis=0)
    kidneys = fit_kidneys(data, healthy, reference)
    p = renal_of(np.median(kidneys[:, :5], axis=0), reference)
    spread, beside = fit_spread(data, healthy, p)
    return {
        "seed": SEED,
        "levels": {
            "population": {name: summary(draws[:, i]) for i, name in enumerate(ORDER_OF_LEVELS)},
            "between_studies": {
                name: float(np.median(np.exp(draws[:, 3 + i]))) for i, name in enumerate(("common", *ORDER_OF_LEVELS))
            },
        },
        "kidneys": {name: summary(kidneys[:, i]) for i, name in enumerate((*KIDNEYS, "log_rest"))}
        | {"correlation": np.corrcoef(kidneys[:, :5].T).round(2).tolist(), "rows": _beside(data, kidneys, healthy)},
        "between_people": dict(zip(ORDER_OF_LEVELS, spread.tolist(), strict=True))
        | {"through": known_spread(p), "rows": beside},
        "left_out": _left_out(data, reference, healthy),
    }


def _beside(data: Data, kidneys: Array, healthy: Array) -> list[dict[str, Any]]:
    reference = ledger.params(ledger.read("renal"), renal.Renal)
    p = columns(renal_of(kidneys[:, :5], reference))
    rows = kidney_rows(data)
    at = np.array([row.get("creatinine_clearance", reference.reference_creatinine_clearance) for row in rows])
    low, middle, high = np.percentile(np.exp(kidney_figures(rows, at, p, healthy)), (5, 50, 95), axis=0)
    return [
        {"study": row["study"], "figure": row["figure"], "printed": printed(row)}
        | {"median": float(middle[i]), "p05": float(low[i]), "p95": float(high[i])}
        for i, row in enumerate(rows)
    ]


def _left_out(data: Data, reference: renal.Renal, healthy: Array) -> list[dict[str, Any]]:
    """Return every input row as predicted by the other studies: rank, and the central 50 and 90 %."""
    out = []
    rng = np.random.default_rng([SEED, 9])
    for name, rows in level_rows(data).items():
        draws = new_study(fit_levels(data, name, healthy), 1)
        study = data.studies[name]
        weight = np.log(study["weight"]) + study["weight_sd"] / study["weight"] * rng.standard_normal(len(draws))
        for row in rows:
            predicted = log_figure(row, np.column_stack([draws, weight]), base_share())
            out.append(_ranked(row, predicted + standard_error(row, study) * rng.standard_normal(len(draws))))
    for source in ("periclou2006", "moritoyo2012"):
        draws = fit_kidneys(data, healthy, reference, source)
        p, rest = columns(renal_of(draws[:, :5], reference)), np.exp(draws[:, 5])
        rows = [row for row in kidney_rows(data) if row["source"] == source]
        z = rng.standard_normal((2, len(draws), len(rows)))
        at, at_sd = (np.array([row[name] for row in rows]) for name in KIDNEYS_OF_STUDY)
        predicted = kidney_figures(rows, at + at_sd * z[0], p, healthy)
        error = np.hypot(np.array([row["error"] for row in rows]), rest[:, None])
        out += [_ranked(row, (predicted + error * z[1])[:, i]) for i, row in enumerate(rows)]
    return out


def _ranked(row: dict[str, Any], predicted: Array) -> dict[str, Any]:
    low, q1, middle, q3, high = np.exp(np.percentile(predicted, (5, 25, 50, 75, 95)))
    head = {name: row[name] for name in ("study", "figure", "what", "unit")} | {"printed": printed(row)}
    tail = {"p05": low, "p25": q1, "median": middle, "p75": q3, "p95": high}
    return head | {name: float(value) for name, value in tail.items()} | {
        "rank": float(np.mean(predicted < typical(row)))
    }  # fmt: skip


if __name__ == "__main__":
    result = fit()
    files.write_text(RESULT, json.dumps(result, indent=1) + "\n")
    print(json.dumps({name: result[name] for name in ("levels", "between_people")}, indent=1))
    print(json.dumps(result["kidneys"], indent=1))
