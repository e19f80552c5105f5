"""Fit the exposure's numbers to published figures: docs/validation/exposure_studies.toml -> exposure_fit.json.

Three fits, each on the rows whose role is ``input``:

levels    The mean of each study s is that of a typical person: ln CL_s, ln V_s, ln ka_s ~ Normal around the
          population's, with b_s common to CL and V (what moves the levels of a whole study alike: assay, salt or base,
          formulation) and a rest for each. A printed mean is log-normal around the closed form of levels.py, with the
          standard error of its own spread and size and of the study's weight.
kidneys   Secretion, its exponent, reabsorption by pH, non-renal clearance and its exponent, from areas over the normal
          group's, urinary amounts, renal clearance in acid and alkaline urine and the share unchanged; a control group
          is shared by its study, a rest is estimated.
spread    How healthy people differ in clearance, volume and absorption once weight, kidneys and urine pH are told
          apart, from the printed standard deviations.

Study figures are close to linear in the logarithms, so that what differs between studies is integrated out in closed
form; what remains (at most seven numbers) is sampled by adaptive Metropolis from four seeded starts. Each study of the
first two fits is also left out once and predicted by the others.
Source: Haario, Saksman & Tamminen 2001, Bernoulli 7:223 (adaptive Metropolis); Gelman 2006, Bayesian Analysis 1:515
(half-normal prior of a spread between few groups).
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from leao import ledger  # noqa: E402
from leao.exposure import closed_forms, renal  # noqa: E402

Array = NDArray[np.float64]
TABLE = ROOT / "docs" / "validation" / "exposure_studies.toml"
RESULT = ROOT / "docs" / "validation" / "exposure_fit.json"
SEED, CHAINS, WARM, STEPS, THIN = 20261126, 4, 3000, 6000, 3
USUAL_SPREAD = 0.20  # SD over mean between people of a figure whose spread was not printed
SPREAD_OF_RATIO = 0.30  # the same among people with impaired kidneys
USUAL_SPREADS = {"peak_time": 0.40, "area_ratio": SPREAD_OF_RATIO, "half_life_ratio": SPREAD_OF_RATIO}
RANGE_IN_SE = 4.0  # a printed range is taken as four standard errors wide
STEP = 1e-5  # of a logarithm, for derivatives
PRIOR_SD = {"between": 0.3, "absorption": 0.5, "rest": 0.2}  # half-normal, log scale
ORDER_OF_LEVELS = ("clearance", "volume", "absorption")
KIDNEYS_OF_STUDY = ("creatinine_clearance", "creatinine_clearance_sd")
KIDNEYS = ("log_acid", "log_alkaline", "unchanged_share", "secretion_exponent", "nonrenal_exponent")


class Data(NamedTuple):
    """Rows and studies of the table."""

    studies: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]


def table() -> Data:
    """Return the table of published figures; each row knows its study's role."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [row | {"role": row.get("role", read["study"].get(row.get("study"), {}).get("role"))} for row in read["row"]]
    return Data(read["study"], rows)


def printed(row: dict[str, Any]) -> float:
    """Return the printed figure; of a range its geometric middle."""
    return float(row["value"]) if "value" in row else float(np.sqrt(row["low"] * row["high"]))


def typical(row: dict[str, Any]) -> float:
    """Return the logarithm of the typical person's figure: an arithmetic mean lies above the geometric one."""
    mean = "value" in row and "se_log" not in row and not row["figure"].startswith("spread_of")
    return float(np.log(printed(row)) - 0.5 * np.log1p(usual_spread(row) ** 2) * mean)


def usual_spread(row: dict[str, Any]) -> float:
    """Return the SD over mean between people of a figure, as printed or as usual for its kind."""
    return float(row.get("spread", USUAL_SPREADS.get(row["figure"], USUAL_SPREAD)))


def standard_error(row: dict[str, Any], study: dict[str, Any]) -> float:
    """Return the standard error of the logarithm of a printed mean."""
    if "se_log" in row:
        return float(row["se_log"])
    if "low" in row:
        return float(np.log(row["high"] / row["low"]) / RANGE_IN_SE)
    if row["figure"].startswith("spread_of"):
        return float(1.0 / np.sqrt(2.0 * (study["n"] - 1)))
    return float(np.sqrt(np.log1p(usual_spread(row) ** 2) / study["n"]))


# ------------------------------------------------------------------------------------------------------------ levels


def log_figure(row: dict[str, Any], logs: Array, base_share: float) -> Array:
    """Return the logarithm of a row's figure from ln CL at the reference, ln V per kg, ln ka, ln weight, (..., 4)."""
    clearance, volume, ka, weight = np.exp(np.moveaxis(logs, -1, 0))
    cleared = clearance * body_size(weight)
    litres = volume * weight
    k, every = cleared / litres, row.get("every", 24.0)
    level = 1e3 * row.get("dose", 0.0) * base_share / litres
    figures: dict[str, Callable[[], Any]] = {
        "area": lambda: level / k,
        "peak": lambda: level * closed_forms.peak(ka, k),
        "peak_time": lambda: closed_forms.peak_time(ka, k),
        "half_life": lambda: np.log(2.0) / k,
        "steady_area": lambda: level / k,
        "steady_peak": lambda: level * closed_forms.steady_peak(ka, k, every),
        "steady_peak_time": lambda: closed_forms.steady_peak_time(ka, k, every),
        "clearance": lambda: cleared,
        "volume_per_weight": lambda: volume,
    }
    return np.log(figures[row["figure"]]())


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


def body_size(weight: Array | float) -> Array:
    """Return clearance over that at the reference weight."""
    numbers = ledger.read("exposure").numbers
    return np.asarray((weight / numbers["reference_weight"].value) ** numbers["allometric_exponent"].value)


def base_share() -> float:
    """Return mg of base per mg of salt."""
    numbers = ledger.read("exposure").numbers
    return numbers["formula_weight_base"].value / numbers["formula_weight_salt"].value


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
    rows = {name: own for name, own in level_rows(data).items() if name != leave_out}
    centre = np.log([8.5, 10.0, 0.6]) if start is None else start
    for _ in range(3 if start is None else 1):
        studies = [linear(name, data, own, centre) for name, own in rows.items()]

        def log_density(x: Array, studies: list[Study] = studies) -> float:
            if (x[3:] < np.log(0.005)).any() or (x[3:] > np.log(2.0)).any():
                return -np.inf
            covariance = between(x[3:])
            total = 0.0
            for study in studies:
                spread = study.slope @ covariance @ study.slope.T + study.noise
                total += _normal(study.figures - study.at_centre - study.slope @ (x[:3] - study.centre), spread)
            scale = np.array([PRIOR_SD["between"]] * 3 + [PRIOR_SD["absorption"]])
            spreads = np.exp(x[3:])
            return total - 0.5 * np.square(spreads / scale).sum() + x[3:].sum()  # half-normal on the spread itself

        draws, r_hat = sample(log_density, np.append(centre, np.log([0.15, 0.1, 0.1, 0.3])), 0)
        centre = np.median(draws[:, :3], axis=0)
    print(f"levels without {leave_out}: r-hat {r_hat:.3f}")
    return draws


def new_study(draws: Array, seed: int) -> Array:
    """Return ln CL, ln V, ln ka of a study not seen yet, (draw, 3)."""
    z = np.random.default_rng([SEED, seed]).standard_normal((len(draws), 4))
    common, cleared, volume, absorbed = (np.exp(draws[:, 3:]) * z).T
    return draws[:, :3] + np.stack([common + cleared, common + volume, absorbed], axis=1)


# ----------------------------------------------------------------------------------------------------------- kidneys


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
    eliminated = closed_forms.eliminated(ka, clearance * body_size(weight) * relative / (volume * weight), hours)
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
            own = {key: study[key] for key in keys if key in study}
            if "over" in row:
                own["n_over"] = data.studies[row["over"]]["n"]
            out.append(row | own | {"error": standard_error(row, study)})
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
        return _normal(figures - value, spread) - 0.5 * (np.exp(rest) / PRIOR_SD["rest"]) ** 2 + rest

    start = np.array([np.log(214.0), np.log(24.3), 0.48, 0.6, 0.4, np.log(0.1)])
    draws, r_hat = sample(log_density, start, 1)
    print(f"kidneys without {leave_out}: r-hat {r_hat:.3f}")
    return draws


# ------------------------------------------------------------------------------------------------------------ spread


def fit_spread(data: Data, healthy: Array, p: renal.Renal) -> tuple[Array, list[dict[str, Any]]]:
    """Return the log-scale SD between people of clearance, volume and absorption, and each printed SD beside it.

    Root mean squares over the posterior under the printed SD over mean, each with its sampling error and a quarter for what differs
    between studies, and half-normal priors as wide as ``PRIOR_SD``.
    """
    rows = [row | {"n": data.studies[row["study"]]["n"]} for own in level_rows(data).values() for row in own]
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
    error = np.sqrt(1.0 / (2.0 * (np.array([row["n"] for row in rows]) - 1.0)) + 0.25**2)

    def predicted(log_sd: Array) -> Array:
        return np.sqrt(np.expm1(weight + cleared + slope[:, :3] ** 2 @ np.exp(2.0 * log_sd)))

    def log_density(log_sd: Array) -> float:
        if (log_sd < np.log(1e-3)).any() or (log_sd > np.log(2.0)).any():
            return -np.inf
        prior = np.exp(log_sd) / np.array([PRIOR_SD["between"]] * 2 + [PRIOR_SD["absorption"]])
        misfit = (observed - np.log(predicted(log_sd))) / error
        return float(-0.5 * (np.square(misfit).sum() + np.square(prior).sum()) + log_sd.sum())

    draws, _ = sample(log_density, np.log([0.1, 0.15, 0.4]), 2)
    spread = np.sqrt(np.exp(2.0 * draws).mean(axis=0))  # what adds up between people is the variance
    pairs = zip(rows, predicted(np.log(spread)), strict=True)
    beside = [{"study": r["study"], "figure": r["figure"], "printed": r["spread"], "fitted": float(f)} for r, f in pairs]
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


VOLUNTEERS_WEIGHT_SPREAD = 0.08  # SD over mean within a bioequivalence study: its limits of weight for height; assumed


# ---------------------------------------------------------------------------------------------------------- sampling


def sample(log_density: Callable[[Array], float], start: Array, stream: int) -> tuple[Array, float]:
    """Return draws of adaptive Metropolis from four starts, and the largest r-hat."""
    chains = [_chain(log_density, start, np.random.default_rng([SEED, stream, chain])) for chain in range(CHAINS)]
    kept = np.stack(chains)
    within = kept.var(axis=1, ddof=1).mean(axis=0)
    apart = kept.mean(axis=1).var(axis=0, ddof=1)
    return kept.reshape(-1, start.size), float(np.sqrt(1.0 + apart / within).max())


def _chain(log_density: Callable[[Array], float], start: Array, rng: np.random.Generator) -> Array:
    size = start.size
    x = start + 0.02 * rng.standard_normal(size)
    while not np.isfinite(log_density(x)):
        x = start + 0.02 * rng.standard_normal(size)
    here, root, history, kept = log_density(x), 0.05 * np.eye(size), [], []
    for step in range(WARM + STEPS):
        proposal = x + root @ rng.standard_normal(size)
        there = log_density(proposal)
        if np.log(rng.random()) < there - here:
            x, here = proposal, there
        if step < WARM:
            history.append(x)
            if step % 200 == 199:  # the proposal follows the second half of what was seen, then stays
                seen = np.cov(np.array(history[len(history) // 2 :]).T) + 1e-8 * np.eye(size)
                root = 2.38 / np.sqrt(size) * np.linalg.cholesky(seen)
        elif step % THIN == 0:
            kept.append(x)
    return np.array(kept)


def _normal(residual: Array, covariance: Array) -> float:
    root = np.linalg.cholesky(covariance)
    return float(-0.5 * np.square(np.linalg.solve(root, residual)).sum() - np.log(np.diag(root)).sum())


# ------------------------------------------------------------------------------------------------------------ result


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
                name: float(np.median(np.exp(draws[:, 3 + i])))
                for i, name in enumerate(("common", *ORDER_OF_LEVELS))
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
    p = _columns(renal_of(kidneys[:, :5], reference))
    rows = kidney_rows(data)
    at = np.array([row.get("creatinine_clearance", reference.reference_creatinine_clearance) for row in rows])
    low, middle, high = np.percentile(np.exp(kidney_figures(rows, at, p, healthy)), (5, 50, 95), axis=0)
    return [
        {"study": row["study"], "figure": row["figure"], "printed": printed(row)}
        | {"median": float(middle[i]), "p05": float(low[i]), "p95": float(high[i])}
        for i, row in enumerate(rows)
    ]


def _columns(p: renal.Renal) -> renal.Renal:
    """Return the numbers as columns (draw, 1), so that rows stand beside them."""
    return renal.Renal(*(value[:, None] if np.ndim(value) else value for value in p))


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
        p, rest = _columns(renal_of(draws[:, :5], reference)), np.exp(draws[:, 5])
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
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: result[name] for name in ("levels", "between_people")}, indent=1))
    print(json.dumps(result["kidneys"], indent=1))
