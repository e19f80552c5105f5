"""What patients would write down: attacks by arm and month, and the diaries themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leao.chain.run_contract import RunSummary
from leao.core.runs import Group, Groups
from leao.core.units import DAYS_PER_MONTH
from leao.report import words
from leao.report.arms import arms, control_arm, drug_arm, lead_preset
from leao.report.figures import svg
from leao.report.figures.tree import axis, group, names, values

SHOWN = 20
# Red, green, blue and opacity of a day: free, mild, moderate, severe, not written down, after leaving the trial.
DAY = np.array(
    [
        [128, 140, 155, 36],
        [242, 184, 128, 255],
        [222, 112, 38, 255],
        [130, 36, 18, 255],
        [128, 140, 155, 140],
        [0, 0, 0, 0],
    ],
    dtype=np.uint8,
)
UNWRITTEN, LEFT = 4, 5


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the picture of the diary: threshold to attacks, attacks month by month, attacks by patient."""
    entries = {arm: words.parts(summary["diary"][arm]["attacks_per_28d"]).centre for arm in arms(summary)}
    drug, control = drug_arm(summary), control_arm(summary)
    title = (
        f"In the last 28 days the median patient counts {words.number(entries[drug])} attacks on {drug}, "
        f"{words.number(entries[control])} on {control}"
    )
    data, link = group(tree, "diary", "attacks", "monthly_attacks"), group(tree, "headache", "attack_ratio")
    if data is None:
        return svg.missing("diary", title)
    raised = _raised(summary)
    panels = [] if link is None else [_link(link, raised)]
    panels += [_monthly(data, summary), _counts(data, summary)]
    caption = (
        "Left: how a raised threshold thins attacks, with the 90 % range of the assumed slope; the strip is the rise "
        "predicted above. Middle: mean of an arm in each 28 days, median and 90 % of the simulated trials; month 0 is "
        "the baseline. Right: patients by their attacks in the last 28 days."
    )
    return svg.Picture("diary", title, caption, panels, 3, *_monthly_table(data))


def _raised(summary: RunSummary) -> tuple[Any, Any]:
    lead = summary["cortex"][lead_preset(summary)]
    _, low, high = words.parts(words.rise(lead["threshold_relative"]))
    return low, high


def _link(data: Group, raised: tuple[Any, Any]) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    rise, attacks = axis(data, "rise").astype(float), values(data, "attack_ratio")
    if all(words.known(x) for x in raised):
        axes.axvspan(*raised, color=svg.DRUG, alpha=0.2, linewidth=0)
    svg.band(axes, rise, attacks, svg.INK)
    svg.label(axes, "rise of the threshold, %", "attack rate, relative to no drug")
    svg.grid(axes)
    axes.set_xlim(rise[0], rise[-1])
    axes.set_ylim(0, 1.04)
    middle = attacks[len(attacks) // 2]
    alt = f"Attack rate against rise of threshold: at {rise[-1]:.0f} % rise {middle[-1]:.2f} of the rate without drug, "
    alt += f"90 % range {attacks[:, -1].min():.2f} to {attacks[:, -1].max():.2f}."
    return svg.Panel("From threshold to attacks (assumed slope)", svg.write(figure, alt))


def _rows_of(data: Group, summary: RunSummary) -> list[tuple[str, int, str]]:
    shown_names = names(data, "arm")
    wanted = [arm for arm in reversed(arms(summary)) if arm in shown_names]
    control = control_arm(summary)
    return [(arm, shown_names.index(arm), svg.CONTROL if arm == control else svg.DRUG) for arm in wanted]


def _monthly(data: Group, summary: RunSummary) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD, right=78)
    months, counts = axis(data, "month").astype(float), values(data, "monthly_attacks")
    shown = _rows_of(data, summary)
    middle = counts.shape[2] // 2
    for (_, k, colour), aside in zip(shown, (-0.06, 0.06), strict=False):
        axes.plot(months + aside, counts[k, :, middle], "o-", color=colour, markersize=5)
        axes.vlines(months + aside, counts[k, :, 0], counts[k, :, -1], color=colour, linewidth=1.4, alpha=0.6)
    axes.set_ylim(0, counts.max() * 1.05)
    heights = svg.apart([counts[k, -1, middle] for _, k, _ in shown], 0.09 * axes.get_ylim()[1])
    for (arm, _, colour), height in zip(shown, heights, strict=True):
        svg.mark(axes, (months[-1] + 0.15, height), arm, colour)
    svg.label(axes, "month of the trial", "attacks per 28 days")
    svg.grid(axes)
    axes.set_xlim(months[0] - 0.25, months[-1] + 0.25)
    svg.ticks(axes, "x", months)
    parts = [f"{arm} {counts[k, 0, middle]:.1f} to {counts[k, -1, middle]:.1f}" for arm, k, _ in shown]
    alt = f"Median attacks per 28 days from baseline to the last month: {', '.join(parts)}."
    return svg.Panel("Attacks, month by month", svg.write(figure, alt))


def _counts(data: Group, summary: RunSummary) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    counts = values(data, "attacks")[:, -1]
    top = int(np.nanquantile(counts, 0.99)) + 2
    shown = _rows_of(data, summary)
    parts = []
    for arm, k, colour in shown:
        seen = counts[k][np.isfinite(counts[k])]
        share = 100 * np.bincount(np.minimum(np.rint(seen).astype(int), top), minlength=top + 1)[:top] / len(seen)
        axes.step(np.arange(top), share, where="mid", color=colour, linewidth=2)
        parts.append(f"{arm} mean {seen.mean():.1f}")
    svg.label(axes, "attacks in the last 28 days", "% of patients")
    svg.grid(axes)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
    axes.set_xlim(-0.5, top - 0.5)
    for (arm, _, colour), height in zip(shown, (0.95, 0.86), strict=False):
        svg.mark(axes, (top - 0.5, height * axes.get_ylim()[1]), arm, colour, "right")
    return svg.Panel("Attacks, patient by patient", svg.write(figure, f"Distribution of attacks: {', '.join(parts)}."))


def _monthly_table(data: Group) -> tuple[list[str], list[list[str]]]:
    counts, months = values(data, "monthly_attacks"), axis(data, "month")
    header = ["arm", *(f"month {month}" for month in months)]
    rows = [[arm, *map(_of_quantiles, counts[k])] for k, arm in enumerate(names(data, "arm"))]
    return header, rows


def _of_quantiles(levels: Any) -> str:
    return words.spread({"median": float(levels[len(levels) // 2]), "p05": float(levels[0]), "p95": float(levels[-1])})


def calendar(summary: RunSummary, diary: pl.DataFrame | None) -> svg.Picture:
    """Return one simulated trial's diaries, patient by day, coloured by the pain."""
    if diary is None or diary.is_empty():
        return svg.missing("calendar", "One simulated trial's diaries")
    shown = [arm for arm in arms(summary) if arm in diary["arm"].unique().to_list()]
    pages = {arm: _page(diary.filter(pl.col("arm") == arm)) for arm in shown}
    written = np.concatenate([page.ravel() for page in pages.values()])
    kept = 100 * float(np.mean(written[written != LEFT] != UNWRITTEN))
    title = f"The diaries as the patients would hand them in: {words.number(kept, 2)} % of the days written down"
    caption = (
        "One simulated trial, one row for each patient, one column for each day. Light to dark: mild, moderate, severe "
        "headache; grey: nothing written; a row ends where the patient left. Treatment starts at the line."
    )
    start = _start(diary)
    panels = [_calendar(arm, page, start) for arm, page in pages.items()]
    kinds = ("free", "mild", "moderate", "severe", "not written down")
    rows = [
        [arm, *(f"{100 * np.mean(page[page != LEFT] == k):.1f} %" for k in range(len(kinds)))]
        for arm, page in pages.items()
    ]
    return svg.Picture("calendar", title, caption, panels, 2, ["arm, share of days", *kinds], rows)


def _start(diary: pl.DataFrame) -> int:
    taken = diary.filter(pl.col("dose_taken") > 0)["day"]
    return int(taken.to_numpy().min()) if len(taken) else 0


def _page(diary: pl.DataFrame) -> np.ndarray:
    patients = diary["subject"].unique(maintain_order=True).to_list()[:SHOWN]
    rows = diary.filter(pl.col("subject").is_in(patients))
    day = rows["day"].to_numpy()
    row = np.searchsorted(np.sort(patients), rows["subject"].to_numpy())
    page = np.full((len(patients), int(day.max()) + 1), LEFT, dtype=np.int64)
    pain = (
        pl.when(pl.col("headache").is_null())
        .then(UNWRITTEN)
        .otherwise(
            pl.when(pl.col("headache").cast(pl.Int8) > 0).then(pl.col("severity").fill_null(1).clip(1, 3)).otherwise(0)
        )
    )
    page[row, day] = rows.select(pain.alias("pain"))["pain"].to_numpy()
    return page


def _calendar(arm: str, page: np.ndarray, start: int) -> svg.Panel:
    figure, axes = svg.canvas((528, 260), left=26, right=16)
    axes.imshow(DAY[page], aspect="auto", interpolation="none", extent=(0, page.shape[1], len(page), 0))
    if start:
        axes.axvline(start, color=svg.INK, linewidth=1.2)
    for edge in range(1, len(page)):
        axes.axhline(edge, color=svg.PAPER, linewidth=1.0)
    svg.ticks(axes, "y", [0.5, len(page) - 0.5], ["1", str(len(page))])
    svg.ticks(axes, "x", range(0, page.shape[1] + 1, DAYS_PER_MONTH))
    svg.label(axes, "day of the trial", "patient")
    pain = 100 * np.mean((page > 0) & (page < UNWRITTEN)) / max(np.mean(page < UNWRITTEN), 1e-9)
    alt = f"Diaries of {len(page)} patients on {arm}: headache on {pain:.0f} % of the days written down."
    return svg.Panel(arm, svg.write(figure, alt))
