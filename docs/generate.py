"""Reference pages written from the code at each build: commands, Python calls, numbers, contracts.

They are not committed: what they say is what the installed package says.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

os.environ["COLUMNS"] = "100"

ROOMS = ("exposure", "receptor", "cortex", "headache", "diary", "trial", "evidence", "plan", "review")


def reference(folder: Path) -> None:
    """Write every reference page; one whose text is the same is left, so that a second build is quick."""
    folder.mkdir(exist_ok=True)
    pages = {"cli": commands(), "api": calls(), "numbers": numbers(), "contracts": contracts()}
    for name, lines in pages.items():
        text = "\n".join(lines) + "\n"
        page = folder / f"{name}.md"
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def mathml(translator: Any, node: Any) -> None:
    """Write one equation as MathML, with docutils' own converter."""
    from docutils.nodes import SkipNode, math_block
    from docutils.utils.math.latex2mathml import tex2mathml

    block = isinstance(node, math_block)
    translator.body.append(tex2mathml(node.astext(), as_block=block))
    raise SkipNode


def commands() -> Iterator[str]:
    """One section a command: its help and its options, as the program itself knows them."""
    import typer

    cli: Any = import_module("leao.cli.app")
    root: Any = typer.main.get_command(cli.app)
    yield "# Commands\n"
    yield "Every command has a [Python call](api.md) with the same answer. `--json` prints the summary that the call"
    yield "returns ([contracts](contracts.md)).\n"
    for path, command in _leaves(root, ("leao",)):
        yield from _command(path, command)


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Every command that computes, groups dissolved; a group that also works alone is one of them."""
    inner = getattr(command, "commands", {})
    if not inner or getattr(command, "invoke_without_command", False):
        yield " ".join(path), command
    for name, child in sorted(inner.items()):
        if not child.hidden:
            yield from _leaves(child, (*path, name))


def _command(path: str, command: Any) -> Iterator[str]:
    if path == "leao":
        return
    yield f"## `{path}`\n"
    yield "\n".join(line.strip() for line in (command.help or "").strip().splitlines()).replace("\b", "") + "\n"
    rows = [row for parameter in command.params if (row := _option(parameter)) is not None]
    if rows:
        yield "| | |\n|---|---|"
        yield from (f"| `{name}` | {text} |" for name, text in rows)
        yield ""


def _option(parameter: Any) -> tuple[str, str] | None:
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return None
    is_option = parameter.param_type_name == "option"
    name = ", ".join(parameter.opts) if is_option else (parameter.metavar or parameter.name).upper()
    text = " ".join((getattr(parameter, "help", None) or "").split())
    if is_option and parameter.default not in (None, False, (), "") and not callable(parameter.default):
        text += f" Default: `{parameter.default}`."
    return name.replace("|", "\\|"), text.replace("|", "\\|").replace("<", "&lt;")


def calls() -> Iterator[str]:
    """The public Python calls, from their docstrings."""
    import leao

    yield "# Python calls\n"
    yield "Names are imported on first use. Every call returns a `leao.Result`: `.summary`, `.data`, `.plot()`,"
    yield "`.report()`.\n"
    root = [name for name in leao.__all__ if name not in ROOMS and not name.startswith("_")]
    yield "## leao\n"
    yield from _documented("leao", root)
    for room in ROOMS:
        package = import_module(f"leao.{room}")
        yield f"## leao.{room}\n"
        yield (package.__doc__ or "").strip().splitlines()[0] + "\n"
        yield from _documented(f"leao.{room}", package.__all__)


def _documented(module: str, names: list[str]) -> Iterator[str]:
    for name in names:
        value = getattr(import_module(module), name)
        kind = "autoclass" if isinstance(value, type) else "autofunction"
        yield f"```{{eval-rst}}\n.. {kind}:: {module}.{name}"
        yield "   :members:\n   :no-index-entry:\n```\n" if kind == "autoclass" else "```\n"


def numbers() -> Iterator[str]:
    """Every number of the ledgers as one table."""
    yield "# Numbers\n"
    yield "Every number of the model with its unit, source and tier; `leao number NAME` prints one with its spreads.\n"
    yield "*Used in*: the files below `src/leao/` that name it, of the rooms that read its ledger; else those that read"
    yield "the whole ledger; nothing where no computation reads it.\n"
    head = ("Number", "Value", "Source, tier", "Used in", "Note")
    yield ":::{container} filtered-table\n\n| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|"
    used = Uses()
    for name, entry in _entries():
        cells = (
            f"`{name}`",
            f"{_plain(entry.get('value'))} {entry.get('unit', '')}".removesuffix(" dimensionless"),
            ", ".join(part for part in (entry.get("source", ""), entry.get("tier", "")) if part),
            ", ".join(f"`{place.removesuffix('.py')}`" for place in used.of(name)),
            entry.get("note", ""),
        )
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    yield "\n:::"


def _entries() -> Iterator[tuple[str, dict[str, Any]]]:
    from leao.core import ledger

    for of in ledger.names():
        for name, entry in tomllib.loads(ledger.file_of(of).read_text(encoding="utf-8")).items():
            if isinstance(entry, dict) and "source" in entry and "value" in entry:
                yield f"{of}.{name}", entry


class Uses:
    """Which files use a number: found by its name in the code, among the rooms that read its ledger."""

    MOST = 4  # files shown

    def __init__(self) -> None:
        """Read the code once."""
        root = Path(str(files("leao")))
        self.texts = {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")
        }
        self.names: dict[str, set[str]] = {}
        self.readers: dict[str, list[str]] = {}
        for place, text in self.texts.items():
            for word in set(re.findall(r"[.\"]([A-Za-z_]\w*)", text)):
                self.names.setdefault(word, set()).add(place)

    def of(self, name: str) -> list[str]:
        """Return the files that use a number, called ``ledger.number``."""
        ledger, _, number = name.rpartition(".")
        if ledger not in self.readers:
            self.readers[ledger] = self._readers(ledger)
        readers = self.readers[ledger]
        rooms = {place.partition("/")[0] for place in readers}
        named = sorted(place for place in self.names.get(number, ()) if place.partition("/")[0] in rooms)
        places = named or readers
        return places[: self.MOST] + (["..."] if len(places) > self.MOST else [])

    def _readers(self, ledger: str) -> list[str]:
        """Return the files of the sciences that spell a ledger's name, or its folder's where they read every one."""
        folder, inside, _ = ledger.rpartition("/")
        whole = (f'read("{ledger}")', f'"{ledger}"')
        for spelled in (*whole, f'"{folder}/', f'"{folder}"') if inside else whole:
            files_ = sorted(place for place, text in self.texts.items() if spelled in text)
            science = [place for place in files_ if not place.startswith(("cli/", "app/", "report/"))]
            if science or files_:
                return science or files_
        return []


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else f"{value}"


def contracts() -> Iterator[str]:
    """The JSON schemas of what --json prints."""
    yield "# Contracts of `--json`\n"
    yield "One JSON Schema a command, generated from the typed summaries and checked in the tests. Keys are added,"
    yield "never renamed or taken away.\n"
    for path in sorted((Path(__file__).parent / "schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        yield f"## {path.stem.replace('_', ' ')}\n"
        rows = schema.get("properties") or schema.get("items", {}).get("properties", {})
        yield f"{schema.get('description', '')}\n"
        if rows:
            yield "| Key | |\n|---|---|"
            yield from (f"| `{key}` | {_described(value)} |" for key, value in rows.items())
            yield ""


def _described(schema: dict[str, Any]) -> str:
    text = schema.get("description") or schema.get("title") or ""
    kind = schema.get("type") or ", ".join(str(part.get("type", "")) for part in schema.get("anyOf", []) if part)
    return f"{text} {f'({kind})' if kind else ''}".strip().replace("|", "\\|").replace("\n", " ")
