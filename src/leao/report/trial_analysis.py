"""The analysis of a real trial's table as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leao.core import files
from leao.report import page, words
from leao.report.figures import trial_analysis as figures

MOST_ROWS = 12  # of what was left out, before the rest is counted


def render(found: Mapping[str, Any]) -> str:
    """Return the page of ``leao trial analyse`` as text; the same bytes for the same answer."""
    groups = found["means"] is not None
    return page.render(
        "trial_analysis.html.j2",
        found=found,
        name=Path(found["file"]).name,
        headline=headline(found),
        about=about(found),
        picture=figures.draw(found) if groups else None,
        baseline=_baseline(found) if groups else [],
        estimators=_estimators(found),
        missing=_missing(found) if groups else None,
        patients=_patients(found),
        left_out=_left_out(found),
    )


def write(found: Mapping[str, Any], out: Path) -> Path:
    """Write the page and return its path."""
    return files.write_text(out, render(found))


def headline(found: Mapping[str, Any]) -> str:
    """Return the answer in one sentence."""
    if found["estimator"] is None:
        return f"{found['arms'][0]} alone: described, and compared with nothing"
    row = found["estimators"][found["estimator"]]["comparisons"][found["arms"][-1]]
    name, scale = found["estimator"].replace("_", " "), found["estimators"][found["estimator"]]["scale"]
    if row["estimate"] is None:
        return f"{found['comparison']}: {name} gives no number"
    unit = f" {found['unit']}" if scale == "difference" else ""
    way = ""
    if scale == "difference" and row["low"] is not None:
        good = row["high"] < 0.0 if found["better"] == "lower" else row["low"] > 0.0
        bad = row["low"] > 0.0 if found["better"] == "lower" else row["high"] < 0.0
        way = ", better" if good else (", worse" if bad else ", no difference shown")
    return f"{found['comparison']}: {scale} {words.spread(row, digits=3)}{unit}{way} ({name})"


def about(found: Mapping[str, Any]) -> str:
    """Return what was analysed in one line."""
    parts = [
        f"{found['endpoint']}, {found['unit']}",
        f"{found['subjects']} patients",
        f"{found['rows']} rows",
        f"{len(found['visits'])} visits, the last {found['visits'][-1]}",
    ]
    if found["covariates"]:
        parts.append(f"adjusted for {', '.join(found['covariates'])}")
    return "; ".join(parts)


def _baseline(found: Mapping[str, Any]) -> list[list[str]]:
    arms, rows = found["arms"], []
    table = found["baseline"]
    rows.append(["patients analysed", *(str(table[arm]["n"]) for arm in arms)])
    rows.append([
        f"{found['endpoint']}, {found['unit']}, mean (SD)",
        *(_mean_sd(table[arm]) for arm in arms),
    ])  # fmt: skip
    for key, title in (("age_mean", "age, mean"), ("female_percent", "female, %")):
        if any(key in table[arm] for arm in arms):
            rows.append([title, *(words.number(table[arm].get(key), 3) for arm in arms)])
    return rows


def _mean_sd(row: Mapping[str, Any]) -> str:
    return f"{words.number(row['baseline_mean'], 3)} ({words.number(row['baseline_sd'], 3)})"


def _estimators(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every estimator with what it estimates and its rows: comparison, estimate, p-value, degrees of freedom."""
    listed = []
    for name, figures_of in found["estimators"].items():
        rows = []
        for arm, row in figures_of["comparisons"].items():
            rows.append([arm, words.spread(row, digits=3), *_tail(row)])
            beside = row.get("kenward_roger")
            if beside:
                three = {"estimate": row["estimate"], "low": beside["low"], "high": beside["high"]}
                rows.append([f"{arm}, Kenward-Roger", words.spread(three, digits=3), *_tail(beside)])
        for arm, row in figures_of.get("marginal", {}).items():
            rows.append([f"{arm}, marginal (g-computation)", words.spread(row, digits=3), "", ""])
        estimand = figures_of.get("estimand", figures_of["what"])
        listed.append({
            "name": name.replace("_", " "), "quoted": name == found["estimator"], "scale": figures_of["scale"],
            "estimand": estimand, "rows": rows,
        })  # fmt: skip
    return listed


def _tail(row: Mapping[str, Any]) -> list[str]:
    freedom = row["degrees_of_freedom"]
    return [words.probability(row["p"]), "" if freedom is None else f"{freedom:.1f}"]


def _missing(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patterns of missing visits: which visits, and patients of each arm."""
    missing = found["missing"]
    rows = [
        {"seen": [mark == "1" for mark in row["pattern"]], "patients": [row["patients"][arm] for arm in found["arms"]]}
        for row in missing["patterns"]
    ]
    others = None if missing["others"] is None else [missing["others"][arm] for arm in found["arms"]]
    return {"visits": missing["visits"], "rows": rows, "others": others}


def _patients(found: Mapping[str, Any]) -> list[list[str]]:
    if not found["individuals"]:
        return []
    return [
        [str(one["patient"]), str(one["cycles"]), words.spread(one["own"]), words.spread(one["shrunken"])]
        for one in found["individuals"]["patients"]
    ]


def _left_out(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    listed = []
    for part in found["left_out"]:
        more = len(part["rows"]) - MOST_ROWS
        rows = ", ".join(str(row) for row in part["rows"][:MOST_ROWS]) + (f" and {more} more" if more > 0 else "")
        listed.append((part["why"], f"{len(part['rows'])} rows: {rows}"))
    return listed
