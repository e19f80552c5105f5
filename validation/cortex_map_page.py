"""The map of the second model as lines of its page: three read-outs, never one threshold, and the grids' say on counts."""

from __future__ import annotations

import tomllib

import numpy as np
from numpy.typing import NDArray

from leao.cortex import blind_controls
from validation import cortex_controls, cortex_counts, cortex_grids, cortex_readouts, cortex_targets, second_map
from validation.cortex_members import Judged
from validation.page import cells, table

Array = NDArray[np.float64]

LEVELS = (0.1, 0.2, 0.4, 0.5, 1.0, 2.0)  # uM memantine, free
INTERVAL = (0.05, 0.5, 0.95)
SLOPE_AT = (0.2, 0.4)
NAMES = {"kcl": "KCl threshold", "pulse": "pulse threshold"}
COUNT = "waves in an hour of KCl"


def lines(of: list[Judged]) -> list[str]:
    """Return the map, the counts' convergence and the slope between them."""
    if not of:
        return ["Not computed.", ""]
    weight = cortex_controls.judged_blind(of)[2]
    by_key = dict(zip([member.key for member in of], map(float, weight), strict=True))
    standing = second_map.standings()
    out = [
        "Rule, committed before any count at a clinical level: `cortex_map_rule.md`. Each over that without drug: median and"
        " 90 % of the members under R5 weights.",
        "",
        *table(("read-out", "memantine, uM free", "median", "90 %", "members", "effective", "")),
    ]
    for kind, name in NAMES.items():
        curves = cortex_readouts.thresholds(kind)
        for level in LEVELS:
            values = {key: curves[key].at(level) for key in by_key if key in curves}
            out.append(_row(name, level, values, by_key))
    for level in LEVELS:
        pairs = {member.key: cortex_readouts.count_ratio(member, level) for member in of}
        values = {key: pair[0] for key, pair in pairs.items() if pair is not None}
        if values:
            status = standing[level][0] if level in standing else ""
            out.append(_row(COUNT, level, values, by_key, f"**{status}**" if "not" in status else status))
    free = cortex_grids.at_coarse()
    none = [f"{m.lineage}/{m.evaluation}" for m in of if (m.key, 0.0) in free and not _matched(free[m.key, 0.0])]
    out += ["", f"Without a line like a vehicle rat, so without a count: {', '.join(none) or 'none'}.", ""]
    return [*out, *_slope(of, by_key), *_silent(), *convergence(of)]


def time() -> list[str]:
    """Return the CPU time that the map took beside what is wanted."""
    kept = tomllib.loads((cortex_targets.DOCS / "cortex_map_time.toml").read_text(encoding="utf-8"))
    rows = [(name, row["what"], f"{row['cpu_s'] / 60.0:.1f}", row["wanted_min"]) for name, row in kept.items()]
    return [
        "CPU minutes of all members, compiling included, on shared cores (some 20 to 50 % too high);"
        " `python -m validation.cortex_counts --what thresholds`, `counts`, `clinical` from empty files.",
        "",
        *table(("", "what", "CPU-min", "wanted at most"), rows),
        "",
    ]


def convergence(of: list[Judged]) -> list[str]:
    """Return what finer grids do to the counts: the weighted mean, then each member."""
    out = [
        "**Grids.** Weighted mean of the members' ratios over the lines both grids have; wanted: a change below 0.05 at each"
        " halving, and no rise with the level beyond two errors.",
        "",
        *table(("memantine, uM free", "80 to 40 um", "members", "40 to 20 um", "members", "")),
    ]
    for level in cortex_grids.LEVELS[1:]:
        steps, status = cortex_grids.steps(level), second_map.standings()[level][0]
        shown = [text for step in steps for text in (f"{step.coarse:.3f} to {step.fine:.3f}", step.members)]
        out.append(cells(f"{level:g}", *shown, *[""] * (4 - len(shown)), status))
    pairs = ((cortex_grids.COARSE, cortex_grids.MIDDLE), (cortex_grids.MIDDLE, cortex_grids.FINE))
    names = [f"{level:g} uM, {coarse} to {fine}" for level in cortex_grids.LEVELS[1:] for coarse, fine in pairs]
    out += ["", *table(("lineage/set", *names))]
    largest = 0.0
    for member, _ in cortex_grids.heaviest()[: cortex_grids.AT_MIDDLE]:
        shown = []
        for level in cortex_grids.LEVELS[1:]:
            for coarse, fine in pairs:
                pair = cortex_grids.ratios(member, level, coarse, fine)
                shown.append("" if pair is None else f"{pair[0]:.2f} to {pair[1]:.2f}")
                largest = largest if pair is None else max(largest, abs(pair[1] - pair[0]))
        out.append(cells(f"{member.lineage}/{member.evaluation}", *shown))
    said = f"Single members move more than their mean: by {largest:.2f} at most."
    return [*out, "", f"{said} What is empty was not computed: the budget of the rule, or the stop, came first.", ""]


def _slope(of: list[Judged], weight: dict[tuple[int, int], float]) -> list[str]:
    """Return the fall of counts per rise of the KCl threshold, which the first model put at 1.1 to 3.7."""
    curves, said = cortex_readouts.thresholds("kcl"), []
    for level in SLOPE_AT:
        pairs = {member.key: cortex_readouts.count_ratio(member, level) for member in of if member.key in curves}
        values = {
            key: -np.log(pair[0]) / np.log(curves[key].at(level)) for key, pair in pairs.items() if pair is not None
        }
        if values:
            low, middle, high = _quantiles(values, weight)
            said.append(f"{middle:.1f} ({low:.1f} to {high:.1f}) at {level:g} uM")
    return [
        "Fall of ln(count) per rise of ln(KCl threshold), member by member: "
        + "; ".join(said)
        + ". The verdict's `kcl`"
        " read-out keeps the 1.1 to 3.7 of `verdict_rules.md`, which came from the first model; with the members' own slope"
        " it would be the `count` read-out, which the verdict shows alone.",
        "",
    ]


def _silent() -> list[str]:
    """Return from which block on a stimulus starts no wave, and how coarsely that is known."""
    said = []
    for kind, name in NAMES.items():
        ends = []
        for curve in cortex_readouts.thresholds(kind).values():
            dark = np.flatnonzero(~np.isfinite(curve.relative))
            if dark.size:
                at = int(dark[0])
                ends.append((curve.levels[at - 1], curve.levels[at], cortex_counts.ODDS[at - 1]))
        if ends:
            last, first, odds = min(ends)
            said.append(
                f"{name}: {len(ends)} members, the first between {last:.2g} and {first:.2g} uM (odds of block from {odds:g})"
            )
    return [
        "No stimulus starts a wave within the map's odds, from a block on that is known only to lie between two of its"
        " rows (the last slope goes on to the upper, infinite from there): "
        + "; ".join(said)
        + ". Clinical levels (0.2 to 0.4 uM) lie below.",
        "",
    ]


def _row(
    name: str, level: float, values: dict[tuple[int, int], float], weight: dict[tuple[int, int], float], said: str = ""
) -> str:
    low, middle, high = _quantiles(values, weight)
    effective = blind_controls.effective(np.array([weight[key] for key in values]))
    interval = f"{low:.3f} to {high:.3f}"
    return cells(name, f"{level:g}", f"x {middle:.3f}", interval, len(values), f"{effective:.1f}", said)


def _quantiles(values: dict[tuple[int, int], float], weight: dict[tuple[int, int], float]) -> tuple[float, ...]:
    """Return the weighted quantiles that ``INTERVAL`` names, the steps of their distribution."""
    each = np.array(list(values.values()))
    share = np.array([weight[key] for key in values])
    order = np.argsort(each)
    cumulated = np.cumsum(share[order]) / share.sum()
    return tuple(float(each[order][min(int(np.searchsorted(cumulated, q)), each.size - 1)]) for q in INTERVAL)


def _matched(free: Array) -> bool:
    return cortex_controls.matched(free[None, :]) is not None
