"""What the page for R shows is run, where R and the package that it loads are installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.command

ROOT = Path(__file__).resolve().parents[2]
DIARY = ROOT / "docs" / "tutorials" / "data" / "diary.csv"
BLOCKS = re.findall(r"^```r\n(.*?)^```", (ROOT / "docs" / "from-r.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)


def has(*packages):
    """Whether R can load them."""
    if shutil.which("Rscript") is None:
        return False
    asked = "; ".join(f"library({name})" for name in packages)
    return subprocess.run(["Rscript", "-e", asked], capture_output=True, check=False).returncode == 0


def ran(folder, code, **replaced):
    """Return what R prints of a block; replaced are sizes that take long and places of this machine."""
    for name, value in replaced.items():
        before, after = value
        assert before in code, name
        code = code.replace(before, after)
    (folder / "block.R").write_text(code, encoding="utf-8")
    command = folder / "leao"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m leao "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    shutil.copy(DIARY, folder / "diary.csv")
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        ["Rscript", "block.R"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_there_are_three_blocks():
    assert [re.findall(r"^library\((\w+)\)", block, re.MULTILINE) for block in BLOCKS] == [
        ["jsonlite"],
        ["httr", "jsonlite"],
        ["reticulate"],
    ]


@pytest.mark.skipif(not has("jsonlite"), reason="R with jsonlite is not installed")
def test_the_command_line(tmp_path):
    printed = ran(tmp_path, BLOCKS[0], small=('"20,60,150"', '"20", "--repeats", "50", "--estimator", "ancova"'))
    assert re.search(r"\$estimate\n\[1\] 0\.\d+", printed)
    assert len(re.findall(r"^\d+ +20 ", printed, re.MULTILINE)) == 1


@pytest.mark.skipif(not has("httr", "jsonlite"), reason="R with httr and jsonlite is not installed")
def test_the_local_pages(tmp_path):
    words = [sys.executable, "-m", "leao", "app", "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as served:
        try:
            address = re.search(r":(\d+)/\?token=(\S+)", served.stdout.readline())
            code = BLOCKS[1].replace('ask("plan/check"', 'answer <- ask("plan/check"') + "cat(names(answer))\n"
            printed = ran(tmp_path, code, port=("8765L", f"{address[1]}L"), token=("TOKEN", address[2]))
        finally:
            served.terminate()
    assert printed.strip()


@pytest.mark.long
@pytest.mark.skipif(not has("reticulate"), reason="R with reticulate is not installed")
def test_the_python_calls(tmp_path):
    here = ('use_virtualenv(".venv")', f'use_python("{sys.executable}")')
    printed = ran(tmp_path, BLOCKS[2], here=here, repeats=("1000L", "50L"), sizes=('"20,60,150"', '"20"'))
    assert "$median" in printed
    assert (tmp_path / "diary_of_one_trial.csv").is_file()
