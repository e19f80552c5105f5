"""Ways in which a kept file may be wrong, shared by the tests and by validation/reliability.py."""

import shutil
from pathlib import Path

POSITIONS = (0.0, 0.25, 0.5, 0.75, 1.0)


def flip(content: bytes, share: float) -> bytes:
    """Return the content with one bit changed at a share of its length."""
    place = min(int(share * len(content)), len(content) - 1)
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


WAYS = {
    **{f"a bit at {share:.0%}": (lambda content, share=share: flip(content, share)) for share in POSITIONS},
    "zero length": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2],
    "another type": lambda _: b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a list of numbers": lambda _: b"[1, 2, 3]",
}


def damage(path: Path, way: str) -> None:
    """Damage one file; ``gone`` removes it and ``a folder`` puts a folder in its place."""
    if way in ("gone", "a folder"):
        path.unlink()
        if way == "a folder":
            path.mkdir()
            (path / "x").write_text("x")
        return
    path.write_bytes(WAYS[way](path.read_bytes()))


EVERY = (*WAYS, "gone", "a folder")


def files_of(folder: Path) -> list[Path]:
    """Return every file of a run folder, or of a folder of kept answers."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a folder under another parent, its name unchanged."""
    return Path(shutil.copytree(folder, to / folder.name))
