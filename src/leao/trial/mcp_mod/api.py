"""The call ``leao.trial.dose_response``."""

from __future__ import annotations

from os import PathLike
from typing import Any

from leao.core.result import Result


def dose_response(
    data: str | PathLike[str],
    dose: str,
    value: str,
    covariates: str | None = None,
    models: str | None = None,
    better: str = "lower",
    alpha: float = 0.025,
    delta: float | None = None,
) -> Result[dict[str, Any]]:
    """Test for a dose response by optimal contrasts of candidate shapes, fit those shown, find the dose (MCP-Mod).

    Args:
        data: a table, a row per patient.
        dose: column of the dose; 0 is placebo.
        value: column of the endpoint, such as the change from baseline.
        covariates: columns the means are adjusted for, ``"base,age"``.
        models: candidate shapes with guessed parameters, ``"linear,emax:5,logistic:10:2"``; by default linear, emax,
            exponential and logistic spread over the doses.
        better: lower or higher: which way the endpoint is better.
        alpha: of one side, for all shapes together.
        delta: effect over placebo for which the dose is sought.

    Raises:
        ScenarioError: a table or a value that cannot be used.
    """
    from leao.trial.mcp_mod import analysis

    words = analysis.McpModWords(dose, value, covariates, models, better, alpha, delta)
    return Result("dose_response", analysis.answer(str(data), words))
