"""README is true: every `$ hami …` in it is run, and prints what README says (`…` stands for what is left out: lines,
or within a line a figure that grows with the pack)."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sessions() -> list[tuple[str, list[str]]]:
    """(command, expected lines) of every console block."""
    out: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README, re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                out.append((line[2:], []))
            elif out:
                out[-1][1].append(line)
    return out


def matches(expected: list[str], got: list[str]) -> bool:
    """Whether the lines agree, `…` standing for any number of lines."""
    if not expected:
        return not got
    if expected[0].strip() == "…":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and _same(expected[0].rstrip(), got[0].rstrip()) and matches(expected[1:], got[1:])


def _same(expected: str, got: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, expected.split("…"))), got) is not None


def test_readme_shows_each_door() -> None:
    said = " ".join(command for command, _ in sessions())
    for door in ("hami audit", "hami check", "hami show", "hami pack", "hami import platform"):
        assert door in said, f"README shows no {door}"
    for make in ("make demo", "make test"):
        assert make in README


@pytest.mark.parametrize(("command", "expected"), sessions(), ids=[c for c, _ in sessions()])
def test_the_transcript_is_true(command: str, expected: list[str], tmp_path: Path) -> None:
    if command.startswith("make "):
        pytest.skip("CI runs make itself")
    if "shared/" in command:
        pytest.skip("needs data that is not part of the project")
    words = shlex.split(command)
    assert words[0] == "hami", f"README shows a command that this test does not know: {command}"
    done = subprocess.run(
        [sys.executable, "-m", "hami_rules", *words[1:]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    got = (done.stderr + done.stdout).rstrip("\n").split("\n")
    while expected and not expected[-1].strip():
        expected = expected[:-1]
    assert matches(expected, got), (
        "README says:\n" + "\n".join(expected) + "\nthe command says:\n" + "\n".join(got)
    )
