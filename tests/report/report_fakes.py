"""Findings as a real audit of Hami would give them, made from small tables with a fixed seed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hami_rules.judge.findings import Explanation, Finding, MissingFact, OpenGroup, SeenFact, Text
from hami_rules.records.location import Location
from hami_rules.report.summary import (
    Accounting,
    BasisLine,
    InputFile,
    QuarantineReason,
    RuleCount,
    Run,
    Summary,
    TableCount,
    build_summary,
)

ORGANS = [
    ("11652200MB1", "哈密市市场监督管理局", "650500"),
    ("11652200MB2", "哈密市自然资源局", "650500"),
    ("11652200MB3", "哈密市住房和城乡建设局", "650500"),
    ("11652201MB1", "哈密市伊州区市场监督管理局", "650502"),
    ("11652222MB1", "巴里坤哈萨克自治县市场监督管理局", "650521"),
    ("11652222MB2", "巴里坤哈萨克自治县人力资源和社会保障局", "650521"),
    ("11652223MB1", "伊吾县自然资源局", "650522"),
]
ITEMS = [
    ("11650500MB0001", "食品经营许可（新办）"),
    ("11650500MB0002", "建设用地规划许可证核发"),
    ("11650500MB0003", "建筑工程施工许可证核发"),
    ("11650500MB0004", "劳务派遣经营许可"),
]
MATERIALS = ["验资报告", "场地租赁合同公证书", "法定代表人无犯罪记录证明", "房屋安全鉴定报告"]


def text(zh: str, en: str | None = None) -> Text:
    return Text(zh, en or zh)


RULES: dict[str, dict[str, Any]] = {
    "14.1a": {
        "citation": Text("第十四条第一款", "Article 14(1)"),
        "quote": "政务服务部门不得要求经营主体提交办事服务指南之外的其他材料",
        "kind": "ban",
        "title": Text("索要办事指南之外的材料", "Material demanded beyond the published guide"),
        "remedy": Text(
            "撤回该项要求；确有依据的，先修订并公布办事指南",
            "Withdraw the demand; where it has a basis, first revise and publish the guide",
        ),
        "interpretation": Text(
            "以提出要求当日公布的办事指南为准；申请人自愿提供的不是要求",
            "The guide published on the day of the demand decides; what the applicant offers is no demand",
        ),
        "superior": ("《优化营商环境条例》第三十五条", "《行政许可法》第三十一条"),
    },
    "14.1b": {
        "citation": Text("第十四条第一款", "Article 14(1)"),
        "quote": "不得要求申请人重复提供同一份材料",
        "kind": "ban",
        "title": Text("要求重复提供同一份材料", "Same material demanded twice"),
        "remedy": Text("调用已收材料，不再要求申请人提供", "Use the material already held"),
    },
    "16.1d": {
        "citation": Text("第十六条第一款", "Article 16(1)"),
        "quote": "经营主体在申请办理各类政务服务、公用事业服务时可以选择使用电子材料，有关部门不得要求经营主体另行提供纸质材料",
        "kind": "ban",
        "title": Text("已用电子材料，另要纸质材料", "Paper demanded besides valid e-material"),
        "remedy": Text("撤回纸质材料要求，以电子材料办理", "Withdraw the demand for paper"),
    },
    "13.1d": {
        "citation": Text("第十三条第一款", "Article 13(1)"),
        "quote": "没有法律、法规、规章依据，不得增设经营主体政务服务事项的办理条件和环节",
        "kind": "ban",
        "title": Text("没有依据增设办理条件", "Condition added without a legal basis"),
        "remedy": Text("取消该条件，修订办事指南", "Drop the condition and revise the guide"),
    },
    "15.2b.in_full": {
        "citation": Text("第十五条第二款", "Article 15(2)"),
        "quote": "当场一次性告知需要补齐补正的材料、时限和逾期处理办法",
        "kind": "duty",
        "title": Text("容缺受理未一次性告知", "Not told at once what to supplement"),
        "remedy": Text("补发一次性告知书", "Issue the notice in full"),
    },
    "16.1a": {
        "citation": Text("第十六条第一款", "Article 16(1)"),
        "quote": "政务服务部门应当推动电子签名、电子印章、电子证照、电子档案、电子合同、电子会计凭证等电子材料应用尽用",
        "kind": "promote",
        "title": Text("电子材料可用未用", "E-material not accepted where it could be"),
        "remedy": Text("开通相应电子材料", "Accept this kind of e-material"),
    },
    "14.1c": {
        "citation": Text("第十四条第一款", "Article 14(1)"),
        "quote": "不得要求申请人重复提供同一份材料",
        "kind": "ban",
        "title": Text("本部门已存有同一材料", "The department already holds this material"),
        "remedy": None,
    },
}


def explanation(material: str, day: date) -> tuple[Explanation, ...]:
    return (
        Explanation(
            op="not",
            truth="true",
            part="applies",
            text=text("并非：申请人自愿提供"),
            children=(
                Explanation(
                    op="leaf",
                    truth="false",
                    text=text("申请人自愿提供"),
                    facts=(SeenFact("offered_by_applicant", text("申请人自愿提供"), text("否")),),
                ),
            ),
        ),
        Explanation(
            op="all",
            truth="true",
            part="scope",
            text=text("属于本条例适用范围：哈密市的单位为经营主体办理，2024年3月1日以后"),
        ),
        Explanation(
            op="not",
            truth="true",
            part="violated",
            text=text("并非：材料列于提出要求当日公布的办事指南"),
            children=(
                Explanation(
                    op="leaf",
                    truth="false",
                    text=text("材料列于提出要求当日公布的办事指南（第十四条第一款）"),
                    facts=(
                        SeenFact("material_key", text("材料"), text(material)),
                        SeenFact(
                            "guide_material_keys",
                            text("指南所列材料"),
                            text("营业执照；申请书；经营场所平面布局图；食品安全管理制度"),
                        ),
                        SeenFact("demanded_on", text("要求日期"), text(day.isoformat())),
                    ),
                ),
            ),
        ),
        Explanation(op="undecided", truth="unknown", part="rebuttal", text=text("当日系统故障")),
    )


def finding(n: int = 1, rule: str = "14.1a", **changes: Any) -> Finding:
    """One finding; `changes` override its fields."""
    organ = ORGANS[n % len(ORGANS)]
    item = ITEMS[n % len(ITEMS)]
    material = MATERIALS[n % len(MATERIALS)]
    day = date(2025, 3, 3) + timedelta(days=n % 250)
    base: dict[str, Any] = {
        "id": f"{rule}:demand:HM{2025000000 + n}:1",
        "state": f"{n:016x}",
        "rule": rule,
        "address": rule[:5].rstrip("."),
        **RULES[rule],
        "verdict": "violated",
        "grade": {"16.1a": "shortfall", "14.1c": "suspicion"}.get(rule, "violation"),
        "message": Text(
            f"要求提交“{material}”，{day}公布的办事指南中没有列明",
            f"Demanded “{material}”, which the guide published on {day} does not name",
        ),
        "record_kind": "demand",
        "record_key": f"HM{2025000000 + n}:1",
        "record_label": Text(
            f"办件 HM{2025000000 + n} 第1项材料要求", f"Application HM{2025000000 + n}, demand 1"
        ),
        "root_key": f"HM{2025000000 + n}",
        "location": Location("applications.jsonl", row=n, offset=n * 2400, pointer="/demands/0"),
        "organ_code": organ[0],
        "organ_name": organ[1],
        "region": organ[2],
        "item_code": item[0],
        "item_name": item[1],
        "conduct_from": day,
        "conduct_to": day,
        "seen": (
            SeenFact("material_name", Text("材料名称", "Material"), text(material)),
            SeenFact("demanded_on", Text("要求日期", "Demanded on"), text(day.isoformat())),
            SeenFact("demand_form", Text("提出方式", "How"), Text("补正通知", "notice to supplement")),
        ),
        "explanation": explanation(material, day),
        "practice": f"{rule}|{organ[0]}|{item[0]}|{material}",
    }
    return Finding(**(base | changes))


def missing(fact: str = "valid_to") -> MissingFact:
    return MissingFact(fact, Text("材料有效期", "Valid until"), Text("记录未载明", "not given"))


def group(count: int = 37, rule: str = "14.1b", **changes: Any) -> OpenGroup:
    base: dict[str, Any] = {
        "rule": rule,
        "address": rule,
        "citation": RULES[rule]["citation"],
        "title": RULES[rule]["title"],
        "missing": (missing(),),
        "count": count,
        "organs": {ORGANS[0][0]: count - count // 3, ORGANS[1][0]: count // 3},
        "examples": tuple(
            finding(900 + i, rule, verdict="undetermined", grade=None, missing=(missing(),)) for i in range(3)
        ),
        "request": Text(
            "调取首次提交材料的有效期记录", "Ask for the validity dates of the material first given"
        ),
    }
    return OpenGroup(**(base | changes))


def audit(size: int = 400) -> tuple[list[Finding], list[OpenGroup]]:
    """A realistic run: a few wide practices, many single findings, every mark that a finding can bear."""
    rng = random.Random(7)
    found: list[Finding] = []
    names = list(RULES)
    for n in range(size):
        rule = rng.choices(names, weights=[8, 3, 4, 2, 2, 2, 2])[0]
        changes: dict[str, Any] = {}
        if rng.random() < 0.12:
            changes["corrected_on"] = date(2025, 11, 20)
        if rng.random() < 0.08:
            changes["rebuttals"] = (
                Text("当日共享平台故障（已有记录）", "The platform was down that day (recorded)"),
            )
        if rng.random() < 0.02:
            changes["mitigation"] = Text(
                "可免责/减责：属改革试点措施，条件见《试点方案》第六条", "Mitigation: a pilot measure"
            )
        found.append(finding(n, rule, **changes))
    # One fact under two norms.
    found[0] = finding(0, "16.1d", concurrent=("14.1a:x",))
    found.append(finding(5000, "14.1a", id="14.1a:x", primary=found[0].id))
    found.append(
        finding(
            5001, "14.1a", counts_against="intermediary", organ_code="91652200X",
            organ_name="哈密某某工程咨询有限公司", practice=None,
        )
    )  # fmt: skip
    found.append(
        finding(5002, "14.1a", counts_against="utility", organ_code="91652200W", organ_name="哈密市供水公司")
    )
    found.append(finding(5003, "14.1c", decision="dismissed"))
    found.append(
        finding(5004, "14.1a", organ_code=None, organ_name=None, region=None, location=None, practice=None)
    )
    groups = [
        group(),
        group(
            412,
            "13.1d",
            missing=(
                MissingFact("bases", Text("设定依据", "Legal basis"), Text("记录未载明", "not given")),
                MissingFact(
                    "guide", Text("办事指南", "Guide"), Text("650502 的指南不在申报完整范围内", "guides of 650502")
                ),
            ),
        ),
    ]  # fmt: skip
    return found, groups


def run(**changes: Any) -> Run:
    base: dict[str, Any] = {
        "tool_version": "0.1.0",
        "pack_version": "2025.11",
        "pack_hash": "3f5a" * 16,
        "statute_title": Text("《哈密市经营主体政务服务条例》", "Hami Regulation on Government Services"),
        "statute_hash": "c0de" * 16,
        "lang": "zh",
        "as_of": date(2025, 12, 31),
        "dossier": "哈密市2025年度政务服务专项审计",
        "inputs": (
            InputFile("applications.jsonl", "ab" * 32, 5_012_345),
            InputFile("guides.yaml", "cd" * 32, 88_123),
        ),
        "hashes": {"pack": "3f5a" * 16, "dossier": "77aa" * 16, "calendar": "12ef" * 16},
        "selection": {"select": ("13", "14", "15", "16")},
    }
    return Run(**(base | changes))


def accounting() -> Accounting:
    return Accounting(
        tables=(
            TableCount(
                table="applications",
                label=Text("办件", "Applications"),
                read=2104,
                judged=2080,
                duplicates=6,
                quarantined=18,
            ),
            TableCount(table="guides", label=Text("办事指南", "Guides"), read=142, judged=140, quarantined=2),
            TableCount(table="instruments", label=Text("法律文件", "Instruments"), read=88, unjudged=88),
        ),
        rules_loaded=61,
        rules_applicable=48,
        rules_evaluated=48,
        verdicts={
            "violated": 420,
            "compliant": 80_112,
            "undetermined": 449,
            "not_applicable": 21_800,
            "error": 0,
        },
    )


def summary(findings: list[Finding], groups: list[OpenGroup], **changes: Any) -> Summary:
    return build_summary(
        run(**changes),
        accounting(),
        findings,
        groups,
        rules=[
            RuleCount(
                rule=r, citation=d["citation"], title=d["title"], verdicts={"violated": 12, "compliant": 9123}
            )
            for r, d in RULES.items()
        ],
        quarantine=[
            QuarantineReason(
                reason=Text("日期不是日期：“2025-13-40”", "not a date: “2025-13-40”"),
                count=12,
                example="applications.jsonl#row=87",
            ),
            QuarantineReason(
                reason=Text("同一编号内容不一致", "same key, different content"),
                count=8,
                example="applications.jsonl#row=1201",
            ),
        ],
        basis=[
            BasisLine(
                rule="1.1",
                citation=Text("第一条", "Article 1"),
                quote="根据国务院《优化营商环境条例》等有关法律、法规，结合本市实际，制定本条例。",
                said=Text(
                    "本条例根据国务院《优化营商环境条例》制定",
                    "made under 国务院《优化营商环境条例》 of the State Council",
                ),
            )
        ],
    )
