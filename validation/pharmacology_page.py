"""Write docs/validation/pharmacology.md: published figures of exposure and receptor beside the model."""

from __future__ import annotations

from typing import Any

from validation import exposure_scores as scores
from validation import receptor_page
from validation.exposure_scores import Score
from validation.page import NO_DATA, Page, cells, met, rounded, table

HELD_OUT, INPUT = "held out", "input"
PAGE = Page(
    "pharmacology",
    "Validation of the pharmacology",
    (
        "Published figures beside the model, written by `validation/pharmacology_page.py` from `exposure_studies.toml`",
        "and `receptor.toml`. `input`: the model was given the figure or fitted to it, so meeting it proves nothing.",
        "`no data`: nothing was found. A missed figure is a finding, not a call for tuning.",
    ),
)


def line(score: Score) -> str:
    """Return one row of the page."""
    row, unit = score.row, scores.unit(score.row)
    who = f"{score.study['people']}" if score.study else ""
    source, note = score.study.get("source", row.get("source", "")), row.get("note", "")
    predicted = f"{rounded(score.median)} ({rounded(score.low)} to {rounded(score.high)}){unit}"
    if scores.role(score) == NO_DATA:
        return cells(who, row["what"], NO_DATA, predicted, "", "", source, note)
    return cells(
        who, row["what"], scores.shown(score), predicted, f"{score.rank:.2f}", scores.verdict(score), source, note
    )


def left_out_line(row: dict[str, Any]) -> str:
    """Return one input row as the other studies predict it."""
    unit = scores.unit(row)
    predicted = f"{rounded(row['median'])} ({rounded(row['p05'])} to {rounded(row['p95'])}){unit}"
    low, high = scores.WHOLE
    return cells(
        row["study"],
        row["what"],
        f"{rounded(row['printed'], 4)}{unit}",
        predicted,
        f"{row['rank']:.2f}",
        met(low <= row["rank"] <= high),
    )


def exposure_section() -> list[str]:
    """Return the part of the page on exposure."""
    every = scores.scores()
    held_out, given, nothing = (
        [score for score in every if scores.role(score) == role] for role in (HELD_OUT, INPUT, NO_DATA)
    )
    counted = [score for score in held_out if not score.cannot_fail]
    left_out = scores.left_out()
    return [
        "## Exposure",
        "",
        "The mean of a study is predicted from the ledgers for that study's dose, weight, kidneys and urine: a typical",
        "person, everything that is not known of the numbers with the spread between studies, and the error of the",
        "study's mean. In brackets the central 90 % of that prediction; the rank is the share of predictions below the",
        "printed figure. Where a study's weights were not seen, those of such volunteers are assumed and drawn. What is",
        "input and what held out was settled, with the rule, before the numbers were fitted",
        "(`exposure_studies.toml`); the fit is `validation/fit_exposure.py`.",
        "",
        "### Held out",
        "",
        *_table(held_out),
        "",
        *_summary(counted, held_out),
        "",
        "### Input",
        "",
        "What the numbers were fitted to; a hit proves nothing, a miss is a source that disagrees with the others.",
        "",
        *_table(given),
        "",
        "### Each study left out of the fit",
        "",
        "The same figures as the fit without their study predicts them (of the kidneys, without their source).",
        "",
        *table(("study", "figure", "published", "predicted", "rank", "")),
        *[left_out_line(row) for row in left_out],
        "",
        *_left_out_summary(left_out),
        "",
        "### No data",
        "",
        *_table(nothing),
        *[cells("", row["what"], NO_DATA, NO_DATA, "", "", row["source"], row["note"]) for row in scores.unpredicted()],
        "",
        *KIDNEYS,
    ]


def _table(rows: list[Score]) -> list[str]:
    head = table(("people", "figure", "published", "predicted", "rank", "", "source", "note"))
    return [*head, *[line(score) for score in rows]]


def _summary(counted: list[Score], held_out: list[Score]) -> list[str]:
    """Return coverage, the histogram of ranks and the misses of the held-out rows."""
    share = scores.coverage(counted)
    free = len(held_out) - len(counted)
    misses = [
        f"{score.study['people']}: {score.row['what'][0].lower()}{score.row['what'][1:]} (rank {score.rank:.2f})"
        for score in counted
        if not score.within(scores.WHOLE)
    ]
    return [
        f"Of {len(counted)} held-out figures of {share['studies']:.0f} sources the central 50 % holds "
        f"{100 * share['rows_50']:.0f} % and the central 90 % {100 * share['rows_90']:.0f} %; each source counted once, "
        f"{100 * share['studies_50']:.0f} and {100 * share['studies_90']:.0f} %. Ranks in fifths: "
        f"{', '.join(str(n) for n in scores.histogram(score.rank for score in counted))}. "
        f"`cannot fail`: {free}.",
        "",
        f"Missed: {'; '.join(misses)}.",
    ]


def _left_out_summary(rows: list[dict[str, Any]]) -> list[str]:
    ranks = [row["rank"] for row in rows]
    shares = [sum(low <= rank <= high for rank in ranks) / len(ranks) for low, high in (scores.MIDDLE, scores.WHOLE)]
    return [
        f"Of {len(ranks)} figures the central 50 % holds {100 * shares[0]:.0f} %, the central 90 % "
        f"{100 * shares[1]:.0f} %. Ranks in fifths: {', '.join(str(n) for n in scores.histogram(ranks))}.",
    ]


KIDNEYS = (
    "**Kidneys.** Filtration falls with creatinine clearance, secretion with about its square root, and what is cleared",
    "by other ways falls too: in proportion, and with the rest unchanged, the kidneys could not leave 16 % of a dose in",
    "urine within 72 h at 17 mL/min, nor could losing all renal clearance double the area. The two studies disagree on",
    "mild impairment (4 and 62 % more); the model lies between them and misses the first. With impaired kidneys the peak",
    "comes earlier than the model says, which knows no faster absorption in them: the times are left as misses. The US",
    "label's fall of clearance by 80 % at urine pH 8 fits renal clearance alone; about half of the drug leaves by other",
    "ways.",
)


def page() -> str:
    """Return the whole page."""
    return PAGE.text(*exposure_section(), "", "## Receptor", *receptor_page.section())


if __name__ == "__main__":
    print(PAGE.write(page()))
