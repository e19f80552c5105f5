"""What identifies an answer, and where it is kept.

A key is the hash of the question and of the bytes of the code and numbers that compute the answer, and of nothing
else. The code is the module that computes and every module it imports, directly or through others, as source bytes
with line ends normalised (never tokens or a syntax tree, which differ between Pythons); the numbers are all ledgers
and the tables that lie beside these modules. A package's ``__init__`` hands out names and computes nothing, so it does
not count, and neither do pages, screens and style sheets, which no computing module may import.

A kept file carries its question and its checksum. One that is missing, damaged in any way or answers another question
is computed again.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core import files, parts
from leao.core.errors import RunError

PACKAGE = "leao"
DATA = (".toml", ".csv")
_FROM = re.compile(r"^[ \t]*from[ \t]+(\w+(?:\.\w+)*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+(\w+(?:\.\w+)*)", re.MULTILINE)
_LABEL = b"leao kept "


class Kept:
    """A folder of answers, each under the hash of its question and of what computes it."""

    def __init__(self, folder: Path) -> None:
        """Keep results in ``folder``, which need not exist."""
        self._folder = folder

    def table(self, name: str, question: Any, compute: Callable[[], Any]) -> Any:
        """Return the JSON-ready answer to ``question``, computed by ``compute`` where it is not kept."""
        text = self._content(
            name, question, compute, lambda answer: json.dumps(answer, ensure_ascii=False).encode(), json.loads
        )
        return json.loads(text)

    def arrays(self, name: str, question: Any, compute: Callable[[], Mapping[str, Any]]) -> Mapping[str, NDArray[Any]]:
        """Return the arrays that answer ``question``, computed by ``compute`` where they are not kept."""
        return _unpacked(self._content(name, question, compute, _packed, _unpacked))

    def held(self, name: str, question: Any, module: str) -> Mapping[str, NDArray[Any]] | None:
        """Return the arrays kept for a question that ``module`` answers; None where there are none, or damaged ones."""
        path, whole = self._place(name, question, module)
        content = _opened(path, whole)
        try:
            return None if content is None else _unpacked(content)
        except Exception:  # whatever is wrong with it, it is not there
            return None

    def keep(self, name: str, question: Any, module: str, arrays: Mapping[str, Any]) -> None:
        """Keep the arrays with which ``module`` answered a question."""
        path, whole = self._place(name, question, module)
        self._write(path, _sealed(_packed(arrays), whole))

    def _place(self, name: str, question: Any, module: str) -> tuple[Path, str]:
        whole = f"{question!r}|{code(module)}"
        return self._folder / f"{name}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}.kept", whole

    def _write(self, path: Path, content: bytes) -> None:
        parts.make_room(self._folder)
        if not path.is_file() or path.is_symlink():
            parts.discard(path)
        files.write_bytes(path, content)

    def _content(
        self,
        name: str,
        question: Any,
        compute: Callable[[], Any],
        write: Callable[[Any], bytes],
        read: Callable[[bytes], Any],
    ) -> bytes:
        path, whole = self._place(name, question, module_of(compute))
        content = _opened(path, whole)
        if content is not None:
            try:
                read(content)
            except Exception:  # whatever is wrong with it, it is computed again
                content = None
        if content is None:
            content = write(compute())
            self._write(path, _sealed(content, whole))
        return content


def key(question: Any, module: str) -> str:
    """Return the hash of a JSON-ready question and of what computes it, beginning with ``module``."""
    text = json.dumps(question, sort_keys=True)
    return hashlib.sha256(f"{text}|{code(module)}".encode()).hexdigest()


@cache
def code(module: str) -> str:
    """Return the hash of the code and numbers behind a module, its imports included.

    Of a module outside the package (a script of ``validation``, one's own) count its source, what it imports of its own
    top-level package, and what all of these import of this one.

    Raises:
        RunError: it has no source, so that a change of it would not be noticed.
    """
    package = package_files(PACKAGE)
    if _root(module) == PACKAGE:
        return hash_of(module, package)
    sources, inside = _outside(module)
    digest = hashlib.sha256(_hash_of_all(inside, package).encode())
    for name in sorted(sources):
        digest.update(f"{name}\0".encode())
        digest.update(sources[name])
    return digest.hexdigest()


def hash_of(module: str, package: Traversable) -> str:
    """Return the hash of ``module``, of all it imports from the package lying at ``package``, and of their numbers."""
    if module not in _reached([module], package):  # a name without a file would share its key with any other such name
        raise RunError(f"{module}: found no source file in {PACKAGE}; install leao again, or mend the name")
    return _hash_of_all([module], package)


def _hash_of_all(starts: Iterable[str], package: Traversable) -> str:
    digest = hashlib.sha256()
    modules = _reached(starts, package)
    folders = {path.rpartition("/")[0] for path in modules.values()}
    tables = {path: entry for folder in folders for path, entry in _tables(_at(package, folder), folder, deep=False)}
    tables |= dict(_tables(_at(package, "ledgers"), "ledgers", deep=True))
    for path in sorted([*modules.values(), *tables]):
        digest.update(f"{path}\0".encode())
        digest.update(normalised(_at(package, path).read_bytes()))
    return digest.hexdigest()


def normalised(content: bytes) -> bytes:
    """Return the bytes of a text with line ends as on Unix: a checkout elsewhere changes no key."""
    return content.replace(b"\r\n", b"\n")


def _reached(starts: Iterable[str], package: Traversable) -> dict[str, str]:
    """Return path by module for ``starts`` and everything they import, package ``__init__`` files apart."""
    paths: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        module = waiting.pop()
        path = module.removeprefix(f"{PACKAGE}.").replace(".", "/") + ".py"
        if module in paths or module == PACKAGE or not _at(package, path).is_file():
            continue
        paths[module] = path
        waiting += _imported(_at(package, path).read_text(encoding="utf-8"), {PACKAGE})
    return paths


def _outside(start: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the sources behind a module outside the package, by name, and what they import of the package."""
    roots = {PACKAGE, _root(start)}
    sources: dict[str, bytes] = {}
    inside, waiting = [], [start]
    while waiting:
        module = waiting.pop()
        if _root(module) == PACKAGE:
            inside.append(module)
            continue
        path = None if module in sources else _source(module)
        if path is not None:
            sources[module] = normalised(path.read_bytes())
            waiting += _imported(sources[module].decode(), roots)
    if start not in sources:
        raise RunError(
            f"{start}: found no source file, whose bytes tell a kept answer from an old one; save it as a file"
        )
    return sources, inside


def _source(module: str) -> Path | None:
    """Return the source file of a module outside the package; None where the name is no module with one."""
    if module in sys.modules:
        name = getattr(sys.modules[module], "__file__", None)
    else:
        try:
            spec = find_spec(module)
        except (ImportError, ValueError, AttributeError):  # the name of a function or a class
            return None
        name = None if spec is None else spec.origin
    path = Path(name) if name else None
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def _root(module: str) -> str:
    return module.partition(".")[0]


def _imported(source: str, roots: set[str]) -> Iterator[str]:
    """Give all names that a source imports from packages of these names, whether they are modules or not."""
    for package, names in _FROM.findall(source):
        if _root(package) in roots:
            yield package
            for name in names.strip("()").split(","):
                yield f"{package}.{name.split('#')[0].strip().split(' ')[0]}"
    yield from (package for package in _IMPORT.findall(source) if _root(package) in roots)


def _tables(folder: Traversable, path: str, *, deep: bool) -> Iterator[tuple[str, Traversable]]:
    """Give the data files of a folder, and of its subfolders where they hold data alone (or ``deep``)."""
    for entry in folder.iterdir():
        if entry.is_file() and entry.name.endswith(DATA):
            yield f"{path}/{entry.name}", entry
        elif entry.is_dir() and (deep or not (entry / "__init__.py").is_file()):
            yield from _tables(entry, f"{path}/{entry.name}", deep=deep)


def _at(package: Traversable, path: str) -> Traversable:
    return package.joinpath(*path.split("/"))


def module_of(compute: Any) -> str:
    """Return the module of a function, also of one wrapped in partials."""
    while isinstance(compute, partial):
        compute = compute.func
    return compute.__module__


def _sealed(content: bytes, question: str) -> bytes:
    label = {"question": question, "sha256": hashlib.sha256(content).hexdigest()}
    return _LABEL + json.dumps(label, ensure_ascii=False).encode() + b"\n" + content


def _opened(path: Path, question: str) -> bytes | None:
    """Return the content of a kept file, or None where it is not whole or answers another question."""
    try:
        label, _, content = path.read_bytes().removeprefix(_LABEL).partition(b"\n")
        label_read = json.loads(label)
        whole = label_read["question"] == question and label_read["sha256"] == hashlib.sha256(content).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if whole else None


def _packed(arrays: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return buffer.getvalue()


def _unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return dict(archive)
