"""What is computed once for all tests of a session, whichever worker asks first."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

import pytest

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
