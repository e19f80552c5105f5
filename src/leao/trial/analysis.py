"""The answer of ``leao trial analyse``: the trial's estimators on a real table, with baseline table and flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.trial import crossover_analysis, described, estimands, estimates, reasons, subgroups
from leao.trial.error_rates import caution, largest_measured
from leao.trial.estimators import METHODS, regressors
from leao.trial.imputation import sensitivity
from leao.trial.imputation.sensitivity import ImputationRequest
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading import suspicions
from leao.trial.reading.layout import Table, lay_out
from leao.trial.reading.request import TableRequest
from leao.trial.reading.table import Held, Loaded, load

ALONE = (
    "one arm ({arm}) and no control: nothing to compare with; its change holds regression to the mean, the response to "
    "placebo and the course of time"
)


def analyse(
    path: str | Path | Held,
    *,
    arm: str | None = None,
    visit: str | None = None,
    estimator: str | None = None,
    columns: TableRequest | None = None,
    imputation: ImputationRequest | None = None,
) -> dict[str, Any]:
    """Return the analysis of a real trial's table, as ``leao trial analyse --json`` prints it.

    Args:
        path: a table, or its name and bytes: a row per patient and visit, per patient and day, or per patient with a
            column a visit.
        arm: column of the arm.
        visit: column of the visit, 0 or less for the baseline.
        estimator: one of the parallel estimators; by default MMRM, or ANCOVA where there is one visit.
        columns: everything else that can be said of the table, instead of the two above.
        imputation: strategies for missing last visits, shown side by side.

    Raises:
        ScenarioError: a table or an estimator that cannot be used, in one line with the row.
    """
    request = columns or TableRequest(arm=arm, visit=visit)
    if request.better not in (None, "lower", "higher"):
        raise ScenarioError(f"--better: found {request.better!r}, wanted lower or higher")
    loaded = load(path, request)
    if loaded.changes_treatment:
        _parallel(imputation, request, "patients change treatment")
        return crossover_analysis.analyse(str(path), loaded, estimator)
    table = lay_out(str(path), loaded)
    if len(table.arms) == 1:
        _known(estimator)
        _parallel(imputation, request, "there is one arm")
        return _described(path, table, request)
    answer = _compared(path, table, request, estimator)
    if imputation is not None:
        answer["sensitivity"], problems = sensitivity.answer(table, imputation)
        answer["problems"] += problems
    if request.stopped is not None:
        column = loaded.stopped or request.stopped
        answer["estimands"], problems = estimands.answer(str(path), loaded, table, column)
        answer["problems"] += problems
    if loaded.subgroups:
        answer["subgroups"], problems = subgroups.answer(table, loaded.subgroups)
        answer["problems"] += problems
    answer["precision"] = subgroups.precision(table)
    return answer


def _parallel(imputation: ImputationRequest | None, request: TableRequest, why: str) -> None:
    asked = {"imputation": imputation, "stopped": request.stopped, "subgroup": request.subgroup}
    for option, value in asked.items():
        if value is not None:
            raise ScenarioError(f"--{option}: {why}; it wants arms side by side. Leave it out")


def _known(estimator: str | None) -> list[str]:
    """Return the estimators for groups.

    Raises:
        ScenarioError: one that is none of them.
    """
    fits = [name for name, method in METHODS.items() if not method.paired and not method.doses]
    if estimator is not None and estimator not in fits:
        hint = ledger.nearest(estimator, fits)
        raise ScenarioError(
            f"--estimator: {estimator!r} is no estimator for groups; wanted one of {', '.join(fits)}{hint}"
        )
    return fits


def _compared(path: str | Path | Held, table: Table, request: TableRequest, estimator: str | None) -> dict[str, Any]:
    every, problems = _every(table, _known(estimator), estimator)
    chosen = estimator or next((name for name in _preferred(table) if _has_number(every, name)), None)
    if chosen is None:
        chosen = next((name for name in _preferred(table) if name in every), next(iter(every)))
    if not _has_number(every, chosen):
        problems.append(f"{chosen} gives no number for these data")
    elif estimator is None and chosen != _preferred(table)[0]:
        problems.append(f"{chosen} is quoted, since {_preferred(table)[0]} gives no number")
    last = table.arms[-1]
    difference = chosen if METHODS[chosen].scale == "difference" else "mmrm"
    if not _has_number(every, difference):
        difference = "ancova"
    smallest = min(int(described.members(table, place).sum()) for place in range(len(table.arms)))
    warned = caution(tuple(every), (smallest,), paired=False) if 0 < smallest <= largest_measured() else None
    marginal = every.get("negative_binomial", {}).get("marginal", {}).get(last)
    return _described(path, table, request) | {
        "estimator": chosen,
        "comparison": f"{last} against {table.arms[0]}",
        "difference": _plain(every, difference, last),
        "rate_ratio": _plain(every, "negative_binomial", last),
        "marginal_rate_ratio": marginal if marginal and marginal["estimate"] is not None else None,
        "estimators": every,
        "caution": warned,
        "problems": [*_problems(table), *problems, *([warned] if warned else [])],
    }


def _preferred(table: Table) -> list[str]:
    return ["mmrm", "ancova"] if len(table.visits) > 1 else ["ancova"]


def _every(table: Table, fits: list[str], chosen: str | None) -> tuple[dict[str, Any], list[str]]:
    every, problems = {}, []
    for name in fits:
        method = METHODS[name]
        if name in reasons.IMPUTED[1:] and name != chosen:
            continue  # shown where they are asked for, by name or by --imputation
        why = reasons.unfit(name, table, day_counts=method.day_counts)
        if why:
            if name == chosen:
                raise ScenarioError(f"--estimator {name}: {why}")
            if name in reasons.SEVERAL_VISITS:
                problems.append(f"{name}: left out: {why}")
            continue
        every[name] = estimates.of(name, table)
        if any(row["estimate"] is None for row in every[name]["comparisons"].values()):
            problems.append(f"{name}: no number for these data: {reasons.no_number(name, table)}")
    return every, problems


def _has_number(every: dict[str, Any], name: str) -> bool:
    return name in every and any(row["estimate"] is not None for row in every[name]["comparisons"].values())


def _plain(every: dict[str, Any], name: str, arm: str) -> dict[str, float | None] | None:
    row = every.get(name, {}).get("comparisons", {}).get(arm)
    return None if row is None or row["estimate"] is None else {key: row[key] for key in ("estimate", "low", "high")}


def _problems(table: Table) -> list[str]:
    return [*table.loaded.problems, *table.problems, *suspicions.of(table)]


def _described(path: str | Path | Held, table: Table, request: TableRequest) -> dict[str, Any]:
    """Return the answer without a comparison: who is there, and how each arm went; all there is for one arm."""
    confidence, loaded = trial_numbers().confidence, table.loaded
    return {
        "file": str(path),
        "estimator": None,
        "endpoint": loaded.endpoint,
        "kind": loaded.kind,
        "unit": loaded.unit,
        "better": request.better or "lower",
        "arms": list(table.arms),
        "subjects": len(table.subjects),
        "rows": loaded.rows,
        "visits": list(table.visits),
        "covariates": list(table.covariates.names),
        "comparison": None,
        "difference": None,
        "rate_ratio": None,
        "marginal_rate_ratio": None,
        "responders_50_percent": described.responders(table),
        "change": described.changes(table, confidence),
        "mean_by_arm": None,
        "means": described.means(table, confidence),
        "missing": described.missing(table),
        "residuals": described.residuals(table, regressors(table.data, table.data.baseline)[0]),
        "estimators": {},
        "sensitivity": None,
        "estimands": None,
        "subgroups": None,
        "precision": None,
        "individuals": None,
        "baseline": described.baseline(table),
        "flow": described.flow(table),
        "estimand": "treatment policy; months that are missing are taken as missing at random except by "
        "the strategies of imputation",
        "caution": None,
        **used(loaded),
        "problems": [*_problems(table), *([ALONE.format(arm=table.arms[0])] if len(table.arms) == 1 else [])],
    }


def used(loaded: Loaded) -> dict[str, Any]:
    """Return what of the table was used and what was not, as ``--json`` prints it."""
    left = [{"rows": list(part.rows), "why": part.why} for part in loaded.left_out]
    return {"columns": loaded.columns.as_json(), "left_out": left}
