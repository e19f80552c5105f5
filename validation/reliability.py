"""The table tried / survived / failed: ``python -m validation.reliability [--minutes M] [fuzz] [kills] [damage]``.

Resumable: every part appends what it tried to docs/validation/reliability.csv, and the next call goes on from there with
fresh seeds. The rule of what counts as a failure is fuzz_rule.md. The page is written from the table at the end.
"""

from __future__ import annotations

import argparse
import random
import time

from validation import faults, fuzz, fuzz_commands, matrix
from validation.page import FOLDER, Page, table
from validation.tried import add, rows

PAGE = Page(
    "reliability",
    "Reliability",
    (
        "Tried, survived, failed: by `python -m validation.reliability`, which goes on from the table "
        "`reliability.csv` beside this page.",
        "What counts as a failure was written first: `validation/fuzz_rule.md`.",
    ),
)
BATCH, LEAST_BATCHES = 500, 3
COSTLY = {"evidence": 50, "synthesis": 50, "history": 50}  # an input reads and pools every published trial


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
    """Send batches until the time is over: some to each command, then each its share of processor time."""
    done = {
        name: {int(line["seed"]) for line in rows() if line["part"] == "fuzz" and line["what"] == name}
        for name in fuzz_commands.COMMANDS
    }
    spent = dict.fromkeys(done, 0.0)
    while time.monotonic() < until:
        name = min(done, key=lambda each: (min(len(done[each]), LEAST_BATCHES), spent[each]))
        number = next(each for each in range(len(done[name]) + 1) if each not in done[name])  # a row taken out: again
        start = time.process_time()
        tried, failures = batch(name, number)
        spent[name] += time.process_time() - start
        done[name].add(number)
        add("fuzz", name, number, tried, failures)
        print(f"fuzz {name}: {tried}, failed {len(failures)}", flush=True)


def page() -> None:
    """Write the page from the table."""
    every = rows()
    text = ""
    parts = {"fuzz": "Malformed inputs by command", "kill": "Kills at random moments", "damage": "Damaged files"}
    for part, title in parts.items():
        mine = [line for line in every if line["part"] == part]
        tried, survived = (sum(int(line[key]) for line in mine) for key in ("tried", "survived"))
        text += f"\n## {title}: {tried} tried, {survived} survived, {tried - survived} failed\n\n"
        shown = []
        for what in dict.fromkeys(line["what"] for line in mine):
            sent, stood = (
                sum(int(line[key]) for line in mine if line["what"] == what) for key in ("tried", "survived")
            )
            shown.append((what, sent, stood, sent - stood))
        text += "\n".join(table(("what", "tried", "survived", "failed"), shown)) + "\n"
    text += matrix.section()
    text += (FOLDER / "reliability_notes.md").read_text(encoding="utf-8")
    PAGE.write(PAGE.text(text.lstrip("\n")))


def main() -> None:
    """Run the parts that are asked for, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["fuzz", "kills", "damage"])
    parser.add_argument("--minutes", type=float, default=10.0, help="for each part")
    asked = parser.parse_args()
    does = {"fuzz": fuzzed, "kills": faults.kills, "damage": faults.damages}
    for part in asked.parts:
        if part in does:
            does[part](time.monotonic() + 60.0 * asked.minutes)
    page()


if __name__ == "__main__":
    main()
