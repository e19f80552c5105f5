"""What is taken to have happened to patients without the last visit, by name (``kernels/imputation.py``)."""

from __future__ import annotations

from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.trial.kernels import imputation as kernel


class Strategy(NamedTuple):
    """One assumption about visits that are missing after the last that was made."""

    code: int
    what: str


_AS_IF = "difference in mean change at the last planned visit as if those who left"
STRATEGIES = {
    "missing_at_random": Strategy(
        kernel.MAR, f"{_AS_IF} had gone on as others of their arm with the same visits do (hypothetical)"
    ),
    "jump_to_reference": Strategy(
        kernel.J2R,
        f"{_AS_IF} had gone on as the control does from then on (a hypothetical strategy that favours the control)",
    ),
    "copy_reference": Strategy(kernel.CR, f"{_AS_IF} had been as the control is from the start"),
    "copy_increments": Strategy(
        kernel.CIR, f"{_AS_IF} kept what they had gained and moved as the control does from then on"
    ),
    "last_mean": Strategy(kernel.LMCF, f"{_AS_IF} had stayed at the mean their arm had at their last visit"),
}


def named(text: str) -> tuple[str, ...]:
    """Return the strategies written as ``all`` or ``copy_reference,last_mean``, each once.

    Raises:
        ScenarioError: a word that is none.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts == ["all"]:
        return tuple(STRATEGIES)
    for part in parts:
        if part not in STRATEGIES:
            hint = nearest(part, list(STRATEGIES))
            raise ScenarioError(f"--imputation: found {part!r}, wanted all or some of {', '.join(STRATEGIES)}{hint}")
    if not parts:
        raise ScenarioError(f"--imputation: wanted all or some of {', '.join(STRATEGIES)}")
    return tuple(dict.fromkeys(parts))
