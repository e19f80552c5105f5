"""A trial of one patient, from its start to its closing page."""

import csv
import json
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

import leao
from leao.chain.n_of_1 import folder as kept
from leao.cli.app import app
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError
from leao.trial.single_patient import estimate
from leao.trial.single_patient.estimate import Noise

pytestmark = pytest.mark.command
DOSE = "5 mg daily for 1 week, then 10 mg daily"
PATIENT = {"creatinine_clearance": "90", "age": "40", "pregnant": "no"}


def started(path, **more):
    return leao.n_of_1_start(path, DOSE, "2024-01-01", patient=PATIENT, seed=3, **more).summary


def order(path):
    text = (path / kept.SEALED).read_text()
    return [letter == "B" for letter in text.split("order: ")[1].split("\n")[0].split()]


def fill(path, name, on_placebo, on_drug, boxes, missed=()):
    """Write a diary of the first ``boxes`` boxes: so many headache days in each counted window, early in it."""
    plan = json.loads((path / kept.PLAN).read_text())
    rows = []
    for box, drug in list(zip(plan["boxes"], order(path), strict=True))[:boxes]:
        first, counted, last = (date.fromisoformat(box[key]) for key in ("first", "counted_from", "last"))
        n = on_drug if drug else on_placebo
        for k in range((last - first).days + 1):
            day = first + timedelta(k)
            ache = 0 <= (day - counted).days < n + box["box"] % 2
            taken = "no" if (box["box"], k) in missed else "yes"
            rows.append([day, "yes" if ache else "no", taken, "dizzy" if drug and k == 0 else "none"])
    out = path.parent / name
    with out.open("w", newline="") as file:
        csv.writer(file).writerows([["date", "headache", "dose_taken", "side_effects"], *rows])
    return out


def test_from_start_to_close(tmp_path):
    trial = tmp_path / "t"
    begun = started(trial)
    checked("trial-n-of-1-start", begun)
    assert begun["lead_days"] >= max(begun["washout_days"]["p95"], begun["days_to_90_percent"]["p95"])
    assert [box["box"] for box in begun["boxes"]] == [1, 2, 3, 4, 5, 6]
    early = leao.n_of_1_look(trial, fill(trial, "a.csv", 14, 3, 3)).summary
    checked("trial-n-of-1-look", early)
    assert early["verdict"] == "too_early"
    assert not (trial / "look-1.json").exists()
    some = fill(trial, "b.csv", 14, 13, 4)
    look = leao.n_of_1_look(trial, some).summary
    assert (look["verdict"], look["look"], look["whole_cycles"]) == ("go_on", 1, 2)
    assert leao.n_of_1_look(trial, some).summary["verdict"] == "nothing_new"
    whole = fill(trial, "c.csv", 14, 3, 6, missed={(1, 30)})
    closed = leao.n_of_1_close(trial, whole).summary
    checked("trial-n-of-1-close", closed)
    assert closed["verdict"] == "helps"
    drug, placebo = (
        [14 - 11 * d + (k + 1) % 2 for k, d in enumerate(order(trial)) if d is side] for side in (True, False)
    )
    assert closed["difference"]["estimate"] == pytest.approx(np.mean(drug) - np.mean(placebo))
    assert closed["side_effect_days"] == {"placebo": 0, "drug": 3}
    assert "no capsule was taken" in " ".join(closed["problems"])
    assert "written to since look 1" in " ".join(closed["problems"])
    assert [made["whole_cycles"] for made in closed["looks"]] == [2, 3]
    assert "The drug helps" in (trial / kept.PAGE).read_text()
    assert (trial / kept.PAGE).stat().st_mode & 0o77 == 0
    with pytest.raises(ScenarioError, match="no longer blind"):
        leao.n_of_1_look(trial, whole)


def test_a_look_that_stops_is_the_verdict(tmp_path):
    trial = tmp_path / "t"
    started(trial)
    look = leao.n_of_1_look(trial, fill(trial, "a.csv", 20, 1, 4)).summary
    assert look["verdict"] == "stop"
    assert not {"drug", "placebo", "helps"} & set(json.dumps(look | {"folder": "", "files": []}).split('"'))
    with pytest.raises(ScenarioError, match="stopped the trial"):
        leao.n_of_1_look(trial, tmp_path / "a.csv")
    assert leao.n_of_1_close(trial, tmp_path / "a.csv").summary["verdict"] == "helps"


def test_more_days_on_the_drug_is_harm_and_too_few_cycles_are_not_judged(tmp_path):
    trial = tmp_path / "t"
    started(trial, cycles=2)
    assert leao.n_of_1_close(trial, fill(trial, "a.csv", 2, 18, 4)).summary["verdict"] == "harms"
    short = leao.n_of_1_close(trial, fill(trial, "b.csv", 2, 18, 2)).summary
    checked("trial-n-of-1-close", short)
    assert (short["verdict"], short["difference"]["low"] is None) == ("not_judged", False)


def test_both_doors_and_a_seed_give_the_same(tmp_path):
    begun = started(tmp_path / "a")
    words = ["trial", "n-of-1", "start", str(tmp_path / "b"), "--dose", DOSE, "--begin", "2024-01-01", "--seed", "3"]
    for name, value in PATIENT.items():
        words += [f"--{name.replace('_', '-')}", value]
    said = CliRunner().invoke(app, [*words, "--json"], standalone_mode=False)
    assert said.return_value == 0
    alike = json.loads(said.stdout)
    paths = ("folder", "files")
    assert {k: v for k, v in alike.items() if k not in paths} == {k: v for k, v in begun.items() if k not in paths}
    diary = fill(tmp_path / "a", "d.csv", 9, 8, 6)
    said = CliRunner().invoke(
        app, ["trial", "n-of-1", "close", str(tmp_path / "b"), str(diary), "--json"], standalone_mode=False
    )
    ours = leao.n_of_1_close(tmp_path / "a", diary).summary
    paths = ("folder", "files", "page")
    assert {k: v for k, v in json.loads(said.stdout).items() if k not in paths} == {
        k: v for k, v in ours.items() if k not in paths
    }


def test_what_was_sealed_cannot_be_changed(tmp_path):
    trial = tmp_path / "t"
    started(trial)
    diary = fill(trial, "a.csv", 14, 3, 4)
    sealed = trial / kept.SEALED
    text = sealed.read_text()
    sealed.write_text(text.replace("order: ", "order: B "))
    with pytest.raises(ScenarioError, match="its seal is not that"):
        leao.n_of_1_look(trial, diary)
    sealed.rename(tmp_path / "elsewhere.txt")
    with pytest.raises(ScenarioError, match="--allocation"):
        leao.n_of_1_look(trial, diary)
    (tmp_path / "elsewhere.txt").write_bytes(text.replace("\n", "\r\n").encode())
    assert leao.n_of_1_look(trial, diary, allocation=tmp_path / "elsewhere.txt").summary["look"] == 1


def test_orders_are_drawn_and_salts_differ(tmp_path):
    salts = set()
    for k in range(3):
        leao.n_of_1_start(tmp_path / str(k), DOSE, "2024-01-01", cycles=6, patient=PATIENT)
        salts.add((tmp_path / str(k) / kept.SEALED).read_text().split("salt: ")[1])
    assert len(salts) == 3


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"dose": "10 mg daily for 1 week"}, "which ends"),
        ({"begin": "January"}, "--begin"),
        ({"cycles": 9}, "--cycles"),
        ({"weeks": 4}, "--weeks"),
        ({"outcome": "attacks"}, "--outcome"),
    ],
)
def test_bad_starts_are_refused_and_leave_nothing(tmp_path, more, match):
    asked = {"dose": DOSE, "begin": "2024-01-01", "patient": PATIENT} | more
    with pytest.raises(ScenarioError, match=match):
        leao.n_of_1_start(tmp_path / "t", **asked)
    assert not (tmp_path / "t").exists()


def test_a_regimen_the_labels_refuse_starts_nothing(tmp_path):
    answer = leao.n_of_1_start(tmp_path / "t", "40 mg daily", "2024-01-01", patient=PATIENT).summary
    checked("trial-n-of-1-start", answer)
    assert answer["refused"]
    assert not (tmp_path / "t").exists()


def test_the_patients_files(tmp_path):
    started(tmp_path / "t")
    raw = (tmp_path / "t" / kept.CALENDAR).read_bytes()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert raw.count(b"BEGIN:VEVENT") == raw.count(b"END:VEVENT") == 6 + 1 + 2
    assert not any(word in raw.lower() for word in (b"placebo", b"memantine", b"drug"))
    diary = (tmp_path / "t" / kept.DIARY).read_text()
    assert len(diary.splitlines()) == 6 * 49 + 1


def test_a_diary_of_somebody_else_is_refused(tmp_path):
    trial = tmp_path / "t"
    started(trial)
    (tmp_path / "a.csv").write_text("date,headache\n" + "".join(f"2021-01-{k:02d},no\n" for k in range(1, 29)))
    with pytest.raises(ScenarioError, match="no recorded day"):
        leao.n_of_1_close(trial, tmp_path / "a.csv")


def test_alone_is_the_paired_t_and_the_moderated_one_lies_between():
    rng = np.random.default_rng(4)
    d = rng.normal(-2.0, 3.0, (5, 4))
    variance = np.full((5, 4), 6.0)
    alone = estimate.estimate(d, variance, Noise(1.3, 20.0, 1.1))  # nobody is like the simulated
    p = np.asarray(stats.ttest_1samp(d, 0.0, axis=1, alternative="less")[1])
    np.testing.assert_allclose(estimate.one_sided(alone), p, rtol=1e-12)
    drawn = estimate.estimate(d, variance, Noise(1.3, 20.0, 0.0))
    np.testing.assert_allclose(drawn.se**2 * 4, (20 * 1.3 * 6.0 + 3 * d.var(axis=1, ddof=1)) / 23, rtol=1e-12)


def test_days_to_come_in_the_template_are_not_over(tmp_path):
    trial = tmp_path / "t"
    begin = date.today() - timedelta(days=200)
    leao.n_of_1_start(trial, "10 mg daily", str(begin), patient=PATIENT, seed=1)
    with (trial / kept.DIARY).open() as file:
        rows = list(csv.DictReader(file))
    for k, row in enumerate(rows[:190]):
        row["headache"] = "yes" if k % 4 == 0 else "no"
    with (tmp_path / "d.csv").open("w", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    look = leao.n_of_1_look(trial, tmp_path / "d.csv").summary
    assert [box["ended"] for box in look["boxes"]] == [True, True, True, False, False, False]
    assert (look["verdict"], look["whole_cycles"], look["problems"]) == ("too_early", 1, [])
    alike = leao.n_of_1_start(tmp_path / "u", "10 mg daily", str(begin), patient=PATIENT).summary
    assert look["next_look"] == alike["looks"][0]
    closed = leao.n_of_1_close(trial, tmp_path / "d.csv").summary
    assert (closed["whole_cycles"], closed["boxes"][3]["recorded"]) == (2, 22)
