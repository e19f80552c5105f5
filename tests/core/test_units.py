"""The unit door: what it lets through and what it says when it does not."""

import pytest

from leao.core import ledger
from leao.core.errors import LedgerError, ScenarioError
from leao.core.units import DAYS_PER_MONTH, convert, parse

pytestmark = pytest.mark.ledger


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "result"),
    [
        (214, "mL/min", "L/h", 12.84),
        (8.31, "mg", "ug", 8310),
        (1, "uM", "nmol/mL", 1),
        (1, "1/(uM*s)", "1/(mM*ms)", 1),
        (1, "mM", "mmol/cm^3", 1e-3),
        (5, "percent", "dimensionless", 0.05),
        (37, "degC", "K", 310.15),
        (1, "mS/cm^2", "S/m^2", 10),
    ],
)
def test_conversion(value, unit, wanted, result):
    assert convert(value, unit, wanted) == pytest.approx(result, rel=1e-12)


def test_text():
    assert parse("10 mg", "mg") == 10
    assert parse("1e-1uM", "nM") == pytest.approx(100)
    assert parse("-66mV", "mV") == -66


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10", "without a unit"),
        ("mg", "wanted a number"),
        ("10 mgg", "unknown"),
        ("10 L", "dimensions differ"),
        ("10 mg)", "unknown"),
        ("10 mg/", "unknown"),
        ("10 degC", "dimensions|unknown"),
        ("", "a number"),
        ("10 9**9**9", "unknown, wanted names of units"),
        ("10 mg*9**9**9", "unknown, wanted names of units"),
        ("10 mg**9**9", "unknown, wanted names of units"),
        ("10 mg percent", "unknown, wanted names of units"),
        ("10 __import__('os')", "unknown, wanted names of units"),
    ],
)
def test_bad_text_names_place_and_remedy(text, says):
    with pytest.raises(ScenarioError, match=says) as caught:
        parse(text, "mg", what="dose")
    assert str(caught.value).startswith("dose: found")
    assert "write for example" in str(caught.value)


def test_a_long_text_is_no_number():
    with pytest.raises(ScenarioError, match="characters"):
        parse("10 " + "m" * 10_000, "mg", what="dose")


def test_wrong_dimension():
    with pytest.raises(LedgerError, match="cannot become"):
        convert(1, "mm/min", "mm^2/s")


def test_shipped_factors_are_what_pint_computes():
    """Also that the table holds every unit of the ledgers and of the code: run validation/write_units.py."""
    from validation import write_units

    from leao.core import units

    computed = {(unit, wanted): factor for unit, wanted, factor in write_units.rows()}
    assert computed.keys() == units._shipped().keys()
    assert computed == pytest.approx(units._shipped(), rel=1e-12)  # versions of pint differ in the last digit


def test_a_month_is_the_ledgers():
    assert ledger.read("trial").numbers["month"].value == DAYS_PER_MONTH
