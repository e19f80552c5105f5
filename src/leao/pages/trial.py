"""The operating characteristics of a trial as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from leao import files
from leao.pages import words
from leao.pages.figures import power


def render(found: Mapping[str, Any]) -> str:
    """Return the page of ``leao trial`` as text; the same bytes for the same answer."""
    environment = Environment(
        loader=PackageLoader("leao.pages", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("trial.html.j2").render(
        found=found, pictures=power.draw(found), headline=headline(found), about=about(found), carry=carry(found)
    )


def write(found: Mapping[str, Any]) -> Path:
    """Write the page into the run's folder as trial.html and return its path."""
    return files.write_text(Path(found["run"]) / "trial.html", render(found))


def headline(found: Mapping[str, Any]) -> str:
    """Return the answer in one sentence."""
    effect = found["effect"]
    told = f"a true ratio of attack rates of {effect:g}" if isinstance(effect, float) else f"the {effect} effect"
    power_ = words.listed(
        [f"{words.percent(p)} of trials with {n}" for p, n in zip(found["power"], found["n_per_arm"], strict=True)]
    )
    size = found["n_for_80_percent"]
    needed = "80 % is out of reach of these sizes" if size is None else f"80 % needs about {size:.0f} per group"
    name = found["estimator"].replace("_", " ")
    which = f" ({found['comparison']})" if len(found["estimators"][found["estimator"]]) > 1 else ""
    return f"Under {told}, the {name} estimator finds the drug{which} better in {power_} per group; {needed}."


def about(found: Mapping[str, Any]) -> str:
    """Return the design in one line."""
    design = found["design"]
    parts = [
        f"{design['kind'].replace('_', ' ')} trial of {len(design['groups'])} groups",
        f"{design['baseline_days']} + {design['treatment_days']} days",
        f"endpoint {found['endpoint'].replace('_', ' ')}",
        f"{design['dropout_percent']:.0f} % stop early",
        f"{design['eligible_percent']:.0f} % of the screened are eligible",
        f"{found['repeats']} simulated trials, seed {found['seed']}",
    ]
    if design["analysed_percent"] < 99.5:
        parts.append(f"{design['analysed_percent']:.0f} % of those entered are randomised")
    return "; ".join(parts)


def carry(found: Mapping[str, Any]) -> str:
    """Return what is left of the drug in the windows on placebo, in words; empty where nobody is taken off it."""
    design = found["design"]
    if design["carry_over_percent"] is None:
        return ""
    washout = "" if design["washout_days"] is None else f"washout {design['washout_days']} days, "
    left = design["carry_over_percent"]
    told = "below 0.01" if left < 0.01 else words.number(left)
    return (
        f"Half-life {design['half_life_days']:.1f} days; {washout}predicted carry-over {told} % of the steady level in "
        "the windows after the drug."
    )
