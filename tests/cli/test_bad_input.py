"""Bad input: one clear line naming place, found, wanted and remedy; exit 2; nothing written."""

import pytest

CASES = {
    "unknown scenario": (["run", "noruzadeh2016"], "did you mean 'noruzzadeh2016'"),
    "unknown key": (["run", "noruzzadeh2016", "--set", "exposur.model=x"], "did you mean 'exposure'"),
    "unknown inner key": (["run", "noruzzadeh2016", "--set", "trial.n_per_am=3"], "did you mean 'n_per_arm'"),
    "unknown model": (["run", "noruzzadeh2016", "--set", "exposure.model=two"], "one_compartment"),
    "unknown unit": (["run", "noruzzadeh2016", "--set", "arms.memantine.dose='10 mgg'"], "write for example '10 mg'"),
    "no unit": (["run", "noruzzadeh2016", "--set", "arms.memantine.dose='10'"], "without a unit"),
    "negative dose": (["run", "noruzzadeh2016", "--set", "arms.memantine.dose='-10 mg'"], "wanted 0 mg or more"),
    "dose above the ceiling": (
        ["run", "noruzzadeh2016", "--set", "arms.memantine.dose='40 mg'"],
        'setting = "research"',
    ),
    "twice daily above the ceiling": (
        ["run", "noruzzadeh2016", "--set", "arms.memantine.dose='5 mg daily for 1 week, then 15 mg twice daily'"],
        "found 30 mg/day",
    ),
    "unknown preset": (["run", "noruzzadeh2016", "--set", "arms.memantine.preset=eu_labl"], "did you mean 'eu_label'"),
    "unreadable schedule": (
        ["run", "noruzzadeh2016", "--set", "arms.memantine.dose='10 mg hourly'"],
        "write for example '10 mg daily'",
    ),
    "impossible adherence": (["run", "noruzzadeh2016", "--set", "arms.memantine.adherence=80"], "write 0.8 for 80 %"),
    "streak below a day": (["run", "noruzzadeh2016", "--set", "arms.memantine.missed_streak=0.5"], "1 day or more"),
    "unknown hypothesis": (["run", "noruzzadeh2016", "--set", "receptor.hypotheses=['calcum']"], "'calcium'"),
    "no patients": (["run", "noruzzadeh2016", "--subjects", "0"], "--subjects"),
    "change without a value": (["run", "noruzzadeh2016", "--set", "seed"], "wanted key=value"),
    "two drugs": (["run", "noruzzadeh2016", "--set", "arms.placebo.drug=memantine"], "one with placebo"),
    "impossible baseline": (
        ["run", "noruzzadeh2016", "--set", "trial.baseline_attacks_per_28d=90"],
        "within the eligibility",
    ),
    "unknown command": (["rum"], "No such command"),
    "unknown number": (["number", "clerance"], "did you mean 'clearance'"),
    "seed of 33 digits": (["run", "noruzzadeh2016", "--seed", "1" + 32 * "0"], "9223372036854775807"),
    "seed too large": (["provoke", "--seed", str(2**63)], "wanted 0 to 9223372036854775807"),
    "seed of a pulse": (["receptor", "pulse", "--concentration", "1 uM", "--seed", "1" + 32 * "0"], "33 digits"),
    "no run": (["show", "nowhere"], "holds no run"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_line_and_exit_2(leao, case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments, says = CASES[case]
    said = leao(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.startswith("leao: ")
    assert said.err.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_unwritable_folder(leao, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = leao("run", "noruzzadeh2016", "--out", tmp_path / "file")
    assert said.code == 2
    assert "cannot write" in said.err
    assert "--out" in said.err


def test_broken_scenario_file(leao, tmp_path):
    (tmp_path / "mine.toml").write_text("name = ")
    said = leao("run", tmp_path / "mine.toml")
    assert said.code == 2
    assert "not valid TOML" in said.err


def test_bytes_that_are_no_letters_are_one_line(leao, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        "id,arm,visit,attacks\n" + "".join(f"{k},{'ab'[k % 2]},{v},{k % 5}\n" for k in range(8) for v in (0, 1))
    )
    said = leao("trial", "analyse", table, "--missing", "\udbfd\udce4")
    assert said.code == 2
    assert said.err.startswith("leao: ")
    assert "write that word in UTF-8" in said.err
