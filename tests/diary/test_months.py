"""Single months of the diary: the real ones are as printed, cohorts enter by their rules, scores are right."""

import csv
import importlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from leao.core.sources import sources

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
months, held_out, scoring, fit = (
    importlib.import_module(f"validation.{name}")
    for name in ("diary_months", "diary_held_out", "diary_scoring", "fit_diary")
)
PAGES = ROOT / "docs" / "validation"


def test_usual_care_is_the_arm_that_was_printed():
    # Vickers 2004, abstract: controls at 12 months 22.3 (SD 17.0), n = 140; 196 randomised to usual care
    with months.DATA.open(encoding="utf-8") as file:
        scores = [row["score_month_12"] for row in csv.DictReader(file)]
    known = np.array([float(text) for text in scores if text])
    assert len(scores) == 196
    assert known.size == 140
    assert known.mean() == pytest.approx(22.3, abs=0.05)
    assert known.std(ddof=1) == pytest.approx(17.0, abs=0.05)


def test_entry_by_score_holds_for_the_real_patients():
    with months.DATA.open(encoding="utf-8") as file:
        scores = np.array([float(row["score_baseline"]) for row in csv.DictReader(file)])
    assert (scores >= months.rules()["primary_care"]["entry_score"]).mean() > 0.99


def test_changes_by_hand():
    before, after = np.array([4.0, 6.0, 20.0, 22.0, 28.0, 5.0]), np.array([6.0, 6.0, 18.0, 24.0, 28.0, np.nan])
    changed = months.changes(before, after)
    assert changed["change"] == pytest.approx(2.0 / 5.0)
    assert changed["sd_few"] == pytest.approx(2.0**0.5)  # changes 2 and 0
    assert changed["sd_many"] == pytest.approx(8.0**0.5)  # -2 and 2; headache every day is left out


def test_people_join_after_their_worse_months():
    rng = np.random.default_rng(1)
    headache = (rng.random((2000, 7 * 28)) < rng.beta(1, 4, (2000, 1))).astype(np.uint8)
    monthly = headache.reshape(2000, 7, 28).sum(axis=2)
    person, month = held_out.joined(headache, 6, np.random.default_rng(2))
    assert month.max() == 5
    worst = monthly[person, month].mean() / monthly[:, :6].mean()
    expected = (monthly[:, :6].astype(float) ** 2).mean() / monthly[:, :6].mean() ** 2  # biased by size
    assert worst == pytest.approx(expected, rel=0.05)
    assert monthly[person, month + 1].mean() < monthly[person, month].mean()  # regression to the mean


def test_scores_of_a_prediction():
    grid = np.linspace(0.0, 1000.0, 101)  # quantiles at 0, 1, ... 100 % of a uniform prediction
    assert scoring.score(grid, 500.0) == scoring.Score(True, True, pytest.approx(0.5))
    assert scoring.score(grid, 900.0)[:2] == (False, True)
    assert scoring.score(grid, 960.0)[:2] == (False, False)
    assert scoring.score(grid, 2000.0).rank == 1.0


def test_every_held_out_figure_has_words_and_nothing_published_stands_elsewhere():
    assert set(scoring.TITLES) == set(held_out.held_out())
    for cohort, figure in scoring.published():
        assert (cohort, figure) in scoring.WORDS


def test_sources_are_known_and_no_held_out_study_is_fitted():
    held = {row["source"] for row in months.rules()["published"]}
    assert held <= sources().keys()
    fitted = {row["source"] for row in tomllib.loads((PAGES / "diary.toml").read_text("utf-8"))["row"]}
    assert not held & fitted


def test_arms_of_one_trial_draw_the_same_people():
    _, cohorts = fit.setting(np.array([knob.before for knob in fit.KNOBS]))
    wait, sham, migr = (cohorts[name] for name in ("waiting", "sham", "migr"))
    assert (wait.log_rate, wait.log_rate_spread) == (sham.log_rate, sham.log_rate_spread)
    assert (sham.placebo_spread, sham.remitter_share) == (migr.placebo_spread, migr.remitter_share)
    assert wait.placebo_spread == wait.remitter_share == 0.0
    assert wait.migraine_share == sham.migraine_share == migr.migraine_share


def test_predictions_were_written_for_every_figure():
    assert scoring.printed().keys() == scoring.WORDS.keys()
    for prediction in scoring.printed().values():
        assert prediction.grid.size == len(scoring.GRID)
        assert (np.diff(prediction.grid) >= 0.0).all()


def test_a_prediction_that_nothing_can_miss_is_not_counted():
    could = sum(len(rows) for key, rows in scoring.published().items() if not scoring.printed()[key].cannot_fail)
    assert len(scoring.scores_predicted()) == could < sum(len(rows) for rows in scoring.published().values())
