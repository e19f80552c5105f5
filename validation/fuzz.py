"""Malformed inputs by command: hypothesis draws command lines and files, the rule in fuzz_rule.md judges what is seen.

``judge`` is used by tests/cli/test_fuzz.py on a short sample and by validation/reliability.py on many.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

LONGEST_LINE, MOST_SECONDS = 1_100, 5.0

NASTY = [
    "", " ", "0", "-1", "-0", "1e308", "1e-308", "inf", "-inf", "nan", "NaN", "9**9**9", "10**12", "1000000000000",
    "１０", "１０ mg", "½", "٣", "1_000", "1,5", "1.5.2", "0x10", "+", "-", "--", ".", "..", "/", "/dev/null", "\x00", "\n",
    "\t", "[bold]x[/bold]", "[/]", "[red", "<script>alert(1)</script>", "' OR 1=1", "{{7*7}}", "%s%n", "\u202e", "\ufeff",
    "\ud800", "🙂", "x" * 5000, "[" * 300, "a." * 80, "mg", "10 mgg", "10 mg percent", "10", "-10 mg", "1e308 mg", "inf mg",
    "1 us", "0 s", "1 km", "9**9 mM", "10 mg/0", "2026-02-30", "26-01-05", "1889-01-01", "2999-01-01", "99999-01-01",
    "01/02/03", "2026-W05", "true", "None", "null", "[]", "{}", "=", "==", "a=b=c", ";", "|", "memantine", "placebo",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=20), st.floats().map(str), st.integers().map(str))

DIARY = "date,headache,severity,acute_medication,note\n" + "".join(
    f"2026-{m:02d}-{d:02d},{'yes' if d % 4 == 0 else 'no'},{'moderate' if d % 4 == 0 else ''},"
    f"{'ibuprofen 400 mg' if d % 8 == 0 else ''},\n"
    for m in (1, 2)
    for d in range(1, 20)
)
LEVELS = (
    "ID,TIME,EVID,AMT,DV,AGE,SEX,WT\n1,0,1,10,,40,F,70\n1,24,1,10,,40,F,70\n1,30,0,,8.1,40,F,70\n1,48,0,,6.5,40,F,70\n"
)
TRIAL = "id,arm,visit,attacks\n" + "".join(
    f"{k},{'placebo' if k % 2 else 'memantine'},{v},{7 - (3 * k + v) % 5}\n" for k in range(1, 17) for v in range(3)
)
DRUG = '[CL]\nvalue = 6\nunit = "L/h"\n\n[V]\nvalue = 550\nunit = "L"\n'
SCENARIO = """name = "mine"
what = "a trial"
source = "assumed"
[arms.treated]
dose = "10 mg daily"
[arms.untreated]
role = "control"
[trial]
n_per_arm = 10
"""


class Command(NamedTuple):
    """A command: its words (``@a.csv`` is a file), its options with a good value, and its files."""

    words: list[str]
    options: dict[str, str] = {}
    files: dict[str, str] = {}


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


REVIEW = {
    "--start": "2026-02-01", "--dose": "10 mg daily", "--change": "2026-02-10: 20 mg daily", "--stop": "2026-02-19",
    "--creatinine-clearance": "80", "--say": "yes=headache", "--column": "severity=severity", "--ignore": "note",
    "--dates": "year-first", "--unlisted": "free", "--severity": "0-10", "--length": "hours", "--utc": "local",
    "--sheet": "1", "--only": "id=1", "--map": "@map.toml",
}  # fmt: skip
CORTEX = {
    "--preset": "leao", "--compound": "memantine", "--concentration": "1 uM", "--magnesium": "1 mM",
    "--antagonist": "APV", "--block": "50%", "--set": "nmda=1e-4 cm/s",
}  # fmt: skip
PK = {"--basis": "salt", "--ignore": "AGE", "--dvid": "1", "--model": "@drug.toml"}
ANALYSE = {
    "--arm": "arm", "--visit": "visit", "--subject": "id", "--value": "attacks", "--control": "placebo",
    "--where": "visit=1", "--ignore": "id", "--visits": "1,2", "--move-visit": "2=1", "--visit-days": "28",
    "--baseline-days": "28", "--pool": "2", "--kind": "count", "--better": "lower", "--missing": "-99",
    "--covariates": "visit", "--strata": "arm", "--estimator": "ancova", "--sheet": "1", "--param": "x", "--day": "visit",
}  # fmt: skip
PLAN = {
    "--dose": "10 mg daily", "--preset": "eu_label", "--weight": "70 kg", "--age": "40", "--sex": "female",
    "--creatinine-clearance": "80", "--serum-creatinine": "0.9 mg/dL", "--urine-ph": "6", "--taking": "aspirin",
    "--pregnant": "no", "--breast-feeding": "no", "--hepatic": "none", "--history": "epilepsy", "--tolerated-10mg": "yes",
    "--adherence": "0.8",
}  # fmt: skip
SETS = ("seed", "trials", "arms.treated.dose", "arms.untreated.role", "arms.treated.policy", "trial.n_per_arm",
        "trial.weeks", "trial.design", "trial.dropout", "exposure.model", "receptor.hypotheses", "cortex.presets",
        "diary.attack_rule", "setting", "name", "x.y.z")  # fmt: skip
RUN = {"--seed": "1", "--subjects": "10", "--workers": "2", "--set": "trial.weeks=12"}
POWER = {
    "--repeats": "5", "--n": "20,60", "--effect": "0.7", "--estimator": "ancova", "--endpoint": "attacks",
    "--seed": "1", "--workers": "2", "--shard": "1/2", "--set": "trial.weeks=12",
}  # fmt: skip
RECEPTOR = {
    "--compound": "memantine", "--subtype": "2A", "--magnesium": "1 mM", "--voltage": "-66 mV", "--preset": "P0",
    "--scheme": "lester1992", "--seed": "1",
}  # fmt: skip
PROVOKE = {
    "--gtn": "0.5 ug/kg/min", "--minutes": "20", "--population": "patients", "--compound": "memantine",
    "--concentration": "0.1 uM", "--dose": "10 mg daily", "--route": "csd", "--seed": "1", "--n": "10",
}  # fmt: skip

COMMANDS: dict[str, Command] = {
    "review": Command(["review", "@d.csv"], REVIEW, {"d.csv": DIARY, "map.toml": "[read]\n"}),
    "review check": Command(["review", "@d.csv", "--check"], REVIEW, {"d.csv": DIARY, "map.toml": "[read]\n"}),
    "plan": Command(["plan"], PLAN),
    "pk simulate": Command(
        ["pk", "simulate", "@l.csv", "--out", "@out.csv"],
        PK | {"--vary": "1", "--carry": "forward", "--replicates": "2"},
        {"l.csv": LEVELS, "drug.toml": DRUG},
    ),
    "pk forecast": Command(
        ["pk", "forecast", "@l.csv"],
        PK | {"--dose": "10 mg", "--every": "24 h", "--days": "7", "--step": "12 h", "--seed": "1"},
        {"l.csv": LEVELS, "drug.toml": DRUG},
    ),
    "pk nca": Command(["pk", "nca", "@l.csv"], PK, {"l.csv": LEVELS, "drug.toml": DRUG}),
    "pk export": Command(
        ["pk", "export", "--out", "@out.xml"],
        {"--to": "sbml", "--weight": "70", "--creatinine-clearance": "80", "--urine-ph": "6", "--basis": "salt",
         "--model": "@drug.toml"},
        {"drug.toml": DRUG},
    ),
    "trial analyse": Command(["trial", "analyse", "@t.csv"], ANALYSE, {"t.csv": TRIAL}),
    "run": Command(["run", "@s.toml", "--out", "@runs"], RUN, {"s.toml": SCENARIO}),
    "trial": Command(["trial", "@s.toml", "--out", "@runs"], POWER, {"s.toml": SCENARIO}),
    "cortex wave": Command(
        ["cortex", "wave"],
        CORTEX | {"--stimulus": "kcl", "--strength": "30 mM", "--zone": "1 mm", "--second": "60 s", "--length": "10 mm",
                  "--nodes": "250", "--dt": "25 ms", "--duration": "120 s", "--every": "1 s"},
    ),
    "cortex threshold": Command(["cortex", "threshold"], CORTEX | {"--stimulus": "kcl"}),
    "cortex kcl": Command(["cortex", "kcl"], CORTEX | {"--minutes": "30"}),
    "receptor curve": Command(["receptor", "curve"], RECEPTOR, {}),
    "receptor pulse": Command(
        ["receptor", "pulse", "--concentration", "1 uM"],
        RECEPTOR | {"--protocol": "tonic", "--hypothesis": "calcium"}, {},
    ),
    "provoke": Command(["provoke"], PROVOKE),
    "evidence": Command(["evidence", "trials"], {"--add": "@s.toml"}, {"s.toml": SCENARIO}),
    "number": Command(["number", "clearance"]),
    "show": Command(["show", "@runs"]),
    "cite": Command(["cite", "@s.toml"], {}, {"s.toml": SCENARIO}),
    "claims": Command(["evidence", "claims", "dizziness"]),
}  # fmt: skip


class Input(NamedTuple):
    """One input: the words that are typed, ``@`` standing for the folder, and the files."""

    words: list[str]
    files: dict[str, bytes]


@st.composite
def inputs(draw: Any, name: str) -> Input:
    """Draw an input of a command: some of its options, at least one thing in it bent."""
    command = COMMANDS[name]
    chosen = (
        draw(st.lists(st.sampled_from(sorted(command.options)), max_size=4, unique=True)) if command.options else []
    )
    words = list(command.words)
    for option in chosen:
        value = command.options[option]
        if draw(st.booleans()):
            value = f"{draw(st.sampled_from(SETS))}={draw(TEXT)}" if option == "--set" else draw(TEXT)
        words += [option, value]
    files = {file: draw(_bent(text)) for file, text in command.files.items()}
    if not command.files and len(words) > 1 and draw(st.booleans()):
        place = draw(st.integers(1, len(words) - 1))
        words[place] = draw(TEXT)
    if draw(st.booleans()):
        words.append("--json")
    return Input(words, files)


def _bent(text: str) -> st.SearchStrategy[bytes]:
    """Return ways to bend a file: as it is, cells, rows, columns, bytes, another kind of file."""
    return st.one_of(
        st.just(text.encode()),
        st.tuples(st.integers(0, 10**6), TEXT).map(lambda pair: _cell(text, *pair)),
        st.lists(st.tuples(st.integers(0, 10**6), TEXT), min_size=2, max_size=5).map(lambda many: _cells(text, many)),
        st.integers(0, 10**6).map(lambda seed: _shuffled(text, seed)),
        st.integers(0, len(text)).map(lambda cut: text[:cut].encode()),
        st.tuples(st.integers(0, len(text)), st.binary(min_size=1, max_size=6)).map(
            lambda pair: text.encode()[: pair[0]] + pair[1] + text.encode()[pair[0] :]
        ),
        st.sampled_from(
            [b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PAR1", b"%PDF-1.7", b"\xff\xfe\x00", b"\x00" * 100]
        ),
        st.sampled_from(["utf-16", "latin-1", "utf-8-sig"]).map(text.encode),
        st.binary(max_size=200),
    )


def _cell(text: str, place: int, value: str) -> bytes:
    return _cells(text, [(place, value)])


def _cells(text: str, many: list[tuple[int, str]]) -> bytes:
    separator = "," if "," in text.split("\n")[0] else " = "
    rows = [line.split(separator) for line in text.split("\n")]
    for place, value in many:
        row = rows[place % len(rows)]
        row[(place // 7) % len(row)] = value
    return "\n".join(separator.join(row) for row in rows).encode("utf-8", "surrogatepass")


def _shuffled(text: str, seed: int) -> bytes:
    lines, chance = text.split("\n"), random.Random(seed)
    head, body = lines[0], lines[1:]
    what = seed % 3
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
    from leao.chain import provoke, run, run_power
    from leao.core import chunks
    from leao.cortex import experiments, simulation
    from leao.exposure import posterior
    from leao.receptor import curves
    from leao.review import fit
    from leao.trial import calibrate

    def stop(*_: Any, **__: Any) -> Any:
        raise Stopped

    places: list[tuple[Any, str]] = [
        (run, "_compute"), (chunks, "fill"), (run_power.chunks, "fill"), (simulation, "ready"), (simulation, "run"),
        (experiments.simulation, "ready"), (curves, "pulse"), (curves, "curve"), (calibrate, "calibrate"),
        (posterior, "infer"), (provoke, "provocation"), (fit, "sample"),
    ]  # fmt: skip
    before = [(owner, name, getattr(owner, name)) for owner, name in places if hasattr(owner, name)]
    for owner, name, _ in before:
        setattr(owner, name, stop)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def judge(given: Input, call: Callable[[list[str]], int], *, timed: bool = True) -> str | None:
    """Return why an input failed by the rule, or None."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in given.files.items():
            (folder / file).write_bytes(content)
        words = [str(folder / word[1:]) if word.startswith("@") else word for word in given.words]
        out, err, here = io.StringIO(), io.StringIO(), Path.cwd()
        start = time.process_time()
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = call(words)
        except Stopped:
            return None
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {str(error)[:200]}"
        finally:
            os.chdir(here)
        if timed and time.process_time() - start > MOST_SECONDS:
            return f"{time.process_time() - start:.1f} s"
        for file, content in given.files.items():
            if (folder / file).read_bytes() != content:
                return f"{file} was changed"
        if list(folder.rglob("*.part")):
            return "a .part is left"
        listed = "--check" in words and bool(out.getvalue()) and not err.getvalue()
        return _seen(code, out.getvalue(), err.getvalue(), "--json" in words or listed, "--json" in words)


def _seen(code: Any, out: str, err: str, on_stdout: bool, as_json: bool) -> str | None:
    if code not in (0, 1, 2, 3):
        return f"exit code {code}"
    if "Traceback" in err or "Warning:" in err:
        return f"stderr: {err[:200]}"
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
