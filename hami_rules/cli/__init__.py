"""The `hami` command: one module a command, each parses, calls and prints; no logic here."""

from __future__ import annotations

import io
import os
import sys

__all__ = ["main"]


CLOSED = 141
"""Exit code where the reader of our output went away (`hami … | head`): that of a program that SIGPIPE ends. No
verdict was delivered, and nothing was wrong with the run."""


def main() -> None:
    """Entry point of the console script. Leaves with 0, 1 or 2 as design §7 says (`CLOSED` where nobody reads on); 1
    never stands for a failure of the program itself. `HAMI_DEBUG` in the environment shows the traceback of one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console may not know every character
    try:
        code = _run()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = CLOSED
    except Exception as error:  # the last one who can turn it into a message
        _report(error)
        code = 2
    if code == CLOSED:
        _mute()  # there is nobody left to tell
    sys.exit(code)


def _run() -> int:
    import click

    from .app import app
    from .usage import explain

    try:
        return app(standalone_mode=False) or 0
    except click.Abort:
        sys.stderr.write("hami: 已中断（interrupted）\n")
        return 2
    except click.ClickException as error:
        explain(error)
        return 2
    except (
        SystemExit
    ) as left:  # of a command that refused; or of click, which takes a closed pipe for a failure
        if isinstance(left.__context__, BrokenPipeError):
            return CLOSED
        return left.code if isinstance(left.code, int) else 2


def _report(error: Exception) -> None:
    if os.environ.get("HAMI_DEBUG"):
        import traceback

        traceback.print_exception(error)
    said = " ".join(f"{type(error).__name__}: {error}".split())[:400]
    sys.stderr.write(
        f"hami: 程序内部出错，这次运行不可信：{said}（internal error; the run cannot be trusted; HAMI_DEBUG=1 shows where）\n"
    )
    try:
        sys.stdout.flush()
    except OSError:
        _mute()


def _mute() -> None:
    """What is left in the buffer must not fail again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
