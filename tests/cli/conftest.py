"""A command line to call, and one small finished run that tests share."""

from typing import NamedTuple

import pytest

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
def finished(tmp_path_factory):
    """A run of a few small trials with one cortex preset."""
    import leao

    small = {"trial.n_per_arm": 5, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}
    return leao.run(leao.load("noruzzadeh2016", small), tmp_path_factory.mktemp("runs"))
