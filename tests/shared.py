"""What is computed once for all tests of a session, whichever worker asks first."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

import numpy as np
import pytest

# Draws of the receptor's posterior turn with the basis that the linear algebra takes where eigenvalues are equal; newer
# NumPy takes another one. What is committed is of the older; elsewhere the error of the draws is allowed for.
DRAWN_ALIKE = tuple(int(part) for part in np.__version__.split(".")[:2]) < (2, 5)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]\d+)?")
LONGEST_FIRST = (  # by processor time from cold; those that compile different kernels begin side by side
    "tests/cli/test_contract.py",
    "tests/cli/test_pk.py",
    "tests/cortex/test_second_cvode.py",
    "tests/cli/test_trial.py",
    "tests/cli/test_run.py",
    "tests/cli/test_receptor.py",
    "tests/trial/test_tables_any.py",
    "tests/trial/test_trial_ensembles.py",
    "tests/cli/test_review.py",
    "tests/cli/test_plan.py",
    "tests/cli/test_cortex.py",
    "tests/cli/test_policy.py",
)


def rank(path: str) -> int:
    """Return the place of a test file among those that take long; the others follow as they are."""
    return LONGEST_FIRST.index(path) if path in LONGEST_FIRST else len(LONGEST_FIRST)


def folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of this test run share."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in environ:
        base = base.parent
    path = base / "shared"
    path.mkdir(exist_ok=True)
    return path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time work on ``path``."""
    try:
        import fcntl
    except ImportError:  # each worker computes its own
        yield
        return
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def for_runs(path: Path, session: Path) -> Path:
    """Return ``path``, ready for runs: calibrations and waves, kept by question and code, are the session's."""
    kept = session / "kept"
    kept.mkdir(exist_ok=True)
    (path / ".kept").symlink_to(kept, target_is_directory=True)
    return path


def same_figures(text: str, committed: str, within: float) -> bool:
    """Return whether two pages have the same words, and numbers that differ by at most a share ``within``."""
    if NUMBER.sub("#", text) != NUMBER.sub("#", committed):
        return False
    pairs = zip(*([float(number) for number in NUMBER.findall(page)] for page in (text, committed)), strict=True)
    return all(abs(ours - theirs) <= within * max(abs(ours), abs(theirs)) for ours, theirs in pairs)
