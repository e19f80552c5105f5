"""An aura: a wave over a sheet of V1, and what a patient would draw of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from leao.cortex import request, retinotopy, sheet_experiment, sheet_request, visual_field


class AuraTexts(NamedTuple):
    """The half of the visual field and its eccentricities as texts; None for the usual."""

    hemifield: str = "left"
    eccentricity: str | None = None


class AuraResult(NamedTuple):
    """A wave over a sheet of V1, where its nodes lie in the visual field, and the plain answer."""

    answer: dict[str, Any]
    sheet: sheet_experiment.SheetResult
    field: retinotopy.FieldOfSheet
    ends: tuple[float, float]  # deg


def aura_done(
    ask: request.ExperimentRequest,
    texts: sheet_request.SheetTexts,
    shown: AuraTexts,
    excitability: ArrayLike | None = None,
    place: sheet_experiment.SheetPlace = sheet_experiment.NOWHERE,
) -> AuraResult:
    """Return what a stimulated disk of V1 does to half of the visual field.

    Args:
        ask: the tissue and the drug.
        texts: stimulus and sheet.
        shown: hemifield and eccentricities.
        excitability: factor on glutamate release at each node (y, x).
        place: folder of the snapshots; progress.
    """
    request.known("hemifield", shown.hemifield, list(retinotopy.HEMIFIELDS))
    c = retinotopy.constants()
    usual = c.lowest_eccentricity, c.highest_eccentricity
    ends = usual if shown.eccentricity is None else retinotopy.eccentricities(shown.eccentricity)
    grid = sheet_request.read(texts).grid
    field = retinotopy.field_of(grid, shown.hemifield, ends)
    done = sheet_experiment.sheet_done(ask, texts, excitability, place)
    rows = visual_field.scotoma(done.marched, grid, field)
    start = float(retinotopy.along(ends[0], done.asked.at[0]))
    answer = done.answer | {
        "hemifield": shown.hemifield,
        "eccentricity_deg": list(ends),
        "sheet_deg": [ends[0], float(retinotopy.along(ends[0], grid.width))],
        "start_deg": start,
        "scotoma": rows,
        "scotoma_control": None if done.control is None else visual_field.scotoma(done.control, grid, field),
        "lashley_deg": visual_field.lashley(rows, start),
        "drawing_rate_mm_per_min": c.drawing_rate,
        "imaged_speed_mm_per_min": c.imaged_speed,
    }
    return AuraResult(answer, done, field, ends)
