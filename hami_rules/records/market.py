"""Opening, registering, licensing and deregistering a business, and building projects (第十九条至第二十一条)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from .base import Label, Period, Record

__all__ = [
    "ConstructionProject",
    "Deregistration",
    "JointHandling",
    "LicencePart",
    "OpeningPart",
    "OpeningPartName",
    "OpeningService",
    "Registration",
]

OpeningPartName = Literal[
    "establishment",  # 设立登记
    "seal_engraving",  # 公章刻制
    "bank_account",  # 银行开户
    "tax_matters",  # 税务办理
    "social_insurance",  # 社保登记
    "housing_fund",  # 住房公积金缴存
]


class OpeningPart(Record, frozen=True):
    """企业开办的一个事项: whether it is handled on one network and collected at one window (第十九条第一款)."""

    part: Annotated[OpeningPartName | None, Label("开办事项")] = None
    one_network: Annotated[bool | None, Label("已纳入一网通办")] = None
    one_window: Annotated[bool | None, Label("已纳入一窗通取")] = None


class OpeningService(Period, frozen=True):
    """企业开办服务: how a region's market-supervision department lets a business be opened, while it is so."""

    service_no: Annotated[str | None, Label("服务编号")] = None
    organ_code: Annotated[str | None, Label("市场监督管理部门编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    parts: Annotated[list[OpeningPart] | None, Label("开办事项")] = None


class LicencePart(Record, frozen=True):
    """涉企许可: one licence handled together with the business licence (第十九条第三款)."""

    licence_no: Annotated[str | None, Label("许可序号")] = None
    licence_name: Annotated[str | None, Label("许可事项")] = None
    organ_code: Annotated[str | None, Label("许可部门编码")] = None
    applied_at_once: Annotated[bool | None, Label("与营业执照一次申请")] = None
    held_back: Annotated[bool | None, Label("等待其他许可办结后才办理")] = None
    law_orders_sequence: Annotated[
        bool | None, Label("法律法规要求先后办理", burden="organ", absent=False)
    ] = None
    started_on: Annotated[date | None, Label("开始办理日期")] = None
    due_on: Annotated[date | None, Label("限时办结期限")] = None
    finished: Annotated[bool | None, Label("已办结")] = None
    finished_on: Annotated[date | None, Label("办结日期")] = None
    complete_until: Annotated[date | None, Label("经过记录完整至")] = None


class Registration(Record, frozen=True):
    """登记特别事实: what only a registration has: name, addresses, licences with it (第十九条第二款、第三款)."""

    handled_on: Annotated[date | None, Label("办理日期")] = None
    name_refused: Annotated[bool | None, Label("拒绝自主申报的名称")] = None
    name_refusal_lawful: Annotated[bool | None, Label("拒绝名称有法定理由")] = None
    name_preapproval: Annotated[bool | None, Label("要求名称预先核准")] = None
    address_scheme: Annotated[
        Literal[
            "many_addresses",  # 一照多址
            "shared_address",  # 一址多照
            "neither",  # 不涉及
        ]
        | None,
        Label("申请的住所登记方式"),
    ] = None
    address_conditions_met: Annotated[bool | None, Label("符合住所登记条件")] = None
    address_refused: Annotated[bool | None, Label("拒绝住所登记方式")] = None
    with_licences: Annotated[bool | None, Label("涉及许可事项")] = None
    licences: Annotated[list[LicencePart] | None, Label("涉企许可")] = None
    one_code: Annotated[bool | None, Label("审批结果一码展示")] = None


class Deregistration(Record, frozen=True):
    """注销特别事实: debts, announcement and objections, and how departments worked together (第二十条)."""

    handled_on: Annotated[date | None, Label("办理日期")] = None
    carried_proof: Annotated[bool | None, Label("要求申请人在部门之间转递证明")] = None
    by_class: Annotated[bool | None, Label("分类处置")] = None
    synchronous: Annotated[bool | None, Label("各部门同步办理")] = None
    never_operated: Annotated[bool | None, Label("设立后未开展生产经营活动")] = None
    debts: Annotated[
        Literal[
            "none",  # 无债权债务
            "cleared",  # 债权债务已清偿
            "outstanding",  # 债权债务未清偿
        ]
        | None,
        Label("申请时的债权债务"),
    ] = None
    promises_made: Annotated[bool | None, Label("投资人已作承诺")] = None
    announced: Annotated[bool | None, Label("已公告")] = None
    objection: Annotated[bool | None, Label("公告期内有异议")] = None
    statutory_bar: Annotated[bool | None, Label("法律规定不适用简易注销")] = None
    simple_requested: Annotated[bool | None, Label("申请简易注销")] = None
    simple_refused: Annotated[bool | None, Label("拒绝简易注销")] = None
    refusal_reasons_given: Annotated[bool | None, Label("拒绝时说明理由", burden="organ", absent=False)] = (
        None
    )
    debts_settled: Annotated[bool | None, Label("债权债务此后依法清偿")] = None
    application_complete: Annotated[bool | None, Label("申请材料齐全")] = None
    due_on: Annotated[date | None, Label("办结期限")] = None
    deregistered: Annotated[bool | None, Label("已注销")] = None
    deregistered_on: Annotated[date | None, Label("注销日期")] = None
    creditor_objection: Annotated[bool | None, Label("注销时有债权人异议在案")] = None
    insolvency_ruling: Annotated[bool | None, Label("有破产、清算裁定或者强制注销决定")] = None
    complete_until: Annotated[date | None, Label("经过记录完整至")] = None


class JointHandling(Record, frozen=True):
    """联合办理情况: two matters of one stage that one of the article's ways could have joined (第二十一条)."""

    joint_no: Annotated[str | None, Label("序号")] = None
    way: Annotated[
        Literal[
            "parallel_approval",  # 并联审批
            "joint_review",  # 联审联办
            "joint_survey",  # 联合踏勘
            "merged_plans",  # 多规合一
            "joint_drawing_review",  # 多图联审
            "joint_completion",  # 联合竣工验收
        ]
        | None,
        Label("方式"),
    ] = None
    stage: Annotated[str | None, Label("审批阶段")] = None
    first_matter: Annotated[str | None, Label("先办事项")] = None
    second_matter: Annotated[str | None, Label("后办事项")] = None
    organ_code: Annotated[str | None, Label("牵头单位编码")] = None
    happened_on: Annotated[date | None, Label("办理日期")] = None
    both_ready: Annotated[bool | None, Label("两项申请均已具备条件")] = None
    legal_order: Annotated[bool | None, Label("法律法规要求先后办理", burden="organ", absent=False)] = None
    serial: Annotated[bool | None, Label("先后串联办理")] = None
    first_ended_on: Annotated[date | None, Label("先办事项办结日期")] = None
    second_ready_on: Annotated[date | None, Label("后办事项具备条件日期")] = None
    second_started_on: Annotated[date | None, Label("后办事项开始办理日期")] = None


class ConstructionProject(Record, frozen=True):
    """工程建设项目: one project and what could have been handled jointly (第二十一条)."""

    project_no: Annotated[str | None, Label("项目代码", gb="项目代码")] = None
    project_name: Annotated[str | None, Label("项目名称")] = None
    organ_code: Annotated[str | None, Label("牵头审批单位编码")] = None
    region: Annotated[str | None, Label("行政区划代码")] = None
    special: Annotated[bool | None, Label("属特殊工程")] = None
    sector: Annotated[
        Literal["transport", "water_works", "energy", "other_sector"] | None, Label("工程领域")
    ] = None
    major: Annotated[bool | None, Label("属重大工程")] = None
    joint: Annotated[list[JointHandling] | None, Label("联合办理情况")] = None
