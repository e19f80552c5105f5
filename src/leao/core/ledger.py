"""The ledgers: every physical number with its unit, source, tier and two spreads.

A ledger is a TOML file below ``leao/ledgers/<science>``; an entry holds the number in the unit its source printed.
``params`` carries it through the one unit door into the numbers of a stage, ``draw`` spreads it by how
well it is known (``uncertainty``), ``individuals`` by how people differ (``between_subject``).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from leao.core import toml
from leao.core.errors import LedgerError
from leao.core.spreads import SPREADS, quantile
from leao.core.units import convert

TIERS = ("measured", "derived", "fitted", "borrowed", "remembered", "assumed")
REQUIRED = ("value", "unit", "source", "tier")
KEYS = {*REQUIRED, "where", "uncertainty", "between_subject", "note"}

# A ledger is called by its path below its science's folder ("diary", "frames/clinic"). These sciences' own are called
# with the science ("cortex/leao"), but for those listed, whose shorter names users have typed.
CALLED_WITH_SCIENCE = {"cortex": ("experiments", "retinotopy", "sheet"), "headache": ("headache", "read_outs")}
_END = ".toml"

Uniform = Callable[[str], NDArray[np.float64]]
P = TypeVar("P")


class Number(NamedTuple):
    """One sourced number, as printed."""

    name: str
    ledger: str
    value: float
    unit: str
    source: str
    where: str
    tier: str
    uncertainty: Mapping[str, Any] | None
    between_subject: Mapping[str, Any] | None
    note: str

    def spread(self) -> Mapping[str, Any]:
        """Return how well the number is known.

        Raises:
            LedgerError: a number whose ledger does not say it.
        """
        if self.uncertainty is None:
            raise LedgerError(f"{self.ledger}, {self.name}: no uncertainty; state how well the number is known")
        return self.uncertainty


class Ledger(NamedTuple):
    """The numbers of one stage, preset or compound."""

    name: str
    numbers: Mapping[str, Number]


@cache
def read(name: str) -> Ledger:
    """Return the checked ledger ``name``, for example ``"exposure"`` or ``"cortex/leao"``.

    ``extends = "cortex/tuttle2019"`` on top of a file takes the numbers of that ledger first.

    Raises:
        LedgerError: no such ledger, or an entry that lacks unit, source or tier.
    """
    return _parsed(name, toml.loads(file_of(name).read_text(encoding="utf-8"), f"ledger {name}", LedgerError))


def file_of(name: str) -> Traversable:
    """Return the file of the ledger ``name``.

    Raises:
        LedgerError: no such ledger.
    """
    if name not in _places():
        raise LedgerError(f"ledger {name!r}: not found; wanted one of {', '.join(names())}")
    return _places()[name]


def from_file(path: Path) -> Ledger:
    """Return the checked ledger in a user's own TOML file; ``extends`` may name a shipped one.

    Raises:
        LedgerError: a file that cannot be read, or an entry as in ``read``.
    """
    return _parsed(path.stem, toml.read(path, f"ledger {path}", LedgerError))


def _parsed(name: str, table: dict[str, Any]) -> Ledger:
    extended = table.get("extends")
    if extended is not None and (not isinstance(extended, str) or extended == name or extended not in names()):
        raise LedgerError(
            f"ledger {name}: extends: found {extended!r:.60}, wanted another ledger that ships: {', '.join(names())}"
        )
    base = None if extended is None else read(extended)
    numbers = dict(base.numbers) if base else {}
    entries = {key: entry for key, entry in table.items() if isinstance(entry, dict)}
    numbers.update({key: _number(name, key, entry) for key, entry in entries.items()})
    return Ledger(name, numbers)


def names() -> list[str]:
    """Return the names of all ledgers that ship with the package, sorted."""
    return sorted(_places())


@cache
def _places() -> Mapping[str, Traversable]:
    """Return the file of each ledger by its name."""
    places = {}
    for science in (files("leao") / "ledgers").iterdir():
        if science.is_dir():
            called_without = CALLED_WITH_SCIENCE.get(science.name)
            for path, entry in _below(science):
                bare = "/" in path or called_without is None or path in called_without
                places[path if bare else f"{science.name}/{path}"] = entry
    return places


def _below(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Give path and file of every ledger of a folder, the path without its end."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from ((f"{entry.name}/{path}", inner) for path, inner in _below(entry))
        elif entry.name.endswith(_END):
            yield entry.name.removesuffix(_END), entry


def find(name: str) -> Number:
    """Return the number ``name`` or ``ledger.name`` from whichever ledger holds it.

    Raises:
        LedgerError: no ledger holds it, or several do and the ledger was not named.
    """
    prefix, _, key = name.rpartition(".")
    ledgers = [read(ledger) for ledger in names()]
    rows = [led.numbers[key] for led in ledgers if key in led.numbers and prefix in ("", led.name)]
    listed = [number for number in rows if number.ledger == prefix or not prefix]
    distinct = {(number.ledger, number.name): number for number in listed or rows}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if distinct:
        options = ", ".join(sorted(f"{number.ledger}.{number.name}" for number in distinct.values()))
        raise LedgerError(f"number {name!r}: stands in several ledgers; write one of {options}")
    known = sorted({key for led in ledgers for key in led.numbers})
    raise LedgerError(f"number {name!r}: in no ledger{nearest(key, known)}")


def params(ledger: Ledger, cls: type[P]) -> P:
    """Return the central values as ``cls``, converted to the units its fields are annotated with.

    Raises:
        LedgerError: keys of the ledger and fields of ``cls`` differ, or a dimension is wrong.
    """
    units = _units(cls)
    _same_keys(ledger, units)
    return cls(**{key: _value(ledger.numbers[key], unit) for key, unit in units.items()})


def draw(ledger: Ledger, cls: type[P], uniform: Uniform) -> P:
    """Return ``cls`` with every uncertain number drawn from its ``uncertainty``.

    Args:
        ledger: the numbers.
        cls: a NamedTuple whose fields are annotated with units.
        uniform: gives, for a number's name, an array of U(0, 1); its shape becomes the field's shape.
    """
    units = _units(cls)
    _same_keys(ledger, units)
    drawn = {}
    for key, unit in units.items():
        number = ledger.numbers[key]
        if number.uncertainty is None:
            drawn[key] = _value(number, unit)
        else:
            drawn[key] = _scaled(quantile(number.uncertainty, number.value, uniform(key)), number, unit)
    return cls(**drawn)


def individuals(ledger: Ledger, central: P, uniform: Uniform) -> P:
    """Return ``central`` with every number that has ``between_subject`` varied from person to person.

    Log-normal spreads multiply the central value, so they compose with a drawn uncertainty; other spreads
    are shifted to the central value.
    """
    units = _units(type(central))
    varied = {}
    for key, unit in units.items():
        number = ledger.numbers[key]
        if number.between_subject is not None:
            at = getattr(central, key)
            person = _scaled(quantile(number.between_subject, number.value, uniform(key)), number, unit)
            middle = _value(number, unit)
            ratio = number.between_subject["dist"] == "lognormal"
            varied[key] = at * (person / middle) if ratio else at + (person - middle)
    return central._replace(**varied)  # type: ignore[attr-defined]


def nearest(word: str, known: list[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest known word, else an empty text."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _number(ledger: str, key: str, entry: Mapping[str, Any]) -> Number:
    place = f"ledger {ledger}, [{key}]"
    _whole(place, entry)
    optional = {name: entry.get(name) for name in ("uncertainty", "between_subject")}
    words = {name: entry.get(name, "") for name in ("where", "note")}
    head: dict[str, Any] = {name: entry[name] for name in REQUIRED}
    return Number(name=key, ledger=ledger, **head, **optional, **words)


def _whole(place: str, entry: Mapping[str, Any]) -> None:
    for wanted in REQUIRED:
        if wanted not in entry:
            raise LedgerError(f"{place} lacks {wanted}; every number needs value, unit, source and tier")
    for extra in entry.keys() - KEYS:
        raise LedgerError(f"{place} has an unknown key {extra!r}{nearest(extra, sorted(KEYS))}")
    _sourced(place, entry)
    for spread in {"uncertainty", "between_subject"} & entry.keys():
        wanted = SPREADS.get(entry[spread].get("dist"))
        if wanted is None:
            raise LedgerError(f"{place}, {spread}: wanted dist, one of {', '.join(SPREADS)}")
        if entry[spread].keys() - {"dist"} not in wanted:
            need = " or ".join(", ".join(sorted(keys)) for keys in wanted)
            raise LedgerError(f"{place}, {spread}: dist {entry[spread]['dist']!r} wants {need}")


def _sourced(place: str, entry: Mapping[str, Any]) -> None:
    if isinstance(entry["value"], bool) or not isinstance(entry["value"], (int, float)):
        raise LedgerError(f"{place} has value {entry['value']!r}; wanted a number")
    if entry["tier"] not in TIERS:
        raise LedgerError(f"{place} has tier {entry['tier']!r}; wanted one of {', '.join(TIERS)}")
    if (entry["source"] == "assumed") != (entry["tier"] == "assumed"):
        raise LedgerError(f"{place}: source 'assumed' and tier 'assumed' go together")
    if entry["tier"] == "assumed" and not entry.get("note"):
        raise LedgerError(f"{place} is assumed without a reason; give it in note")


@cache
def _units(cls: type) -> Mapping[str, str]:
    units = {}
    for key, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            raise LedgerError(f"{cls.__name__}.{key} lacks its unit; write Annotated[float, 'unit']")
        units[key] = get_args(hint)[1]
    return units


def _same_keys(ledger: Ledger, units: Mapping[str, str]) -> None:
    for key in ledger.numbers.keys() - units.keys():
        raise LedgerError(f"{key!r} is only in ledger {ledger.name}{nearest(key, list(units))}")
    for key in units.keys() - ledger.numbers.keys():
        raise LedgerError(f"{key!r} is missing from ledger {ledger.name}{nearest(key, list(ledger.numbers))}")


def _value(number: Number, unit: str) -> float:
    try:
        return convert(number.value, number.unit, unit)
    except LedgerError as error:
        raise LedgerError(f"ledger {number.ledger}, [{number.name}]: {error}") from None


def _scaled(values: NDArray[np.float64], number: Number, unit: str) -> NDArray[np.float64]:
    middle = _value(number, unit)
    return values * (middle / number.value) if number.value else values * convert(1.0, number.unit, unit)
