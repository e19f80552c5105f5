"""Draw docs/validation/sheet_arm.png: stills of a broken front whose free end comes back (`sheet_reentry`).

    python -m validation.sheet_still

Preset leao, the longer of the two sheets: extracellular K+ at the break and later. Takes a minute or two of a core.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np

from leao.core import files
from leao.cortex import preset_table
from leao.cortex.kernels import sheet as kernel
from validation import sheet_reentry
from validation.cortex_targets import DOCS

OUT = DOCS / "sheet_arm.png"
PRESET = "leao"
MINUTES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)  # after the break
LARGEST = 40.0  # mM, the end of the colours
ALT = "Extracellular potassium over the sheet at the break and later: the free end turns and comes back"
_MM, _S_PER_MIN = 1e3, 60.0


def draw(speed: float) -> None:
    """Write the picture; ``speed`` of a plane wave (mm/min)."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.use("Agg")
    piece = preset_table.under(preset_table.load(PRESET))
    marched, broken = sheet_reentry.marched(piece, speed, max(sheet_reentry.BEHIND[PRESET]))
    potassium = marched.seen[kernel.SEEN_K] * _MM
    height, width = (side * sheet_reentry.NODE for side in potassium.shape[1:])
    figure = Figure(figsize=(9.0, 6.4), dpi=110, layout="constrained")
    panels = figure.subplots(2, len(MINUTES) // 2, sharex=True, sharey=True)
    shown: Any = None
    for axes, minutes in zip(panels.flat, MINUTES, strict=True):
        row = min(int(np.ceil((broken + _S_PER_MIN * minutes) / sheet_reentry.EVERY)), len(potassium) - 1)
        shown = axes.imshow(
            potassium[row], origin="lower", extent=(0.0, width, 0.0, height), vmin=0.0, vmax=LARGEST, cmap="magma"
        )
        axes.axhline(0.5 * height, color="white", linewidth=0.6, linestyle=":")
        axes.set_title(f"{minutes:g} min after the break", fontsize=9)
    for axes in panels[-1]:
        axes.set_xlabel("mm")
    for axes in panels[:, 0]:
        axes.set_ylabel("mm")
    figure.colorbar(shown, ax=panels, label="K+ outside, mM", shrink=0.8)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    files.write_bytes(files.forget(OUT), buffer.getvalue())


def lines() -> list[str]:
    """Return what the page says of the picture; nothing where it was not drawn."""
    if not OUT.is_file():
        return []
    return [
        f"![{ALT}]({OUT.name})",
        "",
        f"Preset {PRESET}, {max(sheet_reentry.BEHIND[PRESET]):g} mm of tissue behind the break; the cut lies along the dotted"
        " line: the front runs to the right in the upper half; the lower half was put back to rest. Drawn by"
        " `python -m validation.sheet_still`.",
        "",
    ]


def main() -> None:
    """Draw the picture."""
    from validation import sheet_page

    draw(sheet_page.plane(preset_table.under(preset_table.load(PRESET))))
    print(OUT)


if __name__ == "__main__":
    main()
