"""办件: an application package and how it was handled, with everything that happened inside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from .base import Basis, Label, Record, SubjectKind
from .centre import Handler
from .liability import Falsehood
from .market import Deregistration, Registration
from .requirement import RequiredService, Restriction

__all__ = [
    "Application",
    "ChannelLimit",
    "Condition",
    "Deferral",
    "Demand",
    "Engagement",
    "Event",
    "Gap",
    "Step",
    "Submission",
    "Supplement",
]

Form = Literal[
    "paper",  # 纸质（未说明原件或复印件）
    "paper_copy",  # 纸质复印件
    "paper_original",  # 纸质原件
    "notarised",  # 公证件
    "electronic",  # 电子材料
    "paper_or_electronic",  # 纸质或电子均可
    "sight_of_original",  # 仅核验原件
]
DemandedForm = Literal[
    "paper",
    "paper_copy",
    "paper_original",
    "notarised",
    "electronic",
    "paper_or_electronic",
    "sight_of_original",
    "unspecified",  # 要求提交，未说明形式
]
"""What a demand asks for: one of `Form`, or to hand in without a word about the form."""
EMaterialKind = Literal[
    "e_signature", "e_seal", "e_licence", "e_archive", "e_contract", "e_accounting_voucher"
]


class Demand(Record, frozen=True):
    """要求提交材料: one demand for one material, whoever voiced it and however (window, notice, upload gate)."""

    demand_no: Annotated[str | None, Label("要求编号")] = None
    material_name: Annotated[str | None, Label("材料名称", gb="材料名称", platform="material_name")] = None
    material_code: Annotated[str | None, Label("材料编码", gb="材料编号")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None
    demanded_on: Annotated[date | None, Label("要求日期")] = None
    organ_code: Annotated[str | None, Label("要求部门编码")] = None
    step_no: Annotated[int | None, Label("所在环节序号")] = None
    means: Annotated[
        Literal["at_acceptance", "supplement_notice", "oral", "compulsory_upload", "expert_review", "other"]
        | None,
        Label("要求方式"),
    ] = None
    form: Annotated[DemandedForm | None, Label("要求的形式", platform="material_format")] = None
    copies: Annotated[int | None, Label("要求份数", gb="原件份数")] = None
    offered_by_applicant: Annotated[bool | None, Label("申请人自愿提供")] = None
    application_stopped: Annotated[bool | None, Label("未提供即停止办理")] = None
    required_directly_by_law: Annotated[bool | None, Label("法律法规规章直接要求提交")] = None
    paper_required_by_law: Annotated[
        bool | None, Label("法律、行政法规要求纸质", burden="organ", absent=False)
    ] = None
    for_archive: Annotated[bool | None, Label("以归档为由")] = None
    bases: Annotated[list[Basis] | None, Label("要求的依据", burden="organ", absent=[])] = None


class Submission(Record, frozen=True):
    """已收材料: one material that the applicant handed in, on paper or electronically."""

    submission_no: Annotated[str | None, Label("收件序号")] = None
    material_name: Annotated[str | None, Label("材料名称", gb="材料名称")] = None
    material_code: Annotated[str | None, Label("材料编码", gb="材料编号")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None
    received: Annotated[bool | None, Label("是否收取", gb="是否收取")] = None
    received_on: Annotated[date | None, Label("收取时间", gb="收取时间")] = None
    form: Annotated[Form | None, Label("收取方式", gb="收取方式")] = None
    copies: Annotated[int | None, Label("份数")] = None
    step_no: Annotated[int | None, Label("所在环节序号")] = None
    organ_code: Annotated[str | None, Label("收取部门编码")] = None
    returned_for_form: Annotated[bool | None, Label("因形式不符退回")] = None
    valid_to: Annotated[date | None, Label("材料有效期至")] = None
    open_ended: Annotated[bool | None, Label("材料长期有效")] = None
    changed: Annotated[bool | None, Label("内容已变更")] = None
    changed_on: Annotated[date | None, Label("变更日期")] = None
    lost_by_office: Annotated[bool | None, Label("由办理部门遗失")] = None
    e_kind: Annotated[EMaterialKind | None, Label("电子材料种类")] = None
    chosen_by_applicant: Annotated[bool | None, Label("申请人选择使用电子材料")] = None
    meets_requirements: Annotated[bool | None, Label("符合法定要求")] = None
    verification: Annotated[Literal["passed", "failed", "not_done"] | None, Label("核验结果")] = None
    refused: Annotated[bool | None, Label("被拒收")] = None
    refused_on: Annotated[date | None, Label("拒收日期")] = None
    treated_as_weaker: Annotated[bool | None, Label("被降低效力")] = None
    paper_also_wanted: Annotated[bool | None, Label("另行要求纸质")] = None
    paper_required_by_law: Annotated[
        bool | None, Label("法律、行政法规要求纸质", burden="organ", absent=False)
    ] = None


class Step(Record, frozen=True):
    """环节: one step of the handling, as the applicant met it."""

    IN_ORDER: ClassVar = (("started_on", "ended_on"),)

    step_no: Annotated[int | None, Label("环节序号")] = None
    step_name: Annotated[str | None, Label("环节名称", gb="环节名称")] = None
    organ_code: Annotated[str | None, Label("办理部门编码")] = None
    started_on: Annotated[date | None, Label("开始时间", gb="环节开始时间")] = None
    ended_on: Annotated[date | None, Label("结束时间", gb="环节结束时间")] = None
    stage: Annotated[
        Literal["acceptance_stage", "review", "decision", "delivery"] | None, Label("办理阶段")
    ] = None
    done_by: Annotated[Handler | None, Label("办理的内设机构")] = None
    done_by_required_by_law: Annotated[
        bool | None, Label("由其办理是法律法规的要求", burden="organ", absent=False)
    ] = None
    burdens_applicant: Annotated[bool | None, Label("需申请人办理")] = None
    internal: Annotated[bool | None, Label("内部流转")] = None
    added_by: Annotated[str | None, Label("增设部门编码")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    details_statutory: Annotated[bool | None, Label("细化法定要求", burden="organ", absent=False)] = None
    bases: Annotated[list[Basis] | None, Label("设定依据", burden="organ", absent=[])] = None


class Condition(Record, frozen=True):
    """办理条件: a condition that the handling organ put to this applicant."""

    condition_no: Annotated[str | None, Label("条件序号")] = None
    text: Annotated[str | None, Label("条件内容", gb="受理条件", platform="accept_condition")] = None
    imposed_on: Annotated[date | None, Label("提出日期")] = None
    burdens_applicant: Annotated[bool | None, Label("加重申请人负担")] = None
    added_by: Annotated[str | None, Label("增设部门编码")] = None
    text_set_by: Annotated[
        Literal["self", "region", "ministry"] | None,
        Label("文本制定层级", burden="organ", absent="self"),
    ] = None
    details_statutory: Annotated[bool | None, Label("细化法定要求", burden="organ", absent=False)] = None
    bases: Annotated[list[Basis] | None, Label("设定依据", burden="organ", absent=[])] = None
    restricts_by: Annotated[Restriction | None, Label("按所有制、注册地或者规模区别对待")] = None
    treats_worse: Annotated[bool | None, Label("使部分经营主体处于不利地位")] = None
    favours_small: Annotated[bool | None, Label("属扶持中小微企业、个体工商户")] = None
    only_jurisdiction: Annotated[bool | None, Label("仅为登记管辖、属地管辖")] = None
    negative_list: Annotated[bool | None, Label("属市场准入负面清单的限制")] = None


class Engagement(Record, frozen=True):
    """中介服务委托: an intermediary engaged for this application, by the applicant or by the department."""

    engagement_no: Annotated[str | None, Label("委托编号")] = None
    service_code: Annotated[str | None, Label("中介服务事项编码")] = None
    service_name: Annotated[str | None, Label("中介服务事项", platform="service_type")] = None
    intermediary_code: Annotated[str | None, Label("中介机构编码")] = None
    intermediary_name: Annotated[str | None, Label("中介机构名称")] = None
    engaged_on: Annotated[date | None, Label("委托日期")] = None
    organ_code: Annotated[str | None, Label("经办部门编码")] = None
    principal: Annotated[Literal["applicant", "department"] | None, Label("委托人")] = None
    law_puts_on_department: Annotated[bool | None, Label("依法应由部门委托")] = None
    chosen_by: Annotated[Literal["applicant", "department"] | None, Label("由谁选定")] = None
    applicant_drew_lot: Annotated[bool | None, Label("申请人自行摇号选定")] = None
    lot_imposed: Annotated[bool | None, Label("被要求摇号")] = None
    made_to_switch: Annotated[bool | None, Label("被要求更换机构")] = None
    platform_members_only: Annotated[bool | None, Label("限定在中介超市内选择")] = None
    only_one_accepted: Annotated[bool | None, Label("只认可一家机构")] = None
    others_refused: Annotated[bool | None, Label("拒收其他机构的报告")] = None
    others_qualified: Annotated[bool | None, Label("另有具备资格的机构")] = None
    method_fixed_by_procurement_law: Annotated[bool | None, Label("采购法律已定选择方式")] = None
    selection: Annotated[
        Literal["competitive", "lot", "direct", "single_source"] | None,
        Label("部门选择方式", burden="organ", absent="direct"),
    ] = None
    single_source_lawful: Annotated[
        bool | None, Label("单一来源有法定理由", burden="organ", absent=False)
    ] = None
    own_unit: Annotated[bool | None, Label("由部门下属单位承担")] = None
    payer: Annotated[Literal["applicant", "department"] | None, Label("费用承担者")] = None
    paid_through: Annotated[Literal["applicant", "department"] | None, Label("最终负担者")] = None
    refunded: Annotated[bool | None, Label("已退还")] = None
    fee: Annotated[Decimal | None, Label("费用（元）")] = None


class Gap(Record, frozen=True):
    """所缺材料或条件: what was missing when acceptance was asked for."""

    gap_no: Annotated[str | None, Label("缺项序号")] = None
    what: Annotated[Literal["material", "condition"] | None, Label("缺项类型")] = None
    material_name: Annotated[str | None, Label("材料名称")] = None
    material_code: Annotated[str | None, Label("材料编码")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None
    main: Annotated[bool | None, Label("属主要申请材料")] = None


class Supplement(Record, frozen=True):
    """补齐补正: one missing thing handed in later."""

    supplement_no: Annotated[str | None, Label("补正序号")] = None
    material_name: Annotated[str | None, Label("材料名称")] = None
    material_code: Annotated[str | None, Label("材料编码")] = None
    material_key: Annotated[str | None, Label("材料标识", internal=True)] = None
    supplied: Annotated[bool | None, Label("已补交")] = None
    supplied_on: Annotated[date | None, Label("补交日期")] = None
    fit: Annotated[bool | None, Label("补交后符合要求")] = None


class Deferral(Record, frozen=True):
    """容缺受理: the procedure of 第十五条第二款 in one application, from the gap to completion or withdrawal."""

    IN_ORDER: ClassVar = (
        ("asked_on", "supplemented_on"),
        ("asked_on", "supplements.supplied_on"),
        ("accepted_on", "completed_on"),
        ("asked_on", "completed_on"),
    )

    asked_on: Annotated[date | None, Label("提出申请日期")] = None
    gaps: Annotated[list[Gap] | None, Label("缺项")] = None
    basic_conditions_met: Annotated[bool | None, Label("基本条件具备")] = None
    main_materials_complete: Annotated[bool | None, Label("主要申请材料齐全")] = None
    legal_form: Annotated[bool | None, Label("符合法定形式")] = None
    option_offered: Annotated[bool | None, Label("已告知可以容缺")] = None
    promise_given: Annotated[bool | None, Label("已作书面承诺")] = None
    promise_given_on: Annotated[date | None, Label("承诺日期")] = None
    promise_tendered: Annotated[bool | None, Label("提出愿作书面承诺")] = None
    promise_refused: Annotated[bool | None, Label("承诺被拒绝")] = None
    accepted: Annotated[bool | None, Label("已容缺受理")] = None
    accepted_on: Annotated[date | None, Label("容缺受理日期", gb="受理时间")] = None
    told_materials: Annotated[bool | None, Label("已告知补正材料")] = None
    told_time_limit: Annotated[bool | None, Label("已告知补正时限")] = None
    told_consequence: Annotated[bool | None, Label("已告知逾期处理办法")] = None
    told_on: Annotated[date | None, Label("告知日期")] = None
    told_times: Annotated[int | None, Label("告知次数")] = None
    deadline: Annotated[date | None, Label("补正期限")] = None
    deadline_extended: Annotated[bool | None, Label("补正期限已延长")] = None
    extended_to: Annotated[date | None, Label("延长至")] = None
    supplements: Annotated[list[Supplement] | None, Label("补正记录")] = None
    supplemented: Annotated[bool | None, Label("已补齐补正")] = None
    supplemented_on: Annotated[date | None, Label("补齐日期")] = None
    supplement_fit: Annotated[bool | None, Label("补齐后符合要求")] = None
    review_held_back: Annotated[bool | None, Label("补正前未开展审查")] = None
    promised_days: Annotated[int | None, Label("承诺办结时限（工作日）", gb="承诺办结时限")] = None
    excluded_days: Annotated[int | None, Label("依法扣除的工作日")] = None
    extension_days: Annotated[int | None, Label("批准延长的工作日")] = None
    completed: Annotated[bool | None, Label("已办结")] = None
    completed_on: Annotated[date | None, Label("办结时间", gb="办结时间")] = None
    granted: Annotated[bool | None, Label("准予")] = None
    refused_on_merits: Annotated[bool | None, Label("实体上不予许可")] = None
    withdrawn: Annotated[bool | None, Label("撤销受理")] = None
    withdrawn_on: Annotated[date | None, Label("撤销受理日期")] = None
    withdrawn_as_overdue: Annotated[bool | None, Label("以逾期为由撤销")] = None
    withdrawal_reasons_given: Annotated[
        bool | None, Label("撤销时说明理由", burden="organ", absent=False)
    ] = None
    applicant_withdrew: Annotated[bool | None, Label("申请人自行撤回")] = None
    complete_until: Annotated[date | None, Label("经过记录完整至")] = None


class ChannelLimit(Record, frozen=True):
    """渠道限制: one way in which the applicant was kept to one channel, or from another (第十七条)."""

    limit_no: Annotated[str | None, Label("限制序号")] = None
    limit: Annotated[
        Literal[
            "online_booking",  # 须先网上预约
            "online_preapplication",  # 须先网上预申请
            "app_only",  # 只能用指定手机应用
            "window_refused",  # 窗口不予办理
            "online_refused",  # 线上不予办理
        ]
        | None,
        Label("限制方式"),
    ] = None
    imposed_on: Annotated[date | None, Label("提出日期")] = None
    organ_code: Annotated[str | None, Label("提出部门编码")] = None
    other_way_open: Annotated[bool | None, Label("不照此也可以直接办理")] = None
    own_choice: Annotated[bool | None, Label("申请人自行选择")] = None
    fixed_by_law: Annotated[bool | None, Label("法律法规规定了办理渠道", burden="organ", absent=False)] = None
    national_online_system: Annotated[bool | None, Label("国家统一系统只能线上办理")] = None


class Event(Record, frozen=True):
    """事件: anything else that happened, dated; `kind` names excuses that an organ may plead."""

    IN_ORDER: ClassVar = (("happened_on", "ended_on"),)

    event_no: Annotated[str | None, Label("事件序号")] = None
    kind: Annotated[
        Literal["system_outage", "force_majeure", "sharing_interrupted", "applicant_request", "note"] | None,
        Label("事件类型"),
    ] = None
    happened_on: Annotated[date | None, Label("发生日期")] = None
    ended_on: Annotated[date | None, Label("结束日期")] = None
    note: Annotated[str | None, Label("说明")] = None


class Application(Record, frozen=True):
    """办件: one application package (GB/T 39046-2020 办件基本信息), judged with all its parts."""

    IN_ORDER: ClassVar = (
        ("submitted_on", "completed_on"),
        ("accepted_on", "completed_on"),
        ("submitted_on", "deferral.supplemented_on"),
        ("submitted_on", "deferral.supplements.supplied_on"),
    )

    application_no: Annotated[str | None, Label("办件编号", gb="办件编号")] = None
    item_code: Annotated[str | None, Label("实施编码", gb="实施编码", platform="task_code")] = None
    item_name: Annotated[str | None, Label("事项名称", gb="事项名称", platform="task_name")] = None
    matter_id: Annotated[str | None, Label("联办事项编号")] = None
    organ_code: Annotated[str | None, Label("实施主体编码", gb="实施主体编码")] = None
    organ_name: Annotated[str | None, Label("实施主体", gb="实施主体", platform="dept_name")] = None
    region: Annotated[str | None, Label("行政区划代码", gb="行政区划代码")] = None
    channel: Annotated[
        Literal["online", "window", "app", "assisted", "mail"] | None, Label("申报来源", gb="申报来源")
    ] = None
    applicant_kind: Annotated[SubjectKind | None, Label("申请人类型", gb="申请人类型")] = None
    applicant_id: Annotated[str | None, Label("申请人证照号码", gb="申请人证件号码", personal=True)] = None
    applicant_name: Annotated[str | None, Label("申请人名称", gb="申请人名称", personal=True)] = None
    applicant_region: Annotated[str | None, Label("申请人住所区划")] = None
    submitted_on: Annotated[date | None, Label("申请时间", gb="申请时间")] = None
    accepted: Annotated[bool | None, Label("已受理")] = None
    accepted_on: Annotated[date | None, Label("受理时间", gb="受理时间")] = None
    promised_days: Annotated[int | None, Label("承诺办结时限（工作日）", gb="承诺办结时限")] = None
    completed: Annotated[bool | None, Label("已办结")] = None
    completed_on: Annotated[date | None, Label("办结时间", gb="办结时间")] = None
    withdrawn: Annotated[bool | None, Label("已撤回")] = None
    withdrawn_on: Annotated[date | None, Label("撤回日期")] = None
    deferred: Annotated[bool | None, Label("涉及容缺受理")] = None
    complete_until: Annotated[date | None, Label("经过记录完整至")] = None
    demands: Annotated[list[Demand] | None, Label("要求提交的材料")] = None
    submissions: Annotated[list[Submission] | None, Label("已收材料")] = None
    steps: Annotated[list[Step] | None, Label("办理环节")] = None
    conditions: Annotated[list[Condition] | None, Label("附加条件")] = None
    services: Annotated[list[RequiredService] | None, Label("被要求的中介服务")] = None
    engagements: Annotated[list[Engagement] | None, Label("中介服务委托")] = None
    deferral: Annotated[Deferral | None, Label("容缺受理")] = None
    channel_limits: Annotated[list[ChannelLimit] | None, Label("渠道限制")] = None
    registration: Annotated[Registration | None, Label("登记特别事实")] = None
    deregistration: Annotated[Deregistration | None, Label("注销特别事实")] = None
    events: Annotated[list[Event] | None, Label("事件")] = None
    falsehoods: Annotated[list[Falsehood] | None, Label("不实承诺或材料")] = None
