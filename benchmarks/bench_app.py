"""The local pages against the figures wanted: cold start, a diary dropped, a slider moved, sizes of what is brought.

    python benchmarks/bench_app.py

Each line: what, measured, wanted. Wall times hold on an idle machine of two cores. Slider and diary are taken
from the server, and, where Chromium and Playwright are installed, in a browser from key or file to the drawn answer.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import Any

DAYS = 180
SLIDES = 20
ROOT = Path(__file__).parents[1]
BROUGHT = ("fastapi", "uvicorn")  # what the app needs and nothing else of the package does
TICK = 0.004  # s between two looks at a page


def main() -> None:
    """Start the server as a user does, and measure."""
    row("what", "measured", "wanted")
    with _served() as (process, port, token):
        ask = _Asker(port, token)
        ask("GET", "/diary")
        row("cold start to the first page", f"{_cpu(process.pid):.2f} CPU-s", "1.5 CPU-s")
        row("memory of the server then", f"{_resident(process.pid):.0f} MB", "80 MB")
        ask("POST", "/api/diary/warm?wait=true", {})
        _from_the_server(ask, process.pid)
        ask("POST", "/api/chain/warm?wait=true", {})
        with suppress(ImportError):
            _in_a_browser(port, token)
        row("memory of the server afterwards", f"{_resident(process.pid):.0f} MB", "")
    _sizes()


def row(what: str, measured: str, wanted: str) -> None:
    """Print a line of the table."""
    print(f"{what:<52} {measured:<26} {wanted}", flush=True)


@contextmanager
def _served() -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "leao.cli", "app", "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = re.search(r":(\d+)/\?token=(\S+)", process.stdout.readline())
        assert address is not None
        yield process, int(address[1]), address[2]
    finally:
        process.terminate()
        process.wait(10)


def _from_the_server(ask: _Asker, pid: int) -> None:
    start, spent = time.perf_counter(), _all_cpu(pid)
    file = json.loads(ask("PUT", "/api/files?name=d.csv", _diary()))["file"]
    ask("POST", "/api/diary/check?wait=true", {"file": file})
    body = {"file": file, "start": "2026-03-02", "dose": "10 mg daily"}
    state = json.loads(ask("POST", "/api/diary/review?whole=true", body))
    page = ask("GET", f"/api/jobs/{state['job']}/page?lang=de")
    wall, used = time.perf_counter() - start, _all_cpu(pid) - spent
    row(f"diary of {DAYS} days, bytes to page", f"{wall:.2f} s ({used:.2f} CPU-s)", "5 s")
    row("its page, in German", f"{len(page) / 1e3:.0f} kB", "")
    ask("POST", "/api/chain/warm?wait=true", {})
    times, spent = [], _all_cpu(pid)
    for k in range(SLIDES):
        start = time.perf_counter()
        ask("POST", "/api/chain/answer?whole=true", {"dose": f"{5 + k % 15} mg daily"})
        times.append(time.perf_counter() - start)
    used = (_all_cpu(pid) - spent) / SLIDES
    row("slider, number to answer: median, longest", f"{_median(times):.3f} s, {max(times):.3f} s", "0.3 s")
    row("  of it computing", f"{used:.3f} CPU-s", "")


def _in_a_browser(port: int, token: str) -> None:
    """Measure what a user sees, by key and file, in Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise ImportError
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    here = f"http://127.0.0.1:{port}"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=flags)
        page = chromium.new_page()
        page.set_default_timeout(120_000)
        sent: list[int] = []
        page.on("response", lambda answer: sent.append(_length(answer)) if answer.url.endswith(".js") else None)
        page.goto(f"{here}/?token={token}")
        page.goto(f"{here}/chain")
        page.locator("#verdict-plot svg").wait_for()
        drawn = "Number(document.body.dataset.drawn)"
        page.focus("#slide-dose")
        times = []
        for _ in range(SLIDES):
            before, start = page.evaluate(drawn), time.perf_counter()
            page.keyboard.press("ArrowRight")
            _until(lambda before=before: page.evaluate(drawn) > before)
            times.append(time.perf_counter() - start)
        row("slider, key to picture: median, longest", f"{_median(times):.3f} s, {max(times):.3f} s", "0.3 s")
        row("JavaScript sent to that screen", f"{sum(sent) / 1e3:.0f} kB", "150 kB")
        page.goto(f"{here}/diary")
        page.locator("html[data-ready]").wait_for()
        start = time.perf_counter()
        content = _diary().encode()
        page.set_input_files("#file", files=[{"name": "d.csv", "mimeType": "text/csv", "buffer": content}])
        page.locator("iframe").wait_for()
        _until(lambda: page.locator("iframe").evaluate("frame => frame.contentDocument?.readyState === 'complete'"))
        row(f"diary of {DAYS} days, drop to page", f"{time.perf_counter() - start:.2f} s", "5 s")
        chromium.close()


def _sizes() -> None:
    scripts = sum(file.stat().st_size for file in (ROOT / "src/leao/app/static").glob("*.js"))
    row("JavaScript of all screens together", f"{scripts / 1e3:.0f} kB", "150 kB")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        row("wheel", f"{next(Path(folder).glob('*.whl')).stat().st_size / 1e6:.2f} MB", "2 MB")
    ours = {name for name in map(_name, requires("leao") or []) if name not in BROUGHT}
    already = _needed(ours)
    grown = _needed(set(BROUGHT)) - already
    size = sum(_size(name) for name in grown)
    row(f"the environment grows by ({len(grown)} packages)", f"{size / 1e6:.1f} MB", "20 MB")


def _needed(names: set[str]) -> set[str]:
    """Return the installed packages that some need, themselves included; extras count for nothing."""
    known: set[str] = set()
    open_names = set(names)
    while open_names:
        name = open_names.pop()
        package = _installed(name) if name and name not in known else None
        if package is None:
            continue
        known.add(name)
        open_names |= set(map(_name, package.requires or []))
    return known


def _size(name: str) -> int:
    package = _installed(name)
    files = [] if package is None else package.files or []
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9_.-]+", requirement)
    plain = "" if match is None or "extra ==" in requirement else match[0]
    return re.sub(r"[-_.]+", "-", plain).lower()


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


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(TICK)


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def _length(answer: Any) -> int:
    return len(answer.body())


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
