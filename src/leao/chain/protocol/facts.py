"""The facts of a protocol's statistical section: each is read off the scenario, the design or the simulated trials."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from leao.chain.power_answer import PowerRequest, setting
from leao.chain.scenario import Scenario
from leao.core.cache import Kept
from leao.trial import adam
from leao.trial.estimates import ESTIMANDS
from leao.trial.estimators import METHODS
from leao.trial.imputation.strategies import STRATEGIES
from leao.trial.params import TrialNumbers
from leao.trial.params import numbers as trial_numbers
from leao.trial.simulation import Setting, endpoint_of

WHO = {  # whom a recruiting frame (ledger ``diary/frames``) stands for
    "clinic": "patients of a biofeedback clinic",
    "registry": "people of a migraine registry",
    "leiden": "patients of a headache centre",
    "population": "people with migraine in the population",
    "strive": "patients as in the trial STRIVE of episodic migraine",
    "migr": "patients as in the trial MIGR-001 of episodic migraine",
    "primary_care": "patients with chronic headache in general practice",
    "waiting": "patients of a waiting list in a trial of acupuncture",
    "sham": "patients of a sham arm in a trial of acupuncture",
}
CHARACTERISTICS = ("power", "type_1_error", "bias", "coverage")
PAIRED = "difference in mean between the treatments within patients; all randomised patients with both treatments"
TREND = "slope of the change at the last planned visit over the dose, at the largest dose"


class ProtocolRequest(NamedTuple):
    """What the section is of: the question, its answer, and the words that ask it again."""

    scenario: Scenario
    wish: PowerRequest
    answer: dict[str, Any]
    command: str
    python: str


def facts(asked: ProtocolRequest) -> dict[str, Any]:
    """Return the section as data."""
    answer = asked.answer
    ask = setting(asked.scenario, asked.wish, Kept(Path(answer["run"]).parent / ".kept"))
    rules = trial_numbers()
    return {
        "scenario": answer["scenario"],
        "what": answer["what"],
        "version": version("leao"),
        "seed": answer["seed"],
        "repeats": answer["repeats"],
        "effect": answer["effect"],
        "run": answer["run"],
        "estimands": [_estimand(ask, asked, name) for name in ask.methods],
        "design": _design(asked, ask),
        "characteristics": _characteristics(answer),
        "looks": _looks(answer),
        "analysis": _analysis(asked, rules),
        "missing_data": _missing(ask, rules),
        "shells": _shells(ask, answer["scenario"]),
        "command": asked.command,
        "python": asked.python,
        "inputs": answer["design"]["inputs"],
        "caution": answer["caution"],
        "files": [],
    }


def _estimand(ask: Setting, asked: ProtocolRequest, name: str) -> dict[str, Any]:
    design, diary = ask.design, asked.scenario.diary
    population = (
        f"{WHO[diary.frame]} (frame {diary.frame}); {design.min_attacks:g} to {design.max_attacks:g} attacks per "
        f"{design.month} days in a baseline of {design.baseline_days} days; randomised"
    )
    treatments = ", ".join(
        f"{arm} {dose:g} mg/day" if dose else arm for arm, dose in asked.answer["design"]["treatments"].items()
    )
    composite = name == "responder"
    return {
        "estimator": name,
        "quoted": name == asked.answer["estimator"],
        "population": population,
        "treatments": treatments,
        "variable": f"{endpoint_of(name, ask.endpoint).replace('_', ' ')}: {METHODS[name].what}",
        "intercurrent_events": "stopping the treatment: "
        + ("composite (no last visit counts as no response)" if composite else "treatment policy"),
        "summary": ESTIMANDS.get(name, PAIRED if METHODS[name].paired else TREND),
    }


def _design(asked: ProtocolRequest, ask: Setting) -> list[dict[str, str]]:
    design, shown = ask.design, asked.answer["design"]
    sizes = ", ".join(str(n) for n in asked.answer["n_per_arm"])
    rows = [
        ("kind", shown["kind"].replace("_", " ")),
        ("groups", ", ".join(shown["groups"])),
        ("patients per group", sizes),
        ("run-in, days", str(shown["run_in_days"])),
        ("baseline, days", str(shown["baseline_days"])),
        ("treatment, days", str(shown["treatment_days"])),
        ("washout, days", "none" if shown["washout_days"] is None else str(shown["washout_days"])),
        ("randomised", f"in blocks of {design.rules.block_size:g}"
         + (", high and low baselines apart" if shown["stratified"] else "")),
        ("dropout by group, %", ", ".join(f"{arm} {100 * share:.3g}" for arm, share in
                                          zip(design.arms, design.dropout, strict=True))),
        ("of those who stop, share that goes on with the diary, %", f"{100 * design.retrieved:g}"),
        ("eligible of the screened, %", f"{shown['eligible_percent']:.0f}"),
        ("mean baseline asked for, attacks per month", f"{design.baseline_attacks:g}"),
        ("change on placebo asked for, attacks per month", f"{design.placebo_change:g}".replace("-", "\N{MINUS SIGN}")),
    ]  # fmt: skip
    return [{"what": what, "value": value} for what, value in rows]


def _characteristics(answer: dict[str, Any]) -> list[dict[str, Any]]:
    rows, wanted = [], set(answer["n_per_arm"])
    for name, by_label in answer["estimators"].items():
        for label, figures in by_label.items():
            for row in (row for row in figures["by_n"] if row["n"] in wanted):
                kept = {f"{key}{tail}": row[f"{key}{tail}"] for key in CHARACTERISTICS for tail in ("", "_se")}
                rows.append({"estimator": name, "comparison": label, "n_per_group": row["n"], **kept})
    return rows


def _looks(answer: dict[str, Any]) -> list[str]:
    part = answer["sequential"]
    if part is None:
        return []
    bounds = ", ".join("none" if row["upper_z"] is None else f"{row['upper_z']:.4f}" for row in part["looks"])
    return [
        f"looks at {', '.join(map(str, part['n_per_arm']))} patients per group; alpha {part['alpha']:g} of one side "
        f"spent by {part['spending'].replace('_', ' ')}; success above z {bounds}"
        + ("" if part["futility"] is None else f"; futile below z {part['futility']}")
    ]


def _analysis(asked: ProtocolRequest, rules: TrialNumbers) -> list[dict[str, str]]:
    answer = asked.answer
    name = answer["estimator"]
    rows = [
        ("quoted estimator", name.replace("_", " ")),
        ("what it compares", METHODS[name].what),
        ("scale", METHODS[name].scale),
        ("comparison", answer["comparison"]),
        ("confidence of intervals, %", f"{100 * rules.confidence:g}"),
        ("responder", f"a fall by {100 * rules.responder_fall:g} % or more"),
        ("month, days", f"{rules.month:g}"),
        (
            "sensitivity estimators",
            ", ".join(other.replace("_", " ") for other in answer["estimators"] if other != name),
        ),
        *_covariates(answer),
    ]
    return [{"what": what, "value": value or "none"} for what, value in rows]


def _covariates(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the quoted estimator adjusts for, and what that is worth in the simulated trials."""
    part = answer["covariates"]
    if part is None:
        return []
    rows = [("covariates", ", ".join(name.replace("_", " ") for name in part["names"]))]
    for row in part["gains"]:
        if row["estimator"] == answer["estimator"] and row["gain_percent"] is not None:
            worth = f"{row['gain_percent']:.1f} ± {row['gain_percent_se']:.1f} at {row['n_per_arm']} per group"
            rows.append((f"what they are worth, % of the patients ({row['comparison']})", worth))
    return rows


def _missing(ask: Setting, rules: TrialNumbers) -> list[dict[str, str]]:
    rows = [
        ("a month counts as missing", f"where less than {100 * rules.least_filled:g} % of its days is filled in"),
        ("counts", "events over filled-in days, prorated"),
    ]
    if not ask.design.plan.paired:
        rows += [(f"strategy {name.replace('_', ' ')}", part.what) for name, part in STRATEGIES.items()]
    return [{"what": what, "value": value} for what, value in rows]


def _shells(ask: Setting, study: str) -> list[dict[str, str]]:
    """Return the variables of the ADaM tables, as one simulated trial has them."""
    small = ask._replace(design=ask.design._replace(n_per_arm=min(ask.design.n_per_arm, 2)))
    return [
        {"table": table.upper(), "variable": name, "type": "text" if str(kind) == "String" else "number"}
        for table, frame in adam.tables(small, study).items()
        for name, kind in frame.schema.items()
    ]
