"""One experiment on cortex as a folder: the answer, the fields, the pictures, and one page that shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leao.core import files
from leao.cortex import controls as qualify
from leao.cortex import datasets, experiments, fields, kcl_experiment
from leao.report import cortex_words, page, words
from leao.report.figures import dose, line, plane, sheet, svg

DATASETS = {
    "wave": datasets.wave_dataset,
    "threshold": datasets.threshold_dataset,
    "kcl": datasets.kcl_dataset,
    "phase": datasets.phase_dataset,
}
TITLES = {
    "wave": "A wave along the cortex",
    "threshold": "Dose and threshold",
    "kcl": "Waves under continuous KCl",
    "phase": "One node without space",
}


def write(kind: str, answer: Mapping[str, Any], done: Any, out: Path) -> Path:
    """Write ``result.json``, ``fields.zarr``, the pictures as SVG and PNG, and ``index.html`` into ``out``.

    Each file is whole or absent; what else stands in the folder stays.

    Raises:
        RunError: the folder cannot be written.
    """
    with svg.styled():
        pictures = drawn(kind, done)
    tree = DATASETS[kind](done)
    with files.folder(out / "fields.zarr") as store:
        tree.to_zarr(store, mode="w", zarr_format=2, consolidated=True)
    for picture in pictures:
        files.write_text(out / f"{picture.name}.svg", sheet.standalone(picture))
        files.write_bytes(out / f"{picture.name}.png", picture.png)
    answer = dict(answer) | {"out": str(out)}
    files.write_text(out / "result.json", json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    files.write_text(out / "index.html", render(kind, answer, pictures))
    return out


def render(kind: str, answer: Mapping[str, Any], pictures: list[sheet.Drawn]) -> str:
    """Return one experiment as the text of one self-contained HTML page."""
    rows = {
        "wave": cortex_words.wave_rows,
        "threshold": cortex_words.threshold_rows,
        "kcl": cortex_words.kcl_rows,
        "phase": cortex_words.phase_rows,
    }
    sentences = {
        "wave": cortex_words.wave,
        "threshold": cortex_words.threshold,
        "kcl": cortex_words.kcl,
        "phase": cortex_words.phase,
    }
    header, table = rows[kind](answer)
    controls = qualify.shipped(answer["preset"])
    passed = qualify.qualified(list(controls))
    return page.render(
        "cortex.html.j2",
        kind=TITLES[kind],
        sentence=sentences[kind](answer),
        answer=answer,
        header=header,
        rows=table,
        refractory=cortex_words.refractory(answer.get("refractory")),
        pictures=pictures,
        controls=controls,
        passed=passed,
        controls_word=words.CONTROLS[passed],
        facts=_facts(answer),
    )


def drawn(kind: str, done: Any) -> list[sheet.Drawn]:
    """Return the pictures of an experiment; with ``svg.styled``."""
    if kind == "threshold":
        return dose.curve(done.answer)
    if kind == "phase":
        return [plane.portrait(done.portrait)]
    return _wave(done) if kind == "wave" else _kcl(done)


def names(kind: str, done: Any) -> list[str]:
    """Return the names of the pictures of an experiment."""
    if kind == "threshold":
        return ["threshold"]
    if kind == "phase":
        return ["portrait"]
    if kind == "kcl":
        return ["train"] if done.control is None else ["train", "train_without"]
    return ["traces", *(f"space_time_{name}" for name, _, _ in line.FIELDS)]


def _wave(done: experiments.WaveResult) -> list[sheet.Drawn]:
    shown = datasets.wave_dataset(done)
    control = None
    if done.control is not None:
        control = fields.dataset((done.pair[1], done.pair[1]), done.control.marched, done.grid, done.snap_every)
    starts = [0.0] + ([done.answer["second_s"]] if done.answer["second_s"] is not None else [])
    pictures = [line.traces(shown, control, done.answer["watched_mm"], starts)]
    return pictures + line.space_time(shown, cortex_words.under(done.answer))


def _kcl(done: kcl_experiment.KclResult) -> list[sheet.Drawn]:
    under = cortex_words.under(done.answer)
    pictures = [dose.trains(done.trains, "train", f"With {under}" if under else "Continuous KCl")]
    if done.control is not None:
        pictures.append(dose.trains(done.control, "train_without", "Without"))
    return pictures


def _facts(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every plain value of the answer by name, lists and tables left to result.json."""
    return [
        (name, _fact(value))
        for name, value in answer.items()
        if isinstance(value, (bool, int, float, str)) and name not in ("problem", "out")
    ]


def _fact(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
