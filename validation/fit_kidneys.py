"""The fit of the kidneys for validation/fit_exposure.py: equation of leao/exposure/clearance.py under published ratios."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.exposure import clearance as renal
from leao.exposure import one_compartment
from validation.exposure_table import SPREAD_OF_RATIO, Data, body_size, printed, standard_error, typical
from validation.sampling import PRIOR_SD, SEED, STEP, log_normal_density, sample

Array = NDArray[np.float64]
KIDNEYS = ("log_acid", "log_alkaline", "unchanged_share", "secretion_exponent", "nonrenal_exponent")


def renal_of(x: Array, reference: renal.Renal) -> renal.Renal:
    """Return the renal numbers of parameters (..., 5) in the order of ``KIDNEYS``."""
    log_acid, log_alkaline, unchanged_share, secretion_exponent, nonrenal_exponent = np.moveaxis(x, -1, 0)
    return reference._replace(
        renal_clearance_acid=np.exp(log_acid),
        renal_clearance_alkaline=np.exp(log_alkaline),
        unchanged_share=unchanged_share,
        secretion_exponent=secretion_exponent,
        nonrenal_exponent=nonrenal_exponent,
    )


def kidney_figures(rows: list[dict[str, Any]], kidneys: Array, p: renal.Renal, healthy: Array) -> Array:
    """Return the logarithms of rows of the renal fit, (..., row), at creatinine clearances in mL/min.

    Numbers of ``p`` are scalars or (draw, 1).
    """
    kinds = np.array([row["figure"] for row in rows])
    ph, hours, weight = (
        np.array([row.get(name, usual) for row in rows], dtype=float)
        for name, usual in (("ph", p.reference_ph), ("hours", 1.0), ("weight", 1.0))
    )
    relative, unchanged = renal.relative(p, kidneys, ph), renal.unchanged(p, kidneys, ph)
    clearance, volume, ka = np.exp(healthy)
    eliminated = one_compartment.eliminated(ka, clearance * body_size(weight) * relative / (volume * weight), hours)
    figures = (1.0 / relative, renal.renal_clearance(p, kidneys, ph), 100.0 * unchanged, 100.0 * unchanged * eliminated)
    return np.log(np.select([kinds == name for name in ("area_ratio", "renal", "unchanged", "unchanged_by")], figures))


def kidney_rows(data: Data) -> list[dict[str, Any]]:
    """Return the input rows of the kidneys, each with its study's conditions."""
    wanted = {"area_ratio", "unchanged_by", "renal", "unchanged"}
    keys = ("ph", "weight", "creatinine_clearance", "creatinine_clearance_sd", "n", "source")
    out = []
    for row in data.rows:
        if row["role"] == "input" and row["figure"] in wanted:
            study = data.studies[row["study"]]
            known = {key: study[key] for key in keys if key in study}
            if "over" in row:
                known["n_over"] = data.studies[row["over"]]["n"]
            out.append(row | known | {"error": standard_error(row, study)})
    return out


def fit_kidneys(data: Data, healthy: Array, reference: renal.Renal, leave_out: str | None = None) -> Array:
    """Return draws (draw, 6): the numbers of ``KIDNEYS`` and the log of what is left unexplained."""
    rows = [row for row in kidney_rows(data) if row["source"] != leave_out]
    figures = np.array([np.log(printed(row)) if row["figure"] == "area_ratio" else typical(row) for row in rows])
    usual = reference.reference_creatinine_clearance
    at = np.array([row.get("creatinine_clearance", usual) for row in rows], dtype=float)
    at_sd = np.array([row.get("creatinine_clearance_sd", 0.0) for row in rows])
    group = np.array([[a.get("study") == b.get("study") for a in rows] for b in rows])
    ratio = np.array([row["figure"] == "area_ratio" for row in rows])
    same_control = np.array([[a.get("over", "a") == b.get("over", "b") for a in rows] for b in rows])
    control = np.array([SPREAD_OF_RATIO**2 / row.get("n_over", 1) for row in rows])
    patients = np.array([0.0 if "se_log" in row else row["error"] for row in rows])
    whole = np.array([row.get("se_log", 0.0) for row in rows])
    fixed = np.diag(np.maximum(whole**2 - control * ratio * (whole > 0), 0.2 * whole**2) + patients**2)
    fixed = fixed + np.where(same_control, control[:, None], 0.0)

    least = np.log(reference.free_plasma_share * usual)

    def log_density(x: Array) -> float:
        log_acid, log_alkaline, unchanged_share, *exponents, rest = x
        if not (least < log_acid and log_alkaline < log_acid and 0.0 < unchanged_share < 1.0):
            return -np.inf
        if not (all(0.0 <= exponent <= 1.5 for exponent in exponents) and np.log(0.005) < rest < 0.0):
            return -np.inf
        p = renal_of(x[:5], reference)
        value = kidney_figures(rows, at, p, healthy)
        by_kidneys = (kidney_figures(rows, at * (1.0 + STEP), p, healthy) - value) / (STEP * at) * at_sd
        spread = fixed + np.where(group, np.outer(by_kidneys, by_kidneys), 0.0) + np.exp(2 * rest) * np.eye(len(rows))
        return log_normal_density(figures - value, spread) - 0.5 * (np.exp(rest) / PRIOR_SD["rest"]) ** 2 + rest

    start = np.array([np.log(214.0), np.log(24.3), 0.48, 0.6, 0.4, np.log(0.1)])
    draws, r_hat = sample(log_density, start, SEED, 1)
    print(f"kidneys without {leave_out}: r-hat {r_hat:.3f}")
    return draws


def columns(p: renal.Renal) -> renal.Renal:
    """Return the numbers as columns (draw, 1), so that rows stand beside them."""
    values: dict[str, Any] = {
        name: np.asarray(value)[:, None] if np.ndim(value) else value for name, value in p._asdict().items()
    }
    return renal.Renal(**values)
