"""From the tablet to the trial: the chain at once under sliders, one number over its range, the run in full."""

from __future__ import annotations

import tempfile
from typing import Any

from leao.app import spelled
from leao.app.calls.answers import Answer, Files, Say, ticks

ACTIVE = "memantine"


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Load the chain; give its numbers and what the sliders may move."""
    from leao.chain import quick

    scenario = _scenario(asked)
    return Answer(summary=None, shown={"numbers": quick.numbers(), "sliders": quick.sliders(scenario)})


def answer(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the quick answer under the sliders."""
    from leao.chain import quick
    from leao.chain.scenario_text import text

    scenario = _scenario(asked)
    changes = [f"{key}={value}" for key, value in _changes(asked).items()]
    return Answer(
        summary=quick.answer(scenario),
        command=spelled.command("run", [asked["scenario"]], {"set": changes}),
        python=spelled.call("run", [asked["scenario"]], {"set": _changes(asked)}),
        shown={"toml": text(scenario)},
    )


def over(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return what a number is, and the verdict over its range."""
    from leao.chain import quick

    return Answer(
        summary=quick.verdict_over(_scenario(asked), asked["number"]),
        command=spelled.command("number", [asked["number"].split(".", 1)[-1]]),
        python=spelled.call("number", [asked["number"].split(".", 1)[-1]]),
    )


def run(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Run the scenario in full; its folder is a temporary one, gone when the answer is there."""
    from pathlib import Path

    from leao.chain import api, boxes
    from leao.chain.scenario_text import text

    tell, changes = ticks(say), _changes(asked)
    if asked["trials"] is not None:
        changes["trials"] = asked["trials"]
    options = {"set": [f"{key}={value}" for key, value in changes.items()]}
    with tempfile.TemporaryDirectory(prefix="leao-") as folder:
        finished = api.run(asked["scenario"], out=folder, set=changes, progress=tell)
        tell("report", 0, 1)
        written = finished.report(Path(folder) / "report.html").read_text("utf-8")
        return Answer(
            summary=finished.summary,
            page=written,
            command=spelled.command("run", [asked["scenario"]], options),
            python=spelled.call("run", [asked["scenario"]], {"set": changes}),
            shown={"boxes": boxes.of(finished), "toml": text(api.load(asked["scenario"], changes))},
        )


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
