"""What a user types at ``leao pk``."""

import json

import polars as pl
import pytest

DATA = """ID,TIME,EVID,AMT,II,ADDL,MDV,DV,WT,CRCL,PH
1,0,1,10,24,20,1,.,70,90,6.2
1,340,0,0,0,0,0,38,70,90,6.2
1,500,0,0,0,0,0,31,70,90,6.2
"""


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(DATA)
    return path


def test_simulate_writes_adppk_names(leao, data, tmp_path):
    out = tmp_path / "pk.parquet"
    said = leao("pk", "simulate", data, "--basis", "salt", "--out", out, "--json")
    assert said.code == 0
    assert {"subjects": 1, "rows": 3, "out": str(out)}.items() <= json.loads(said.out).items()
    frame = pl.read_parquet(out)
    assert {"USUBJID", "AFRLT", "EVID", "AMT", "DV", "IPRED"} <= set(frame.columns)
    assert 20 < frame["IPRED"][1] < 80


def test_simulate_csv_and_a_population(leao, data, tmp_path):
    levels = []
    for seed in ("1", "1", "2"):
        out = tmp_path / f"pk{len(levels)}.csv"
        assert leao("pk", "simulate", data, "--basis", "base", "--out", out, "--vary", seed).code == 0
        levels.append(pl.read_csv(out)["IPRED"][1])
    assert levels[0] == levels[1] != levels[2]


def test_forecast_gives_the_contracts_keys(leao, data):
    said = leao("pk", "forecast", data, "--basis", "salt", "--dose", "20 mg", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert answer["converged"]
    assert answer["parameters"]["CL"].keys() == {"median", "p05", "p95"}
    assert {"time_h", "plasma_ng_per_mL"} <= answer["forecast"][0].keys()
    assert answer["parameters"]["CL"]["p05"] < 9.5 < answer["parameters"]["CL"]["p95"] * 1.2
    assert not [text for text in answer["warnings"] if "above" in text]
    over = json.loads(leao("pk", "forecast", data, "--basis", "salt", "--dose", "40 mg", "--json").out)
    assert "above the labelled 20 mg/day" in over["warnings"][0]


def test_forecast_table(leao, data):
    said = leao("pk", "forecast", data, "--basis", "salt")
    assert said.code == 0
    assert "forecast for 10 mg every 24 h" in said.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "DATA", "--out", "x.parquet"], "salt or base"),
        (["simulate", "DATA", "--out", "x.xlsx", "--basis", "salt"], "ends in .parquet or .csv"),
        (["simulate", "none.csv", "--out", "x.csv", "--basis", "salt"], "none.csv: No such file"),
        (["simulate", "DATA", "--out", "x.csv", "--basis", "salts"], "wanted salt"),
        (["simulate", "DATA", "--out", "x.csv", "--basis", "salt", "--carry", "up"], "wanted backward"),
        (["forecast", "DATA", "--basis", "salt", "--dose", "20"], "without a unit"),
        (["forecast", "DATA", "--basis", "salt", "--days", "0"], "wanted at most 3650 days"),
        (["forecast", "DATA", "--basis", "salt", "--every", "0 h"], "0.1 h or more"),
        (["export", "--to", "pharmml"], "wanted sbml"),
        (["export", "--weight", "7000"], "wanted 20 to 300 kg"),
    ],
)
def test_bad_input_is_one_line(leao, data, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    said = leao("pk", *[data if word == "DATA" else word for word in arguments])
    assert said.code == 2
    assert says in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


def test_no_level_is_bad_input_and_nothing_is_learned(leao, data):
    data.write_text(DATA.replace("0,38", "1,.").replace("0,31", "1,."))
    said = leao("pk", "forecast", data, "--basis", "salt", "--json")
    assert (said.code, said.out) == (2, "")
    assert "has no level" in said.err


def test_a_fit_that_did_not_converge_exits_with_1(leao, data, monkeypatch):
    from leao.exposure import posterior

    monkeypatch.setattr(posterior, "LEAST_EFFECTIVE", 1e9)
    said = leao("pk", "forecast", data, "--basis", "salt", "--json")
    assert said.code == 1
    assert json.loads(said.out)["converged"] is False


def test_the_check_is_a_picture_and_its_numbers(leao, data, tmp_path):
    pictures = []
    for name in ("a.svg", "b.svg"):
        said = leao("pk", "vpc", data, "--basis", "salt", "--out", tmp_path / name, "--json")
        assert said.code == 0
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert b"memantine in plasma" in pictures[0]
    low, middle, high = json.loads(said.out)["predicted"][0]
    assert 10 < low < middle < high < 120
    assert leao("pk", "vpc", data, "--basis", "salt", "--out", tmp_path / "a.gif").code == 2


def test_export(leao, tmp_path):
    said = leao("pk", "export", "--to", "sbml", "--out", tmp_path / "m.xml", "--json")
    assert said.code == 0
    assert json.loads(said.out)["parameters"]["CL"] == pytest.approx(9.34, abs=0.01)


CENSORED = """ID,TIME,EVID,AMT,II,ADDL,DV,CENS,LLOQ
1,0,1,10,24,20,.,0,.
1,340,0,0,0,0,38,0,2
1,760,0,0,0,0,2,1,2
2,0,1,10,24,20,.,0,.
2,340,0,0,0,0,35,0,2
2,760,0,0,0,0,BLQ,1,2
"""


def test_the_check_shows_the_share_below_the_limit(leao, data, tmp_path):
    data.write_text(CENSORED)
    said = leao("pk", "vpc", data, "--basis", "salt", "--out", tmp_path / "a.svg", "--json")
    answer = json.loads(said.out)
    assert said.code == 0
    assert answer["levels"] == [2, 2]
    assert answer["below_percent"] == [0, 100]
    assert answer["measured"][0][1] == pytest.approx(36.5)
    assert answer["measured"][1] == [None, None, None]
    (low, _, high), (late, _, latest) = answer["predicted_below_percent"]
    assert low == high == 0
    assert late < latest <= 100
    assert b"below this limit" in (tmp_path / "a.svg").read_bytes()
    data.write_text(DATA)
    plain = json.loads(leao("pk", "vpc", data, "--basis", "salt", "--out", tmp_path / "b.svg", "--json").out)
    assert plain["predicted_below_percent"] == [[None, None, None]] * 2
    assert b"below this limit" not in (tmp_path / "b.svg").read_bytes()


def test_a_censored_level_enters_the_forecast_and_one_without_a_limit_is_refused(leao, data):
    data.write_text(CENSORED)
    answers = json.loads(leao("pk", "forecast", data, "--basis", "salt", "--json").out)
    late = answers[1]["levels"][1]
    assert (late["measured_ng_per_mL"], late["below_ng_per_mL"]) == (None, 2)
    data.write_text(CENSORED.replace("2,1,2", ".,1,."))
    said = leao("pk", "forecast", data, "--basis", "salt")
    assert said.code == 2
    assert "row 4: below quantification, but the limit is not given; set CENS 1" in said.err


def test_a_dose_beyond_the_label_is_said(leao, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("ID,TIME,EVID,AMT,CMT\n1,0,1,10000,1\n1,6,0,.,2\n")
    ran = leao("pk", "simulate", data, "--basis", "salt", "--out", tmp_path / "o.csv")
    assert ran.code == 0
    assert "a dose of 10000 mg is above the labelled 20 mg a day" in ran.err
    facts = json.loads(leao("pk", "simulate", data, "--basis", "salt", "--out", tmp_path / "o.csv", "--json").out)
    assert facts["columns"]["used"] == ["ID", "TIME", "EVID", "AMT", "CMT"]
    assert facts["left_out"] == []
    assert "10000 mg" in facts["warnings"][0]


def test_no_command_writes_onto_what_it_read(leao, data, tmp_path):
    before, link = data.read_bytes(), tmp_path / "link.csv"
    link.symlink_to(data)
    for out in (data, link, tmp_path / "." / "data.csv"):
        ran = leao("pk", "simulate", data, "--basis", "salt", "--out", out)
        assert (ran.code, data.read_bytes()) == (2, before)
        assert "is the file that is read" in ran.err


def test_markup_in_an_id_is_shown_as_it_stands(leao, data):
    data.write_text(DATA.replace("\n1,", "\n[red]x[/red],"))
    assert "ID [red]x[/red]" in leao("pk", "forecast", data, "--basis", "salt").out


@pytest.mark.parametrize("command", ["nca", "npde"])
def test_every_command_names_what_it_did_not_use(leao, data, command):
    text = DATA.replace("PH\n", "PH,C,SITE\n").replace(",6.2\n", ",6.2,.,A\n")
    text = text.replace("1,500,", "1,500,0,0,0,0,0,33,70,90,6.2,.,A\n1,510,")
    data.write_text(text + "1,520,0,0,0,0,0,30,70,90,6.2,C,A\n")
    ran = leao("pk", command, data, "--basis", "salt")
    assert ran.code == 0
    assert "left out: 1 rows (6): marked in column C" in ran.err
    assert "columns without effect here: SITE" in ran.err
    answer = json.loads(leao("pk", command, data, "--basis", "salt", "--json").out)
    assert answer["left_out"] == [{"rows": [6], "why": "marked in column C"}]
    assert answer["columns"]["harmless"] == ["SITE"]


def test_another_drugs_file_goes_the_whole_way(leao, data, tmp_path):
    model = tmp_path / "my.toml"
    data.write_text(DATA + "1,510,0,0,0,0,0,30,70,90,6.2\n")
    assert leao("pk", "export", "--to", "model", "--out", model).code == 0
    for command in (["forecast"], ["vpc", "--out", tmp_path / "o.svg", "--corrected"], ["npde"], ["nca"]):
        ran = leao("pk", *command[:1], data, "--model", model, *command[1:], "--json")
        assert ran.code == 0, ran.err
        assert json.loads(ran.out)["columns"]["harmless"] == ["WT", "CRCL", "PH"]


def test_a_terminal_without_the_letter_shows_no_traceback(data, tmp_path):
    import os
    import subprocess
    import sys

    data.write_text(DATA.replace("\n1,", "\n\u00e9,"), encoding="utf-8")
    command = [sys.executable, "-m", "leao.cli", "pk", "forecast", str(data), "--basis", "salt", "--days", "1"]
    for more in ([], ["--json"]):
        environment = os.environ | {"PYTHONIOENCODING": "ascii"}
        ran = subprocess.run([*command, *more], env=environment, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["id"] == "\u00e9"
