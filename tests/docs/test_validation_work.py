"""Every long validation takes the same words for its work, and any kind of workers writes the same files."""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from validation import page, work

from leao.core.errors import ScenarioError, UnfinishedShard

pytestmark = pytest.mark.command

ROOT = Path(__file__).resolve().parents[2]
ENSEMBLES = {  # script: words it needs to be an ensemble
    "build_threshold_map": (),
    "calibrate_cortex": ("0",),
    "calibrate_synthesis": (),
    "calibration_review": (),
    "cortex_counts": ("--what", "counts"),
    "cortex_grids": (),
    "cortex_shuffled": (),
    "covariate_error": (),
    "estimand_error": (),
    "fit_diary": ("fit",),
    "fit_preventives": ("power",),
    "fit_receptor": ("calibrate",),
    "imputation_error": (),
    "multiplicity_error": (),
    "n_of_1_error": (),
    "n_of_1_noise": (),
    "real_review": (),
    "search_cortex": (),
    "second_model_counts": (),
    "sequential_error": (),
    "settle_review": (),
    "type_one_error": (),
}
ALONE = {  # script: why it is no ensemble of parts that know nothing of each other
    "choose_cortex": "chooses from a table",
    "cluster_costs": "measures this machine",
    "diary_scoring": "predictions, written before what was published stands beside them",
    "fit_exposure": "one chain of Metropolis after the other",
    "house": "draws a picture",
    "install_weight": "measures this installation",
    "licences": "reads what is installed",
    "matrix": "an environment a row, kept row by row",
    "readme_claims": "writes a table",
    "readme_picture": "draws a picture",
    "reliability": "goes on where it stopped; its own table of what was tried",
    "sheet_still": "draws a picture",
    "sobol_cortex": "one design, computed at once",
    "teaching_cases": "writes eight diaries",
    "write_schemas": "writes files",
    "write_units": "writes a file",
}


def script(name):
    return importlib.import_module(f"validation.{name}")


def typed(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["script", *words])


def test_every_script_is_in_the_list():
    runs = {path.stem for path in (ROOT / "validation").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    pages = {name for name in runs if name.endswith("_page")}  # put together from what the others kept
    assert runs - pages == ENSEMBLES.keys() | ALONE.keys()
    assert not ENSEMBLES.keys() & ALONE.keys()


@pytest.mark.parametrize("name", ENSEMBLES)
def test_one_vocabulary_of_work(name, monkeypatch, capsys, tmp_path):
    main, words = script(name).main, ENSEMBLES[name]
    typed(monkeypatch, "--help")
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert all(option in said for option in ("--workers", "--scheduler", "--shard", "--out"))
    assert "[--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]" in said, "not in its docstring"
    for wrong, why in (
        (("--shard", "1/2"), "found no --out"),
        (("--shard", "3/2", "--out", str(tmp_path)), "wanted i/n"),
        (("--workers", "0"), "found 0"),
        (("--workers", "2", "--scheduler", "tcp://127.0.0.1:1"), "leave out --workers"),
    ):
        typed(monkeypatch, *words, *wrong)
        with pytest.raises(ScenarioError, match=why):
            main()


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A short ensemble of fifteen parts that writes into a folder of the test."""
    study = script("multiplicity_error")
    monkeypatch.setattr(study, "TRIALS", 400)
    (tmp_path / "written").mkdir()
    monkeypatch.setattr(page, "FOLDER", tmp_path / "written")
    return study


def written():
    texts = {path.name: path.read_bytes() for path in page.FOLDER.iterdir()}
    for path in page.FOLDER.iterdir():
        path.unlink()
    return texts


def test_shards_write_the_same_files(small, monkeypatch, tmp_path, capsys):
    typed(monkeypatch, "40", "--workers", "1")
    small.main()
    wanted = written()
    assert wanted.keys() == {"multiplicity.toml", "multiplicity.md"}
    shared = ("40", "--workers", "1", "--out", str(tmp_path / "shared"))
    typed(monkeypatch, *shared, "--shard", "1/2")
    with pytest.raises(UnfinishedShard, match="left to the other shards"):
        small.main()
    with pytest.raises(SystemExit) as ended:
        work.run("multiplicity_error")
    assert ended.value.code == 3
    assert "shard 1/2 is done" in capsys.readouterr().err
    assert not written(), "a shard that waits for others writes nothing"
    typed(monkeypatch, *shared, "--shard", "2/2")
    small.main()
    assert written() == wanted


@pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed: pip install 'leao[dask]'")
def test_a_cluster_writes_the_same_files(small, monkeypatch):
    from distributed import LocalCluster

    typed(monkeypatch, "40", "--workers", "1")
    small.main()
    wanted = written()
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        typed(monkeypatch, "40", "--scheduler", str(vars(cluster)["scheduler"].address))
        small.main()
    assert written() == wanted
