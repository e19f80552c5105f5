"""What is shipped: wheel and sdist are the same bytes each time, and the image's commands work with what it copies."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.command

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "requirements.lock", ".gitignore")
EPOCH = {"SOURCE_DATE_EPOCH": "1764115200"}
FAKE_PIP = """#!/bin/sh
# stands for pip: builds the wheel of what was copied, without a network and without what it depends on
for word; do case "$word" in .*) path="${word%%\\[*}";; esac; done
exec "$PYTHON" -m hatchling build -t wheel -d "$WHEELS"
"""
FAKE = "#!/bin/sh\nexit 0\n"


def copied(place):
    """A second checkout: the same bytes at other times."""
    place.mkdir()
    for name in SHIPPED:
        shutil.copyfile(ROOT / name, place / name)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", place / "src", copy_function=shutil.copyfile, ignore=without)
    return place


def built(place, out):
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(command, cwd=place, env=os.environ | EPOCH, check=True, capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}


def test_wheel_and_sdist_are_the_same_bytes_from_two_checkouts(tmp_path):
    first = built(copied(tmp_path / "a"), tmp_path / "first")
    second = built(copied(tmp_path / "b elsewhere"), tmp_path / "second")
    assert sorted(name.rpartition(".")[2] for name in first) == ["gz", "whl"]
    assert first == second


def instructions():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def test_the_commands_of_the_image_work_with_what_it_copies(tmp_path):
    """No daemon: what is copied is copied, each RUN is a script, pip and the users are stood for."""
    place, wheels, tools = tmp_path / "opt", tmp_path / "wheels", tmp_path / "bin"
    for folder in (place, tools):
        folder.mkdir()
    for name in ("useradd", "chown", "mkdir"):
        (tools / name).write_text(FAKE, encoding="utf-8")
    (tools / "pip").write_text(FAKE_PIP, encoding="utf-8")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tools}:{os.environ['PATH']}", "PYTHON": sys.executable, "WHEELS": str(wheels),
    }  # fmt: skip
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    final = {}
    for word, rest in instructions():
        if word == "COPY":
            *sources, _ = rest.split()
            for source in sources:
                assert f"!{source}" in kept, f".dockerignore keeps {source} out"
                whole = ROOT / source
                (shutil.copytree if whole.is_dir() else shutil.copy)(whole, place / source)
        elif word == "RUN":
            assert subprocess.run(["sh", "-ec", rest], cwd=place, env=environment, check=False).returncode == 0
        elif word in ("ENTRYPOINT", "CMD"):
            final[word] = json.loads(rest)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    command, words = final["ENTRYPOINT"], final["CMD"]
    assert command == ["leao"]
    alone = os.environ | {"PYTHONPATH": str(installed)}
    typed = [sys.executable, "-m", *command, *words]
    done = subprocess.run(typed, cwd=tmp_path, env=alone, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"From the tablet to the trial" in done.stdout
    assert ("WORKDIR", "/home/leao/work") in instructions()


def test_the_image_is_slim_and_runs_as_nobody_special():
    words = {line[0]: line[1] for line in instructions()}
    assert words["FROM"].endswith("-slim")
    assert words["USER"] != "root"
