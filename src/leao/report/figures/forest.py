"""The forest: every arm, every trial, the pooled effect under each prior, and in grey what misreading makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.patches import Polygon

from leao.core.special import ndtri
from leao.report import evidence_words, words
from leao.report.figures import svg

HALF = float(ndtri(0.975))
GREY = svg.RULE
ROW, TOP, BOTTOM = 27, 26, 42  # pixels
LEFT, RIGHT = 168, 142
WIDE = 528
DIFFERENCE = "difference_attacks_per_28d"
TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


class Row(NamedTuple):
    """One line of a forest: name, estimate, interval, kind of mark (trial, pooled, predicted) and colour."""

    name: str
    estimate: float
    low: float
    high: float
    kind: str
    colour: str


def draw(synthesis: Mapping[str, Any]) -> svg.Picture:
    """Return the forest of attacks: arms beside differences."""
    neutral, sceptical = (evidence_words.interval(synthesis[name][DIFFERENCE]) for name in ("neutral", "sceptical"))
    title = f"Pooled: {neutral} attacks per 28 days under a neutral prior, {sceptical} under a sceptical one"
    caption = (
        "Left: attacks (of the two open studies: headache days) per month in every arm, baseline as a ring, end as a "
        "dot with its 95 % interval where a spread is printed; both ends of Noruzzadeh 2016 follow from its changes "
        "and per cents; the baseline of Shanmugam 2019 was not seen. Right: memantine less placebo in the pooled "
        "trials (squares), random effects (diamonds), and the true effect to expect in a new trial (lines). Grey: the "
        "same when the standard errors of Shanmugam 2019 are read as standard deviations."
    )
    rows = _differences(synthesis)
    panels = [_arms(synthesis["arms"]), _forest(rows, "Memantine less placebo", "attacks per 28 days")]
    table = [[row.name, evidence_words.interval(row._asdict(), 2)] for row in rows]
    return svg.Picture("forest", title, caption, panels, 2, ["", "difference in attacks per 28 days (95 %)"], table)


def ratios(synthesis: Mapping[str, Any]) -> svg.Picture:
    """Return the forest of ratios: rates of attacks and of rescue medicine, odds of responding."""
    rescue, answered = synthesis["outcomes"]["rescue_medicine"], synthesis["outcomes"]["responders_50_percent"]
    rates = [_effect(item, svg.INK, "attacks, ") for item in synthesis["trials_log_ratio"]]
    rates += [_pooled(f"attacks, {name}", synthesis[name]["rate_ratio"]) for name in evidence_words.PRIORS]
    rates += [_effect(item, svg.INK, "rescue, ") for item in rescue["log_effects"]]
    rates += [_pooled(f"rescue, {name}", rescue[name] and rescue[name]["rate_ratio"]) for name in evidence_words.PRIORS]
    odds = [_effect(item, svg.INK, "") for item in answered["log_effects"]]
    odds += [
        _pooled(f"{name} prior", answered[name] and answered[name]["odds_ratio"]) for name in evidence_words.PRIORS
    ]
    left = [words.ratio(rescue["sceptical"] and rescue["sceptical"]["rate_ratio"])]
    left.append(evidence_words.odds(answered["sceptical"] and answered["sceptical"]["odds_ratio"]))
    title = f"A sceptical prior leaves a rate ratio of {left[0]} for rescue medicine and an odds ratio of {left[1]} of "
    title += f"responding; {evidence_words.named(rescue['rests_on'])}"
    caption = (
        "Logarithmic axes. Left: rate on memantine over rate on placebo, below one in favour of memantine. Right: odds "
        "of at least 50 % fewer attacks, above one in favour. Squares: single trials; diamonds: with the prior."
    )
    panels = [
        _forest(rates, "Rates, memantine over placebo", "rate ratio", logarithmic=True),
        _forest(odds, "Odds of responding, memantine over placebo", "odds ratio", logarithmic=True),
    ]
    table = [[row.name, evidence_words.interval(row._asdict(), 2)] for row in [*rates, *odds]]
    return svg.Picture("ratios", title, caption, panels, 2, ["", "ratio (95 %)"], table)


def _differences(synthesis: Mapping[str, Any]) -> list[Row]:
    rows = [_effect(trial, svg.INK, "", is_log=False) for trial in synthesis["trials"]]
    for name in evidence_words.PRIORS:
        rows.append(_pooled(f"{name} prior", synthesis[name][DIFFERENCE]))
        rows.append(_pooled("  in a new trial", synthesis[name]["effect_in_a_new_trial"], "predicted"))
    right = {trial["trial"]: trial["error"] for trial in synthesis["trials"]}
    changed = [trial for trial in synthesis["trials_se_read_as_sd"] if trial["error"] != right[trial["trial"]]]
    rows += [_effect(trial, svg.MUTED, "misread: ", is_log=False) for trial in changed]
    wrong = synthesis["se_read_as_sd"]
    for name, block in (("neutral", wrong), ("sceptical", wrong["sceptical"])):
        rows.append(_pooled(f"misread: {name}", block[DIFFERENCE], colour=svg.MUTED))
    return rows


def _effect(answer: Mapping[str, Any], colour: str, before: str, *, is_log: bool = True) -> Row:
    centre, half = answer["estimate"], HALF * answer["error"]
    values = np.array([centre, centre - half, centre + half])
    middle, low, high = (np.exp(values) if is_log else values).tolist()
    return Row(before + evidence_words.named(answer["trial"]), middle, low, high, "trial", colour)


def _pooled(name: str, values: Mapping[str, Any] | None, kind: str = "pooled", colour: str = svg.DRUG) -> Row:
    centre, low, high = words.parts(values) if values else (np.nan, np.nan, np.nan)
    return Row(name, centre, low, high, kind, colour)


def _forest(rows: Sequence[Row], title: str, unit: str, *, logarithmic: bool = False) -> svg.Panel:
    height = TOP + BOTTOM + ROW * len(rows)
    figure, axes = svg.canvas((WIDE, height), left=LEFT, right=RIGHT, bottom=BOTTOM)
    null = 1.0 if logarithmic else 0.0
    seen = [x for row in rows for x in (row.low, row.high, null) if np.isfinite(x)]
    low, high = min(seen), max(seen)
    if logarithmic:
        svg.log_ticks(axes, "x", [tick for tick in TICKS if low / 1.1 <= tick <= high * 1.1])
        axes.set_xlim(low / 1.15, high * 1.15)
    else:
        svg.grid(axes, rules="x")
        axes.set_xlim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.rules = "x"
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvline(null, color=svg.MUTED, linewidth=0.9)
    for place, row in enumerate(rows):
        _row(axes, place, row, places=2 if logarithmic else 1)
    svg.ticks(axes, "y", range(len(rows)), [row.name for row in rows])
    svg.label(axes, unit, "")
    alt = "; ".join(f"{row.name}: {evidence_words.interval(row._asdict(), 2)}" for row in rows)
    return svg.Panel(title, svg.write(figure, f"{title}. {alt}."))


def _row(axes: svg.Sheet, place: int, row: Row, places: int) -> None:
    text = evidence_words.interval(row._asdict(), places)
    svg.note(axes, (WIDE - RIGHT + 8, TOP + ROW * (place + 0.5) + 4), text)
    if not np.isfinite(row.estimate):
        return
    if row.kind == "pooled":
        half = 0.24
        corners = [(row.low, place), (row.estimate, place - half), (row.high, place), (row.estimate, place + half)]
        axes.add_patch(Polygon(corners, closed=True, facecolor=row.colour, linewidth=0))
        return
    width = 1.0 if row.kind == "predicted" else 1.8
    axes.plot([row.low, row.high], [place, place], color=row.colour, linewidth=width)
    if row.kind == "trial":
        axes.plot([row.estimate], [place], "s", markersize=7, color=row.colour)


def _arms(rows: Sequence[Mapping[str, Any]]) -> svg.Panel:
    order = sorted(rows, key=lambda row: not row["pooled"])
    figure, axes = svg.canvas((WIDE, TOP + BOTTOM + ROW * len(order)), left=200, right=16, bottom=BOTTOM)
    names, told_rows = [], []
    for place, row in enumerate(order):
        colour = svg.DRUG if row["role"] == "drug" else svg.CONTROL
        if row["baseline"] is not None:
            axes.plot([row["baseline"], row["end"]], [place, place], color=GREY, linewidth=1.4)
            ring = {"markerfacecolor": svg.PAPER, "markeredgecolor": colour, "markeredgewidth": 1.5}
            axes.plot([row["baseline"]], [place], "o", markersize=7, **ring)
        if row["low"] is not None:
            axes.plot([max(0.0, row["low"]), row["high"]], [place, place], color=colour, linewidth=1.8)
        axes.plot([row["end"]], [place], "o", markersize=7.5, color=colour)
        names.append(f"{evidence_words.named(row['trial'])}, {row['arm']}")
        start = words.NO_DATA if row["baseline"] is None else f"{row['baseline']:.1f}"
        told_rows.append(f"{names[-1]}: {start} to {row['end']:.1f}")
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_xlim(left=0)
    svg.label(axes, "attacks or headache days per month", "")
    svg.grid(axes, rules="x")
    svg.ticks(axes, "y", range(len(order)), names)
    return svg.Panel("Every arm, from baseline (ring) to the end (dot)", svg.write(figure, "; ".join(told_rows) + "."))
