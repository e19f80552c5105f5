"""The calls of ``leao.cortex`` that need two dimensions: a wave over a sheet of cortex, and the aura it makes.

Arguments bear the names of the command line's options and take the same texts with units; the summary is what the
command prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from leao.core.progress import Progress, shown
from leao.core.result import Result
from leao.cortex import api, aura_experiment, edits, sheet_dataset, sheet_experiment, sheet_field, sheet_request

if TYPE_CHECKING:
    from leao.cortex.sheet_contract import Aura, Sheet


def sheet(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = None,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    stimulus: str = "kcl",
    strength: str | None = None,
    at: str | None = None,
    radius: str | None = None,
    size: str = "20 mm",
    node: str = "80 um",
    dt: str | None = None,
    minutes: float = 4.0,
    every: str = "2 s",
    return_path: str = "none",
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    threads: int | None = None,
    excitability: ArrayLike | None = None,
    field: str | Path | sheet_field.Held | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Result[Sheet]:
    """Start a wave on a flat sheet of cortex and measure it; ``data`` holds the pictures over (time, y, x).

    Beside it the same without drug. 20 mm at 80 um take some minutes; try ``size="5 mm", minutes=1`` first.

    Args:
        preset: a preset of the cortex whose receptors have kinetics of their own: leao or eaat.
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit, for example ``"0.3 uM"``.
        magnesium: free Mg2+ with its unit, an acute change; else the preset's.
        antagonist: APV, CP-101606 or Ro-25-6981: a scaled conductance, not kinetics.
        block: what the antagonist takes from the subtypes it reaches, ``"50%"``.
        stimulus: kcl, glutamate, pulse or charge.
        strength: of the stimulus, with its unit; else well above the line's threshold.
        at: middle of the stimulated disk, x and y from the lower left corner, ``"3,10 mm"``.
        radius: of the stimulated disk.
        size: of the sheet: one length for a square, or width and height, ``"20,10 mm"``.
        node: side of a node.
        dt: time step; 40 ms, with a preset of the second model 20 ms.
        minutes: of model time.
        every: time between pictures.
        return_path: none (closed sheet) or csf: current returns through a well-conducting layer above.
        set: changed numbers of the tissue, such as ``["nmda=1e-4 cm/s"]``.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        threads: over which the rows are spread; all cores where None. The answer is the same.
        excitability: factor on glutamate release at each node (y, x), 0 or more; None for 1 everywhere.
        field: file of places that differ: x_mm, y_mm (radius_mm for disks), excitability, scar, share_2C_2D.
        out: folder for snapshots, so that the same call goes on where a killed one stopped.
        progress: called with a step, the time steps done and their number.

    Raises:
        LeaoError: something that cannot be asked, or an integration that failed; says what to type instead.
    """
    ask = api.asked(preset, compound, concentration)._replace(
        magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(set),
        conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia),
    )  # fmt: skip
    texts = sheet_request.SheetTexts(
        stimulus, strength, at, radius, size, node, dt, minutes, every, return_path, threads,
        field if field is None or isinstance(field, sheet_field.Held) else str(field),
    )  # fmt: skip
    place = sheet_experiment.SheetPlace(None if out is None else Path(out), shown(progress))
    done = sheet_experiment.sheet_done(ask, texts, excitability, place)
    return api.finished("sheet", done, lambda: sheet_dataset.dataset(done))


def aura(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = None,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    stimulus: str = "kcl",
    strength: str | None = None,
    at: str | None = None,
    radius: str | None = None,
    size: str = "20 mm",
    node: str = "80 um",
    dt: str | None = None,
    minutes: float = 4.0,
    every: str = "2 s",
    return_path: str = "none",
    hemifield: str = "left",
    eccentricity: str | None = None,
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    threads: int | None = None,
    excitability: ArrayLike | None = None,
    field: str | Path | sheet_field.Held | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Result[Aura]:
    """Start a wave on a sheet of V1 and follow it through half of the visual field, as a patient would draw it.

    The sheet's left edge lies at the lowest eccentricity, its middle row on the horizontal meridian. Beside it the same
    without drug; ``data`` holds the pictures and where each node lies in the field.

    Args:
        preset: a preset of the cortex whose receptors have kinetics of their own: leao or eaat.
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit, for example ``"0.3 uM"``.
        magnesium: free Mg2+ with its unit, an acute change; else the preset's.
        antagonist: APV, CP-101606 or Ro-25-6981: a scaled conductance, not kinetics.
        block: what the antagonist takes from the subtypes it reaches, ``"50%"``.
        stimulus: kcl, glutamate, pulse or charge.
        strength: of the stimulus, with its unit; else well above the line's threshold.
        at: middle of the stimulated disk, x and y from the lower left corner, ``"3,10 mm"``.
        radius: of the stimulated disk.
        size: of the sheet: one length for a square, or width and height, ``"20,10 mm"``.
        node: side of a node.
        dt: time step; 40 ms, with a preset of the second model 20 ms.
        minutes: of model time.
        every: time between pictures.
        return_path: none (closed sheet) or csf: current returns through a well-conducting layer above.
        hemifield: left or right half of the visual field.
        eccentricity: lowest and highest eccentricity that are drawn, ``"0.5-40"`` degrees.
        set: changed numbers of the tissue, such as ``["nmda=1e-4 cm/s"]``.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        threads: over which the rows are spread; all cores where None. The answer is the same.
        excitability: factor on glutamate release at each node (y, x), 0 or more; None for 1 everywhere.
        field: file of places that differ: x_mm, y_mm (radius_mm for disks), excitability, scar, share_2C_2D.
        out: folder for snapshots, so that the same call goes on where a killed one stopped.
        progress: called with a step, the time steps done and their number.

    Raises:
        LeaoError: something that cannot be asked, or an integration that failed; says what to type instead.
    """
    ask = api.asked(preset, compound, concentration)._replace(
        magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(set),
        conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia),
    )  # fmt: skip
    texts = sheet_request.SheetTexts(
        stimulus, strength, at, radius, size, node, dt, minutes, every, return_path, threads,
        field if field is None or isinstance(field, sheet_field.Held) else str(field),
    )  # fmt: skip
    place = sheet_experiment.SheetPlace(None if out is None else Path(out), shown(progress))
    aura_texts = aura_experiment.AuraTexts(hemifield, eccentricity)
    done = aura_experiment.aura_done(ask, texts, aura_texts, excitability, place)
    return api.finished("aura", done, lambda: sheet_dataset.of_aura(done))
