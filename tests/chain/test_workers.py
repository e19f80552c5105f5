"""The same bytes for any number of workers, any kind of executor, and any cutting into shards."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests import shared

import leao
from leao.cli import call
from leao.core.work import Work, checked

pytestmark = pytest.mark.worlds

SMALL = {"trial.n_per_arm": 4, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}
TRIAL = {"repeats": 50, "n": "6", "effect": "0.7", "estimator": "negative_binomial"}


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory, session_folder):
    folder = shared.for_runs(tmp_path_factory.mktemp("one"), session_folder)
    return leao.run("noruzzadeh2016", folder, set=SMALL, workers=1)


@pytest.fixture(scope="module")
def trial(tmp_path_factory, session_folder):
    folder = shared.for_runs(tmp_path_factory.mktemp("trial"), session_folder)
    return chunks(leao.power("noruzzadeh2016", **TRIAL, out=folder, workers=1))


@pytest.fixture(scope="module")
def scheduler():
    """Two worker processes under a scheduler, as two machines would be."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield str(vars(cluster)["scheduler"].address)


def chunks(result):
    """Names of an ensemble's files, which bear the checksums of their content."""
    return sorted(path.name for path in (Path(result.summary["run"]) / "chunks").iterdir())


def test_three_threads(one_worker, runs_folder):
    other = leao.run("noruzzadeh2016", runs_folder, set=SMALL, workers=3)
    assert other.manifest["checksums"] == one_worker.manifest["checksums"]


def test_a_process(one_worker, runs_folder):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        other = leao.run("noruzzadeh2016", runs_folder, set=SMALL, executor=pool)
    assert other.manifest["checksums"] == one_worker.manifest["checksums"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_dask_workers_in_two_shards(one_worker, trial, scheduler, runs_folder, capsys):
    words = [f"--set={key}={json.dumps(value)}" for key, value in SMALL.items()]
    command = ["run", "noruzzadeh2016", "--out", str(runs_folder), *words, "--scheduler", scheduler, "--json"]
    assert call([*command, "--shard", "2/2"]) == 3
    printed = capsys.readouterr()
    unfinished = json.loads(printed.out)
    assert (unfinished["shard"], unfinished["missing_chunks"], unfinished["chunks"]) == ([2, 2], 2, 3)
    assert "shard 2/2 is done; 2 of 3 parts" in printed.err
    with pytest.raises(leao.LeaoError, match="holds an unfinished run"):
        leao.open(unfinished["run"])
    assert call([*command, "--shard", "1/2"]) == 0
    finished = leao.open(json.loads(capsys.readouterr().out)["run"])
    assert finished.manifest["checksums"] == one_worker.manifest["checksums"]
    played = leao.power("noruzzadeh2016", **TRIAL, out=runs_folder, scheduler=scheduler)
    assert chunks(played) == trial


def test_a_grid_in_two_shards(runs_folder):
    ask = {"repeats": 50, "n": "4", "effect": "1", "estimator": "negative_binomial"}
    with pytest.raises(leao.UnfinishedShard, match="shard 1/2 is done; 1 of 2 parts"):
        leao.power_grid("noruzzadeh2016", **ask, out=runs_folder, shard="1/2")
    shards = leao.power_grid("noruzzadeh2016", **ask, out=runs_folder, shard="2/2").summary
    assert [row["effect"] for row in shards] == [1.0]


def test_shards_of_a_dose_curve_and_of_waves_under_kcl(tmp_path):
    tissue = {"preset": "tuttle2019", "concentration": "0,3,10 uM", "compound": "memantine"}
    alone = leao.cortex.threshold(**tissue, workers=1).summary
    with pytest.raises(leao.UnfinishedShard):
        leao.cortex.threshold(**tissue, shard="1/2", out=tmp_path)
    assert plain(leao.cortex.threshold(**tissue, shard="2/2", out=tmp_path)) == plain(alone)
    train = {"minutes": 1.0, "preset": "tuttle2019"}
    with pytest.raises(leao.UnfinishedShard, match="2 of 5 parts"):
        leao.cortex.kcl(**train, shard="1/2", out=tmp_path)
    assert plain(leao.cortex.kcl(**train, out=tmp_path)) == plain(leao.cortex.kcl(**train))


def plain(answer):
    summary = dict(getattr(answer, "summary", answer))
    summary.pop("cpu_s")
    return summary


def test_the_last_shard_sees_what_another_computed_meanwhile(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from leao.core import chunks as cutting

    def meanwhile(span):
        if span.start == 0:  # while this shard works, the other comes to its end
            other = cutting.Shard(2, 2)
            with ThreadPoolExecutor(1) as pool:
                assert cutting.ensemble(columns, spans, pool, path=tmp_path, shard=other).missing == 1
        return columns(span)

    def columns(span):
        return {"trial": list(span)}, {"trial": list(span)}

    spans = cutting.spans(50)
    with ThreadPoolExecutor(1) as pool:
        whole = cutting.ensemble(meanwhile, spans, pool, path=tmp_path, shard=cutting.Shard(1, 2))
    assert whole.missing == 0
    assert whole.trials["trial"].tolist() == list(range(50))


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (Work(shard="3/2"), "--shard"),
        (Work(workers=0), "--workers"),
        (Work(workers=2, scheduler="tcp://127.0.0.1:1"), "leave out --workers"),
    ],
)
def test_work_that_cannot_be_done_is_refused(work, why):
    with pytest.raises(leao.LeaoError, match=why):
        checked(work)


def test_a_scheduler_that_does_not_answer(tmp_path, monkeypatch):
    from leao.core import work

    monkeypatch.setattr(work, "PATIENCE", "1 s")
    with pytest.raises(leao.LeaoError, match="no scheduler answers"):
        leao.power("noruzzadeh2016", **TRIAL, out=tmp_path, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(leao.LeaoError, match="no --out"):
        leao.cortex.kcl(shard="1/2")
