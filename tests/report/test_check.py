"""The text of `hami check`, whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from report_fakes import finding, missing

from hami_rules.gate.model import Gated, Verdict, Waiver
from hami_rules.judge.findings import Finding, MissingFact, Text
from hami_rules.records.location import Location
from hami_rules.report import check_text as door


def check_text(findings: list[Finding], *given: Any, **said: Any) -> str:
    return door.check_text(Verdict([Gated(f) for f in findings]), *given, **said)


SOURCE = "application_no: HM1\ndemands:\n  - material_name: 验资报告  # 补正\n"


def two() -> list[Finding]:
    here = Location(
        "a.yaml", line=3, column=20, end_line=3, end_column=24, pointer="/demands/0/material_name"
    )
    first = finding(4, location=here)
    second = finding(
        4,
        "14.1b",
        id="b",
        verdict="undetermined",
        grade=None,
        missing=(missing(),),
        location=Location("a.yaml", line=1, column=1),
        message=Text("可能重复要求同一材料", "Same material may have been demanded twice"),
    )
    return [first, second]


def test_text() -> None:
    assert check_text(two(), {"a.yaml": SOURCE}.get, documents=1) == (
        "a.yaml:1:1: 未决 第十四条第一款 [14.1b] 可能重复要求同一材料\n"
        "  application_no: HM1\n"
        "  ^~~~~~~~~~~~~~~~~~~\n"
        "  尚缺：材料有效期（记录未载明）\n"
        "  依据：“不得要求申请人重复提供同一份材料”\n"
        "  整改：调用已收材料，不再要求申请人提供\n"
        "  详见：hami show 14.1b\n"
        "\n"
        "a.yaml:3:20: 违反 第十四条第一款 [14.1a] 要求提交“验资报告”，2025-03-07公布的办事指南中没有列明\n"
        "    - material_name: 验资报告  # 补正\n"
        "                     ^~~~~~~~\n"
        "  依据：“政务服务部门不得要求经营主体提交办事服务指南之外的其他材料”\n"
        "  整改：撤回该项要求；确有依据的，先修订并公布办事指南\n"
        "  详见：hami show 14.1a\n"
        "\n"
        "检查文件 1 份：违反 1，未落实 0，疑似 0，未决 1\n"
    )


def test_explain_prints_the_tree() -> None:
    said = check_text(two()[:1], lambda _: None, documents=1, explain=True)
    assert said.splitlines()[4:-2] == [
        "  说明",
        "  ├─ 适用前提：✓ 并非：申请人自愿提供（成立）",
        "  │  └─ ✗ 申请人自愿提供（不成立）",
        "  │        申请人自愿提供 = 否",
        "  ├─ 适用范围：✓ 属于本条例适用范围：哈密市的单位为经营主体办理，2024年3月1日以后（成立）",
        "  ├─ 违反要件：✓ 并非：材料列于提出要求当日公布的办事指南（成立）",
        "  │  └─ ✗ 材料列于提出要求当日公布的办事指南（第十四条第一款）（不成立）",
        "  │        材料 = 验资报告",
        "  │        指南所列材料 = 营业执照；申请书；经营场所平面布局图；食品安全管理制度",
        "  │        要求日期 = 2025-03-07",
        "  └─ 可申辩情形：? 当日系统故障（不明）",
    ]


def test_english() -> None:
    said = check_text(two(), {"a.yaml": SOURCE}.get, "en", documents=1)
    assert "a.yaml:3:20: Violation Article 14(1) [14.1a] Demanded “验资报告”" in said
    assert said.endswith("1 document(s) checked: violation 1, shortfall 0, suspicion 0, undetermined 1\n")


def test_a_clean_run_says_what_it_looked_at() -> None:
    assert check_text([], lambda _: None, documents=3) == "检查文件 3 份：违反 0，未落实 0，疑似 0，未决 0\n"


def test_marks_and_records_without_a_place() -> None:
    bare = finding(
        1,
        location=None,
        corrected_on=date(2025, 6, 1),
        rebuttals=(Text("停电", "power cut"),),
        mitigation=Text("试点措施", "pilot"),
        primary="16.1d:x",
        concurrent=("13.1d:y",),
        note=Text("另核", "check"),
        error="boom",
    )
    said = check_text([bare], lambda _: SOURCE, documents=1)
    assert said.startswith("办件 HM2025000001 第1项材料要求: 违反 第十四条第一款 [14.1a]")
    for line in (
        "可申辩：停电",
        "已整改：2025-06-01",
        "减免责：试点措施",
        "计入：16.1d:x",
        "竞合：13.1d:y",
        "注意：另核",
        "出错：boom",
    ):
        assert f"\n  {line}\n" in said
    assert "竞合 1" in said.splitlines()[-1]


def test_findings_of_one_line_follow_the_rules_and_call_each_other_by_rule() -> None:
    here = Location("a.yaml", line=1, column=1)
    counts = finding(1, "14.1c", id="first", location=here, concurrent=("second",))
    counted = finding(1, "14.1a", id="second", location=here, primary="first")
    text = check_text([counts, counted], {}.get, documents=1)
    assert text.index("[14.1a] 要求") < text.index("[14.1c] 要求")
    assert f"  计入：{counts.title.zh} [14.1c]\n" in text
    assert f"  竞合：{counted.title.zh} [14.1a]\n" in text
    assert "first" not in text and "second" not in text
    late = msgspec.structs.replace(counted, id="a", rule="13.1b", primary=None)
    early = msgspec.structs.replace(counted, id="z", rule="2.2a", primary=None)
    said = check_text([late, early], {}.get, documents=1)
    assert said.index("[2.2a]") < said.index("[13.1b]")


def open_at(n: int, rule: str, line: int, *facts: str, **more: Any) -> Finding:
    lacks = tuple(
        MissingFact(f, Text(f"{f}（{n}号）", f"{f}（no. {n}）"), Text("未提供", "not given")) for f in facts
    )
    return finding(
        n, rule, id=f"{rule}/{n}", verdict="undetermined", grade=None, missing=lacks,
        location=Location("a.yaml", line=line, column=1), **more,
    )  # fmt: skip


def test_what_many_records_lack_is_said_once() -> None:
    same = [open_at(n, "14.1b", n, "有效期") for n in range(1, 9)]
    lone = open_at(9, "14.1b", 9, "环节")
    said = check_text([*same, lone], lambda _: None, documents=1)
    assert said == (
        "a.yaml:1:1: 未决 8 项（记录 8 条），缺的是同样的事实\n"
        "  尚缺：有效期（1号；2号；3号；4号；5号；等 8 个）（未提供）\n"
        "  第十四条第一款 [14.1b] 要求重复提供同一份材料 × 8\n"
        "  又见：a.yaml:2:1、a.yaml:3:1、a.yaml:4:1、a.yaml:5:1、a.yaml:6:1 等 7 处\n"
        "  详见：hami show 14.1b\n"
        "  逐项：--explain\n"
        "\n" + check_text([lone], lambda _: None, documents=1).split("\n\n")[0] + "\n"
        "\n"
        "检查文件 1 份：违反 0，未落实 0，疑似 0，未决 9\n"
    )
    each = check_text([*same, lone], lambda _: None, documents=1, explain=True)
    assert each.count("尚缺：") == 9 and "缺的是同样" not in each


def test_what_one_record_lacks_for_several_rules_stands_together() -> None:
    here = [
        open_at(1, "14.1b", 3, "单位", "有效期"),
        open_at(1, "14.1a", 3, "单位"),
        open_at(1, "15.2b.in_full", 3, "单位", primary="14.1a/1"),
    ]
    here[1].concurrent = ("15.2b.in_full/1",)
    said = check_text(here, {"a.yaml": SOURCE}.get, documents=1)
    assert said.splitlines() == [
        "a.yaml:3:1: 未决 2 项：办件 HM2025000001 第1项材料要求",
        "    - material_name: 验资报告  # 补正",
        "  ^" + "~" * 34,
        "  尚缺：单位（1号）（未提供）",
        "  第十四条第一款 [14.1a] 索要办事指南之外的材料（同一问题不另计：15.2b.in_full）",
        "  第十四条第一款 [14.1b] 要求重复提供同一份材料；另缺：有效期（1号）（未提供）",
        "  详见：hami show 14.1a、hami show 14.1b",
        "  逐项：--explain",
        "",
        "检查文件 1 份：违反 0，未落实 0，疑似 0，未决 2，竞合 1",
    ]


def test_what_is_new_is_not_put_together_with_what_changed_or_was_waived() -> None:
    found = [open_at(n, "14.1b", n, "有效期") for n in range(1, 5)]
    waiver = Waiver("14.1b", "试点", Location("w.yaml", line=1, column=1))
    items = [
        Gated(found[0], "new"), Gated(found[1], "new"), Gated(found[2], "changed"), Gated(found[3], "new", waiver),
    ]  # fmt: skip
    blocks = door.check_text(
        Verdict(items, compared="main"), lambda _: None, documents=1, everything=True
    ).split("\n\n")
    assert blocks[0].startswith("a.yaml:1:1: 〔新增〕未决 2 项（记录 2 条）")
    assert blocks[1].startswith("a.yaml:3:1: 〔有变〕未决 ")
    assert blocks[2].startswith("a.yaml:4:1: 〔已豁免〕未决 ") and "试点" in blocks[2]


def test_english_blocks_hold_no_chinese_of_ours() -> None:
    found = [open_at(n, "14.1b", n, "period") for n in range(1, 9)]
    said = check_text(found, lambda _: None, "en", documents=1)
    assert said.startswith("a.yaml:1:1: 8 undetermined (8 records), all for want of the same facts\n")
    assert "  also at: a.yaml:2:1" in said and said.count("a.yaml") == 6 and "and 2 more" in said
