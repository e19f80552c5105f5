"""The pharmacology's validation page is what the code gives today, with its inputs, misses and gaps."""

import importlib
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
ROW = {"group": "g", "what": "w", "model": "m", "unit": "h", "low": 1.0, "high": 2.0, "source": "s", "input": False}


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.pharmacology_page")


def test_the_committed_page_is_current(script):
    page = (ROOT / "docs" / "validation" / "pharmacology.md").read_text(encoding="utf-8")
    assert page == script.page(), "run validation/pharmacology_page.py"
    for words in ("**missed**", "no data", "| input |", "| predicted |"):
        assert words in page.split("## Receptor")[0]
    assert not (ROOT / "docs" / "validation" / "receptor.md").exists()


def test_met_missed_input_and_no_data(script):
    assert "| 1.5 (1 to 3) h | met | predicted |" in script.line(ROW, 1.5, (1.0, 3.0))
    assert "| **missed** | predicted |" in script.line(ROW, 2.2, (2.1, 3.0))
    assert "| **missed**, interval reaches it | predicted |" in script.line(ROW, 2.2, (1.0, 3.0))
    assert "| met | input |" in script.line({**ROW, "input": True}, 2.0, (1.0, 3.0))
    assert "| no data | 1.5 (1 to 3) h | no data |" in script.line(
        {"group": "g", "what": "w", "unit": "h"}, 1.5, (1, 3)
    )
    assert "| no data | no data | no data |" in script.line(ROW, None, None)


def test_every_row_is_computed_and_its_source_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows() if "source" in row} <= sources().keys()
    kinds = {row["model"] for row in script.rows() if row["model"]}
    assert len(kinds) > 10


def test_closed_forms_agree_with_the_records_kernel(script):
    """The page's peaks and areas are those of the engine."""
    from leao.exposure.kernels import records as pk

    model = script.Model(draws=False)
    row = {"dose": 10.0, "every": 12.0, "crcl": 40.0}
    peak, time, steady, area = (
        float(model.value(row | {"model": m})) for m in ("peak", "peak_time", "steady_peak", "area")
    )
    ka, k = (float(x) for x in model._rates())
    t = np.concatenate([[0.0, time], np.arange(0.5, 3000.0, 0.5)])
    t.sort()
    base = 10 * model.people.formula_weight_base / model.people.formula_weight_salt
    v = float(model._volume())
    zero, evid = np.zeros(t.size), np.eye(t.size, dtype=np.int8)[0]
    sets = np.array([[ka, k * v, v, 0.0, 0.0, 0.3, 0.0, 1.0]])
    for addl, wanted in ((0, peak), (250, steady)):
        records = (t, base * evid, zero, 12.0 * evid)
        levels, _ = pk.population(
            np.array([0, t.size]), records, evid, evid + np.int8(0), addl * evid.astype(np.int32),
            evid * np.int8(0), zero.astype(np.int32), sets,
        )  # fmt: skip
        level = 1e3 * levels[:, 0]
        assert level[t < 3000].max() == pytest.approx(wanted, rel=2e-4)
        if not addl:
            assert np.trapezoid(level, t) == pytest.approx(area, rel=1e-4)
