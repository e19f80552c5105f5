"""The ledgers of blockers and gates by name; a new compound is a new file, shipped or the user's own."""

from __future__ import annotations

from pathlib import Path

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.receptor import equilibrium_block

PRESET = "P0"
FILE = ".toml"
# As people write them, letters and digits only, beside the names of the ledgers.
ALSO_WRITTEN = {
    "dizocilpine": "mk801",
    "dizocilpinemaleate": "mk801",
    "sketamine": "esketamine",
    "sketaminehydrochloride": "esketamine",
    "ketalar": "ketamine",
    "racketamine": "ketamine",
    "phencyclidine": "pcp",
    "mg": "magnesium",
    "mg2": "magnesium",
    "symmetrel": "amantadine",
}


def compounds() -> list[str]:
    """Return the compounds that have a kinetic ledger, sorted."""
    return sorted({name.removeprefix("blockers/") for name in _blockers() if "_P" not in name})


def named(text: str) -> str:
    """Return the compound a user means: ``MK-801``, ``(+)-MK-801`` and ``dizocilpine`` are one; a file stays a file.

    Raises:
        ScenarioError: no such compound; suggests the nearest.
    """
    if text.endswith(FILE):
        return text
    key = "".join(letter for letter in text.lower() if letter.isalnum())
    key = ALSO_WRITTEN.get(key, key)
    if key not in compounds():
        hint = ledger.nearest(key, [*compounds(), *ALSO_WRITTEN])
        raise ScenarioError(f"compound: found {text!r}, wanted one of {', '.join(compounds())}{hint}")
    return key


def presets(compound: str) -> list[str]:
    """Return the presets of a compound: P0, and a name for each file ``blockers/<compound>_<preset>``."""
    if compound.endswith(FILE):
        return [PRESET]
    stem = f"blockers/{compound}_"
    return [PRESET, *(name.removeprefix(stem) for name in _blockers() if name.startswith(stem))]


def schemes() -> list[str]:
    """Return the names of the gating ledgers: the four subtypes and other published schemes."""
    return [name.removeprefix("gating/") for name in ledger.names() if name.startswith("gating/")]


def blocker_ledger(compound: str, preset: str = PRESET) -> ledger.Ledger:
    """Return the ledger of a compound: one that ships, or a user's own file where the name ends in ``.toml``."""
    if compound.endswith(FILE):
        _known(f"preset of {compound}", preset, [PRESET])
        return ledger.from_file(Path(compound))
    _known("compound", compound, compounds())
    _known(f"preset of {compound}", preset, presets(compound))
    return ledger.read(f"blockers/{compound}" + ("" if preset == PRESET else f"_{preset}"))


def gating_ledger(subtype: str, scheme: str | None = None) -> ledger.Ledger:
    """Return the ledger of the gates: the subtype's own, or another published scheme's."""
    _known("subtype", subtype, list(equilibrium_block.SUBTYPES))
    gates_of = scheme or subtype
    _known("scheme", gates_of, schemes())
    return ledger.read(f"gating/{gates_of}")


def _blockers() -> list[str]:
    return [name for name in ledger.names() if name.startswith("blockers/")]


def _known(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        hint = ledger.nearest(name, known)
        raise ScenarioError(f"{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")
