"""A simulated design as text for a protocol: what was assumed, what was simulated, what came out with its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report import words

KINDS = {
    "parallel": "a randomised, double-blind, placebo-controlled trial of parallel groups",
    "dose_finding": "a randomised, double-blind, placebo-controlled dose-finding trial of parallel groups",
    "titrated": "a randomised, double-blind, placebo-controlled trial of parallel groups whose dose follows a policy",
    "crossover": "a randomised, double-blind, placebo-controlled crossover trial of two periods",
    "n_of_1": "a series of randomised, double-blind N-of-1 trials, drug and placebo in pairs of periods",
    "withdrawal": "a randomised withdrawal trial: everybody on the drug, responders randomised to go on or to placebo",
}
ENDPOINTS = {"attacks": "attacks per 28 days", "migraine_days": "migraine days", "headache_days": "headache days"}


def text(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """Return the paragraphs.

    Args:
        asked: the design and the effect it was tried under.
        answer: the summary of ``leao.power``.
    """
    ratio = words.number(asked["effect"], 2)
    design = KINDS.get(asked["kind"], asked["kind"])
    dropout = (
        "with the dropout of the ledger"
        if asked["dropout"] is None
        else f"with {words.number(100.0 * asked['dropout'], 2)} % of patients leaving each group"
    ) + (", beside those who do not tolerate the dose" if asked["kind"] == "titrated" else "")
    named = str(answer["estimator"]).replace("_", " ")
    paragraphs = [
        f"Design. We plan {design}, {asked['weeks']} weeks on {_doses(asked)} or placebo after a "
        f"prospective baseline of 28 days{', stratified by the baseline' if asked['stratify'] else ''}.",
        f"Endpoint and analysis. The endpoint, {ENDPOINTS.get(str(answer['endpoint']), answer['endpoint'])}, is "
        f"analysed by {named} ({answer['scale']}).",
        f"Sample size. Power was computed by simulating {asked['repeats']} trials of each size, day by day with "
        f"eligibility, regression to the mean, missing entries and {dropout}, under a ratio of attack rates of {ratio} "
        "(assumed) and, for the type I error, under none. " + " ".join(_size(row) for row in answer["by_n"]),
        "Effects are assumptions of this plan, no forecast. Memantine is not approved for migraine.",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _doses(asked: Mapping[str, Any]) -> str:
    doses = asked.get("doses") or [asked["dose"]]
    if len(doses) > 1:
        return f"{', '.join(doses[:-1])} or {doses[-1]} memantine once daily"
    policy = f", changed by the policy {asked['policy'] or asked['kind']!r}" if asked["kind"] == "titrated" else ""
    return f"{doses[0]} memantine once daily{policy}"


def _size(row: Mapping[str, Any]) -> str:
    said = f"{row['n']} per group: power {_percent(row['power'], row['power_se'])}"
    return f"{said}, type I error {_percent(row['type_1_error'], row['type_1_error_se'])}."


def _percent(share: float | None, error: float | None) -> str:
    if share is None:
        return words.NO_DATA
    plus = "" if error is None else f" (Monte Carlo SE {words.number(100.0 * error, 2)})"
    return f"{words.number(100.0 * share, 3)} %{plus}"
