"""Exceptions with a reason and an end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gate_repo import CLEAN, DAY, VAGUE, hami, with_vague

from hami_rules.intake.positioned import comments_in

GOOD = """\
waivers:
  - rule: 11.3d
    target: {file: guides/a.yaml, text: 其他相关材料}
    reason: 上级正在修订格式文本
    approved_by: 政策法规科
    expires: 2099-01-01
"""


def checked(folder: Path, *more: str) -> tuple[int, dict[str, object], str]:
    done = hami("check", "guides", "--as-of", DAY, "--select", "11.3d", "--format", "json", *more, cwd=folder)
    return done.returncode, json.loads(done.stdout), done.stderr


def guides(tmp_path: Path, text: str) -> Path:
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "a.yaml").write_text(text, "utf-8")
    return tmp_path


def test_a_waived_finding_passes_and_stays(tmp_path: Path) -> None:
    folder = guides(tmp_path, with_vague())
    assert checked(folder)[0] == 1
    (folder / "w.yaml").write_text(GOOD, "utf-8")
    code, said, _ = checked(folder, "--waivers", "w.yaml")
    (found,) = said["findings"]  # type: ignore[misc]
    assert code == 0
    assert found["waiver"] == {
        "reason": "上级正在修订格式文本", "place": "w.yaml:2:5", "inline": False, "approved_by": "政策法规科",
        "expires": "2099-01-01",
    }  # fmt: skip
    done = hami("check", "guides", "--as-of", DAY, "--select", "11.3d", "--waivers", "w.yaml", cwd=folder)
    assert "已豁免 1" in done.stdout and "〔已豁免〕" not in done.stdout
    done = hami(
        "check", "guides", "--as-of", DAY, "--select", "11.3d", "--waivers", "w.yaml", "--all", cwd=folder
    )
    assert "〔已豁免〕" in done.stdout
    assert "已豁免：上级正在修订格式文本（政策法规科，至 2099-01-01）  w.yaml:2:5" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("2099-01-01", "2025-01-01", 1, "w.yaml:2:5: 豁免 11.3d：已于 2025-01-01 到期，不起作用"),
        ("2099-01-01", "2099-13-01", 1, "w.yaml:2:5: 豁免 11.3d：到期日不是日期"),
        ("其他相关材料", "别的", 1, "w.yaml:2:5: 豁免 11.3d：没有对应的问题，请删去"),
        ("guides/a.yaml", "guides/b.yaml", 1, "w.yaml:2:5: 豁免 11.3d：没有对应的问题，请删去"),
        ("rule: 11.3d", "rule: 11", 0, "w.yaml:2:5: 豁免 11：豁免了整条整款，范围过宽"),
        ("    reason: 上级正在修订格式文本\n", "", 2, "w.yaml:2:5: 豁免缺少：reason"),
        ("    approved_by: 政策法规科\n", "", 2, "w.yaml:2:5: 豁免缺少：approved_by"),
        ("rule: 11.3d", "rule: 11.9z", 2, "w.yaml:2:11: 没有规则“11.9z”"),
        ("expires:", "expiry:", 2, "w.yaml:6:5: 没有字段“expiry”"),
        ("text:", "txet:", 2, "w.yaml:3:35: target 没有“txet”"),
        ("{file: guides/a.yaml, text: 其他相关材料}", "全部", 2, "w.yaml:3:13: target 写明豁免什么"),
        ("waivers:", "waiver:", 2, "w.yaml:1:1: 应当只有一张清单 waivers:"),
    ],
)  # fmt: skip
def test_waivers_that_do_not_count(tmp_path: Path, old: str, new: str, code: int, said: str) -> None:
    folder = guides(tmp_path, with_vague())
    assert old in GOOD
    (folder / "w.yaml").write_text(GOOD.replace(old, new), "utf-8")
    done = hami("check", "guides", "--as-of", DAY, "--waivers", "w.yaml", cwd=folder)
    assert said in done.stderr, done.stderr
    if new not in ("rule: 11",):
        assert (done.returncode == 2) == (code == 2)


def test_the_last_day_counts(tmp_path: Path) -> None:
    from datetime import date

    from hami_rules.gate.waivers import read_waivers
    from hami_rules.pack.load import load_pack

    file = tmp_path / "w.yaml"
    file.write_text(GOOD, "utf-8")
    assert len(read_waivers(file, load_pack(), date(2099, 1, 1)).entries) == 1
    late = read_waivers(file, load_pack(), date(2099, 1, 2))
    assert (late.entries, [p.code for p in late.notices]) == ([], ["waiver-expired"])


INLINE = {
    "end of line": (VAGUE, VAGUE.rstrip() + "  # hami: allow 11.3d 上级正在修订\n", 0),
    "line above": (VAGUE, "  # hami: allow 11.3d 上级正在修订\n" + VAGUE, 0),
    "several rules": (VAGUE, VAGUE.rstrip() + "  # hami：allow 11.3c, 11.3d 上级正在修订\n", 0),
    "no reason": (VAGUE, VAGUE.rstrip() + "  # hami: allow 11.3d\n", 1),
    "other rule": (VAGUE, VAGUE.rstrip() + "  # hami: allow 11.3c 上级正在修订\n", 1),
    "other line": ("steps:\n", "steps:  # hami: allow 11.3d 上级正在修订\n", 1),
}


@pytest.mark.parametrize("case", INLINE)
def test_inline(tmp_path: Path, case: str) -> None:
    old, new, code = INLINE[case]
    text = with_vague()
    assert text.count(old) == 1
    folder = guides(tmp_path, text.replace(old, new))
    got, _, said = checked(folder)
    assert got == code, said
    if case == "no reason":
        assert "行内豁免没有写明规则和原因，不起作用" in said
    assert checked(folder, "--no-inline")[0] == 1


def test_comments_are_told_from_text() -> None:
    text = (
        "a: 'x # no'  # yes\r\n# alone\r\nb: |  # head\r\n  # no\r\nc: x#no\r\nd: \"一\\\r\n  # no\" # 二\n"
    )
    assert comments_in(text) == [(1, 14, "# yes"), (2, 1, "# alone"), (3, 7, "# head"), (7, 9, "# 二")]
    assert comments_in("a: [1, # x\n") == [(1, 8, "# x")]


def test_what_may_stand_in_a_file_that_was_not_judged_is_not_called_unused(tmp_path: Path) -> None:
    """第十一条第三款: the record that the waiver speaks of could not be read, so nobody knows whether it needs it."""
    allowed = VAGUE.rstrip("\n") + "  # hami: allow 11.3d 上级格式文本如此\n"
    bad = CLEAN.replace("steps:\n", allowed + "steps:\n").replace("2024-06-05", "2024-06-31", 1)
    folder = guides(tmp_path, bad)
    (folder / "guides" / "b.yaml").write_text(with_vague().replace("650500000115", "650500000116"), "utf-8")
    other = GOOD.replace("guides/a.yaml, text: 其他相关材料", "guides/b.yaml, text: 没有这样的话")
    (folder / "w.yaml").write_text(other, "utf-8")

    def unused() -> list[str]:
        done = hami("check", "guides", "--as-of", DAY, "--waivers", "w.yaml", "--format", "json", cwd=folder)
        assert done.returncode in (1, 2)
        notices = json.loads(done.stdout)["gate"]["notices"]
        return sorted(n["location"]["source"] for n in notices if n["code"] == "waiver-unused")

    assert unused() == ["w.yaml"]  # of b.yaml, which was read whole
    (folder / "w.yaml").write_text(other.replace("file: guides/b.yaml", 'item: "650500000115"'), "utf-8")
    assert unused() == []  # the item may be the one that could not be read
    (folder / "guides" / "a.yaml").write_text(bad.replace("2024-06-31", "2024-06-05"), "utf-8")
    assert unused() == ["w.yaml"]
    (folder / "guides" / "a.yaml").write_text(
        bad.replace("2024-06-31", "2024-06-05").replace("其他相关材料", "营业执照副本"), "utf-8"
    )
    assert unused() == ["guides/a.yaml", "w.yaml"]


def test_what_a_baseline_knows_of_a_file_that_was_not_judged_is_not_gone(tmp_path: Path) -> None:
    folder = guides(tmp_path, with_vague())
    (folder / "guides" / "b.yaml").write_text(CLEAN.replace("650500000115", "650500000116"), "utf-8")
    assert hami("baseline", "write", "guides", "--as-of", DAY, cwd=folder).returncode == 0
    (folder / "guides" / "a.yaml").write_text(with_vague().replace("2024-06-05", "2024-06-31", 1), "utf-8")
    done = hami(
        "check", "guides", "--as-of", DAY, "--baseline", "hami-baseline.json", "--format", "json", cwd=folder
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["gate"]["gone"] == []
