"""A trial: its power as the trials are computed, its protocol's text, and the analysis of a real table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leao.app import scratch, spelled
from leao.app.calls.answers import Answer, Files, Say, page

OPTION = {"parameter": "param"}  # where the command's option bears another name
SCENARIO, DRUG, PLACEBO = "noruzzadeh2016", "memantine", "placebo"
STATIONS = 8  # at most, at which the curve is told before it is whole


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load what the simulation needs; give the designs, policies, estimators and endpoints there are."""
    from leao.dosing import policies
    from leao.trial.estimators import METHODS
    from leao.trial.monthly_counts import ENDPOINTS
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
    """Return the operating characteristics of a design; its curve is told again and again while trials come in."""
    from leao.chain import api
    from leao.report import protocol_text

    wish, tell = power_request(asked), _ticks(say, asked["repeats"])
    with scratch.temporary() as folder:  # gone when the answer is there
        for repeats in _stations(asked["repeats"]):
            fewer: dict[str, Any] = wish | {"repeats": repeats}
            say("partial", api.power(**fewer, out=folder, progress=tell).summary | {"run": ""})
        result = api.power(**wish, out=folder, progress=tell)
        result.summary["run"] = ""
    written = {name: value for name, value in wish.items() if name != "scenario"}
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("trial", [wish["scenario"]], written),
        python=spelled.call("power", [wish["scenario"]], written) + '.report("trial.html")',
        text=protocol_text.text(asked | {"doses": list(_doses(asked).values())}, result.summary),
    )


def power_request(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what was asked of a design as arguments of ``leao.power``, which are options of ``leao trial``."""
    sizes = ",".join(str(n) for n in sorted(set(asked["sizes"])))
    same = {name: asked[name] for name in ("repeats", "effect", "estimator", "endpoint", "seed")}
    return {"scenario": SCENARIO, "n": sizes, **same, "set": [f"{key}={value}" for key, value in _changes(asked)]}


def _changes(asked: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the design as changes of the scenario."""
    doses, kind = _doses(asked), asked["kind"]
    changes: list[tuple[str, Any]] = [("trial.design.kind", kind), ("trial.weeks", asked["weeks"])]
    if kind == "titrated":
        changes.append(("trial.design.policy", asked["policy"] or "titrated"))
    for arm, dose in doses.items():
        changes += [] if arm == DRUG else [(f"arms.{arm}.drug", DRUG)]
        changes.append((f"arms.{arm}.dose", dose))
    if asked["dropout"] is not None:
        changes += [(f"trial.dropout.{arm}", asked["dropout"]) for arm in (PLACEBO, *doses)]
    changes += [("trial.stratify", "true")] if asked["stratify"] else []
    return changes + ([("setting", "research")] if asked["research"] else [])


def _doses(asked: dict[str, Any]) -> dict[str, str]:
    """Return the dose of each arm with the drug, rising; the smallest is the scenario's own arm."""
    from leao.core.errors import ScenarioError
    from leao.core.units import parse
    from leao.dosing import policies

    if asked["kind"] == "titrated":
        return {DRUG: f"{policies.read(asked['policy'] or 'titrated').start:g} mg"}
    if asked["kind"] != "dose_finding":
        return {DRUG: asked["dose"]}
    amounts = {parse(each, "mg", what="doses"): each.strip() for each in asked["doses"] if each.strip()}
    if len(amounts) < 2:
        given = ", ".join(amounts.values()) or "none"
        raise ScenarioError(f"doses: found {given}, wanted two or more, such as 10 mg, 20 mg")
    names = [DRUG, *(f"memantine_{amount:g}_mg".replace(".", "_") for amount in sorted(amounts)[1:])]
    return {name: amounts[amount] for name, amount in zip(names, sorted(amounts), strict=True)}


def _stations(repeats: int) -> list[int]:
    """Return the numbers of trials, in whole chunks, after which the curve is told before it is whole."""
    from leao.core.chunks import SIZE

    apart = SIZE * max(1, -(-repeats // (SIZE * STATIONS)))
    return list(range(apart, repeats, apart))


def _ticks(say: Say, repeats: int) -> Callable[[str, int, int], None]:
    """Return how far all trials are, told by how far those up to the next station are."""
    from leao.core.chunks import spans

    chunks = len(spans(repeats))

    def tell(step: str, done: int, of: int) -> None:
        say("progress", {"step": step, "done": done, "of": chunks})

    return tell


def look(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the columns of a table and its first rows."""
    from leao.trial.reading.table import Held, cells

    name, content = files["file"]
    table = cells(Held(name, content), asked["sheet"])
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
