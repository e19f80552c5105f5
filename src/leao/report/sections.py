"""The report's seven answers as rows of text, ready for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leao.report.arms import arms, control_arm, drug_arm, lead_preset
from leao.report.assumptions import when
from leao.report.tolerability import adverse
from leao.report.words import NO_BREAK, NO_DATA, NO_EFFECT, NOT_RUN, known, number, percent, raised, ratio, spread

Summary = Mapping[str, Any]
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
STATUS = {"passed": "passed", "failed": "failed", NOT_RUN: "not-run"}


class Table(NamedTuple):
    """A table of the page: its header and its rows of text."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def exposure(summary: Summary) -> Table:
    """Return plasma and free brain level at the end of treatment."""
    entry = summary.get("exposure") or {}
    rows = [
        ["Plasma, total", spread(entry.get("plasma_ng_per_mL"), "ng/mL")],
        ["Brain, free", spread(entry.get("free_brain_uM"), "µM")],
    ]
    plan = entry.get("as_in_a_plan")
    if plan:
        rows.append([f"Plasma, total: {plan['what']}", spread(plan["plasma_ng_per_mL"], "ng/mL")])
    head = when(summary)
    return Table([head[0].upper() + head[1:], "median (90 % range)"], rows)


def voltages(summary: Summary) -> list[str]:
    """Return the membrane potentials of the block table as the run names them."""
    blocks = (summary.get("receptor") or {}).get("block_percent") or {}
    return list(next(iter(blocks.values()), {}))


def receptor(summary: Summary) -> Table:
    """Return the block of each subtype at each membrane potential."""
    entry = summary.get("receptor") or {}
    blocks, bands = entry.get("block_percent") or {}, entry.get("block_percent_band") or {}
    volts = voltages(summary)
    rows = [
        [f"GluN{subtype}", *(_block(row.get(v), (bands.get(subtype) or {}).get(v)) for v in volts)]
        for subtype, row in blocks.items()
    ]
    header = ["Blocked, %", *(f"{number(float(v.removesuffix('mV')), places=0)} mV" for v in volts)]
    return Table(header, rows)


def _block(value: Any, band: Mapping[str, float] | None) -> str:
    return spread(band) if band else number(value)


def presets(summary: Summary) -> Table:
    """Return threshold, speed, duration and K+ peak with and without drug, a row for each preset."""
    rows = []
    for name, item in (summary.get("cortex") or {}).items():
        by, tolerance = item.get("threshold_by_stimulus") or {}, item.get("threshold_tolerance")
        rows.append(
            [
                name,
                raised(by.get("kcl") or item.get("threshold_relative"), tolerance, sign=True),
                raised(by.get("pulse"), tolerance, sign=True),
                *(pair(item.get(key)) for key in ("speed_mm_per_min", "duration_s", "k_peak_mM")),
                "qualified" if item.get("qualified") else "not qualified",
            ]
        )
    header = ["Preset", "threshold, KCl", "threshold, pulse", "speed, mm/min", "duration, s", "K⁺ peak, mM", "status"]
    return Table(header, rows)


def pair(values: Mapping[str, Any] | None) -> str:
    """Return ``without → with drug``."""
    values = values or {}
    return f"{number(values.get('control'), 3)} → {number(values.get('drug'), 3)}"


def controls(summary: Summary) -> list[dict[str, str]]:
    """Return every positive control of every preset with its status."""
    return [
        {
            "preset": preset,
            "name": str(row.get("name")),
            "wanted": text(row.get("wanted")),
            "found": text(row.get("found"), NOT_RUN if row.get("status") == NOT_RUN else NO_DATA),
            "status": str(row.get("status")),
            "kind": STATUS.get(str(row.get("status")), "failed"),
        }
        for preset, item in (summary.get("cortex") or {}).items()
        for row in item.get("controls") or []
    ]


def text(value: Any, otherwise: str = NO_DATA) -> str:
    """Return a control's entry as text, numbers with three digits."""
    if value is None:
        return otherwise
    return number(value, 3) if known(value) else str(value)


def diary(summary: Summary) -> Table:
    """Return the diary of both arms with the drug's own pathway, row by row."""
    values, shown = summary.get("diary") or {}, arms(summary)
    rows = []
    for label, unit, key in DIARY:
        levels = [spread((values.get(arm) or {}).get(key)) for arm in shown]
        rows.append([f"{label}, {unit}", *levels, pathway(summary, key)])
        before = [((values.get(arm) or {}).get("baseline") or {}).get(key) for arm in shown]
        if any(before):
            rows.append(["\N{EM SPACE}at baseline", *(spread(b) for b in before), ""])
    rows.append(
        [
            "Mild / moderate / severe attacks",
            *(_severity(values.get(arm)) for arm in shown),
            pathway(summary, "severity"),
        ]
    )
    rows.append(["Disability (MIDAS)", *(change(values.get(arm), "midas") for arm in shown), pathway(summary, "midas")])
    rows.append(
        [
            "Patients with an adverse event, %",
            *(adverse(values.get(arm)) for arm in shown),
            pathway(summary, "adverse_events"),
        ]
    )
    return Table(["Last 28 days", *shown, "pathway of the drug"], rows)


def pathway(summary: Summary, key: str) -> str:
    """Return the way the drug acts on one entry of the diary, or ``no modelled effect``."""
    pathways = summary.get("diary_pathways") or {}
    first = next((pathways[name] for name in PATHWAYS[key] if pathways.get(name)), None)
    if first is None and key in ATTACKS and not any(name in pathways for name in PATHWAYS[key]):
        return "fewer attacks"
    return str(first or NO_EFFECT).replace("->", "→")


def _severity(arm: Mapping[str, Any] | None) -> str:
    shares = (arm or {}).get("severity") or {}
    shown = [number(100 * share) for share in shares.values() if known(share)]
    return f"{' / '.join(shown)}{NO_BREAK}%" if shown else NO_DATA


def change(arm: Mapping[str, Any] | None, key: str) -> str:
    """Return one of an arm's entries that may be a distribution or a table of shares, or ``no data``."""
    entry = (arm or {}).get(key)
    if entry is None:
        return NO_DATA
    if "median" in entry:
        return spread(entry)
    return ", ".join(f"{name} {number(value)}" for name, value in entry.items())


def trial(summary: Summary) -> list[dict[str, str]]:
    """Return the endpoints, simulated beside published, each marked ``input`` or ``predicted``."""
    entry = summary.get("trial") or {}
    published, inputs = entry.get("published") or {}, entry.get("inputs") or []
    drug, control = drug_arm(summary), control_arm(summary)
    rows = [("Attacks per 28 days, baseline", "baseline_attacks_per_28d", *_baseline(summary, published))]
    for arm in (control, drug):
        key = "change_attacks_per_28d"
        ours, theirs = ((side.get(key) or {}).get(arm) for side in (entry, published))
        rows.append((f"Change in attacks per 28 days, {arm}", f"{key}.{arm}", spread(ours), spread(theirs)))
    for label, key in (
        ("Difference in attacks per 28 days", "difference_attacks_per_28d"),
        ("Rate ratio of attacks", "rate_ratio"),
    ):
        rows.append((label, key, spread(entry.get(key)), spread(published.get(key))))
    for arm in (control, drug):
        key = "responders_50_percent"
        ours, theirs = (_responders(side.get(key), arm) for side in (entry, published))
        rows.append((f"Attacks at least halved, {arm}", f"{key}.{arm}", ours, theirs))
    keys = ("label", "key", "simulated", "published")
    marked = [dict(zip(keys, row, strict=True)) for row in rows]
    given = set(inputs) | {f"change_attacks_per_28d.{control}"} if "placebo_change" in inputs else set(inputs)
    return [{**row, "mark": "input" if row["key"] in given else "predicted"} for row in marked]


def further_inputs(summary: Summary) -> list[str]:
    """Return the published figures that went in and have no row of their own in the table of the trial."""
    inputs = (summary.get("trial") or {}).get("inputs") or []
    shown = {row["key"] for row in trial(summary)} | {"placebo_change"}
    return [name.replace("_", " ").replace(".", ", ") for name in inputs if name not in shown]


def _responders(shares: Mapping[str, Any] | None, arm: str) -> str:
    share = (shares or {}).get(arm)
    return f"{number(share)}{NO_BREAK}%" if known(share) else NO_DATA


def _baseline(summary: Summary, published: Mapping[str, Any]) -> tuple[str, str]:
    means = (summary.get("trial") or {}).get("baseline_attacks_per_28d") or {}
    control = control_arm(summary)
    arm = (summary.get("diary") or {}).get(control) or {}
    ours = number(means.get(control)) if means else spread((arm.get("baseline") or {}).get("attacks_per_28d"))
    theirs = published.get("baseline_attacks_per_28d")
    return ours, spread(theirs) if isinstance(theirs, Mapping) else number(theirs)


def checks(summary: Summary) -> Table:
    """Return what the repeated trials add: regression to the mean, power, Monte Carlo error."""
    entry = summary.get("trial") or {}
    rows = [
        ["Change by regression to the mean alone", number(entry.get("regression_to_the_mean")), "attacks/28 d"],
        [
            "Rate ratio, drug over placebo in the same people with the same luck",
            ratio(entry.get("paired_rate_ratio")),
            "",
        ],
        ["Trials whose 95 % interval lies below no difference", percent(entry.get("power")), ""],
        ["Monte Carlo standard error of the difference", number(entry.get("monte_carlo_se"), 1), "attacks/28 d"],
    ]
    return Table(["Of the simulated trials", "value", "unit"], rows)


def moved(summary: Summary) -> list[dict[str, Any]]:
    """Return the numbers that moved the answer, with the place of each bar in per cent of the widest reach."""
    rows = [dict(row) for row in summary.get("moved") or [] if known(row.get("swing"))]
    rows.sort(key=lambda row: -abs(row["swing"]))
    ends = [_ends(row) for row in rows]
    if not rows:
        return []
    low, high = min(min(end) for end in ends), max(max(end) for end in ends)
    width = (high - low) or 1.0
    for row, (start, stop) in zip(rows, ends, strict=True):
        row["left"] = round(100 * (min(start, stop) - low) / width, 2)
        row["width"] = max(0.6, round(100 * abs(stop - start) / width, 2))
        row["shown"] = number(abs(row["swing"]))
        label = str(row.get("label") or row["number"])
        row["label"] = label[:1].upper() + label[1:]
        row["reach"] = f"{number(start)} to {number(stop)} %"
    return rows


def _ends(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return the answer at both ends of the number; from zero where the run did not keep them."""
    if known(row.get("low")) and known(row.get("high")):
        return float(row["low"]), float(row["high"])
    return 0.0, float(row["swing"])


def lead(summary: Summary) -> Mapping[str, Any]:
    """Return the answer of the preset shown at length."""
    return (summary.get("cortex") or {}).get(lead_preset(summary)) or {}
