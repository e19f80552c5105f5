"""The same bytes for any number of workers and any kind of executor."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from leao.chain.run import execute
from leao.chain.scenario import load

pytestmark = pytest.mark.worlds

SMALL = {"trial.n_per_arm": 4, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return execute(load("noruzzadeh2016", SMALL), tmp_path_factory.mktemp("one"), workers=1)


def test_three_threads(one, tmp_path):
    other = execute(load("noruzzadeh2016", SMALL), tmp_path, workers=3)
    assert other.manifest["checksums"] == one.manifest["checksums"]


def test_a_process(one, tmp_path):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        other = execute(load("noruzzadeh2016", SMALL), tmp_path, executor=pool)
    assert other.manifest["checksums"] == one.manifest["checksums"]
