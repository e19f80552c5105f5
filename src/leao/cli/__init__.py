"""The command line: what a user types, one line for what went wrong, the exit code."""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper
from typing import Any, cast

SPELLED = "leao.spelled"  # name of the error handler of streams that lack a letter
_LONGEST, _TAIL = 1_000, 300  # characters of a message, and of its end, where the remedy stands


def main() -> None:
    """Run ``leao``: exit 0 when done, 1 for a refusal, 2 for bad input, 3 for an unfinished shard, 130 when stopped."""
    codecs.register_error(SPELLED, _spelled)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without a letter shows another, never a traceback
            stream.reconfigure(errors=SPELLED)
    sys.exit(call(sys.argv[1:]))


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Return letters that a stream lacks in ASCII: ``n`` for an n with a tilde."""
    from leao.cli.screen import in_ascii

    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end]), error.end


def call(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    import typer

    from leao.cli.app import command
    from leao.core.errors import LeaoError

    # typer carries its own click, or takes the installed one: ask it for the class
    usage_error = cast("type[Exception]", typer.BadParameter.__bases__[0])
    try:
        result = command(arguments).main(args=arguments, prog_name="leao", standalone_mode=False)
    except LeaoError as error:
        return _refused(error, "--json" in arguments)
    except ModuleNotFoundError as error:
        return _lacking(error)
    except usage_error as error:
        message = _message(error).rstrip(".")
        return _say(f"{message}; see '{_path(error)} --help'", 2) if message else 2
    except typer.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted; the same command finishes the job", 130)
    except BrokenPipeError:
        return 0
    except (OSError, UnicodeEncodeError) as error:
        return _say(_outside(error), 2)
    return result if isinstance(result, int) else 0


def _outside(error: OSError | UnicodeEncodeError) -> str:
    """Return what is wrong with a file, or with a word of bytes that are no letters or of half a pair."""
    if isinstance(error, UnicodeEncodeError):
        return f"{ascii(error.object[error.start : error.end][:8])}: no letters; write that word in UTF-8"
    return f"{error.filename or 'a file'}: {error.strerror or error}; check its permissions"


def _lacking(error: ModuleNotFoundError) -> int:
    """Say which extra brings what is not installed; anything else that is missing is a fault of the installation."""
    from leao.core.errors import left_out

    line = left_out(error)
    if line is None:
        raise error
    return _say(line, 2)


def _refused(error: Exception, as_json: bool) -> int:
    """Say what went wrong in one line; a shard that waits for others says what it did, also as JSON."""
    from leao.cli.screen import UNFINISHED, print_json
    from leao.core.errors import UnfinishedShard

    if not isinstance(error, UnfinishedShard):
        return _say(str(error), 2)
    if as_json:
        print_json(error.summary)
    return _say(str(error), UNFINISHED)


def _message(error: Any) -> str:
    return error.format_message()


def _path(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "leao"


def _say(text: str, code: int) -> int:
    words = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
    if len(words) > _LONGEST:  # a cell of 100 kB is named by its beginning
        words = f"{words[: _LONGEST - _TAIL]} ... {words[-_TAIL:]}"
    sys.stderr.write(f"leao: {words}\n")
    return code
