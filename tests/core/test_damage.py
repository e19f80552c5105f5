"""Whatever is wrong with a kept file or a file of a run, it is computed again: never read, never a traceback."""

import multiprocessing
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.core.damage import EVERY, copied, damage, files_of

from leao.chain.run import _finished
from leao.core import cache, files, parts, runs
from leao.core.errors import RunError

pytestmark = pytest.mark.worlds

KEY = "k" * 64


def table():
    return {"ratio": [1.5, 2.5], "name": "ε"}


def arrays():
    return {"x": np.arange(50.0), "y": np.eye(3)}


KEPT = {"table": (table, "table"), "arrays": (arrays, "arrays")}


@pytest.mark.parametrize("way", EVERY)
@pytest.mark.parametrize("kind", KEPT)
def test_a_kept_answer_is_computed_again(tmp_path, kind, way):
    compute, name = KEPT[kind]
    calls = []

    def counted():
        calls.append(1)
        return compute()

    counted.__module__ = __name__
    kept = cache.Kept(tmp_path)
    first = getattr(kept, name)("a", "asked", counted)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    damage(file, way)
    again = getattr(kept, name)("a", "asked", counted)
    assert len(calls) == 2
    assert file.read_bytes() == whole
    np.testing.assert_equal(again, first)
    getattr(kept, name)("a", "asked", counted)
    assert len(calls) == 2


def test_a_kept_answer_of_another_question_or_shape_is_computed_again(tmp_path):
    kept = cache.Kept(tmp_path)
    kept.table("a", "asked", table)
    (mine,) = tmp_path.iterdir()
    kept.arrays("a", "another", arrays)
    (other,) = set(tmp_path.iterdir()) - {mine}
    shutil.copyfile(other, mine)
    assert kept.table("a", "asked", table) == table()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run of made-up content: every kind of file that a run folder holds."""
    path = tmp_path_factory.mktemp("runs") / "mine-0123456789ab"
    content = runs.Content(
        {"answer": 1.5, "trials": 2},
        {"trial": {"trial": (("trial",), np.arange(4)), "difference": (("trial",), np.linspace(-1.0, 1.0, 4))}},
        pl.DataFrame({"arm": ["a", "b"], "day": [1, 2]}),
    )
    echo = {"scenario": {"name": "mine"}, "ledger": []}
    runs.save_chunk(path, 0, {"a": [1, 2]}, {"b": [0.5]})
    runs.save(path, content, echo, {"version": "1", "key": KEY})
    files.write_text(path / "report.html", files.sealed("<html></html>\n"))
    return path


def parts_of_a_run():
    zarr = tuple(
        f"results.zarr/{name}" for name in (".zattrs", ".zgroup", ".zmetadata", "trial/.zgroup", "trial/.zattrs")
    )
    arrays = tuple(f"results.zarr/trial/difference/{name}" for name in ("0", ".zarray", ".zattrs"))
    return ("manifest.json", "scenario.json", "ledger.json", "summary.json", "diary.parquet", *zarr, *arrays)


@pytest.mark.parametrize("part", parts_of_a_run())
def test_a_damaged_part_of_a_run_is_never_read(tmp_path, saved, part):
    for place, way in enumerate(EVERY):
        path = copied(saved, tmp_path / str(place))
        assert _finished(path, KEY) is not None
        if not (path / part).is_file():
            pytest.skip(f"this zarr writes no {part}")
        damage(path / part, way)
        assert _finished(path, KEY) is None, way
        assert not (path / "manifest.json").exists(), way
        with pytest.raises(RunError):
            runs.load(path)


def test_every_file_of_a_run_is_among_those_tested(saved):
    beside = {"report.html", *(f"chunks/{path.name}" for path in (saved / "chunks").iterdir())}
    listed = {path.relative_to(saved).as_posix() for path in files_of(saved)} - beside
    known = {name for name in parts_of_a_run() if (saved / name).is_file()}
    assert {name for name in listed if not name.startswith("results.zarr/trial/trial/")} == known


def test_a_run_of_another_question_is_never_read(tmp_path, saved):
    assert _finished(copied(saved, tmp_path), "another") is None


@pytest.mark.parametrize("way", EVERY)
def test_a_damaged_chunk_counts_as_missing_and_is_replaced(tmp_path, way):
    whole = runs.save_chunk(tmp_path, 3, {"a": [1, 2]}, {"b": [0.5]})
    for kind in ("patients", "trials"):
        (file,) = (tmp_path / "chunks").glob(f"00003-{kind}-*")
        damage(file, way)
        assert runs.load_chunk(tmp_path, 3) is None
        runs.save_chunk(tmp_path, 3, {"a": [1, 2]}, {"b": [0.5]})
        assert runs.load_chunk(tmp_path, 3).patients.equals(whole.patients)


def test_a_chunk_of_another_place_or_question_counts_as_missing(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    runs.save_chunk(there, 0, {"a": [1, 2]}, {"b": [0.5]})
    copied(there / "chunks", here)
    assert runs.load_chunk(here, 0) is None
    runs.save_chunk(here, 0, {"a": [1, 2]}, {"b": [0.5]})
    for file in list((here / "chunks").iterdir()):
        file.rename(file.with_name(file.name.replace("00000", "00001")))
    assert runs.load_chunk(here, 1) is None


@pytest.mark.parametrize("what", ["a file", "a link to nothing"])
def test_something_else_in_place_of_the_chunks(tmp_path, what):
    if what == "a file":
        (tmp_path / "chunks").write_text("x")
    else:
        (tmp_path / "chunks").symlink_to(tmp_path / "nothing")
    assert runs.load_chunk(tmp_path, 0) is None
    runs.save_chunk(tmp_path, 0, {"a": [1]}, {"b": [0.5]})
    assert runs.load_chunk(tmp_path, 0) is not None


@pytest.mark.parametrize("way", EVERY)
def test_a_damaged_page_is_written_again(tmp_path, saved, way):
    path = copied(saved, tmp_path)
    run = runs.load(path)
    assert run.has_page
    damage(path / "report.html", way)
    assert not run.has_page


def _ask(folder, start, answers):
    start.wait()
    answers.put(cache.Kept(folder).arrays("a", "asked", arrays)["x"].tolist())


def test_two_processes_mend_the_same_file(tmp_path):
    """Both find it damaged, both compute it, both write it: each reads the right answer and a whole file stays."""
    cache.Kept(tmp_path).arrays("a", "asked", arrays)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    context = multiprocessing.get_context("fork")
    for way in EVERY:
        damage(file, way)
        start, answers = context.Event(), context.Queue()
        pair = [context.Process(target=_ask, args=(tmp_path, start, answers)) for _ in range(2)]
        for process in pair:
            process.start()
        start.set()
        assert [answers.get(timeout=60) for _ in pair] == [arrays()["x"].tolist()] * 2
        for process in pair:
            process.join()
        assert file.read_bytes() == whole, way
        assert [path.name for path in tmp_path.iterdir()] == [file.name]


def _put(folder, start, answers):
    start.wait()
    try:
        for turn in range(40):
            (folder / "fields" / "x").unlink(missing_ok=True)  # damaged again and again, by either
            with files.folder(folder / "fields") as part:
                (part / "x").write_text("x")
                (part / "within").mkdir()
                (part / "within" / "y").write_text(str(turn % 3))
        answers.put(None)
    except Exception as error:
        answers.put(repr(error))


def test_two_processes_put_the_same_folder(tmp_path):
    """A folder is moved aside in one step: the other process's may stand there by then, and none is left half."""
    context = multiprocessing.get_context("fork")
    start, answers = context.Event(), context.Queue()
    pair = [context.Process(target=_put, args=(tmp_path, start, answers)) for _ in range(2)]
    for process in pair:
        process.start()
    start.set()
    assert [answers.get(timeout=60) for _ in pair] == [None, None]
    for process in pair:
        process.join()
    assert [path.name for path in tmp_path.iterdir()] == ["fields"]
    assert (tmp_path / "fields" / "within" / "y").read_text() == "0"


def test_a_folder_that_stands_as_it_would_be_written_is_left_alone(tmp_path):
    for _ in range(2):
        with files.folder(tmp_path / "fields") as part:
            (part / "x").write_text("x")
    before = (tmp_path / "fields").stat().st_ino
    with files.folder(tmp_path / "fields") as part:
        (part / "x").write_text("x")
    assert (tmp_path / "fields").stat().st_ino == before
    for other in (lambda path: path.write_text("x"), lambda path: path.symlink_to(tmp_path)):
        parts.discard(tmp_path / "fields")
        other(tmp_path / "fields")
        with files.folder(tmp_path / "fields") as part:
            (part / "x").write_text("y")
        assert (tmp_path / "fields" / "x").read_text() == "y"


def test_what_is_no_file_makes_room_for_one(tmp_path):
    (tmp_path / "folder" / "within").mkdir(parents=True)
    (tmp_path / "kept").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    parts.clear(*(tmp_path / name for name in ("folder", "link", "kept", "nothing")))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_workers_end_with_the_process_that_asks(tmp_path):
    """Killed alone, a process leaves no worker behind."""
    code = (
        "import os, sys, time\n"
        "from leao.core.work import pooled\n"
        "if __name__ == '__main__':\n"
        "    with pooled(None, 5) as pool:\n"
        "        print(*{pool.submit(os.getpid).result() for _ in range(9)}, flush=True)\n"
        "        time.sleep(60)\n"
    )
    script = tmp_path / "asks.py"
    script.write_text(code)
    asks = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    workers = [int(word) for word in asks.stdout.readline().split()]
    assert workers
    asks.kill()
    asks.wait()
    asks.stdout.close()
    until = time.monotonic() + 30
    while time.monotonic() < until and any(_lives(worker) for worker in workers):
        time.sleep(0.1)
    assert not any(_lives(worker) for worker in workers)


def _lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
