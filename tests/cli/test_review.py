"""`leao review`: a diary in, an answer out; bad input is one line; only what was asked for is written."""

import csv
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "days", "baseline", "on_treatment", "change_percent", "p_better", "p_30", "p_50", "p_75", "synthesis_prior",
    "expected_without_drug_percent", "weeks_to_80_percent_clear", "what_would_settle", "flags", "not_checked", "read",
    "converged", "comparable", "migraine_days_rule",
}  # fmt: skip


def write(path, n=84, treated=28, first=date(2026, 2, 2), **columns):
    """Write a diary of ``n`` days whose headache thins from ``treated`` on."""
    rng = np.random.default_rng(3)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["date", "headache", *columns])
        for k in range(n):
            ache = rng.random() < (0.5 if k < treated else 0.2)
            row = [str(first + timedelta(k)), "yes" if ache else "no"]
            out.writerow([*row, *(value(k, ache) for value in columns.values())])
    return path


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """One review in JSON and as a page, with everything on it."""
    from leao.cli import call

    folder = tmp_path_factory.mktemp("review")
    diary = write(
        folder / "diary.csv",
        severity=lambda k, ache: 2 + k % 2 if ache else 0,
        nausea=lambda _, ache: "yes" if ache else "no",
        acute_medication=lambda _, ache: "sumatriptan 50 mg; mystery" if ache else "no",
        dose_taken=lambda k, _: "" if k < 28 else "40 mg" if k == 50 else "no" if k == 40 else "yes",
        side_effects=lambda k, _: "face swelling" if k == 60 else "",
    )
    page, said = folder / "page.html", folder / "said.json"
    command = [
        sys.executable, "-m", "leao.cli", "review", str(diary), "--start", "2026-03-02", "--dose", "10 mg daily",
        "--creatinine-clearance", "90", "--out", str(page), "--json",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said.write_bytes(done.stdout)
    assert call  # the same code runs in process elsewhere
    return done.returncode, json.loads(done.stdout), page, sorted(path.name for path in folder.iterdir())


def test_the_contract(answered):
    code, answer, _, files = answered
    assert code == 0
    assert answer.keys() >= KEYS
    assert answer["converged"] is True
    assert set(answer["change_percent"]) == {"median", "p05", "p95"}
    assert 1.0 >= answer["p_better"] >= answer["p_30"] >= answer["p_50"] >= answer["p_75"] >= 0.0
    assert answer["synthesis_prior"]["before_reading"]["p_better"] > 0.5
    ways = answer["what_would_settle"]
    assert [way["course"] for way in ways] == ["as now", "without the drug", "by turns"]
    assert ways[0]["weeks_to_80_percent_clear"] == answer["weeks_to_80_percent_clear"]
    assert files == ["diary.csv", "page.html", "said.json"], "nothing but what was asked for is written"


def test_the_flags(answered):
    flags = {flag["what"].split(":")[0]: flag for flag in answered[1]["flags"]}
    assert flags["dose above the ceiling"]["days"] == 1
    assert flags["side effect to report at once"]["days"] == 1
    assert {flag["level"] for flag in answered[1]["flags"]} <= {"stop", "caution", "note"}
    assert len(answered[1]["red_flags"]["items"]) == 15


def test_a_medicine_of_unknown_class_is_listed_once_with_its_count(answered):
    answer = answered[1]
    unknown = [medicine for medicine in answer["medicines"] if medicine["class"] == "unknown"]
    assert [medicine["name"] for medicine in unknown] == ["mystery"]
    assert sum("mystery" in line for line in answer["read"]["understood"]) == 1
    assert answer["open"] == []
    assert answer["columns"]["not_read"] == []
    most = answer["on_treatment"]["acute_days_by_class_at_most_per_28d"]
    assert most["triptan"] >= answer["on_treatment"]["acute_days_by_class_per_28d"]["triptan"]


def test_the_page_is_whole_and_asks_nothing_of_the_network(answered):
    text = answered[2].read_text(encoding="utf-8")
    for word in (
        "<svg",
        "Dose above the ceiling",
        "severe days",
        "acute medicine",
        "What would settle it",
        "mg/day",
        "does not say what to prescribe",
        "papilloedema",
        "All counts",
    ):
        assert word in text
    for outside in ("http://", "https://", "<script", "<link", "url("):
        assert outside not in text


CASES = {
    "no file": (["nowhere.csv"], "No such file"),
    "no date column": (["x.csv"], "no column of dates", "what,headache\nmonday,yes\n"),
    "no headache column": (["x.csv"], "no column says whether there was a headache", "date,aches\n2026-01-01,3\n"),
    "an unknown word": (["x.csv"], '--say "ouch=headache"', "date,headache\n2026-01-01,ouch\n2026-01-02,no\n"),
    "ambiguous dates": (
        ["x.csv"], "is that 4 March 2026 or 3 April 2026", "date,headache\n04/03/2026,yes\n05/03/2026,no\n",
    ),
    "contradicting dates": (
        ["x.csv"], "24/03/2026 can only be day first and 03/25/2026 only month first",
        "date,headache\n24/03/2026,yes\n03/25/2026,no\n",
    ),
    "one far date": (
        ["x.csv"], "row 2 says 1990-01-01 and row 3 2026-01-02, 13151 days apart",
        "date,headache\n1990-01-01,yes\n2026-01-02,no\n",
    ),
    "empty": (["x.csv"], "empty; wanted a header row", "\n\n"),
    "commas alone": (["x.csv"], "one column", ",,,\n,\n"),
    "too short": (["x.csv"], "wanted 14 at least", "date,headache\n2026-01-01,yes\n2026-01-02,no\n"),
    "binary": (["x.csv"], "not a text table", "date,headache\n\0\0,1\n"),
    "dose without start": (["good.csv", "--dose", "10 mg daily"], "--dose without --start"),
    "start after the end": (["good.csv", "--start", "2027-01-01", "--dose", "10 mg daily"], "no day on treatment"),
    "bad dose": (["good.csv", "--start", "2026-03-02", "--dose", "some"], "not understood"),
    "bad start": (["good.csv", "--start", "2.3.2026", "--dose", "10 mg daily"], "wanted a date such as 2026-03-02"),
    "bad change": (
        ["good.csv", "--start", "2026-03-02", "--dose", "10 mg daily", "--change", "20 mg"], "wanted '2026-04-13",
    ),
    "stop before the start": (
        ["good.csv", "--start", "2026-03-02", "--dose", "10 mg daily", "--stop", "2026-02-10"],
        "--stop: found 2026-02-10, wanted a day after --start 2026-03-02",
    ),
    "change before the start": (
        ["good.csv", "--start", "2026-03-02", "--dose", "10 mg daily", "--change", "2026-02-10: 20 mg daily"],
        "--change: found 2026-02-10, wanted a day after",
    ),
    "a date in a diary of numbers": (
        ["x.csv", "--start", "2026-03-02", "--dose", "10 mg daily"], "numbers its days, day -3 to day 16",
        "date,headache\n" + "".join(f"{k},yes\n" for k in range(-3, 17)),
    ),
    "bad kidneys": (
        ["good.csv", "--start", "2026-03-02", "--dose", "10 mg daily", "--creatinine-clearance", "-1"],
        "wanted 1 to 300",
    ),
    "bad choice": (["good.csv", "--dates", "backwards"], "wanted one of year-first"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_line(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says, *text = CASES[case]
    write(tmp_path / "good.csv")
    if text:
        (tmp_path / "x.csv").write_text(text[0])
    before = sorted(tmp_path.iterdir())
    said = leao("review", *arguments, "--out", "page.html")
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert said.err.startswith("leao: ")
    questions = said.err.count("open question")
    assert said.err.count("\n") == 1 or (questions == 1 and all(": " in line for line in said.err.splitlines()[1:]))
    assert sorted(tmp_path.iterdir()) == before


def test_open_questions_come_as_json_with_exit_2(leao, tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("Fecha,Cefalea\n" + "".join(f"2026-01-{k:02d},{'Sip' if k % 3 else 'No'}\n" for k in range(1, 31)))
    said = leao("review", path, "--json")
    assert said.code == 2
    (question,) = json.loads(said.out)["open"]
    assert (question["column"], question["word"], question["count"]) == ("Cefalea", "Sip", 20)
    answered = leao("review", path, "--check", "--json", "--say", "Sip=headache", "--save-map", tmp_path / "map.toml")
    assert (answered.code, json.loads(answered.out)["usable"]) == (0, True)
    again = leao("review", path, "--check", "--map", tmp_path / "map.toml")
    assert again.code == 0
    assert 'headache = "Cefalea"' in again.out
    assert leao("review", path, "--save-map", tmp_path / "map.toml", "--check").code == 2, "nothing is overwritten"


def test_template_then_check(leao, tmp_path):
    path = tmp_path / "diary.csv"
    assert leao("review", "--template", path).code == 0
    assert path.read_text().startswith("date,headache,severity,start,end,duration,aura")
    said = leao("review", "--check", path, "--json")
    answer = json.loads(said.out)
    assert said.code == 1, "one row is no diary"
    assert answer["usable"] is False
    assert answer["oddities"] == []
    assert leao("review", "--template", path).code == 2, "nothing is overwritten"


def test_attacks_alone_ask_for_the_days_between(leao, tmp_path):
    path = tmp_path / "attacks.csv"
    lines = [f"{date(2026, 1, 1) + timedelta(3 * k)},yes,22:00,06:00" for k in range(20)]
    path.write_text("date,headache,start,end\n" + "\n".join(lines) + "\n")
    said = leao("review", "--check", path, "--json")
    assert said.code == 2
    assert "--unlisted free" in json.loads(said.out)["open"][0]["answer"]
    freed = json.loads(leao("review", "--check", path, "--unlisted", "free", "--json").out)
    assert freed["usable"] is True
    assert any("over midnight" in line for line in freed["understood"])


HEAVY = ("numba", "polars", "zarr")
LIGHT = {
    "review": (
        ["d.csv", "--start", "2026-03-02", "--dose", "10 mg daily", "--out", "p.html", "--json"],
        ("matplotlib", "pint"),
    ),
    "review --check": (["--check", "d.csv"], ("matplotlib", "pint", "scipy.stats")),
    "plan": (["--age", "40", "--dose", "10 mg daily", "--taking", "none"], ("matplotlib", "pint")),
    "evidence trials": ([], ()),
    "evidence synthesis": ([], ()),
    "evidence claims": ([], ()),
}


@pytest.mark.parametrize("command", LIGHT)
def test_these_commands_import_nothing_heavy(command, tmp_path):
    """An import hook that fails, not a look at what was imported: the command works where they are not installed."""
    write(tmp_path / "d.csv")
    arguments, besides = LIGHT[command]
    words = [command.split()[0], *([] if "--check" in command else command.split()[1:]), *arguments]
    ask = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r} or name in {besides!r}:
            raise ImportError(name + " is not to be imported here")
sys.meta_path.insert(0, Refuse())
from leao.cli import call
sys.exit(call({words!r}))
"""
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_an_answer_that_cannot_be_trusted_is_not_given(leao, tmp_path, monkeypatch):
    from leao.review import importance

    monkeypatch.setattr(importance, "LARGEST_K_HAT", -1.0)
    monkeypatch.setattr(importance, "ROUNDS", 1)
    said = leao("review", write(tmp_path / "d.csv"), "--start", "2026-03-02", "--dose", "10 mg daily", "--json")
    answer = json.loads(said.out)
    assert said.code == 1
    assert answer["converged"] is False
    assert "k-hat" in answer["problem"]
    assert answer["diagnostics"].keys() == {"k_hat", "effective_draws", "grid_error"}
    assert answer["change_percent"] is None
    assert answer["p_better"] is None
    assert answer["baseline"]["headache_days_per_28d"] > 0


@pytest.mark.parametrize("name", ["kosteckidillon", "attacks"])
def test_the_worked_mappings(leao, tmp_path, name):
    if name == "attacks":
        path = tmp_path / "export.csv"
        rows = ["Datum;Typ;Staerke;Beginn;Ende;Medikament"]
        rows += [f"{day}.03.2026;Migräne;{3 + day % 7};22:30;03:15;Suma 50" for day in range(1, 29, 2)]
        path.write_bytes("\n".join(rows).encode("cp1252"))
        asked = [path]
    else:
        asked = [ROOT / "data" / "kosteckidillon" / "KosteckiDillon.csv", "--only", "id=17"]
    said = leao("review", "--check", *asked, "--map", ROOT / "docs" / "mapping" / f"{name}.toml", "--json")
    answer = json.loads(said.out)
    assert answer["usable"] is True, answer
    assert said.code == 0


def test_years_are_read_whole(leao, tmp_path, monkeypatch):
    from leao.review import fit

    monkeypatch.setattr(fit, "LONG_DRAWS", 512)
    monkeypatch.setattr(fit, "LONG_KEPT", 200)
    path = write(tmp_path / "d.csv", n=1200, treated=900, first=date(2006, 2, 2))
    ask = ("review", path, "--start", "2008-07-21", "--dose", "10 mg daily", "--out", tmp_path / "p.html")
    answer = json.loads(leao(*ask, "--json").out)
    assert answer["converged"] is True
    assert answer["days"]["recorded"] == 1200
    assert answer["p_better"] > 0.99
    assert answer["what_would_settle"]


def test_nothing_to_compare_with_is_no_finding(leao, tmp_path):
    """Without a single headache off the drug, the change is the population's guess and no headline."""
    path = tmp_path / "d.csv"
    path.write_text("date,headache\n" + "\n".join(f"{date(2026, 1, 1) + timedelta(k)},no" for k in range(110)) + "\n")
    said = leao("review", path, "--start", "2026-01-20", "--dose", "10 mg daily")
    assert "Not settled: no headache is recorded without the drug" in " ".join(said.out.split())
    answer = json.loads(leao("review", path, "--start", "2026-01-20", "--dose", "10 mg daily", "--json").out)
    assert answer["comparable"] is False


def test_the_function_says_what_it_takes_and_finds():
    import inspect

    import leao

    assert list(inspect.signature(leao.review.diary).parameters)[:3] == ["diary", "doses", "start"]
    assert "prescription" in (inspect.getdoc(leao.review.diary) or "")


@pytest.mark.parametrize(("share", "said"), [(0.0, "under 1"), (0.004, "under 1"), (0.31, "31"), (0.999, "99")])
def test_a_chance_is_never_said_to_be_certain(share, said):
    from leao.report.review_words import percent

    assert percent(share).startswith(said)


@pytest.mark.parametrize("read", ["d.csv", "m.toml", "./d.csv"])
def test_the_page_never_overwrites_what_was_read(leao, tmp_path, monkeypatch, read):
    """--out of the diary itself once replaced the diary by the page."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "d.csv")
    (tmp_path / "m.toml").write_text("[columns]\ndate = 'date'\n")
    before = (tmp_path / "d.csv").read_bytes()
    said = leao("review", "d.csv", "--map", "m.toml", "--out", read)
    assert said.code == 2
    assert "the file that is read" in said.err
    assert (tmp_path / "d.csv").read_bytes() == before


def test_numbered_days_keep_their_numbers(leao, tmp_path):
    """The arbitrary date behind a day number is shown nowhere."""
    path, page = tmp_path / "d.csv", tmp_path / "p.html"
    rng = np.random.default_rng(2)
    path.write_text("date,headache\n" + "".join(f"{k},{int(rng.random() < 0.4)}\n" for k in range(-28, 80)))
    ask = ("review", path, "--start", "0", "--dose", "10 mg daily", "--change", "200: 20 mg daily")
    answer = json.loads(leao(*ask, "--out", page, "--json").out)
    assert answer["doses"][0] == {"from": "day 0", "dose": "10 mg daily"}
    assert answer["days"]["first"] is None
    assert any(
        "'20 mg daily' from day 200 lies after the diary's end" in odd["what"] for odd in answer["read"]["oddities"]
    )
    text = page.read_text(encoding="utf-8")
    assert "10 mg daily from day 0" in text
    assert "<td>day -28</td>" in text
    assert "2001" not in text
