"""A plain install is small and serves the clinic; what it leaves out is named with the command to type."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from validation.install_weight import weigh

from leao.app.asked import Review

pytestmark = pytest.mark.command

ROOT = Path(__file__).resolve().parents[2]
MOST = {(): 170.0, ("simulate",): 750.0}  # MB: what was measured, and some room
BLOCKED = """
import importlib.abc, json, sys

class Plain(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in set(sys.argv[4].split()):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Plain())
from leao.cli import call
for command in json.loads(sys.argv[1]):
    sys.stderr.write(f"{call(command)}\\n")
import leao
review = leao.review.diary(sys.argv[3], start="2026-03-30", dose="10 mg daily", unlisted="missing")
review.plot()
try:
    review.data
except leao.LeaoError as error:
    sys.stderr.write(f"{error}\\n")
from leao.app.worker import answered
quiet = lambda *_: None
for name, asked in json.loads(sys.argv[2]):
    files = {"file": ("diary.csv", open(sys.argv[3], "rb").read())}
    sys.stderr.write(" ".join(map(str, answered(name, asked, files, quiet)))[:150].replace("\\n", " ") + "\\n")
"""
LEFT_OUT = "scipy polars numba llvmlite xarray pandas zarr numcodecs distributed"
DIARY = str(ROOT / "docs" / "tutorials" / "data" / "diary.csv")
CLINIC = [
    ["plan", "--dose", "10 mg daily", "--age", "40", "--sex", "female", "--weight", "70", "--json"],
    ["review", DIARY, "--start", "2026-03-30", "--dose", "10 mg daily", "--unlisted", "missing", "--json"],
    ["evidence", "synthesis", "--json"],
    ["evidence", "claims", "--json"],
    ["review", DIARY, "--check", "--json"],
]
SIMULATED = [
    ["run", "noruzzadeh2016"],
    ["trial", "noruzzadeh2016", "--n", "6"],
    ["cortex", "threshold"],
    ["trial", "analyse", str(ROOT / "docs" / "tutorials" / "data" / "trial.csv")],
    ["receptor", "curve"],
    ["run", "noruzzadeh2016", "--scheduler", "tcp://127.0.0.1:1"],
]
ASKED = Review(file="1", start="2026-03-30", dose="10 mg daily", unlisted="missing").model_dump()
SCREENS = [
    ["evidence.synthesis", {}],
    ["plan.warm", {}],
    ["diary.warm", {}],
    ["diary.check", ASKED],
    ["diary.review", ASKED],
    ["wave.warm", {}],
]


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    words = [sys.executable, "-c", BLOCKED, json.dumps(CLINIC + SIMULATED), json.dumps(SCREENS), DIARY, LEFT_OUT]
    folder = tmp_path_factory.mktemp("plain")
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr.splitlines()


def test_the_clinic_needs_no_simulator(lines):
    assert lines[: len(CLINIC)] == ["0"] * len(CLINIC)


def test_what_needs_a_simulator_says_what_to_type(lines):
    said = lines[len(CLINIC) : len(CLINIC) + 2 * len(SIMULATED)]
    assert said[1::2] == ["2"] * len(SIMULATED)
    for line in said[::2]:
        assert "which a plain install leaves out; type: pip install 'leao[simulate]'" in line


def test_rows_and_arrays_behind_an_answer_say_what_they_need(lines):
    left_out = "this needs polars, which a plain install leaves out; type: pip install 'leao[simulate]'"
    assert lines[len(CLINIC) + 2 * len(SIMULATED)] == f"review.data: {left_out}"


def test_the_clinic_screens_of_the_app_need_no_simulator(lines):
    said = [line.split()[0] for line in lines[-len(SCREENS) :]]
    assert said == ["done"] * 5 + ["refused"]
    assert "pip install 'leao[simulate]'" in lines[-1]


@pytest.mark.parametrize("extras", MOST)
def test_an_install_does_not_grow(extras):
    assert weigh(extras).total < MOST[extras]


def test_the_readme_installs_the_simulators():
    assert "pip install '.[simulate,tables]'" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert '-e ".[simulate,tables]"' in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("uv", ["", "uv"])
@pytest.mark.parametrize("python", ["", "python3.13"])
def test_make_takes_the_python_that_is_named(uv, python, tmp_path):
    words = ["make", "-n", "--no-print-directory", f"UV={uv}", f"VENV={tmp_path}/none"]
    words += [*([f"PYTHON={python}"] if python else []), "run"]
    given = ("PYTHON", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS")  # of the make that runs this test
    environment = {name: value for name, value in os.environ.items() if name not in given}
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=environment, check=True)
    first = done.stdout.splitlines()[0]
    assert (python or (">=3.11" if uv else "python3")) in first
    assert ("uv venv" if uv else "-m venv") in first
