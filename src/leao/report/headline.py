"""The answer at first glance: the verdict card, its paragraph and the strip of six stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from leao.chain.run_contract import Regimen, RunSummary, Verdict
from leao.report import assumptions, sections
from leao.report.arms import control_arm, drug_arm, lead_preset
from leao.report.words import (
    NO_BREAK,
    NO_DATA,
    known,
    number,
    parts,
    percent,
    percentages,
    probability,
    ratio,
    rise,
    spread,
)

TESTED = "tested at both ends"
ENDS = {"cortex": "cortex", "clinical": "preventives"}
READ_OUTS = {
    "kcl_threshold": "Read-out: KCl threshold",
    "pulse_threshold": "Read-out: threshold of a brief pulse",
    "kcl_count": "Read-out: waves an hour under KCl",
}
CARRIES, FALLS_SHORT = 0.95, 0.05  # probability of carrying at least half of the published effect


def what(summary: RunSummary) -> str:
    """Return what was simulated, ``2 x 30`` set as a product."""
    return re.sub(r"(\d) x (\d)", rf"\1{NO_BREAK}×{NO_BREAK}\2", summary["what"]).rstrip(".")


def paragraph(summary: RunSummary) -> str:
    """Return the run's answer in one paragraph, every number with its unit."""
    exposure, verdict = summary["exposure"], summary["verdict"]
    plasma, brain = parts(exposure["plasma_ng_per_mL"]).centre, parts(exposure["free_brain_uM"]).centre
    raised = spread(rise(sections.lead(summary)["threshold_relative"]), "%")
    neutral = verdict["empirical_rate_ratio"].get("neutral")
    when = assumptions.when(summary)
    return (
        f"{when[0].upper()}{when[1:]} the median patient carries {number(plasma)}{NO_BREAK}ng/mL in plasma and "
        f"{number(brain)}{NO_BREAK}µM of free drug in the brain. {_blocks(summary)} This raises the threshold at which "
        f"a spreading depression ignites by {raised} in preset {lead_preset(summary)}. Carried on to the diary through "
        "the link from wave to attack that other preventives gave, this route multiplies the rate of attacks by "
        f"{ratio(verdict['mechanistic_rate_ratio'])}; "
        f"the published placebo-controlled trials, taken together, found {ratio(neutral)}."
    )


def _blocks(summary: RunSummary) -> str:
    blocks = summary["receptor"]["block_percent"]
    shown_at = sections.voltages(summary)
    volts = "-20mV" if "-20mV" in shown_at else shown_at[0]
    entries = {f"GluN{name}": row[volts] for name, row in blocks.items() if known(row.get(volts))}
    if not entries:
        return f"Its block of the receptors: {NO_DATA}."
    low, high = min(entries, key=entries.__getitem__), max(entries, key=entries.__getitem__)
    potential = number(float(volts.removesuffix("mV")), places=0)
    shown = [f"{number(entries[name])}{NO_BREAK}% of {name}" for name in (low, high)]
    return f"At {potential}{NO_BREAK}mV it blocks {shown[0]} and {shown[1]}."


def card(summary: RunSummary) -> dict[str, Any]:
    """Return the verdict card: status, the controls that failed, and the numbers all the same."""
    verdict = summary["verdict"]
    empirical = verdict["empirical_rate_ratio"]
    tiles = [("CSD route", ratio(verdict["mechanistic_rate_ratio"]), "rate ratio, 90 % range")]
    tiles += [
        (f"Trials, {prior} prior", ratio(empirical.get(prior)), "rate ratio, 95 % interval")
        for prior in ("neutral", "sceptical")
    ]
    chance = verdict["p_at_least_half"]
    tiles.append(("P(at least half)", probability(chance), "this route ≥ half of the published effect"))
    explained = spread(percentages(verdict["share_explained"]), "%")
    tiles.append(("Share explained", explained, "of the log rate ratio, 90 % range"))
    return {
        "qualified": verdict["qualified"],
        "good": verdict["qualified"] and (chance or 0.0) >= CARRIES,
        "status": status(verdict),
        "text": verdict["text"],
        "failed": list(verdict["failed_controls"]),
        "tiles": tiles,
    }


def status(verdict: Verdict) -> str:
    """Return the verdict in a line: what was tested and passed, then whether the route carries the published effect."""
    controls: Mapping[str, Any] = verdict["controls"]
    tested = [f"{name} {controls[key]}" for key, name in ENDS.items()]
    ends = f"{TESTED}: {', '.join(tested)}"
    chance = verdict["p_at_least_half"]
    if chance is None or not known(chance):
        return ends
    if chance <= FALLS_SHORT:
        carries = "the CSD route is too weak for the published effect"
    else:
        carries = f"the CSD route {'can' if chance >= CARRIES else 'may or may not'} carry the published effect"
    return f"{ends}; {carries}" + ("" if verdict["qualified"] else ", if the numbers are trusted")


def read_outs(summary: RunSummary) -> sections.Table:
    """Return the answer by each read-out of the cortex alone, at the rat's own dose, and by other arithmetic."""
    verdict = summary["verdict"]
    rows = []
    for name, row in verdict["read_outs"].items():
        shown = ratio(row["mechanistic_rate_ratio"]) if row["mechanistic_rate_ratio"] else row["computed"]
        note = f"own control: {row['control']}; {'in the verdict' if row['mixed'] else 'not in the verdict'}"
        if (effective := row["effective_members"]) is not None:
            note += f"; rests on {effective:.1f} effective members"
        chance = row["p_at_least_half"].get("neutral")
        rows.append([READ_OUTS.get(name, name), shown, note, probability(chance) if known(chance) else NO_DATA])
    for name, row in verdict["sensitivities"].items():
        chance = probability(row["p_at_least_half"].get("neutral"))
        rows.append([name, ratio(row["mechanistic_rate_ratio"]), "other arithmetic", chance])
    rat = verdict["rat_dose"]
    low, high = number(rat["fall_percent"]["low"]), number(rat["fall_percent"]["high"])
    what = f"waves fall by {low} to {high} % ({rat['source']}); no exposure of people in it"
    chance = probability(rat.get("p_at_least_half", {}).get("neutral"))  # runs kept from before have none
    rows.append(["The rat's own dose, by the same link", ratio(rat["rate_ratio"]), what, chance])
    return sections.Table(["", "rate ratio of attacks", "", "P(route ≥ half of the trials)"], rows)


def otherwise(summary: RunSummary) -> str:
    """Return ``read_outs`` in one line: the rate ratio by each read-out, at the rat's own dose, by other means."""
    return "; ".join(f"{name[:1].lower()}{name[1:]} {shown}" for name, shown, _, _ in read_outs(summary).rows)


def by_prior(summary: RunSummary) -> sections.Table:
    """Return the verdict under each prior and each preset."""
    verdict = summary["verdict"]
    chances = verdict["p_at_least_half_by_prior"]
    rows = [
        [f"Trials, {prior} prior", ratio(estimate), "95 % interval", probability(chances.get(prior))]
        for prior, estimate in verdict["empirical_rate_ratio"].items()
    ]
    rows.append(["CSD route", ratio(verdict["mechanistic_rate_ratio"]), "90 % range", ""])
    rows += [
        [f"\N{EM SPACE}preset {preset}", ratio(values), "90 % range", ""]
        for preset, values in verdict["mechanistic_by_preset"].items()
    ]
    return sections.Table(["", "rate ratio of attacks", "kind", "P(route ≥ half of it)"], rows)


def chain(summary: RunSummary) -> list[dict[str, str]]:
    """Return the six stages with the key number of each and the section it leads to."""
    drug, control = drug_arm(summary), control_arm(summary)
    blocks = summary["receptor"]["block_percent"]
    shares = [row["-20mV"] for row in blocks.values() if known(row.get("-20mV"))]
    counts = [parts(summary["diary"][arm]["attacks_per_28d"]).centre for arm in (drug, control)]
    dose, kept = _taken(summary["regimen"])
    raised = parts(rise(sections.lead(summary)["threshold_relative"])).centre
    reach = f"{number(min(shares))} to {number(max(shares))} %" if shares else NO_DATA
    effect = parts(summary["verdict"]["mechanistic_rate_ratio"]).centre
    free = summary["exposure"]["free_brain_uM"]
    stages = (
        ("regimen", dose, kept, "exposure"),
        ("exposure", f"{number(parts(free).centre)} µM", "free in the brain", "exposure"),
        ("receptor", reach, "of GluN2A to 2D blocked at −20 mV", "receptor"),
        ("cortex", f"{number(raised, sign=True)} %" if known(raised) else NO_DATA, "ignition threshold", "cortex"),
        ("headache", f"× {number(effect, 3)}" if known(effect) else NO_DATA, "rate of attacks, CSD route", "verdict"),
        ("diary", f"{number(counts[0])} / {number(counts[1])}", f"attacks per 28 days, {drug} / {control}", "diary"),
    )
    return [dict(zip(("stage", "value", "note", "anchor"), stage, strict=True)) for stage in stages]


def _taken(regimen: Regimen) -> tuple[str, str]:
    """Return the daily dose and the share of days on which it is taken."""
    share = parts(regimen["share_taken"]).centre
    last = " at the end" if len(regimen["schedule"]) > 1 else ""
    return f"{number(regimen['dose_mg_per_day'])} mg", f"a day{last}, taken on {percent(share)} of days"
