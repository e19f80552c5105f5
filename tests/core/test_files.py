"""The one writer: whole or absent, whatever happens in between."""

import pytest

from leao.core import files, runs
from leao.core.errors import RunError

pytestmark = pytest.mark.property


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "store"
    with pytest.raises(KeyboardInterrupt), files.folder(target) as part:
        (part / "half").write_text("x")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with files.folder(target) as part:
        (part / "whole").write_text("x")
    assert [path.name for path in target.iterdir()] == ["whole"]


def test_a_failed_replacement_keeps_the_old_file(tmp_path, monkeypatch):
    path = files.write_text(tmp_path / "a.txt", "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(RunError, match="No space left on device; choose a folder"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_damaged_chunk_counts_as_missing(tmp_path):
    saved = runs.save_chunk(tmp_path, 3, {"a": [1, 2]}, {"b": [0.5]})
    assert runs.load_chunk(tmp_path, 3).patients.equals(saved.patients)
    part = next((tmp_path / "chunks").glob("*-trials-*"))
    part.write_bytes(part.read_bytes()[:-1])
    assert runs.load_chunk(tmp_path, 3) is None
    assert runs.load_chunk(tmp_path, 4) is None


def test_an_output_without_a_name_in_the_table_cannot_be_saved():
    with pytest.raises(RunError, match="not in the table of variables"):
        runs.check({"nonsense": (("x",), [1.0])})


@pytest.mark.parametrize("name", ["x.html", "x.JSON", "x.csv"])
def test_a_file_s_name_is_no_folder(tmp_path, name):
    with pytest.raises(RunError, match="--out names a folder here.*write --out .*x$"):
        files.writable(tmp_path / name)
    assert not any(tmp_path.iterdir())
