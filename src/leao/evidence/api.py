"""The calls of ``leao.evidence``: published trials, their synthesis, the claims of the story.

Arguments bear the names of the command line's options; the summary is what the command prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core.result import Result
from leao.core.rows import frame, picked
from leao.evidence import claim_table, consistency, entry, outcomes, pooling, replay

if TYPE_CHECKING:
    from leao.evidence.contract import Claim, Synthesis, TrialArm
    from leao.evidence.replay_contract import HistoryRow

Files = Sequence[str | PathLike[str]]


def trials(add: Files = ()) -> Result[list[TrialArm]]:
    """List every study of memantine in headache, arm by arm as printed, and whether its numbers agree.

    Args:
        add: TOML files of further trials; checked, never kept.

    Raises:
        LedgerError: a file that cannot be used.
    """
    studies = entry.with_own([Path(path) for path in add])
    rows: Any = consistency.table(studies)
    return Result("trials", rows, lambda: frame(rows), studies)


def synthesis(add: Files = ()) -> Result[Synthesis]:
    """Pool the placebo-controlled trials under a neutral and a sceptical prior, and forecast the next one.

    Args:
        add: TOML files of further trials; checked, never kept.

    Raises:
        LedgerError: a file that cannot be used.
    """
    studies = entry.with_own([Path(path) for path in add])
    answer: Any = pooling.summary(studies) | outcomes.beside(studies) | {"out": None}
    return Result("synthesis", answer, lambda: frame(answer["trials"]), studies)


def history(add: Files = ()) -> Result[list[HistoryRow]]:
    """Replay the synthesis in the order of publication: how the answer moved, and which study moved it.

    Args:
        add: TOML files of further trials; checked, never kept.

    Raises:
        LedgerError: a file that cannot be used.
    """
    rows: Any = replay.rows(entry.with_own([Path(path) for path in add]))
    kept = ("date", "added", "entered")
    flat = [picked(row, kept) | {name: row[name]["estimate"] for name in pooling.PRIORS} for row in rows]
    return Result("history", rows, lambda: frame(flat))


def claims(about: str | None = None) -> Result[list[Claim]]:
    """List the claims of the story with what sources say, their grade, what leao computes, and the verdict.

    Args:
        about: words that a claim must hold, in any order.

    Raises:
        ScenarioError: no claim holds the words; names the nearest.
    """
    rows: Any = claim_table.claims(about)
    return Result("claims", rows, lambda: frame(rows))
