"""Ensembles of trials: the same bytes however they are cut, computed or interrupted; a null effect changes nothing."""

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context

import numpy as np
import pytest

import leao
from leao.answers import operating
from leao.characteristics import How, play_out, pooled
from leao.chunks import Shard
from leao.errors import ScenarioError
from leao.kept import Kept
from leao.trial import play

METHODS = ("negative_binomial", "mmrm")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


def setting(kept, effect=0.6, sizes=(8,), scenario=None, **more):
    wish = operating.Wish(effect, sizes, METHODS, **more)
    return operating.setting(leao.load("noruzzadeh2016", scenario or {}), wish, Kept(kept))


def test_no_effect_is_the_null_world_bit_for_bit(kept):
    rows, trials = play.chunk(setting(kept, 1.0), range(3))
    for name, values in trials.items():
        if "|effect|" in name:
            assert np.array_equal(values, trials[name.replace("|effect|", "|null|")], equal_nan=True), name
    assert np.array_equal(rows["attacks|drug|last"], rows["attacks|none|last"])
    assert np.all(rows["effect_size"] == 0)


def test_small_trials_are_the_first_patients_of_large_ones(kept):
    small, large = setting(kept, sizes=(8,)), setting(kept, sizes=(8, 16))
    one, both = play.chunk(small, range(3))[1], play.chunk(large, range(3))[1]
    for name in one:
        if "|8|" in name:
            assert np.array_equal(one[name], both[name], equal_nan=True), name


def test_a_policy_sees_the_past_only_and_its_dose_is_taken(kept):
    seen = []

    def halve(past):
        seen.append((past.epoch, past.day, past.diary["attacks"].shape[-1], past.dose.shape[-1]))
        return np.where(past.enrolled.arm > 0, 5.0, 0.0)

    ask = setting(kept, scenario={"trial.design": {"kind": "titrated"}}, policy=halve)
    found = play.play(ask, range(2))
    start = ask.design.start
    assert seen == [(1, start + 28, start + 28, start + 28), (2, start + 56, start + 56, start + 56)]
    treated = (found.enrolled.arm > 0) & np.isinf(found.enrolled.last_day)
    assert np.all(found.dose[treated][:, start : start + 28] == 10.0)
    assert np.all(found.dose[treated][:, start + 28 :] == 5.0)
    assert np.all(found.dose[found.enrolled.arm == 0] == 0.0)
    plain = play.play(setting(kept), range(2))
    early = slice(0, start + 28)
    assert np.array_equal(found.with_drug["attacks"][..., early], plain.with_drug["attacks"][..., early])


def test_titrated_without_a_policy_is_refused(kept):
    with pytest.raises(ScenarioError, match="policy"):
        setting(kept, scenario={"trial.design": {"kind": "titrated"}})


def answer(out, executor, repeats=50, shard=None):
    wish = operating.Wish(0.6, (8,), METHODS)
    how = How(pooled(executor, None), *([Shard.parse(shard)] if shard else []))
    return play_out(leao.load("noruzzadeh2016"), wish, repeats, out, how)


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    with ThreadPoolExecutor(1) as pool:
        return answer(tmp_path_factory.mktemp("one"), pool)


def same(one, other):
    return json.dumps({**one, "run": ""}) == json.dumps({**other, "run": ""})


def names(folder):
    return sorted(path.name for path in (folder / "chunks").iterdir())  # a chunk's name holds its checksum


def test_a_damaged_chunk_is_computed_again_and_shards_make_the_whole(one, tmp_path):
    from pathlib import Path

    with ThreadPoolExecutor(2) as pool:
        half = answer(tmp_path, pool, shard="2/2")
        assert half["missing_chunks"] == 1
        assert half["power"] is None
        whole = answer(tmp_path, pool, shard="1/2")
        assert same(one, whole)
        folder = Path(whole["run"])
        before = names(folder)
        damaged = next(iter((folder / "chunks").iterdir()))
        damaged.write_bytes(damaged.read_bytes()[:-20] + b"x" * 20)
        (folder / "chunks" / before[-1]).unlink()
        assert same(one, answer(tmp_path, pool))
        assert names(folder) == before == names(Path(one["run"]))
        more = answer(tmp_path, pool, repeats=51)
    assert more["repeats"] == 51
    assert set(before) < set(names(folder))


def test_a_process(one, tmp_path):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert same(one, answer(tmp_path, pool))


@pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed: pip install 'leao[dask]'")
@pytest.mark.filterwarnings("default")
def test_dask_on_a_local_cluster_of_two(one, tmp_path):
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=False) as cluster,
        Client(cluster) as client,
    ):
        assert same(one, answer(tmp_path, client.get_executor()))
