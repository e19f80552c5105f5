"""What memantine changes on a sheet, over a few weighted members: threshold area, speed, invaded area, length of aura.

The rule, set before the first run:
    tissues     of preset leao's ensemble the ``FEW`` sets of lowest loss, at equal weights; of the second model's
                members (docs/validation/cortex_candidates.csv) the heaviest of each of the ``FEW`` heaviest lineages,
                at the members' weights; the two groups at a half each
    levels      free in the brain at 10 mg a day, the median of `leao plan`, and 1 uM; set later, before it was run: the
                median of the patients that `leao run` of the shipped scenario simulates at that dose, ``RUN``, which
                is lower than that of the one standard person of `leao plan`, and the sentence at it, too
    steps       40 ms, the second model 20 ms
    area        a quarter of a sheet of 2 x ``SIDE`` mm, usual KCl in its middle: area depolarised within ``MINUTES``,
                without the disk; the sheet is wide enough for the wave not to reach its edge
    aura        a strip of ``LENGTH`` mm of V1: speed from 4 mm on, time a place stays depolarised (median), and the
                time from the first depolarisation to the last repolarisation
    threshold   area of the weakest disk of KCl of 1.25 W, W by the tissue without drug (`sheet_critical`)
    sentence    the weighted mean of the ratios at the median of 10 mg a day, with the lowest and highest tissue; a
                tissue without a wave counts as speed, area and aura 0 and is named
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from leao.cortex import drugged_receptors, ensemble, preset_table, sheet_march, sheet_request, solve
from leao.plan import api as plan
from validation import cortex_members, sheet_critical, sheet_kept
from validation.second_model_page import grid

FEW = 2
DOSE, HIGH = "10 mg daily", 1.0
RUN = 0.084  # uM
NODE = 0.08
SIDE, MINUTES = 8.64, 2.0
LENGTH, WIDTH, LONGEST = 20.0, 0.16, 16.0  # mm, mm, minutes
FROM = 4.0  # mm
FACTOR = 1.25
_S_PER_MIN = 60.0
QUANTITIES = {
    "threshold": "threshold area, mm²",
    "speed": "speed, mm/min",
    "invaded": f"invaded in {MINUTES:g} min, mm²",
    "lasts": "a place depolarised, s",
    "aura": f"aura over {LENGTH:g} mm, min",
}


class Tissue(NamedTuple):
    """A tissue, its weight and its step."""

    name: str
    weight: float
    cortex: solve.Cortex


class Measured(NamedTuple):
    """What was measured in a tissue at a level (uM); a quantity that is not there is nan."""

    tissue: str
    weight: float
    level: float
    values: dict[str, float]


def levels() -> dict[str, float]:
    """Return the free levels (uM) by what they are."""
    forecast = plan.check(dose=DOSE).summary["forecast"]
    if forecast is None:
        raise ValueError(DOSE)
    free = forecast["free_brain_uM"]
    return {"none": 0.0, "10 mg a day, a run": RUN, "10 mg a day": free["median"], "1 µM": HIGH}


def tissues() -> list[Tissue]:
    """Return the tissues of the rule."""
    first = sorted(ensemble.members(), key=lambda each: each.loss)[:FEW]
    rows = [Tissue(f"leao, set {each.member}", 0.5 / FEW, each.cortex) for each in first]
    of = cortex_members.members()
    weight = cortex_members.weights(of)
    heaviest: dict[int, int] = {}
    for place in np.argsort(-weight):
        heaviest.setdefault(of[place].lineage, int(place))
    chosen = list(heaviest.values())[:FEW]
    share = 0.5 * weight[chosen] / weight[chosen].sum()
    return rows + [
        Tissue(f"second model, {(cortex := cortex_members.tissue(of[place])).name}", float(tissue_share), cortex)
        for place, tissue_share in zip(chosen, share, strict=True)
    ]


def measured() -> list[Measured]:
    """Return what was measured in every tissue at every level; what is kept is not computed again."""
    out = []
    for tissue in tissues():
        for level in levels().values():
            values = sheet_kept.once(
                f"{tissue.name} at {level:.6g} uM", lambda t=tissue, at=level: _values(t.cortex, at)
            )
            out.append(Measured(tissue.name, tissue.weight, level, values))
    return out


def _values(cortex: solve.Cortex, level: float) -> dict[str, float]:
    weakest = sheet_critical.weakest(preset_table.under(cortex))
    piece = preset_table.under(cortex, drugged_receptors.Drug("memantine", level) if level else None)
    return {"threshold": _threshold(piece, FACTOR * weakest)} | _area(piece) | _strip(piece)


def _threshold(piece: solve.TissueSlice, strength: float) -> float:
    known = sheet_critical.critical(piece, strength)
    resolved = known.spreads >= sheet_critical.RESOLVED * sheet_critical.NODE
    return known.area if np.isinf(known.spreads) or resolved else float("nan")


def _march(piece: solve.TissueSlice, texts: sheet_request.SheetTexts) -> sheet_march.Marched:
    asked = sheet_request.read(sheet_request.with_step(texts, piece.cortex))
    driven = sheet_request.drive(piece.cortex, asked, None)
    return sheet_march.march(piece, driven, asked.grid, sheet_march.SheetOptions())


def _area(piece: solve.TissueSlice) -> dict[str, float]:
    texts = sheet_request.SheetTexts(
        at="0,0 mm", size=f"{SIDE} mm", node=f"{NODE} mm", minutes=MINUTES, every="10 s", threads=1
    )
    arrival = _march(piece, texts).arrival
    radius = sheet_request.numbers().radius
    outside = np.hypot(*np.meshgrid(*(2 * [(np.arange(arrival.shape[0]) + 0.5) * NODE]))) > radius
    return {"invaded": 4.0 * NODE**2 * float((np.isfinite(arrival) & outside).sum())}


def _strip(piece: solve.TissueSlice) -> dict[str, float]:
    texts = sheet_request.SheetTexts(
        at=f"0,{WIDTH / 2} mm", size=f"{LENGTH},{WIDTH} mm", node=f"{NODE} mm", minutes=LONGEST,
        every="60 s", threads=1,
    )  # fmt: skip
    marched = _march(piece, texts)
    arrival, ended = marched.arrival[0], marched.ended[0]
    place = (np.arange(arrival.size) + 0.5) * NODE
    if not np.isfinite(arrival).all():
        return {"speed": 0.0, "lasts": 0.0, "aura": 0.0}
    used = place > FROM
    speed = _S_PER_MIN / np.polyfit(arrival[used], place[used], 1)[0] ** -1
    over = bool(np.isfinite(ended).all())
    aura = float(ended.max() - arrival.min()) / _S_PER_MIN if over else float("nan")
    return {"speed": float(speed), "lasts": float(np.nanmedian((ended - arrival)[used])), "aura": aura}


def table(rows: list[Measured]) -> list[str]:
    """Return the table of the page."""
    cells = [
        [row.tissue, f"{row.weight:.3f}", f"{row.level:.3g}", *(_shown(row.values[name]) for name in QUANTITIES)]
        for row in rows
    ]
    return grid(["tissue", "weight", "memantine, µM free", *QUANTITIES.values()], cells)


def _shown(value: float) -> str:
    if np.isnan(value):
        return "not read"
    return "none" if np.isinf(value) else f"{value:.3g}"


def ratios(rows: list[Measured], level: float) -> dict[str, tuple[float, float, float, int]]:
    """Return, of each quantity at ``level`` over that without, the weighted mean, lowest, highest and how many tissues."""
    out = {}
    free = {row.tissue: row for row in rows if row.level == 0.0}
    for name in QUANTITIES:
        known = [
            (row.values[name] / free[row.tissue].values[name], row.weight)
            for row in rows
            if row.level == level and np.isfinite(row.values[name]) and free[row.tissue].values[name] > 0.0
        ]
        ratio, weight = (np.array(part) for part in zip(*known, strict=True)) if known else (np.array([np.nan]),) * 2
        out[name] = (float((ratio * weight).sum() / weight.sum()), ratio.min(), ratio.max(), len(known))
    return out


def sentence(rows: list[Measured], level: float, what: str) -> str:
    """Return what a level changes, in one sentence."""
    of, every = ratios(rows, level), len({row.tissue for row in rows})
    parts = []
    for name, words in (
        ("threshold", "the area of cortex that a weak KCl must reach to start a wave"),
        ("speed", "its speed"),
        ("invaded", f"the area invaded within {MINUTES:g} minutes"),
        ("aura", f"the length of an aura over {LENGTH:g} mm of V1"),
    ):
        mean, low, high, count = of[name]
        few = "" if count == every else f", in {count} of {every} tissues"
        parts.append(f"{words} by {100 * (mean - 1):+.1f} % ({100 * (low - 1):+.1f} to {100 * (high - 1):+.1f}{few})")
    crossed = sum(row.values["speed"] > 0.0 for row in rows if row.level == level)
    return (
        f"In this model {what} ({level:.2g} µM free) changes {', '.join(parts[:-1])} and {parts[-1]}. The usual KCl still"
        f" starts a wave that crosses V1 in {crossed} of {every} tissues: an aura that begins is not shortened. Radii are"
        f" bracketed to {100 * sheet_critical.BRACKET:g} %, so that a ratio of areas is known to some 10 %."
    )
