"""Every supported Python, with the lowest, the locked and the latest versions: ``python -m validation.matrix``.

A cell of the table is an environment of its own, made and removed again: lowest declared versions on 3.11, locked and
latest on each later Python that is found here. In it the headline is computed from nothing, two other commands
answer, and a part of the tests runs. The first cell's answers are what the others are held against: words exactly,
numbers within a relative ``NEAR`` or an absolute ``ZERO``. Finished cells stand in docs/validation/matrix.csv and are not done again; the
page is docs/validation/reliability.md, written by validation/reliability.py.

Needs ``uv`` (``pip install uv``), and interpreters that uv finds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import files
from validation.fuzz_commands import DIARY
from validation.page import table

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "validation" / "matrix.csv"
HEAD = ["python", "versions", "commit", "headline", "same", "tests", "cpu_s", "remark"]
PYTHONS, VERSIONS = ("3.11", "3.12", "3.13", "3.14"), ("locked", "latest")
NEAR, ZERO = 1e-6, 1e-9  # a swing of 1e-11 is zero, and its digits are rounding
TOOLS = ("pytest", "hypothesis", "pytest-xdist")  # xdist: conftest names its workers
TESTS = (
    "tests/core/test_cache.py", "tests/core/test_units.py", "tests/core/test_streams.py", "tests/plan/test_plan.py",
    "tests/diary/test_reading_law.py", "tests/exposure/test_closed_forms.py",
)  # fmt: skip
ANSWERS = {
    "run": ["run", "noruzzadeh2016", "--json"],
    "plan": ["plan", "--dose", "10 mg daily", "--age", "40", "--sex", "female", "--json"],
    "review": ["review", "d.csv", "--start", "2026-02-01", "--dose", "10 mg daily", "--json"],
}
LOOSE = frozenset({"run", "page", "pages", "out", "wall_s", "cpu_s", "python", "versions", "platform", "files"})


class Cell(NamedTuple):
    """One environment."""

    python: str
    versions: str


CELLS = (Cell("3.11", "locked"), Cell("3.11", "lowest"), Cell("3.11", "latest"),
         *(Cell(python, versions) for python in PYTHONS[1:] for versions in VERSIONS))  # fmt: skip


def install(cell: Cell, uv: str, folder: Path) -> str | None:
    """Make the environment; return why it could not be made, or None."""
    make = [uv, "venv", "--quiet", "--no-python-downloads", "--python", cell.python, str(folder)]
    made = subprocess.run(make, capture_output=True, text=True)
    if made.returncode:
        return "no interpreter here"
    how = {"lowest": ["--resolution", "lowest-direct"], "locked": ["-c", str(ROOT / "requirements.lock")], "latest": []}
    tools = [] if cell.versions == "lowest" else list(TOOLS)
    ask = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    done = subprocess.run(
        [*ask, *how[cell.versions], f"{ROOT}[simulate,tables]", *tools], capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode == 0 and cell.versions == "lowest":  # the tools of the tests are not what is declared to users
        done = subprocess.run(
            [*ask, "pytest<9", *TOOLS[1:]], capture_output=True, text=True
        )  # newer ones need newer anyio
    return " ".join(done.stderr.split())[:300] if done.returncode else None


def answers(folder: Path) -> dict[str, Any]:
    """Return what the commands of ``ANSWERS`` print, from an empty folder and without compiled kernels."""
    given: dict[str, Any] = {}
    (work := folder / "work").mkdir()
    (work / "d.csv").write_text(DIARY)
    for name, words in ANSWERS.items():
        done = subprocess.run(
            [str(folder / "bin" / "leao"), *words], cwd=work, env=_environment(folder), capture_output=True, text=True
        )
        given[name] = (
            json.loads(done.stdout) if done.returncode == 0 else f"exit {done.returncode}: {done.stderr[-300:]}"
        )
    return given


def differences(here: Any, wanted: Any, place: str = "") -> list[str]:
    """Return the places where two answers differ: words at all, numbers by more than ``NEAR``."""
    if isinstance(here, dict) and isinstance(wanted, dict):
        keys = sorted((here.keys() | wanted.keys()) - LOOSE)
        return [each for key in keys for each in differences(here.get(key), wanted.get(key), f"{place}.{key}")]
    if isinstance(here, list) and isinstance(wanted, list) and len(here) == len(wanted):
        pairs = enumerate(zip(here, wanted, strict=True))
        return [each for k, (a, b) in pairs for each in differences(a, b, f"{place}[{k}]")]
    if isinstance(here, int | float) and isinstance(wanted, int | float) and not isinstance(here, bool):
        return (
            []
            if abs(here - wanted) <= max(ZERO, NEAR * max(abs(here), abs(wanted)))
            else [f"{place.lstrip('.')}: {here} {wanted}"]
        )
    return [] if here == wanted else [f"{place.lstrip('.')}: {str(here)[:60]} against {str(wanted)[:60]}"]


def tested(folder: Path) -> str:
    """Run the part of the tests; return pytest's last line."""
    done = subprocess.run(
        [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-m", "not long", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT, env=_environment(folder), capture_output=True, text=True,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    last = (done.stdout or done.stderr).splitlines()[-1:]
    return "; ".join([*last, *lines[:5]]).strip("= ")


def _environment(folder: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL"))}
    return clean | {"NUMBA_CACHE_DIR": str(folder / "compiled"), "COLUMNS": "120"}


def cell(asked: Cell, uv: str, reference: Path) -> dict[str, str]:
    """Return the row of one environment."""
    row = dict.fromkeys(HEAD, "") | asked._asdict() | {"commit": _commit()}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name) / "env"
        why = install(asked, uv, folder)
        if why:
            return row | {"remark": why}
        before = os.times()
        given = answers(folder)
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        if not reference.is_file():
            files.write_text(reference, json.dumps(given))
        wanted = json.loads(reference.read_text(encoding="utf-8"))
        other = [f"{key}{each}" for key in ANSWERS for each in differences(given[key], wanted[key])]
        run = given["run"]
        status = "qualified" if isinstance(run, dict) and run["verdict"]["qualified"] else "not qualified"
        return row | {
            "headline": str(status), "same": "yes" if not other else f"{len(other)} differ", "tests": tested(folder),
            "cpu_s": f"{spent:.0f}", "remark": "; ".join(other[:4]),
        }  # fmt: skip


def _commit() -> str:
    """Return the state of the code that is tried, with ``+`` where files of the product differ from it."""
    ask = ["git", "-C", str(ROOT)]
    name = subprocess.run([*ask, "rev-parse", "--short=9", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run([*ask, "status", "--porcelain", "src", "pyproject.toml"], capture_output=True, text=True)
    return name + ("+" if changed.stdout.strip() else "")


def rows() -> list[dict[str, str]]:
    """Return the finished cells."""
    if not TABLE.is_file():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def append(row: dict[str, str]) -> None:
    """Add one cell to the table."""
    text = ",".join(HEAD) + "\n"
    for line in (*rows(), row):
        text += ",".join('"' + line[key].replace('"', "'").replace("\n", " ") + '"' for key in HEAD) + "\n"
    files.write_text(TABLE, text)


def section() -> str:
    """Return the part of the page that shows the table."""
    if not (every := rows()):
        return ""
    text = "\n## Pythons and versions\n\n`make matrix`: the headline from nothing, `plan` and `review`"
    text += f" held against the first row (words exactly,\nnumbers within {NEAR:g}, or {ZERO:g} of zero), and a part of the tests, in an"
    text += " environment of its own each.\n\n"
    head = ("Python", "versions", "code", "headline", "same answers", "tests", "CPU-s", "remark")
    lines = table(head, [[row[key].replace("|", "/") for key in HEAD] for row in every])
    return text + "\n".join(lines) + "\n"


def main() -> None:
    """Do the cells that have no row yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path, default=Path(tempfile.gettempdir()) / "leao-matrix-reference.json")
    parser.add_argument("cells", nargs="*", help="some of them: 3.12-latest; else all")
    asked = parser.parse_args()
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("matrix: needs uv; write pip install uv")
    done = {(row["python"], row["versions"]) for row in rows()}
    for each in CELLS:
        if each not in done and (not asked.cells or "-".join(each) in asked.cells):
            start = time.monotonic()
            append(row := cell(each, uv, asked.reference))
            print(*row.values(), f"{time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
