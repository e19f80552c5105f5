"""Ensembles of trials: the same bytes however they are cut, computed or interrupted; a null effect changes nothing."""

import json
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leao
from leao.chain import power_answer
from leao.chain.run_power import WorkOptions, _told, play_out, pooled
from leao.core.cache import Kept
from leao.core.chunks import Shard
from leao.core.errors import ScenarioError
from leao.trial import simulation

pytestmark = pytest.mark.worlds

METHODS = ("negative_binomial", "mmrm")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


def setting(kept, effect=0.6, sizes=(8,), scenario=None, **more):
    wish = power_answer.PowerRequest(effect, sizes, METHODS, **more)
    return power_answer.setting(leao.load("noruzzadeh2016", scenario or {}), wish, Kept(kept))


def test_no_effect_is_the_null_world_bit_for_bit(kept):
    rows, trials = simulation.chunk(setting(kept, 1.0), range(3))
    for name, values in trials.items():
        if "|effect|" in name:
            assert np.array_equal(values, trials[name.replace("|effect|", "|null|")], equal_nan=True), name
    assert np.array_equal(rows["attacks|drug|last"], rows["attacks|none|last"])
    assert np.all(rows["effect_size"] == 0)


def test_the_empirical_effect_is_drawn_for_each_trial(kept):
    empirical: Any = setting(kept, "empirical").effect
    logs = empirical.draw(range(4))
    assert len(set(logs.tolist())) == 4


def test_small_trials_are_the_first_patients_of_large_ones(kept):
    small, large = setting(kept, sizes=(8,)), setting(kept, sizes=(8, 16))
    fewer, both = simulation.chunk(small, range(3))[1], simulation.chunk(large, range(3))[1]
    for name in fewer:
        if "|8|" in name:
            assert np.array_equal(fewer[name], both[name], equal_nan=True), name


def test_a_policy_sees_the_past_only_and_its_dose_is_taken(kept):
    seen = []

    def halve(past):
        seen.append((past.epoch, past.day, past.diary["attacks"].shape[-1], past.dose.shape[-1]))
        return np.where(past.enrolled.arm > 0, 5.0, 0.0)

    ask = setting(kept, scenario={"trial.design": {"kind": "titrated"}}, policy=halve)
    diaries = simulation.simulate_diaries(ask, range(2))
    start = ask.design.start
    assert seen == [(1, start + 28, start + 28, start + 28), (2, start + 56, start + 56, start + 56)]
    treated = (diaries.enrolled.arm > 0) & np.isinf(diaries.enrolled.last_day)
    assert np.all(diaries.dose[treated][:, start : start + 28] == 10.0)
    assert np.all(diaries.dose[treated][:, start + 28 :] == 5.0)
    assert np.all(diaries.dose[diaries.enrolled.arm == 0] == 0.0)
    plain = simulation.simulate_diaries(setting(kept), range(2))
    early = slice(0, start + 28)
    assert np.array_equal(diaries.with_drug["attacks"][..., early], plain.with_drug["attacks"][..., early])


def test_a_titrated_trial_follows_a_shipped_policy(kept):
    def doses(policy=None, **more):
        design = {"kind": "titrated"} | ({"policy": policy} if policy else {})
        return simulation.simulate_diaries(setting(kept, scenario={"trial.design": design, **more}), range(2))

    plain = doses()
    there = (plain.enrolled.arm > 0) & np.isinf(plain.enrolled.last_day)
    start = 28
    assert np.all(plain.dose[there][:, start : start + 28] == 10.0)
    assert {5.0, 10.0, 20.0} & set(np.unique(plain.dose[there][:, -1])) != {10.0}
    assert np.all(plain.dose[plain.enrolled.arm == 0] == 0.0)
    assert plain.dosed.prescribed.dense()[plain.enrolled.arm == 0].max() == 20.0  # the blind holds
    slow = doses("fixed_20")
    stays = (slow.enrolled.arm > 0) & np.isinf(slow.enrolled.last_day)
    assert slow.dose[stays][:, start : start + 28 : 7].tolist() == [[5.0, 10.0, 15.0, 20.0]] * int(stays.sum())
    titrated = simulation.simulate_diaries(setting(kept, scenario={"arms.memantine.policy": "titrated"}), range(2))
    assert np.array_equal(titrated.dose, plain.dose)  # the arm's own policy is followed, not passed over


def test_a_shipped_policy_without_effect_is_the_null_world(kept):
    rows, trials = simulation.chunk(setting(kept, 1.0, scenario={"trial.design": {"kind": "titrated"}}), range(3))
    for name, values in trials.items():
        if "|effect|" in name:
            assert np.array_equal(values, trials[name.replace("|effect|", "|null|")], equal_nan=True), name
    assert rows["adverse_any"].any()


def test_policies_that_contradict_each_other_are_refused(kept):
    titrated = {"arms.memantine.policy": "titrated"}
    with pytest.raises(ScenarioError, match="one policy; leave one out"):
        setting(kept, scenario=titrated | {"trial.design": {"kind": "titrated", "policy": "fixed_10"}})
    with pytest.raises(ScenarioError, match="design 'crossover'"):
        setting(kept, scenario=titrated | {"trial.design": {"kind": "crossover"}})
    with pytest.raises(ScenarioError, match="found 'fixed_30', wanted one of"):
        setting(kept, scenario={"trial.design": {"kind": "titrated", "policy": "fixed_30"}})


def test_under_a_placebo_run_in_the_prescriber_sees_the_diary_that_is_lived(kept):
    from leao.diary import process
    from leao.trial import titration
    from leao.trial.effect import NoEffect
    from leao.trial.enrolment_dropout import enrol

    ask = setting(kept, scenario={"trial.placebo_run_in": True})
    enrolled = enrol(ask.design, ask.calibration, ask.streams, range(4))
    ones = np.ones((*enrolled.arm.shape, ask.design.days))
    upstream = process.DiaryInput(ones, enrolled.people, enrolled.shift, ask.design.shift_day)
    days = process.run(ask.design.diary, upstream, ask.design.counting)
    visit, start = ask.design.start + 28, ask.design.start
    filled = [(~days["missing"][..., a:b].astype(bool)) for a, b in ((0, start), (start, visit))]
    counts = [
        (days["attacks"][..., a:b] * there).sum(-1) * 28 / there.sum(-1)
        for (a, b), there in zip(((0, start), (start, visit)), filled, strict=True)
    ]
    request = titration.TitrationRequest(ask.design, enrolled, NoEffect(), ask.streams)
    seen = titration._response(request, ones[..., :visit])
    assert np.allclose(seen, (counts[0] - counts[1]) / counts[0], equal_nan=True)


def test_a_changed_callable_is_another_question():
    def taking(amount):
        return lambda seen: np.full(seen.dose.shape[:2], amount)

    descriptions = [
        _told(policy) for policy in (taking(5.0), taking(5.0), taking(6.0), partial(max, 1), partial(max, 2))
    ]
    assert descriptions[0] == descriptions[1]
    assert descriptions[0] != descriptions[2]
    assert descriptions[3] != descriptions[4]


def answer(out, executor, repeats=50, shard=None):
    wish = power_answer.PowerRequest(0.6, (8,), METHODS)
    how = WorkOptions(pooled(executor, None), *([Shard.parse(shard)] if shard else []))
    return play_out(leao.load("noruzzadeh2016"), wish, repeats, out, how)


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory):
    with ThreadPoolExecutor(1) as pool:
        return answer(tmp_path_factory.mktemp("one"), pool)


def same(left, right):
    return json.dumps({**left, "run": ""}) == json.dumps({**right, "run": ""})


def names(folder):
    return sorted(path.name for path in (folder / "chunks").iterdir())  # a chunk's name holds its checksum


def test_a_damaged_chunk_is_computed_again_and_shards_make_the_whole(one_worker, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        half = answer(tmp_path, pool, shard="2/2")
        assert half["missing_chunks"] == 1
        assert half["power"] is None
        whole = answer(tmp_path, pool, shard="1/2")
        assert same(one_worker, whole)
        folder = Path(whole["run"])
        before = names(folder)
        damaged = next(iter((folder / "chunks").iterdir()))
        damaged.write_bytes(damaged.read_bytes()[:-20] + b"x" * 20)
        (folder / "chunks" / before[-1]).unlink()
        assert same(one_worker, answer(tmp_path, pool))
        assert names(folder) == before == names(Path(one_worker["run"]))
        more = answer(tmp_path, pool, repeats=51)
    assert more["repeats"] == 51
    assert set(before) < set(names(folder))


def test_a_process(one_worker, tmp_path):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert same(one_worker, answer(tmp_path, pool))


@pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed: pip install 'leao[dask]'")
@pytest.mark.filterwarnings("default")
def test_dask_on_a_local_cluster_of_two_processes(one_worker, tmp_path):
    from dask import config
    from distributed import Client, LocalCluster

    quiet = {"distributed.worker.memory.terminate": False, "distributed.worker.daemon": True}
    cluster = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1"}
    cluster |= {"dashboard_address": None, "local_directory": str(tmp_path / "dask"), "silence_logs": 40}
    with config.set(quiet), LocalCluster(**cluster) as two, Client(two) as client:
        client.wait_for_workers(2, timeout=60)
        pids: Any = client.run(os.getpid)
        assert len({*pids.values(), os.getpid()}) == 3  # processes of their own
        answered = answer(tmp_path, client.get_executor())
    assert same(one_worker, answered)
    assert names(Path(answered["run"])) == names(Path(one_worker["run"]))


def test_the_titrated_design_is_the_same_for_any_workers_and_found_again(tmp_path):
    def titrated(folder, executor, shard=None):
        asked = leao.load("noruzzadeh2016", {"trial.design": {"kind": "titrated", "policy": "titrated"}})
        how = WorkOptions(pooled(executor, None), *([Shard.parse(shard)] if shard else []))
        return play_out(asked, power_answer.PowerRequest(0.6, (6,), METHODS), 50, folder, how)

    with ThreadPoolExecutor(1) as pool:
        alone = titrated(tmp_path / "one", pool)
        assert titrated(tmp_path / "parts", pool, "2/2")["missing_chunks"] == 1
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        parts = titrated(tmp_path / "parts", pool)
    assert same(alone, parts)
    assert names(Path(alone["run"])) == names(Path(parts["run"]))
    policy = alone["design"]["policy"]
    assert policy["name"] == "titrated"
    months = policy["dose_by_month_percent"]["memantine"]
    assert len(months) == 3
    assert "20 mg" not in months[0]
    assert months[2]["20 mg"] > 20.0
    assert "dropout.memantine" not in alone["design"]["inputs"]
