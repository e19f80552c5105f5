"""What a computation writes on its way is gone when it is stopped, when the server ends, and at the next start."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from tests.app.conftest import Server
from tests.app.test_guard import request
from tests.app.test_jobs import ask, workers

from leao.app import scratch

pytestmark = pytest.mark.command
LONG = {"sizes": [300, 400], "repeats": 1000, "effect": 0.8}


def holds(wanted, seconds=60.0):
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)


def begun(server, temporary):
    """Begin a long computation; return its number once it writes."""
    number = ask(server, "/api/trial/power", LONG)[1]["job"]
    holds(lambda: any(path.is_file() for path in temporary.rglob("leao-*/worker-*/leao-*/**/*")))
    return number


def test_nothing_is_left_of_a_computation_that_was_stopped_or_whose_server_was_killed(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (temporary / "leao-app-of-somebody").mkdir()  # no lock in it: not known to be ours
    first = Server(tmp_path, TMPDIR=str(temporary))
    number = begun(first, temporary)
    assert json.loads(request(first, "DELETE", f"/api/jobs/{number}")[2]) == {"forgotten": True}
    assert list(temporary.rglob("leao-*/worker-*/leao-*")) == []
    begun(first, temporary)
    running = workers(first)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    assert first.ended.startswith("leao app ended by SIGKILL")
    first.stop()
    holds(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
    left = [path for path in temporary.iterdir() if (path / scratch.LOCK).exists()]
    assert len(left) == 1  # nobody was there to remove it
    second = Server(tmp_path, TMPDIR=str(temporary))
    assert not left[0].exists()
    begun(second, temporary)
    other = scratch.PREFIX
    assert sum(path.name.startswith(other) for path in temporary.iterdir()) == 2
    second.stop()
    assert [path.name for path in temporary.iterdir()] == ["leao-app-of-somebody"]


def test_a_folder_that_is_in_use_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    held = scratch.Scratch()
    folder = held.worker()
    (folder / "file").write_text("of a computation")
    scratch.sweep()
    assert (folder / "file").exists()
    held.close()
    assert list(tmp_path.iterdir()) == []
