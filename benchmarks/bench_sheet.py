"""A sheet of cortex, 4 minutes of model time: CPU time, memory, and what each part of a step takes.

    python benchmarks/bench_sheet.py [256] [512] [--keep]

Wanted: 256 x 256 nodes of 80 um in 150 CPU-s and 1 GB, 512 x 512 in 720 CPU-s; steps of 40 ms, preset leao, one
thread. Compiling comes before and is told apart. CPU time counts. ``--keep`` writes docs/validation/sheet_time.toml,
which `python -m validation.sheet_page none` puts on the page.
"""

import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from leao.cortex import preset_table, sheet_march, sheet_request
from leao.cortex.kernels import charge, elliptic, transport
from leao.cortex.kernels import sheet as kernel

NODE, MINUTES = 0.08, 4.0
KEPT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "sheet_time.toml"
WANTED = {256: (150.0, 1.0), 512: (720.0, 4.0)}  # CPU-s, GB
PARTS = (
    (transport, "stir_rows"), (kernel, "move_rows"), (kernel, "assemble_rows"), (charge, "balance_rows"),
    (elliptic, "coarsen"), (elliptic, "solve"), (kernel, "ahead"), (kernel, "see"),
)  # fmt: skip


def march(nodes: int, minutes: float) -> sheet_march.Marched:
    """March a square sheet with the usual stimulus."""
    piece = preset_table.under(preset_table.load("leao"))
    texts = sheet_request.SheetTexts(
        size=f"{nodes * NODE} mm",
        node=f"{NODE} mm",
        minutes=minutes,
        every="2 s" if minutes > 1 else "0.1 s",
        threads=1,
    )
    asked = sheet_request.read(texts)
    driven = sheet_request.drive(piece.cortex, asked, None)
    return sheet_march.march(piece, driven, asked.grid, sheet_march.SheetOptions())


def timed(taken: dict[str, float], module: Any, name: str) -> None:
    """Have a kernel's CPU time added up under its name."""
    kept: Callable[..., Any] = getattr(module, name)

    def call(*arguments: Any) -> Any:
        begun = time.thread_time()
        try:
            return kept(*arguments)
        finally:
            taken[name] = taken.get(name, 0.0) + time.thread_time() - begun

    setattr(module, name, call)


def machine() -> str:
    """Return what computed: processor, system, Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def keep(rows: list[dict[str, float]], note: str) -> None:
    """Write what was measured for the page."""
    lines = [f"machine = {json.dumps(machine())}", f"note = {json.dumps(note)}"]
    for row in rows:
        lines += ["", "[[sheet]]", *(f"{name} = {value:.6g}" for name, value in row.items())]
    KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def main(sizes: list[int], kept: bool) -> None:
    """Measure the sheets of these sides (nodes)."""
    rows: list[dict[str, float]] = []
    begun = time.process_time()
    march(16, 0.01)
    print(f"loading and compiling: {time.process_time() - begun:.1f} CPU-s")
    taken: dict[str, float] = {}
    for module, name in PARTS:
        timed(taken, module, name)
    for nodes in sizes:
        taken.clear()
        begun = time.process_time()
        marched = march(nodes, MINUTES)
        cpu = time.process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        wanted = WANTED.get(nodes, (float("nan"),) * 2)
        invaded = 100.0 * float(np.isfinite(marched.arrival).mean())
        named = {"nodes": nodes, "cpu_s": cpu, "wanted_cpu_s": wanted[0], "memory_GB": memory, "wanted_GB": wanted[1]}
        rows.append(named | {"invaded_percent": invaded})
        print(
            f"{nodes} x {nodes}: {cpu:.1f} CPU-s (wanted {wanted[0]:g}), {memory:.2f} GB (wanted {wanted[1]:g});"
            f" {invaded:.0f} % invaded, {marched.cycles:.2f} V-cycles a step"
        )
        for name, part in sorted(taken.items(), key=lambda item: -item[1]):
            print(f"    {name:14s} {part:7.1f} CPU-s, {100 * part / cpu:.0f} %")
    if kept:
        keep(rows, "CPU time without compiling")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:] if text != "--keep"] or [256], "--keep" in sys.argv[1:])
