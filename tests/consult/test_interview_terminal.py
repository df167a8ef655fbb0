"""The interview held in a real terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")


def spawned(*args: str) -> pexpect.spawn:
    environment = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm", "COLUMNS": "200"}
    return pexpect.spawn(
        sys.executable, ["-m", "hami_rules", "which", "--interactive", *args], encoding="utf-8", timeout=40,
        env=environment, dimensions=(60, 200),
    )  # fmt: skip


def test_from_the_first_question_to_a_saved_opinion(tmp_path: Path) -> None:
    saved = tmp_path / "opinion.txt"
    talk = spawned("--save", str(saved), "--as-of", "2025-06-30")
    talk.expect("这件事关于什么？")
    talk.expect("> ")
    talk.sendline("要求提交材料")
    talk.expect("请写序号或者名称")
    talk.sendline("要求提交的材料")
    talk.expect("还有 7 条规则未定")
    talk.expect("行政区划代码？")
    talk.expect("> ")
    talk.sendline("乌鲁木齐")
    talk.expect("没有这一项")
    talk.sendline("不知道")
    talk.expect("单位性质？")
    talk.expect("> ")
    talk.sendline("返回")
    talk.expect("行政区划代码？")
    talk.expect("> ")
    talk.sendline("伊州区")
    # Whatever comes next is answered by its kind, until nothing is left to ask.
    answers = {
        "是/否/不知道": "否",
        "如 2025": "2025-03-04",
        "数字": "1",
        "文字": "不知道",
        "\r\n  1 部门": "1",
    }
    patterns = [*answers, r"\r\n  1 \S+", "没有要问的了", pexpect.EOF]
    for _ in range(60):
        met = talk.expect(patterns)
        if patterns[met] in ("没有要问的了", pexpect.EOF):
            break
        talk.expect("\n> ")
        talk.sendline(answers.get(str(patterns[met]), "1"))
    talk.expect("一、事实")
    talk.expect("行政区划代码：伊州区")
    talk.expect("三、结论")
    talk.expect("四、后续")
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus in (0, 1)
    text = saved.read_text("utf-8")
    assert "行政区划代码：伊州区" in text and "二、依据" in text


def test_quitting_shows_what_is_known_so_far() -> None:
    talk = spawned("--fact", "demand.form=paper")
    talk.expect("未定")
    talk.expect("> ")
    talk.sendline("结束")
    talk.expect("要求的形式：纸质")
    talk.expect("【未决】14.1a")
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus == 0


def test_the_end_of_input_ends_it() -> None:
    talk = spawned()
    talk.expect("> ")
    talk.sendeof()
    talk.expect("所说的事实没有触及任何规则")
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus == 0
