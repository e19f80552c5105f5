"""Kills at random moments and damaged files, by whole commands in processes of their own: parts of reliability.py."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.core.damage import EVERY, damage, files_of

from validation.tried import add, rows

SMALL = ["--set", "trials=50", "--subjects", "6", "--set", 'cortex.presets=["leao"]', "--set", 'cortex.carry=["leao"]']
DIARY = "date,headache\n" + "".join(
    f"2026-{m:02d}-{d:02d},{'yes' if d % 4 == 0 else 'no'}\n" for m in (1, 2, 3) for d in range(1, 29)
)
TRIAL = ["trial", "noruzzadeh2016", "--repeats", "75", "--n", "10", "--effect", "0.7", "--estimator", "ancova"]
ENDS = ["--out", "runs", "--json"]
COMMANDS = {  # a new command that keeps files is a line here
    "run": ["run", "noruzzadeh2016", *SMALL, "--workers", "1", *ENDS],
    "trial": [*TRIAL, "--workers", "1", *ENDS],
    "sweep": ["sweep", "noruzzadeh2016", "--over", "trial.weeks=8,12", *SMALL, "--workers", "1", *ENDS],
    "review": ["review", "d.csv", "--start", "2026-02-01", "--dose", "10 mg daily", "--out", "page.html", "--json"],
    "trial in 5 processes": [*TRIAL, "--workers", "5", *ENDS],
}
KILLED = ("review", "trial", "review", "sweep", "trial", "review", "trial in 5 processes", "trial", "review", "run")
DAMAGED = ("zero length", "cut", "a bit at 50%", "another type", "a folder")
NOTICED = "run: each file alone, eleven ways: noticed"
AT_ONCE = "every file at once, ways rotated"
LOADED = ("leao.cli.app", "leao.chain.run", "leao.chain.run_power", "leao.review.api", "leao.report.run", "polars")
LOOSE = ("run", "page", "tables", "wall_s", "cpu_s")
SPOILT = ("trial", "run", "sweep")
Spoil = Callable[[Path], int]
PATIENCE = 30.0  # seconds in which the workers of a killed process must be gone


def _child(words: list[str], folder: str, out: str) -> None:
    """Run one command line as a process of its own would, with stdout in ``out`` and stderr in ``out.err``."""
    os.setsid()
    from leao.cli import call

    os.chdir(folder)
    with Path(out).open("w", encoding="utf-8") as stdout, Path(f"{out}.err").open("w", encoding="utf-8") as stderr:
        sys.stdout, sys.stderr = stdout, stderr
        code = call(words)
    os._exit(code)


def _processes() -> Any:
    """Return where processes are forked from: one that has imported everything and computed nothing."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(list(LOADED))
    return server


def _start(words: list[str], folder: Path, out: str = "out.json") -> Any:
    process = _processes().Process(target=_child, args=(words, str(folder), str(folder / out)))
    process.start()
    return process


def _ended(process: Any, folder: Path, out: str = "out.json") -> tuple[int, str, str]:
    """Wait for a process; return its exit code, stdout and stderr."""
    process.join()
    paths = (folder / out, folder / f"{out}.err")
    texts = [path.read_text(encoding="utf-8") if path.is_file() else "" for path in paths]
    return process.exitcode, texts[0], texts[1]


def _plain(text: str) -> Any:
    """Return an answer without the paths and times in it."""
    answer = json.loads(text)
    if isinstance(answer, list):
        return [_without(row) if isinstance(row, dict) else row for row in answer]
    return _without(answer)


def _without(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in LOOSE}


def _again(words: list[str], folder: Path, wanted: Any, many: int = 1) -> str | None:
    """Give the command again, ``many`` times at the same moment; return why an answer fails by the rule, or None."""
    begun = [(_start(words, folder, out), out) for out in (f"out{k}.json" for k in range(many))]
    for code, text, err in [_ended(process, folder, out) for process, out in begun]:
        if code != 0:
            return f"exit {code}: {err[-200:]}"
        if _plain(text) != wanted:
            return "another answer"
    left = list(folder.rglob("*.part"))
    return f"left {left[0].name}" if left else None


def _whole(name: str, folder: Path) -> tuple[Any, float]:
    """Run a command undisturbed; return its answer and how long it took."""
    (folder / "d.csv").write_text(DIARY)
    start = time.monotonic()
    code, out, err = _ended(_start(COMMANDS[name], folder), folder)
    if code != 0:
        raise SystemExit(f"{name}: {err}")
    return _plain(out), time.monotonic() - start


def _kill(process: Any, alone: bool) -> str | None:
    """Kill a process, with its workers or alone; return what is left of them after a while, or None."""
    group = process.pid
    if alone:
        process.kill()
    else:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:  # not yet a group of its own, or at its end
            process.kill()
    process.join()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return None
        time.sleep(0.2)
    os.killpg(group, signal.SIGKILL)
    return f"workers are left after {PATIENCE:g} s"


def kills(until: float) -> None:
    """Kill each command at random moments, then give it again."""
    with tempfile.TemporaryDirectory() as name:
        base: dict[str, tuple[Path, Any, float]] = {}
        for number in range(len([line for line in rows() if line["part"] == "kill"]), 10**6):
            if time.monotonic() > until:
                return
            command = KILLED[number % len(KILLED)]
            if command not in base:
                (first := Path(name) / f"{command} first").mkdir()
                _whole(command, first)  # compiles, and keeps what any such run keeps
                folder = _prepared(Path(name) / command, first)
                base[command] = (first, *_whole(command, folder))
            first, wanted, lasted = base[command]
            folder = _prepared(Path(name) / f"kill{number}", first)
            (folder / "d.csv").write_text(DIARY)
            process = _start(COMMANDS[command], folder)
            time.sleep(random.Random(number).uniform(0.0, lasted))
            why = _kill(process, alone=number % 2 == 0) or _again(COMMANDS[command], folder, wanted)
            add("kill", command, number, 1, [why] if why else [])
            print(f"kill {command} {number}: {why or 'survived'}", flush=True)
            shutil.rmtree(folder)


def _prepared(folder: Path, first: Path) -> Path:
    """Return a new folder with what the first run kept for any run."""
    folder.mkdir()
    if (first / "runs" / ".kept").is_dir():
        shutil.copytree(first / "runs" / ".kept", folder / "runs" / ".kept")
    return folder


def damages(until: float) -> None:
    """Damage files of each command: one of each kind in five ways, then every one, alone and under two processes."""
    tried = {line["what"] for line in rows() if line["part"] == "damage"}
    with tempfile.TemporaryDirectory() as name:
        asked = Path(name)
        wholes = {command: _undisturbed(command, asked / command) for command in SPOILT}
        _noticed(asked / "run" / "runs", asked / "noticed", tried)
        for command, what, spoil, many in _plan(asked):
            if what in tried or time.monotonic() > until:
                continue
            folder = asked / "damaged"
            shutil.copytree(asked / command, folder)
            count = spoil(folder / "runs")
            why = _again(COMMANDS[command], folder, wholes[command], many)
            add("damage", what, 0, count, [why] if why else [])
            print(f"damage {what}, {count}: {why or 'survived'}", flush=True)
            shutil.rmtree(folder)


def _undisturbed(command: str, folder: Path) -> Any:
    folder.mkdir()
    return _whole(command, folder)[0]


def _plan(asked: Path) -> Iterator[tuple[str, str, Spoil, int]]:
    """Give every command with each damage: what touches every file at once first."""
    for command in SPOILT:
        for what, spoil, many in _rotations():
            if many == 1 or command != "sweep":
                yield command, f"{command}: {what}", spoil, many
    for command in ("trial", "run"):  # a sweep holds what runs hold
        for what, spoil, many in _kinds(asked / command / "runs"):
            yield command, f"{command}: {what}", spoil, many


def _noticed(runs: Path, copied: Path, tried: set[str]) -> None:
    """Damage each file of a finished run alone in each way; the run must no longer count as whole."""
    from leao.chain.run import _finished

    if NOTICED in tried:
        return
    shutil.copytree(runs, copied)
    (manifest,) = copied.glob("*/manifest.json")
    key = json.loads(manifest.read_text(encoding="utf-8"))["key"]
    apart = ("chunks", "report.html")  # read one by one: tests/core/test_damage.py
    every = [path for path in files_of(manifest.parent) if not set(apart) & set(path.parts)]
    assert _finished(manifest.parent, key) is not None
    failures = []
    for path in every:
        content, stamp = path.read_bytes(), manifest.read_bytes()
        for way in EVERY if content else ("a folder", "gone", "a list of numbers"):
            damage(path, way)
            if _finished(manifest.parent, key) is not None:
                failures.append(f"{path.relative_to(copied)}, {way}")
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path.write_bytes(content)
            manifest.write_bytes(stamp)
    add("damage", NOTICED, 0, len(every) * len(EVERY), failures)
    print(f"damage, noticed: {len(every)} files, {len(failures)} not", flush=True)
    shutil.rmtree(copied)


def _kinds(runs: Path) -> Iterator[tuple[str, Spoil, int]]:
    """Give one file of each kind with each of five ways; a kept part is asked for only where its run is not whole."""
    seen: dict[str, Path] = {}
    for path in files_of(runs):
        seen.setdefault(_kind(path.relative_to(runs)), path.relative_to(runs))
    for kind, file in seen.items():
        for way in DAMAGED:

            def spoil(copied: Path, file: Path = file, way: str = way) -> int:
                damage(copied / file, way)
                if "chunks" in file.parts or ".kept" in file.parts:
                    for manifest in copied.rglob("manifest.json"):
                        manifest.unlink()
                return 1

            yield f"{kind}, {way}", spoil, 1


def _rotations() -> Iterator[tuple[str, Spoil, int]]:
    """Give every file at once, each damaged in a way of its own: after all turns each has had every way."""
    for turn in range(len(EVERY)):

        def spoil(copied: Path, turn: int = turn) -> int:
            every = files_of(copied)
            for place, path in enumerate(every):
                damage(path, EVERY[(place + turn) % len(EVERY)])
            return len(every)

        for many in (1, 2):
            yield f"{AT_ONCE}, turn {turn + 1}{', two processes' if many == 2 else ''}", spoil, many


def _kind(path: Path) -> str:
    """Return a file's name without what differs from question to question and from field to field."""
    if "results.zarr" in path.parts:
        return f"results.zarr/{path.name if path.name.startswith('.') else 'a field'}"
    parts = [part for part in path.parts if not part.startswith("noruzzadeh2016-") or part == path.name]
    return "/".join("-".join(bit for bit in part.split("-") if len(bit.partition(".")[0]) < 12) for part in parts)
