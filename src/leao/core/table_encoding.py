"""Bytes to text: UTF-8, UTF-16 with and without its mark, Windows-1252, or the encoding the user names."""

from __future__ import annotations

from leao.core.errors import ScenarioError

ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
ENCODINGS |= {"cp1252": "Windows-1252", "utf-8": "UTF-8"}


def decode(name: str, content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text with line ends as newlines, and the name of its encoding.

    Raises:
        ScenarioError: no such encoding, or bytes that are no text in any that is tried.
    """
    for tried in [encoding] if encoding else _likely(content):
        try:
            text = content.decode(tried)
        except LookupError:
            raise ScenarioError(f"{name}: encoding {tried!r} is unknown; write for example 'utf-8'") from None
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        text = text.removeprefix("\ufeff")
        return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text), tried
    wanted = f"not text in {encoding}" if encoding else "not a text table"
    raise ScenarioError(f"{name}: {wanted}; save it as CSV in UTF-8")


def _likely(content: bytes) -> list[str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    head = content[:2000]
    if len(head) > 3 and head.count(0) > len(head) // 4:  # UTF-16 without its mark: every other byte is 0
        return ["utf-16-be" if head[0] == 0 else "utf-16-le"]
    return ["utf-8-sig", "cp1252"]
