"""Windows and macOS, by imitation: no call outside one module that they lack; other paths, another locale."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leao.core import files, parts, runs, system
from leao.core.cache import Kept

pytestmark = pytest.mark.property

SOURCE = Path(system.__file__).resolve().parents[1]
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "syslog", "posix", "curses", "readline"}
CALLS = {  # of os and signal, that Windows or macOS lack or do otherwise
    *("fork", "forkpty", "getuid", "geteuid", "getgid", "getegid", "fchmod", "chmod", "chown", "umask", "killpg"),
    *("setsid", "statvfs", "mkfifo", "mknod", "sync", "nice", "uname", "getloadavg", "sched_getaffinity", "pread"),
    *("pwrite", "symlink", "readlink", "O_NOFOLLOW", "O_DIRECTORY", "SIGKILL", "SIGALRM", "alarm", "pipe2", "waitpid"),
}


def test_one_module_alone_calls_what_not_every_system_has():
    for path in SOURCE.rglob("*.py"):
        if path.name == "system.py" and path.parent.name == "core":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            assert not MODULES & {name.partition(".")[0] for name in names}, path
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ("os", "signal")
            ):
                assert node.attr not in CALLS, f"{path}:{node.lineno} os.{node.attr}"


def test_every_text_says_its_encoding():
    """A locale may be C: what is opened as text without an encoding is read as ASCII there."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in (
                "read_text", "write_text",
            ):  # fmt: skip
                ours = isinstance(node.func.value, ast.Name) and node.func.value.id == "files"
                said = ours or len(node.args) > (node.func.attr == "write_text")
                assert said or any(word.arg == "encoding" for word in node.keywords), f"{path}:{node.lineno}"


@pytest.fixture
def windows(monkeypatch, tmp_path):
    """No locks, no folder that can be opened, no open file that can be renamed or flushed for reading."""
    opened, open_, replace, close = {}, os.open, Path.replace, os.close

    def opens(path, flags, mode=0o777, **more):
        if not more and Path(path).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        handle = open_(path, flags, mode, **more)
        opened[handle] = flags
        return handle

    def replaces(path, target):
        if any(_is_open(handle, path) for handle in opened):
            raise PermissionError(32, "The process cannot access the file", str(path))
        return replace(path, target)

    def flushes(handle):
        if opened.get(handle, os.O_RDWR) & 3 == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(system, "fcntl", None)
    monkeypatch.setattr(os, "open", opens)
    monkeypatch.setattr(os, "close", lambda handle: (opened.pop(handle, None), close(handle))[1])
    monkeypatch.setattr(os, "fsync", flushes)
    monkeypatch.setattr(Path, "replace", replaces)
    for name in ("fchmod", "getuid"):
        monkeypatch.delattr(os, name)


def _is_open(handle, path):
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except OSError:
        return False


def test_everything_is_written_without_what_windows_lacks(windows, tmp_path):
    place = tmp_path / "Leão & Söhne, Ordner mit Leerzeichen"
    files.write_text(place / "Übersicht.html", "a")
    files.write_text(place / "Übersicht.html", "b", files.PRIVATE)
    assert (place / "Übersicht.html").read_text(encoding="utf-8") == "b"
    with files.folder(place / "results.zarr") as part:
        (part / "inner").mkdir()
        (part / "inner" / "x").write_bytes(b"1")
    assert (place / "results.zarr" / "inner" / "x").read_bytes() == b"1"
    saved = runs.save_chunk(place, 0, {"a": [1]}, {"b": [2.0]})
    assert runs.load_chunk(place, 0).patients.equals(saved.patients)
    assert Kept(place / ".kept").table("x", 1, lambda: [1]) == [1]
    parts.sweep(place)
    assert not list(place.glob("*.part"))


def test_paths_with_spaces_and_other_letters_in_a_c_locale(tmp_path):
    place = tmp_path / "Tagebücher von Ana Leão"
    place.mkdir()
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    diary = place / "März 2026.csv"
    diary.write_bytes((SOURCE.parents[1] / "docs" / "tutorials" / "data" / "diary.csv").read_bytes())
    for words in (["review", str(diary), "--check"], ["evidence", "synthesis", "--out", str(place / "Übersicht.html")]):
        done = subprocess.run(
            [sys.executable, "-m", "leao", *words], capture_output=True, env=os.environ | plain, check=False
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode("ascii", "replace")
        assert done.returncode in (0, 2), done.stderr
        assert done.stdout.isascii()
    assert (place / "Übersicht.html").read_text(encoding="utf-8").startswith("<!")
