"""A trial: its power as the sizes are computed, its protocol's text, and the analysis of a real table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leao.app import spelled
from leao.app.calls.answers import Answer, Files, Say, page

OPTION = {"parameter": "param"}  # where the command's option bears another name
PARTS = 100  # of the work of one size, for the bar


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load what the simulation needs; give the designs, estimators and endpoints there are."""
    from leao.trial.data import ENDPOINTS
    from leao.trial.methods import METHODS
    from leao.trial.options import KINDS

    kinds = [kind for kind in KINDS if kind not in ("dose_finding", "titrated")]  # those with one dose throughout
    estimators = [{"name": name, "what": method.what, "scale": method.scale} for name, method in METHODS.items()]
    return Answer(summary=None, shown={"kinds": kinds, "estimators": estimators, "endpoints": list(ENDPOINTS)})


def power(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return power and type I error by size, each told as it is there."""
    from leao.report import protocol_text
    from leao.trial import api

    rows: list[dict[str, Any]] = []
    sizes = sorted(set(asked["sizes"]))
    options: dict[str, Any] = {"stratify": asked["stratify"]}
    if asked["dropout"] is not None:
        options["dropout"] = {api.PLACEBO: asked["dropout"], api.MEMANTINE: asked["dropout"]}
    for done, n in enumerate(sizes):
        tell = _ticks(say, sizes, done)
        tell("", 0, 1)
        design = api.design(asked["kind"], n, asked["weeks"], set=options)
        result = api.simulate(
            design, asked["effect"], asked["repeats"], asked["dose"], asked["estimator"], asked["endpoint"],
            asked["seed"], tell,
        )  # fmt: skip
        rows.append(result.summary)
        say("partial", result.summary)
    keys = {"weeks": asked["weeks"], "set": options}
    python = (
        spelled.call("trial.simulate", options={"repeats": asked["repeats"], "effect": asked["effect"]})[:-1]
        + f", design={spelled.call('trial.design', [asked['kind']], {'n_per_arm': sizes[-1]} | keys)})"
    )
    return Answer(summary=rows, python=python, text=protocol_text.text(asked, rows))


def _ticks(say: Say, sizes: list[int], done: int) -> Callable[[str, int, int], None]:
    """Return how far the whole curve is, told by how far the trials of one of its sizes are."""
    step = f"trials of {sizes[done]} per group"

    def tell(_: str, part: int, of: int) -> None:
        say("progress", {"step": step, "done": PARTS * done + PARTS * part // of, "of": PARTS * len(sizes)})

    return tell


def look(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the columns of a table and its first rows."""
    from leao.core import tables

    name, content = files["file"]
    table = tables.read(name, content, tables.ReadOptions(sheet=asked["sheet"]))
    header = list(table.header)
    rows = [[str(cell)[:120] for cell in row] for row in table.frame.head(6).rows()]
    return Answer(summary={"columns": header, "rows": table.height}, shown={"first_rows": rows})


def analyse(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Check a table and apply the estimators to it."""
    from leao.core.result import Result
    from leao.trial.analysis import analyse as analysed
    from leao.trial.reading.request import TableRequest
    from leao.trial.reading.table import Held

    name, content = files["file"]
    options = {key: value for key, value in asked.items() if key != "file"}
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    named = {key: fields[OPTION.get(key, key)] for key in TableRequest._fields}
    request = TableRequest(**named)
    result = Result("analysis", analysed(Held(name, content), estimator=asked["estimator"], columns=request))
    given = {key: value for key, value in options.items() if value not in (None, [], False)}
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("trial analyse", [name], given | {"out": "analysis.html"}),
        python=spelled.call("trial.analyse", [name], given) + '.report("analysis.html")',
    )
