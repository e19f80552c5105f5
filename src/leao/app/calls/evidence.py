"""Does it work: the claims, the pooled trials under every prior, what would settle it, and the chain's answer."""

from __future__ import annotations

from typing import Any

from leao.app import spelled
from leao.app.asked import Chain
from leao.app.calls.answers import Answer, Files, Say, page

SCENARIO = "noruzzadeh2016"


def synthesis(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Pool the trials; beside it the same under every prior, and the claims."""
    from leao import __version__
    from leao.core import bibliography
    from leao.evidence import api, claim_numbers, claim_table, scepticism
    from leao.report import evidence_words

    result = api.synthesis()
    said = evidence_words.answer(result.summary)
    claims: Any = api.claims().summary
    sources = {say_["source"] for row in claims for say_ in row["says"]}
    shown = {
        "answer": said,
        "by_prior": scepticism.rows(),
        "claims": [claim_numbers.parted(row, place) for place, row in enumerate(claims)],
        "grades": claim_table.scale(),
        "references": {key: bibliography.reference(key) for key in sources},
    }
    return Answer(
        summary=result.summary,
        page=page(result),
        command=spelled.command("evidence synthesis", options={"out": "evidence.html"}),
        python=spelled.call("evidence.synthesis"),
        text=f"Leão {__version__}, the published trials of memantine against migraine, pooled.\n\n{said}\n",
        shown=shown,
    )


def chain(asked: dict[str, Any], files: Files, say: Say) -> Answer:
    """Return the chain's answer for the first published trial, quick, with its controls."""
    from leao.app.calls import chain as calls

    return calls.answer(Chain(scenario=SCENARIO).model_dump(), files, say)
