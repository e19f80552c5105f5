"""A user's own trial: read, checked like those that ship, and set beside them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from leao.core.errors import LedgerError
from leao.evidence import effects, published_trials
from leao.evidence.consistency import admit
from leao.evidence.published_trials import Trial


def with_own(paths: Sequence[Path]) -> list[Trial]:
    """Return the trials that ship, and those of ``paths`` behind them.

    Raises:
        LedgerError: a table that cannot be used, numbers that contradict each other, a name that is taken, or a
            pooled trial without what pooling needs; one line naming file, field and remedy.
    """
    shipped = published_trials.shipped()
    for path in paths:
        added = own_trial(path)
        if added.name in {trial.name for trial in shipped}:
            raise LedgerError(f"{path}, name: {added.name!r} is taken by another trial; give it a name of its own")
        shipped.append(added)
    return shipped


def own_trial(path: Path) -> Trial:
    """Return the checked trial of a user's file.

    Raises:
        LedgerError: as in ``with_own``.
    """
    added = admit(published_trials.load(path, str(path)), str(path))
    if added.pooled:
        _poolable(added, path)
    return added


def template() -> str:
    """Return a table to copy and change, every key explained."""
    return (files("leao") / "evidence" / "template.toml").read_text(encoding="utf-8")


def _poolable(added: Trial, path: Path) -> None:
    if added.design != "parallel" or added.blinding != "double-blind" or len(added.arms) != 2:
        raise LedgerError(
            f"{path}, pooled: only double-blind parallel trials of two arms are pooled; "
            "set pooled = false and say why in not_pooled_because"
        )
    try:
        effects.difference(added)
        effects.log_ratio(added)
    except LedgerError as error:
        raise LedgerError(f"{path}: {error}") from None
