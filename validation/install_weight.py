"""What an install weighs: the files of every package that ``pip install leao`` brings, with and without its extras.

    python -m validation.install_weight

Read from the installed packages' own lists of files (disk space, compiled Python left out), so that it needs no network.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from validation.page import table as markdown

EXTRAS = ((), ("simulate",), ("simulate", "tables"), ("simulate", "tables", "dask"))
MEGABYTE = 1e6
ROOT = Path(__file__).resolve().parents[1]


class Weight(NamedTuple):
    """What one choice of extras brings."""

    extras: tuple[str, ...]
    packages: dict[str, float]  # MB of each

    @property
    def total(self) -> float:
        """All together, MB."""
        return sum(self.packages.values())


def weigh(extras: tuple[str, ...]) -> Weight:
    """Return the weight of ``leao`` with some of its extras."""
    sizes: dict[str, float] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [("leao", extras)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, wanted = waiting.pop()
        key = (_normal(name), wanted)
        if key in seen:
            continue
        seen.add(key)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # of another platform, or an extra that is not installed here
        sizes[key[0]] = _source() if key[0] == "leao" else _size(package)
        needs = _declared() if key[0] == "leao" else package.requires or ()
        waiting += _needed(needs, wanted)
    return Weight(extras, sizes)


def _declared() -> Iterator[str]:
    """Give what pyproject.toml asks for, extras with their marker, as an installed package lists it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield from project["dependencies"]
    for extra, texts in project["optional-dependencies"].items():
        for text in texts:
            plain, _, marker = text.partition(";")
            yield f"{plain}; extra == '{extra}'" + (f" and ({marker})" if marker else "")


def _needed(needs: Iterable[str], extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for text in needs:
        requirement = Requirement(text)
        chosen = ({"extra": extra} for extra in ("", *extras))
        if requirement.marker is None or any(requirement.marker.evaluate(extra) for extra in chosen):
            yield requirement.name, tuple(sorted(requirement.extras))


def _size(package: Distribution) -> float:
    places = {Path(str(package.locate_file(file))) for file in package.files or ()}
    return sum(place.stat().st_size for place in places if place.suffix != ".pyc" and place.is_file()) / MEGABYTE


def _source() -> float:
    """The package itself, which in a checkout is no file of the installed list."""
    import leao

    root = Path(leao.__file__).parent
    return sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts) / MEGABYTE


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def table() -> list[str]:
    """Return the weights as lines of Markdown."""
    rows = []
    for extras in EXTRAS:
        weight = weigh(extras)
        command = "leao" if not extras else f"leao[{','.join(extras)}]"
        heaviest = sorted(weight.packages.items(), key=lambda item: -item[1])[:5]
        sizes = ", ".join(f"{name} {size:.0f}" for name, size in heaviest)
        rows.append((f"`pip install '{command}'`", f"{weight.total:.0f}", len(weight.packages), sizes))
    return markdown(("install", "MB", "packages", "heaviest, MB"), rows)


if __name__ == "__main__":
    print("\n".join(table()))
