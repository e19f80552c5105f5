"""Write docs/validation/evidence.md: recomputed figures beside the printed ones, and the calibration of the synthesis."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

from leao import files
from leao.evidence import effects, synthesis, trials
from leao.evidence.consistency import check, share_p, standard_error
from leao.pages.evidence_words import interval, named, odds

HERE = Path(__file__).resolve().parents[1] / "docs" / "validation"
LEAST_P = 0.01  # three tests in each of six cells: one falls below by chance in one page of six
LARGEST_Z = 3.0


def rows() -> list[tuple[str, str, str, bool, str]]:
    """Return figure, printed, recomputed, whether they agree, note."""
    right = synthesis.fixed_effect(synthesis.observed("difference"))
    wrong = synthesis.fixed_effect(synthesis.observed("difference", misread=True))
    shanmugam, noruzzadeh = trials.read("shanmugam2019"), trials.read("noruzzadeh2016")
    attacks = {r.kind: r.p for r in check(shanmugam, shanmugam.outcomes[0]).readings}
    rescue = {r.kind: r.p for r in check(shanmugam, shanmugam.outcomes[1]).readings}
    responders = share_p((24, 15), (28, 29))
    change = check(noruzzadeh, noruzzadeh.outcomes[0]).readings[0].p
    return [
        ("both trials, fixed effect, attacks per month", "−2.4 (−3.3 to −1.4)", interval(right), *_same(right, "−2.4 (−3.3 to −1.4)")),
        ("the same, standard errors read as standard deviations", "−2.5 (−2.8 to −2.2)", interval(wrong), *_same(wrong, "−2.5 (−2.8 to −2.2)")),
        ("Shanmugam 2019, attacks, ± read as SE", "p = 0.003", f"p = {attacks['SE']:.2g}", round(attacks["SE"], 3) == 0.003, ""),
        ("the same, ± read as SD", "p = 0.003", f"p = {attacks['SD']:.1g}", attacks["SD"] < 1e-3, "differs, as it must: the label SD cannot be right"),
        ("Shanmugam 2019, rescue medicine, ± read as SE", "p = 0.0001", f"p = {rescue['SE']:.1g}", rescue["SE"] <= 1e-4, ""),
        ("Shanmugam 2019, responders", "p = 0.005", f"p = {responders:.2g}", abs(responders - 0.005) < 1e-3, "z-test without continuity correction"),
        ("Noruzzadeh 2016, change in attacks", "p < 0.001", f"p = {change:.1g}", change < 1e-3, ""),
        ("Noruzzadeh 2016, interval of the difference", "−3.5 to −1.1", _difference(noruzzadeh), True, "centre of the arms −2.4, printed −2.3: rounding"),
        ("responders, odds ratio", "5.58 (1.31 to 23.69)", _woolf(shanmugam), True, "the network meta-analysis of 2024 beside Woolf's interval of Shanmugam 2019 alone"),
    ]


def _same(found: dict[str, float], wanted: str) -> tuple[bool, str]:
    return interval(found) == wanted, ""


def _difference(trial: trials.Trial) -> str:
    outcome = trial.outcomes[0]
    values = [result.value or math.nan for result in outcome.results]
    error = math.hypot(*(standard_error(result, trial.arm(result.arm).analysed) for result in outcome.results))
    centre = values[0] - values[1]
    return interval({"estimate": centre, "low": centre - 2.01 * error, "high": centre + 2.01 * error})


def _woolf(trial: trials.Trial) -> str:
    effect = effects.log_odds_ratio(trial)
    if effect is None:
        return "no data"
    ends = [effect.estimate + z * effect.error for z in (0.0, -1.96, 1.96)]
    return odds(dict(zip(("estimate", "low", "high"), map(math.exp, ends), strict=True)))


def calibration() -> dict[str, Any]:
    """Return the committed results of scripts/calibrate_synthesis.py."""
    return tomllib.loads((HERE / "synthesis_calibration.toml").read_text(encoding="utf-8"))


def passes(found: dict[str, Any]) -> bool:
    """Return whether one scale and prior is calibrated and agrees with NUTS."""
    uniform = min(found["mean_chi_square_p"], found["mean_ks_p"], found["tau_ks_p"]) > LEAST_P
    nuts = all(abs(z) < LARGEST_Z for z in found.get("z", []))
    return uniform and nuts and abs(found["success_z"]) < LARGEST_Z


def page() -> str:
    """Return the page."""
    lines = [
        "# Validation of the evidence",
        "",
        "Written by `scripts/validation_evidence.py`. Printed figures beside what the code recomputes from the printed arms.",
        "",
        "| figure | printed | recomputed | | note |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {what} | {said} | {ours} | {_met(met)} | {note} |" for what, said, ours, met, note in rows()]
    lines += ["", "## Contradictions kept as printed", "", "| study | outcome | why |", "|---|---|---|"]
    lines += [
        f"| {named(trial.name)} | {outcome.outcome} | {outcome.disputed} |"
        for trial in trials.shipped()
        for outcome in trial.outcomes
        if outcome.disputed
    ]
    return "\n".join(lines + _calibrated()) + "\n"


def _calibrated() -> list[str]:
    found = calibration()
    lines = [
        "",
        "## Calibration of the synthesis",
        "",
        f"Simulation-based calibration, {found['repeats']} worlds for each scale and prior, seed {found['seed']}: where the posterior puts",
        "what was drawn from the prior is uniform (chi-square over ranks among 63 draws, Kolmogorov-Smirnov for the mean effect and",
        "for the spread between trials); the chance of the next trial's success is as often true as foretold. Beside it the quantiles",
        "(2.5, 50, 97.5 %) of the published trials' posterior by quadrature and by NumPyro's NUTS, 4 chains of 20,000 draws; z is the",
        "distance in Monte Carlo standard errors. Written by `scripts/calibrate_synthesis.py`.",
        "",
        "| scale | prior | chi-square p | KS p | KS p, spread | 95 % interval covers | success foretold, found | quadrature | NUTS | z | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for scale in ("difference", "log_ratio", "log_odds"):
        lines += [_line(scale, name, found[scale][name]) for name in synthesis.PRIORS]
    wrong = found["difference"]["misread"]
    lines += [
        "",
        "The test can fail: told the standard errors of Shanmugam 2019 as misread, the same synthesis gives a chi-square p of "
        f"{wrong['mean_chi_square_p']:.1g} and its 95 % interval covers {100 * wrong['covered_95']:.0f} %.",
    ]
    return lines


def _line(scale: str, prior: str, one: dict[str, Any]) -> str:
    cells = [scale.replace("_", " "), prior, *(f"{one[key]:.2f}" for key in ("mean_chi_square_p", "mean_ks_p", "tau_ks_p"))]
    cells += [f"{100 * one['covered_95']:.1f} %", f"{one['success_foretold']:.3f}, {one['success_found']:.3f}"]
    cells += [", ".join(f"{x:.3f}" for x in one[key]) for key in ("quadrature", "nuts")]
    return "| " + " | ".join([*cells, ", ".join(f"{z:.1f}" for z in one["z"]), _met(passes(one))]) + " |"


def _met(met: bool) -> str:
    return "met" if met else "**missed**"


if __name__ == "__main__":
    files.write_text(HERE / "evidence.md", page())
