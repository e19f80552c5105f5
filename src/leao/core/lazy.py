"""Public names that are imported when they are first used, so that ``import leao`` costs next to nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import FunctionType
from typing import Any


def public(thing: Any) -> Any:
    """Return what stands behind a public name; a call checks the types of its arguments first."""
    if not isinstance(thing, FunctionType):
        return thing
    from leao.core.call_types import checked

    return checked(thing)


def lazy(package: str, places: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package whose public names stand in other modules.

    A public name must not be that of a module of the package: the import system would put the module in its place.

    Args:
        package: name of the package.
        places: the module of each public name, relative to the package (``"api"``) or whole (``"leao.chain.api"``).
    """

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = places[name] if places[name].startswith("leao.") else f"{package}.{places[name]}"
        return public(getattr(import_module(module), name))

    return get, lambda: sorted(places)
