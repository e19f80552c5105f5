"""A public call refuses an argument of a wrong type by one line before it computes, and takes what it says it takes."""

import datetime as dt
import inspect
from pathlib import Path

import numpy as np
import pytest

import leao
from leao.core.call_types import checked

pytestmark = pytest.mark.property
FREE = {"Any", "Executor", "Progress", "Policy", "Watch", "ArrayLike", "Effect", "Over", "sheet_field.Held"}


def calls():
    """Return every public call by its name."""
    named = {name: getattr(leao, name) for name in leao.__all__}
    for name, thing in list(named.items()):
        if inspect.ismodule(thing):
            named |= {f"{name}.{inner}": getattr(thing, inner) for inner in dir(thing)}
    return {name: call for name, call in named.items() if inspect.isfunction(call) and name != "serve"}


CALLS = calls()
PLACES = [
    (name, each.name)
    for name, call in CALLS.items()
    for each in inspect.signature(call).parameters.values()
    if not FREE & set(str(each.annotation).split(" | "))
]


@pytest.mark.parametrize(("name", "argument"), PLACES, ids=".".join)
def test_a_wrong_type_is_one_line(name, argument):
    needed = {
        each.name: "x"
        for each in inspect.signature(CALLS[name]).parameters.values()
        if each.default is inspect.Parameter.empty
    }
    for wrong in (3j, b"x", object()):
        with pytest.raises(leao.LeaoError) as refused:
            CALLS[name](**{argument: wrong, **{key: value for key, value in needed.items() if key != argument}})
        line = str(refused.value)
        assert "\n" not in line
        assert line.startswith(f"leao.{name}: ")
        assert "wanted" in line


def takes(text, many=(), number=None, whole=1, yes=False):
    return text, many, number, whole, yes


takes.__annotations__ = {
    "text": "str",
    "many": "Sequence[str]",
    "number": "float | None",
    "whole": "int",
    "yes": "bool",
}


@pytest.mark.parametrize(
    "named",
    [
        {"text": "a", "many": ["b"], "number": 2, "whole": np.int64(3), "yes": np.True_},
        {"text": "a", "many": ("b", "c"), "number": np.float32(2.5)},
        {"text": "a", "many": {"b": 1}.keys()},
        {"text": "a", "number": None},
    ],
)
def test_what_is_meant_is_taken(named):
    assert checked(takes)(**named)[0] == "a"


def test_what_r_hands_on_is_taken():
    assert checked(takes)("a", "b", whole=3.0)[1:4] == (["b"], None, 3)
    assert type(checked(takes)("a", whole=3.0)[3]) is int


def test_a_day_is_text():
    assert checked(takes)(dt.date(2026, 3, 2))[0] == "2026-03-02"
    assert checked(takes)(dt.datetime(2026, 3, 2, 14))[0] == "2026-03-02"


@pytest.mark.parametrize(
    "named",
    [{"text": Path()}, {"text": "a", "many": b"b"}, {"text": "a", "many": [1]}, {"text": "a", "whole": True}]
    + [{"text": "a", "number": "2"}, {"text": "a", "whole": 2.5}, {"text": "a", "yes": 1}],
)
def test_what_is_not_meant_is_refused(named):
    with pytest.raises(leao.LeaoError, match="wanted"):
        checked(takes)(**named)


def test_a_number_with_its_unit_is_text():
    with pytest.raises(leao.LeaoError, match="'10 mg'"):
        leao.cortex.wave(concentration=1.0)
    with pytest.raises(TypeError, match="wave"):
        leao.cortex.wave(**{"nothing": 1})
