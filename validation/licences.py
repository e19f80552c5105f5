"""Licences of everything the package needs to run, with what that needs: ``python -m validation.licences``.

Read from the metadata of what is installed; writes docs/licences.md.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from leao.core import files
from validation.page import table

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
EXTRAS = ("simulate", "tables", "dask")  # not those of whoever works on the package
_LONGEST = 60  # characters: a longer field is a licence's text, not its name


def declared() -> list[str]:
    """Return the names of the direct dependencies: of a plain install, then of the extras that users install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    more = [name for extra in EXTRAS for name in project["optional-dependencies"][extra]]
    return [_name(text) for text in [*project["dependencies"], *more]]


def _name(text: str) -> str:
    matched = _NAME.match(text.strip())
    return "" if matched is None else matched[0]


def closure(names: list[str]) -> dict[str, str]:
    """Return every installed package that these need, directly or through others, with its licence."""
    waiting, licences = list(names), {}
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in licences:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another platform or Python
            continue
        licences[name] = _licence(name)
        waiting += [_name(text) for text in package.requires or [] if "extra ==" not in text]
    return licences


def _licence(name: str) -> str:
    metadata = distribution(name).metadata
    classifiers = [
        text.split(" :: ")[-1] for text in metadata.get_all("Classifier") or [] if text.startswith("License ::")
    ]
    stated = _field(metadata, "License-Expression") or ", ".join(classifiers) or _field(metadata, "License").strip()
    first = stated.splitlines()[0] if stated else "see the package"
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST]} ..."


def _field(metadata: Any, name: str) -> str:
    return metadata.get(name, "")


def page() -> str:
    """Return the page."""
    direct = {re.sub(r"[-_.]+", "-", name).lower() for name in declared()}
    rows = [
        (name, licence.replace("|", "/"), "directly" if name in direct else "through others")
        for name, licence in sorted(closure(declared()).items())
    ]
    lines = [
        "# Licences",
        "",
        "Leão is BSD-3-Clause. What it needs to run, and what that needs, as installed when",
        "`python -m validation.licences` was last run; packages name their licences themselves.",
        "",
        *table(("package", "licence", "needed"), rows),
        "",
        "Data in the repository: `data/vickers2004` and `data/kosteckidillon`, each with a NOTICE. The second is under the",
        "GPL (>= 2): it serves validation alone, is not in the wheel, and travels with its licence (`COPYING`).",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    files.write_text(PAGE, page())
