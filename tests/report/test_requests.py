"""The list of what is still to be asked for: one line a thing and organ, each record counted once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
from report_fakes import group
from report_fakes import summary as fake_summary

from hami_rules.audit.asking import SOME, asked_words, documents, sentence, whether
from hami_rules.audit.requests import Requests
from hami_rules.judge.explain import CAUSES
from hami_rules.judge.findings import MissingFact, OpenRow, Text
from hami_rules.judge.naming import record_words
from hami_rules.pack.load import load_pack
from hami_rules.report.html import render_html
from hami_rules.report.ledger import write_ledger
from hami_rules.report.summary import Asked, Request, Summary, Use
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
    assert [key for _, key, _, _ in line.examples] == ["A1/demands/D1", "A1/demands/D2", "A2/demands/D1"]


def said(line: Any) -> list[str]:
    return [item.missing.fact for item in line.items.values()]


def test_facts_of_one_kind_of_record_are_one_request_with_items() -> None:
    found = lines(
        row("14.1a", "A1/demands/D1", fact("demand.form"), fact("demand.means"), fact("guide.published")),
        row("14.1b", "A1/demands/D2", fact("demand.form")),
        row("14.1a", "A2/demands/D1", fact("demand.form"), organ="SJ"),
        row("14.1a", "A3/demands/D1", fact("demand.form"), organ=None),
    )
    assert [(n.organ, said(n), n.records) for n in found] == [
        ("SJ", ["demand.form"], 1), ("ZJ", ["demand.form", "demand.means"], 2), ("ZJ", ["guide.published"], 1),
        ("", ["demand.form"], 1),
    ]  # fmt: skip
    both = found[1]
    assert both.rules == {"14.1a": 1, "14.1b": 1}, "a verdict that lacks two facts hangs on the request once"
    assert [item.records for item in both.items.values()] == [2, 1]


def test_what_is_looked_up_by_other_names_is_one_thing_to_ask_for() -> None:
    found = lines(
        row("14.1a", "A1/demands/D1", fact("demand.guide_that_day", "指南（事项一，2025-03-03）")),
        row("14.1a", "A2/demands/D1", fact("demand.guide_that_day", "指南（事项二，2025-03-04）")),
    )
    [item] = found[0].items.values()
    assert (item.varied, item.records) == (True, 2)


def test_documents_come_first_and_decisions_last() -> None:
    proof = MissingFact("expectation.shown_done", Text("机制文件", "the document"), NOT_GIVEN, "document")
    other = MissingFact("expectation.shown_done", Text("预算批复", "the budget"), NOT_GIVEN, "document")
    decide = MissingFact("demand.?1", Text("须由人认定", "for people"), NOT_GIVEN, "decision")
    found = lines(
        row("14.1a", "A1/demands/D1", decide, fact("demand.form")),
        row("4.1a", "ZF/expectation/4.1a", proof, kind="expectation"),
        row("4.1c", "ZF/expectation/4.1c.2025", other, kind="expectation"),
    )
    assert [(n.sort, said(n)) for n in found] == [
        ("document", ["expectation.shown_done"]), ("document", ["expectation.shown_done"]),
        ("fact", ["demand.form"]), ("decision", ["demand.?1"]),
    ]  # fmt: skip


# -- in words ------------------------------------------------------------------------------------------------------


def asked(name: str, label: str, cause: str = "not_given", *, varied: bool = False) -> str:
    missing = MissingFact(name, Text(f"记录：{label}", f"record: {label}"), CAUSES[cause])
    return asked_words(load_pack().registry, missing, varied=varied).zh


def test_a_statement_becomes_a_question_whatever_its_form() -> None:
    for statement, question in (
        ("已编制标准化工作流程", "是否已编制标准化工作流程"),
        ("两项申请均已具备条件", "两项申请是否均已具备条件"),
        ("补正期限已延长", "补正期限是否已延长"),
        ("撤销时说明理由", "撤销时是否说明理由"),
        ("拒绝名称有法定理由", "拒绝名称是否有法定理由"),
        ("另有具备资格的机构", "是否另有具备资格的机构"),
        ("废止后由新文件延续", "废止后是否由新文件延续"),
        ("补齐后符合要求", "补齐后是否符合要求"),
        ("细化法定要求", "是否细化法定要求"),
        ("是否收费", "是否收费"),
    ):
        assert whether(statement) == question


def test_what_is_asked_for_fits_the_sort_of_fact() -> None:
    assert asked("joint_handling.first_ended_on", "先办事项办结日期") == "先办事项办结日期"
    assert asked("step.bases", "设定依据") == "设定依据（所依据文件的名称、文号和条款）"
    assert (
        asked("deferral_list.clock_starts", "公布的办理时限起算点")
        == "公布的办理时限起算点（受理之日、补齐之日）"
    )
    looked_up = "要求当日已公布并生效的办事指南（事项甲，2025-03-03）"
    assert asked("demand.guide_that_day", looked_up, "no_record") == (
        "对应的要求当日已公布并生效的办事指南（事项甲，2025-03-03）（现有资料中没有，也没有说明是否存在）"
    )
    assert "事项甲" not in asked("demand.guide_that_day", looked_up, "no_record", varied=True)


def test_every_fact_of_every_kind_of_record_can_be_asked_for_in_a_sentence() -> None:
    registry = load_pack().registry
    for name, facts in registry.facts.items():
        kind = registry.kinds[name]
        key = ":".join("1" for _ in kind.key) or "1"
        papers = documents(registry, name)
        assert papers is not SOME or name in ("alias", "day", "disposition", "evidence", "evidence_request", "finding",
                                              "finding_measure", "finding_misconduct", "expectation", "reading"), name  # fmt: skip
        for fact_name, one in facts.items():
            missing = MissingFact(
                f"{name}.{fact_name}", Text(f"{kind.zh}：{one.zh}", one.en), CAUSES["not_given"]
            )
            words, called = asked_words(registry, missing), record_words(registry, name, key)
            made = sentence("fact", papers, [words], [called], 1, [(Text("第九条", ""), Text("某问题", ""))])
            assert made.zh.startswith(f"请就{called.zh}") and one.zh.partition("（")[0][:2] in made.zh
            assert made.zh.endswith("用于核实第九条（是否存在“某问题”的情形）。") and "None" not in made.zh


def test_records_are_called_by_what_people_know_them_by() -> None:
    registry = load_pack().registry

    def called(kind: str, key: str, item: str | None = None) -> str:
        return record_words(registry, kind, key, item).zh

    assert called("demand", "SQ1/demands/7") == "办件 SQ1 要求提交的材料“7”"
    assert called("deferral", "SQ1/deferral") == "办件 SQ1 的容缺受理"
    assert called("guide_condition", "A1:650500-GXJ:650500:any:2022-07-01/conditions/自有车辆", "许可") == (
        "“许可”（A1，2022年7月1日）的办事指南的条件“自有车辆”"
    )
    assert called("catalogue_entry", "650500:2023-07-01/entries/S82") == (
        "中介服务事项目录 哈密市本级（2023年7月1日）的目录条目“S82”"
    )
    assert called("no_such_kind", "x") == "no_such_kind x"


def test_records_are_called_by_the_names_that_they_carry() -> None:
    registry = load_pack().registry

    def called(kind: str, key: str, root: str = "", own: str = "", organ: str | None = None) -> str:
        names = (Text(root, root) if root else None, Text(own, own) if own else None)
        return record_words(registry, kind, key, None, organ, names).zh

    assert called("demand", "SQ1/demands/7", own="营业执照") == "办件 SQ1 要求提交的材料“营业执照”（7）"
    assert called("joint_handling", "P1/joint/L1", "物流园", "规划核实、消防验收") == (
        "工程建设项目“物流园”（P1）的联合办理情况“规划核实、消防验收”（L1）"
    )
    assert called("concentration", "ZJ:650500:c:S01:2025-03-01", "施工图审查") == (
        "中介服务集中度“施工图审查”（哈密市本级，2025年3月1日）"
    )
    assert called("expectation", "F/expectation/26.1.cluster", own="金融集聚扶持体系", organ="金融办") == (
        "金融办依第二十六条第一款应当落实的“金融集聚扶持体系”"
    )
    assert (
        called("expectation", "F/expectation/4.1c.2025", organ="县政府")
        == "县政府依第四条应当落实的职责（2025年度）"
    )
    assert called("offer_aspect", "J1/offers/S08/offer_aspect/process", "某公司", "检验") == (
        "中介服务机构“某公司”（J1）的中介服务“检验”应当公开的流程"
    )
    change = "A1:ZJ:650500:any:2025-09-01/guide_change/1:materials"
    assert record_words(registry, "guide_change", change, "许可").zh == (
        "“许可”（A1，2025年9月1日）的办事指南修订前后的对照（1 材料）"
    )


def test_a_request_says_which_document_for_which_records_and_what_it_settles() -> None:
    items = [Text("甲", "a"), Text("乙", "b")]
    names = [Text(f"办件 {n}", f"application {n}") for n in range(5)]
    uses = [
        (Text("第十三条", "Article 13"), Text("问题一", "one")),
        (Text("第十三条", "Article 13"), Text("问题二", "two")),
    ]
    made = sentence("fact", Text("办件档案", "the file"), items, names, 9, uses)
    assert made.zh == (
        "请就办件 0、办件 1、办件 2等 9 条记录提供办件档案，写明：（1）甲；（2）乙。"
        "用于核实第十三条（是否存在“问题一”“问题二”的情形）。"
    )
    assert made.en == (
        "Please produce, for application 0; application 1; application 2 and 6 more, the file, stating (1) a; (2) b. "
        "It settles Article 13 (whether: one; two)."
    )


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
    assert "哈密市人民政府" in part and "机制&lt;文件&gt;" in part
    assert "认定</span>" in part and part.index("机制&lt;") < part.index("海关是否受约束")


def test_an_open_verdict_stands_once_and_refers_to_its_request(tmp_path: Path) -> None:
    lacks = MissingFact("demand.form", Text("要求的形式", "form"), NOT_GIVEN)
    one = group(3, missing=(lacks,), organs={"ZF": 3}, request=Text("请提供：某某", "Provide"))
    two = group(2, missing=(lacks,), organs={"other": 2}, request=Text("请提供：没有要到的", "Provide"))
    made = summary()
    item = Asked(fact="demand.form", what=Text("要求的形式", "form"), cause=NOT_GIVEN, records=3)
    made.requests = (msgspec.structs.replace(made.requests[0], items=(item,)),)
    page = render_html([], [one, two], made)
    assert '<a href="#request-1">1</a>' in page and 'id="request-1"' in page
    assert "请提供：某某" not in page and page.count("请提供：没有要到的") == 1
    write_ledger(tmp_path / "ledger.xlsx", [], [one, two], made)
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx")["待核实及调阅资料清单"]
    rows = [[c.value for c in r] for r in sheet.iter_rows(min_row=2)]
    assert [(r[1], r[2], r[6]) for r in rows] == [("调阅", "哈密市人民政府", 7), ("未决", "other", 2)]


def test_the_ledger_has_a_sheet_to_send(tmp_path: Path) -> None:
    write_ledger(tmp_path / "ledger.xlsx", [], [], summary())
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx")["待核实及调阅资料清单"]
    head, first, second = [[c.value for c in r] for r in sheet.iter_rows(max_row=3)]
    assert head == [
        "序号", "类别", "单位", "主体", "条款", "事项或者需提供的资料", "数量", "疑点、缺少的事实或者用途", "需要调取或者核查",
        "举例", "提供期限", "办理结果", "办理日期", "备注", "编号",
    ]  # fmt: skip
    assert first[:9] == [
        1, "调阅", "哈密市人民政府", "政务服务部门", "第四条", "机制<文件>", 7, "用途：未建立机制（4.1a）",
        "请单位于【提供期限】前提供；【报送方式、联系人】；逾期的后果见“说明”",
    ]  # fmt: skip
    assert "另 6 条" in str(first[9]) and second[1] == "认定" and second[8].startswith("审计人员")
    days = [str(v.sqref) for v in sheet.data_validations.dataValidation if v.type == "date"]
    assert days == ["K2:K3", "M2:M3"], "the day by which it is due, and the day it was done"


def test_the_terminal_says_what_to_ask_of_whom() -> None:
    out = io.StringIO()
    print_summary(summary(), [], out)
    said = out.getvalue()
    assert "调阅资料清单  1 个单位  1 件  另待人认定 1" in said
    assert "    机制<文件>\n" in said and "海关" not in said
