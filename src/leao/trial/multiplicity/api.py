"""The call ``leao.trial.adjust``."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result


def adjust(
    hypotheses: str,
    procedure: str = "holm",
    alpha: float = 0.05,
    weights: str | None = None,
    transfer: str | None = None,
) -> Result[dict[str, Any]]:
    """Adjust the p-values of several hypotheses, doses or endpoints, so that the family-wise error is kept.

    Args:
        hypotheses: their names and p-values, ``"high=0.012,low=0.03"``; in order, where the order counts.
        procedure: bonferroni, holm, hochberg, fixed_sequence or graph.
        alpha: family-wise error.
        weights: shares of alpha of a graph, in order, ``"0.5,0.5"``; by default equal.
        transfer: where a rejected hypothesis hands its share, ``"high>low:1,low>high:1"``; by default equally to all.

    Raises:
        ScenarioError: what cannot be, in one line.
    """
    from leao.trial.multiplicity import adjusting

    return Result("adjusted", adjusting.answer(hypotheses, procedure, alpha, weights, transfer))
