"""The built wheel holds all it needs: it runs without the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import leao
from leao.report import page
from leao.cortex import threshold_map
print(leao.__file__)
page._environment().get_template("run.html.j2")
threshold_map.read("leao"); print(leao.load("noruzzadeh2016").name)
"""


def test_wheel_runs_alone(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    alone = os.environ | {"PYTHONPATH": str(installed), "LC_ALL": "C"}
    for command in (["-c", ASK], ["-m", "leao.cli", "evidence", "claims", "--json"]):
        done = subprocess.run([sys.executable, *command], cwd=tmp_path, env=alone, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        if command[0] == "-c":
            assert str(installed) in done.stdout.decode()
