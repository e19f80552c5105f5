"""The pharmacology's validation page is what the code gives today: predictions with ranks, inputs, misses and gaps."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from tests import shared
from validation import exposure_scores, exposure_table, fit_exposure, pharmacology_page, sampling
from validation.exposure_scores import Score

from leao.core import ledger

pytestmark = pytest.mark.published
ROOT = Path(__file__).resolve().parents[2]
ROW = {"figure": "peak", "what": "Peak", "unit": "h", "value": 2.0, "role": "held out"}
STUDY = {"people": "p", "source": "s"}
FIT = json.loads(fit_exposure.RESULT.read_text(encoding="utf-8"))


def test_the_committed_page_is_current():
    page = (ROOT / "docs" / "validation" / "pharmacology.md").read_text(encoding="utf-8")
    today = pharmacology_page.page()
    (exposure, receptor), (ours, drawn) = (text.split("## Receptor", 1) for text in (page, today))
    assert exposure == ours, "run python -m validation.pharmacology_page"
    alike = drawn == receptor if shared.DRAWN_ALIKE else shared.same_figures(drawn, receptor, 0.25)
    assert alike, "run python -m validation.pharmacology_page"
    for words in ("**missed**", "no data", "### Held out", "### Input", "Ranks in fifths"):
        assert words in page.split("## Receptor")[0]
    assert not (ROOT / "docs" / "validation" / "receptor.md").exists()


def test_met_missed_cannot_fail_and_no_data():
    met = Score(ROW, STUDY, 2.0, 1.5, 2.6, 0.5)
    assert "| 2 h | 2 (1.5 to 2.6) h | 0.50 | met |" in pharmacology_page.line(met)
    assert "| **missed** |" in pharmacology_page.line(met._replace(rank=0.97))
    wide = met._replace(low=0.9, high=4.1, rank=0.99)
    assert "| `cannot fail` |" in pharmacology_page.line(wide)
    assert "| no data | 2 (1.5 to 2.6) h |" in pharmacology_page.line(met._replace(rank=math.nan))


def test_coverage_counts_rows_and_sources():
    counted = [Score(ROW, STUDY, 2.0, 1.5, 2.6, rank) for rank in (0.5, 0.1)]
    counted.append(Score(ROW, STUDY | {"source": "t"}, 2.0, 1.5, 2.6, 0.99))
    share = exposure_scores.coverage(counted)
    assert share["rows_50"] == pytest.approx(1 / 3)
    assert share["rows_90"] == pytest.approx(2 / 3)
    assert share["studies_90"] == pytest.approx(0.5)
    assert exposure_scores.histogram([0.1, 0.5, 0.99]) == [1, 0, 1, 0, 1]


def test_every_row_has_a_study_and_a_source_and_no_trial_in_migraine_enters():
    from leao.core.sources import sources

    data = exposure_table.table()
    known = sources().keys()
    assert {study["source"] for study in data.studies.values()} <= known
    for row in data.rows:
        assert row["role"] in ("input", "held out", None)
        assert (row["role"] is None) == ("value" not in row and "low" not in row)
    words = " ".join(study["people"] for study in data.studies.values())
    assert "migraine" not in words


def test_a_held_out_study_changes_no_fitted_number():
    data = exposure_table.table()
    names = set(fit_exposure.level_rows(data)) | {row["study"] for row in fit_exposure.kidney_rows(data)}
    assert not {name for name in names if data.studies[name]["role"] != "input"}
    used = [row for row in data.rows if row["role"] == "held out"]
    assert not [row for row in used if row in sum(fit_exposure.level_rows(data).values(), [])]


def test_the_ledgers_carry_the_committed_fit():
    exposure, kidneys = ledger.read("exposure").numbers, ledger.read("renal").numbers
    for name, key in (("clearance", "clearance"), ("volume_per_weight", "volume"), ("absorption_rate", "absorption")):
        mean = FIT["levels"]["population"][key]["mean"]
        assert exposure[name].value == pytest.approx(math.exp(mean), rel=0.005)
        assert exposure[name].between_subject["sd_log"] == pytest.approx(FIT["between_people"][key], rel=0.06)
    common = FIT["levels"]["between_studies"]["common"]
    assert exposure["bioavailability"].uncertainty["sd_log"] == pytest.approx(common, rel=0.06)
    for name in ("unchanged_share", "secretion_exponent", "nonrenal_exponent"):
        assert kidneys[name].value == pytest.approx(FIT["kidneys"][name]["mean"], rel=0.02)
    for name, key in (("renal_clearance_acid", "log_acid"), ("renal_clearance_alkaline", "log_alkaline")):
        assert kidneys[name].value == pytest.approx(math.exp(FIT["kidneys"][key]["mean"]), rel=0.005)


def test_the_sampler_gives_a_normals_moments(monkeypatch):
    monkeypatch.setattr(sampling, "WARM", 1500)
    monkeypatch.setattr(sampling, "STEPS", 3000)
    covariance = np.array([[1.0, 0.6], [0.6, 0.8]])
    draws, r_hat = sampling.sample(lambda x: sampling.log_normal_density(x, covariance), np.zeros(2), 1, 0)
    assert r_hat < 1.05
    np.testing.assert_allclose(np.cov(draws.T), covariance, atol=0.2)
