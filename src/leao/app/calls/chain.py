"""From the tablet to the trial: the chain at once under sliders, one number over its range, the run in full."""

from __future__ import annotations

from typing import Any

from leao.app import scratch, spelled
from leao.app.calls.answers import Answer, Files, Say, ticks

ACTIVE = "memantine"


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load the chain; give its numbers and what the sliders may move."""
    from leao.chain import computed_hypotheses, quick

    shown = {"numbers": quick.numbers(), "sliders": quick.sliders(_scenario(asked))}
    return Answer(summary=None, shown=shown | {"hypotheses": computed_hypotheses.listed()})


def answer(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the quick answer under the sliders."""
    from leao.chain import quick, verdict_numbers
    from leao.chain.scenario_text import text

    scenario = _scenario(asked)
    changes = [f"{key}={value}" for key, value in _changes(asked).items()]
    summary = quick.answer(scenario)
    said = summary["verdict"]["text"]
    return Answer(
        summary=summary,
        command=spelled.command("run", [asked["scenario"]], {"set": changes}),
        python=spelled.call("run", [asked["scenario"]], {"set": _changes(asked)}),
        text=_chart(scenario, said, "the quick answer: shipped maps and part of the ensemble"),
        shown={"toml": text(scenario), "verdict": verdict_numbers.parts(said)},
    )


def page(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the quick answer as a page; apart, since a slider does not wait for its pictures."""
    from leao.chain import fixed, quick
    from leao.report import quick as pages

    scenario = _scenario(asked)
    summary = quick.answer(scenario)
    held = fixed.words(scenario.fixed) if scenario.fixed else ""
    return Answer(summary=summary, page=pages.render(summary, held, scenario.switches))


def over(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return what a number is, and the verdict over its range."""
    from leao.chain import computed

    return Answer(summary=computed.number(_scenario(asked), asked["number"]))


def run(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Run the scenario in full; its folder is a temporary one, gone when the answer is there."""
    from pathlib import Path

    from leao.chain import api, boxes, verdict_numbers
    from leao.chain.scenario_text import text

    tell, changes = ticks(say), _changes(asked)
    if asked["trials"] is not None:
        changes["trials"] = asked["trials"]
    options = {"set": [f"{key}={value}" for key, value in changes.items()]}
    with scratch.temporary() as folder:
        finished = api.run(asked["scenario"], out=folder, set=changes, progress=tell)
        tell("report", 0, 1)
        written = finished.report(Path(folder) / "report.html").read_text("utf-8")
        scenario, said = api.load(asked["scenario"], changes), finished.summary["verdict"]["text"]
        return Answer(
            summary=finished.summary,
            page=written,
            command=spelled.command("run", [asked["scenario"]], options),
            python=spelled.call("run", [asked["scenario"]], {"set": changes}),
            text=_chart(scenario, said, "the full run"),
            shown={"boxes": boxes.of(finished), "toml": text(scenario), "verdict": verdict_numbers.parts(said)},
        )


def _chart(scenario: Any, verdict: str, how: str) -> str:
    """Return the answer as plain text: what was asked, what was held, the verdict."""
    from leao import __version__
    from leao.chain import fixed

    held = f" Held: {fixed.words(scenario.fixed)}." if scenario.fixed else ""
    hypotheses = f" Hypotheses: {', '.join(scenario.switches)}." if scenario.switches else ""
    return f"Leão {__version__}, {how}. {scenario.name}: {scenario.asked}.{held}{hypotheses}\n\n{verdict}\n"


def _changes(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the sliders as changes of the scenario."""
    changes: dict[str, Any] = {f"fixed.{name}": value for name, value in asked["fixed"].items()}
    if asked["dose"] is not None:
        changes[f"arms.{ACTIVE}.dose"] = asked["dose"]
    if asked["adherence"] is not None:
        changes[f"arms.{ACTIVE}.adherence"] = asked["adherence"]
    for stage in ("exposure", "receptor"):
        if asked[f"{stage}_hypotheses"]:
            changes[f"{stage}.hypotheses"] = asked[f"{stage}_hypotheses"]
    return changes | ({"setting": "research"} if asked["research"] else {})


def _scenario(asked: dict[str, Any]) -> Any:
    from leao.chain.api import load

    return load(asked["scenario"], _changes(asked))
