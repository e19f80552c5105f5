"""Write docs/validation/evidence.md: printed figures beside recomputed ones, and the calibration of the synthesis."""

from __future__ import annotations

import math
import tomllib
from typing import Any

from leao.evidence import effects, pooling, published_trials
from leao.evidence.consistency import Reading, check, standard_error
from leao.report.evidence_words import interval, named, odds
from validation.page import FOLDER, Page, Row, met, table

PAGE = Page(
    "evidence",
    "Validation of the evidence",
    ("Printed figures beside what the code recomputes from the printed arms, by `validation/evidence_page.py`.",),
)
LEAST_P = 0.01  # three tests in each of six cells: one falls below by chance in one page of six
LARGEST_Z = 3.0
Z = 1.959964
SCALES = ("difference", "log_ratio", "log_odds")


Recomputed = tuple[Row, bool]  # a printed figure, what the code makes of it (``model``), and whether they agree


def rows() -> list[Recomputed]:
    """Return the figures to reach and every printed p-value, interval and odds ratio that can be recomputed."""
    return [*_pooled(), *_shanmugam(), *_noruzzadeh()]


def _pooled() -> list[Recomputed]:
    wanted = (
        ("both trials, fixed effect, attacks per month", False, "−2.4 (−3.3 to −1.4)"),
        ("the same, standard errors read as standard deviations", True, "−2.5 (−2.8 to −2.2)"),
    )
    out = []
    for what, misread, printed in wanted:
        recomputed = interval(pooling.fixed_effect(pooling.observed("difference", misread=misread)))
        out.append(_row(what, printed, recomputed, recomputed == printed, "figure to reach"))
    return out


def _shanmugam() -> list[Recomputed]:
    trial = published_trials.read("shanmugam2019")
    attacks, rescue, responders = (
        {reading.kind: reading for reading in check(trial, outcome).readings} for outcome in trial.outcomes[:3]
    )
    effect = effects.log_odds_ratio(trial)
    if effect is None:
        raise SystemExit("shanmugam2019 lost its responders")
    ends = [math.exp(effect.estimate + z * effect.error) for z in (0.0, -Z, Z)]
    ratio = odds(dict(zip(("estimate", "low", "high"), ends, strict=True)))
    alone = "printed by the network meta-analysis of 2024; recomputed from Shanmugam 2019 alone, Woolf's interval"
    sd = "so the label SD cannot be right"
    return [
        _row("Shanmugam 2019, attacks, ± as SE", "p = 0.003", _p(attacks["SE"]), bool(attacks["SE"].agrees)),
        _row("the same, ± as SD", "p = 0.003", _p(attacks["SD"]), bool(attacks["SD"].agrees), sd),
        _row("Shanmugam 2019, rescue medicine, ± as SE", "p = 0.0001", _p(rescue["SE"]), bool(rescue["SE"].agrees)),
        _row("Shanmugam 2019, responders", "p = 0.005", _p(responders["shares"]), bool(responders["shares"].agrees)),
        _row("responders, odds ratio", "5.58 (1.31 to 23.69)", ratio, abs(ends[0] / 5.58 - 1.0) < 0.01, alone),
    ]


def _noruzzadeh() -> list[Recomputed]:
    trial = published_trials.read("noruzzadeh2016")
    outcome = trial.outcomes[0]
    checked = check(trial, outcome)
    errors = [standard_error(result, trial.arm(result.arm).analysed) for result in outcome.results]
    centre = (outcome.results[0].value or math.nan) - (outcome.results[1].value or math.nan)
    half = Z * math.hypot(*errors)
    shown = interval({"estimate": centre, "low": centre - half, "high": centre + half})
    why = "the arms' means differ by 2.4, the paper prints 2.3"
    return [
        _row(
            "Noruzzadeh 2016, change in attacks", "p < 0.001", _p(checked.readings[0]), bool(checked.readings[0].agrees)
        ),
        _row("Noruzzadeh 2016, difference", "−2.3 (−3.5 to −1.1)", shown, checked.consistent, why),
    ]


def _row(what: str, printed: str, recomputed: str, agrees: bool, note: str = "") -> Recomputed:
    return Row(what, printed=printed, model=recomputed, note=note), agrees


def _p(reading: Reading) -> str:
    return f"p = {reading.p:.2g}"


def calibration() -> dict[str, Any]:
    """Return the committed results of validation/calibrate_synthesis.py."""
    return tomllib.loads((FOLDER / "synthesis_calibration.toml").read_text(encoding="utf-8"))


def passes(figures: dict[str, Any]) -> bool:
    """Return whether one scale and prior is calibrated and agrees with Metropolis."""
    uniform = min(figures["mean_chi_square_p"], figures["mean_ks_p"], figures["tau_ks_p"]) > LEAST_P
    sampled = all(abs(z) < LARGEST_Z for z in figures.get("z", []))
    return uniform and sampled and abs(figures["success_z"]) < LARGEST_Z


def page() -> str:
    """Return the page."""
    recomputed = [
        (row.what, row.published, row.model, "agrees" if agrees else "**differs**", row.note) for row, agrees in rows()
    ]
    disputed = [
        (named(trial.name), outcome.outcome, outcome.disputed)
        for trial in published_trials.shipped()
        for outcome in trial.outcomes
        if outcome.disputed
    ]
    return PAGE.text(
        *table(("figure", "printed", "recomputed", "", "note"), recomputed),
        *("", "## Contradictions kept as printed", ""),
        *table(("study", "outcome", "why"), disputed),
        *_calibrated(),
    )


def _calibrated() -> list[str]:
    figures = calibration()
    wrong = figures["difference"]["misread"]
    worst = max(wrong["mean_chi_square_p"], 1e-99)
    return [
        "",
        "## Calibration of the synthesis",
        "",
        f"Simulation-based calibration, {figures['repeats']} worlds for each scale and prior, seed {figures['seed']}: the",
        "places where the posterior puts what was drawn from the prior are uniform (chi-square over ranks among 63",
        "draws, Kolmogorov-Smirnov for the mean effect and for the spread between trials), and the next trial succeeds",
        "as often as foretold. Beside it the quantiles (2.5, 50, 97.5 %) of the published trials' posterior by",
        "quadrature and by random-walk Metropolis, 20,000 chains; z is their distance in Monte Carlo standard",
        "errors. Written by `validation/calibrate_synthesis.py`.",
        "",
        *table(
            (
                *("scale", "prior", "chi-square p", "KS p", "KS p, spread", "95 % covers", "foretold, found"),
                *("exact", "Metropolis", "z", ""),
            ),
            [_line(scale, name, figures[scale][name]) for scale in SCALES for name in pooling.PRIORS],
        ),
        "",
        "The test can fail: told the standard errors of Shanmugam 2019 as misread, the same synthesis has a chi-square",
        f"p of at most {worst:.0e} and a 95 % interval that covers {100 * wrong['covered_95']:.0f} %.",
    ]


def _line(scale: str, prior: str, posterior: dict[str, Any]) -> tuple[str, ...]:
    return (
        scale.replace("_", " "),
        prior,
        *(f"{posterior[key]:.2f}" for key in ("mean_chi_square_p", "mean_ks_p", "tau_ks_p")),
        f"{100 * posterior['covered_95']:.1f} %",
        f"{posterior['success_foretold']:.3f}, {posterior['success_found']:.3f}",
        *(_listed(posterior[key], 3) for key in ("quadrature", "metropolis")),
        _listed(posterior["z"], 1),
        met(passes(posterior)),
    )


def _listed(values: list[float], digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values)


if __name__ == "__main__":
    PAGE.write(page())
