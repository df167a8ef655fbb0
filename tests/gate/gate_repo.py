"""Guides for a scratch git repository, and the command run in it as a user runs it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from hami_rules import cli

DAY = "2025-06-30"

CLEAN = """\
# 一份没有问题的指南
item_code: "650500000115"
item_name: 食品经营许可
organ_code: SJ
organ_name: 哈密市市场监督管理局
region: "650500"
channel: any
published: true
published_on: 2024-06-05
valid_from: 2024-06-05
open_ended: true
serves: [enterprise]
statutory_days: 10
promised_days: 5
visits: 1
materials:
  - {material_name: 食品经营许可申请书, form: paper_or_electronic, copies: 1}
  - {material_name: 营业执照, form: paper_or_electronic, copies: 1}
steps:
  - {step_no: 1, step_name: 受理}
  - {step_no: 2, step_name: 决定}
"""

VAGUE = "  - {material_name: 其他相关材料, form: paper_or_electronic, copies: 1}\n"
"""A material that 11.3d forbids; put before `steps:`."""


def with_vague(text: str = CLEAN) -> str:
    return text.replace("steps:\n", VAGUE + "steps:\n")


def hami(*args: object, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command, run in this process: a start of Python for each would be most of the time."""
    out, err, given = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(3))
    given.buffer.write(stdin.encode())
    given.buffer.seek(0)
    words = ["hami", *map(str, args)]
    with (
        contextlib.chdir(cwd), mock.patch.multiple(sys, argv=words, stdout=out, stderr=err, stdin=given),
    ):  # fmt: skip
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 2
    out.flush()
    err.flush()
    said, told = (s.buffer.getvalue().decode() for s in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(words, code, said, told)


def git(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    names = {
        f"GIT_{who}_{what}": "t@example.invalid"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return subprocess.run(
        ["git", "-c", "commit.gpgsign=false", *words], capture_output=True, text=True, encoding="utf-8", cwd=cwd,
        env={**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}, check=False,
    )  # fmt: skip
