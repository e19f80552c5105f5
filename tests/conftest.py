"""What every test shares: compiled kernels in a folder of their own, the order of the files, answers computed once."""

from pathlib import Path

import pytest
from tests import kernels, shared

kernels.set_up()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest begin first, so that no worker ends alone with one of them."""
    items.sort(key=lambda item: shared.rank(item.nodeid.partition("::")[0]))


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this test run share."""
    return shared.folder(tmp_path_factory)


@pytest.fixture
def runs_folder(tmp_path: Path, session_folder: Path) -> Path:
    """An empty folder for runs, whose calibrations are the session's."""
    return shared.for_runs(tmp_path, session_folder)
