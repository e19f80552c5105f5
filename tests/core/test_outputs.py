"""Outputs never destroy inputs, nor anything that is not a file; pages of a patient are their owner's."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files as shipped
from pathlib import Path

import numpy as np
import pytest

from leao.cli import call
from leao.core import files, parts
from leao.core.errors import RunError, ScenarioError

pytestmark = pytest.mark.command

DIARY = "date,headache,severity,acute_medication\n" + "".join(
    f"2026-{month:02d}-{day:02d},{'yes' if day % 5 == 0 else 'no'},{'moderate' if day % 5 == 0 else ''},\n"
    for month in (1, 2, 3)
    for day in range(1, 29)
)
LEVELS = "ID,TIME,EVID,AMT,DV\n1,0,1,10,\n1,24,1,10,\n1,48,0,,12.5\n"
TRIAL = "id,arm,visit,attacks\n" + "".join(
    f"{k},{'placebo' if k % 2 else 'memantine'},{visit},{8 - (k * 7 + visit) % 5}\n"
    for k in range(1, 25)
    for visit in range(3)
)
PATIENT = {  # commands whose page holds real people
    "review": (DIARY, ["review", "IN", "--start", "2026-02-01", "--dose", "10 mg daily", "--out", "OUT.html"]),
    "pk simulate": (LEVELS, ["pk", "simulate", "IN", "--basis", "salt", "--out", "OUT.csv"]),
    "trial analyse": (TRIAL, ["trial", "analyse", "IN", "--kind", "count", "--visit-days", "28",
                              "--baseline-days", "28", "--out", "OUT.html"]),
}  # fmt: skip
NOBODY = {  # commands whose input is not a patient's
    "evidence": (
        (shipped("leao") / "evidence" / "template.toml").read_text(encoding="utf-8"),
        ["evidence", "synthesis", "--add", "IN", "--out", "OUT.html"],
    ),
    "receptor": ('extends = "blockers/memantine"\n', ["receptor", "curve", "--compound", "IN", "--out", "OUT.svg"]),
}
ENDINGS = {"evidence": ".toml", "receptor": ".toml"}


def asked(folder, name, out=None):
    """Write the input of a command and return its path and the words that are typed."""
    content, words = (PATIENT | NOBODY)[name]
    given = folder / f"in{ENDINGS.get(name, '.csv')}"
    given.write_text(content, encoding="utf-8")
    place = {word: str(out) for word in words if word.startswith("OUT")}
    return given, [place.get(word, str(given) if word == "IN" else word) for word in words]


@pytest.mark.parametrize("way", ["itself", "a link", "a hard link", "another spelling"])
@pytest.mark.parametrize("name", [*PATIENT, *NOBODY])
def test_no_command_writes_onto_what_it_reads(tmp_path, capsys, name, way):
    ending = next(word for word in (PATIENT | NOBODY)[name][1] if word.startswith("OUT")).removeprefix("OUT")
    given = tmp_path / f"in{ENDINGS.get(name, '.csv')}"
    out = tmp_path / f"out{ending}"
    given.touch()
    if way == "itself":
        out = given
    elif way == "a link":
        out.symlink_to(given)
    elif way == "a hard link":
        os.link(given, out)
    else:
        (tmp_path / "x").mkdir()
        out = tmp_path / "x" / ".." / given.name
    given, words = asked(tmp_path, name, out)
    before = given.read_bytes()
    assert call(words) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert given.read_bytes() == before


@pytest.mark.parametrize("name", [*PATIENT, "evidence", "receptor", "plan", "provoke", "export"])
def test_out_is_a_file_or_a_new_name(tmp_path, capsys, name):
    more = {
        "plan": ["plan", "--dose", "10 mg daily", "--out", "OUT.html"],
        "provoke": ["provoke", "--n", "5", "--out", "OUT.html"],
        "export": ["pk", "export", "--out", "OUT.xml"],
    }
    ending = next(w for w in more.get(name, (PATIENT | NOBODY).get(name, (0, 0))[1]) if w.startswith("OUT"))[3:]
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("kept")
    places = {kind: tmp_path / f"{kind}{ending}" for kind in ("link", "dangling", "pipe", "folder")}
    places["link"].symlink_to(elsewhere)
    places["dangling"].symlink_to(tmp_path / "nothing")
    os.mkfifo(places["pipe"])
    places["folder"].mkdir()
    for place in (*places.values(), *([Path("/dev/null")] if ending == ".html" else [])):
        words = more[name] if name in more else asked(tmp_path, name, place)[1]
        status = place.lstat()
        assert call([str(place) if word.startswith("OUT") else word for word in words]) == 2, place
        err = capsys.readouterr().err
        assert "stands there" in err
        assert err.count("\n") == 1
        assert place.lstat().st_ino == status.st_ino
    assert elsewhere.read_text() == "kept"


def test_a_patients_page_is_its_owners(tmp_path):
    before = os.umask(0)
    try:
        for name in PATIENT:
            out = tmp_path / f"{name}{'.csv' if name == 'pk simulate' else '.html'}"
            call(asked(tmp_path, name, out)[1])
            assert out.stat().st_mode & 0o777 == 0o600, name
    finally:
        os.umask(before)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_modes_follow_the_umask_or_not(tmp_path, umask):
    before = os.umask(umask)
    try:
        private = files.write_text(tmp_path / "private.html", "x", files.PRIVATE)
        assert private.stat().st_mode & 0o777 == 0o600
        public = files.write_text(tmp_path / "public.html", "x")
        assert public.stat().st_mode & 0o777 == 0o666 & ~umask
        with files.folder(tmp_path / "store") as part:
            (part / "x").write_text("x")
        assert (tmp_path / "store").stat().st_mode & 0o777 == 0o777 & ~umask
    finally:
        os.umask(before)


def test_a_file_that_was_read_is_not_written_from_python(tmp_path):
    given = tmp_path / "a.csv"
    given.write_text("x")
    files.read_bytes(given)
    link = tmp_path / "b.csv"
    os.link(given, link)
    for out in (given, link):
        with pytest.raises(ScenarioError, match="is the file that is read"):
            files.write_text(out, "y")
    given.unlink()
    link.unlink()
    assert files.write_text(given, "new").read_text() == "new"


KILLED = """
import sys, time
from pathlib import Path
from leao.core import files, parts
place = Path(sys.argv[1])
handle, part = parts.new_file(place, 0o666)
lock, folder = parts.new_folder(place)
(folder / "half").write_text("x")
print("ready", flush=True)
time.sleep(60)
"""


def test_what_a_killed_process_left_is_removed_and_a_living_ones_is_not(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    assert len(list(tmp_path.glob(".*.part"))) == 2
    parts.sweep(tmp_path)
    assert len(list(tmp_path.glob(".*.part"))) == 2
    process.kill()
    process.wait()
    process.stdout.close()
    (tmp_path / ".somebody-elses.part").write_text("x")
    parts.sweep(tmp_path)
    assert [path.name for path in tmp_path.glob(".*.part")] == [".somebody-elses.part"]


def test_a_link_in_place_of_a_folder_is_replaced_and_its_target_kept(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_text("kept")
    (tmp_path / "store").symlink_to(tmp_path / "real")
    with files.folder(tmp_path / "store") as part:
        (part / "y").write_text("new")
    assert (tmp_path / "real" / "x").read_text() == "kept"
    assert not (tmp_path / "store").is_symlink()


def test_a_file_that_cannot_be_named_is_one_line(tmp_path):
    with pytest.raises(RunError, match="cannot write"):
        files.write_text(tmp_path / ("x" * 300), "x")
    with pytest.raises(RunError, match="cannot write"):
        files.write_text(tmp_path / "a\0b", "x")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_runs_without_a_home_and_from_a_package_that_cannot_be_written():
    """Another user, no home, the package read-only: kernels compile into the temporary place, said once."""
    if not all(folder.stat().st_mode & 0o001 for folder in Path(np.__file__).parents):
        pytest.skip("another user may not read the installed packages here")
    with tempfile.TemporaryDirectory() as folder:
        _as_somebody_else(Path(folder))


def _as_somebody_else(tmp_path):
    import leao

    package = tmp_path / "site" / "leao"
    shutil.copytree(Path(leao.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    place = tmp_path / "tmp"
    place.mkdir()
    place.chmod(0o777)
    for folder in (tmp_path, tmp_path / "site"):
        folder.chmod(0o755)
    code = (
        "import os, numba; os.setgid(65534); os.setuid(65534); import leao;"
        "from leao.receptor.kernels import voltage_dependence; print(numba.config.CACHE_DIR, leao.__file__)"
    )
    env = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "site"), "HOME": "/nonexistent",
        "TMPDIR": str(place), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    for count in (1, 0):
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(str(place))
        assert str(package) in done.stdout
        assert done.stderr.count("leao: no folder for compiled kernels can be written") == count
        assert done.stderr.count("\n") == count


def test_a_path_is_printed_as_it_is_whatever_brackets_it_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("[red]a.html", "b[/].html", "c :smile:.html"):
        assert call(["evidence", "history", "--out", name]) == 0
        assert f"page: {name}" in capsys.readouterr().out
        assert (tmp_path / name).is_file()
