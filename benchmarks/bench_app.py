"""The local pages: cold start to the first page, a slider of the chain, a diary of 180 days from drop to page.

    python benchmarks/bench_app.py

Wanted (issue of the app): first page within 1.5 CPU-s and 80 MB, a slider within 0.3 s, a diary within 5 s of wall.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

DAYS = 180
SLIDES = 20


def main() -> None:
    """Start the server as a user does, and measure."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leao.cli", "app", "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r":(\d+)/\?token=(\S+)", process.stdout.readline())
        assert found is not None
        ask = _Asker(int(found[1]), found[2])
        ask("GET", "/diary")
        print(f"first page: {_cpu(process.pid):.2f} CPU-s, {_resident(process.pid):.0f} MB")
        ask("POST", "/api/diary/warm?wait=true", {})
        start, spent = time.perf_counter(), _all_cpu(process.pid)
        file = json.loads(ask("PUT", "/api/files?name=d.csv", _diary()))["file"]
        ask("POST", "/api/diary/check?wait=true", {"file": file})
        body = {"file": file, "start": "2026-03-02", "dose": "10 mg daily"}
        state = json.loads(ask("POST", "/api/diary/review?whole=true", body))
        page = ask("GET", f"/api/jobs/{state['job']}/page")
        used = _all_cpu(process.pid) - spent
        print(
            f"180 days, drop to page: {time.perf_counter() - start:.2f} s ({used:.2f} CPU-s), {len(page) / 1e3:.0f} kB"
        )
        ask("POST", "/api/chain/warm?wait=true", {})
        ask("POST", "/api/chain/answer?whole=true", {})
        times, spent = [], _all_cpu(process.pid)
        for k in range(SLIDES):
            start = time.perf_counter()
            ask("POST", "/api/chain/answer?whole=true", {"dose": f"{5 + k % 15} mg daily"})
            times.append(time.perf_counter() - start)
        used = (_all_cpu(process.pid) - spent) / SLIDES
        print(f"slider: median {sorted(times)[SLIDES // 2]:.3f} s, longest {max(times):.3f} s ({used:.3f} CPU-s each)")
        print(f"server afterwards: {_resident(process.pid):.0f} MB")
    finally:
        process.terminate()
        process.wait(10)


class _Asker:
    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def __call__(self, method: str, path: str, body: Any = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Authorization": f"Bearer {self.token}"}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {text}")
        return text


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def _all_cpu(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _cpu(pid) + sum(_cpu(int(child)) for child in children)


def _resident(pid: int) -> float:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1e3


def _diary() -> str:
    rows = [f"2026-{1 + k // 28:02d}-{1 + k % 28:02d},{'yes' if k % 4 == 0 else 'no'},none" for k in range(DAYS)]
    return "\n".join(["date,headache,acute_medication", *rows]) + "\n"


if __name__ == "__main__":
    main()
