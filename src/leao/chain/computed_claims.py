"""The numbers in the sentences of the claims table, each looked at: what it is, who says so, what of it the chain has.

claims.ROW.says-K.PLACE     the number at a place of what the K-th source says of a claim
claims.ROW.model.PLACE      of what this package computes
"""

from __future__ import annotations

from typing import Any

from leao.chain import fixed
from leao.chain.computed_trials import listed
from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError
from leao.core.number_statement import BY_LEAO, entry, result
from leao.evidence import claim_table, pooling, published_trials
from leao.evidence.claim_numbers import numerals

OF_THE_CHAIN = {  # what of the chain a command's figures bear on
    "leao receptor": ("chain.block_percent",),
    "leao cortex": ("chain.threshold_relative",),
    "leao preventives": ("headache.kappa",),
    "leao provoke": ("chain.rate_ratio",),
    "leao plan": ("dose",),
    "leao pk": ("chain.plasma_ng_per_mL",),
    "leao run": ("chain.fewer_percent", "trials.fewer_percent"),
    "leao evidence": ("trials.fewer_percent",),
}
NO_RANGE = (
    "No number of the verdict is computed from a sentence of the claims table. What the chain reads of the same source "
    "or computes for it opens below, with the verdict over its range."
)


def number(name: str) -> dict[str, Any]:
    """Return what a number in a sentence is.

    Raises:
        ScenarioError: no such sentence, or no such number in it.
    """
    try:
        _, row, sentence, _ = name.split(".")
        claim = claim_table.claims()[int(row)]
        said = None if sentence == "model" else claim["says"][int(sentence.removeprefix("says-"))]
        text = (claim["model"] or "") if said is None else said["text"]
        words = {part["opens"]: part["text"] for part in numerals(text, name.rpartition(".")[0])}[name]
    except (ValueError, IndexError, KeyError):
        raise ScenarioError(
            f"number: found {name!r}, wanted claims.ROW.says-K.PLACE or claims.ROW.model.PLACE"
        ) from None
    graded = f"grade of the claim: {claim['grade']}, because {claim['because']}"
    stated = entry(name, claim["claim"], "", 0.0) | {"value": None, "words": words}
    if said is None:
        stated |= {"source": f"{BY_LEAO}; held to the code by a test", "where": claim["command"]}
        return result(
            stated, facts=[["Sentence", text], ["Verdict on the claim", f"{claim['verdict']}; {graded}"]],
            comes_from=listed(_of_the_chain(claim["command"])), no_range=NO_RANGE,
        )  # fmt: skip
    source = said["source"]
    stated |= {
        "source": source, "reference": bibliography.reference(source), "where": _where(source),
        "tier": "as the source states it; not a number of a ledger",
    }  # fmt: skip
    return result(
        stated, facts=[["Sentence", text], ["Verdict on the claim", f"{claim['verdict']}; {graded}"]],
        comes_from=listed((*_trial(source), *_of_the_chain(claim["command"]))), behind=_of_the_source(source),
        no_range=NO_RANGE,
    )  # fmt: skip


def _where(source: str) -> str:
    """Return where in a trial's report its figures stand; of other sources the claims table gives no place."""
    return published_trials.read(source).where if source in published_trials.names() else ""


def _trial(source: str) -> tuple[str, ...]:
    return tuple(f"trials.{each.trial}" for each in pooling.observed("log_ratio") if each.trial == source)


def _of_the_chain(command: str) -> tuple[str, ...]:
    return next((keys for words, keys in OF_THE_CHAIN.items() if command.startswith(words)), ())


def _of_the_source(source: str) -> list[dict[str, Any]]:
    """Return the numbers that the chain draws and that this source gave."""
    return [
        {"key": f"{stage}.{key}", "label": key.replace("_", " "), "value": n.value, "unit": n.unit, "tier": n.tier}
        for stage, name in fixed.LEDGERS.items()
        for key, n in ledger.read(name).numbers.items()
        if n.source == source
    ]
