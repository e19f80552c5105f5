"""A plain install's distribution functions against scipy's, and the clinic's answers with and without scipy."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.special

from leao.core import plain_special

pytestmark = pytest.mark.cross

DIARY = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "data" / "diary.csv"
FEW = 10.0 ** -np.arange(1.0, 15.0)
SHARES = np.concatenate([FEW, np.linspace(1e-3, 1.0 - 1e-3, 201), 1.0 - FEW])
WITHOUT = """
import json, sys
if sys.argv[2] == "without":
    sys.modules["scipy"] = sys.modules["scipy.special"] = None
from leao.cli import call
for command in json.loads(sys.argv[1]):
    assert call(command) == 0, command
assert bool(sys.modules.get("scipy")) == (sys.argv[2] == "with")
"""
ASKED = [
    ["plan", "--dose", "10 mg daily", "--age", "40", "--sex", "female", "--weight", "70", "--json"],
    ["review", str(DIARY), "--start", "2026-03-30", "--dose", "10 mg daily", "--unlisted", "missing", "--json"],
    ["evidence", "synthesis", "--json"],
    ["evidence", "trials", "--json"],
    ["evidence", "history", "--json"],
]


def near(ours, theirs, absolute=1e-300):
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=absolute)


def test_the_normal_distribution_and_its_quantile():
    z = np.concatenate([np.linspace(-37.0, 9.0, 4001), [0.0, -1e-9, 1e-9, -np.inf, np.inf]])
    near(plain_special.ndtr(z), scipy.special.ndtr(z))
    shares = np.concatenate([SHARES, 10.0 ** -np.linspace(15.0, 300.0, 100), [0.0, 0.5, 1.0, -1.0, 2.0, np.nan]])
    near(plain_special.ndtri(shares), scipy.special.ndtri(shares))


@pytest.mark.parametrize("freedom", [0.7, 2.0, 2.5, 5.0, 29.0, 59.0, 317.3, 2000.0])
def test_students_distribution_and_its_quantile(freedom):
    t = np.concatenate([np.linspace(-12.0, 12.0, 301), [-np.inf, np.inf, 0.0]])
    near(plain_special.stdtr(freedom, t), scipy.special.stdtr(freedom, t))
    shares = np.concatenate([SHARES, [0.5, 1.0, np.nan]])
    near(plain_special.stdtrit(freedom, shares), scipy.special.stdtrit(freedom, shares), 2e-16)
    turned = plain_special.stdtr(freedom, plain_special.stdtrit(freedom, SHARES))
    near(turned, SHARES)


@pytest.mark.parametrize(("a", "b"), [(1.9, 1.55), (14.0, 6.0), (0.5, 37.5), (5.5, 69.5), (0.3, 0.2), (200.0, 300.0)])
def test_quantiles_of_beta(a, b):
    shares = np.concatenate([SHARES, [0.0, 1.0, -1.0]])
    near(plain_special.betaincinv(a, b, shares), scipy.special.betaincinv(a, b, shares))


def test_shapes_and_sums():
    assert isinstance(plain_special.ndtri(0.3), float)
    assert plain_special.stdtrit(np.array([[3.0], [4.0]]), np.array([0.1, 0.2, 0.9])).shape == (2, 3)
    logs = np.array([-2.0, 700.0, 701.0, -np.inf])
    near(plain_special.logsumexp(logs), scipy.special.logsumexp(logs))


def numbers(answer):
    """Every number of an answer, and every word, in their order."""
    if isinstance(answer, dict):
        return [leaf for value in answer.values() for leaf in numbers(value)]
    return [leaf for value in answer for leaf in numbers(value)] if isinstance(answer, list) else [answer]


def test_the_clinic_answers_the_same_without_scipy(tmp_path):
    said = []
    for which in ("with", "without"):
        words = [sys.executable, "-c", WITHOUT, json.dumps(ASKED), which]
        done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        decoder, text, answers = json.JSONDecoder(), done.stdout.strip(), []
        while text:
            answer, end = decoder.raw_decode(text)
            answers += numbers(answer)
            text = text[end:].strip()
        said.append(answers)
    assert len(said[0]) == len(said[1]) > 300
    for ours, theirs in zip(*said, strict=True):
        if isinstance(ours, float):
            assert theirs == pytest.approx(ours, rel=1e-6, abs=1e-9)
        else:
            assert theirs == ours
