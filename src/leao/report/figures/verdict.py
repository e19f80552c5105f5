"""Two answers side by side: what the CSD route predicts and what the trials found."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from leao.chain.run_contract import RunSummary
from leao.core.runs import Groups
from leao.report import words
from leao.report.figures import svg
from leao.report.figures.tree import group, names, values

TICKS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.25, 1.5, 2.0)
BINS = 10


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the densities of the log rate ratio, mechanistic beside empirical, one panel for each prior."""
    verdict = summary["verdict"]
    mechanistic = verdict["mechanistic_rate_ratio"]
    neutral = verdict["empirical_rate_ratio"].get("neutral")
    title = f"The CSD route gives a rate ratio of {words.ratio(mechanistic)}, "
    title += f"the published trials {words.ratio(neutral)}"
    data = group(tree, "verdict", "mechanistic_log_rr", "empirical_log_rr")
    if data is None:
        return svg.missing("verdict", title)
    caption = (
        "Attack rate on drug over placebo, logarithmic axis; each density is drawn to the same height. The dashed line "
        "is half of the median published effect: a route that explains at least half of it lies left of the line."
    )
    logs = values(data, "mechanistic_log_rr").ravel(), values(data, "empirical_log_rr")
    panels = [density(logs[0], logs[1][k], name) for k, name in enumerate(names(data, "prior"))]
    rows = [["mechanistic", words.ratio(mechanistic), "90 % range"]]
    rows += [
        [f"empirical, {name} prior", words.ratio(estimate), "95 % interval"]
        for name, estimate in verdict["empirical_rate_ratio"].items()
    ]
    return svg.Picture("verdict", title, caption, panels, 2, ["rate ratio of attacks", "value", "range"], rows)


def smooth(draws: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a Gaussian kernel density of ``draws`` at ``places``, its peak scaled to one; mirrored at zero.

    Draws that all lie on one side of zero are reflected there, so that no weight leaks across.
    """
    one_sided = bool(np.all(draws <= 0) or np.all(draws >= 0))
    low, high = np.quantile(draws, [0.25, 0.75])
    step = places[1] - places[0]
    width = max(0.9 * min(draws.std(), (high - low) / 1.34) * len(draws) ** -0.2, 1.5 * step)
    kernel = np.exp(-0.5 * (np.arange(-4 * width, 4 * width + step, step) / width) ** 2)
    edges = np.append(places - step / 2, places[-1] + step / 2)
    counts = np.histogram(np.concatenate([draws, -draws]) if one_sided else draws, edges)[0].astype(float)
    # The kernel may be longer than the grid; "full" and a centred cut keep the places.
    density = np.convolve(counts, kernel, mode="full")[len(kernel) // 2 :][: len(places)]
    if one_sided:
        density[places > step / 2 if np.median(draws) <= 0 else places < -step / 2] = 0
    return density / density.max()


def density(mechanism: NDArray[np.float64], trials: NDArray[np.float64], name: str) -> svg.Panel:
    """Return log rate ratios of the route beside those of the trials under the prior called ``name``."""
    figure, axes = svg.canvas(svg.HALF, left=8, right=14)
    trials = trials.ravel()
    both = np.concatenate([mechanism, trials])
    low, high = np.quantile(both, [0.002, 0.998])
    span = max(high, 0.0) - low
    places = np.linspace(low - 0.1 * span, max(high, 0.0) + 0.12 * span, 420)
    for draws, colour, text, level in (
        (trials, svg.INK, f"published trials, {name} prior", 1.07),
        (mechanism, svg.DRUG, "CSD route", 1.2),
    ):
        height = smooth(draws, places)
        axes.fill_between(places, height, color=colour, alpha=0.18, linewidth=0)
        axes.plot(places, height, color=colour)
        peak = float(places[np.argmax(height)])
        share = (peak - places[0]) / (places[-1] - places[0])
        svg.mark(axes, (peak, level), text, colour, _align(share))
    half = float(np.median(trials)) / 2
    axes.plot([half, half], [0, 1.0], color=svg.MUTED, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_ylim(0, 1.32)
    _ratio_axis(axes, places)
    middle = [np.exp(np.median(draws)) for draws in (mechanism, trials)]
    alt = f"Densities of the rate ratio, {name} prior: CSD route centred on {middle[0]:.3f}, trials on {middle[1]:.2f}."
    return svg.Panel(f"{name.capitalize()} prior", svg.write(figure, alt))


def _align(share: float) -> str:
    """Return how a name is aligned at a share of the axis, so that it stays inside."""
    if share < 0.35:
        return "left"
    return "right" if share > 0.65 else "center"


def _ratio_axis(axes: Any, places: NDArray[np.float64]) -> None:
    inside = [tick for tick in TICKS if places[0] <= np.log(tick) <= places[-1]]
    axes.set_xlim(places[0], places[-1])
    axes.rules = "y"
    svg.ticks(axes, "x", np.log(inside), [f"{tick:g}" for tick in inside])
    svg.ticks(axes, "y", [])
    svg.label(axes, "attack rate, drug over placebo", "")


def assumptions(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the verdict against the two numbers of the link, kappa and the trigger slope, and against both."""
    data = group(tree, "verdict", "mechanistic_log_rr", "kappa", "trigger_slope")
    if data is None:
        return svg.missing("assumptions", "The verdict against the numbers of the link")
    share = values(data, "share").ravel() if "share" in data else np.full(data.sizes["draw"], np.nan)
    what = "share of the published effect explained, %"
    claim = "explain less than {} % of the published effect"
    if not np.isfinite(share).any():
        claim = "prevent less than {} % of the attacks"
        share, what = 1 - np.exp(values(data, "mechanistic_log_rr").ravel()), "attacks prevented by the CSD route, %"
    answer = 100 * share
    kappa, slope = values(data, "kappa").ravel(), values(data, "trigger_slope").ravel()
    best = np.nanquantile(answer, 0.95)
    title = "Whatever the link is within what other preventives allow, 95 % of the draws " + claim.format(
        words.number(float(best))
    )
    caption = (
        "What the route explains against kappa, attacks prevented per fall of wave counts (left), and the steepness "
        "with which attacks fall as the threshold rises (middle): median and 90 % of the draws. Right: both. "
        "Kappa comes from other preventives; no trial of this drug was used to set it."
    )
    panels = [
        _against(kappa, answer, ("kappa", what), False),
        _against(slope, answer, ("trigger slope", what), True),
        _map(kappa, slope, answer),
    ]
    rows = _table(kappa, answer, "kappa") + _table(slope, answer, "trigger slope")
    header = ["number of the link", "centre of the bin", f"{what}, median (90 % of draws)"]
    return svg.Picture("assumptions", title, caption, panels, 3, header, rows)


def _binned(x: NDArray[np.float64], answer: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    order = np.array_split(np.argsort(x), BINS)
    centres = np.array([np.median(x[part]) for part in order])
    return centres, np.array([np.nanquantile(answer[part], [0.05, 0.5, 0.95]) for part in order]).T


def _table(x: NDArray[np.float64], answer: NDArray[np.float64], name: str) -> list[list[str]]:
    centres, bands = _binned(x, answer)
    spreads = [{"median": q[1], "p05": q[0], "p95": q[2]} for q in bands.T.tolist()]
    return [[name, words.number(c), words.spread(s)] for c, s in zip(centres.tolist(), spreads, strict=True)]


def _against(
    x: NDArray[np.float64], answer: NDArray[np.float64], labels: tuple[str, str], logarithmic: bool
) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    centres, bands = _binned(x, answer)
    svg.band(axes, centres, bands, svg.DRUG)
    svg.label(axes, labels[0], labels[1])
    svg.grid(axes)
    axes.set_ylim(bottom=min(0, bands.min()))
    if logarithmic and centres.min() > 0:
        svg.log_ticks(axes, "x", svg.decades(centres[0], centres[-1]) or [float(centres[BINS // 2])])
    axes.set_xlim(centres[0], centres[-1])
    alt = f"{labels[1]} against {labels[0]}: median {bands[1, 0]:.2g} at {centres[0]:.2g}, "
    alt += f"{bands[1, -1]:.2g} at {centres[-1]:.2g}."
    return svg.Panel(labels[0].capitalize(), svg.write(figure, alt))


def _map(wave: NDArray[np.float64], slope: NDArray[np.float64], answer: NDArray[np.float64]) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD, left=44, right=16)
    cuts = [np.quantile(x, np.linspace(0, 1, 6)) for x in (wave, slope)]
    both = zip(cuts, (wave, slope), strict=True)
    bins = [np.clip(np.searchsorted(cut, x, side="right") - 1, 0, 4) for cut, x in both]
    table = np.full((5, 5), np.nan)
    for row in range(5):
        for column in range(5):
            here = answer[(bins[0] == column) & (bins[1] == row)]
            table[row, column] = np.nanmedian(here) if np.isfinite(here).any() else np.nan
    top = np.nanmax(table) or 1.0
    for row, column in np.ndindex(table.shape):
        if np.isfinite(table[row, column]):
            depth = 0.06 + 0.6 * max(0.0, float(table[row, column] / top))
            axes.add_patch(_cell(column, row, depth))
            svg.mark(axes, (column + 0.5, row + 0.5), words.number(float(table[row, column])), svg.INK, "center")
    axes.set_xlim(0, 5)
    axes.set_ylim(0, 5)
    middle = [[float(np.median(x[b == k])) for k in range(5)] for b, x in zip(bins, (wave, slope), strict=True)]
    svg.ticks(axes, "x", np.arange(5) + 0.5, [words.number(m) for m in middle[0]])
    svg.ticks(axes, "y", np.arange(5) + 0.5, [words.number(m) for m in middle[1]])
    svg.label(axes, "kappa", "trigger slope; cells: median, %")
    alt = f"Median for pairs of kappa and trigger slope: {np.nanmin(table):.2g} to {np.nanmax(table):.2g} %."
    return svg.Panel("Both together", svg.write(figure, alt))


def _cell(column: int, row: int, depth: float) -> Any:
    return Rectangle((column + 0.02, row + 0.03), 0.96, 0.94, facecolor=svg.DRUG, alpha=depth, linewidth=0)
