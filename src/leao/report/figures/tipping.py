"""The map of deltas: which numbers added to imputed values would turn the answer of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from leao.core.special import ndtri
from leao.report import words
from leao.report.figures import svg

LEVEL = 0.05
SHOWN = 5  # rows and columns of the table behind the picture


def draw(tipping: Mapping[str, Any], better: str) -> svg.Picture:
    """Return the picture of one map.

    Args:
        tipping: one of ``sensitivity.tipping``.
        better: lower or higher.
    """
    control, active = np.array(tipping["delta_control"]), np.array(tipping["delta_active"])
    estimate, p = np.array(tipping["estimate"]), np.array(tipping["p"])
    good = estimate < 0.0 if better == "lower" else estimate > 0.0
    with svg.styled():
        figure, axes = svg.canvas((528, 400), left=56)
        z = np.where(good, 1.0, -1.0) * ndtri(1.0 - np.maximum(p, 1e-12) / 2.0)
        edge = float(ndtri(1.0 - LEVEL / 2.0))
        for shade, sign in ((svg.TEAL, 1.0), (svg.DRUG, -1.0)):
            axes.contourf(active, control, sign * z, levels=[edge, 99.0], colors=[shade], alpha=0.45)
        axes.axhline(0.0, color=svg.MUTED, linewidth=0.8)
        axes.axvline(0.0, color=svg.MUTED, linewidth=0.8)
        axes.plot([0.0], [0.0], "o", color=svg.INK, markersize=5)
        if tipping["tips_at"] is not None:
            axes.plot([tipping["tips_at"]], [0.0], "D", color=svg.BLUE, markersize=6)
        axes.set_xlim(active[0], active[-1])
        axes.set_ylim(control[0], control[-1])
        svg.label(axes, f"delta of {tipping['arm']}, {tipping['unit']}", "delta of the control")
        svg.grid(axes, rules="")
        panel = svg.Panel("", svg.write(figure, f"Map of deltas. {sentence(tipping)}"))
    places = np.linspace(0, len(active) - 1, SHOWN).round().astype(int)
    header = ["delta of the control, down; of the arm, across", *(words.number(active[k], 3) for k in places)]
    rows = [
        [words.number(control[i], 3), *(f"{words.number(estimate[i, j], 3)} (p {p[i, j]:.3f})" for j in places)]
        for i in places
    ]
    caption = (
        f"Green: significantly better at {100 * LEVEL:g} %; orange: significantly worse; blank: neither. "
        f"Black: nothing added. {sentence(tipping)}"
    )
    return svg.Picture("tipping", f"{tipping['arm']}: which deltas turn the answer", caption, [panel], 1, header, rows)


def sentence(tipping: Mapping[str, Any]) -> str:
    """Return what the map says in a sentence."""
    imputed = ", ".join(f"{n} of {arm}" for arm, n in tipping["imputed"].items())
    name = tipping["strategy"].replace("_", " ")
    if tipping["tips_at"] is None:
        text = "no delta of the arm alone within the map turns the answer"
    else:
        text = f"the answer turns where {words.number(tipping['tips_at'], 3)} is added to the arm alone (blue)"
    return f"Imputed under {name}: {imputed}; {text}."
