"""Files that were dropped: in the memory of this process, never on the disk; gone when asked, or at the end."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.core.files import LARGEST

TOGETHER = 2 * LARGEST  # bytes of all files held at once


class Upload(NamedTuple):
    """A file's name and bytes."""

    name: str
    content: bytes


class Uploads:
    """What was dropped, by number."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._files: dict[str, Upload] = {}

    def add(self, name: str, content: bytes) -> str:
        """Keep a file in memory and return its number.

        Raises:
            ScenarioError: all files together would be too large.
        """
        held = sum(len(each.content) for each in self._files.values())
        if held + len(content) > TOGETHER:
            raise ScenarioError(
                f"{name}: more than {TOGETHER // 10**6} MB of files are open; close a tab, then try again"
            )
        number = secrets.token_urlsafe(12)
        self._files[number] = Upload(name, content)
        return number

    def get(self, number: str) -> Upload:
        """Return a file.

        Raises:
            ScenarioError: it is forgotten.
        """
        if number not in self._files:
            raise ScenarioError("file: forgotten already; drop it again")
        return self._files[number]

    def forget(self, number: str) -> bool:
        """Forget a file; return whether there was one."""
        return self._files.pop(number, None) is not None
