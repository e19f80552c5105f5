"""A disk of cortex stimulated on a sheet, with a drug and without: plain answers and what is behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.cortex import (
    experiments,
    request,
    sheet_field,
    sheet_march,
    sheet_measures,
    sheet_request,
    sheet_state,
    solve,
)
from leao.cortex.sheet_keep import Keeper

Array = NDArray[np.float64]

Progress = Callable[[str, int, int], None]


class SheetResult(NamedTuple):
    """A march, its control without drug and antagonist (None where there is neither), and the plain answer."""

    answer: dict[str, Any]
    pair: tuple[solve.TissueSlice, solve.TissueSlice]
    marched: sheet_march.Marched
    control: sheet_march.Marched | None
    asked: sheet_request.SheetRequest
    excitability: Array


class SheetPlace(NamedTuple):
    """Where snapshots lie and who is told how far it is."""

    folder: Path | None = None
    progress: Progress = lambda *_: None


NOWHERE = SheetPlace()


def sheet_done(
    ask: request.ExperimentRequest,
    texts: sheet_request.SheetTexts,
    excitability: ArrayLike | None = None,
    place: SheetPlace = NOWHERE,
) -> SheetResult:
    """Return what a stimulated disk does to a sheet of cortex.

    Args:
        ask: the tissue and the drug.
        texts: stimulus and sheet.
        excitability: factor on glutamate release at each node (y, x).
        place: folder of the snapshots, by which a killed run goes on; progress.
    """
    sheet_request.read(texts)  # what a user got wrong is told before the tissue is made
    values, concentration = request.tissue(ask), request.level(ask)
    texts = sheet_request.with_step(texts, values.cortex)
    asked = sheet_request.read(texts)
    treated, free = request.slice_at(values, concentration), request.untreated(values)
    same = concentration == 0.0 and values.antagonist is None
    sheet_request.check_memory(asked.grid, len(treated.receptors.names), 1 if same else 2)
    driven = sheet_request.drive(values.cortex, asked, excitability, texts.field)
    marches = {"sheet": treated} if same else {"sheet": treated, "sheet without drug": free}
    question = (
        ask._asdict() | {"conditions": ask.conditions._asdict()} | texts._asdict() | {"threads": None}
        | {"excitability": _hash(driven.excitability), "receptors": _hash(driven.receptors), "field": None}
    )  # fmt: skip
    ended = []
    for name, piece in marches.items():
        keeper = None if place.folder is None else Keeper(place.folder, name.replace(" ", "_"), question)
        ended.append(_march(piece, driven, asked, keeper, _told(place.progress, name)))
    marched, control = ended[0], ended[1] if len(ended) > 1 else None
    grid = asked.grid
    answer = {
        "preset": ask.preset,
        **sheet_measures.measures(treated, marched, asked),
        "control": None if control is None else sheet_measures.measures(free, control, asked),
        **experiments.treatment(values, (free, treated), concentration),
        **request.condition_answer(ask),
        "stimulus": asked.stimulus.kind,
        "strength": asked.stimulus.strength,
        "strength_unit": request.UNITS[asked.stimulus.kind],
        "at_mm": list(asked.at),
        "radius_mm": asked.stimulus.zone,
        "width_mm": grid.width,
        "height_mm": grid.height,
        "node_mm": grid.node,
        "nodes": [grid.ny, grid.nx],
        "dt_s": grid.dt,
        "run_s": grid.duration,
        "field": None if texts.field is None else sheet_field.name_of(texts.field),
        "field_percent": _differs(driven),
        "return_path": texts.return_path,
        "return_length_mm": asked.return_length,
        "potential_tolerance": sheet_state.TOLERANCE,
        "cycles_per_step": marched.cycles,
        "cpu_s": marched.cpu_s + (control.cpu_s if control else 0.0),
    }
    return SheetResult(answer, (treated, free), marched, control, asked, driven.excitability)


def _hash(values: Array | None) -> str | None:
    return None if values is None else hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def _differs(driven: sheet_march.SheetDrive) -> float:
    """Return the share of the nodes that are not like the rest of the sheet, %."""
    other = driven.excitability != 1.0
    if driven.receptors is not None:
        other = other | (driven.receptors != 1.0).any(axis=0)
    return 100.0 * float(other.mean())


def _told(progress: Progress, name: str) -> Progress:
    return lambda _, done, of: progress(name, done, of)


def _march(
    piece: solve.TissueSlice,
    driven: sheet_march.SheetDrive,
    asked: sheet_request.SheetRequest,
    keeper: Keeper | None,
    progress: Progress,
) -> sheet_march.Marched:
    options = sheet_march.SheetOptions(
        asked.threads,
        asked.return_length,
        progress=progress,
        keep=None if keeper is None else keeper.keep,
        start=None if keeper is None else keeper.last(),
    )
    marched = sheet_march.march(piece, driven, asked.grid, options)
    if keeper is not None:
        keeper.drop()
    return marched
