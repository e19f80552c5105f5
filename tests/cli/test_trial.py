"""``leao trial``: the contract's keys, the page, the tables, real data in, and bad input in one line."""

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats
from tests import shared

from leao.chain.scenario import load
from leao.trial import error_rates

KEYS = {
    "n_per_arm", "power", "power_se", "type_1_error", "type_1_error_se", "bias", "coverage", "n_for_80_percent",
    "estimator", "repeats",
}  # fmt: skip
SMALL = ["trial", "noruzzadeh2016", "--repeats", "25", "--n", "6,10", "--effect", "0.6", "--workers", "1"]


@pytest.fixture(scope="module")
def played(tmp_path_factory, session_folder):
    from concurrent.futures import ThreadPoolExecutor

    import leao

    out = shared.for_runs(tmp_path_factory.mktemp("played"), session_folder)
    scenario = leao.load("noruzzadeh2016")
    with ThreadPoolExecutor(1) as pool:
        power = leao.power(scenario, 25, effect=0.6, n=(6, 10), out=out, executor=pool).summary
    return out, power


def test_the_command_finds_what_python_computed(leao, played):
    out, power = played
    said = leao(*SMALL, "--out", out, "--json")
    assert said.code == 0, said.err
    answer = json.loads(said.out)
    assert answer.keys() >= KEYS
    assert answer["n_per_arm"] == [6, 10]
    assert len(answer["power"]) == len(answer["power_se"]) == 2
    assert answer["power"] == power["power"]
    assert 0 < answer["type_1_error_se"] < 0.1
    page = Path(answer["page"]).read_text(encoding="utf-8")
    assert page.count("<svg") == 5
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert {path.name for path in Path(answer["tables"]).iterdir()} == {
        f"{name}.{kind}" for name in ("adsl", "addiary", "admonth") for kind in ("csv", "parquet")
    }
    plain = leao(*SMALL, "--out", out)
    assert "type I %" in plain.out
    assert "Monte Carlo error" in plain.out


def test_few_patients_are_told_what_the_estimators_do(leao, played):
    out, power = played
    errors = re.search(r"negative_binomial (\S+) % at 10", power["caution"])
    assert errors is not None
    assert float(errors[1]) == pytest.approx(7.65, abs=0.6)  # three standard errors of 20,000 trials
    assert "mmrm" in power["caution"].split("Kept")[1]
    assert power["caution"] in " ".join(leao(*SMALL, "--out", out).out.split())
    assert power["caution"].replace("_", " ") in Path(power["run"], "trial.html").read_text(encoding="utf-8")
    assert error_rates.caution(("mmrm", "ancova"), (10, 20), paired=False) is None
    assert error_rates.caution(("negative_binomial", "mmrm"), (60,), paired=False) is None
    # under the fit with single months more patients stop having attacks, and large trials are on the safe side
    assert "negative_binomial 3.7 % at 150" in error_rates.caution(("negative_binomial", "mmrm"), (150,), paired=False)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("design", ["parallel", "withdrawal"])
def test_trials_too_small_for_an_estimate_still_have_a_page(leao, runs_folder, design):
    said = leao(*SMALL[:4], "--n", "2", "--effect", "0.7", "--set", f"trial.design={design}", "--out", runs_folder)
    assert said.code == 0, said.err
    assert "no estimate: " in " ".join(said.out.split())
    assert "mmrm (in 100 % of trials with 2 per group)" in " ".join(said.out.split())
    assert "no data±" not in said.out


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["trial.design=titrated", "trial.design.policy=nope"], "trial.design.policy: found 'nope', wanted one"),
        (["trial.design=crossover", "trial.design.washuot_days=3"], "'trial.design.washuot_days'; did you mean"),
        (["trial.design=crossover", "trial.design.cycles=3"], "known here: kind, washout_days, washout_half_lives"),
    ],
)
def test_keys_of_a_design_may_follow_its_name(leao, keys, words):
    said = leao("trial", "noruzzadeh2016", *(part for key in keys for part in ("--set", key)))
    assert said.code == 2
    assert words in said.err
    named, spelled = (
        load("noruzzadeh2016", change)
        for change in (
            {"trial.design": "n_of_1", "trial.design.cycles": 4},
            {"trial.design.kind": "n_of_1", "trial.design.cycles": 4},
        )
    )
    assert named.trial == spelled.trial


def test_a_titrated_trial_by_option(leao, runs_folder):
    said = leao(
        *SMALL, "--set", "trial.design=titrated", "--set", "trial.run_in_days=7", "--out", runs_folder, "--json"
    )
    assert said.code == 0, said.err
    answer = json.loads(said.out)
    policy = answer["design"]["policy"]
    assert policy["name"] == "titrated"
    assert policy["adverse_events_percent"]["memantine"]["any"] > policy["adverse_events_percent"]["placebo"]["any"]
    for months in policy["dose_by_month_percent"].values():
        assert [sum(mix.values()) for mix in months] == pytest.approx([100.0] * 3)
    page = Path(answer["page"]).read_text(encoding="utf-8")
    assert "The doses under policy titrated" in page
    days = pl.read_parquet(Path(answer["tables"]) / "addiary.parquet").filter(pl.col("PARAMCD") == "ATTACKS")
    assert set(days.filter(pl.col("ADY") < 0)["DOSE"]) == {0.0}
    assert {10.0, 20.0} <= set(days.filter((pl.col("ADY") > 0) & (pl.col("ARM") == "memantine"))["DOSE"])
    assert (
        "Doses under policy titrated at the end"
        in leao(*SMALL, "--set", "trial.design=titrated", "--set", "trial.run_in_days=7", "--out", runs_folder).out
    )


def test_an_n_of_1_trial_tells_each_patients_own_effect(leao, runs_folder):
    design = ["--set", "trial.design={kind='n_of_1', cycles=2}", "--set", "trial.weeks=4"]
    said = leao(*SMALL[:4], "--n", "4", "--effect", "0.5", *design, "--out", runs_folder, "--json")
    assert said.code == 0, said.err
    answer = json.loads(said.out)
    individuals = answer["individuals"]
    assert len(individuals["patients"]) == 16
    assert 0.85 < individuals["coverage"]["own"] <= 1.0
    assert 0.75 < individuals["coverage"]["shrunken"] <= 1.0
    assert individuals["error"]["shrunken"] < individuals["error"]["own"]
    table = pl.read_parquet(Path(answer["tables"]) / "adnof1.parquet")
    month = pl.read_parquet(Path(answer["tables"]) / "admonth.parquet").filter(pl.col("PARAMCD") == "ATTACKS")
    whole = table.filter(pl.col("NCYCLES") == 2)[0]  # a month with few days filled in makes no whole cycle
    first = month.filter((pl.col("USUBJID") == whole["USUBJID"][0]) & (pl.col("AVISITN") > 0))
    assert first["TRTP"].to_list() == first["TRTSEQP"][0].split(", ")
    mean = first.group_by("TRTP").agg(pl.col("AVAL").mean())
    by = dict(zip(mean["TRTP"], mean["AVAL"], strict=True))
    assert whole["AVAL"][0] == pytest.approx(by["memantine"] - by["placebo"])
    for row, patient in zip(table.iter_rows(named=True), individuals["patients"], strict=True):
        assert row["SHRUNK"] == pytest.approx(patient["shrunken"]["estimate"], rel=1e-4, abs=1e-5)
    assert "Each patient" in Path(answer["page"]).read_text(encoding="utf-8")
    assert (
        "Single patients: intervals hold"
        in leao(*SMALL[:4], "--n", "4", "--effect", "0.5", *design, "--out", runs_folder).out
    )
    read = ["trial", "analyse", Path(answer["tables"]) / "admonth.csv", "--param", "ATTACKS"]
    ask = json.loads(leao(*read, "--json").out)
    assert ask["estimator"] == "random_effects"
    assert [patient["patient"] for patient in ask["individuals"]["patients"]] == table["USUBJID"].to_list()
    for row, patient in zip(table.iter_rows(named=True), ask["individuals"]["patients"], strict=True):
        assert (row["NCYCLES"], row["AVAL"]) == (patient["cycles"], pytest.approx(patient["own"]["estimate"]))
        said = [patient["shrunken"][key] for key in ("estimate", "low", "high")]
        assert [row["SHRUNK"], row["S95LO"], row["S95HI"]] == pytest.approx(said)
    assert ask["difference"]["estimate"] == pytest.approx(individuals["mean"]["mean"], rel=1e-5)
    assert "drawn towards the others" in " ".join(leao(*read).out.split())


def test_a_crossovers_tables_read_back_give_its_estimate(leao, runs_folder):
    said = leao(
        *SMALL[:4], "--n", "12", "--effect", "0.6", "--set", "trial.design=crossover", "--out", runs_folder, "--json"
    )
    answer = json.loads(said.out)
    assert answer["individuals"] is None
    folder = Path(answer["tables"])
    read = ["trial", "analyse", folder / "admonth.csv", "--param", "ATTACKS"]
    ask = json.loads(leao(*read, "--json").out)
    trials = pl.read_parquet(next(path for path in (folder.parent / "chunks").iterdir() if "00000-trials" in path.name))
    row = ask["estimators"]["paired"]["comparisons"]["memantine"]
    assert row["estimate"] == pytest.approx(trials["paired|12|effect|value|0"][0], rel=1e-6)
    assert row["se"] == pytest.approx(trials["paired|12|effect|se|0"][0], rel=1e-6)
    assert ask["arms"] == ["placebo", "memantine"]
    assert "period 2" in leao(*read).out
    daily = leao("trial", "analyse", folder / "addiary.csv", "--param", "ATTACKS", "--day", "ADY")
    assert (daily.code, daily.out) == (2, "")
    assert "wanted a row per patient and period" in daily.err
    assert daily.err.count("\n") == 1


def test_people_of_the_tables(leao, played):
    out, _ = played
    answer = json.loads(leao(*SMALL, "--out", out, "--json").out)
    people = pl.read_parquet(Path(answer["tables"]) / "adsl.parquet")
    assert set(people["SEX"]) <= {"F", "M"}
    assert people["AGE"].is_between(18, 65).all()
    months = pl.read_parquet(Path(answer["tables"]) / "admonth.parquet")
    assert set(months.filter(pl.col("AVISITN") == 0)["TRTP"]) == {""}
    later = months.filter(pl.col("AVISITN") > 0)
    assert (later["TRTP"] == later["TRT01P"]).all()


def test_power_reached_at_the_smallest_size_is_not_out_of_reach(leao, runs_folder):
    said = leao(*SMALL[:4], "--n", "40,60", "--effect", "0.3", "--estimator", "negative_binomial", "--out", runs_folder)
    assert said.code == 0, said.err
    assert "out of reach" not in said.out
    answer = json.loads(
        leao(
            *SMALL[:4],
            "--n",
            "40,60",
            "--effect",
            "0.3",
            "--estimator",
            "negative_binomial",
            "--out",
            runs_folder,
            "--json",
        ).out
    )
    assert answer["n_for_80_percent"] is not None or answer["n_for_80_percent_below"] is not None


def test_a_handful_of_trials_condemns_no_estimator():
    from leao.chain.power_answer import _is_off

    assert not _is_off(0.0, 50)  # 0.96^50 = 0.13
    assert _is_off(0.0, 200)
    assert not _is_off(0.08, 100)
    assert _is_off(0.084, 20_000)


def test_tables_read_back_give_the_estimates_of_the_trial(leao, played):
    out, power = played
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
    assert "baseline per visit" in leao("trial", "analyse", tmp_path / "t.csv", *GROUP).out
    lengths = ("--visit-days", "28", "--baseline-days", "28")
    assert "baseline per 28 days" in leao("trial", "analyse", tmp_path / "t.csv", *GROUP, *lengths).out


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
    if name == "no baseline":
        return frame.filter(pl.col("month") > 0)
    if name == "other control":
        return frame.with_columns(pl.col("group").replace("placebo", "vehicle"))
    return frame


SAYS = {
    "negative": "row 7: column 'n': found -1.0, wanted 0 or more",
    "two arms": "row 12: column 'group'",
    "no arm": "row 11: column 'group'",
    "twice": "row 162: a second row",
    "overlap": "a visit that overlaps the one before",
    "zeros": "every value after the baseline is 0",
    "words": "row 4: n is 'many', wanted a finite number",
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


def test_one_arm_is_described_and_not_compared(leao, tmp_path):
    table().filter(pl.col("group") == "drug").write_csv(tmp_path / "t.csv")
    said = leao("trial", "analyse", tmp_path / "t.csv", *GROUP, "--json")
    assert (said.code, said.err) == (1, "")
    answer = json.loads(said.out)
    assert answer["estimator"] is answer["difference"] is answer["rate_ratio"] is None
    assert answer["subjects"] == 20
    assert "regression to the mean" in answer["problems"][-1]
    treated = table().filter(pl.col("group") == "drug").pivot("month", index="id", values="n")
    moved = (treated["3"] - treated["0"]).to_numpy()
    reach = stats.t.ppf(0.975, 19) * moved.std(ddof=1) / 20**0.5
    wanted = {"estimate": moved.mean(), "low": moved.mean() - reach, "high": moved.mean() + reach}
    assert answer["change"]["drug"] == pytest.approx(wanted)
    assert "nothing to compare with" in leao("trial", "analyse", tmp_path / "t.csv", *GROUP).out.replace("\n", " ")


def test_a_daily_registry_with_yes_and_no_and_a_late_month_hardly_anybody_has(leao, tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        {
            "id": who,
            "arm": "drug" if who % 2 else "placebo",
            "day": day,
            "headache": "yes" if rng.random() < 0.4 else "No",
        }
        for who in range(24)
        for day in range(-27, 85 if who == 0 else 57)
    ]
    frame = pl.DataFrame(rows)
    frame.write_csv(tmp_path / "words.csv")
    frame.with_columns((pl.col("headache") == "yes").cast(int)).write_csv(tmp_path / "numbers.csv")
    said = [
        json.loads(leao("trial", "analyse", tmp_path / f"{name}.csv", "--json").out) for name in ("words", "numbers")
    ]
    assert {**said[0], "file": ""} == {**said[1], "file": ""}
    assert any(problem.startswith("month 3: no patient of drug") for problem in said[0]["problems"])
    assert list(said[0]["flow"]["drug"])[-1] == "month 2"
    assert said[0]["estimators"]["mmrm"]["comparisons"]["drug"]["estimate"] is not None
    assert said[0]["estimators"]["beta_binomial"]["comparisons"]["drug"]["estimate"] is not None


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
    "a drug without a dose": ([*SMALL[:2], "--set", "arms.memantine.dose=0mg"], "arms.memantine.dose: found 0 mg/day"),
    "a policy without a kind": ([*SMALL[:2], "--set", "trial.design.policy=titrated"], "found policy without a kind"),
    "misspelt design": ([*SMALL[:2], "--set", "trial.design=titrate"], "did you mean 'titrated'"),
    "unknown policy": (
        [*SMALL[:2], "--set", "trial.design={kind='titrated', policy='fixd_10'}"],
        "did you mean 'fixed_10'",
    ),
    "unknown design": ([*SMALL[:2], "--set", "trial.design.kind=cross"], "trial.design"),
    "run of a crossover": (["run", "noruzzadeh2016", "--set", "trial.design.kind=crossover"], "leao trial"),
    "no table": (["trial", "analyse", "nowhere.csv"], "give the path of a file"),
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
