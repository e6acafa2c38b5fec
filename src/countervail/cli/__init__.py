"""The command line: a shell that parses, calls one library function, and shows."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from countervail.cli.interrupt import listen

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 failed, 2 bad input, 130 interrupted."""
    listen()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # an encoding without thin spaces is no reason to fail
            stream.reconfigure(errors="replace")
    code = call(sys.argv[1:] if arguments is None else list(arguments))
    if code == INTERRUPTED:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once: threads inside compiled code do not survive the end of the interpreter."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def call(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; no error leaves here as a traceback."""
    try:
        code = _dispatch(arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        print("countervail: interrupted; nothing half-written was left behind.", file=sys.stderr)
    return code


def _dispatch(arguments: Sequence[str]) -> int:
    import typer

    from countervail.cli.app import app
    from countervail.errors import CountervailError

    try:
        code = typer.main.get_command(app).main(
            list(arguments), prog_name="countervail", standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except CountervailError as error:
        print(f"countervail: {error}", file=sys.stderr)
        return error.exit_code
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough; keep the exit quiet as well.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 0
    except OSError as error:
        print(f"countervail: cannot write the output: {error.strerror or error}.", file=sys.stderr)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 1
    except Exception as error:
        # A word or an option that is not known: typer's own errors know how to show themselves.
        if not hasattr(error, "show"):
            raise
        error.show(sys.stderr)
        return 2
