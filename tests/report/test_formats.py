"""What each format holds, and that the same input gives the same bytes."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import docx
import duckdb
import openpyxl
import pytest
from page_reader import everything, packed, written
from report_fakes import RULES, audit, finding, group, summary

from hami_rules.gate.model import Gated, Verdict
from hami_rules.judge.findings import PLEADED, Finding, Text
from hami_rules.report.check_text import check_text
from hami_rules.report.html import INSTANCES, PRINTED, render_html
from hami_rules.report.ledger import write_ledger
from hami_rules.report.ledger_merge import merge, read_ledger, write_merged
from hami_rules.report.lines import ordered, to_json_sorted
from hami_rules.report.outputs import NAMES, write_all
from hami_rules.report.parquet import COLUMNS
from hami_rules.report.terminal import print_summary
from hami_rules.report.word import write_word


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("audit")
    findings, groups = audit(300)
    written = write_all(out, ordered(findings), groups, summary(findings, groups))
    assert [p.name for p in written.files] == [*(n for n in NAMES if n != "findings.sarif"), "SHA256SUMS"]
    return out


def test_same_input_same_bytes(folder: Path, tmp_path: Path) -> None:
    findings, groups = audit(300)
    random.Random(1).shuffle(findings)
    write_all(tmp_path, iter(ordered(findings)), groups, summary(ordered(findings), groups))
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        p.name: p.read_bytes() for p in folder.iterdir()
    }


def test_summary_has_sorted_keys_and_no_times(folder: Path) -> None:
    text = (folder / "summary.json").read_text(encoding="utf-8")
    said = json.loads(text)
    assert text == json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert "started" not in said["run"] and said["run"]["as_of"] == "2025-12-31"


def test_parquet_reads_back_with_every_field(folder: Path) -> None:
    assert tuple(COLUMNS) == Finding.__struct_fields__
    table = duckdb.sql(f"SELECT * FROM '{folder / 'findings.parquet'}'")
    assert tuple(table.columns) == tuple(COLUMNS)
    lines = [json.loads(line) for line in (folder / "findings.jsonl").read_bytes().splitlines()]
    rows = table.fetchall()
    assert [r[0] for r in rows] == [x["id"] for x in lines]
    at = {name: i for i, name in enumerate(COLUMNS)}
    for row, line in zip(rows, lines, strict=True):
        assert row[at["citation"]]["zh"] == line["citation"]["zh"]
        assert row[at["counts_against"]] == line.get("counts_against", "department")
        assert json.loads(row[at["explanation"]]) == line["explanation"]
        assert row[at["location"]] is None or row[at["location"]]["row"] == line["location"]["row"]


def test_parquet_of_nothing_has_the_same_columns(tmp_path: Path) -> None:
    write_all(tmp_path, [], [], summary([], []))
    table = duckdb.sql(f"SELECT * FROM '{tmp_path / 'findings.parquet'}'")
    assert tuple(table.columns) == tuple(COLUMNS) and table.fetchall() == []
    assert "没有发现违反或者未落实" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_ledger(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "ledger.xlsx")
    assert book.sheetnames == ["问题清单", "整改台账", "待核实及调阅资料清单", "统计", "说明"]
    sheet = book["整改台账"]
    heads = [c.value for c in sheet[1]]
    assert heads == [
        "序号", "责任单位", "主体", "条款", "问题摘要", "具体描述", "定性依据(原文)", "证据位置", "项数", "已整改项数", "整改建议",
        "整改措施", "整改期限", "责任人", "状态", "完成日期", "备注", "初始状态", "发现编号", "做法编号",
    ]  # fmt: skip
    assert [
        h for h, c in zip(heads, "ABCDEFGHIJKLMNOPQRST", strict=True) if sheet.column_dimensions[c].hidden
    ] == heads[17:]
    for each in book:
        assert each.freeze_panes == "A2" and each.auto_filter.ref and each.print_title_rows == "$1:$1"
    assert sheet["F2"].alignment.wrap_text
    totals = summary(*audit(300)).totals
    practices = sum(
        p.total.violation.practices + p.total.shortfall.practices for p in totals.against.values()
    )
    assert sheet.max_row == practices + 1
    assert [sheet.cell(r, 1).value for r in range(2, sheet.max_row + 1)] == list(range(1, practices + 1))
    organs = [(sheet.cell(r, 2).value, sheet.cell(r, 3).value) for r in range(2, sheet.max_row + 1)]
    assert (
        organs[-1] == ("哈密某某工程咨询有限公司", "中介服务机构")
        and ("哈密市供水公司", "公用企业") in organs
    )
    each = book["问题清单"]
    counted = sum(p.total.breaches + p.total.suspicion.instances for p in totals.against.values())
    assert each.max_row == counted + 1
    for row in each.iter_rows(min_row=2, values_only=True):
        assert (row[1] is None) == (row[3] == "疑似") == (row[2] is not None)
        assert isinstance(row[9], datetime)
    open_ = book["待核实及调阅资料清单"]
    for row in open_.iter_rows(min_row=2, values_only=True):
        assert row[-1] and row[10:14] == (None,) * 4, "people fill those in; the last is the row's id"
    suspected = {row[2] for row in each.iter_rows(min_row=2, values_only=True) if row[2] is not None}
    assert suspected == {
        row[0] for row in open_.iter_rows(min_row=2, values_only=True) if row[1] == "疑似"
    }, "a suspicion goes by the number that it has there"
    kinds = [open_.cell(r, 2).value for r in range(2, open_.max_row + 1)]
    assert kinds.count("未决") == sum(len(g.organs) for g in audit(300)[1]) and set(kinds) == {"疑似", "未决"}


def test_ledger_helps_to_fill_it_in(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "ledger.xlsx")["整改台账"]
    kinds = {str(v.sqref).split(":")[0]: v for v in sheet.data_validations.dataValidation}
    assert kinds["O2"].type == "list" and "待整改,整改中,部分已整改,已整改" in kinds["O2"].formula1
    assert kinds["M2"].type == kinds["P2"].type == "date"
    rules = {
        str(r.sqref).split(":")[0]: [x.formula[0] for x in r.rules] for r in sheet.conditional_formatting
    }
    assert any("TODAY()" in f for f in rules["M2"]) and any("已整改" in f for f in rules["O2"])
    done = [r for r in sheet.iter_rows(min_row=2, values_only=True) if r[14] == "已整改"]
    assert done and all(isinstance(r[15], datetime) for r in done)


def test_statistics_of_the_ledger_add_up(folder: Path) -> None:
    rows = list(openpyxl.load_workbook(folder / "ledger.xlsx")["统计"].iter_rows(min_row=2, values_only=True))
    totals = summary(*audit(300)).totals
    (whole,) = [r for r in rows if r[:2] == ("合计", "政务服务部门")]
    mine = totals.party("department").total
    assert whole[3:10] == (
        mine.violation.instances, mine.violation.practices, mine.shortfall.instances, mine.shortfall.practices,
        mine.suspicion.instances, mine.suspicion.practices, mine.undetermined,
    )  # fmt: skip
    every, *parties = [r for r in rows if r[0] == "合计"]
    assert every[1] == "全部主体"
    assert every[3:] == tuple(map(sum, zip(*(r[3:] for r in parties), strict=True)))
    for by in ("按条", "按单位", "按区划"):
        listed = [r for r in rows if r[:2] == (by, "政务服务部门")]
        for column in (3, 5, 7):
            assert sum(r[column] for r in listed) == whole[column], (by, column)


def test_report_says_how_many_more_and_where() -> None:
    findings = [finding(1, id=f"f{n:04d}", record_key=f"k{n:04d}") for n in range(500)]
    page = render_html(findings, [], summary(findings, []))
    assert "同一做法 500 项" in page
    assert f"另有 {500 - INSTANCES} 项未在此列出，见 findings.jsonl" in page
    assert len(written(page)) < 60_000
    lines = packed(page)["lines-0"]["rows"]
    assert [row[0] for row in lines] == [f"f{n:04d}" for n in range(500)], "all of them lie in the page"


def test_report_stays_usable_with_thousands_of_practices() -> None:
    findings = [finding(n, practice=None) for n in range(6000)]
    page = render_html(findings, [], summary(findings, []))
    assert len(written(page)) < 1_000_000 and len(page) < 4_000_000
    organs = re.findall(r'<section class="organ">.*?</section>', page, re.DOTALL)
    assert organs and all(organ.count("<article") <= PRINTED for organ in organs)
    assert "种做法" in page and "未在此列出" in page
    assert len(packed(page)["index"]["practices"]["number"]) == 6000


def test_report_holds_what_a_reader_needs() -> None:
    findings, groups = audit(80)
    page = render_html(findings, groups, summary(findings, groups))
    for wanted in (
        "国务院《优化营商环境条例》", "2025年10月1日起施行", RULES["14.1a"]["quote"], "定性依据", "证据位置",
        "整改建议", "责任单位", "可申辩", "已整改", "待人工核查，不是违反", "未决事项", "由第几件解决", "隔离的记录", "方法与局限",
        "650502 的指南不在申报完整范围内", "认定不成立", "针对公用企业", "Content-Security-Policy",
    ):  # fmt: skip
        assert wanted in page, wanted
    index = packed(page)["index"]
    [[primary, other]] = index["concurrent"]
    assert index["findings"]["practice"][other] == -1, "listed with its primary, not counted again"
    assert packed(page)["lines-0"]["rows"][primary][0] == findings[0].id
    assert "http://" not in everything(page) and "https://" not in everything(page)


def test_a_text_of_a_higher_body_is_passed_upwards_and_an_excuse_is_to_be_answered(tmp_path: Path) -> None:
    body = Text("某政务服务管理局", "an agency")
    findings = [
        finding(1, id="a", practice="p", counts_against="superior", coordinating_body=body),
        finding(1, id="b", practice="q", rebuttals=(PLEADED,)),
        finding(1, id="c", practice="r", rebuttals=(PLEADED,), corrected_on=date(2025, 6, 1)),
    ]
    said = summary(findings, [])
    write_ledger(tmp_path / "l.xlsx", findings, [], said)
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx")["整改台账"]
    rows = {r[19]: r for r in sheet.iter_rows(min_row=2, values_only=True)}
    assert {key: r[14] for key, r in rows.items()} == {"p": "上报", "q": "申辩中", "r": "已整改"}
    assert rows["p"][10] == "报制定机关修改，本地不作改动" and "某政务" not in rows["p"][5]
    page = render_html(findings[:1], [], said)
    assert "<dt>文本所在单位（不是责任单位）</dt>" in page and "<dd>报制定机关修改，本地不作改动</dd>" in page
    assert "<dt>责任单位</dt>" not in page


def test_suspicions_on_the_page_go_by_the_numbers_of_the_ledger() -> None:
    findings = [finding(1, grade="suspicion", practice="s")]
    open_ = [group(3, organs={"A": 2, "B": 1})]
    said = summary(findings, open_)
    assert said.before_suspicions(open_) == 2
    assert "疑似</span>3　" in render_html(findings, open_, said)


def marked() -> list[Finding]:
    """Two instances of one practice with all that rules about findings give, one of them mitigated."""
    given = {
        "consequence": Text("责令整改（第三十二条）", "to be put right (Article 32)"),
        "coordinating_body": Text("哈密市政务服务管理局", "the service agency of Hami"),
        "clue": Text("同类发现共21项", "21 findings of the kind"),
    }
    excused = Text("可免责/减责：源于改革试点", "may be excused: a pilot")
    return [
        finding(1, id="a", practice="p", **given, mitigation=excused),
        finding(1, id="b", record_key="k2", practice="p", **given),
        finding(
            1, "14.1b", id="c", **given, mitigation_pending=Text("待认定：是否源于改革试点", "to be settled")
        ),
    ]


def test_what_rules_about_findings_gave_is_shown_and_an_internal_clue_is_not(tmp_path: Path) -> None:
    findings = marked()
    said = summary(findings, [])
    assert said.totals.party("department").total.mitigated == 1, "to be settled is not mitigated"
    page = render_html(findings, [], said)
    for wanted in (
        "可免责/减责 1/2", "源于改革试点", "免责减责待认定", "待认定：是否源于改革试点", "减免情形", "责任后果", "责令整改（第三十二条）",
        "统筹协调单位", "哈密市政务服务管理局",
    ):  # fmt: skip
        assert wanted in page, wanted
    assert "同类发现共21项" not in everything(page)
    write_ledger(tmp_path / "l.xlsx", findings, [], said)
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    cells = "\n".join(str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c)
    for wanted in (
        "可免责/减责 1/2 项",
        "责任后果：责令整改",
        "统筹协调单位：哈密市政务服务管理局",
        "待认定：是否源于改革试点",
    ):
        assert wanted in cells, wanted
    assert "同类发现共21项" not in cells
    out = io.StringIO()
    print_summary(said, [], out)
    assert "可免责/减责 1\n统筹协调单位  " in out.getvalue() and "哈密市政务服务管理局" in out.getvalue()
    text = check_text(Verdict([Gated(f) for f in findings]), lambda _: None, documents=1)
    for wanted in (
        "减免责：可免责/减责：源于改革试点",
        "责任后果：责令整改",
        "统筹协调：哈密市政务服务管理局",
    ):
        assert wanted in text, wanted
    assert "同类发现共21项" not in text


def test_concurrent_finding_without_its_primary_does_not_vanish() -> None:
    findings = [finding(1, primary="elsewhere")]
    page = render_html(findings, [], summary(findings, []))
    assert "首要条款不在本报告范围内" in page and "elsewhere" in page


def test_unbalanced_accounts_are_shouted() -> None:
    import msgspec

    from hami_rules.report.summary import TableCount

    given = summary([], [])
    broken = msgspec.structs.replace(given.accounting, tables=(TableCount(table="guides", read=2),))
    page = render_html([], [], msgspec.structs.replace(given, accounting=broken))
    assert "本次运行不可采信" in page


def test_plain_end_of_run() -> None:
    findings, groups = [finding(0), finding(1, "14.1c")], [group(37)]
    out = io.StringIO()
    print_summary(summary(findings, groups), [Path("out/report.html")], out)
    assert out.getvalue() == (
        "审计结果  哈密市2025年度政务服务专项审计  截至 2025-12-31  规则包 2025.11 (3f5a3f5a3f5a)\n"
        "读取 2,334  判定 2,220  重复 6  隔离 20  仅供参照 88\n"
        "规则 48 条适用，共装入 61\n"
        "政务服务部门\n"
        "  第十四条  违反 1  未落实 0  疑似 1  未决 37\n"
        "  合计  违反 1  未落实 0  疑似 1  未决 37\n"
        "  做法  违反 1  未落实 0  疑似 1  未决 –\n"
        "输出文件\n"
        "  out/report.html\n"
    )


def test_importing_the_formats_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from hami_rules.report import check_json, check_text, html, ledger, outputs, parquet, summary, terminal\n"
        "from hami_rules.report import github, gitlab, junit, markdown, sarif, statistics, word, mask, split, supervision\n"
        "print(*{'jinja2', 'rich', 'xlsxwriter', 'duckdb', 'pydantic', 'openpyxl', 'python_calamine'} & set(sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""


@pytest.mark.parametrize(("lang", "said"), [("zh", "结果不可信"), ("en", "Not to be relied on")])
def test_results_that_cannot_be_relied_on_say_so_first(tmp_path: Path, lang: str, said: str) -> None:
    why = Text("隔离 7 条，占 58.3%，超过上限 1.0%", "7 records quarantined (58.3%), more than 1.0%")
    findings, groups = audit(60)
    told = summary(findings, groups)
    good = render_html(findings, groups, told, lang)
    assert said not in good
    told.untrusted = (why,)
    page = render_html(findings, groups, told, lang)
    head = page[: page.index("<h2")]
    assert said in head and why(lang) in head and 'role="alert"' in head
    write_ledger(tmp_path / "l.xlsx", findings, groups, told, lang)
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    for sheet in book:
        assert str(sheet["A1"].value).startswith(said) and why(lang) in str(sheet["A1"].value)
        assert (
            sheet["A2"].value in ("序号", "No.", "分类", "By", "名称", "Name") and sheet.freeze_panes == "A3"
        )
        assert sheet.auto_filter.ref.startswith("A2:") and sheet.print_title_rows == "$1:$2"
    ledger = book.worksheets[1]
    assert ledger["A3"].value == 1
    assert {str(v.sqref)[:4] for v in ledger.data_validations.dataValidation} == {"M3:M", "O3:O", "P3:P"}
    for sheet, at in ((ledger, "H3"), (book.worksheets[0], "L3")):  # to the evidence, in the page beside it
        ids = next(c.column for c in sheet[2] if str(c.value).startswith(("发现编号", "Finding id")))
        finding_id = sheet.cell(3, ids).value
        assert sheet[at].hyperlink.target == "report.html" and sheet[at].value
        assert sheet[at].hyperlink.location == f"?q={finding_id.splitlines()[0]}"
    target = ledger["A3"].hyperlink.location.replace("'", "").split("!")
    assert book[target[0]].cell(book[target[0]][target[1]].row, 2).value == 1
    write_merged(
        tmp_path / "m.xlsx", merge(read_ledger(tmp_path / "l.xlsx"), read_ledger(tmp_path / "l.xlsx"))
    )
    again = openpyxl.load_workbook(tmp_path / "m.xlsx").worksheets[1]
    assert (
        again["A1"].value == ledger["A1"].value
        and again["A3"].hyperlink.location == ledger["A3"].hyperlink.location
    )
    write_word(tmp_path / "r.docx", findings, groups, told, lang)
    assert why(lang) in docx.Document(str(tmp_path / "r.docx")).paragraphs[1].text
    out = io.StringIO()
    print_summary(told, [], out, lang)
    assert f"{said}{'：' if lang == 'zh' else ': '}{why(lang)}\n" in "".join(
        out.getvalue().splitlines(True)[:4]
    )
    assert json.loads(to_json_sorted(told))["untrusted"] == [{"zh": why.zh, "en": why.en}]
