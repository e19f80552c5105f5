"""Compiled kernels live in a folder named by the bytes of all kernels: a changed callee is compiled anew."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.worlds

CALLER = """
from numba import njit
from leao_like.room.kernels.inner import inner


@njit(cache=True)
def outer(x):
    return inner(x)
"""
INNER = "from numba import njit\n\n\n@njit(cache=True)\ndef inner(x):\n    return x + {}\n"
ASK = (
    "from pathlib import Path; from leao.core import compiled; import os, leao_like;"
    "compiled.prepare(Path(leao_like.__file__).parent);"
    "from leao_like.room.kernels.outer import outer; print(outer(1.0), os.environ['NUMBA_CACHE_DIR'])"
)


def _ask(folder, place):
    env = {
        **os.environ,
        "PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "NUMBA_CACHE_DIR": str(place),
    }
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    value, named = done.stdout.split()
    return float(value), named


def test_a_changed_callee_in_another_file_is_compiled_anew(tmp_path):
    kernels = tmp_path / "leao_like" / "room" / "kernels"
    kernels.mkdir(parents=True)
    for folder in (kernels, kernels.parent, kernels.parent.parent):
        (folder / "__init__.py").write_text("")
    (kernels / "outer.py").write_text(CALLER)
    (kernels / "inner.py").write_text(INNER.format("1.0"))
    first, place = _ask(tmp_path, tmp_path / "cache")
    assert first == 2.0
    assert _ask(tmp_path, place) == (2.0, place)  # a process started by this one shares the folder
    (kernels / "inner.py").write_text(INNER.format("5.0"))
    assert _ask(tmp_path, tmp_path / "cache")[0] == 6.0


def test_only_the_youngest_states_are_kept(tmp_path, monkeypatch):
    from leao.core import compiled

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kernels = tmp_path / "package" / "room" / "kernels"
    kernels.mkdir(parents=True)
    for number in range(compiled.KEPT_STATES + 3):
        (kernels / "a.py").write_text(f"x = {number}\n")
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
        compiled.prepare(tmp_path / "package")
    assert len(list((tmp_path / compiled.STATES).iterdir())) == compiled.KEPT_STATES


UNWRITABLE = {
    "no home": lambda folder: {"HOME": "/proc/none"},  # root may write there by its permissions, and cannot
    "no home for caches": lambda folder: {"XDG_CACHE_HOME": "/proc/none"},
    "a file in the place of the cache": lambda folder: {"XDG_CACHE_HOME": str(_file(folder))},
    "a named place that cannot be": lambda folder: {"NUMBA_CACHE_DIR": "/proc/none"},
}


def _file(folder):
    (folder / "file").write_text("x")
    return folder / "file"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no /proc here")
@pytest.mark.parametrize("how", UNWRITABLE)
def test_without_a_place_kernels_compile_into_a_temporary_one_and_say_so_once(tmp_path, how):
    (temporary := tmp_path / "temporary").mkdir()
    places = ("NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
    clean = {key: value for key, value in os.environ.items() if key not in places}
    env = {**clean, "TMPDIR": str(temporary), **UNWRITABLE[how](tmp_path)}
    ask = "import os, leao; print(os.environ['NUMBA_CACHE_DIR'])"
    for turn in range(2):
        done = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(str(temporary))
        assert done.stderr.count("no folder for compiled kernels can be written") == (turn == 0)
