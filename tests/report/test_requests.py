"""The list of what is still to be asked for: one line a thing and organ, each record counted once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
from report_fakes import summary as fake_summary

from hami_rules.audit.requests import Requests
from hami_rules.judge.findings import MissingFact, OpenRow, Text
from hami_rules.report.html import render_html
from hami_rules.report.ledger import write_ledger
from hami_rules.report.summary import Request, Summary, Use
from hami_rules.report.terminal import print_summary

NOT_GIVEN = Text("未提供", "not given")


def fact(name: str, label: str = "标签") -> MissingFact:
    return MissingFact(name, Text(label, label), NOT_GIVEN)


def row(
    rule: str, key: str, *missing: MissingFact, organ: str | None = "ZJ", kind: str = "demand"
) -> OpenRow:
    return OpenRow(rule, kind, key, organ, "650500", missing)


def lines(*rows: OpenRow) -> list[Any]:
    requests = Requests()
    for one in rows:
        requests.add(one)
    return list(requests.lines())


def test_a_record_that_two_rules_are_open_on_is_counted_once() -> None:
    form = fact("demand.form")
    found = lines(
        row("14.1a", "A1/demands/D1", form),
        row("14.1a", "A1/demands/D2", form),
        row("14.1a.form", "A1/demands/D1", form),
        row("14.1a", "A2/demands/D1", form),
    )
    [line] = found
    assert (line.records, line.rules) == (3, {"14.1a": 3, "14.1a.form": 1})
    assert line.examples == ["A1/demands/D1", "A1/demands/D2", "A2/demands/D1"]


def test_each_missing_fact_is_a_line_of_each_organ() -> None:
    found = lines(
        row("14.1a", "A1/demands/D1", fact("demand.form"), fact("demand.means")),
        row("14.1a", "A2/demands/D1", fact("demand.form"), organ="SJ"),
        row("14.1a", "A3/demands/D1", fact("demand.form"), organ=None),
    )
    assert [(n.organ, n.fact) for n in found] == [
        ("SJ", "demand.form"), ("ZJ", "demand.form"), ("ZJ", "demand.means"), ("", "demand.form"),
    ]  # fmt: skip


def test_what_is_looked_up_by_other_names_is_one_thing_to_ask_for() -> None:
    found = lines(
        row("14.1a", "A1/demands/D1", fact("demand.guide_that_day", "指南（事项一，2025-03-03）")),
        row("14.1a", "A2/demands/D1", fact("demand.guide_that_day", "指南（事项二，2025-03-04）")),
    )
    assert [(n.varied, n.records) for n in found] == [(True, 2)]


def test_documents_come_first_and_decisions_last() -> None:
    proof = MissingFact("expectation.shown_done", Text("机制文件", "the document"), NOT_GIVEN, "document")
    other = MissingFact("expectation.shown_done", Text("预算批复", "the budget"), NOT_GIVEN, "document")
    decide = MissingFact("demand.?1", Text("须由人认定", "for people"), NOT_GIVEN, "decision")
    found = lines(
        row("14.1a", "A1/demands/D1", decide, fact("demand.form")),
        row("4.1a", "ZF/expectation/4.1a", proof, kind="expectation"),
        row("4.1c", "ZF/expectation/4.1c.2025", other, kind="expectation"),
    )
    assert [(n.sort, n.label.zh) for n in found] == [
        ("document", "机制文件"), ("document", "预算批复"), ("fact", "标签"), ("decision", "须由人认定"),
    ]  # fmt: skip


# -- as people read it ---------------------------------------------------------------------------------------------


def summary() -> Summary:
    use = Use(
        rule="4.1a", citation=Text("第四条", "Article 4"), title=Text("未建立机制", "No mechanism"), records=1
    )
    asked = Request(
        number=1, organ="ZF", sort="document", what=Text("机制<文件>", "the <document>"), uses=(use,), records=7,
        examples=("ZF/expectation/4.1a",),
    )  # fmt: skip
    decide = Request(
        number=2, organ="ZF", sort="decision", what=Text("海关是否受约束", "customs"), uses=(use,), records=1, examples=()
    )  # fmt: skip
    made = fake_summary([], [])
    made.requests = (asked, decide)
    made.organs["ZF"] = "哈密市人民政府"
    return made


def test_the_page_lists_it_by_organ() -> None:
    page = render_html([], [], summary())
    part = page[page.index('id="requests"') :]
    assert "哈密市人民政府" in part and "机制&lt;文件&gt;" in part and "未建立机制" in part
    assert "不必调阅" in part and part.index("机制&lt;") < part.index("海关是否受约束")


def test_the_ledger_has_a_sheet_to_send(tmp_path: Path) -> None:
    write_ledger(tmp_path / "ledger.xlsx", [], [], summary())
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx")["待核实及调阅资料清单"]
    head, first, second = [[c.value for c in r] for r in sheet.iter_rows(max_row=3)]
    assert head[:7] == [
        "序号", "类别", "单位", "条款", "事项或者需提供的资料", "数量", "疑点、缺少的事实或者用途",
    ]  # fmt: skip
    assert first[:7] == [
        1,
        "调阅：文件资料",
        "哈密市人民政府",
        "第四条",
        "机制<文件>",
        7,
        "未建立机制（4.1a，1）",
    ]
    assert "另 6 条" in str(first[8]) and second[1] == "认定" and second[7].startswith("审计人员")


def test_the_terminal_says_what_to_ask_of_whom() -> None:
    out = io.StringIO()
    print_summary(summary(), [], out)
    said = out.getvalue()
    assert "调阅资料清单  1 个单位  1 项  另待人认定 1" in said
    assert "    机制<文件>  涉及记录 7" in said and "海关" not in said
