"""A trial: its power as the sizes are computed, its protocol's text, and the analysis of a real table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leao.app import spelled
from leao.app.calls.answers import Answer, Files, Say, page

OPTION = {"parameter": "param"}  # where the command's option bears another name
PARTS = 100  # of the work of one size, for the bar


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load what the simulation needs; give the designs, policies, estimators and endpoints there are."""
    from leao.dosing import policies
    from leao.trial.data import ENDPOINTS
    from leao.trial.methods import METHODS
    from leao.trial.options import KINDS

    rules = [policies.read(name) for name in policies.names()]
    shown = {
        "kinds": list(KINDS),
        "policies": [{"name": each.name, "what": each.what} for each in rules],
        "estimators": [{"name": name, "what": each.what, "scale": each.scale} for name, each in METHODS.items()],
        "endpoints": list(ENDPOINTS),
    }
    return Answer(summary=None, shown=shown)


def power(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return power and type I error by size, each told as it is there."""
    from leao.report import protocol_text
    from leao.trial import api

    rows: list[dict[str, Any]] = []
    sizes = sorted(set(asked["sizes"]))
    keys, doses = _design(asked)
    for done, n in enumerate(sizes):
        tell = _ticks(say, sizes, done)
        tell("", 0, 1)
        result = api.simulate(
            api.design(asked["kind"], n, **keys), asked["effect"], asked["repeats"], doses, asked["estimator"],
            asked["endpoint"], asked["seed"], tell,
        )  # fmt: skip
        rows.append(result.summary)
        say("partial", result.summary)
    options = {name: asked[name] for name in ("repeats", "effect", "estimator", "endpoint", "seed")} | {"dose": doses}
    design = spelled.call("trial.design", [asked["kind"]], {"n_per_arm": sizes[-1]} | keys)
    head, _, rest = spelled.call("trial.simulate", options=options).partition("(")
    first = "\n    design," if rest.startswith("\n") else "design, "
    python = f"design = {design}\n{head}({first}{rest}"
    return Answer(summary=rows, python=python, text=protocol_text.text(asked | {"doses": doses}, rows))


def _design(asked: dict[str, Any]) -> tuple[dict[str, Any], str | dict[str, str]]:
    """Return the keys of the design beside kind and size, and the dose, or that of each active group."""
    from leao.core.errors import ScenarioError
    from leao.dosing import policies
    from leao.trial import api

    options: dict[str, Any] = {"stratify": asked["stratify"]}
    groups, doses = [api.MEMANTINE], asked["dose"]
    if asked["kind"] == "dose_finding":
        groups = [each.strip() for each in asked["doses"] if each.strip()]
        if len(set(groups)) < 2:
            raise ScenarioError(f"doses: found {', '.join(groups) or 'none'}, wanted two or more, such as 10 mg, 20 mg")
        doses = {each: each for each in groups}
    if asked["kind"] == "titrated":
        rules = policies.read(asked["policy"] or "titrated")
        options["design"], doses = {"policy": rules.name}, f"{rules.start:g} mg"
    if asked["dropout"] is not None:
        options["dropout"] = dict.fromkeys([api.PLACEBO, *groups], asked["dropout"])
    return {"weeks": asked["weeks"], "treatments": (api.PLACEBO, *groups), "set": options}, doses


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
    from leao import __version__
    from leao.core.result import Result
    from leao.report import trial_analysis
    from leao.trial.analysis import analyse as analysed
    from leao.trial.reading.request import TableRequest
    from leao.trial.reading.table import Held

    name, content = files["file"]
    options = {key: value for key, value in asked.items() if key != "file"}
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    named = {key: fields[OPTION.get(key, key)] for key in TableRequest._fields}
    request = TableRequest(**named)
    result = Result("analysis", analysed(Held(name, content), estimator=asked["estimator"], columns=request))
    answered: Any = result.summary
    said = f"{trial_analysis.headline(answered)}. {trial_analysis.about(answered)}."
    given = {key: value for key, value in options.items() if value not in (None, [], False)}
    return Answer(
        summary=result.summary,
        page=page(result),
        text=f"Leão {__version__}, {name}. {said}\n",
        command=spelled.command("trial analyse", [name], given | {"out": "analysis.html"}),
        python=spelled.call("trial.analyse", [name], given) + '.report("analysis.html")',
    )
