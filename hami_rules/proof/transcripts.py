"""README's transcripts: every `$ hami …` in it is run, and what it printed is what stands there.

`…` stands for lines, or for part of a line, left out. `rewrite()` puts in what the commands print now; a transcript that leaves lines out is
its author's choice and stays as it is.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Session", "matches", "printed", "rewrite", "sessions"]

_BLOCK = re.compile(r"```console\n(.*?)```", re.S)


@dataclass(frozen=True)
class Session:
    """One command and the lines under it."""

    command: str
    lines: tuple[str, ...]

    @property
    def runnable(self) -> bool:
        """Whether it is one of ours and needs nothing that is not part of the project."""
        return self.command.startswith("hami ") and "shared/" not in self.command


def _split(block: str) -> list[Session]:
    out: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            out.append((line[2:], []))
        elif out:
            out[-1][1].append(line)
    return [Session(command, tuple(lines)) for command, lines in out]


def sessions(text: str) -> list[Session]:
    """Every command of every console block, with what the page says it prints."""
    return [s for block in _BLOCK.findall(text) for s in _split(block)]


def printed(command: str, root: Path) -> list[str]:
    """What a command, or several joined by pipes, print when they are run in the checkout: what they say on standard
    error, then what the last one gives. Raises `RuntimeError` where a run was not trusted."""
    said, given = "", ""
    for one in command.split(" | "):
        done = subprocess.run(
            [sys.executable, "-m", "hami_rules", *shlex.split(one)[1:]],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=root,
            env={**os.environ, "COLUMNS": "100"},
            timeout=120,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{command}: {done.stderr}")
        said, given = said + done.stderr, done.stdout
    return (said + given).rstrip("\n").split("\n")


def matches(expected: list[str], got: list[str]) -> bool:
    """Whether the lines agree, `…` standing for any number of lines."""
    if not expected:
        return not got
    if expected[0].strip() == "…":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and _same(expected[0].rstrip(), got[0].rstrip()) and matches(expected[1:], got[1:])


def _same(expected: str, got: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, expected.split("…"))), got) is not None


def _renewed(lines: list[str], got: list[str]) -> list[str]:
    """What the command prints now; a line that leaves something out stays where it still agrees, and so does `…`
    between the lines that it stands between."""
    at = next((i for i, line in enumerate(lines) if line.strip() == "…"), None)
    if at is None:
        return [next((old for old in lines if "…" in old and _same(old.rstrip(), new)), new) for new in got]
    before, after = lines[:at], lines[at + 1 :]
    start = _after(before[-1], got) if before else 0
    end = _after(after[0], got[start:]) + start - 1 if after else len(got)
    if start < 0 or end < start:
        return lines
    return [*_renewed(before, got[:start]), lines[at], *_renewed(after, got[end:])]


def _after(line: str, got: list[str]) -> int:
    """How many lines there are up to and with the first that agrees with this one; below zero where none does."""
    return next((i for i, new in enumerate(got, 1) if _same(line.rstrip(), new.rstrip())), -len(got) - 1)


def rewrite(page: Path) -> None:
    """Put in what the commands print now."""

    def again(block: re.Match[str]) -> str:
        out = []
        for session in _split(block[1]):
            lines = list(session.lines)
            if session.runnable:
                lines = _renewed(lines, printed(session.command, page.parent))
            out += [f"$ {session.command}", *lines]
        return "```console\n" + "\n".join(out) + "\n```"

    page.write_text(_BLOCK.sub(again, page.read_text(encoding="utf-8")), encoding="utf-8")
