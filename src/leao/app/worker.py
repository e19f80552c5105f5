"""A worker: one process that answers one question after another by the public calls, and says how far it is.

    python -m leao.app.worker

It reads questions on its standard input and answers on its standard output; what libraries print goes to the error
output. It ends when its input does, in the middle of a computation, too.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from importlib import import_module
from io import BufferedReader
from queue import SimpleQueue
from typing import Any

from leao.app import scratch
from leao.app.frames import HEAD, packed, unpacked
from leao.core.errors import LeaoError, left_out


def main() -> None:
    """Answer until the server is gone."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    waiting: SimpleQueue[Any] = SimpleQueue()
    source = sys.stdin.buffer
    threading.Thread(target=_listen, args=(source, waiting), daemon=True).start()
    lock = threading.Lock()

    def say(kind: str, content: Any) -> None:
        with lock:
            out.write(packed((kind, content)))
            out.flush()

    while True:
        name, asked, files = waiting.get()
        say(*answered(name, asked, files, say))
        del asked, files  # nothing of a patient waits here for the next question


def answered(name: str, asked: dict[str, Any], files: Any, say: Any) -> tuple[str, Any]:
    """Return what came of a call: its answer, or the one line that its caller can act on."""
    module, function = name.split(".")
    try:
        call = getattr(import_module(f"leao.app.calls.{module}"), function)
        return "done", call(asked, files, say)
    except LeaoError as error:
        return "refused", " ".join(str(error).split())
    except ModuleNotFoundError as error:
        return _lacking(error)
    except MemoryError:
        return "failed", "not enough memory for this; ask for less, or give a smaller file"
    except Exception as error:  # noqa: BLE001  (a bug must reach the screen as a line, and the terminal whole)
        traceback.print_exc()
        return "failed", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}; please report it"


def _lacking(error: ModuleNotFoundError) -> tuple[str, str]:
    """Return what to say where a simulation is asked of a plain install, which serves the clinic's screens alone."""
    line = left_out(error)
    if line is None:
        traceback.print_exc()
    return ("failed", f"{error}; please report it") if line is None else ("refused", line)


def _listen(source: BufferedReader, waiting: SimpleQueue[Any]) -> None:
    """Hand on what comes; leave at once when the server is gone."""
    while len(head := source.read(HEAD.size)) == HEAD.size:
        body = source.read(HEAD.unpack(head)[0])
        waiting.put(unpacked(body))
    folder = scratch.mine()
    if folder is not None:
        scratch.remove(folder)
    os._exit(0)


if __name__ == "__main__":
    main()
