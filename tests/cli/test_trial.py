"""``leao trial``: the contract's keys, the page, the tables, real data in, and bad input in one line."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

KEYS = {
    "n_per_arm", "power", "power_se", "type_1_error", "type_1_error_se", "bias", "coverage", "n_for_80_percent",
    "estimator", "repeats",
}  # fmt: skip
SMALL = ["trial", "noruzzadeh2016", "--repeats", "25", "--n", "6,10", "--effect", "0.6", "--workers", "1"]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    from concurrent.futures import ThreadPoolExecutor

    import leao

    out = tmp_path_factory.mktemp("played")
    scenario = leao.load("noruzzadeh2016")
    with ThreadPoolExecutor(1) as pool:
        found = leao.power(scenario, 25, effect=0.6, n=(6, 10), out=out, executor=pool)
    return out, found


def test_the_command_finds_what_python_computed(leao, played):
    out, found = played
    said = leao(*SMALL, "--out", out, "--json")
    assert said.code == 0, said.err
    answer = json.loads(said.out)
    assert answer.keys() >= KEYS
    assert answer["n_per_arm"] == [6, 10]
    assert len(answer["power"]) == len(answer["power_se"]) == 2
    assert answer["power"] == found["power"]
    assert 0 < answer["type_1_error_se"] < 0.1
    page = Path(answer["page"]).read_text(encoding="utf-8")
    assert page.count("<svg") == 5
    assert "http" not in page.replace("http://www.w3.org", "")
    assert {path.name for path in Path(answer["tables"]).iterdir()} == {
        f"{name}.{kind}" for name in ("adsl", "addiary", "admonth") for kind in ("csv", "parquet")
    }
    plain = leao(*SMALL, "--out", out)
    assert "type I %" in plain.out
    assert "Monte Carlo error" in plain.out


def test_tables_read_back_give_the_estimates_of_the_trial(leao, played):
    out, found = played
    answer = json.loads(leao(*SMALL, "--out", out, "--json").out)
    folder = Path(answer["tables"])
    trials = pl.read_parquet(
        next(path for path in (Path(answer["run"]) / "chunks").iterdir() if "00000-trials" in path.name)
    )
    for file, options in (("admonth.csv", []), ("admonth.parquet", []), ("addiary.parquet", ["--day", "ADY"])):
        said = json.loads(leao("trial", "analyse", folder / file, "--param", "ATTACKS", *options, "--json").out)
        for name in ("mmrm", "ancova", "change"):
            row = said["estimators"][name]["comparisons"]["memantine"]
            assert row["estimate"] == pytest.approx(trials[f"{name}|10|effect|value|0"][0], rel=1e-6), (file, name)
            assert row["se"] == pytest.approx(trials[f"{name}|10|effect|se|0"][0], rel=1e-6)
        ratio = said["estimators"]["negative_binomial"]["comparisons"]["memantine"]["estimate"]
        assert np.log(ratio) == pytest.approx(trials["negative_binomial|10|effect|value|0"][0], rel=1e-6)
    people = pl.read_csv(folder / "adsl.csv")
    assert people.height == 20
    assert set(people["TRT01P"]) == {"placebo", "memantine"}


def table(**changes):
    rng = np.random.default_rng(2)
    rows = [
        {"id": f"p{subject}", "group": "drug" if subject % 2 else "placebo", "month": month, "n": int(count)}
        for subject in range(40)
        for month, count in enumerate(rng.poisson(6 - np.arange(4) * (subject % 2)))
    ]
    frame = pl.DataFrame(rows)
    return frame.with_columns(**changes)


GROUP = ["--arm", "group", "--visit", "month", "--value", "n", "--subject", "id"]


def test_real_data(leao, tmp_path):
    table().write_csv(tmp_path / "t.csv")
    said = leao("trial", "analyse", tmp_path / "t.csv", *GROUP, "--json")
    assert said.code == 0, said.err
    answer = json.loads(said.out)
    assert answer.keys() >= {
        "estimator", "arms", "subjects", "difference", "rate_ratio", "responders_50_percent", "problems"
    }  # fmt: skip
    assert answer["arms"] == ["placebo", "drug"]
    assert answer["subjects"] == 40
    assert answer["difference"]["high"] < 0
    assert answer["rate_ratio"]["estimate"] < 1
    assert answer["flow"]["drug"]["visit 3"] == 20
    assert "baseline per 28 days" in leao("trial", "analyse", tmp_path / "t.csv", *GROUP).out


def broken(name):
    frame = table()
    if name == "negative":
        return frame.with_columns(pl.when(pl.int_range(pl.len()) == 5).then(-1).otherwise(pl.col("n")).alias("n"))
    if name == "two arms":
        return frame.with_columns(
            pl.when(pl.int_range(pl.len()) == 10).then(pl.lit("drug")).otherwise(pl.col("group")).alias("group")
        )
    if name == "no arm":
        return frame.with_columns(
            pl.when(pl.int_range(pl.len()) == 9).then(pl.lit("")).otherwise(pl.col("group")).alias("group")
        )
    if name == "twice":
        return pl.concat([frame, frame[3:4]])
    if name == "overlap":
        start = pl.col("month") * 28
        late = pl.when(pl.int_range(pl.len()) == 7).then(60).otherwise(start).alias("start_day")
        return frame.with_columns(late).with_columns((start + 27).alias("end_day").clip(lower_bound=0))
    if name == "zeros":
        return frame.with_columns(pl.when(pl.col("month") > 0).then(0).otherwise(pl.col("n")).alias("n"))
    if name == "words":
        return frame.with_columns(
            pl.when(pl.int_range(pl.len()) == 2).then(pl.lit("many")).otherwise(pl.col("n").cast(pl.String)).alias("n")
        )
    if name == "one arm":
        return frame.filter(pl.col("group") == "drug")
    if name == "no baseline":
        return frame.filter(pl.col("month") > 0)
    if name == "other control":
        return frame.with_columns(pl.col("group").replace("placebo", "sham"))
    return frame


SAYS = {
    "negative": "row 7: column 'n': found -1.0, wanted 0 or more",
    "two arms": "row 12: column 'group'",
    "no arm": "row 11: column 'group'",
    "twice": "row 162: a second row",
    "overlap": "a visit that overlaps the one before",
    "zeros": "every value after the baseline is 0",
    "words": "row 4: column 'n': found 'many', wanted a number",
    "one arm": "wanted a control and another",
    "no baseline": "no baseline",
    "other control": "write --control NAME",
}


@pytest.mark.parametrize("name", SAYS)
def test_data_that_contradict_themselves(leao, tmp_path, name):
    broken(name).write_csv(tmp_path / "t.csv")
    said = leao("trial", "analyse", tmp_path / "t.csv", *GROUP)
    assert (said.code, said.out) == (2, "")
    assert SAYS[name] in said.err
    assert said.err.count("\n") == 1


CASES = {
    "no patients": ([*SMALL[:2], "--n", "0"], "--n: found '0'"),
    "half a patient": ([*SMALL[:2], "--n", "20,3.5"], "found '3.5'"),
    "no repeats": ([*SMALL[:2], "--repeats", "0"], "--repeats"),
    "harm": ([*SMALL[:2], "--effect", "1.5"], "at most 1"),
    "misspelt effect": ([*SMALL[:2], "--effect", "mechanstic"], "did you mean 'mechanistic'"),
    "unknown estimator": ([*SMALL[:2], "--estimator", "ttest"], "wanted one of negative_binomial"),
    "paired in parallel": ([*SMALL[:2], "--estimator", "paired"], "does not fit the design 'parallel'"),
    "unknown endpoint": ([*SMALL[:2], "--endpoint", "sleep"], "--endpoint"),
    "no shard": ([*SMALL[:2], "--shard", "5/4"], "--shard"),
    "no such scenario": (["trial", "noruzadeh2016"], "did you mean"),
    "arm without a regimen": ([*SMALL[:2], "--set", "arms.other.drug=memantine"], "arms.other"),
    "short washout": (
        [*SMALL[:2], "--set", "trial.design.kind=crossover", "--set", "trial.design.washout_days=2"],
        "half-lives",
    ),
    "unknown design": ([*SMALL[:2], "--set", "trial.design.kind=cross"], "trial.design"),
    "run of a crossover": (["run", "noruzzadeh2016", "--set", "trial.design.kind=crossover"], "leao trial"),
    "no table": (["trial", "analyse", "nowhere.csv"], "not found"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says = CASES[case]
    said = leao(*arguments)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert said.err.count("\n") == 1, said.err


def test_analyse_is_no_name_for_a_scenario(leao, tmp_path):
    from importlib.resources import files

    text = (files("leao") / "scenarios" / "noruzzadeh2016.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(
        text.replace('name    = "noruzzadeh2016"', 'name = "analyse"'), encoding="utf-8"
    )
    said = leao("trial", tmp_path / "mine.toml")
    assert said.code == 2
    assert "choose another" in said.err


def test_help(leao):
    assert "analyse" in leao("trial", "--help").out
