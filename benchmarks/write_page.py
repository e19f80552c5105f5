"""Run benchmarks and write docs/performance.md: one table with peers in the same run, ratio first, machine named.

    python benchmarks/write_page.py                    # all of them; writes the page
    python benchmarks/write_page.py pk trial           # some of them; prints the same and leaves the page alone
    python benchmarks/write_page.py --write pk trial   # writes the page of these; it names those that were not run

A benchmark prints ``ratio 3.2 | what | ours | peer | theirs`` for each peer it measured beside ours; its other lines
stand below the table as they were printed. A benchmark that fails is named on the page, and the command exits with 1.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
RATIO = "ratio "
LAST_LINES = 12  # of a failure
BUSY = 0.5  # load above which the page says that the machine was not idle


class Printed(NamedTuple):
    """What a benchmark printed, or what its failure said."""

    lines: list[str]
    failed: bool
    seconds: float


def machine() -> str:
    """Return the machine in words: processor, cores, system, how busy it was."""
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file():
        names = [line.partition(":")[2].strip() for line in cpus.read_text(encoding="utf-8").splitlines()
                 if line.startswith("model name")]  # fmt: skip
        model = names[0] if names else model
    load = ""
    if hasattr(os, "getloadavg"):
        busy = os.getloadavg()[0]
        load = f", load {busy:.1f} when it began"
        load += " (**not idle**: times run high)" if busy > BUSY else ""
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}"


def printed(name: str) -> Printed:
    """Run a benchmark and return what it prints, lines of its own processes in their place."""
    began, words = time.perf_counter(), [sys.executable, str(HERE / f"bench_{name}.py")]
    at_once = os.environ | {"PYTHONUNBUFFERED": "1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=at_once)
    lines, failed = done.stdout.splitlines(), done.returncode != 0
    if failed:
        lines += [f"failed with {done.returncode}:", *done.stderr.splitlines()[-LAST_LINES:]]
    return Printed(lines, failed, time.perf_counter() - began)


def table(ran: dict[str, Printed]) -> list[str]:
    """Return the ratios of ours to the peers', largest first, as lines of Markdown."""
    lines = [line for each in ran.values() for line in each.lines if line.startswith(RATIO)]
    rows = sorted((line.removeprefix(RATIO).split(" | ") for line in lines), key=lambda row: -float(row[0]))
    head = ["| ratio | work | ours | peer | the peer's |", "|---|---|---|---|---|"]
    return head + [f"| **{_short(float(row[0]))}** | {' | '.join(row[1:])} |" for row in rows]


def _short(ratio: float) -> str:
    return f"{float(f'{ratio:.3g}'):,.0f}" if ratio >= 10.0 else f"{ratio:.2g}"


def page(ran: dict[str, Printed], where: str, when: str) -> str:
    """Return the page as Markdown.

    Args:
        ran: what each benchmark printed.
        where: the machine.
        when: the day.
    """
    text = ["# Performance", "", f"Measured by `make bench` on {when}: {where}.", "",
            "Ours and the peer ran one after the other in the same process; a ratio above 1 says by how much ours is",
            "faster. What was wanted stands beside what was measured; a miss is left as it is. Peers that do not",
            "install from PyPI (mrgsolve, rxode2, nlme, PETSc) are not in these runs.", ""]  # fmt: skip
    text += table(ran)
    if not_run := [name for name in all_names() if name not in ran]:
        text += ["", f"Not run this time: {', '.join(not_run)}."]
    failed = [name for name, each in ran.items() if each.failed]
    if failed:
        text += ["", f"**Did not run to its end: {', '.join(failed)}.**"]
    for name, each in ran.items():
        text += ["", f"## {name}", "", f"`python benchmarks/bench_{name}.py`, {each.seconds:.0f} s", "", "```text"]
        text += [*(line for line in each.lines if not line.startswith(RATIO)), "```"]
    return "\n".join(text) + "\n"


def all_names() -> list[str]:
    """Return the names of all benchmarks."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main() -> None:
    """Run the benchmarks that were named, or all, and write the page."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("names", nargs="*", metavar="name", help=", ".join(all_names()))
    ask.add_argument("--write", action="store_true", help="write the page, though only some were named")
    given = ask.parse_args()
    if unknown := set(given.names) - set(all_names()):
        ask.error(f"found {', '.join(sorted(unknown))}, wanted some of {', '.join(all_names())}")
    names, where, ran = given.names or all_names(), machine(), {}
    for name in names:
        ran[name] = printed(name)
        print(f"{name}, {ran[name].seconds:.0f} s", *ran[name].lines, "", sep="\n", flush=True)
    if given.names and not given.write:
        print("\n".join(table(ran)))
    else:
        PAGE.write_text(page(ran, where, datetime.datetime.now(tz=datetime.UTC).date().isoformat()), encoding="utf-8")
    if any(each.failed for each in ran.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
