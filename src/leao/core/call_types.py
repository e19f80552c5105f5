"""Public calls refuse an argument of another type by one line, before anything is computed.

``leao.cortex.wave(concentration=1.0)`` would else stop deep in the code with a sentence about ``len``. The annotations
of a call are the law; an annotation that names what is not known here lets everything pass.
"""

from __future__ import annotations

import functools
import inspect
import numbers
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from leao.core.errors import ScenarioError

_UNION = re.compile(r"\s*\|\s*(?![^\[]*\])")  # not within brackets
_FILE = "a path"
_KNOWN: dict[str, str] = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "True or False", "None": "None",
    "File": _FILE, "Path": _FILE, "PathLike[str]": _FILE, "os.PathLike[str]": _FILE,
    "Sequence[str]": "a list of texts", "tuple[str, ...]": "a tuple of texts", "Sequence[int]": "a list of numbers",
    "PatientAnswers": "a dictionary of answers", "Files": "a list of paths",
    "Changes": "a dictionary or a list of texts",
}  # fmt: skip
_OBJECTS = {  # what has methods of its own: no number, text or list is one of them
    "Scenario": "a scenario", "Design": "a design (leao.trial.design)", "Run": "a run", "DiaryMapping": "a mapping",
    "HasHeadache": "a scenario", "DiaryOptions": "options",
}  # fmt: skip
_PLAIN = (int, float, complex, bool, bytes, str, list, tuple, dict, set, date, type(None), object)
_LISTS = {"Sequence[str]", "Files", "Changes"}
_SHOWN = 40  # characters of a value that a message repeats


@functools.cache
def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a public call that checks the types of its arguments first."""
    signature = inspect.signature(function)
    wanted = {name: _UNION.split(str(each.annotation)) for name, each in signature.parameters.items()}

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        try:
            given = signature.bind(*args, **named)
        except TypeError:
            return function(*args, **named)  # Python's sentence, with the name of the call
        for name, value in given.arguments.items():
            given.arguments[name] = _checked(function, name, value, wanted[name])
        return function(*given.args, **given.kwargs)

    return call


def _checked(function: Callable[..., Any], name: str, value: Any, kinds: list[str]) -> Any:
    """Return the value; a day as the text that stands for it, a single text as a list of one where a list is wanted.

    Raises:
        ScenarioError: a value of a type that the call does not take.
    """
    if isinstance(value, date) and "str" in kinds:
        return value.isoformat()[: len("2026-03-02")]
    if isinstance(value, str) and "str" not in kinds and _LISTS & {*kinds}:  # so R hands on a vector of one
        return [value]
    if isinstance(value, float) and value.is_integer() and "int" in kinds:  # and so a whole number
        return int(value)
    known = _KNOWN.keys() | _OBJECTS.keys()
    if any(kind not in known and not kind.startswith("Mapping[") for kind in kinds):
        return value
    if any(_is(value, kind) for kind in kinds):
        return value
    said = [_KNOWN.get(kind) or _OBJECTS.get(kind) or "a dictionary" for kind in kinds]
    shown = " ".join(repr(value).split())
    shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
    text = (
        "; a number with its unit is text, such as '10 mg'" if _is_number(value) and {*kinds} <= {"str", "None"} else ""
    )
    science = function.__module__.split(".")[1]
    place = f"leao.{function.__name__}" if science == "chain" else f"leao.{science}.{function.__name__}"
    raise ScenarioError(f"{place}: {name}: found {shown}, wanted {' or '.join(dict.fromkeys(said))}{text}")


def _is(value: Any, kind: str) -> bool:
    if kind in _OBJECTS:
        return type(value) not in _PLAIN
    if _KNOWN.get(kind) == _FILE:
        return isinstance(value, str | os.PathLike)
    return _TESTS.get(kind, _is_mapping)(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")  # NumPy's, by either name


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _is_texts(value: Any) -> bool:
    return _is_list(value) and all(isinstance(each, str) for each in value)


_TESTS: dict[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "None": lambda value: value is None,
    "int": _is_whole,
    "float": _is_number,
    "bool": _is_truth,
    "Sequence[str]": _is_texts,
    "tuple[str, ...]": _is_texts,
    "Sequence[int]": _is_list,
    "Files": _is_list,
    "Changes": lambda value: _is_mapping(value) or _is_texts(value),
}
