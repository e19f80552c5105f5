"""The analysis of a real trial's table as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core import files
from leao.report import page, trial_beside, words
from leao.report.figures import tipping
from leao.report.figures import trial_analysis as figures

if TYPE_CHECKING:
    from leao.trial.contract import Analysis, BaselineRow, Comparison, KenwardRoger, MissingVisits
    from leao.trial.imputation.contract import ImputedRow, TippingMap

MOST_ROWS = 12  # of what was left out, before the rest is counted


def render(answer: Analysis) -> str:
    """Return the page of ``leao trial analyse`` as text; the same bytes for the same answer."""
    means, missing = answer["means"], answer["missing"]
    return page.render(
        "trial_analysis.html.j2",
        answer=answer,
        name=Path(answer["file"]).name,
        headline=headline(answer),
        about=about(answer),
        picture=figures.draw(answer, means) if means is not None else None,
        baseline=_baseline(answer) if means is not None else [],
        estimators=_estimators(answer),
        sensitivity=sensitivity_rows(answer),
        beside=trial_beside,
        maps=[tipping.draw(part, answer["better"]) for part in _maps(answer)],
        missing=None if missing is None else _missing(missing, answer["arms"]),
        patients=_patients(answer),
        left_out=_left_out(answer),
    )


def write(answer: Analysis, out: Path) -> Path:
    """Write the page and return its path."""
    return files.write_text(out, render(answer), files.PRIVATE)


def headline(answer: Analysis) -> str:
    """Return the answer in one sentence."""
    if answer["estimator"] is None:
        return f"{answer['arms'][0]} alone: described, and compared with nothing"
    row = answer["estimators"][answer["estimator"]]["comparisons"][answer["arms"][-1]]
    name, scale = answer["estimator"].replace("_", " "), answer["estimators"][answer["estimator"]]["scale"]
    if row["estimate"] is None:
        return f"{answer['comparison']}: {name} gives no number"
    unit = f" {answer['unit']}" if scale == "difference" else ""
    way = ""
    if scale == "difference" and row["low"] is not None and row["high"] is not None:
        below, above = ("better", "worse") if answer["better"] == "lower" else ("worse", "better")
        way = ", no difference shown"
        if row["high"] < 0.0:
            way = f", {below}"
        elif row["low"] > 0.0:
            way = f", {above}"
    return f"{answer['comparison']}: {scale} {words.spread(row, digits=3)}{unit}{way} ({name})"


def about(answer: Analysis) -> str:
    """Return what was analysed in one line."""
    parts = [
        f"{answer['endpoint']}, {answer['unit']}",
        f"{answer['subjects']} patients",
        f"{answer['rows']} rows",
        f"{len(answer['visits'])} visits, the last {answer['visits'][-1]}",
    ]
    if answer["covariates"]:
        parts.append(f"adjusted for {', '.join(answer['covariates'])}")
    return "; ".join(parts)


def _baseline(answer: Analysis) -> list[list[str]]:
    arms, rows = answer["arms"], []
    table = answer["baseline"]
    rows.append(["patients analysed", *(str(table[arm]["n"]) for arm in arms)])
    rows.append([
        f"{answer['endpoint']}, {answer['unit']}, mean (SD)",
        *(_mean_sd(table[arm]) for arm in arms),
    ])  # fmt: skip
    for key, title in (("age_mean", "age, mean"), ("female_percent", "female, %")):
        if any(key in table[arm] for arm in arms):
            rows.append([title, *(words.number(table[arm].get(key), 3) for arm in arms)])
    return rows


def _mean_sd(row: BaselineRow) -> str:
    return f"{words.number(row['baseline_mean'], 3)} ({words.number(row['baseline_sd'], 3)})"


def _estimators(answer: Analysis) -> list[dict[str, Any]]:
    """Return every estimator with what it estimates and its rows: comparison, estimate, p-value, degrees of freedom."""
    listed = []
    for name, figures_of in answer["estimators"].items():
        rows = []
        for arm, row in figures_of["comparisons"].items():
            rows.append([arm, words.spread(row, digits=3), *tail(row)])
            beside = row.get("kenward_roger")
            if beside:
                three = {"estimate": row["estimate"], "low": beside["low"], "high": beside["high"]}
                rows.append([f"{arm}, Kenward-Roger", words.spread(three, digits=3), *tail(beside)])
        for arm, row in figures_of.get("marginal", {}).items():
            rows.append([f"{arm}, marginal (g-computation)", words.spread(row, digits=3), "", ""])
        listed.append({
            "name": name.replace("_", " "), "quoted": name == answer["estimator"], "scale": figures_of["scale"],
            "estimand": figures_of["estimand"], "rows": rows,
        })  # fmt: skip
    return listed


def sensitivity_rows(answer: Analysis) -> list[list[str]]:
    """Return the rows of every strategy of imputation: name, comparison, estimate, p-value, degrees of freedom."""
    if answer["sensitivity"] is None:
        return []
    rows, count = [], answer["sensitivity"]["imputations"]
    for name, part in answer["sensitivity"]["strategies"].items():
        for arm, row in part["comparisons"].items():
            rows.append([name.replace("_", " "), arm, words.spread(row, digits=3), *tail(row)])
        for arm, row in part["multiple"].items() if part["multiple"] else ():
            rows.append([f"  {count} imputations", arm, words.spread(row, digits=3), *tail(row)])
    return rows


def _maps(answer: Analysis) -> list[TippingMap]:
    return [] if answer["sensitivity"] is None else answer["sensitivity"]["tipping"]


def tail(row: Comparison | KenwardRoger | ImputedRow) -> list[str]:
    """Return p-value and degrees of freedom as the last cells of a row."""
    freedom = row["degrees_of_freedom"]
    return [words.probability(row["p"]), "" if freedom is None else f"{freedom:.1f}"]


def _missing(missing: MissingVisits, arms: list[str]) -> dict[str, Any]:
    """Return the patterns of missing visits: which visits, and patients of each arm."""
    rows = []
    for row in missing["patterns"]:
        seen = [mark == "1" for mark in row["pattern"]]
        rows.append({"seen": seen, "patients": [row["patients"][arm] for arm in arms]})
    others = None if missing["others"] is None else [missing["others"][arm] for arm in arms]
    return {"visits": missing["visits"], "rows": rows, "others": others}


def _patients(answer: Analysis) -> list[list[str]]:
    if not answer["individuals"]:
        return []
    return [
        [
            str(patient["patient"]),
            str(patient["cycles"]),
            words.spread(patient["own"]),
            words.spread(patient["shrunken"]),
        ]
        for patient in answer["individuals"]["patients"]
    ]


def _left_out(answer: Analysis) -> list[tuple[str, str]]:
    listed = []
    for part in answer["left_out"]:
        more = len(part["rows"]) - MOST_ROWS
        rows = ", ".join(str(row) for row in part["rows"][:MOST_ROWS]) + (f" and {more} more" if more > 0 else "")
        listed.append((part["why"], f"{len(part['rows'])} rows: {rows}"))
    return listed
