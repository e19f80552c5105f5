"""docs/validation/review.md is what its script makes of the committed results; a small sample of them is run anew."""

import importlib
from pathlib import Path

import pytest
from validation.page import FOLDER

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]


def script(name):
    return importlib.import_module(f"validation.{name}")


def test_the_page_is_current():
    validation = script("review_page")
    assert (FOLDER / "review.md").read_text(encoding="utf-8") == validation.page(), "run validation/review_page.py"


def test_a_miss_is_shown_as_a_miss():
    validation = script("review_page")
    row = {"p05": "-10", "p95": "10", "true_percent": "50", "p_30": "0.99", "p_plain_30": "0.99", "after": "1"}
    rows = [row | {"before": "10", "without_drug_percent": "nan"}] * 20
    assert "**missed**" in validation.coverage({"model": rows, "stage": rows})
    assert "**missed**" in validation.null(rows[:1] + [row | {"before": "10", "without_drug_percent": "-20"}])


def test_the_data_carry_their_notice_and_stay_out_of_the_package():
    notice = (ROOT / "data" / "kosteckidillon" / "NOTICE.md").read_text(encoding="utf-8")
    assert "GPL" in notice
    assert not list((ROOT / "src").rglob("*Kostecki*.csv"))


@pytest.mark.parametrize("patient", ["17"])
def test_a_real_diary_today(patient):
    real = script("real_review")
    committed = {row["id"]: row for row in script("review_page").read(real.OUT)}
    chosen = patient if patient in committed else next(iter(committed))
    line = real.review_patient(chosen)
    assert line["converged"] == committed[chosen]["converged"] == "yes"
    assert line["recorded"] == committed[chosen]["recorded"]
    for name in real.STATISTICS:
        if line[name]:
            assert abs(float(line[name]) - float(committed[chosen][name])) < 0.15
