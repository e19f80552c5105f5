"""A diary: how it is read, and what it shows."""

from __future__ import annotations

from typing import Any

from leao.app import kept, spelled
from leao.app.calls.answers import Answer, Files, Say, page

HOW = ("dates", "unlisted", "severity", "length", "utc", "sheet", "only", "say", "column", "ignore")
DOSES = ("start", "dose", "change", "stop")
WARM = ("leao.review.answer", "leao.report.topic_review", "leao.report.review_text")


def warm(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Import and read what a review needs while its screen is being looked at: modules, names, templates."""
    from importlib import import_module

    for module in WARM:
        import_module(module)
    from leao.dosing import medicines
    from leao.report import page as pages

    medicines.find("memantine")
    pages.ready("review.html.j2")
    return Answer(summary=None)


def check(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Say how a diary is read and what is open, with the answers that may be given."""
    from leao.diary.reading import choices
    from leao.diary.reading.how_to_read import check_summary
    from leao.diary.reading.mapping import CHOICES, ROLES

    reading = _read(asked, files)
    questions = []
    for question, row in zip(reading.questions, reading.open, strict=True):
        answers = choices.of(question, reading.columns, reading.header)
        buttons = [each._asdict() for each in answers.choices]
        questions.append(row | {"choices": buttons, "other": answers.other, "option": answers.option})
    diary = reading.diary
    span = None if diary is None or diary.numbered else [diary.name(0), diary.name(diary.headache.size - 1)]
    shown = {
        "questions": questions,
        "header": reading.header,
        "first_rows": [[cell[:200] for cell in row] for row in reading.first_rows],
        "first_date": None if reading.first_date is None else [reading.first_date[0], str(reading.first_date[1])],
        "span": span,
        "numbered": diary.numbered if diary is not None else _seems_numbered(reading.first_date),
        "days": None if diary is None else [int(day) for day in diary.headache],
        "roles": list(ROLES),
        "choices": CHOICES,
        "kept": kept.names(),
    }
    name, options = files["file"][0], {key: asked.get(key) for key in HOW}
    return Answer(
        summary=check_summary(reading),
        command=spelled.command("review", [name], options | {"map": _kept(asked), "check": True}),
        python=spelled.call("review.diary", [name], options | {"map": _kept(asked), "check": True}),
        shown=shown,
    )


def _seems_numbered(first: Any) -> bool:
    from leao.diary.reading import dates

    return first is not None and first[1].year == dates.ARBITRARY_START.year


def review(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Review a diary; questions that are open are refused, as everywhere."""
    from leao import __version__
    from leao.report import review_text
    from leao.review import api, number_statements

    say("progress", {"step": "read", "done": 0, "of": 3})
    reading = _read(asked, files)
    diary = reading.whole()
    say("progress", {"step": "compute", "done": 1, "of": 3})
    doses = api.Doses(None, asked["start"], asked["dose"], asked["change"], asked["stop"])
    result = api.of(diary, doses, asked["creatinine_clearance"])
    say("progress", {"step": "draw", "done": 2, "of": 3})
    name, options = files["file"][0], {key: asked.get(key) for key in (*DOSES, "creatinine_clearance", *HOW)}
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("review", [name], options | {"map": _kept(asked), "out": "review.html"}),
        python=spelled.call("review.diary", [name], options | {"map": _kept(asked)}) + '.report("review.html")',
        text=review_text.text(result.summary, __version__),
        lines=review_text.lines(result.summary, __version__),
        shown={"stated": number_statements.of(result.summary)},
    )


def keep(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Keep how a diary is read under a name on this machine."""
    from leao.diary.reading.mapping import as_toml

    reading = _read(asked, files)
    reading.whole()
    path = kept.keep(asked["name"], as_toml(reading.mapping))
    return Answer(summary={"name": asked["name"], "out": str(path), "kept": kept.names()})


def _read(asked: dict[str, Any], files: Files) -> Any:
    from leao.diary import reading
    from leao.diary.reading.how_to_read import HowToRead
    from leao.diary.reading.how_to_read import asked as mapping

    name, content = files["file"]
    how = HowToRead(mapping=_kept(asked), **{key: asked[key] for key in HOW})
    return reading.read(name, content, mapping(how))


def _kept(asked: dict[str, Any]) -> str | None:
    return str(kept.path(asked["map"])) if asked.get("map") else None
