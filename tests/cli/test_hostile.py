"""What a hostile or hurried user typed once and was not answered well: each is one line and exit 2, within seconds."""

import json
import os
import time

import pytest
from validation.fuzz_commands import BEGUN, DIARY, DOSES, LEVELS, SCENARIO, TRIAL, n_of_1

import leao
from leao.cli import call

pytestmark = pytest.mark.command

RUN, SWEEP = ["run", "s.toml"], ["sweep", "s.toml"]
REVIEW = ["review", "d.csv", "--start", "2026-02-01"]
START = ["trial", "n-of-1", "start", "new"]
DOSES_OF = ["trial", "mcp-mod", "--dose", "dose", "--value", "change"]
AGAIN = ["--change", "change", "--difference", "1", "--planned-n", "60"]
SIMULATE = ["pk", "simulate", "l.csv", "--basis", "salt", "--out", "o.csv"]
EVENTS = ["trial", "boundaries", "--by", "events", "--ratio", "0.7", "--dispersion", "0.4", "--months", "3"]
REFUSED = {
    "a hundred thousand hypotheses": (
        ["trial", "adjust", ",".join(f"h{k}=0.01" for k in range(100_000))],
        "at most 100",
    ),
    "a million million animals": (["cortex", "kcl", "--lines", "1000000000000"], "at most 10000"),
    "events without end": ([*EVENTS, "--rate", "1e308"], "1e-06 to 1e+06"),
    "a difference of nothing": (["trial", "boundaries", "--difference", "1e-300", "--sd", "1"], "1e-06 to 1e+06"),
    "a shape beyond any dose": ([*DOSES_OF, "doses.csv", "--models", "emax:1e308"], "at most 1e+06"),
    "a dose of 1e308": ([*DOSES_OF, "huge.csv"], "huge.csv, row 4: dose is 1e308, wanted at most 1e+07"),
    "doses from a pipe": ([*DOSES_OF, "pipe.csv"], "pipe.csv: "),
    "doses from a folder": ([*DOSES_OF, "."], "a folder"),
    "a sheet's field from a pipe": (["cortex", "sheet", "--field", "pipe.csv"], "pipe.csv: "),
    "events from a pipe": (["trial", "reestimate", "pipe.csv", *AGAIN], "pipe.csv: "),
    "replicates by the million": ([*SIMULATE, "--replicates", "1000000"], "wanted at most 10000"),
    "a sheet for ever": (["cortex", "sheet", "--minutes", "1e9"], "at most"),
    "kidneys that do nothing": ([*REVIEW, "--dose", "10 mg daily", "--creatinine-clearance", "0"], "wanted 1 to 300"),
    "a dose beyond any": ([*REVIEW, "--dose", "1e308 mg daily"], "wanted at most 1000 mg"),
    "a dose in the wrong unit": ([*REVIEW, "--dose", "10 g daily"], "wanted at most 1000 mg"),
    "a trial begun in 1900": ([*START, "--dose", "10 mg daily", "--begin", "1900-01-05"], "check the year"),
    "a trial begun in 2999": ([*START, "--dose", "10 mg daily", "--begin", "2999-01-05"], "check the year"),
    "an order's seed beyond 64 bits": ([*START, *BEGUN, "--seed", str(2**70)], "--seed: found"),
    "a seed twice": ([*RUN, "--seed", "1", "--seed", "2"], "--seed stands twice"),
    "a start twice": ([*REVIEW, "--dose", "10 mg daily", "--start", "2026-02-02"], "--start stands twice"),
    "a key twice": ([*RUN, "--set", "trial.weeks=8", "--set", "trial.weeks=12"], "--set: trial.weeks stands twice"),
    "a size twice": (["trial", "s.toml", "--n", "20,20"], "--n: 20 stands twice"),
    "a size of the grid twice": (["trial", "grid", "s.toml", "--n", "20,30,20"], "--n: 20 stands twice"),
    "a dropout twice": (["trial", "grid", "s.toml", "--dropout", "0.1,0.10"], "--dropout: 0.1 stands twice"),
    "a design twice": (["trial", "grid", "s.toml", "--design", "parallel,parallel"], "parallel stands twice"),
    "an effect twice": (["trial", "grid", "s.toml", "--effect", "1,1.0"], "--effect: 1.0 stands twice"),
    "a column of two names": (
        [*REVIEW, *("--column", "severity=a", "--column", "severity=b")],
        "severity stands twice",
    ),
    "a word of two meanings": ([*REVIEW, "--say", "ja=headache", "--say", "Ja=free"], "--say: ja stands twice"),
    "rows of two values": ([*REVIEW, "--only", "id=1", "--only", "id=2"], "--only: id stands twice"),
    "more shards than atoms": ([*RUN, "--shard", f"1/{10**50}"], "n at most 100000; write"),
    "looks that end too early": (["trial", "boundaries", "--looks", "0.2,0.5"], "write 0.2,0.5,1"),
    "an alpha of nothing": (["trial", "boundaries", "--alpha", "1e-170"], "--alpha: found 1e-170, wanted 1e-09"),
    "an alpha of nothing, again": (["trial", "reestimate", "t.csv", *AGAIN, "--alpha", "9e-170"], "wanted 1e-09"),
    "a difference of next to nothing": (
        ["trial", "reestimate", "t.csv", "--change", "attacks", "--difference", "1e-300"],
        "wanted the difference that is to be found, 1e-06 to 1e+06",
    ),
    "two seeds of a grid": (["trial", "grid", "s.toml", "--seed", "1", "--set", "seed=2"], "leave out one"),
    "a number of the tissue twice": (
        ["cortex", "wave", "--set", "nmda=1e-4 cm/s", "--set", "nmda=2e-4 cm/s"],
        "set: nmda stands twice",
    ),
    "a route twice": (
        ["pathways", "--set", "headache.severity=trigeminocervical", "--set", "headache.severity=none"],
        "--set: headache.severity stands twice",
    ),
    "two seeds": ([*RUN, "--seed", "1", "--set", "seed=2"], "leave out one"),
    "two sizes": ([*RUN, "--subjects", "4", "--set", "trial.n_per_arm=9"], "leave out one"),
    "a seed that is varied": ([*SWEEP, "--over", "seed=1,2", "--seed", "4"], "given twice"),
    "a size that is varied": ([*SWEEP, "--over", "trial.n_per_arm=10,20", "--subjects", "4"], "given twice"),
    "a seed that is a yes": ([*RUN, "--set", "seed=true"], "a whole number"),
    "a preset twice": ([*RUN, "--set", 'cortex.presets=["leao","leao"]'], "twice"),
    "a name longer than a file's": ([*RUN, "--set", f"name={'m' * 300}"], "100 characters"),
    "a template as JSON": (["evidence", "trials", "--template", "--json"], "leave out --json"),
    "a template and a start": (["review", "new.csv", "--template", "--start", "2026-01-01"], "leave out"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").write_text(SCENARIO)
    (tmp_path / "d.csv").write_text(DIARY)
    (tmp_path / "l.csv").write_text(LEVELS)
    (tmp_path / "t.csv").write_text(TRIAL)
    (tmp_path / "doses.csv").write_text(DOSES)
    (tmp_path / "huge.csv").write_text(DOSES.replace(",20,", ",1e308,"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
    else:
        (tmp_path / "pipe.csv").mkdir()
    return tmp_path


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_one_line(here, capsys, what):
    words, wanted = REFUSED[what]
    start = time.process_time()
    assert call(words) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("leao: ")
    assert err.count("\n") == 1
    assert wanted in err
    assert time.process_time() - start < 5.0


def started(folder):
    for name, text in n_of_1().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "t"


@pytest.mark.parametrize("what", ["look", "close"])
def test_a_plan_of_which_any_part_was_changed_is_refused(here, capsys, what):
    folder = started(here)
    plan = json.loads((folder / "trial.json").read_text(encoding="utf-8"))
    assert len(plan) > 20
    for key in plan:
        for value in ("zzz", -1, 10**400, None, [], True, "2026-01-05", 0.05):
            (folder / "trial.json").write_text(json.dumps(plan | {key: value}), encoding="utf-8")
            assert plan[key] == value or call(["trial", "n-of-1", what, "t", "t/diary.csv"]) == 2, (key, value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000, '{"a": ' + "9" * 5_000 + "}", "{}", "[]", ""])
def test_a_plan_or_look_that_is_no_json_of_ours(here, capsys, text):
    folder = started(here)
    (folder / "look-1.json").write_text(text)
    assert call(["trial", "n-of-1", "close", "t", "t/diary.csv"]) == 2
    (folder / "trial.json").write_text(text)
    assert call(["trial", "n-of-1", "look", "t", "t/diary.csv"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_look_that_was_changed_is_refused(here, capsys):
    folder = started(here)
    look = ["trial", "n-of-1", "look", "t", "t/diary.csv"]
    assert call(look) == 0
    kept = folder / "look-1.json"
    made = json.loads(kept.read_text(encoding="utf-8"))
    for key, value in {"whole_cycles": 1, "stopped": True, "nominal_p": 0.5, "boxes_ended": 99}.items():
        kept.write_text(json.dumps(made | {key: value}))
        assert call(["trial", "n-of-1", "close", "t", "t/diary.csv"]) == 2, key
    kept.write_text(json.dumps(made))
    assert call(["trial", "n-of-1", "close", "t", "t/diary.csv"]) == 0
    capsys.readouterr()


def test_what_a_check_does_not_use_is_named(here, capsys):
    words = [*REVIEW, "--dose", "10 mg daily", "--check", "--out", "page.html"]
    assert call([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_used"] == ["--start", "--dose", "--out"]
    assert call(words) == 0
    assert "not used: --start, --dose, --out" in capsys.readouterr().out
    assert call(["review", "d.csv", "--check"]) == 0
    assert "not used" not in capsys.readouterr().out
    assert not (here / "page.html").exists()
    checked = leao.review.diary(here / "d.csv", start="2026-02-01", check=True)
    assert checked.summary["not_used"] == ["--start"]


def test_a_look_too_early_to_stop_anything_has_no_bound(here, capsys):
    words = ["trial", "boundaries", "--looks", "20", "--out", "b.html"]
    assert call([*words, "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["looks"][:2]
    assert first["upper_z"] is first["nominal_p"] is None
    assert first["power"] == first["stop_percent_null"] == 0.0
    assert second["upper_z"] > 6.0
    assert call(words) == 0
    assert "none" in capsys.readouterr().out
    assert "look 1 none" in (here / "b.html").read_text(encoding="utf-8")
