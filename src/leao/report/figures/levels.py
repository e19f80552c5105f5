"""Plasma levels over time as a band: median and 90 % of people and of what is not known."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.report.figures import svg

SIZE = (720, 290)


def bands(rows: Any) -> str:
    """Return the first person's levels as inline SVG; ``rows`` has median, p05, p95 over ``day`` or ``time_h``."""
    name, unit = ("day", "day") if "day" in rows.columns else ("time_h", "time, h")
    if "id" in rows.columns:
        rows = rows.filter(rows["id"] == rows["id"][0])
    figure, axes = svg.canvas(SIZE)
    quantiles = np.array([rows[key].to_numpy() for key in ("p05", "median", "p95")])
    x = rows[name].to_numpy()
    svg.band(axes, x, quantiles, svg.DRUG)
    svg.label(axes, unit, "plasma, ng/mL")
    axes.set_ylim(bottom=0)
    axes.set_xlim(float(x[0]), float(x[-1]))
    svg.grid(axes, xticks=8)
    last = quantiles[:, -1]
    return svg.write(
        figure, f"Plasma level: median {last[1]:.0f} ng/mL at the end, 90 % {last[0]:.0f} to {last[2]:.0f}."
    )
