"""Run benchmarks and write docs/performance.md: one table with peers in the same run, ratio first, machine named.

    python benchmarks/write_page.py [pk trial receptor ...]

A benchmark prints ``ratio 3.2 | what | ours | peer | theirs`` for each peer it measured beside ours; its other lines
stand below the table as they were printed. Without names all are run.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
RATIO = "ratio "


def machine() -> str:
    """Return the machine in words: processor, cores, system, how busy it was."""
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file():
        names = [line.partition(":")[2].strip() for line in cpus.read_text(encoding="utf-8").splitlines()
                 if line.startswith("model name")]  # fmt: skip
        model = names[0] if names else model
    load = f", load {os.getloadavg()[0]:.1f} when it began" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}{load}"


def printed(name: str) -> list[str]:
    """Return what a benchmark prints."""
    done = subprocess.run([sys.executable, str(HERE / f"bench_{name}.py")], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def page(lines: dict[str, list[str]], where: str, when: str) -> str:
    """Return the page as Markdown.

    Args:
        lines: what each benchmark printed.
        where: the machine.
        when: the day.
    """
    rows = [line.removeprefix(RATIO).split(" | ") for out in lines.values() for line in out if line.startswith(RATIO)]
    rows.sort(key=lambda row: -float(row[0]))
    text = ["# Performance", "", f"Measured on {when}: {where}. Ours and the peer ran one after the other in the same",
            "process; a ratio above 1 says by how much ours is faster.", "",
            "| ratio | work | ours | peer | the peer's |", "|---|---|---|---|---|"]  # fmt: skip
    text += [f"| **{row[0]}** | {' | '.join(row[1:])} |" for row in rows]
    for name, out in lines.items():
        text += ["", f"## {name}", "", f"`python benchmarks/bench_{name}.py`", "", "```text"]
        text += [*(line for line in out if not line.startswith(RATIO)), "```"]
    return "\n".join(text) + "\n"


def main() -> None:
    """Run the benchmarks that were named, or all, and write the page."""
    names = sys.argv[1:] or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    where = machine()
    lines = {}
    for name in names:
        lines[name] = printed(name)
        print("\n".join(lines[name]), flush=True)
    PAGE.write_text(page(lines, where, datetime.datetime.now(tz=datetime.UTC).date().isoformat()), encoding="utf-8")


if __name__ == "__main__":
    main()
