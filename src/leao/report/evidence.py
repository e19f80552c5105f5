"""The evidence as one self-contained page: answer, forest, trials as printed, priors, next trial, claims, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leao.core import sources
from leao.core.bibliography import Reference, references
from leao.evidence.claim_table import claims, scale
from leao.evidence.published_trials import Trial
from leao.evidence.published_trials import names as shipped
from leao.report import evidence_words, page, words
from leao.report.figures import forest, svg

BADGES = {
    "consistent": "passed",
    "contradicts itself": "failed",
    "not checkable": "input",
    "supported": "passed",
    "partly": "assumed",
    "contradicted": "failed",
    "untested": "input",
    "high": "passed",
    "moderate": "input",
    "low": "assumed",
    "very low": "assumed",
    "none": "failed",
}


def render(synthesis: Mapping[str, Any], answer: Sequence[Trial]) -> str:
    """Return the page's text.

    Args:
        synthesis: the synthesis with all that stands beside it.
        answer: the trials behind it, a user's own among them.
    """
    rows, order = claims(), sorted(answer, key=lambda trial: not trial.pooled)
    cited = bibliography(synthesis, answer, rows)
    with svg.styled():
        pictures = [forest.draw(synthesis), forest.ratios(synthesis)]
    return page.render(
        "evidence.html.j2",
        said=synthesis,
        words=evidence_words,
        status=evidence_words.status(rows),
        added=[trial.name for trial in answer if trial.name not in shipped()],
        answer=evidence_words.answer(synthesis),
        tiles=tiles(synthesis),
        pictures={picture.name: picture for picture in pictures},
        trials=[(trial, evidence_words.described(trial), _outcomes(trial)) for trial in order],
        claims=rows,
        scale=scale(),
        badges=BADGES,
        references=cited,
        cited={picture.key for picture in cited},
    )


def tiles(synthesis: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the tiles of the first glance: name, value, unit."""
    key, unit = "difference_attacks_per_28d", "attacks per 28 days, 95 %"
    rows = [
        (f"{name.capitalize()} prior", evidence_words.interval(synthesis[name][key]), unit)
        for name in evidence_words.PRIORS
    ]
    rows += [
        (f"Rate ratio, {name}", words.ratio(synthesis[name]["rate_ratio"]), "memantine over placebo, 95 %")
        for name in evidence_words.PRIORS
    ]
    chances = " / ".join(evidence_words.chance(synthesis[name]["p_next_trial_2x150"]) for name in evidence_words.PRIORS)
    name = f"Next trial, 2 × {synthesis['next_trial']['per_arm']}"
    rows.append((name, chances, "chance of success, neutral / sceptical"))
    return rows


def bibliography(
    synthesis: Mapping[str, Any], answer: Sequence[Trial], rows: Sequence[Mapping[str, Any]]
) -> list[Reference]:
    """Return the references of the trials, of published pools and of the claims; a user's own by its identifier."""
    known = sources.sources()
    keys = {trial.source for trial in answer if trial.source in known}
    keys |= {published_pool["source"] for published_pool in synthesis["published_pools"]}
    keys |= {say["source"] for row in rows for say in row["says"]}
    added = [trial for trial in answer if trial.source not in known]
    return references(sources.bibtex(keys)) + [
        Reference(
            trial.name,
            trial.source + (f", PMID {trial.pmid}" if trial.pmid else ""),
            trial.doi or "",
            "" if trial.doi else trial.url or "",
        )
        for trial in added
    ]


def _outcomes(trial: Trial) -> list[list[str]]:
    return [row[1:] for row in evidence_words.trial_rows([trial])]
