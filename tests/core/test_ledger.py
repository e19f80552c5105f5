"""The ledgers: every number is whole, and a number that is not is refused with a remedy."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pytest

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.spreads import quantile

pytestmark = pytest.mark.ledger

WHOLE = '[a]\nvalue = 2\nunit = "L/h"\nsource = "x2000"\ntier = "measured"\n'


class Params(NamedTuple):
    """Two numbers."""

    a: Annotated[float, "mL/min"]


@pytest.fixture
def written(tmp_path, monkeypatch):
    def write(text):
        folder = tmp_path / "ledgers" / "trial"
        folder.mkdir(parents=True, exist_ok=True)
        Path(folder / "t.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(ledger, "files", lambda _: tmp_path)
        forget()
        return ledger.read("t")

    yield write
    forget()


def forget():
    ledger.read.cache_clear()
    ledger._places.cache_clear()


# Tables of drugs and their trials, which hold no single numbers; tests/evidence/test_preventives.py reads them.
OF_NUMBERS = [name for name in ledger.names() if not name.startswith("preventives/")]


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_every_ledger_reads(name):
    assert ledger.read(name).numbers


def test_a_science_has_one_folder_of_ledgers_and_names_without_it():
    root = files("leao") / "ledgers"
    assert [entry.name for entry in root.iterdir() if entry.is_file()] == ["sources.bib"]
    rooms = {entry.name for entry in files("leao").iterdir() if entry.is_dir()}
    assert {entry.name for entry in root.iterdir() if entry.is_dir()} <= rooms
    assert {"diary", "frames/clinic", "cortex/leao", "sheet", "headache", "headache/gtn"} <= set(ledger.names())
    with pytest.raises(LedgerError, match="'diary/diary': not found"):
        ledger.read("diary/diary")


@pytest.mark.parametrize("name", ledger.names())
def test_every_number_says_what_it_is(name):
    for number in ledger.read(name).numbers.values():
        assert number.where or number.tier == "assumed", f"{name}.{number.name} does not say where in its source"


def test_units_are_converted(written):
    assert ledger.params(written(WHOLE), Params).a == pytest.approx(2000 / 60)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('unit = "L/h"\n', ""), "lacks unit"),
        (('source = "x2000"\n', ""), "lacks source"),
        (("measured", "mesured"), "wanted one of"),
        (("x2000", "assumed"), "go together"),
        (('"L/h"', '"mm"'), "cannot become"),
        (("[a]", "[b]"), "only in ledger"),
        (("value", "valeu"), "lacks value"),
        (('tier = "measured"', 'tier = "measured"\nsorce = "x"'), "did you mean 'source'"),
        (('tier = "measured"', 'tier = "measured"\nuncertainty = { dist = "gauss" }'), "wanted dist"),
        (('tier = "measured"', "tier = measured"), "not valid TOML"),
        (("value = 2", 'value = "2"'), "wanted a number"),
        (('tier = "measured"', 'tier = "measured"\nuncertainty = { dist = "uniform", low = 1 }'), "wants high, low"),
    ],
)
def test_a_number_without_its_papers_is_refused(written, change, says):
    with pytest.raises(LedgerError, match=says):
        ledger.params(written(WHOLE.replace(*change)), Params)


def test_find_suggests_the_nearest():
    with pytest.raises(LedgerError, match="did you mean 'clearance'"):
        ledger.find("clerance")
    assert ledger.find("exposure.clearance").unit == "L/h"


def test_uncertainty_and_persons_compose(written):
    spread = (
        'uncertainty = { dist = "lognormal", sd_log = 0.5 }\nbetween_subject = { dist = "lognormal", sd_log = 0.2 }\n'
    )
    led = written(WHOLE + spread)
    drawn = ledger.draw(led, Params, lambda _: np.full((3, 1), 0.975))
    people = ledger.individuals(led, drawn, lambda _: np.full((3, 4), 0.025))
    assert np.shape(people.a) == (3, 4)
    np.testing.assert_allclose(people.a, 2000 / 60 * np.exp(1.959964 * (0.5 - 0.2)), rtol=1e-5)


@pytest.mark.parametrize(
    ("spread", "mean", "sd"),
    [
        ({"dist": "normal", "sd": 2.0}, 5.0, 2.0),
        ({"dist": "uniform", "low": 0.0, "high": 6.0}, 3.0, 6 / np.sqrt(12)),
        ({"dist": "lognormal", "cv": 0.3}, 5 * np.sqrt(1.09), 5 * np.sqrt(1.09) * 0.3),
        ({"dist": "beta", "a": 18.0, "b": 2.0}, 0.9, np.sqrt(0.9 * 0.1 / 21)),
        ({"dist": "truncnormal", "sd": 2.0, "low": 5.0}, 5 + 2 * np.sqrt(2 / np.pi), 2 * np.sqrt(1 - 2 / np.pi)),
        (
            {"dist": "loguniform", "low": 1.0, "high": 10.0},
            9 / np.log(10),
            np.sqrt(99 / 2 / np.log(10) - (9 / np.log(10)) ** 2),
        ),
    ],
)
def test_spreads_have_their_textbook_moments(spread, mean, sd):
    u = (np.arange(400_000) + 0.5) / 400_000
    sample = quantile(spread, 5.0, u)
    assert sample.mean() == pytest.approx(mean, rel=2e-3)
    assert sample.std() == pytest.approx(sd, rel=5e-3)
