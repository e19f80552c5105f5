"""Malformed inputs by command: command lines and files are drawn, the rule in fuzz_rule.md judges what is seen.

``judge`` is used by tests/cli/test_fuzz.py, where hypothesis draws, and by validation/reliability.py on many.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from validation.fuzz_commands import COMMANDS, NASTY, SETS

LONGEST_LINE, MOST_SECONDS = 1_100, 5.0

SHARE_KNOWN = 0.4  # of bent words that come from the list of nasty ones
ALPHABETS = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x250, 0xD800),
    range(0xD800, 0xE000),
    range(0xE000, 0x11_0000),
)
WRITTEN = ("--out", "--save-map")
WHOLE = (b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PAR1", b"%PDF-1.7", b"\xff\xfe\x00", b"\x00" * 100)
ENCODINGS = ("utf-16", "latin-1", "utf-8-sig")


class Input(NamedTuple):
    """One input: the words that are typed, ``@`` standing for the folder, and the files."""

    words: list[str]
    files: dict[str, bytes]


def drawn(name: str, chance: random.Random) -> Input:
    """Draw an input of a command: some of its options with good or bent values, its files as they are or bent."""
    command = COMMANDS[name]
    chosen = chance.sample(sorted(command.options), chance.randint(0, min(4, len(command.options))))
    words = list(command.words)
    for option in chosen:
        value = command.options[option]
        if value is None:
            words.append(option)
            continue
        if chance.random() < 0.5:
            value = f"{chance.choice(SETS)}={text(chance)}" if option == "--set" else text(chance)
        value = _beside(value) if option in WRITTEN else value
        if option in words[:-1] and chance.random() < 0.9:  # what stands twice is refused before it is looked at
            words[words.index(option) + 1] = value
        else:
            words += [option, value]
    files = {file: bent(content, chance) for file, content in command.files.items()}
    if command.made is not None:  # of many files one is bent, or all are as they were made
        made = command.made()
        which = chance.choice((*made, None))
        files = {file: bent(text, chance) if file == which else text.encode() for file, text in made.items()}
    if not files and len(words) > 1 and chance.random() < 0.5:
        words[chance.randint(1, len(words) - 1)] = _beside(text(chance))
    if chance.random() < 0.5:
        words.append("--json")
    return Input(words, files)


def inputs(name: str) -> st.SearchStrategy[Input]:
    """Return the inputs of a command as hypothesis draws them: one draw an input, since each costs it as much."""
    return st.integers(0, 2**64 - 1).map(lambda number: drawn(name, random.Random(number)))


def _beside(word: str) -> str:
    """Return a word that names no place outside the input's folder, where a command might write."""
    return word.lstrip("/") or "." if word.startswith("/") and word != "/dev/null" else word


def text(chance: random.Random) -> str:
    """Return a nasty word, a number, or letters of any script, half a surrogate pair among them."""
    if chance.random() < SHARE_KNOWN:
        return chance.choice(NASTY)
    kind = chance.randrange(4)
    if kind == 0:
        return str(chance.choice((-1, 1)) * chance.getrandbits(chance.choice((1, 4, 8, 16, 31, 64, 130))))
    if kind == 1:
        return str(chance.choice((-1.0, 1.0)) * chance.random() * 10.0 ** chance.randint(-320, 308))
    letters = ALPHABETS[0] if kind == 2 else chance.choice(ALPHABETS)
    return "".join(chr(chance.choice(letters)) for _ in range(chance.randint(1, 20)))


def bent(content: str, chance: random.Random) -> bytes:
    """Return a file as it is, or with its cells, rows, bytes or encoding bent, or another kind of file."""
    ways: tuple[Callable[[], bytes], ...] = (
        content.encode,
        lambda: _cells(content, chance, 1),
        lambda: _cells(content, chance, chance.randint(2, 5)),
        lambda: _shuffled(content, chance),
        lambda: content[: chance.randint(0, len(content))].encode(),
        lambda: _pushed(content.encode(), chance),
        lambda: chance.choice(WHOLE),
        lambda: content.encode(chance.choice(ENCODINGS)),
        lambda: chance.randbytes(chance.randint(0, 200)),
    )
    return chance.choice(ways)()


def _pushed(content: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + chance.randbytes(chance.randint(1, 6)) + content[place:]


def _cells(content: str, chance: random.Random, many: int) -> bytes:
    separator = "," if "," in content.split("\n")[0] else " = "
    rows = [line.split(separator) for line in content.split("\n")]
    for _ in range(many):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = text(chance)
    return "\n".join(separator.join(row) for row in rows).encode("utf-8", "surrogatepass")


def _shuffled(content: str, chance: random.Random) -> bytes:
    head, *body = content.split("\n")
    what = chance.randrange(3)
    if what == 0:
        chance.shuffle(body)
    elif what == 1:
        body = [line for line in body if chance.random() < 0.6]
    else:
        body = [line for line in body for _ in range(1 + (chance.random() < 0.2))]
    return "\n".join([head, *body]).encode()


class Stopped(BaseException):
    """The computation was reached: the input stood."""


@contextlib.contextmanager
def stopped() -> Iterator[None]:
    """Replace long computations by a stop."""
    from leao.app import server
    from leao.chain import preventives, provoke, run, run_power
    from leao.core import chunks, work
    from leao.cortex import controls, experiments, sbml, sheet_march, simulation
    from leao.exposure import distribution_errors, posterior, predictive_check
    from leao.receptor import curves
    from leao.review import fit
    from leao.trial import adam, analysis, placebo_response
    from leao.trial.mcp_mod import contrasts

    def stop(*_: Any, **__: Any) -> Any:
        raise Stopped

    places: list[tuple[Any, str]] = [
        (run, "_compute"), (chunks, "fill"), (run_power.chunks, "fill"), (simulation, "ready"), (simulation, "run"),
        (experiments.simulation, "ready"), (curves, "pulse"), (curves, "curve"), (placebo_response, "calibrate"),
        (posterior, "infer"), (provoke, "provocation"), (fit, "sample"), (analysis, "_every"), (preventives, "answer"),
        (predictive_check, "check"), (distribution_errors, "errors"), (server, "_listener"),
        (controls, "in_parts"), (sbml, "begin"), (contrasts, "test"), (sheet_march, "march"), (adam, "tables"),
        (work, "_cluster"),
    ]  # fmt: skip
    before = [(owner, name, getattr(owner, name)) for owner, name in places]
    for owner, name, _ in before:
        setattr(owner, name, stop)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def judge(given: Input, call: Callable[[list[str]], int]) -> str | None:
    """Return why an input failed by the rule, or None; one that took long is judged again, without what it compiled."""
    why, seconds = _judged(given, call)
    if why is None and seconds > MOST_SECONDS:
        why, seconds = _judged(given, call)
    return why if why is not None or seconds <= MOST_SECONDS else f"{seconds:.1f} s"


def _judged(given: Input, call: Callable[[list[str]], int]) -> tuple[str | None, float]:
    start = time.process_time()
    why = _kept_rule(given, call)
    return why, time.process_time() - start


@contextlib.contextmanager
def _laid_out(given: Input) -> Iterator[tuple[Path, list[str]]]:
    """Give a folder of its own with the files of an input, as the working folder, and the words to type in it."""
    with tempfile.TemporaryDirectory() as name:
        folder, here = Path(name) / "here", Path.cwd()  # so that .. lies within what is removed again
        folder.mkdir()
        for file, content in given.files.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(content)
        os.chdir(folder)
        try:
            yield folder, [str(folder / word[1:]) if word.startswith("@") else word for word in given.words]
        finally:
            os.chdir(here)


def computes(given: Input, call: Callable[[list[str]], int]) -> bool:
    """Return whether an input stands: what it asks is computed, or would be; asked while computations are ``stopped``."""
    with _laid_out(given) as (_, words), contextlib.redirect_stdout(io.StringIO()):
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                return call(words) in (0, 1)
        except Stopped:
            return True


def _kept_rule(given: Input, call: Callable[[list[str]], int]) -> str | None:
    out, err = io.StringIO(), io.StringIO()
    with _laid_out(given) as (folder, words):
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                warnings.simplefilter("always")
                code = call(words)
        except Stopped:
            code = None
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {str(error)[:200]}"
        for file, content in given.files.items():
            if (folder / file).read_bytes() != content:
                return f"{file} was changed"
        if list(folder.rglob("*.part")):
            return "a .part is left"
    if "Traceback" in err.getvalue() or "Warning:" in err.getvalue():
        return f"stderr: {err.getvalue()[:200]}"
    if code is None:
        return None
    listed = "--check" in words and bool(out.getvalue()) and not err.getvalue()
    return _seen(code, out.getvalue(), err.getvalue(), "--json" in words or listed, "--json" in words)


def _seen(code: Any, out: str, err: str, on_stdout: bool, as_json: bool) -> str | None:
    if code not in (0, 1, 2, 3):
        return f"exit code {code}"
    if code == 2 and not (on_stdout and out):
        first, *more = err.splitlines()[:200] or [""]
        if (
            not first.startswith("leao: ")
            or len(first) > LONGEST_LINE
            or any(not line.startswith("  ") for line in more)
        ):
            return f"exit 2 with {err[:200]!r}"
    if as_json and out:
        try:
            json.loads(out, parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))
        except ValueError as error:
            return f"no JSON: {error}"
    return None
