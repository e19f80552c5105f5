"""Questions go through worker processes: the same answer as the call, stopped when asked, one line when one dies."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
from tests.app.test_guard import request

import leao

pytestmark = pytest.mark.command
DAYS = 180


def diary(days=DAYS):
    rows = [
        f"2026-{1 + k // 28:02d}-{1 + k % 28:02d},{'yes' if k % 4 == 0 else 'no'},{0 if k % 4 else 2}"
        for k in range(days)
    ]
    return "\n".join(["date,headache,severity", *rows]) + "\n"


def ask(server, path, body, method="POST"):
    status, _, text = request(server, method, path, body=json.dumps(body), Content_Type="application/json")
    return status, json.loads(text)


def hold(server, text, name="diary.csv"):
    return json.loads(request(server, "PUT", f"/api/files?name={name}", body=text)[2])["file"]


def workers(server):
    task = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not task.exists():
        pytest.skip("no /proc on this machine")
    return [int(pid) for pid in task.read_text().split()]


def test_the_answer_is_the_calls(server, tmp_path):
    file = hold(server, diary())
    asked = {"file": file, "start": "2026-03-02", "dose": "10 mg daily"}
    status, got = ask(server, "/api/diary/review?wait=true", asked)
    (tmp_path / "diary.csv").write_text(diary())
    wanted = leao.review.diary(tmp_path / "diary.csv", start="2026-03-02", dose="10 mg daily").summary
    assert status == 200
    assert got == json.loads(json.dumps(wanted))


def test_a_refusal_is_its_line(server):
    file = hold(server, "date,headache\n2026-01-01,perhaps\n")
    status, got = ask(server, "/api/diary/review?wait=true", {"file": file})
    assert status == 422
    assert "perhaps" in got["line"]
    assert ask(server, "/api/diary/review?wait=true", {"file": "gone"})[0] == 422
    assert "no date that reads" in got["line"] or "open question" in got["line"]


def test_a_file_is_gone_when_it_is_forgotten(server):
    file = hold(server, diary())
    number = ask(server, "/api/diary/review", {"file": file})[1]["job"]
    assert json.loads(request(server, "DELETE", f"/api/files/{file}")[2]) == {"forgotten": True}
    assert request(server, path=f"/api/jobs/{number}")[0] == 404
    assert ask(server, "/api/diary/check?wait=true", {"file": file})[0] == 422


def begun(server):
    file = hold(server, diary(330))
    number = ask(server, "/api/diary/review", {"file": file, "start": "2026-06-02", "dose": "10 mg daily"})[1]["job"]
    for _ in range(100):
        state = json.loads(request(server, path=f"/api/jobs/{number}")[2])
        events = request(server, path=f"/api/jobs/{number}")[0]
        if workers(server):
            return number, state, events
        time.sleep(0.05)
    raise AssertionError


def test_a_worker_killed_in_the_middle_is_one_line(server):
    number, _, _ = begun(server)
    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    state = {}
    for _ in range(100):
        state = json.loads(request(server, path=f"/api/jobs/{number}")[2])
        if state["state"] != "running":
            break
        time.sleep(0.05)
    assert state["state"] == "failed"
    assert "\n" not in state["line"]
    assert "ask again" in state["line"]
    assert ask(server, "/api/plan/check?wait=true", {"dose": "10 mg daily"})[0] == 200


def test_a_stopped_job_leaves_no_process_behind(server):
    before = set(workers(server))
    number, _, _ = begun(server)
    after = set(workers(server))
    assert json.loads(request(server, "DELETE", f"/api/jobs/{number}")[2]) == {"forgotten": True}
    assert request(server, path=f"/api/jobs/{number}")[0] == 404
    time.sleep(0.2)
    assert len(workers(server)) < len(before | after) or not workers(server)


def test_events_end_with_the_state(server):
    number = ask(server, "/api/plan/check", {"dose": "10 mg daily"})[1]["job"]
    text = request(server, path=f"/api/jobs/{number}/events")[2]
    assert text.rstrip().splitlines()[-2] == "event: end"
    assert '"state": "done"' in text


def test_nothing_is_written(server):
    assert [file for file in server.home.rglob("*") if file.is_file()] == []


def test_the_power_curve_is_told_while_trials_come_in(server, tmp_path):
    body = {"sizes": [10, 20], "repeats": 60, "effect": 0.5, "estimator": "negative_binomial"}
    number = ask(server, "/api/trial/power", body)[1]["job"]
    text = request(server, path=f"/api/jobs/{number}/events")[2]
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ") and "n_per_arm" in line]
    assert [row["repeats"] for row in events] == [25, 50]
    state = json.loads(request(server, path=f"/api/jobs/{number}")[2])
    changes = ["trial.design.kind=parallel", "trial.weeks=12", "arms.memantine.dose=10 mg"]
    wanted = leao.power(
        "noruzzadeh2016", 60, "10,20", 0.5, "negative_binomial", seed=1, set=changes, out=tmp_path,
        progress=lambda *_: None,
    ).summary  # fmt: skip
    assert state["summary"] | {"run": ""} == json.loads(json.dumps(wanted | {"run": ""}))
    assert "20 per group: power" in state["text"]
    assert "Monte Carlo SE" in state["text"]
    assert state["page"]
    assert "negative binomial" in request(server, path=f"/api/jobs/{number}/page")[2]
