"""The table tried / survived / failed: ``python -m validation.reliability [--minutes M] [fuzz] [kills] [damage]``.

Resumable: every part appends what it tried to docs/validation/reliability.csv, and the next call goes on from there with
fresh seeds. The rule of what counts as a failure is fuzz_rule.md. The page is written from the table at the end.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.core.damage import damage, files_of

from leao.core import files
from validation import fuzz, fuzz_commands, matrix

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "validation" / "reliability.csv"
PAGE = ROOT / "docs" / "validation" / "reliability.md"
HEAD = ["part", "what", "seed", "tried", "survived", "failures"]
BATCH = 500
COSTLY = {"evidence": 50, "synthesis": 50, "history": 50}  # an input reads and pools every published trial
SMALL = ["--set", "trials=50", "--subjects", "6", "--set", 'cortex.presets=["leao"]', "--set", 'cortex.carry=["leao"]']
DIARY = "date,headache\n" + "".join(
    f"2026-{m:02d}-{d:02d},{'yes' if d % 4 == 0 else 'no'}\n" for m in (1, 2, 3) for d in range(1, 29)
)
KILLED = {  # a new command that keeps files is a line here
    "run": ["run", "noruzzadeh2016", *SMALL, "--workers", "1", "--out", "runs", "--json"],
    "trial": ["trial", "noruzzadeh2016", "--repeats", "75", "--n", "10", "--effect", "0.7", "--estimator", "ancova",
              "--workers", "1", "--out", "runs", "--json"],
    "review": ["review", "d.csv", "--start", "2026-02-01", "--dose", "10 mg daily", "--out", "page.html", "--json"],
}  # fmt: skip
DAMAGED = ("zero length", "cut", "a bit at 50%", "another type", "a folder")
LOADED = ("leao.cli.app", "leao.chain.run", "leao.chain.run_power", "leao.review.api", "leao.report.run", "polars")
LOOSE = ("run", "page", "tables", "wall_s", "cpu_s")


def rows() -> list[dict[str, str]]:
    """Return what was tried so far."""
    if not TABLE.is_file():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add(part: str, what: str, number: int, tried: int, failures: list[str]) -> None:
    """Append one batch to the table."""
    lines = [*rows(), dict(zip(HEAD, map(str, (part, what, number, tried, tried - len(failures), "; ".join(failures))),
                               strict=True))]  # fmt: skip
    text = ",".join(HEAD) + "\n"
    for line in lines:
        cells = ['"' + line[key].replace('"', "'").replace("\n", " ") + '"' for key in HEAD]
        text += ",".join(cells) + "\n"
    files.write_text(TABLE, text)


def batch(name: str, number: int, count: int | None = None) -> tuple[int, list[str]]:
    """Send ``count`` inputs to a command; return how many were sent and the failures."""
    from leao.cli import call

    failures: list[str] = []
    count = count or COSTLY.get(name, BATCH)
    chance = random.Random(f"{name} {number}")
    with fuzz.stopped():
        for _ in range(count):
            entry = fuzz.drawn(name, chance)
            why = fuzz.judge(entry, call)
            if why is not None:
                failures.append(f"{why} <- {' '.join(entry.words)[:300]!r} {dict(entry.files)!r:.600}")
    return count, failures


def fuzzed(until: float) -> None:
    """Send batches to the commands in turn until the time is over."""
    done = {
        name: sum(line["part"] == "fuzz" and line["what"] == name for line in rows()) for name in fuzz_commands.COMMANDS
    }
    while time.monotonic() < until:
        name = min(done, key=lambda each: done[each])
        tried, failures = batch(name, done[name])
        done[name] += 1
        add("fuzz", name, done[name] - 1, tried, failures)
        print(f"fuzz {name}: {tried}, failed {len(failures)}", flush=True)


def _child(words: list[str], folder: str, out: str) -> None:
    """Run one command line as a process of its own would, with stdout in ``out`` and stderr in ``out.err``."""
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


def _start(words: list[str], folder: Path) -> Any:
    process = _processes().Process(target=_child, args=(words, str(folder), str(folder / "out.json")))
    process.start()
    return process


def _ended(process: Any, folder: Path) -> tuple[int, str, str]:
    """Wait for a process; return its exit code, stdout and stderr."""
    process.join()
    out = folder / "out.json"
    texts = [path.read_text(encoding="utf-8") if path.is_file() else "" for path in (out, Path(f"{out}.err"))]
    return process.exitcode, texts[0], texts[1]


def _plain(text: str) -> Any:
    answer = json.loads(text)
    return {key: value for key, value in answer.items() if key not in LOOSE} if isinstance(answer, dict) else answer


def _again(words: list[str], folder: Path, wanted: Any) -> str | None:
    """Give the command again; return why its answer fails by the rule, or None."""
    code, out, err = _ended(_start(words, folder), folder)
    if code != 0:
        return f"exit {code}: {err[-200:]}"
    if _plain(out) != wanted:
        return "another answer"
    left = list(folder.rglob("*.part"))
    return f"left {left[0].name}" if left else None


def _whole(name: str, folder: Path) -> tuple[Any, float]:
    """Run a command undisturbed; return its answer and how long it took."""
    (folder / "d.csv").write_text(DIARY)
    start = time.monotonic()
    code, out, err = _ended(_start(KILLED[name], folder), folder)
    if code != 0:
        raise SystemExit(f"{name}: {err}")
    return _plain(out), time.monotonic() - start


def kills(until: float) -> None:
    """Kill each command at random moments, then give it again."""
    with tempfile.TemporaryDirectory() as name:
        base = {}
        for command in KILLED:
            (first := Path(name) / f"{command} first").mkdir()
            _whole(command, first)  # compiles, and keeps what any such run keeps
            (folder := Path(name) / command).mkdir()
            shutil.copytree(first / "runs" / ".kept", folder / "runs" / ".kept") if (first / "runs").is_dir() else None
            base[command] = (first, *_whole(command, folder))
        for number in range(len([line for line in rows() if line["part"] == "kill"]), 10**6):
            if time.monotonic() > until:
                return
            command = list(KILLED)[number % len(KILLED)]
            kept, wanted, lasted = base[command]
            folder = Path(name) / f"kill{number}"
            folder.mkdir()
            shutil.copytree(kept / "runs" / ".kept", folder / "runs" / ".kept") if (kept / "runs").is_dir() else None
            (folder / "d.csv").write_text(DIARY)
            process = _start(KILLED[command], folder)
            time.sleep(random.Random(number).uniform(0.0, lasted))
            process.kill()
            process.join()
            why = _again(KILLED[command], folder, wanted)
            add("kill", command, number, 1, [why] if why else [])
            print(f"kill {command} {number}: {why or 'survived'}", flush=True)
            shutil.rmtree(folder)


def damages(until: float) -> None:
    """Damage each kept and run file in five ways, one at a time, and give the command again."""
    tried = {(line["what"]) for line in rows() if line["part"] == "damage"}
    with tempfile.TemporaryDirectory() as name:
        for command in ("run", "trial"):
            (whole := Path(name) / command).mkdir()
            wanted, _ = _whole(command, whole)
            for file, way in _kinds(whole / "runs"):
                what = f"{command}: {_kind(file.relative_to(whole / 'runs'))}, {way}"
                if what in tried or time.monotonic() > until:
                    continue
                folder = Path(name) / "damaged"
                shutil.copytree(whole, folder)
                damage(folder / file.relative_to(whole), way)
                why = _again(KILLED[command], folder, wanted)
                add("damage", what, 0, 1, [why] if why else [])
                print(f"damage {what}: {why or 'survived'}", flush=True)
                shutil.rmtree(folder)


def _kind(path: Path) -> str:
    """Return a file's name without what differs from question to question."""
    parts = [part for part in path.parts if not part.startswith("noruzzadeh2016-")]
    return "/".join("-".join(bit for bit in part.split("-") if len(bit.partition(".")[0]) < 16) for part in parts)


def _kinds(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give one file of each kind with each way."""
    seen: dict[str, Path] = {}
    for path in files_of(folder):
        seen.setdefault(_kind(path.relative_to(folder)), path)
    for path in seen.values():
        for way in DAMAGED:
            if path.stat().st_size:
                yield path, way


def page() -> None:
    """Write the page from the table."""
    every = rows()
    text = (
        "# Reliability\n\nTried, survived, failed: by `python -m validation.reliability`, which goes on from the table "
    )
    text += (
        "`reliability.csv` beside this page.\nWhat counts as a failure was written first: `validation/fuzz_rule.md`.\n"
    )
    parts = {"fuzz": "Malformed inputs by command", "kill": "Kills at random moments", "damage": "Damaged files"}
    for part, title in parts.items():
        mine = [line for line in every if line["part"] == part]
        tried, survived = (sum(int(line[key]) for line in mine) for key in ("tried", "survived"))
        text += f"\n## {title}: {tried} tried, {survived} survived, {tried - survived} failed\n\n"
        text += "| what | tried | survived | failed |\n|---|---|---|---|\n"
        for what in dict.fromkeys(line["what"] for line in mine):
            sums = [sum(int(line[key]) for line in mine if line["what"] == what) for key in ("tried", "survived")]
            text += f"| {what} | {sums[0]} | {sums[1]} | {sums[0] - sums[1]} |\n"
    text += matrix.section()
    text += (ROOT / "docs" / "validation" / "reliability_notes.md").read_text(encoding="utf-8")
    files.write_text(PAGE, text)


def main() -> None:
    """Run the parts that are asked for, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["fuzz", "kills", "damage"])
    parser.add_argument("--minutes", type=float, default=10.0, help="for each part")
    asked = parser.parse_args()
    does = {"fuzz": fuzzed, "kills": kills, "damage": damages}
    for part in asked.parts:
        if part in does:
            does[part](time.monotonic() + 60.0 * asked.minutes)
    page()


if __name__ == "__main__":
    main()
