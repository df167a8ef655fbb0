"""`hami wording` on a text, a file and JSON lines; and where `hami check` points in a guide."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import run


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_text_is_linted_and_told_what_to_write() -> None:
    done = run("wording", "身份证及其他相关材料")
    assert done.returncode == 1
    assert done.stdout.startswith("5: “其他相关材料”是兜底条款：")
    assert "逐一列明" in done.stdout


def test_a_clean_text_exits_with_zero() -> None:
    done = run("wording", "--field", "time_limit", "自受理之日起5个工作日")
    assert (done.returncode, done.stdout) == (0, "检查 1 处文字，问题用语 0 处\n")


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "材料.txt"
    file.write_text("营业执照\n有关证明\n\n", encoding="utf-8")
    done = run("wording", file)
    assert done.returncode == 1
    assert f"{file}:2:1: “有关证明”是模糊性表述" in done.stdout


def test_a_missing_file_is_refused() -> None:
    done = run("wording", "没有.txt")
    assert done.returncode == 2
    assert "没有这个文件" in done.stderr


def test_json_lines_are_answered_in_order(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    rows = [
        {"id": "a", "field": "fees", "text": "按规定收取"},
        {"id": 2, "field": "materials", "text": "营业执照", "label": "clean"},
        {"id": "c", "field": "notes", "text": "𠀀其他材料"},
    ]
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    done = run("wording", "--jsonl", file)
    assert done.returncode == 1
    a, b, c = records(done.stdout)
    assert (a["id"], b, c["id"]) == ("a", {"id": 2, "findings": []}, "c")
    (flaw,) = c["findings"]
    assert {k: flaw[k] for k in ("kind", "start", "end", "text")} == {
        "kind": "catch_all",
        "start": 1,
        "end": 5,
        "text": "其他材料",
    }
    assert set(flaw) == {"kind", "start", "end", "text", "why", "suggestion"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "不是 JSON"),
        (b"[1]", "应为含 id、field、text 的对象"),
        (b'{"id": 1, "field": "notes"}', "缺少 text"),
        (b'{"id": 1, "field": "notes", "text": 5}', "text 应为文字"),
        (b'{"id": 1, "field": "note", "text": "x"}', "field 不能是“note”"),
        (b'{"id": 1, "field": ["notes"], "text": "x"}', "field 不能是"),
        (b'{"id": 1, "field": "notes", "text": "\xff"}', "不是 UTF-8 文本"),
        (b'{"id": 1, "field": "notes", "text": "\\ud800"}', "text 含有不成对的代理字符"),
    ],
)
def test_a_bad_line_is_named_and_the_run_goes_on(line: bytes, message: str) -> None:
    good = json.dumps({"id": "ok", "field": "notes", "text": "按规定办理"}).encode()
    done = subprocess.run(
        [sys.executable, "-m", "hami_rules", "wording", "--jsonl", "-"],
        input=b"\n" + line + b"\n" + good,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert f"stdin:2: {message}" in done.stderr.decode()
    (answer,) = records(done.stdout.decode())
    assert answer["id"] == "ok" and len(answer["findings"]) == 1


def test_exactly_one_input_is_wanted() -> None:
    assert run("wording").returncode == 2
    assert run("wording", "x", "--jsonl", "-").returncode == 2
    assert run("wording", "--field", "fee", "x").returncode == 2


# -- in guides ---------------------------------------------------------------------------------------------------

HEAD = {
    "item_code": "I1",
    "item_name": "某许可",
    "organ_code": "ZJ",
    "region": "650500",
    "channel": "any",
    "published": True,
    "valid_from": "2024-04-01",
    "open_ended": True,
    "serves": ["enterprise"],
}
WRITTEN = {
    "plain": ("notes: 请带身份证，其他材料另备", 14),
    "single quotes": ("notes: '请带''身份证''，其他材料另备'", 19),
    "double quotes": ('notes: "请带\\u8eab份证，\\n其他材料另备"', 22),
    "nothing but the phrase": ("notes: 其他材料", 8),
}


def check(file: Path, *more: object) -> list[dict[str, Any]]:
    done = run(
        "check",
        file,
        "--with",
        context(file.parent),
        "--as-of",
        "2025-06-30",
        "--select",
        "11.3",
        "--format",
        "json",
        *more,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def context(folder: Path) -> Path:
    organs = folder / "organs.json"
    row = {
        "code": "ZJ",
        "name": "住建局",
        "region": "650500",
        "organ_class": "department",
        "led": "local",
        "system": "regular",
    }
    organs.write_text(json.dumps({"organs": [row]}, ensure_ascii=False), encoding="utf-8")
    return organs


@pytest.mark.parametrize("how", WRITTEN)
def test_a_phrase_is_placed_inside_its_yaml_scalar(tmp_path: Path, how: str) -> None:
    line, column = WRITTEN[how]
    folder = tmp_path / "x"
    folder.mkdir()
    file = folder / "guide.yaml"
    head = "\n".join(f"  {k}: {json.dumps(v)}" for k, v in HEAD.items())
    file.write_text(f"guides:\n-\n{head}\n  {line}\n", encoding="utf-8")
    (finding,) = check(file)
    place = finding["location"]
    assert (finding["rule"], finding["verdict"]) == ("11.3d", "violated")
    assert (place["line"], place["column"]) == (3 + len(HEAD), column + 2)
    written = line[column - 1 : place["end_column"] - 3]
    assert written == "其他材料"


def test_a_phrase_is_placed_inside_a_block_scalar(tmp_path: Path) -> None:
    file = tmp_path / "guide.yaml"
    head = "\n".join(f"  {k}: {json.dumps(v)}" for k, v in HEAD.items())
    file.write_text(f"guides:\n-\n{head}\n  notes: |\n    请带身份证，\n    其他材料另备\n", encoding="utf-8")
    (finding,) = check(file)
    place = finding["location"]
    assert (place["line"], place["column"], place["end_column"]) == (5 + len(HEAD), 5, 9)


def test_a_phrase_is_placed_inside_a_json_string(tmp_path: Path) -> None:
    file = tmp_path / "guide.json"
    text = (
        '{"guides": [\n' + json.dumps({**HEAD, "notes": "x"})[:-4] + '"\\u8bf7带\\ud840\\udc00，其他材料"}]}'
    )
    file.write_text(text, encoding="utf-8")
    (finding,) = check(file)
    place = finding["location"]
    row = text.split("\n")[place["line"] - 1]
    assert row[place["column"] - 1 : place["end_column"] - 1] == "其他材料"


def test_text_set_from_above_is_addressed_upwards_and_not_counted_here(tmp_path: Path) -> None:
    file = tmp_path / "guide.json"
    file.write_text(
        json.dumps(
            {"guides": [{**HEAD, "materials": [{"material_name": "其他材料", "text_set_by": "region"}]}]}
        ),
        encoding="utf-8",
    )
    (finding,) = check(file)
    assert (finding["verdict"], finding["counts_against"]) == ("violated", "superior")
    assert "列入上报" in finding["note"]["zh"]
    file.write_text(
        json.dumps(
            {"guides": [{**HEAD, "materials": [{"material_name": "其他材料", "text_set_by": "self"}]}]}
        ),
        encoding="utf-8",
    )
    (finding,) = check(file)
    assert finding.get("counts_against", "department") == "department"
