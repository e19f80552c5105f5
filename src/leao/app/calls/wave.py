"""A wave: solved on the line, and what a screen plays of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.app import spelled
from leao.app.calls.answers import Answer, Files, Say, page, ticks

FRAMES, PLACES = 240, 160  # at most, of the film
FRAME = 0.5  # s, at least, between two of its moments
COMPILING = "solving the wave; the first one on this machine compiles the solver, up to a minute"
PLAYED = ("voltage", "dc", "potassium_outside", "glutamate_outside", "volume_outside", "receptor_block")


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load the solver; give the presets, stimuli and drugs there are."""
    from leao.cortex import antagonists, preset_table, variations
    from leao.cortex.request import UNITS
    from leao.receptor import library

    shown = {
        "presets": list(preset_table.names()),
        "stimuli": list(UNITS),
        "compounds": list(library.compounds()),
        "antagonists": list(antagonists.names()),
        "tissues": variations.names(),
    }
    return Answer(summary=None, shown=shown)


def solve(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Solve a wave, told as it is solved; then the measures, the film of the line and the traces at one place."""
    from leao.cortex import api
    from leao.report import cortex_words

    say("progress", {"step": COMPILING, "done": 0, "of": 0})
    options = {key: value for key, value in asked.items() if value not in (None, [], "")}
    result = api.wave(**options, watch=_telling(say))
    say("progress", {"step": "drawing", "done": 1, "of": 1})
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("cortex wave", options=options | {"out": "wave"}),
        python=spelled.call("cortex.wave", options=options) + '.report("wave.html")',
        text=_chart(cortex_words.wave(result.summary), cortex_words.conditions(result.summary)),
        shown=film(result.data),
    )


def _chart(*lines: str) -> str:
    """Return an answer as plain text."""
    from leao import __version__

    return (
        f"Leão {__version__}. " + " ".join(line if line.endswith(".") else f"{line}." for line in lines if line) + "\n"
    )


def _telling(say: Say) -> Any:
    """Return what hears of a wave that is being solved and tells the screen: the film so far, frame by frame."""
    next_due = {"next": 0.0}

    def hear(stretch: Any) -> None:
        last, times = float(stretch.time_s[-1]), stretch.time_s
        if times[0] == 0.0:
            next_due["next"] = 0.0
        between = max(FRAME, stretch.run_s / FRAMES)
        shown = []
        for k, moment in enumerate(times.tolist()):
            if moment >= next_due["next"] - 1e-9:
                shown.append(k)
                next_due["next"] += between
        each = -(-stretch.x_mm.size // PLACES)
        if shown:
            fields = {name: np.round(values[shown, ::each], 3).tolist() for name, values in stretch.fields.items()}
            content = {"time_s": times[shown].tolist(), "x_mm": stretch.x_mm[::each].tolist(), "fields": fields}
            say("partial", content | {"run_s": stretch.run_s, "kinds": kinds(fields)})
        step = "solved" if last < stretch.run_s - 1.0 else "measuring the wave; its control without drug"
        say("progress", {"step": step, "done": last, "of": stretch.run_s})

    return hear


def kinds(names: Any) -> dict[str, dict[str, str]]:
    """Return unit and long name of each field."""
    from leao.core.variables import attributes

    rows = {name: attributes(name) for name in names}
    return {name: {"unit": str(row["units"]), "what": str(row["long_name"])} for name, row in rows.items()}


def threshold(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Find the weakest stimulus at each free level."""
    from leao.cortex import api
    from leao.report import cortex_words

    options = {key: value for key, value in asked.items() if value not in (None, [], "")}
    result = api.threshold(**options)
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("cortex threshold", options=options | {"out": "threshold"}),
        python=spelled.call("cortex.threshold", options=options) + '.report("threshold.html")',
        text=_chart(cortex_words.threshold(result.summary)),
    )


def sheet(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Solve a wave over a sheet; its film for the screen, with and without drug."""
    return _over_a_sheet("sheet", asked, files, say)


def aura(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Follow a wave over V1 through half of the visual field; its film for the screen."""
    return _over_a_sheet("aura", asked, files, say)


def _over_a_sheet(kind: str, asked: dict[str, Any], files: Files, say: Say) -> Answer:
    from leao.cortex import sheet_api, sheet_field
    from leao.report import sheet as films
    from leao.report import sheet_words

    say("progress", {"step": COMPILING, "done": 0, "of": 0})
    options = {key: value for key, value in asked.items() if key != "file" and value not in (None, [], "")}
    places = sheet_field.Held(*files["file"]) if "file" in files else None
    tell = ticks(say)
    steps = {"sheet": "solving the sheet", "sheet without drug": "solving it without drug"}
    result = getattr(sheet_api, kind)(
        **options, field=places, progress=lambda step, done, of: tell(steps.get(step or "", step or ""), done, of)
    )
    say("progress", {"step": "drawing", "done": 1, "of": 1})
    played = films.films(result.summary, result.basis, films.datasets(result.basis))
    options |= {} if places is None else {"field": places.name}
    rows = [row._asdict() | {"screens": [each._asdict() for each in row.screens]} for row in played.rows]
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command(f"cortex {kind}", options=options | {"out": kind}),
        python=spelled.call(f"cortex.{kind}", options=options) + f'.report("{kind}.html")',
        text=_chart(getattr(sheet_words, kind)(result.summary), sheet_words.setting(result.summary)),
        shown={"film": {"times": played.times, "reels": played.reels}, "rows": rows, "key": films.field_film.KEY},
    )


def film(data: Any) -> dict[str, Any]:
    """Return at most so many moments and places of the fields, as rounded numbers."""
    times, places = data["time"].values, data["x"].values
    every, each = -(-times.size // FRAMES), -(-places.size // PLACES)
    fields = {}
    for name in PLAYED:
        values = data[name]
        cut = np.asarray(values.values[::every, ::each], dtype=float)
        fields[name] = {
            "unit": str(values.attrs.get("units", "")),
            "what": str(values.attrs.get("long_name", name)),
            "low": float(np.nanmin(cut)),
            "high": float(np.nanmax(cut)),
            "values": np.round(cut, 3).tolist(),
        }
    return {"time_s": times[::every].tolist(), "x_mm": places[::each].tolist(), "fields": fields}
