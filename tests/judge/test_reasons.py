"""What a finding says of the facts it rests on, and of those it lacks."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from changed_records import a_judge, the_cases, the_pack

from hami_rules.audit.run import Options, run_audit
from hami_rules.gate.model import Gated, Verdict
from hami_rules.judge import explain
from hami_rules.judge.explain import Explainer
from hami_rules.judge.findings import Finding
from hami_rules.pack.message import render, show
from hami_rules.predicates.credit import figure
from hami_rules.proof.cases import Case, run_case, scene_of
from hami_rules.records.text import Text
from hami_rules.report.check_text import check_text
from hami_rules.report.lines import order


@cache
def explainer() -> Explainer:
    return Explainer(the_pack(), a_judge())


def case_named(name: str) -> Case:
    return next(c for c in the_cases() if c.name == name)


def changed(case: Case, **tables: Any) -> Case:
    return Case(case.name, case.en, case.article, case.proves, {**case.document, **tables}, case.expect, case.location)  # fmt: skip


def findings(case: Case, rule: str) -> list[Finding]:
    hits = run_case(case, the_pack(), a_judge()).hits
    world = scene_of(case, the_pack()).world
    found = [explainer().finding(kind, hit, world) for kind, hit in hits]
    return [f for f in found if f.rule == rule]


def seen(finding: Finding) -> dict[str, str]:
    return {s.fact: f"{s.label.zh}：{s.value.zh}" for s in finding.seen}


SILENT = "要求单位提供撤销理由，逾期未提供，视为没有说明"


def test_a_finding_that_rests_on_silence_names_the_request() -> None:
    [finding] = findings(case_named(SILENT), "15.2f")
    assert seen(finding)["deferral.withdrawal_reasons_given"] == "撤销时说明理由：否"
    said = "调阅“撤销时说明理由”：调阅通知 Q1，2025年5月6日发出，期限2025年5月20日，逾期未提供"
    assert seen(finding)["evidence_request.Q1"] == said
    assert "Q1，2025年5月6日发出，期限2025年5月20日，逾期未提供" in check_text(
        Verdict([Gated(finding)]), lambda _: None, documents=1
    )


def test_of_two_requests_the_first_that_ran_out_is_named() -> None:
    case = case_named(SILENT)
    [first] = case.document["evidence_requests"]
    later = {**first, "request_no": "Q2", "due_on": date(2025, 5, 25), "asked_on": None}
    [finding] = findings(changed(case, evidence_requests=[later, first]), "15.2f")
    assert "evidence_request.Q1" in seen(finding)


def test_proof_that_came_too_late_is_told_from_none() -> None:
    case = case_named(SILENT)
    [first] = case.document["evidence_requests"]
    late = {**first, "produced": True, "produced_on": date(2025, 5, 21)}
    [finding] = findings(changed(case, evidence_requests=[late]), "15.2f")
    assert seen(finding)["evidence_request.Q1"].endswith("2025年5月21日才提供，已逾期")


def test_silence_about_a_list_and_behind_derived_records_is_named() -> None:
    """第十三条: the bases of a requirement, asked for and not produced, are seen through the derived record."""
    found = [
        f
        for case in the_cases()
        if case.article == "13" and case.document.get("evidence_requests")
        for rule in case.expect
        for f in findings(case, rule)
    ]
    named = {s.fact for f in found for s in f.seen if s.fact.startswith("evidence_request.")}
    assert named


def test_a_record_that_could_not_be_looked_up_names_what_it_is_looked_up_by() -> None:
    case = case_named(SILENT)
    [application] = case.document["applications"]
    asks = {k: v for k, v in application.items() if k != "channel"}
    [finding, *_] = findings(changed(case, applications=[asks]), "14.1a")
    assert [(m.fact, m.cause.zh) for m in finding.missing] == [("application.channel", "未提供")]


def test_a_row_of_what_is_open_says_in_words_what_it_lacks(tmp_path: Path) -> None:
    guide = {
        "item_code": "I1", "organ_code": "650500-JZ", "region": "650500", "channel": "any",
        "valid_from": "2024-03-01", "valid_to": "2025-12-31", "published": True, "published_on": "2024-03-01",
        "materials": [], "services": [{"service_name": "房屋检测", "bases": [{"instrument_title": "某某规章"}]}],
    }  # fmt: skip
    organ = {"code": "650500-JZ", "name": "哈密市住房和城乡建设局", "region": "650500"}
    written = {"instruments": [{"title": "某某规章", "level": "rule"}], "organs": [organ], "guides": [guide]}
    for table, rows in written.items():
        (tmp_path / f"{table}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    run_audit(tmp_path, the_pack(), Options(as_of=date(2025, 6, 30)), order, out).close()
    rows = [json.loads(line) for line in (out / "undetermined.jsonl").read_text("utf-8").splitlines()]
    assert rows
    lacking = [m for row in rows for m in row["missing"]]
    assert all(m["fact"] and m["label"]["zh"] and m["cause"]["zh"] for m in lacking)
    assert any(m["cause"]["zh"] == "须由人认定" and "规章" in m["label"]["zh"] for m in lacking)


def test_a_message_says_which_limb_applies_and_by_which_deadline() -> None:
    named = [f for case in the_cases() if "15.2d" in case.expect for f in findings(case, "15.2d")]
    late = [f.message.zh for f in named if f.verdict == "violated"]
    assert late and all("起算，应当在20" in message for message in late)
    assert any("自补齐之日起算" in m for m in late) and any("自受理之日起算" in m for m in late)
    shown = [f.message.zh for c in the_cases() if "13.1b" in c.expect for f in findings(c, "13.1b")]
    assert shown and all(("政务服务中心" in m) + ("平台" in m) >= 1 and "：是" not in m for m in shown)


def test_a_message_names_the_earlier_receipt_the_other_application_and_the_guide() -> None:
    again = case_named("同一环节再次要求两日前已收取的申请表，违反")
    [finding] = [f for f in findings(again, "14.1b") if f.verdict == "violated"]
    assert "收件R2，2025年3月3日收取" in finding.message.zh
    linked = [f for c in the_cases() if "14.2.linked" in c.expect for f in findings(c, "14.2.linked")]
    told = [f.message.zh for f in linked if f.verdict == "violated"]
    assert told and all("办件“A" in message and "局于" in message for message in told)
    beyond = [f for c in the_cases() if "14.1a" in c.expect for f in findings(c, "14.1a")]
    assert any("版本" in f.message.zh and "2024年1月1日起施行" in f.message.zh for f in beyond)


def test_what_has_only_a_code_is_called_by_it_or_by_what_the_guide_calls_it() -> None:
    case = case_named("同一环节再次要求两日前已收取的申请表，违反")
    for code, called in (("M002", "建筑工程施工许可申请表"), ("M777", "M777")):
        document = copy.deepcopy(case.document)
        demand = document["applications"][0]["demands"][-1]
        del demand["material_name"]
        demand["material_code"] = code
        found = findings(changed(case, **document), "14.1b" if code == "M002" else "14.1a")
        assert any(f"“{called}”" in f.message.zh for f in found), [f.message.zh for f in found]
        assert not any("c:M" in s.value.zh for f in found for s in f.seen)


def test_a_material_without_a_code_under_another_name_lacks_a_code_or_an_alias() -> None:
    case = case_named("同一环节再次要求两日前已收取的申请表，违反")
    document = copy.deepcopy(case.document)
    demand = document["applications"][0]["demands"][-1]
    del demand["material_code"]
    demand["material_name"] = "许可申请用表"
    [finding] = [f for f in findings(changed(case, **document), "14.1a") if f.verdict == "undetermined"]
    assert any("没有编码" in m.cause.zh for m in finding.missing)


def test_a_day_that_means_never_is_not_called_open_ended() -> None:
    assert show(date.max, "zh", "submission.changes_on") == "没有变更"
    assert show(date.max, "zh", "deferral.supplement_came_on") == "没有补齐"
    assert show(date.max, "zh", "submission.expires_on") == "长期"


def test_what_the_rule_asks_stands_before_what_its_exceptions_ask() -> None:
    """第十三条: of a bare step its basis is lacking, not whether it merely details the law."""
    bare = [
        f
        for case in the_cases()
        if case.article == "13" and "13.1e" in case.expect
        for f in findings(case, "13.1e")
        if f.verdict == "undetermined"
    ]
    orders = [[m.fact for m in f.missing] for f in bare]
    both = [o for o in orders if "guide_step.bases" in o and "guide_step.details_statutory" in o]
    assert all(o.index("guide_step.bases") < o.index("guide_step.details_statutory") for o in both)
    case = next(c for c in the_cases() if c.article == "13" and "13.1e" in c.expect)
    guide = copy.deepcopy(case.document["guides"][0])
    guide["steps"] = [{"step_no": "1", "step_name": "受理"}]
    [finding] = findings(changed(case, guides=[guide]), "13.1e")
    said = [(m.fact.partition(".")[2], m.sort) for m in finding.missing]
    asked, exceptions = said[:3], said[3:]
    assert {fact for fact, _ in asked} == {"bases", "burdens_applicant", "internal"}
    assert [sort for _, sort in exceptions] == ["fact", "fact", "decision", "decision"]


def test_the_order_of_what_is_lacking_is_no_part_of_the_state() -> None:
    """A baseline made before the order changed still knows the finding."""
    case = case_named("同一环节再次要求两日前已收取的申请表，违反")
    application = copy.deepcopy(case.document["applications"][0])
    for demand in application["demands"]:
        demand.pop("step_no", None)
    [finding] = [f for f in findings(changed(case, applications=[application]), "14.1b") if f.missing]
    hashed = explain._hash(
        finding.rule, finding.verdict, "",
        *(f"{s.fact}={s.value.zh}" for s in finding.seen if s.fact != "as_of"),
        *sorted(f"?{m.fact}" for m in finding.missing),
    )  # fmt: skip
    assert finding.state == hashed


def test_figures_are_written_as_people_write_them() -> None:
    assert figure(Decimal("30.2"), "百分比").zh == "30.2%"
    assert figure(Decimal("4.51"), "年利率百分比").zh == "年利率4.51%"
    assert figure(Decimal("209.3"), "亿元") == Text("209.3亿元", "209.3 亿元")
    assert (
        show(Decimal("6.96E-8"), "zh") == "不到万分之一"
        and show(Decimal("6.96E-8"), "en") == "less than 0.0001"
    )
    assert show(Decimal("0.00321"), "zh") == "0.00321" and show(Decimal(0), "zh") == "0"


def test_what_does_not_hold_is_said_in_a_sentence() -> None:
    [finding] = findings(case_named("没有法定理由拒绝自主申报的名称，未落实"), "19.2a")
    assert finding.message.zh.endswith("没有实行自主申报：拒绝自主申报的名称，拒绝名称没有法定理由")
    [finding] = findings(case_named("条例施行当天仍在提供的开办服务缺项，违反"), "19.1a")
    assert finding.message.zh.endswith("：没有纳入一窗通取")


def test_conduct_that_was_put_right_ends_on_its_day() -> None:
    late = case_named("目录施行次日才公布，违反")
    (finding,) = findings(late, "22.1a")
    assert (finding.conduct_from, finding.conduct_to) == (date(2024, 3, 1), date(2024, 3, 2))
    (finding,) = findings(case_named("目录已编制而没有公布，违反"), "22.1a")
    assert finding.conduct_to == date(2025, 6, 30)


def test_a_message_says_only_the_limb_that_holds() -> None:
    (finding,) = findings(case_named("电子材料效力被降低对待，违反同等效力"), "16.1b")
    assert finding.message.zh.endswith("：被降低效力；核验通过")


def test_quotes_within_quotes_are_single() -> None:
    assert render("“{a}”与{a}", "zh", lambda name: "甲“乙”") == "“甲‘乙’”与甲“乙”"


def test_a_late_approval_ends_the_breach() -> None:
    (finding,) = findings(case_named("施行次日才批准，批准之前违反"), "8.1a")
    assert (finding.conduct_from, finding.conduct_to) == (date(2024, 3, 1), date(2024, 3, 2))
