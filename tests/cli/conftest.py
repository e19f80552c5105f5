"""A command line to call, and one small finished run that tests share."""

from typing import NamedTuple

import pytest
from tests import shared

from leao.cli import call


class Said(NamedTuple):
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def leao(capsys):
    def run(*arguments):
        code = call([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture(scope="session")
def finished(session_folder):
    """A run of a few small trials with one cortex preset, computed by the worker that asks first."""
    import leao

    small = {"trial.n_per_arm": 5, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}
    runs = session_folder / "runs"
    with shared.alone(runs):  # the second to come is answered from the folder
        if not runs.exists():
            runs.mkdir()
            shared.for_runs(runs, session_folder)
        return leao.run(leao.load("noruzzadeh2016", small), runs)
