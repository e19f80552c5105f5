"""A regimen for one patient."""

from __future__ import annotations

from typing import Any

from leao.app import spelled
from leao.app.calls.answers import Answer, Files, Say, page

REGIMEN = ("dose", "preset", "adherence")
WARM = ("leao.plan.api", "leao.report.topic_plan", "leao.report.plan_text")


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Import what a plan needs; give the names that the form completes."""
    from importlib import import_module

    for module in WARM:
        import_module(module)
    return Answer(summary=None, shown=names())


def names() -> dict[str, Any]:
    """Return what may be typed: medicines by every name, words of the history, regimens by name."""
    from leao.dosing import medicines
    from leao.dosing.schedule import presets
    from leao.plan import history

    words = {word: entry["what"] for name, entry in history.table().items() for word in (name, *entry["words"])}
    regimens = [{"name": each.name, "what": each.what, "dose": each.dose} for each in presets().values()]
    return {"medicines": medicines.written_names(), "history": dict(sorted(words.items())), "presets": regimens}


def check(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Check a regimen against the labels and forecast its levels; it proposes none."""
    from leao import __version__
    from leao.plan import api, number_statements
    from leao.report import plan_text

    patient: Any = {key: value for key, value in asked.items() if key not in REGIMEN and value not in (None, "")}
    result = api.check(asked["dose"] or None, patient, asked["preset"] or None, asked["adherence"] or None)
    regimen = {key: asked[key] or None for key in REGIMEN}
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("plan", options=regimen | patient | {"out": "plan.html"}),
        python=spelled.call("plan.check", options={"dose": regimen["dose"], "patient": patient} | regimen),
        text=plan_text.text(result.summary, __version__),
        lines=plan_text.lines(result.summary, __version__),
        shown={"stated": number_statements.of(result.summary)},
    )
