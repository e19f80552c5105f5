"""The operating characteristics of a trial as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leao.core import files
from leao.report import page, sequential, trial_covariates, words
from leao.report.figures import n_of_1, power

KINDS = {"n_of_1": "N-of-1", "dose_finding": "dose-finding"}


def render(answer: Mapping[str, Any]) -> str:
    """Return the page of ``leao trial`` as text; the same bytes for the same answer."""
    return page.render(
        "trial.html.j2",
        answer=answer,
        pictures=power.draw(answer),
        headline=headline(answer),
        about=about(answer),
        carry=carry(answer),
        looks=_looks(answer["sequential"]),
        covariates=_covariates(answer.get("covariates")),
    )


def _looks(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if part is None:
        return None
    header, rows = sequential.trials_table(part)
    return {"about": sequential.about_trials(part), "header": header, "rows": rows}


def _covariates(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if part is None:
        return None
    header, rows = trial_covariates.table(part)
    return {"about": trial_covariates.about(part), "header": header, "rows": rows}


def write(answer: Mapping[str, Any]) -> Path:
    """Write the page into the run's folder as trial.html and return its path."""
    return files.write_text(Path(answer["run"]) / "trial.html", render(answer))


def headline(answer: Mapping[str, Any]) -> str:
    """Return the answer in one sentence."""
    effect = answer["effect"]
    text = f"a true ratio of attack rates of {effect:g}" if isinstance(effect, float) else f"the {effect} effect"
    paired = answer["estimator"] == "paired"
    groups = len(answer["design"]["groups"])
    people = [f" per group ({n * groups} patients)" if paired else "" for n in answer["n_per_arm"]]
    told_power = words.listed(
        [
            f"{words.percent(p)} of trials with {n}{who}"
            for p, n, who in zip(answer["power"], answer["n_per_arm"], people, strict=True)
        ]
    )
    name = answer["estimator"].replace("_", " ")
    which = f" ({answer['comparison']})" if len(answer["estimators"][answer["estimator"]]) > 1 else ""
    rest = "" if paired else " per group"
    return f"Under {text}, the {name} estimator finds the drug{which} better in {told_power}{rest}; {_needed(answer)}."


def _needed(answer: Mapping[str, Any]) -> str:
    size, below = answer["n_for_80_percent"], answer["n_for_80_percent_below"]
    if size is None:
        return "80 % is out of reach of these sizes" if below is None else f"80 % takes no more than {below} per group"
    people = f" ({size * len(answer['design']['groups']):.0f} patients)" if answer["estimator"] == "paired" else ""
    return f"80 % needs about {size:.0f} per group{people}"


def about(answer: Mapping[str, Any]) -> str:
    """Return the design in one line."""
    design = answer["design"]
    parts = [
        f"{KINDS.get(design['kind'], design['kind'])} trial of {len(design['groups'])} groups",
        f"{design['baseline_days']} + {design['treatment_days']} days",
        f"endpoint {answer['endpoint'].replace('_', ' ')}",
        f"{design['dropout_percent']:.0f} % stop early",
        f"{design['eligible_percent']:.0f} % of the screened are eligible",
        f"{answer['repeats']} simulated trials, seed {answer['seed']}",
    ]
    if design["analysed_percent"] < 99.5:
        parts.append(f"{design['analysed_percent']:.0f} % of those entered are randomised")
    return "; ".join(parts)


def carry(answer: Mapping[str, Any]) -> str:
    """Return what is left of the drug in the windows on placebo, in words; empty where nobody is taken off it."""
    design = answer["design"]
    if design["carry_over_percent"] is None:
        return ""
    washout = "" if design["washout_days"] is None else f"washout {design['washout_days']} days, "
    left = design["carry_over_percent"]
    text = "below 0.01" if left < 0.01 else words.number(left)
    return (
        f"Half-life {design['half_life_days']:.1f} days; {washout}predicted carry-over {text} % of the steady level in "
        "the windows after the drug."
    )


def doses(answer: Mapping[str, Any]) -> str:
    """Return where the doses of a policy ended, in words; empty where nobody changes them."""
    policy = answer["design"]["policy"]
    if policy is None:
        return ""
    ends = "; ".join(
        f"{arm} {', '.join(_dose(dose, share) for dose, share in months[-1].items())}"
        for arm, months in policy["dose_by_month_percent"].items()
    )
    left = policy["left_intolerant_percent"]
    tail = ""
    if left is not None:
        shares = ", ".join(f"{arm} {words.number(share)} %" for arm, share in left.items())
        tail = f"; left for an adverse event: {shares}"
    return f"Doses under policy {policy['name']} at the end: {ends}{tail}."


def _dose(dose: str, share: float) -> str:
    return f"{'stopped' if dose == '0 mg' else dose} {words.number(share)} %"


def individuals(answer: Mapping[str, Any]) -> str:
    """Return how well single patients' effects are estimated, in words; empty where they are not."""
    singles = answer["individuals"]
    if singles is None:
        return ""
    wide = {kind: words.number(half) for kind, half in singles["half_width"].items()}
    return (
        f"Single patients: intervals hold the patient's true effect in {n_of_1.coverage(singles, 'own')} (own cycles "
        f"alone, half-width {wide['own']}) and {n_of_1.coverage(singles, 'shrunken')} (drawn towards the others, "
        f"half-width {wide['shrunken']}); one trial's patients stand on the page and in the tables (adnof1)."
    )
