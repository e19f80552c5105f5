"""The report's seven answers as rows of text, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leao.chain.run_contract import CortexPreset, DiaryArm, Pair, Published, RunSummary
from leao.core.contract import Distribution
from leao.report.arms import arms, control_arm, drug_arm, lead_preset
from leao.report.assumptions import when
from leao.report.tolerability import adverse
from leao.report.words import (
    CONTROLS,
    NO_BREAK,
    NO_DATA,
    NO_EFFECT,
    NOT_RUN,
    known,
    number,
    percent,
    percentages,
    raised,
    ratio,
    spread,
)

DIARY = (
    ("Attacks", "per 28 days", "attacks_per_28d"),
    ("Migraine days", "per 28 days", "migraine_days_per_28d"),
    ("Headache days", "per 28 days", "headache_days_per_28d"),
    ("Days with rescue medicine", "per 28 days", "rescue_days_per_28d"),
    ("Duration of an attack", "h", "duration_h"),
)
PATHWAYS = {
    "attacks_per_28d": ("attacks",),
    "migraine_days_per_28d": ("migraine_days",),
    "headache_days_per_28d": ("headache_days", "migraine_days"),
    "rescue_days_per_28d": ("rescue_days", "rescue"),
    "duration_h": ("duration",),
    "severity": ("severity",),
    "midas": ("midas", "function"),
    "adverse_events": ("adverse_events",),
}
ATTACKS = ("attacks_per_28d", "migraine_days_per_28d", "headache_days_per_28d")
STATUS = {"passed": "passed", "failed": "failed", "void": "void", NOT_RUN: "not-run"}
NOT_PUBLISHED = Published(
    change_attacks_per_28d={},
    difference_attacks_per_28d=None,
    responders_50_percent=None,
    baseline_attacks_per_28d=None,
    source="",
)


class Table(NamedTuple):
    """A table of the page: its header and its rows of text."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def exposure(summary: RunSummary) -> Table:
    """Return plasma and free brain level at the end of treatment."""
    entry = summary["exposure"]
    rows = [
        ["Plasma, total", spread(entry["plasma_ng_per_mL"], "ng/mL")],
        ["Brain, free", spread(entry["free_brain_uM"], "µM")],
    ]
    plan = entry["as_in_a_plan"]
    if plan:
        rows.append([f"Plasma, total: {plan['what']}", spread(plan["plasma_ng_per_mL"], "ng/mL")])
    head = when(summary)
    return Table([head[0].upper() + head[1:], "median (90 % range)"], rows)


def voltages(summary: RunSummary) -> list[str]:
    """Return the membrane potentials of the block table as the run names them."""
    return list(next(iter(summary["receptor"]["block_percent"].values()), {}))


def receptor(summary: RunSummary) -> Table:
    """Return the block of each subtype at each membrane potential."""
    blocks, bands = summary["receptor"]["block_percent"], summary["receptor"]["block_percent_band"]
    volts = voltages(summary)
    rows = [[f"GluN{name}", *(_block(row[v], bands[name].get(v)) for v in volts)] for name, row in blocks.items()]
    header = ["Blocked, %", *(f"{number(float(v.removesuffix('mV')), places=0)} mV" for v in volts)]
    return Table(header, rows)


def _block(value: float, band: Distribution | None) -> str:
    return spread(band) if band else number(value)


def presets(summary: RunSummary) -> Table:
    """Return threshold, speed, duration and K+ peak with and without drug, a row for each preset."""
    rows = []
    for name, item in summary["cortex"].items():
        by, tolerance = item["threshold_by_stimulus"], item["threshold_tolerance"]
        rows.append(
            [
                name,
                raised(by.get("kcl") or item["threshold_relative"], tolerance, sign=True),
                raised(by.get("pulse"), tolerance, sign=True),
                *(pair(values) for values in (item["speed_mm_per_min"], item["duration_s"], item["k_peak_mM"])),
                CONTROLS[item["qualified"]],
            ]
        )
    header = ["Preset", "threshold, KCl", "threshold, pulse", "speed, mm/min", "duration, s", "K⁺ peak, mM", "controls"]
    return Table(header, rows)


def pair(values: Pair) -> str:
    """Return ``without → with drug``."""
    return f"{number(values['control'], 3)} → {number(values['drug'], 3)}"


def controls(summary: RunSummary) -> list[dict[str, str]]:
    """Return every positive control of every preset with its status."""
    rows = []
    for preset, item in summary["cortex"].items():
        for row in item["controls"]:
            status = row["status"]
            shown = {"wanted": text(row["wanted"]), "kind": STATUS.get(status, "failed"), "status": status}
            shown["found"] = text(row["found"], NOT_RUN if status == NOT_RUN else NO_DATA)
            rows.append({"preset": preset, "name": row["name"]} | shown)
    return rows


def text(value: Any, otherwise: str = NO_DATA) -> str:
    """Return a control's entry as text, numbers with three digits."""
    if value is None:
        return otherwise
    return number(value, 3) if known(value) else str(value)


def diary(summary: RunSummary) -> Table:
    """Return the diary of both arms with the drug's own pathway, row by row."""
    shown = arms(summary)
    both = [summary["diary"][arm] for arm in shown]
    columns: list[Mapping[str, Any]] = [*both]
    rows = []
    for label, unit, key in DIARY:
        rows.append([f"{label}, {unit}", *(spread(arm[key]) for arm in columns), pathway(summary, key)])
        before = [arm["baseline"].get(key) for arm in columns]
        if any(before):
            rows.append(["\N{EM SPACE}at baseline", *(spread(b) for b in before), ""])
    rows.append(
        [
            "Mild / moderate / severe attacks",
            *(_severity(arm) for arm in both),
            pathway(summary, "severity"),
        ]
    )
    rows.append(["Disability (MIDAS)", *(spread(arm["midas"]) for arm in both), pathway(summary, "midas")])
    rows.append(
        [
            "Patients with an adverse event, %",
            *(adverse(arm) for arm in both),
            pathway(summary, "adverse_events"),
        ]
    )
    return Table(["Last 28 days", *shown, "pathway of the drug"], rows)


def pathway(summary: RunSummary, key: str) -> str:
    """Return the way the drug acts on one entry of the diary, or ``no modelled effect``."""
    pathways = summary["diary_pathways"]
    first = next((pathways[name] for name in PATHWAYS[key] if pathways.get(name)), None)
    if first is None and key in ATTACKS and not any(name in pathways for name in PATHWAYS[key]):
        return "fewer attacks"
    return str(first or NO_EFFECT).replace("->", "→")


def _severity(arm: DiaryArm) -> str:
    shares = percentages(arm["severity"])
    return f"{' / '.join(map(number, shares.values()))}{NO_BREAK}%" if shares else NO_DATA


def trial(summary: RunSummary) -> list[dict[str, str]]:
    """Return the endpoints, simulated beside published, each marked ``input`` or ``predicted``."""
    entry, inputs = summary["trial"], summary["trial"]["inputs"]
    published = entry["published"] or NOT_PUBLISHED
    drug, control = drug_arm(summary), control_arm(summary)
    rows = [("Attacks per 28 days, baseline", "baseline_attacks_per_28d", *_baseline(summary, published))]
    for arm in (control, drug):
        key = "change_attacks_per_28d"
        ours, theirs = (side[key].get(arm) for side in (entry, published))
        rows.append((f"Change in attacks per 28 days, {arm}", f"{key}.{arm}", spread(ours), spread(theirs)))
    key = "difference_attacks_per_28d"
    rows.append(("Difference in attacks per 28 days", key, spread(entry[key]), spread(published[key])))
    rows.append(("Rate ratio of attacks", "rate_ratio", spread(entry["rate_ratio"]), NO_DATA))
    for arm in (control, drug):
        key = "responders_50_percent"
        ours, theirs = (_responders(side[key], arm) for side in (entry, published))
        rows.append((f"Attacks at least halved, {arm}", f"{key}.{arm}", ours, theirs))
    keys = ("label", "key", "simulated", "published")
    marked = [dict(zip(keys, row, strict=True)) for row in rows]
    given = set(inputs) | {f"change_attacks_per_28d.{control}"} if "placebo_change" in inputs else set(inputs)
    return [{**row, "mark": "input" if row["key"] in given else "predicted"} for row in marked]


def further_inputs(summary: RunSummary) -> list[str]:
    """Return the published figures that went in and have no row of their own in the table of the trial."""
    inputs = summary["trial"]["inputs"]
    shown = {row["key"] for row in trial(summary)} | {"placebo_change"}
    return [name.replace("_", " ").replace(".", ", ") for name in inputs if name not in shown]


def _responders(shares: Mapping[str, Any] | None, arm: str) -> str:
    share = shares.get(arm) if shares else None
    return f"{number(share)}{NO_BREAK}%" if known(share) else NO_DATA


def _baseline(summary: RunSummary, published: Published) -> tuple[str, str]:
    key = "baseline_attacks_per_28d"
    return number(summary["trial"][key][control_arm(summary)]), number(published[key])


def checks(summary: RunSummary) -> Table:
    """Return what the repeated trials add: regression to the mean, power, Monte Carlo error."""
    entry = summary["trial"]
    rows = [
        ["Change by regression to the mean alone", number(entry["regression_to_the_mean"]), "attacks/28 d"],
        [
            "Rate ratio, drug over placebo in the same people with the same luck",
            ratio(entry["paired_rate_ratio"]),
            "",
        ],
        ["Trials whose 95 % interval lies below no difference", percent(entry["power"]), ""],
        ["Monte Carlo standard error of the difference", number(entry["monte_carlo_se"], 1), "attacks/28 d"],
    ]
    return Table(["Of the simulated trials", "value", "unit"], rows)


def moved(summary: RunSummary) -> list[dict[str, Any]]:
    """Return the numbers that moved the answer, with the place of each bar in per cent of the widest reach."""
    rows: list[dict[str, Any]] = [dict(row) for row in summary["moved"] if known(row["swing"])]
    rows.sort(key=lambda row: -abs(row["swing"]))
    ends = [(row["low"], row["high"]) for row in rows]
    if not rows:
        return []
    low, high = min(min(end) for end in ends), max(max(end) for end in ends)
    width = (high - low) or 1.0
    for row, (start, stop) in zip(rows, ends, strict=True):
        row["left"] = round(100 * (min(start, stop) - low) / width, 2)
        row["width"] = max(0.6, round(100 * abs(stop - start) / width, 2))
        row["shown"] = number(abs(row["swing"]))
        label = row["label"]
        row["label"] = label[:1].upper() + label[1:]
        row["reach"] = f"{number(start)} to {number(stop)} %"
    return rows


def lead(summary: RunSummary) -> CortexPreset:
    """Return the answer of the preset shown at length."""
    return summary["cortex"][lead_preset(summary)]
