"""Commands run in processes of their own: seconds by the clock, seconds of the processor, and the most memory held.

The processor's seconds are those of the process and of all that it started; the memory is that of the largest of
them. The one who measures must stay small: a process begins its life with the peak of the one that started it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Took", "run"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Took:
    clock: float
    cpu: float
    megabytes: float
    code: int
    out: str


def run(*arguments: str, fine: tuple[int, ...] = (0,)) -> Took:
    """Run `python ARGUMENTS`. Raises `RuntimeError` with what it said where it ends with a code that is not `fine`."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=out, stderr=errors, env=os.environ | {"PYTHONPATH": path}
        )
        _, status, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode("utf-8", "replace")
        if process.returncode not in fine:
            errors.seek(0)
            wrong = errors.read().decode("utf-8", "replace")
            raise RuntimeError(f"{' '.join(arguments)}: {process.returncode}\n{wrong[-4000:]}")
    # Kilobytes on Linux, bytes on macOS.
    megabytes = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return Took(clock, used.ru_utime + used.ru_stime, megabytes, process.returncode, said)
