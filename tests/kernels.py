"""Compiled kernels for the tests: one folder for this state of the sources, each kernel compiled by one process alone.

Numba's cache does not notice that a kernel's callee in another file has changed, so the folder is named by the bytes of
every kernel. The workers of a test run ask for the same kernels at about the same time: a lock file for each lets one
compile while the others wait and then read what it wrote.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def folder() -> Path:
    """Return the folder of compiled kernels for these sources, this Python and this Numba."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"{sys.version} {version('numba')} {version('numpy')} {ROOT}".encode())
    for path in sorted(ROOT.glob("src/leao/*/kernels/*.py")):
        digest.update(path.read_bytes())
    return Path(tempfile.gettempdir()) / f"leao-tests-numba-{digest.hexdigest()[:12]}"


def compile_once(locks: Path) -> None:
    """Let each kernel be compiled by one process at a time; the lock files lie in ``locks``."""
    try:
        import fcntl
    except ImportError:  # no such locks here: workers may compile twice, as without this
        return
    from numba.core import dispatcher
    from numba.core.caching import NullCache
    from numba.core.compiler_lock import global_compiler_lock

    locks.mkdir(parents=True, exist_ok=True)
    alone, held = dispatcher.Dispatcher.compile, set[str]()

    @contextmanager
    def locked(name: str) -> Iterator[None]:
        if name in held:  # a kernel that is compiled again for other types while it is compiled
            yield
            return
        with (locks / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            held.add(name)
            try:
                yield
            finally:
                held.discard(name)

    def compile_locked(self: Any, sig: Any) -> Any:
        if isinstance(self._cache, NullCache):
            return alone(self, sig)
        function = self.py_func
        # Numba's own lock first: else one thread could hold it and wait for a file that another thread holds
        with global_compiler_lock, locked(f"{function.__module__}.{function.__qualname__}"):
            return alone(self, sig)

    dispatcher.Dispatcher.compile = compile_locked


def set_up() -> None:
    """Keep compiled kernels out of the user's cache, shared by all workers of the tests."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(folder()))
    compile_once(Path(os.environ["NUMBA_CACHE_DIR"]) / "locks")
