"""What the shell completes: scenarios, numbers, presets and compounds, read when the shell asks for them."""

from __future__ import annotations


def scenarios(incomplete: str) -> list[str]:
    """Return the shipped scenarios that begin so."""
    from leao.chain.scenario import available

    return _beginning(available(), incomplete)


def numbers(incomplete: str) -> list[str]:
    """Return the numbers that begin so, with and without the name of their ledger."""
    from leao.core import ledger

    ledgers = [ledger.read(name) for name in ledger.names()]
    short = {key for each in ledgers for key in each.numbers}
    whole = {f"{each.name}.{key}" for each in ledgers for key in each.numbers}
    return _beginning(sorted(short) if "." not in incomplete and "/" not in incomplete else sorted(whole), incomplete)


def presets(incomplete: str) -> list[str]:
    """Return the presets of the cortex that begin so."""
    from leao.cortex import preset_table

    return _beginning(list(preset_table.names()), incomplete)


def tissues(incomplete: str) -> list[str]:
    """Return the named tissues of the cortex that begin so."""
    from leao.cortex import variations

    return _beginning(variations.names(), incomplete)


def compounds(incomplete: str) -> list[str]:
    """Return the pore blockers that begin so."""
    from leao.receptor import library

    return _beginning(library.compounds(), incomplete)


def regimens(incomplete: str) -> list[str]:
    """Return the named regimens that begin so."""
    from leao.core import ledger

    starts = "schedules/"
    names = [name.removeprefix(starts) for name in ledger.names() if name.startswith(starts)]
    return _beginning(names, incomplete)


def _beginning(names: list[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
