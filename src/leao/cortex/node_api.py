"""The calls of ``leao.cortex`` that look at one node without space: its portrait, and its export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core.result import Result
from leao.cortex import datasets, edits, phase_experiment, sbml
from leao.cortex.api import asked, finished

if TYPE_CHECKING:
    from leao.cortex.contract import Export, Phase


def phase(
    preset: str = "leao",
    compound: str | None = None,
    concentration: str | None = None,
    magnesium: str | None = None,
    antagonist: str | None = None,
    block: str | None = None,
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
) -> Result[Phase]:
    """Look at one node without space: where it rests, how far the fold is, what depolarises it, whether it cycles.

    Args:
        preset: a preset of the cortex.
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit.
        magnesium: free Mg2+ with its unit.
        antagonist: APV, CP-101606 or Ro-25-6981.
        block: what the antagonist takes, ``"50%"``.
        set: changed numbers of the tissue.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss, of a preset of the second model (``eaat``).
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.

    Raises:
        LeaoError: something that cannot be asked.
    """
    ask = asked(preset, compound, concentration)._replace(
        magnesium=magnesium, antagonist=antagonist, block=block, changes=tuple(set),
        conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia),
    )  # fmt: skip
    done = phase_experiment.phase_done(ask)
    return finished("phase", done, lambda: datasets.phase_dataset(done))


def export(
    out: str | Path,
    preset: str = "eaat",
    compound: str | None = None,
    concentration: str | None = None,
    set: Sequence[str] = (),
    tissue: str | None = None,
    oxygen: str | None = None,
    pump_neurone: str | None = None,
    pump_glia: str | None = None,
    add_kcl: str | None = None,
    add_glutamate: str | None = None,
    duration: str = "120 s",
) -> Result[Export]:
    """Write one node of the second model as SBML, beside it our own run of it as CSV to check another simulator.

    Args:
        out: the folder for ``node.xml`` and ``node.csv``.
        preset: a preset of the second model.
        compound: a pore blocker; memantine where only a concentration is given.
        concentration: its free level with its unit.
        set: changed numbers of the tissue.
        tissue: slice_ca1, anoxia, fhm1, fhm2, fhm3 or aqp4_loss.
        oxygen: supply over that of rest, ``"50%"``; 0 is anoxia.
        pump_neurone: share of the neuronal pumps that works.
        pump_glia: share of the glial pumps that works.
        add_kcl: KCl added outside at once, ``"8 mM"``.
        add_glutamate: glutamate added outside at once, ``"20 uM"``.
        duration: of our own run.

    Raises:
        LeaoError: something that cannot be asked, or a folder that cannot be written.
    """
    ask = asked(preset, compound, concentration)._replace(
        changes=tuple(set), conditions=edits.ConditionTexts(tissue, oxygen, pump_neurone, pump_glia)
    )
    answer: Any = sbml.node_done(ask, (add_kcl, add_glutamate), duration, Path(out))
    return Result("export", answer)
