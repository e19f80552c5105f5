"""The evidence in words, for the page and the terminal: trials as printed, the synthesis, the verdict in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from leao.evidence import effects
from leao.evidence.consistency import READINGS, Check, check
from leao.evidence.published_trials import Outcome, Result, Trial
from leao.report import words

NOT_SEEN = "not seen"
NOT_COMPUTED = "not computed"
KINDS = {"baseline": "baseline", "end": "end", "change": "change", "percent change": "change", "share": "", "count": ""}
PRIORS = ("neutral", "sceptical")
STUDY = re.compile(r"\b([a-z]+)((?:19|20)\d{2})\b")


def interval(values: Mapping[str, Any] | None, places: int = 1) -> str:
    """Return ``estimate (low to high)`` with fixed decimals, or ``no data``."""
    centre, low, high = words.parts(values)
    if not words.known(centre):
        return words.NO_DATA
    shown = [words.number(x, places=places) for x in (centre, low, high)]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def chance(p: float) -> str:
    """Return a probability in whole per cent; beyond 99 % it reads so."""
    if p > 0.99:
        return f"> 99{words.NO_BREAK}%"
    return f"< 1{words.NO_BREAK}%" if p < 0.01 else words.percent(round(p, 2))


def odds(values: Mapping[str, Any] | None) -> str:
    """Return an odds ratio with its interval, two significant digits each."""
    centre, low, high = words.parts(values)
    if not words.known(centre):
        return words.NO_DATA
    return f"{words.number(centre)} ({words.number(low)} to {words.number(high)})"


def printed(result: Result) -> str:
    """Return one arm's value as the paper prints it."""
    if result.value is None:
        return NOT_SEEN
    value = _plain(result.value)
    if result.low is not None and result.high is not None:
        return f"{value} ({_plain(result.low)} to {_plain(result.high)})"
    if result.spread is not None:
        return f"{value} ± {_plain(result.spread)}"
    return value


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", words.MINUS)


def kind_of_spread(outcome: Outcome) -> str:
    """Return the kind of an outcome's spread and what the paper calls it."""
    first = next((result for result in outcome.results if result.spread_kind), None)
    if first is None:
        return "none printed" if any(result.value is not None for result in outcome.results) else NOT_SEEN
    kind = {"CI95": "95 % interval"}.get(str(first.spread_kind), str(first.spread_kind))
    return f"{kind}, label {first.printed_kind}" if first.printed_kind == "not stated" else kind


def said_of_difference(outcome: Outcome) -> str:
    """Return what the paper says of the difference."""
    said = outcome.reported
    if said is None:
        return ""
    parts = []
    if said.difference is not None:
        parts.append(f"{_plain(said.difference)} ({_plain(said.low or 0.0)} to {_plain(said.high or 0.0)})")
    if said.p is not None:
        parts.append(f"p {said.relation} {said.p:g}")
    return ", ".join(parts)


def verdict(trial: Trial, outcome: Outcome) -> tuple[str, str]:
    """Return whether an outcome's numbers agree: ``consistent``, ``contradicts itself`` or ``not checkable``; why."""
    checked = check(trial, outcome)
    if not checked.consistent:
        return "contradicts itself", outcome.disputed or checked.problem or ""
    return ("consistent" if checked.checked else "not checkable"), _readings(checked)


def _readings(values: Check) -> str:
    """Return what the two readings of a spread give, and which of them the printed p-value allows."""
    both = [reading for reading in values.readings if reading.kind in READINGS]
    given = " and ".join(f"{_small(reading.p)} as {reading.kind}" for reading in both)
    allowed = [reading.kind for reading in both if reading.agrees]
    if not both:
        return ""
    if len(allowed) == 1:
        return f"only {allowed[0]} reproduces the printed p: {given}"
    return f"the printed p allows both: {given}" if allowed else f"p = {given}"


def _small(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else "< 0.0001"


def patients(trial: Trial) -> str:
    """Return how many patients entered and were analysed, arm by arm."""
    arms = [f"{arm.arm} {_count(arm.randomised)} → {_count(arm.analysed)}" for arm in trial.arms]
    whole = f"{trial.randomised} in all; " if trial.randomised else ""
    seen = any(arm.randomised is not None for arm in trial.arms)
    return whole + ("; ".join(arms) if seen else "per arm not seen")


def _count(number: int | None) -> str:
    return "?" if number is None else str(number)


def named(text: str) -> str:
    """Return a text with ``noruzzadeh2016`` as ``Noruzzadeh 2016``; other names stay as they are."""
    return STUDY.sub(lambda result: f"{result.group(1).capitalize()} {result.group(2)}", text)


def described(trial: Trial) -> str:
    """Return design, weeks, population, patients, treatments and note of a trial in sentences."""
    blinding = "" if trial.blinding == "not stated" else f"{trial.blinding}, "
    design = trial.design + (f", {trial.weeks} weeks" if trial.weeks else "")
    text = f"{blinding}{design}; {trial.population}. Entered → analysed: {patients(trial)}. "
    against = " against ".join(arm.treatment for arm in trial.arms)
    return named(text[0].upper() + text[1:] + against[0].upper() + against[1:] + f". {trial.note}").strip()


def status(claims: Sequence[Mapping[str, Any]]) -> str:
    """Return the first line of the page: the claim of fewer attacks, its verdict and its grade."""
    row = next(row for row in claims if row["claim"] == "Fewer attacks")
    verdict = "partly supported" if row["verdict"] == "partly" else row["verdict"]
    return f"{row['claim']}: {verdict}, by evidence of {row['grade']} grade"


def trial_rows(values: Sequence[Trial]) -> list[list[str]]:
    """Return one row for each outcome of each trial: what, arms as printed, difference, kind of spread, check, why."""
    rows = []
    for trial in values:
        for outcome in trial.outcomes:
            arms = "; ".join(f"{result.arm} {printed(result)}" for result in outcome.results)
            if all(result.value is None for result in outcome.results):
                arms = NOT_SEEN
            what = f"{outcome.outcome}, {KINDS[outcome.kind]}".rstrip(", ")
            head = [trial.name, what, outcome.unit, f"week {outcome.week}", arms, said_of_difference(outcome)]
            rows.append([*head, kind_of_spread(outcome), *verdict(trial, outcome)])
    return rows


def answer(synthesis: Mapping[str, Any]) -> str:
    """Return the synthesis in one paragraph."""
    key = "difference_attacks_per_28d"
    neutral, sceptical, wrong = synthesis["neutral"], synthesis["sceptical"], synthesis["se_read_as_sd"]
    count = len(synthesis["trials"])
    trials = {1: "One placebo-controlled trial", 2: "Two small placebo-controlled trials"}.get(
        count, f"{count} placebo-controlled trials"
    )
    return (
        f"{trials} found fewer attacks on memantine than on placebo: {interval(neutral[key])} per 28 days under a "
        f"neutral prior, {interval(sceptical[key])} under a sceptical one, which asks for more evidence before it "
        "believes more than a good preventive does. A next trial of "
        f"2{words.NO_BREAK}×{words.NO_BREAK}{synthesis['next_trial']['per_arm']} would succeed with probability "
        f"{chance(neutral['p_next_trial_2x150'])} and {chance(sceptical['p_next_trial_2x150'])}. "
        "Read as standard deviations, as a published pool did, the standard errors of Shanmugam 2019 turn "
        f"{interval(synthesis['fixed_effect_check'])}, pooled without a prior, into "
        f"{interval(synthesis['fixed_effect_se_read_as_sd'])}: an interval {_narrower(synthesis)} times too narrow, "
        f"in which {_heaviest(wrong)}."
    )


def _narrower(synthesis: Mapping[str, Any]) -> str:
    right, wrong = synthesis["fixed_effect_check"], synthesis["fixed_effect_se_read_as_sd"]
    return words.number((right["high"] - right["low"]) / (wrong["high"] - wrong["low"]))


def _heaviest(wrong: Mapping[str, Any]) -> str:
    name, share = max(wrong["weights"].items(), key=lambda pair: pair[1])
    return f"{named(name)} carries {words.percent(share)} of the weight"


def by_prior(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows: prior, difference, rate ratio, true effect in a new trial, chance of the next trial."""
    shown = [("neutral prior", synthesis["neutral"]), ("sceptical prior", synthesis["sceptical"])]
    wrong = synthesis["se_read_as_sd"]
    shown += [("SE misread as SD, neutral", wrong), ("SE misread as SD, sceptical", wrong["sceptical"])]
    rows = [
        [
            name,
            interval(item["difference_attacks_per_28d"]),
            interval(item["rate_ratio"], 2),
            interval(item["effect_in_a_new_trial"]),
            chance(item["p_next_trial_2x150"]),
        ]
        for name, item in shown
    ]
    rows.append(["no prior, common effect", interval(synthesis["fixed_effect_check"]), "", "", ""])
    rows.append(["the same, misread", interval(synthesis["fixed_effect_se_read_as_sd"]), "", "", ""])
    return rows


def other_outcomes(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows of the outcomes beside attacks: what, what it rests on, as printed, under each prior."""
    rows = []
    for key, ratio in (("responders_50_percent", "odds_ratio"), ("rescue_medicine", "rate_ratio")):
        outcome = synthesis["outcomes"][key]
        shown = "; ".join(
            f"{_plain(arms[effects.TREATED])} against {_plain(arms[effects.CONTROL])}" for arms in outcome["as_printed"]
        )
        unit = " %" if key.startswith("responders") else ""
        rows.append([outcome["outcome"], named(outcome["rests_on"]), (shown + unit) if shown else words.NO_DATA])
        rows[-1] += [odds(outcome[name] and outcome[name][ratio]) for name in PRIORS] + [outcome["unit"]]
    return rows


def not_pooled(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows of the studies that are shown and not pooled: study, why, what its first outcome did."""
    rows = []
    for item in synthesis["not_pooled"]:
        outcome = f"{item['outcome']}, {item['unit']}" if item["outcome"] else ""
        rows.append([named(item["trial"]), named(item["because"]), outcome, "; ".join(map(_course, item["arms"]))])
    return rows


def _course(arm: Mapping[str, Any]) -> str:
    start, end, share = arm["baseline"], arm["end"], arm["share"]
    if end is None and share is None:
        return f"{arm['arm']} {NOT_SEEN}"
    if start is not None and end is not None:
        return f"{arm['arm']} {_plain(start)} → {_plain(end)}"
    return f"{arm['arm']} {_plain(share if end is None else end)}"


def next_trial(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows: SD of the change, chance of success under each prior."""
    of = synthesis["next_trial"]["by_prior"]
    return [
        [words.number(row["sd_of_change"]), *(chance(of[name][k]["p"]) for name in PRIORS)]
        for k, row in enumerate(of["neutral"])
    ]


def sensitivity(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows: assumption, difference, chance of the next trial."""
    return [
        [named(row["what"]), interval(row["difference_attacks_per_28d"]), chance(row["p_next_trial_2x150"])]
        for row in synthesis["sensitivity"]
    ]


def pools(synthesis: Mapping[str, Any]) -> list[list[str]]:
    """Return rows of published pools: source, outcome, estimate, the spread its width implies, note."""
    return [
        [row["source"], row["outcome"], f"{interval(row, 2)} {row['unit']}", _implied(row), named(row["note"])]
        for row in synthesis["published_pools"]
    ]


def _implied(row: Mapping[str, Any]) -> str:
    sd = row["implied_sd_of_a_patient"]
    return "" if sd is None else words.number(sd)
