"""A sheet of cortex as a folder: the answer, the pictures over time as fields, and one page that plays them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import files
from leao.cortex import sheet_dataset, sheet_experiment, sheet_measures
from leao.cortex.aura_experiment import AuraResult
from leao.report import cortex_words, field_film, film, page, sheet_words, words
from leao.report.figures import cortex_sheet, svg
from leao.report.figures import sheet as drawing

TITLES = {"sheet": "A wave over a sheet of cortex", "aura": "The aura of a wave over V1"}
SHOWN = (("potassium_outside", "K⁺ outside", "mM"), ("voltage", "Neurones", "mV"), ("dc", "DC potential", "mV"))


class Screen(NamedTuple):
    """One canvas of the page."""

    title: str
    reel: int
    width: int
    height: int
    alt: str
    scale: str


class Row(NamedTuple):
    """Canvases side by side; ``field`` for the visual field."""

    title: str
    screens: list[Screen]
    field: bool = False


class Films(NamedTuple):
    """What is played: the frames' times in s, the packed reels by number, and the canvases that show them."""

    times: list[float]
    reels: list[dict[str, Any]]
    rows: list[Row]


def write(kind: str, answer: Mapping[str, Any], done: Any, out: Path) -> Path:
    """Write ``result.json``, ``fields.zarr`` (beside it those without drug), the stills and ``index.html``.

    Raises:
        RunError: the folder cannot be written.
    """
    runs = datasets(done)
    for case, run in runs.items():
        with files.folder(out / f"fields{'_without' if case == 'without' else ''}.zarr") as store:
            run.to_zarr(store, mode="w", zarr_format=2, consolidated=True)
    with svg.styled():
        pictures = drawn(done, runs)
    for picture in pictures:
        files.write_text(out / f"{picture.name}.svg", drawing.standalone(picture))
        files.write_bytes(out / f"{picture.name}.png", picture.png)
    answer = dict(answer) | {"out": str(out)}
    files.write_text(out / "result.json", json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    files.write_text(out / "index.html", render(kind, answer, done, runs, pictures))
    return out


def datasets(done: Any) -> dict[str, Any]:
    """Return the runs by case: with and without drug, or the one that was asked for."""
    make: Any = sheet_dataset.of_aura if isinstance(done, AuraResult) else sheet_dataset.dataset
    if sheet(done).control is None:
        return {"found": make(done)}
    return {"with": make(done), "without": make(done, control=True)}


def sheet(done: Any) -> sheet_experiment.SheetResult:
    """Return the wave behind an aura, or the wave itself."""
    return done.sheet if isinstance(done, AuraResult) else done


def drawn(done: Any, runs: Mapping[str, Any] | None = None) -> list[drawing.Drawn]:
    """Return the stills and curves of a sheet; with ``svg.styled``."""
    runs = datasets(done) if runs is None else runs
    wave = sheet(done)
    pictures = [cortex_sheet.stills(runs)]
    marches = {"found": wave.marched} if wave.control is None else {"with": wave.marched, "without": wave.control}
    fronts = {case: sheet_measures.rings(each, wave.asked) for case, each in marches.items()}
    known = {case: front for case, front in fronts.items() if front is not None}
    if known:
        pictures.append(cortex_sheet.speed(known))
    if isinstance(done, AuraResult) and done.answer["scotoma"]:
        pictures.append(cortex_sheet.edges(done.answer))
    return pictures


def names(done: Any) -> list[str]:
    """Return the names of the pictures of a sheet."""
    wave = sheet(done)
    marches = [wave.marched, *([wave.control] if wave.control else [])]
    rings = ["curvature"] if any(sheet_measures.rings(each, wave.asked) for each in marches) else []
    return ["stills", *rings, *(["edge"] if isinstance(done, AuraResult) and done.answer["scotoma"] else [])]


def render(
    kind: str, answer: Mapping[str, Any], done: Any, runs: Mapping[str, Any], pictures: list[drawing.Drawn]
) -> str:
    """Return one sheet, or one aura, as the text of one self-contained HTML page."""
    played = films(answer, done, runs)
    header, table = sheet_words.sheet_rows(answer)
    return page.render(
        "sheet.html.j2",
        title=TITLES[kind],
        sentence=(sheet_words.aura if kind == "aura" else sheet_words.sheet)(answer),
        answer=answer,
        setting=sheet_words.setting(answer),
        frames=len(played.times),
        rows_of_films=played.rows,
        key=field_film.KEY,
        header=header,
        rows=table,
        scotoma=sheet_words.scotoma_rows(answer) if kind == "aura" else None,
        scotoma_note=sheet_words.SCOTOMA,
        pictures=pictures,
        notes=sheet_words.notes(answer),
        film=json.dumps({"times": played.times, "reels": played.reels}),
        film_hash=film.script_hash(),
        script=film.script(),
    )


def films(answer: Mapping[str, Any], done: Any, runs: Mapping[str, Any]) -> Films:
    """Return the films of a sheet, those of the visual field first where it is an aura."""
    cells, ramp = film.fields_film(dict(runs), SHOWN), film.ramp()
    reels = [{"data": reel.data, "width": cells.width, "height": cells.height, "ramp": ramp} for reel in cells.reels]
    rows = _rows(cells, answer)
    if isinstance(done, AuraResult):
        screens = []
        for case, text, width, height in field_film.reels(done, cells.times):
            reels.append({"data": text, "width": width, "height": height, "ramp": field_film.ramp()})
            title = _case(case, answer)
            alt = f"The {answer['hemifield']} half of the visual field over time{title and ', ' + title}"
            screens.append(Screen(title, len(reels) - 1, width, height, alt, ""))
        rows = [Row(f"The {answer['hemifield']} half of the visual field", screens, True), *rows]
    return Films(cells.times, reels, rows)


_SHADES = 256


def _rows(cells: film.Film, answer: Mapping[str, Any]) -> list[Row]:
    """Return the canvases of each field, with and without drug side by side."""
    rows: list[Row] = []
    for place, reel in enumerate(cells.reels):
        least = (reel.high - reel.low) / _SHADES  # which no shade can show
        low, high = (0.0 if abs(end) < least else end for end in (reel.low, reel.high))
        scale = f"{low:.3g} (dark) to {high:.3g} {reel.unit} (bright)".replace("-", words.MINUS)
        case = _case(reel.case, answer)
        alt = f"{reel.label} over the sheet and time{case and ', ' + case}, {scale}"
        screen = Screen(case, place, cells.width, cells.height, alt, scale)
        if rows and rows[-1].title == reel.label:
            rows[-1].screens.append(screen)
        else:
            rows.append(Row(reel.label, [screen]))
    return rows


def _case(case: str, answer: Mapping[str, Any]) -> str:
    if case == "found":
        return ""
    return f"with {cortex_words.under(answer)}" if case == "with" else "without"
