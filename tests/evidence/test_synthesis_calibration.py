"""The synthesis is calibrated: a sample of the committed study, which passes, and a misreading, which must not."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from leao.evidence import mixture, pooling

pytestmark = pytest.mark.inference

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261124
LEAST_P = 1e-3


def script(name):
    return importlib.import_module(f"validation.{name}")


@pytest.fixture(scope="module")
def study():
    return script("calibrate_synthesis")


@pytest.mark.parametrize("scale", ["difference", "log_odds"])
@pytest.mark.parametrize("name", pooling.PRIORS)
def test_what_was_drawn_lies_anywhere_in_the_posterior(study, scale, name):
    calibrated = study.calibrate(scale, pooling.prior(scale, name), 300, SEED + 1)
    assert min(calibrated.mean_chi_square_p, calibrated.mean_ks_p, calibrated.tau_ks_p) > LEAST_P
    assert calibrated.covered_95 == pytest.approx(0.95, abs=0.04)
    assert abs(calibrated.success_z) < 3.5


def test_a_misread_spread_is_found_out(study):
    wrong = np.array([effect.error for effect in pooling.observed("difference", misread=True)])
    calibrated = study.calibrate("difference", pooling.prior("difference", "neutral"), 300, SEED + 1, wrong)
    assert calibrated.mean_chi_square_p < LEAST_P
    assert calibrated.covered_95 < 0.90


def test_ranks_that_pile_up_are_found_out(study):
    rng = np.random.default_rng(1)
    assert study.uniform(rng.integers(0, study.DRAWS + 1, 4000)) > LEAST_P
    assert study.uniform(rng.binomial(study.DRAWS, 0.5, 4000)) < 1e-12


def test_the_committed_study_passes_and_is_of_todays_synthesis(study):
    page = script("evidence_page")
    committed = page.calibration()
    for scale in study.SCALES:
        for name in pooling.PRIORS:
            posterior = committed[scale][name]
            assert page.passes(posterior), (scale, name)
            assert abs(posterior["covered_95"] - 0.95) < 4 * (0.95 * 0.05 / committed["repeats"]) ** 0.5
            said = mixture.posterior(study.observed(scale), pooling.prior(scale, name))
            assert said.draw(np.array(study.QUANTILES)) == pytest.approx(posterior["quadrature"], abs=1e-4)
    assert not page.passes(committed["difference"]["misread"])


def test_the_committed_page_is_current():
    page = script("evidence_page")
    text = (ROOT / "docs" / "validation" / "evidence.md").read_text(encoding="utf-8")
    assert text == page.page(), "run validation/evidence_page.py"
