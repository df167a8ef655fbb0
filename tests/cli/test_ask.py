"""`hami ask`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import run

QUESTION = "网上传了电子执照，窗口还要我另外交一份纸质的"


def test_an_answer_says_which_paragraph_and_why() -> None:
    found = run("ask", QUESTION)
    assert found.returncode == 0
    assert "1. 第十六条  [16.1]" in found.stdout
    assert "有关部门不得要求经营主体另行提供纸质材料" in found.stdout
    assert "依据问题中的：" in found.stdout
    assert "问题已说明：要求提交的材料：" in found.stdout
    assert "可能还须查明：" in found.stdout
    assert "自治区优化营商环境条例" in found.stdout


def test_words_need_no_quotes_and_english_is_answered_in_english() -> None:
    found = run(
        "ask",
        "--lang",
        "en",
        *["They", "only", "accept", "the", "report", "of", "one", "testing", "firm", "they", "named"],
    )
    assert found.returncode == 0
    assert "Article 22(2)  [22.2]" in found.stdout
    assert "rests on" in found.stdout


def test_what_is_not_governed_is_said_plainly() -> None:
    found = run("ask", "员工被拖欠三个月工资应该找谁要")
    assert found.returncode == 0
    assert found.stdout.startswith("本条例没有规定这个问题。")
    assert "最接近的条款" in found.stdout


def test_times_and_places_that_decide_the_scope_are_pointed_out() -> None:
    said = run("ask", "2023年11月在吐鲁番大厅让我重复交材料，违反哪一条").stdout
    assert "“2023年11月”（条例施行以前），先看第三十三条" in said
    assert "“吐鲁番”（哈密市以外），先看第二条" in said


def test_json_holds_everything() -> None:
    found = json.loads(run("ask", "--json", QUESTION).stdout)
    assert (found["governed"], found["unsure"], len(found["answers"])) == (True, False, 5)
    first = found["answers"][0]
    assert first["address"] == "16.1"
    assert first["norms"][0]["id"] == "16.1d"
    norm = first["norms"][0]
    assert norm["rules"][0]["grade"] == "违反"
    assert {"part", "condition"} == set(norm["rules"][0]["conditions"][0])


def test_json_lines_are_answered_in_order_and_bad_ones_told(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    rows = [
        json.dumps({"id": 7, "query": QUESTION}), "", "not json", json.dumps({"id": "x"}),
        json.dumps({"id": "y", "query": "  "}), json.dumps({"id": "last", "query": "怎么开发一个网页游戏"}),
    ]  # fmt: skip
    file.write_text("\n".join(rows), encoding="utf-8")
    found = run("ask", "--jsonl", file)
    assert found.returncode == 2
    out = [json.loads(line) for line in found.stdout.splitlines()]
    assert [(o["id"], o["governed"]) for o in out] == [(7, True), ("last", False)]
    assert set(out[0]["answers"][0]) == {"address", "norms", "score", "why"}
    assert len(out[0]["answers"]) == 5
    assert "16.1d" in out[0]["answers"][0]["norms"]
    errors = found.stderr.splitlines()
    assert [e.removeprefix(f"{file}:").partition(":")[0] for e in errors[:3]] == ["3", "4", "5"]
    assert errors[3] == "hami: 3 行读不成，其余 2 行已回答"


def test_standard_input() -> None:
    found = run("ask", "--jsonl", "-", stdin=json.dumps({"id": 1, "query": QUESTION}) + "\n")
    assert found.returncode == 0
    assert json.loads(found.stdout)["answers"][0]["address"] == "16.1"


def test_bad_use_is_told() -> None:
    assert run("ask").returncode == 2
    assert "二者之一" in run("ask").stderr
    assert "没有文字" in run("ask", "？！").stderr
    assert "没有这个文件" in run("ask", "--jsonl", "no.jsonl").stderr
    assert "2025" in run("ask", "--help").stdout
