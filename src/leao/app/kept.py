"""Ways of reading a diary that a user keeps under a name on this machine: mapping files, and nothing of a patient."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from leao.core.errors import ScenarioError
from leao.core.files import forget, write_text

NAME = re.compile(r"\w[\w .-]{0,39}")


def folder() -> Path:
    """Return where they lie: the user's own folder for data of programs."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "leao" / "mappings"


def path(name: str) -> Path:
    """Return the file of a name.

    Raises:
        ScenarioError: a name that is none.
    """
    if not NAME.fullmatch(name) or name != name.strip(" ."):
        raise ScenarioError(f"name: found {name!r}, wanted letters, digits, spaces, points and dashes, at most 40")
    return folder() / f"{name}.toml"


def names() -> list[str]:
    """Return the names that are kept, sorted."""
    return sorted(file.stem for file in folder().glob("*.toml")) if folder().is_dir() else []


def keep(name: str, text: str) -> Path:
    """Write a mapping under a name; what stood under it before is replaced."""
    return write_text(forget(path(name)), text)
